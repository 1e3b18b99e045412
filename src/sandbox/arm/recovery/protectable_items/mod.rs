//! Protectable items: the machines that were found in a container, protected or not. Source:
//! recovery reference §5.3; the words of `protectionStatus` and the filter's are not confirmed.

mod filter;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::calls::{self, rows};
use super::part::Part;
use super::{below, fabrics, object, providers};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::page;
use crate::sandbox::derived;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Tx, VaultObject};

pub(super) const KIND: &str =
    "replicationFabrics/replicationProtectionContainers/replicationProtectableItems";

/// What protects a machine.
const PROTECTED: &str =
    "replicationFabrics/replicationProtectionContainers/replicationProtectedItems";

pub(super) const PARTS: &[&dyn Part] = &[&ProtectableItems];

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationProtectableItems"
        ),
        list,
    ),
    Route::arm(
        "GET",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationProtectableItems/{pitem}"
        ),
        calls::get,
    ),
];

#[derive(Debug)]
struct ProtectableItems;

impl Part for ProtectableItems {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        object: &VaultObject,
        _request: Option<&Request>,
        properties: &mut Map<String, Value>,
    ) {
        let by = protected_by(tx, object);
        properties.insert("protectionStatus".to_owned(), status(by).into());
        if let Some(by) = by {
            let id = by.id.as_str();
            properties.insert("replicationProtectedItemId".to_owned(), id.into());
        }
    }
}

/// Returns what protects a machine.
fn protected_by<'a>(tx: &'a Tx<'_>, machine: &VaultObject) -> Option<&'a VaultObject> {
    let vault = object::vault(&Id::parse(&machine.id)?).key();
    let key = machine.id.to_lowercase();
    object::of_kind(tx, &vault, PROTECTED).find(|one| object::names(one, "protectableItemId", &key))
}

fn status(by: Option<&VaultObject>) -> &'static str {
    match by {
        Some(_) => "Protected",
        None => "Unprotected",
    }
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let mut rows = rows(request, tx)?;
    if let Some(wanted) = filter::state(request)? {
        rows.retain(|one| status(protected_by(tx, one)).eq_ignore_ascii_case(&wanted));
    }
    if let Some(take) = filter::take(request)? {
        rows.truncate(take);
    }
    page::of(request, rows, |one| object::shown(tx, &one, Some(request)))
}

/// Tells whether a container has a machine of that friendly name.
pub(super) fn has(tx: &Tx<'_>, container: &str, name: &str) -> bool {
    object::of_kind(tx, container, KIND).any(|one| object::friendly(one).eq_ignore_ascii_case(name))
}

/// Adds a machine that an agent has found; one of that name stays as it is.
pub(super) fn find_machine(tx: &mut Tx<'_>, container: &Id, name: &str, provider: &str) {
    let id = derived::guid(&["machine", &container.key(), name]);
    let kind = fabrics::kind_above(tx, &container.text());
    let details = match kind.map(|kind| kind.name) {
        Some("VMware") => json!({
            "instanceType": "VMwareVirtualMachine",
            "agentGeneratedId": id,
            "osType": "Windows",
            "poweredOn": "On",
            "diskDetails": [],
        }),
        _ => json!({
            "instanceType": "HyperVVirtualMachine",
            "sourceItemId": id,
            "generation": "2",
            "osDetails": { "osType": "Windows" },
            "diskDetails": [{
                "maxSizeMB": 65_536,
                "vhdId": derived::guid(&["disk", &id]),
                "vhdName": format!("{name}-os"),
                "vhdType": "OperatingSystem",
            }],
        }),
    };
    add(tx, container, (&id, name), provider, details);
}

/// Adds a machine that was told by its address and its system.
pub(super) fn told(tx: &mut Tx<'_>, container: &str, name: &str, (address, system): (&str, &str)) {
    let Some(container) = Id::parse(container) else {
        return;
    };
    let id = derived::guid(&["machine", &container.key(), name]);
    let kind = fabrics::kind_above(tx, &container.text());
    let details = match kind.map(|kind| kind.name) {
        Some("VMware") => json!({
            "instanceType": "VMwareVirtualMachine",
            "ipAddress": address,
            "osType": system,
        }),
        _ => json!({
            "instanceType": "HyperVVirtualMachine",
            "sourceItemId": id,
            "osDetails": { "osType": system },
            "diskDetails": [],
        }),
    };
    let fabric = object::fabric(tx, &container.text());
    let provider =
        fabric.and_then(|fabric| object::of_kind(tx, &fabric.id, providers::KIND).next());
    let provider = provider.map(|one| one.id.clone()).unwrap_or_default();
    add(tx, &container, (&id, name), &provider, details);
}

fn add(tx: &mut Tx<'_>, container: &Id, (id, name): (&str, &str), provider: &str, details: Value) {
    if has(tx, &container.text(), name) {
        return;
    }
    let kind = fabrics::kind_above(tx, &container.text());
    let properties = json!({
        "friendlyName": name,
        "recoveryServicesProviderId": provider,
        "protectionReadinessErrors": [],
        "supportedReplicationProviders": kind.map_or(&[][..], |kind| kind.policies),
        "customDetails": details,
    });
    let id = container.child("replicationProtectableItems", id);
    object::plant(tx, &id, properties, json!({}));
}
