//! A template as it is sent: its sections, and whether they are what a template has.

use serde_json::{Map, Value};

use super::fault::{
    Fault, missing_section, no_object, too_many, unsupported_section, wrong_schema, wrong_section,
};
use super::scope::member;

/// How much a template may hold. The reference names 800 resources only for a group; these are the
/// service's own figures as far as they are public.
const MOST_PARAMETERS: usize = 256;
const MOST_VARIABLES: usize = 256;
const MOST_OUTPUTS: usize = 64;
/// How many resources a template may make, copies counted.
pub(super) const MOST_RESOURCES: usize = 800;

/// To what a template is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// To a resource group.
    Group,
    /// To a subscription.
    Subscription,
}

impl Level {
    fn schema(self) -> &'static str {
        match self {
            Self::Group => "/deploymentTemplate.json",
            Self::Subscription => "/subscriptionDeploymentTemplate.json",
        }
    }
}

/// A template.
#[derive(Debug, Clone, Default)]
pub(crate) struct Template {
    /// What the parameters are declared to be.
    pub(crate) parameters: Map<String, Value>,
    /// The variables, not evaluated.
    pub(crate) variables: Map<String, Value>,
    /// The resources, as declared.
    pub(crate) resources: Vec<Value>,
    /// The outputs, not evaluated.
    pub(crate) outputs: Map<String, Value>,
}

impl Template {
    /// Reads a template for a level.
    pub(crate) fn read(value: &Value, level: Level) -> Result<Self, Fault> {
        let Value::Object(object) = value else {
            return Err(no_object("template", value));
        };
        let schema = text(object, "$schema")?;
        text(object, "contentVersion")?;
        if !schema
            .trim_end_matches('#')
            .to_lowercase()
            .ends_with(&level.schema().to_lowercase())
        {
            return Err(wrong_schema(schema, &format!("{}#", level.schema())));
        }
        for unsupported in ["functions", "definitions", "extensions", "imports"] {
            let given = member(object, unsupported).map(|(_, value)| value);
            if given.is_some_and(|value| !is_nothing(value)) {
                return Err(unsupported_section(unsupported));
            }
        }
        let template = Self {
            parameters: section(object, "parameters", MOST_PARAMETERS)?,
            variables: section(object, "variables", MOST_VARIABLES)?,
            resources: resources(object)?,
            outputs: section(object, "outputs", MOST_OUTPUTS)?,
        };
        Ok(template)
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

fn text<'v>(object: &'v Map<String, Value>, name: &str) -> Result<&'v str, Fault> {
    match member(object, name) {
        Some((_, Value::String(text))) => Ok(text),
        Some((_, other)) => Err(wrong_section(name, "String", other)),
        None => Err(missing_section(name)),
    }
}

fn section(
    object: &Map<String, Value>,
    name: &str,
    limit: usize,
) -> Result<Map<String, Value>, Fault> {
    match member(object, name) {
        None | Some((_, Value::Null)) => Ok(Map::new()),
        Some((_, Value::Object(section))) if section.len() > limit => {
            Err(too_many(name, limit, section.len()))
        }
        Some((_, Value::Object(section))) => Ok(section.clone()),
        Some((_, other)) => Err(wrong_section(name, "Object", other)),
    }
}

fn resources(object: &Map<String, Value>) -> Result<Vec<Value>, Fault> {
    match member(object, "resources") {
        None => Err(missing_section("resources")),
        Some((_, Value::Array(resources))) => Ok(resources.clone()),
        Some((_, other)) => Err(wrong_section("resources", "Array", other)),
    }
}
