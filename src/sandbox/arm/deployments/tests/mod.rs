//! Deployments as a caller sees them.

mod complete;
mod fails;
mod machine;
mod nested;
mod providers;
mod refuses;
mod runs;
mod what_if;

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::access;
use crate::sandbox::seed::FABRIKAM;
use crate::sandbox::store::Ending;
use crate::sandbox::testing::{Bench, Seen};

const VERSION: &str = "api-version=2025-04-01";
const SETS: &str = "Microsoft.Compute/availabilitySets";

/// Fabrikam's subscription, with the group `rg-empty` to deploy to.
struct Shop {
    bench: Bench,
    /// `/subscriptions/…`.
    root: String,
}

impl Shop {
    fn new() -> Self {
        let bench = Bench::new();
        let root = bench.change(|tx| access::subscriptions(tx, FABRIKAM)[0].path());
        Self { bench, root }
    }

    fn group(&self) -> String {
        format!("{}/resourceGroups/rg-empty", self.root)
    }

    /// Returns the path of a deployment to the group, and what follows it.
    fn path(&self, name: &str) -> String {
        format!(
            "{}/providers/Microsoft.Resources/deployments/{name}",
            self.group()
        )
    }

    fn send(&self, verb: &str, path: &str, body: Option<&Value>) -> Seen {
        let mark = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{mark}{VERSION}");
        self.bench.arm_send(FABRIKAM, verb, &path, body)
    }

    fn get(&self, path: &str) -> Seen {
        self.send("GET", path, None)
    }

    /// Begins a deployment to the group.
    fn deploy(&self, name: &str, body: &Value) -> Seen {
        self.send("PUT", &self.path(name), Some(body))
    }

    /// Deploys to the group, waits, and returns the deployment at its end.
    fn deployed(&self, name: &str, body: &Value) -> Value {
        let seen = self.deploy(name, body);
        assert!(matches!(seen.status, 200 | 201), "{}", seen.json);
        self.bench.advance(Duration::from_secs(1800));
        self.get(&self.path(name)).json
    }

    /// Returns the operations of a deployment to the group: state and name of each.
    fn operations(&self, name: &str) -> Vec<(String, String)> {
        let path = format!("{}/deployments/{name}/operations", self.group());
        let seen = self.get(&path);
        let all = seen.json["value"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        all.iter()
            .map(|one| {
                let properties = &one["properties"];
                let name = text(&properties["targetResource"]["resourceName"]);
                (text(&properties["provisioningState"]), name)
            })
            .collect()
    }

    /// Lets the next operations about something end in a way.
    fn ends(&self, part: &str, end: &str, after: Option<u64>) {
        let ending = Ending {
            part: part.to_owned(),
            end: end.to_owned(),
            after,
            error: Some(
                json!({ "code": "OSProvisioningTimedOut", "message": "It took too long." }),
            ),
            times: None,
        };
        self.bench.change(|tx| tx.arm.endings.put("1", ending));
    }

    /// Follows a header of an answer.
    fn follow(&self, seen: &Seen, header: &str) -> Seen {
        let link = seen.header(header).to_owned();
        let path = link.strip_prefix("http://127.0.0.1:1/arm");
        let path = path.unwrap_or_else(|| panic!("{header}: {link}"));
        self.bench.arm_send(FABRIKAM, "GET", path, None)
    }
}

/// Returns the body of a deployment.
fn body(mode: &str, template: &Value, parameters: Value) -> Value {
    json!({ "properties": { "mode": mode, "template": template, "parameters": parameters } })
}

/// Returns a template with resources and whatever else.
fn template(resources: &Value, more: Value) -> Value {
    let mut template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": resources,
    });
    for (name, value) in more.as_object().cloned().unwrap_or_default() {
        template[name] = value;
    }
    template
}

/// Returns an availability set of a template.
fn set(name: &str, more: Value) -> Value {
    let mut set = json!({
        "type": SETS,
        "apiVersion": "2025-04-01",
        "name": name,
        "location": "[resourceGroup().location]",
    });
    for (name, value) in more.as_object().cloned().unwrap_or_default() {
        set[name] = value;
    }
    set
}

/// Returns a deployment within a template.
fn within(name: &str, properties: Value) -> Value {
    json!({
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2025-04-01",
        "name": name,
        "properties": properties,
    })
}

fn code(seen: &Seen) -> (u16, &str) {
    let code = seen.json["error"]["code"].as_str();
    (seen.status, code.unwrap_or_default())
}
