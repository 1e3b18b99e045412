//! Resources as a template: names become parameters, ids become expressions, and whatever names another
//! resource of the template depends on it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind;
use crate::sandbox::store::{Resource, Tx};

const SCHEMA: &str =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

/// How a template is written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Options {
    /// Whether the parameters of names have their values as default.
    pub(super) defaults: bool,
    /// Whether each resource says where it comes from.
    pub(super) comments: bool,
    pub(super) literal: Literal,
}

/// What stays as it is, and does not become a parameter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Literal {
    #[default]
    Nothing,
    /// Names of resources.
    Names,
    /// Ids of what is elsewhere, too.
    All,
}

/// A template that is being written.
pub(super) struct Export<'a> {
    tx: &'a Tx<'a>,
    group: &'a Id,
    options: Options,
    chosen: &'a [Resource],
    parameters: Map<String, Value>,
}

impl<'a> Export<'a> {
    /// Begins the template of some resources.
    pub(super) fn of(
        tx: &'a Tx<'_>,
        group: &'a Id,
        options: Options,
        chosen: &'a [Resource],
    ) -> Self {
        Self {
            tx,
            group,
            options,
            chosen,
            parameters: Map::new(),
        }
    }

    /// Writes it.
    pub(super) fn template(mut self) -> Value {
        let chosen = self.chosen;
        let all = chosen.iter().filter_map(|one| self.resource(one));
        let resources: Vec<Value> = all.collect();
        json!({
            "$schema": SCHEMA,
            "contentVersion": "1.0.0.0",
            "parameters": self.parameters,
            "variables": {},
            "resources": resources,
        })
    }

    fn resource(&mut self, resource: &Resource) -> Option<Value> {
        let kind = kind::find(&resource.kind)?;
        let id = Id::parse(&resource.id)?;
        let mut properties = resource.properties.clone();
        kind.exported(self.tx, resource, &mut properties);
        let mut needed = BTreeSet::new();
        let (mut members, mut properties) = (
            Value::from(resource.members.clone()),
            Value::from(properties),
        );
        self.rewrite(&mut members, &mut needed);
        self.rewrite(&mut properties, &mut needed);
        if let Some(owner) = id.owner().filter(|owner| self.is_chosen(owner)) {
            needed.insert(self.resource_id(&owner));
        }
        needed.remove(&self.resource_id(&id));
        let mut versions = kind.versions().iter().rev();
        let stable = versions.find(|one| !one.ends_with("preview"));
        let mut written = json!({
            "type": kind.name(),
            "apiVersion": stable,
            "name": self.name(&id),
        });
        let all = written.as_object_mut()?;
        if self.options.comments {
            let text = format!("Generalized from resource: '{}'.", resource.id);
            all.insert("comments".to_owned(), text.into());
        }
        if let Some(location) = &resource.location {
            all.insert("location".to_owned(), location.as_str().into());
        }
        if !resource.tags.is_empty() {
            all.insert("tags".to_owned(), json!(resource.tags));
        }
        if !needed.is_empty() {
            let needed = needed.into_iter().map(|one| format!("[{one}]"));
            all.insert("dependsOn".to_owned(), needed.collect::<Vec<_>>().into());
        }
        if let Value::Object(members) = members {
            all.extend(members);
        }
        all.insert("properties".to_owned(), properties);
        Some(written)
    }

    /// Returns the name of a resource: `web`, `[parameters('…')]`, `[concat(parameters('…'), '/web')]`.
    fn name(&mut self, id: &Id) -> String {
        let names: Vec<String> = names(id);
        if self.options.literal != Literal::Nothing {
            return plain(&names.join("/"));
        }
        let first = self.first(id);
        match names[1..].join("/") {
            rest if rest.is_empty() => format!("[{first}]"),
            rest => format!("[concat({first}, {})]", quoted(&format!("/{rest}"))),
        }
    }

    /// Returns the expression of the name of a resource's root, a parameter unless names stay.
    fn first(&mut self, id: &Id) -> String {
        let name = names(id).swap_remove(0);
        if self.options.literal != Literal::Nothing {
            return quoted(&name);
        }
        let parameter = parameter(id, "name");
        let mut declared = json!({ "type": "String" });
        if self.options.defaults {
            declared["defaultValue"] = name.into();
        }
        self.parameters.insert(parameter.clone(), declared);
        format!("parameters({})", quoted(&parameter))
    }

    /// Returns `resourceId('type', name, …)`.
    fn resource_id(&mut self, id: &Id) -> String {
        let first = self.first(id);
        let others = names(id).into_iter().skip(1).map(|name| quoted(&name));
        let names: Vec<String> = std::iter::once(first).chain(others).collect();
        let kind = id.kind().unwrap_or_default();
        format!("resourceId({}, {})", quoted(&kind), names.join(", "))
    }

    fn is_chosen(&self, id: &Id) -> bool {
        let text = id.text();
        let mut chosen = self.chosen.iter();
        chosen.any(|one| one.id.eq_ignore_ascii_case(&text))
    }

    /// Makes expressions of the ids in a value, and notes on what they depend.
    fn rewrite(&mut self, value: &mut Value, needed: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => {
                *text = self.expression(text, needed).unwrap_or_else(|| plain(text));
            }
            Value::Array(all) => all.iter_mut().for_each(|one| self.rewrite(one, needed)),
            Value::Object(all) => all.values_mut().for_each(|one| self.rewrite(one, needed)),
            _ => {}
        }
    }

    fn expression(&mut self, text: &str, needed: &mut BTreeSet<String>) -> Option<String> {
        let id = Id::parse(text).filter(|id| text.starts_with('/') && id.sections.len() == 1)?;
        let root = root(&id);
        if root.group_key() == Some(self.group.key()) && self.is_chosen(&root) {
            needed.insert(self.resource_id(&root));
            return Some(format!("[{}]", self.resource_id(&id)));
        }
        if self.options.literal == Literal::All {
            return None;
        }
        let name = parameter(&root, "externalid");
        let declared = json!({ "type": "String", "defaultValue": root.text() });
        self.parameters.insert(name.clone(), declared);
        let first = format!("parameters({})", quoted(&name));
        let rest = id
            .text()
            .get(root.text().len()..)
            .unwrap_or_default()
            .to_owned();
        Some(if rest.is_empty() {
            format!("[{first}]")
        } else {
            format!("[concat({first}, {})]", quoted(&rest))
        })
    }
}

/// Returns what an id begins with: the resource that has all the parts.
fn root(id: &Id) -> Id {
    let mut root = id.clone();
    while let Some(owner) = root.owner() {
        root = owner;
    }
    root
}

/// Returns the names of an id, from the outermost on; there is at least one.
fn names(id: &Id) -> Vec<String> {
    let parts = id.sections.last().map(|section| section.parts.as_slice());
    let names: Vec<String> = parts
        .unwrap_or_default()
        .iter()
        .map(|(_, name)| name.clone())
        .collect();
    if names.is_empty() {
        vec![String::new()]
    } else {
        names
    }
}

/// Returns the name of a parameter: `virtualNetworks_vnet_shop_name`.
fn parameter(id: &Id, what: &str) -> String {
    let root = root(id);
    let kind = root.kind().unwrap_or_default();
    let kind = kind.rsplit('/').next().unwrap_or_default();
    let letter = |one: char| {
        if one.is_ascii_alphanumeric() {
            one
        } else {
            '_'
        }
    };
    let name: String = root.name().chars().map(letter).collect();
    format!("{kind}_{name}_{what}")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Writes a text that is no expression: a leading bracket is doubled.
fn plain(text: &str) -> String {
    if text.starts_with('[') {
        format!("[{text}")
    } else {
        text.to_owned()
    }
}
