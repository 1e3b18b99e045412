//! Somebody who calls Microsoft Graph in tests, with one token of a tenant.

use std::borrow::Borrow;
use std::time::Duration;

use serde_json::Value;

use crate::sandbox::control;
use crate::sandbox::entra::gdap;
use crate::sandbox::entra::seed::{CLIENT, HOME};
use crate::sandbox::store::key;
use crate::sandbox::testing::{Bench, Seen};
use crate::sandbox::wire::Incoming;

/// Megan, with a token of a tenant.
pub(super) struct Megan<'b> {
    pub(super) bench: &'b Bench,
    bearer: String,
}

impl<'b> Megan<'b> {
    /// Megan at home.
    pub(super) fn at_home(bench: &'b Bench) -> Self {
        Self::of(bench, HOME)
    }

    /// Megan with a token of a tenant.
    pub(super) fn of(bench: &'b Bench, tenant: &str) -> Self {
        Self::by(bench, tenant, Bench::refreshed())
    }

    /// Her application itself in a tenant, without her.
    pub(super) fn itself(bench: &'b Bench, tenant: &str) -> Self {
        Self::by(bench, tenant, Bench::itself())
    }

    fn by(bench: &'b Bench, tenant: &str, grant: &str) -> Self {
        let bearer = bench.bearer(tenant, grant, "https://graph.microsoft.com");
        Self { bench, bearer }
    }

    /// Megan in a tenant where exactly these permissions are consented, and at a customer's, exactly
    /// these roles given.
    pub(super) fn with(bench: &'b Bench, tenant: &str, scopes: &[&str], roles: &[&str]) -> Self {
        let owned = |texts: &[&str]| {
            texts
                .iter()
                .map(|&text| text.to_owned())
                .collect::<Vec<_>>()
        };
        bench.change(|tx| {
            let consent = tx.entra.consents.edit(&key(&[tenant, CLIENT]));
            for (resource, granted) in &mut consent.expect("a consent").scopes {
                if resource.contains("graph.microsoft.com") {
                    *granted = owned(scopes);
                }
            }
            if let Some(related) = gdap::related(tx, tenant).into_iter().next() {
                let id = related.relationship.id;
                let row = gdap::edit_assignment(tx, &id, &related.assignments[0].id);
                row.expect("an assignment").roles = owned(roles);
            }
        });
        Self::of(bench, tenant)
    }

    /// Sends any request; `null` is no body.
    pub(super) fn send(&self, verb: &str, path: &str, body: impl Borrow<Value>) -> Seen {
        self.tagged(verb, path, None, body.borrow())
    }

    /// The same of an object that must still be of a tag.
    pub(super) fn tagged(&self, verb: &str, path: &str, tag: Option<&str>, body: &Value) -> Seen {
        let mut headers = vec![
            ("authorization", self.bearer.as_str()),
            ("content-type", "application/json"),
            ("consistencylevel", "eventual"),
        ];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.bench
            .send(verb, &format!("/graph{path}"), &headers, body.into())
    }

    pub(super) fn get(&self, path: &str) -> Seen {
        self.send("GET", path, Value::Null)
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Seen {
        self.send("POST", path, body)
    }

    pub(super) fn patch(&self, path: &str, body: &Value) -> Seen {
        self.send("PATCH", path, body)
    }

    pub(super) fn delete(&self, path: &str) -> Seen {
        self.send("DELETE", path, Value::Null)
    }

    /// Lets time pass.
    pub(super) fn waits(&self, seconds: u64) {
        self.bench.advance(Duration::from_secs(seconds));
    }

    /// Uses a control; returns the status.
    pub(super) fn control(&self, name: &str, body: &Value) -> u16 {
        let incoming = Incoming {
            method: http::Method::POST,
            path: format!("/sandbox/{name}"),
            query: String::new(),
            headers: http::HeaderMap::new(),
            body: body.to_string().into(),
            origin: "http://127.0.0.1:1".to_owned(),
        };
        control::handle(&self.bench.engine, &incoming).status
    }
}

/// Returns a text of an answer.
pub(super) fn text(seen: &Seen, name: &str) -> String {
    seen.json[name].as_str().unwrap_or_default().to_owned()
}

/// Returns the ids of a list, in order.
pub(super) fn ids(seen: &Seen) -> Vec<&str> {
    let rows = seen.json["value"].as_array().into_iter().flatten();
    rows.filter_map(|row| row["id"].as_str()).collect()
}

/// Returns status, code and text of a refusal.
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
