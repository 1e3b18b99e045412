//! What a resource provider says about a type: its versions, what it accepts, how long its work
//! takes, and how that is answered. Every resource goes the same way (`resource`); a type only says
//! where it differs.

use std::time::Duration;

use serde_json::{Map, Value};

use super::id::Id;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Resource, Tx};

/// Which headers an answer that is not the end carries. Source: arm reference §7.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// `Location`.
    Location,
    /// `Azure-AsyncOperation`.
    Status,
    Both,
}

/// Work that takes its time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Long {
    /// Whether a PUT answers 202 without a body; else 201 or 200 with the resource. Everything but
    /// a PUT answers 202.
    pub(super) accepted: bool,
    pub(super) links: Links,
    /// How long it takes.
    pub(super) time: Duration,
    /// Seconds of `Retry-After`.
    pub(super) retry_after: u64,
}

/// A write that is being examined.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) id: &'a Id,
    /// What there was before.
    pub(super) before: Option<&'a Resource>,
    /// Whether the body changes fields (PATCH); else it replaces all.
    pub(super) patch: bool,
    /// What it will be: as sent, completed by the provider. Read-only fields that were sent are for
    /// the provider to drop.
    pub(super) resource: Resource,
}

/// A type of resources.
pub(super) trait Kind: Sync {
    /// Full type as the provider writes it: `Microsoft.Network/virtualNetworks/subnets`.
    fn name(&self) -> &'static str;

    /// The api-versions that it serves, oldest first.
    fn versions(&self) -> &'static [&'static str];

    /// Whether it has a location and tags of its own; else it is a part of another resource.
    fn tracked(&self) -> bool {
        true
    }

    /// Whether it lives in a group; else in the subscription or on any scope.
    fn in_group(&self) -> bool {
        true
    }

    /// Members beside `properties` that are kept.
    fn members(&self) -> &'static [&'static str] {
        &[]
    }

    /// Members that are shown beside `properties` for all of its kind: `etag`.
    fn shows_etag(&self) -> bool {
        false
    }

    /// Returns the entity tag, which is another after every write.
    fn etag(&self, resource: &Resource) -> String {
        super::resource::counted(resource)
    }

    /// How a PUT is worked off; `None` at once.
    fn put(&self, draft: &Draft<'_>) -> Option<Long>;

    /// What a PUT answers that made it at once.
    fn made(&self) -> u16 {
        201
    }

    /// How a PATCH is worked off; `None` at once with 200.
    fn patch(&self, _draft: &Draft<'_>) -> Option<Long> {
        None
    }

    /// How a DELETE is worked off; `None` at once with 200.
    fn delete(&self, resource: &Resource) -> Option<Long>;

    /// What the end of a DELETE answers that took its time.
    fn gone(&self) -> u16 {
        200
    }

    /// `provisioningState` while the work goes on: `Creating`, `Updating`.
    fn working(&self, created: bool) -> &'static str {
        if created { "Creating" } else { "Updating" }
    }

    /// Names of the segments of the addresses of a long operation: status and result.
    fn operation_segments(&self) -> (&'static str, &'static str) {
        ("operations", "operationResults")
    }

    /// Whether those addresses stand below the group, not the subscription.
    fn operations_in_group(&self) -> bool {
        false
    }

    /// Whether those addresses stand below the resource itself, not in a region.
    fn operations_below(&self) -> bool {
        false
    }

    /// Returns the id of a long operation that begins.
    fn operation_id(&self, tx: &mut Tx<'_>) -> String {
        tx.guid()
    }

    /// Brings the body of an old version into the form of today.
    fn modern(&self, _version: &str, _body: &mut Map<String, Value>) {}

    /// Says that a caller has to come again, because other work on it goes on.
    fn busy(&self, _tx: &Tx<'_>, _id: &Id) -> Option<Refusal> {
        None
    }

    /// Refuses names that the provider does not take.
    fn check_name(&self, _name: &str) -> Result<(), Refusal> {
        Ok(())
    }

    /// Refuses what the provider does not take, and completes what it adds; nothing else is changed
    /// yet.
    fn check(&self, tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal>;

    /// Does what follows from an accepted write: children in the body, links from others.
    fn written(&self, _tx: &mut Tx<'_>, _resource: &Resource) {}

    /// Does what follows when the work of a write has ended.
    fn settled(&self, _tx: &mut Tx<'_>, _key: &str) {}

    /// Says why it cannot be deleted now.
    fn held(&self, _tx: &Tx<'_>, _resource: &Resource) -> Option<Refusal> {
        None
    }

    /// Tells whether it can be moved to another group, of its subscription (`within`) or another.
    fn moves(&self, _resource: &Resource, _within: bool) -> bool {
        true
    }

    /// Tells whether it stands in the body of what it is a part of, and is written with it.
    fn inlined(&self) -> bool {
        false
    }

    /// Completes what a template says of it, and takes away what only the provider sets.
    fn exported(&self, _tx: &Tx<'_>, _resource: &Resource, _properties: &mut Map<String, Value>) {}

    /// Does what follows when it is gone; its children are removed after.
    fn removed(&self, _tx: &mut Tx<'_>, _resource: &Resource) {}

    /// Ends an action that was begun: `start`, `powerOff`.
    fn acted(&self, _tx: &mut Tx<'_>, _key: &str, _action: &str, _asked: &Value) {}

    /// Does what follows when an action that was begun has failed.
    fn undone(&self, _tx: &mut Tx<'_>, _key: &str, _action: &str) {}

    /// Adds what is computed to what is shown; `request` is absent where a write or an operation
    /// shows it.
    fn show(
        &self,
        _tx: &Tx<'_>,
        _resource: &Resource,
        _request: Option<&Request>,
        _shown: &mut Map<String, Value>,
    ) {
    }
}

/// Returns all types.
pub(super) fn all() -> impl Iterator<Item = &'static dyn Kind> {
    super::KINDS.iter().flat_map(|kinds| kinds.iter().copied())
}

/// Returns the type of that full name, in any casing.
pub(super) fn find(name: &str) -> Option<&'static dyn Kind> {
    all().find(|kind| kind.name().eq_ignore_ascii_case(name))
}

/// Tells whether there is a type of that full name.
pub(super) fn known(name: &str) -> bool {
    find(name).is_some()
}

/// Returns the type of what an id names, or refuses as Azure Resource Manager does.
pub(super) fn of(kind: &str) -> Result<&'static dyn Kind, Refusal> {
    if let Some(found) = find(kind) {
        return Ok(found);
    }
    let (namespace, types) = kind.split_once('/').unwrap_or((kind, ""));
    let same = |known: &'static dyn Kind| {
        let (of, _) = known.name().split_once('/').unwrap_or_default();
        of.eq_ignore_ascii_case(namespace)
    };
    if all().any(same) || super::providers::known(namespace) {
        let text = format!(
            "The resource type '{types}' could not be found in the namespace '{namespace}'."
        );
        return Err(Refusal::new(404, "InvalidResourceType", text));
    }
    let text = format!("The resource namespace '{namespace}' is invalid.");
    Err(Refusal::new(404, "InvalidResourceNamespace", text))
}

/// Refuses a call without an api-version that the type has.
pub(super) fn version(request: &Request, kind: &dyn Kind) -> Result<(), Refusal> {
    super::access::version_of(request, kind.name(), kind.versions())
}
