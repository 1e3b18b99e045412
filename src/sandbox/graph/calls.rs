//! How the tests of Graph call it: as Megan, whom GDAP lets into the customers' tenants.

use bytes::Bytes;
use serde_json::Value;

use crate::sandbox::testing::{Bench, Seen};

/// Somebody with a token of a tenant.
pub(super) struct Caller<'b> {
    bench: &'b Bench,
    bearer: String,
}

impl<'b> Caller<'b> {
    /// Megan, in a tenant.
    pub(super) fn megan(bench: &'b Bench, tenant: &str) -> Self {
        Self::with(bench, tenant, Bench::refreshed())
    }

    /// The application itself, in a tenant.
    pub(super) fn app(bench: &'b Bench, tenant: &str) -> Self {
        Self::with(bench, tenant, Bench::itself())
    }

    fn with(bench: &'b Bench, tenant: &str, grant: &str) -> Self {
        let bearer = bench.bearer(tenant, grant, "https://graph.microsoft.com");
        Self { bench, bearer }
    }

    /// Gets a path below `/v1.0`.
    pub(super) fn get(&self, path: &str) -> Seen {
        self.send("GET", path, Value::Null)
    }

    /// Sends any request; `null` is no body.
    pub(super) fn send(&self, verb: &str, path: &str, body: Value) -> Seen {
        let headers = [
            ("authorization", self.bearer.as_str()),
            ("content-type", "application/json"),
            ("consistencylevel", "eventual"),
        ];
        let body = if body.is_null() {
            Bytes::new()
        } else {
            Bytes::from(body.to_string())
        };
        let path = format!("/graph/v1.0{path}");
        self.bench.send(verb, &path, &headers, body)
    }
}

/// Returns the status, the code and the text of a refusal.
pub(super) fn refused(seen: &Seen) -> (u16, &str, &str) {
    let error = &seen.json["error"];
    let text = |name: &str| error[name].as_str().unwrap_or_default();
    (seen.status, text("code"), text("message"))
}

/// Returns a property of every item of a list.
pub(super) fn each<'s>(seen: &'s Seen, property: &str) -> Vec<&'s Value> {
    let items = seen.json["value"].as_array();
    let items = items.unwrap_or_else(|| panic!("no list: {}", seen.json));
    items.iter().map(|item| &item[property]).collect()
}
