//! The files of a document: the one that was named, those to which it refers, and the overlay; and
//! what comes of them.

use std::collections::HashSet;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::hex;
use super::parse::{Unreadable, parse};
use super::place::{Place, locate};
use crate::api::document::{Document, Foreign, Problem, beside, read_foreign};
use crate::api::model::Service;
use crate::base::file::{TextError, read_text};
use crate::error::{At, Code, Error};

/// How many files a document may lead to.
const FILES: usize = 500;

/// A file, parsed.
#[derive(Debug, Serialize, Deserialize)]
struct File {
    name: String,
    value: Value,
    /// For places in messages; it is not kept.
    #[serde(skip)]
    text: String,
}

/// The files of a document.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sources {
    /// The document first.
    files: Vec<File>,
    missing: Vec<(String, String)>,
    overlay: Option<File>,
}

impl Sources {
    /// Reads a document, whatever it refers to, and an overlay.
    ///
    /// # Errors
    /// `usage.file` for a file that is not there, `check.document` for one that is neither JSON nor
    /// YAML. Files to which the document refers are an error only where an operation needs them.
    pub fn read(document: &Path, overlay: Option<&Path>) -> Result<Self, Error> {
        let mut sources = Self {
            files: vec![file(document)?],
            missing: Vec::new(),
            overlay: overlay.map(file).transpose()?,
        };
        let mut seen = HashSet::from([sources.files[0].name.clone()]);
        let mut next = 0;
        while let Some(from) = sources.files.get(next) {
            let mut links = Vec::new();
            references(&from.value, &mut links);
            let names: Vec<String> = links.iter().map(|link| beside(&from.name, link)).collect();
            for name in names {
                if seen.insert(name.clone()) {
                    sources.follow(name);
                }
            }
            next += 1;
        }
        Ok(sources)
    }

    fn follow(&mut self, name: String) {
        if name.contains("://") {
            let why = "only files are read, and this is an address";
            return self.missing.push((name, why.to_owned()));
        }
        if self.files.len() >= FILES {
            let why = format!("a document may lead to {FILES} files at most");
            return self.missing.push((name, why));
        }
        match text_of(Path::new(&name)) {
            Ok(text) => match parse(&text) {
                Ok(value) => self.files.push(File { name, value, text }),
                Err(wrong) => self.missing.push((name, wrong.what)),
            },
            Err(error) => self.missing.push((name, error.to_string())),
        }
    }

    /// Returns the document as it was named.
    pub fn name(&self) -> &str {
        &self.files[0].name
    }

    /// Returns the overlay as it was named.
    pub fn overlay_name(&self) -> Option<&str> {
        self.overlay.as_ref().map(|file| file.name.as_str())
    }

    /// Returns the digest of the document, SHA-256 in hexadecimal.
    pub fn sha256(&self) -> String {
        hex(self.files[0].text.as_bytes())
    }

    /// Returns how many files there are, without the overlay.
    pub fn count(&self) -> usize {
        self.files.len()
    }

    /// Returns title and version of the document.
    pub fn title(&self) -> (String, String) {
        let info = &self.files[0].value["info"];
        let word = |key: &str| info[key].as_str().unwrap_or_default().to_owned();
        (word("title"), word("version"))
    }

    /// Makes the tables of a module that is called on a service.
    ///
    /// # Errors
    /// `check.document` with every problem.
    pub fn compile(&self, module: &str, on: &str) -> Result<Service, Error> {
        let files = self.files.iter();
        let documents: Vec<Document<'_>> = files.map(File::document).collect();
        let read = read_foreign(Foreign {
            module,
            on,
            documents: &documents,
            missing: &self.missing,
            overlay: self.overlay.as_ref().map(File::document),
        });
        read.map_err(|problems| self.refused(&problems))
    }

    fn refused(&self, problems: &[Problem]) -> Error {
        let count = match problems.len() {
            1 => "a problem".to_owned(),
            count => format!("{count} problems"),
        };
        let name = &self.files[0].name;
        let message = format!("`{name}` cannot be added: it has {count}; nothing was written");
        let related = problems.iter().map(|problem| self.placed(problem));
        let error = Error::new(Code::CheckDocument, message).related(related);
        if problems.iter().any(|it| is_in_paths(&it.path)) {
            return error.help(
                "an overlay can leave operations out: `operations: { ID: { leave_out: true } }`",
            );
        }
        error
    }

    fn placed(&self, problem: &Problem) -> Error {
        let message = format!("{}: {}", problem.path, problem.text);
        let error = Error::new(Code::CheckDocument, message);
        let mut files = self.files.iter().chain(&self.overlay);
        let file = files.find(|file| file.name == problem.document);
        match file.and_then(|file| locate(&file.text, &problem.path)) {
            Some(at) => error.at(place(&problem.document, at)),
            None => Error::new(Code::CheckDocument, problem.to_string()),
        }
    }
}

/// Returns whether a place in a document is one in its paths.
fn is_in_paths(place: &str) -> bool {
    let rest = place.strip_prefix("$.paths");
    rest.or_else(|| place.strip_prefix("$.x-ms-paths"))
        .is_some_and(|rest| rest.starts_with(['.', '[']))
}

impl File {
    fn document(&self) -> Document<'_> {
        Document {
            name: &self.name,
            value: &self.value,
        }
    }
}

/// Reads a file that was named on the command line.
fn file(path: &Path) -> Result<File, Error> {
    let name = path.display().to_string().replace('\\', "/");
    let text = text_of(path).map_err(|error| {
        let code = match error {
            TextError::NotText { .. } => Code::CheckDocument,
            _ => Code::UsageFile,
        };
        Error::new(code, error.to_string()).help("give the path of a document in JSON or YAML")
    })?;
    match parse(&text) {
        Ok(value) => Ok(File { name, value, text }),
        Err(Unreadable { what, at }) => {
            let error = Error::new(
                Code::CheckDocument,
                format!("`{name}` cannot be added: {what}"),
            );
            Err(match at {
                Some(at) => error.at(place(&name, at)),
                None => error,
            })
        }
    }
}

fn text_of(path: &Path) -> Result<String, TextError> {
    read_text(path)
}

fn place(name: &str, place: Place) -> At {
    At {
        source: name.to_owned(),
        line: place.line,
        column: place.column,
        length: place.length,
    }
}

/// Gathers the files to which a document refers. Examples refer to files that describe nothing.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match (key.as_str(), member) {
                    ("$ref", Value::String(link)) => {
                        let file = link.split('#').next().unwrap_or_default();
                        if !file.is_empty() && !found.contains(&file) {
                            found.push(file);
                        }
                    }
                    ("x-ms-examples" | "example" | "examples", _) => {}
                    _ => references(member, found),
                }
            }
        }
        Value::Array(elements) => {
            for element in elements {
                references(element, found);
            }
        }
        _ => {}
    }
}
