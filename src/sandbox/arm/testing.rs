//! A subscription for tests of providers: calls with the type's version, operations that are
//! followed to their end.

use std::time::Duration;

use serde_json::{Value, json};

use super::kind;
use crate::sandbox::seed::FABRIKAM;
use crate::sandbox::testing::{Bench, Seen};

/// Fabrikam's subscription, with a group `rg-empty` in West Europe.
pub(super) struct Shop {
    pub(super) bench: Bench,
    /// Path of the subscription.
    pub(super) root: String,
}

impl Shop {
    pub(super) fn new() -> Self {
        Self::on(Bench::new())
    }

    /// The subscription in a sandbox of its own kind.
    pub(super) fn on(bench: Bench) -> Self {
        let version = "api-version=2022-12-01";
        let seen = bench.arm_send(FABRIKAM, "GET", &format!("/subscriptions?{version}"), None);
        let root = seen.json["value"][0]["id"].as_str().expect("a plan");
        let root = root.to_owned();
        Self { bench, root }
    }

    /// Returns the id of something in the group: `Microsoft.Compute/disks/d1`.
    pub(super) fn id(&self, what: &str) -> String {
        format!("{}/resourceGroups/rg-empty/providers/{what}", self.root)
    }

    /// Calls a path: an id, or what is in the group; the version is the type's newest.
    pub(super) fn call(&self, verb: &str, what: &str, body: Option<&Value>) -> Seen {
        let path = if what.starts_with('/') {
            what.to_owned()
        } else {
            self.id(what)
        };
        let (bare, query) = path.split_once('?').unwrap_or((&path, ""));
        let words: Vec<&str> = bare.split('/').collect();
        let at = words.iter().rposition(|word| *word == "providers");
        let at = at.expect("a provider");
        let known = |end: usize| {
            let types = words[at + 2..end].iter().step_by(2);
            let types: Vec<&str> = std::iter::once(words[at + 1])
                .chain(types.copied())
                .collect();
            kind::find(&types.join("/"))
        };
        let found = (at + 3..=words.len()).rev().find_map(known);
        let version = match found {
            Some(kind) => kind.versions().last().expect("a version"),
            None => "2025-04-01",
        };
        let path = if query.contains("api-version") {
            format!("{bare}?{query}")
        } else {
            format!("{bare}?api-version={version}&{query}")
        };
        self.bench.arm_send(FABRIKAM, verb, &path, body)
    }

    pub(super) fn get(&self, what: &str) -> Value {
        let seen = self.call("GET", what, None);
        assert_eq!(seen.status, 200, "{what}: {}", seen.json);
        seen.json
    }

    pub(super) fn put(&self, what: &str, body: &Value) -> Seen {
        self.call("PUT", what, Some(body))
    }

    pub(super) fn post(&self, what: &str, body: Option<&Value>) -> Seen {
        self.call("POST", what, body)
    }

    /// Asserts how a call is refused.
    pub(super) fn refused(
        &self,
        verb: &str,
        what: &str,
        body: Option<&Value>,
        expected: (u16, &str),
    ) {
        let seen = self.call(verb, what, body);
        let code = seen.json["error"]["code"].as_str().unwrap_or_default();
        let body = body.map(Value::to_string).unwrap_or_default();
        assert_eq!(
            (seen.status, code),
            expected,
            "{verb} {what} {body}: {}",
            seen.json
        );
    }

    /// Makes a resource and waits for it.
    pub(super) fn make(&self, what: &str, body: &Value) -> Value {
        let seen = self.put(what, body);
        assert!((200..=202).contains(&seen.status), "{what}: {}", seen.json);
        self.end_if_long(&seen);
        self.get(what)
    }

    /// Does an action to its end, and returns what it gave.
    pub(super) fn act(&self, what: &str, body: Option<&Value>) -> Seen {
        let seen = self.post(what, body);
        assert_eq!(seen.status, 202, "{what}: {}", seen.json);
        self.end(&seen)
    }

    /// Deletes a resource and waits until it is gone.
    pub(super) fn delete(&self, what: &str) {
        let seen = self.call("DELETE", what, None);
        assert!([200, 202].contains(&seen.status), "{what}: {}", seen.json);
        self.end_if_long(&seen);
        assert_eq!(self.call("GET", what, None).status, 404, "{what}");
    }

    fn end_if_long(&self, seen: &Seen) {
        if !seen.header("retry-after").is_empty() {
            self.end(seen);
        }
    }

    /// Follows an operation to its end: the last answer of its `Location`, else of
    /// its status.
    pub(super) fn end(&self, seen: &Seen) -> Seen {
        let header = match seen.header("location") {
            "" => seen.header("azure-asyncoperation"),
            location => location,
        };
        let path = header.strip_prefix("http://127.0.0.1:1/arm");
        let path = path
            .unwrap_or_else(|| panic!("no operation: {}", seen.json))
            .to_owned();
        let wait = seen.header("retry-after").parse().expect("seconds");
        for _ in 0..100 {
            self.bench.advance(Duration::from_secs(wait));
            let seen = self.bench.arm_send(FABRIKAM, "GET", &path, None);
            if seen.status != 202 && seen.json["status"] != "InProgress" {
                return seen;
            }
        }
        panic!("{path} does not end")
    }

    /// Puts network interfaces into the group, in a network of that region.
    pub(super) fn interfaces(&self, names: &[&str], location: &str) {
        let network = format!("Microsoft.Network/virtualNetworks/net-{location}");
        let subnet = json!({ "name": "s", "properties": { "addressPrefix": "10.9.0.0/24" } });
        let space = json!({ "addressPrefixes": ["10.9.0.0/16"] });
        let properties = json!({ "addressSpace": space, "subnets": [subnet] });
        self.make(
            &network,
            &json!({ "location": location, "properties": properties }),
        );
        let subnet = json!({ "id": self.id(&format!("{network}/subnets/s")) });
        let place = json!({ "name": "one", "properties": { "subnet": subnet } });
        for name in names {
            let properties = json!({ "ipConfigurations": [place] });
            let body = json!({ "location": location, "properties": properties });
            self.make(
                &format!("Microsoft.Network/networkInterfaces/{name}"),
                &body,
            );
        }
    }

    /// Returns the machine that a network interface belongs to.
    pub(super) fn machine_of(&self, interface: &str) -> Value {
        let seen = self.get(&format!("Microsoft.Network/networkInterfaces/{interface}"));
        seen["properties"]["virtualMachine"]["id"].clone()
    }
}

/// Lays `value` at a dotted path of a body; `null` takes it away.
pub(super) fn with(body: &Value, path: &str, value: Value) -> Value {
    let mut body = body.clone();
    let mut at = &mut body;
    let (parents, last) = path.rsplit_once('.').unwrap_or(("", path));
    for part in parents.split('.').filter(|part| !part.is_empty()) {
        at = &mut at[part];
    }
    match value {
        Value::Null => drop(at.as_object_mut().map(|at| at.remove(last))),
        value => at[last] = value,
    }
    body
}
