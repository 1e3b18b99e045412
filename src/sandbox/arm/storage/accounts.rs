//! Storage accounts. A new one takes its time and is answered without a body; so is a PUT that changes
//! one. Until 2016 the kind of storage was a property, `accountType`.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{VERSIONS, endpoints, keys, names, settings};
use crate::sandbox::arm::body;
use crate::sandbox::arm::calls::routes;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::{Draft, Kind, Links, Long};
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = routes!("Microsoft.Storage/storageAccounts", "account");

pub(super) const NAME: &str = "Microsoft.Storage/storageAccounts";

/// How a PUT is worked off. The reference names no time.
const PUT: Long = Long {
    accepted: true,
    links: Links::Location,
    time: Duration::from_secs(30),
    retry_after: 17,
};

/// What an account of 2015 is, where nothing says more.
const OLD_KIND: &str = "Storage";

#[derive(Debug)]
pub(super) struct StorageAccounts;

impl Kind for StorageAccounts {
    fn name(&self) -> &'static str {
        NAME
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn members(&self) -> &'static [&'static str] {
        &["sku", "kind", "identity", "zones"]
    }

    fn put(&self, draft: &Draft<'_>) -> Option<Long> {
        let same = draft.before.is_some_and(|before| {
            let now = &draft.resource;
            before.members == now.members
                && before.properties == now.properties
                && before.tags == now.tags
        });
        (!same).then_some(PUT)
    }

    fn delete(&self, _resource: &Resource) -> Option<Long> {
        None
    }

    fn working(&self, created: bool) -> &'static str {
        if created { "Creating" } else { "ResolvingDNS" }
    }

    fn operation_segments(&self) -> (&'static str, &'static str) {
        ("asyncoperations", "asyncoperations")
    }

    fn modern(&self, version: &str, body: &mut Map<String, Value>) {
        if !version.starts_with("2015-") {
            return;
        }
        let properties = body.get_mut("properties").and_then(Value::as_object_mut);
        let Some(kind) = properties.and_then(|all| all.remove("accountType")) else {
            return;
        };
        body.insert("sku".to_owned(), json!({ "name": kind }));
        body.insert("kind".to_owned(), OLD_KIND.into());
    }

    fn busy(&self, tx: &Tx<'_>, id: &Id) -> Option<Refusal> {
        let account = tx.arm.resources.get(&id.key())?;
        // The reference names no text.
        let text = format!(
            "An operation is currently performing on the storage account '{}' that requires exclusive access.",
            account.name
        );
        (account.state != "Succeeded" && account.state != "Failed")
            .then(|| Refusal::new(409, "StorageAccountBeingCreated", text))
    }

    fn check_name(&self, name: &str) -> Result<(), Refusal> {
        names::check(name)
    }

    fn check(&self, tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        if let Some(refusal) = names::taken(tx, draft.id.name(), Some(&draft.resource.id)) {
            return Err(refusal);
        }
        settings::check(tx, draft)?;
        keys::first(tx, &mut draft.resource);
        Ok(())
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        resource: &Resource,
        request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        let query = |name: &str| request.and_then(|request| request.query(name));
        let sku = text(&resource.members, "sku.name");
        let kind = text(&resource.members, "kind");
        if let Some(properties) = shown.get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert("creationTime".to_owned(), write(resource.created.at).into());
            properties.insert("keyCreationTime".to_owned(), keys::times(resource));
            properties.insert("privateEndpointConnections".to_owned(), json!([]));
            properties.extend(endpoints::of(resource, sku, kind));
            if query("$expand") == Some("geoReplicationStats") && sku.contains('G') {
                let stats = json!({
                    "status": "Live", "lastSyncTime": write(tx.now()), "canFailover": true,
                });
                properties.insert("geoReplicationStats".to_owned(), stats);
            }
        }
        if query("api-version").is_some_and(|version| version.starts_with("2015-")) {
            old(shown, sku);
        }
    }
}

/// Shows an account in the form of 2015.
fn old(shown: &mut Map<String, Value>, sku: &str) {
    shown.remove("sku");
    shown.remove("kind");
    if let Some(properties) = shown.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("accountType".to_owned(), sku.into());
    }
}

fn text<'a>(members: &'a Map<String, Value>, path: &str) -> &'a str {
    let found = body::at(members, path).and_then(Value::as_str);
    found.unwrap_or_default()
}
