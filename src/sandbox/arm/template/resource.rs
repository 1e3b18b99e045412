//! The resources of a template, one by one: children and copies written out, with their ids.

use serde_json::{Map, Value};

use super::copy;
use super::declared::{base, dependencies, text, wanted};
use super::document::{MOST_RESOURCES, Template};
use super::evaluate::Frame;
use super::fault::{Fault, bad_declaration, bad_segments, kind as kind_of, too_many};
use super::path;
use super::scope::{Loop, Scope, Stage, member};

/// The type of a deployment within a deployment.
pub(super) const DEPLOYMENT: &str = "Microsoft.Resources/deployments";

/// What belongs to the template language, not to the resource.
const LANGUAGE: [&str; 10] = [
    "apiVersion",
    "comments",
    "condition",
    "copy",
    "dependsOn",
    "metadata",
    "name",
    "resources",
    "scope",
    "type",
];

/// A resource that a template makes.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    /// Its id.
    pub(crate) id: String,
    /// Its type, with the types of its parents.
    pub(crate) kind: String,
    /// Its name, with the names of its parents.
    pub(crate) name: String,
    /// The api-version of the template.
    pub(crate) api_version: String,
    /// Whether its condition holds.
    pub(crate) wanted: bool,
    /// The resources that must be there before, by their place in the plan.
    pub(crate) depends_on: Vec<usize>,
    /// The loop that it is a copy of, and which one in its batches.
    pub(super) copied: Option<(String, i64)>,
    /// How many copies are made at a time.
    pub(super) batch: Option<usize>,
    /// What it is declared to depend on.
    pub(super) named: Vec<String>,
    declared: Map<String, Value>,
    loops: Vec<Loop>,
}

impl Planned {
    /// Tells whether it is a deployment of its own.
    pub(crate) fn is_deployment(&self) -> bool {
        self.kind.eq_ignore_ascii_case(DEPLOYMENT)
    }

    /// Returns what is sent for it while the deployment runs.
    pub(crate) fn body(&self, scope: &Scope<'_>) -> Result<Map<String, Value>, Fault> {
        self.at(scope, Stage::Run)
    }

    /// Returns what can be said of it beforehand; what refers to resources stays as written.
    pub(crate) fn ahead(&self, scope: &Scope<'_>) -> Result<Map<String, Value>, Fault> {
        self.at(scope, Stage::Ahead)
    }

    fn at(&self, scope: &Scope<'_>, stage: Stage) -> Result<Map<String, Value>, Fault> {
        let frame = scope.frame(stage);
        let frame = frame.within(&self.loops);
        let mut own = self.declared.clone();
        own.retain(|name, _| !LANGUAGE.iter().any(|word| word.eq_ignore_ascii_case(name)));
        // A template within the template is evaluated when it is deployed.
        let inner = self
            .is_deployment()
            .then(|| take_template(&mut own))
            .flatten();
        let made = frame.object(&own);
        let mut made = made.map_err(|fault| fault.within("resource", &self.name))?;
        if let (Some(inner), Some(properties)) = (inner, made.get_mut("properties")) {
            properties["template"] = inner;
        }
        Ok(made)
    }
}

fn take_template(own: &mut Map<String, Value>) -> Option<Value> {
    own.get_mut("properties")?
        .as_object_mut()?
        .remove("template")
}

/// Writes out all resources of the template.
pub(super) fn all(scope: &Scope<'_>) -> Result<Vec<Planned>, Fault> {
    let mut made = Vec::new();
    let template: &Template = scope.template;
    for declared in &template.resources {
        let parent = Parent {
            kind: "",
            name: "",
            loops: &[],
        };
        expand(scope, declared, &parent, &mut made)?;
    }
    Ok(made)
}

struct Parent<'a> {
    kind: &'a str,
    name: &'a str,
    loops: &'a [Loop],
}

fn expand(
    scope: &Scope<'_>,
    declared: &Value,
    parent: &Parent<'_>,
    made: &mut Vec<Planned>,
) -> Result<(), Fault> {
    let Value::Object(declared) = declared else {
        let detail = format!(
            "it must be an object, but is of type '{}'",
            kind_of(declared)
        );
        return Err(bad_declaration("resource", "", &detail));
    };
    let frame = scope.frame(Stage::Start);
    let frame = frame.within(parent.loops);
    let Some((_, copy)) = member(declared, "copy") else {
        return one(&frame, declared, parent, None, made);
    };
    let looped = copy::of_resource(&frame, copy)?;
    for index in 0..looped.count {
        let mut loops = parent.loops.to_vec();
        loops.push(Loop {
            name: looped.name.clone(),
            index,
            unnamed: true,
        });
        let copied = Some((&looped, index));
        one(&frame.within(&loops), declared, parent, copied, made)?;
    }
    Ok(())
}

fn one(
    frame: &Frame<'_>,
    declared: &Map<String, Value>,
    parent: &Parent<'_>,
    copied: Option<(&copy::ResourceLoop, i64)>,
    made: &mut Vec<Planned>,
) -> Result<(), Fault> {
    if made.len() >= MOST_RESOURCES {
        return Err(too_many("resources", MOST_RESOURCES, made.len() + 1));
    }
    let raw = declared.get("name").and_then(Value::as_str);
    let raw = raw.unwrap_or_default();
    let text = |name| text(frame, declared, name, raw);
    let own_name = text("name")?;
    let (kind, name) = if parent.kind.is_empty() {
        (text("type")?, own_name)
    } else {
        let kind = format!("{}/{}", parent.kind, text("type")?);
        (kind, format!("{}/{own_name}", parent.name))
    };
    if !kind.contains('/') {
        let detail = format!("the type '{kind}' must include the provider's namespace");
        return Err(bad_declaration("resource", &name, &detail));
    }
    let base = base(frame, declared, &kind, &name)?;
    let id = path::below(&base, &kind, &name).ok_or_else(|| bad_segments(&name, &kind))?;
    made.push(Planned {
        id,
        api_version: text("apiVersion")?,
        wanted: wanted(frame, declared, &name)?,
        depends_on: Vec::new(),
        copied: copied.map(|(looped, index)| (looped.name.clone(), index)),
        batch: copied.and_then(|(looped, _)| looped.batch),
        named: dependencies(frame, declared, &name)?,
        declared: declared.clone(),
        loops: frame.loops.to_vec(),
        kind: kind.clone(),
        name: name.clone(),
    });
    match member(declared, "resources") {
        Some((_, Value::Array(children))) => {
            let parent = Parent {
                kind: &kind,
                name: &name,
                loops: frame.loops,
            };
            children
                .iter()
                .try_for_each(|child| expand(frame.scope, child, &parent, made))
        }
        _ => Ok(()),
    }
}
