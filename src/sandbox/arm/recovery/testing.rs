//! A vault for tests: calls with the surface's version, jobs that are followed to their end.

use std::time::Duration;

use serde_json::Value;

use super::object;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::testing::Shop;
use crate::sandbox::control;
use crate::sandbox::limits::Limits;
use crate::sandbox::seed::FABRIKAM;
use crate::sandbox::store::Ending;
use crate::sandbox::testing::{Bench, Seen};
use crate::sandbox::wire::Incoming;

/// A vault of Fabrikam's.
pub(super) struct Vault {
    pub(super) shop: Shop,
    /// Path of the vault.
    pub(super) path: String,
    /// Api-version of the calls.
    pub(super) version: &'static str,
}

impl Vault {
    /// A vault in a fresh sandbox: `rsv-empty`, `rsv-dr`, `rsv-backup`.
    pub(super) fn new(name: &str) -> Self {
        Self::of(Shop::new(), name)
    }

    /// A vault in the days of the guide.
    pub(super) fn then(name: &str, version: &'static str) -> Self {
        let shop = Shop::on(Bench::with(Limits::Guide2015, 0));
        Self {
            version,
            ..Self::of(shop, name)
        }
    }

    fn of(shop: Shop, name: &str) -> Self {
        let path = format!(
            "{}/resourceGroups/rg-recovery/providers/Microsoft.RecoveryServices/vaults/{name}",
            shop.root
        );
        Self {
            shop,
            path,
            version: "2025-08-01",
        }
    }

    /// Calls what is below the vault (`/replicationPolicies/p1`), or any other id.
    pub(super) fn call(&self, verb: &str, what: &str, body: Option<&Value>) -> Seen {
        let path = if what.starts_with("/subscriptions/") || what.starts_with("/Subscriptions/") {
            what.to_owned()
        } else {
            format!("{}{what}", self.path)
        };
        let path = match path.split_once('?') {
            Some((_, query)) if query.contains("api-version") => path,
            Some((bare, query)) => format!("{bare}?api-version={}&{query}", self.version),
            None => format!("{path}?api-version={}", self.version),
        };
        self.shop.bench.arm_send(FABRIKAM, verb, &path, body)
    }

    /// Reads something that is there.
    pub(super) fn get(&self, what: &str) -> Value {
        let seen = self.call("GET", what, None);
        assert_eq!(seen.status, 200, "{what}: {}", seen.json);
        seen.json
    }

    /// Does a change to the end of its job, and returns the job.
    pub(super) fn job(&self, verb: &str, what: &str, body: Option<&Value>) -> Value {
        let seen = self.call(verb, what, body);
        assert_eq!(seen.status, 202, "{verb} {what}: {}", seen.json);
        self.follow(&seen)
    }

    /// Follows a call's job until it goes on no more, and returns the job.
    pub(super) fn follow(&self, seen: &Seen) -> Value {
        let location = seen.header("location");
        let id = location
            .split('?')
            .next()
            .and_then(|path| path.rsplit('/').next());
        let job = format!("/replicationJobs/{}", id.expect("a job"));
        for _ in 0..500 {
            let shown = self.get(&job);
            if shown["properties"]["state"] != "InProgress" {
                return shown;
            }
            self.shop.bench.advance(Duration::from_secs(30));
        }
        panic!("{job} does not end")
    }

    /// Tells the sandbox something by a control: `troubles`.
    pub(super) fn tell(&self, control: &str, body: &Value) -> Value {
        let seen = self.control("POST", control, body);
        assert_eq!(seen.0, 200, "{control}: {}", seen.1);
        seen.1
    }

    /// Calls a control; returns its status, and its answer if that is JSON.
    pub(super) fn control(&self, verb: &str, control: &str, body: &Value) -> (u16, Value) {
        let incoming = Incoming {
            method: verb.parse().expect("a method"),
            path: format!("/sandbox/{control}"),
            query: String::new(),
            headers: http::HeaderMap::new(),
            body: body.to_string().into(),
            origin: "http://127.0.0.1:1".to_owned(),
        };
        let answer = control::handle(&self.shop.bench.engine, &incoming);
        let json = serde_json::from_slice(&answer.body).unwrap_or_default();
        (answer.status, json)
    }

    /// Puts something below the vault as it is, such as what another part makes.
    pub(super) fn plant(&self, what: &str, properties: &Value) {
        let id = Id::parse(&format!("{}{what}", self.path)).expect("an id");
        self.shop.bench.change(|tx| {
            object::plant(tx, &id, properties.clone(), serde_json::json!({}));
        });
    }

    /// Lets the next operation about something end otherwise: `Failed`, `Canceled`, `never`.
    pub(super) fn ending(&self, part: &str, end: &str) {
        let ending = Ending {
            part: part.to_owned(),
            end: end.to_owned(),
            after: None,
            error: None,
            times: Some(1),
        };
        let put = |tx: &mut crate::sandbox::store::Tx<'_>| {
            let number = tx.count("endings");
            tx.arm.endings.put(&format!("{number:06}"), ending);
        };
        self.shop.bench.change(put);
    }

    /// Asserts how a call is refused: status and code.
    pub(super) fn refused(
        &self,
        verb: &str,
        what: &str,
        body: Option<&Value>,
        expected: (u16, &str),
    ) -> Value {
        let seen = self.call(verb, what, body);
        let code = seen.json["error"]["code"].as_str().unwrap_or_default();
        assert_eq!(
            (seen.status, code),
            expected,
            "{verb} {what}: {}",
            seen.json
        );
        seen.json
    }
}

/// A change is accepted, made when its job has ended, and not before; it can fail on demand.
#[test]
fn a_policy_is_made_by_its_job() {
    let vault = Vault::new("rsv-empty");
    let input = serde_json::json!({ "instanceType": "A2A", "multiVmSyncStatus": "Enable" });
    let body = serde_json::json!({ "properties": { "providerSpecificInput": input } });
    let seen = vault.call("PUT", "/replicationPolicies/p1", Some(&body));
    assert_eq!(seen.status, 202);
    assert_eq!(seen.header("retry-after"), "30");
    assert_eq!(
        vault.call("GET", "/replicationPolicies/p1", None).status,
        404
    );
    let job = vault.follow(&seen);
    assert_eq!(job["properties"]["state"], "Succeeded", "{job}");
    let policy = vault.get("/replicationPolicies/p1");
    let id = policy["id"].as_str().expect("an id");
    assert!(id.starts_with("/Subscriptions/"), "{id}");
    assert_eq!(vault.get("/replicationPolicies")["value"][0], policy);
    let job = vault.job("DELETE", "/replicationPolicies/p1", None);
    assert_eq!(job["properties"]["scenarioName"], "DeleteProtectionProfile");
    assert_eq!(
        vault.call("DELETE", "/replicationPolicies/p1", None).status,
        204
    );
}
