//! One page of the manual: what is said of a module, a function or a record type, as text for
//! people and as JSON for programs.

use serde_json::{Map, Value, json};

/// One page of the manual.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// What the page is about, as users write it.
    pub name: String,
    /// How it is called; a function may also be a method.
    pub calls: Vec<String>,
    /// One or more sentences.
    pub about: String,
    /// Tables: heading and rows.
    pub tables: Vec<(&'static str, Vec<Row>)>,
    /// Short facts: label and text.
    pub facts: Vec<(&'static str, String)>,
    /// A line of script that holds in a fresh sandbox.
    pub example: Option<String>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// A name.
    pub name: String,
    /// Its type, may be empty.
    pub ty: String,
    /// One sentence, may be empty.
    pub about: String,
}

impl Row {
    /// Creates a row.
    pub(super) fn new(
        name: impl Into<String>,
        ty: impl Into<String>,
        about: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            ty: ty.into(),
            about: about.into(),
        }
    }
}

/// Names and types are aligned up to this width.
const ALIGNED: usize = 34;

impl Page {
    /// Returns the page as people read it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if self.calls.is_empty() {
            line(&mut text, &self.name);
        }
        for call in &self.calls {
            line(&mut text, call);
        }
        if !self.about.is_empty() {
            line(&mut text, &format!("  {}", self.about));
        }
        for (heading, rows) in self.tables.iter().filter(|(_, rows)| !rows.is_empty()) {
            text.push('\n');
            line(&mut text, heading);
            table(&mut text, rows);
        }
        if !self.facts.is_empty() {
            text.push('\n');
        }
        let width = self.facts.iter().map(|fact| fact.0.len()).max();
        for (label, fact) in &self.facts {
            let width = width.unwrap_or_default();
            line(&mut text, &format!("{label:width$}  {fact}"));
        }
        if let Some(example) = &self.example {
            text.push_str("\nExample\n");
            for part in example.lines() {
                line(&mut text, &format!("  {part}"));
            }
        }
        text
    }

    /// Returns the page as JSON; headings and labels are its keys, in lower case.
    pub fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("name".into(), self.name.clone().into());
        object.insert("calls".into(), self.calls.clone().into());
        object.insert("about".into(), self.about.clone().into());
        for (heading, rows) in &self.tables {
            let row = |row: &Row| json!({ "name": row.name, "type": row.ty, "about": row.about });
            object.insert(key(heading), rows.iter().map(row).collect());
        }
        for (label, fact) in &self.facts {
            object.insert(key(label), fact.clone().into());
        }
        if let Some(example) = &self.example {
            object.insert("example".into(), example.clone().into());
        }
        Value::Object(object)
    }
}

/// The part of a heading before its explanation in parentheses.
fn key(heading: &str) -> String {
    let words = heading.split('(').next().unwrap_or(heading).trim();
    words.to_lowercase().replace(' ', "_")
}

fn table(text: &mut String, rows: &[Row]) {
    let width = |cell: fn(&Row) -> &str| {
        rows.iter()
            .map(|row| cell(row).chars().count())
            .filter(|width| *width <= ALIGNED)
            .max()
            .unwrap_or(0)
    };
    let (names, types) = (width(|row| &row.name), width(|row| &row.ty));
    for row in rows {
        if row.name.chars().count() > names {
            line(text, &format!("  {}", row.name));
            line(text, format!("      {}  {}", row.ty, row.about).trim_end());
            continue;
        }
        let ty = if types == 0 {
            String::new()
        } else {
            format!("{:types$}  ", row.ty)
        };
        line(text, &format!("  {:names$}  {ty}{}", row.name, row.about));
    }
}

fn line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}
