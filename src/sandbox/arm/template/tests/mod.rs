//! The template language as a deployment uses it: tables of expressions, templates and their faults.

mod expressions;
mod functions;
mod parameters;
mod plans;

use serde_json::{Map, Value, json};

use super::document::{Level, Template};
use super::fault::Fault;
use super::outputs::outputs;
use super::parameters::{bind, given};
use super::plan::Plan;
use super::scope::{Nowhere, Place, Scope, Stage, World};

const SUBSCRIPTION: &str = "0a5b0000-0000-4000-8000-000000000001";
const GROUP: &str = "/subscriptions/0a5b0000-0000-4000-8000-000000000001/resourceGroups/rg";

/// A world in which every resource exists, named after itself.
struct Echo;

impl World for Echo {
    fn reference(&self, target: &str, _: &str) -> Result<Value, Fault> {
        Ok(json!({ "location": "westeurope", "properties": { "target": target } }))
    }

    fn list(&self, function: &str, target: &str, _: &str) -> Result<Value, Fault> {
        Ok(json!({ "called": function, "keys": [{ "value": target }] }))
    }
}

fn place(level: Level) -> Place {
    let id = format!("/subscriptions/{SUBSCRIPTION}");
    let group = json!({ "id": GROUP, "name": "rg", "location": "westeurope" });
    Place {
        subscription: json!({ "id": id, "subscriptionId": SUBSCRIPTION, "tenantId": "t" }),
        group: (level == Level::Group).then_some(group),
        tenant: json!({ "tenantId": "t" }),
        deployment: json!({ "name": "d1" }),
        environment: json!({ "name": "AzureCloud" }),
        now: "2026-03-02T09:05:07.25Z".parse().expect("a time"),
        seed: "seed".to_owned(),
    }
}

/// Returns a template with some sections.
fn template(sections: Value) -> Value {
    let mut template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [],
    });
    for (name, section) in sections.as_object().expect("sections") {
        template[name] = section.clone();
    }
    template
}

/// Returns a resource with a short type.
fn resource(kind: &str, name: &str, more: Value) -> Value {
    let mut made = json!({ "type": kind, "apiVersion": "2025-05-01", "name": name });
    for (name, value) in more.as_object().expect("members") {
        made[name] = value.clone();
    }
    made
}

/// Makes the plan of a template and hands it on with its scope.
fn planned<T>(
    sections: Value,
    parameters: Value,
    then: impl FnOnce(&Plan, &Scope<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let template = Template::read(&template(sections), Level::Group)?;
    let place = place(Level::Group);
    let supplied = given(&parameters, &template.parameters)?;
    let scope = Scope::new(&template, &place, &Nowhere, supplied);
    let plan = Plan::make(&scope)?;
    let bound = bind(&scope)?;
    then(&plan, &Scope::new(&template, &place, &Echo, bound))
}

/// Returns the ids (below the group) of a template's resources that are wanted.
fn ids(resources: Value) -> Result<Vec<String>, Fault> {
    planned(json!({ "resources": resources }), Value::Null, |plan, _| {
        let wanted = plan.resources.iter().filter(|resource| resource.wanted);
        let short = wanted.map(|resource| resource.id.replace(&format!("{GROUP}/providers/"), ""));
        Ok(short.collect())
    })
}

/// Returns the outputs of a template.
fn told(sections: Value, parameters: Value) -> Result<Map<String, Value>, Fault> {
    planned(sections, parameters, |_, scope| outputs(scope))
}

/// Evaluates an expression while a deployment runs.
fn run(expression: &str) -> Result<Value, Fault> {
    let template = Template::default();
    let place = place(Level::Group);
    let scope = Scope::new(&template, &place, &Echo, Map::new());
    scope.frame(Stage::Run).text(expression)
}

/// Returns the text of a fault.
fn why<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> String {
    outcome.expect_err("a fault").text()
}
