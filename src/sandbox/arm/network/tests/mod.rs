//! Microsoft.Network as a caller sees it.

mod addresses;
mod groups;
mod networks;
mod uses;

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::tests::{call, root};
use crate::sandbox::testing::{Bench, Seen};

const VERSION: &str = "api-version=2025-05-01";

/// A group of its own in Fabrikam's subscription.
struct Net {
    bench: Bench,
    root: String,
}

impl Net {
    fn new() -> Self {
        let bench = Bench::new();
        let root = format!("{}/resourceGroups/rg-net", root(&bench));
        let group = format!("{root}?api-version=2025-04-01");
        let made = call(
            &bench,
            "PUT",
            &group,
            Some(&json!({ "location": "westeurope" })),
        );
        assert_eq!(made.status, 201, "{}", made.json);
        Self { bench, root }
    }

    fn id(&self, what: &str) -> String {
        format!("{}/providers/Microsoft.Network/{what}", self.root)
    }

    fn send(&self, verb: &str, what: &str, body: Option<&Value>) -> Seen {
        let path = format!("{}?{VERSION}", self.id(what));
        call(&self.bench, verb, &path, body)
    }

    fn get(&self, what: &str) -> Value {
        self.send("GET", what, None).json
    }

    /// Puts something in westeurope and lets its work end.
    fn put(&self, what: &str, properties: &Value) -> Seen {
        let body = json!({ "location": "westeurope", "properties": properties });
        let seen = self.send("PUT", what, Some(&body));
        self.bench.advance(Duration::from_secs(6));
        seen
    }

    fn made(&self, what: &str, properties: &Value) -> Value {
        let seen = self.put(what, properties);
        assert!(matches!(seen.status, 200 | 201), "{what}: {}", seen.json);
        self.get(what)
    }

    /// A network with a subnet.
    fn net(&self) {
        let subnet = json!({ "name": "web", "properties": { "addressPrefix": "10.7.1.0/24" } });
        self.made("virtualNetworks/v", &space(&["10.7.0.0/16"], &[subnet]));
    }

    /// An interface in a subnet.
    fn nic(&self, name: &str, more: &Value) -> Seen {
        let mut properties =
            json!({ "subnet": { "id": self.id("virtualNetworks/v/subnets/web") } });
        for (name, value) in more.as_object().into_iter().flatten() {
            properties[name] = value.clone();
        }
        let one = json!({ "name": "one", "properties": properties });
        self.put(
            &format!("networkInterfaces/{name}"),
            &json!({ "ipConfigurations": [one] }),
        )
    }

    fn delete(&self, what: &str) -> Seen {
        let seen = self.send("DELETE", what, None);
        self.bench.advance(Duration::from_secs(15));
        seen
    }
}

fn space(prefixes: &[&str], subnets: &[Value]) -> Value {
    json!({ "addressSpace": { "addressPrefixes": prefixes }, "subnets": subnets })
}

fn rule(priority: i64) -> Value {
    json!({
        "protocol": "tcp", "access": "Allow", "direction": "Inbound", "priority": priority,
        "sourceAddressPrefix": "*", "sourcePortRange": "*",
        "destinationAddressPrefix": "*", "destinationPortRange": "80",
    })
}
