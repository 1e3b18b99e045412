//! An agent registers: its provider is there, with the container that it brings and the machines
//! that it has found. In Azure that happens on the server; here a control or the seed does it.

use serde::Deserialize;
use serde_json::json;

use super::id;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::{containers, fabrics, object, protectable_items};
use crate::sandbox::derived;
use crate::sandbox::store::Tx;

/// Which agent registers, and what it brings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    /// Name of the provider.
    pub(crate) provider: String,
    /// Name of its container.
    pub(crate) container: String,
    /// Friendly names of the machines that it has found.
    #[serde(default)]
    pub(crate) machines: Vec<String>,
}

/// Registers an agent with a fabric; what is there already stays.
pub(in crate::sandbox::arm::recovery) fn register(
    tx: &mut Tx<'_>,
    fabric: &Id,
    new: &Registration,
) {
    let Some(site) = tx.recovery.objects.get(&fabric.key()).cloned() else {
        return;
    };
    let Some(kind) = fabrics::kind(&site) else {
        return;
    };
    let provider = id(fabric, &new.provider);
    if !tx.recovery.objects.has(&provider.key()) {
        let properties = json!({
            "friendlyName": new.provider,
            "machineName": new.provider,
            "draIdentifier": derived::guid(&["provider", &provider.key()]),
            "fabricType": kind.name,
            "fabricFriendlyName": object::friendly(&site),
        });
        object::plant(tx, &provider, properties, json!({}));
    }
    let provider = object::shown_id(&provider);
    let container = containers::id(fabric, &new.container);
    if !tx.recovery.objects.has(&container.key()) {
        let properties = containers::properties(&container, &site);
        let hidden = json!({ "provider": provider });
        object::plant(tx, &container, properties.into(), hidden);
    }
    for machine in &new.machines {
        protectable_items::find_machine(tx, &container, machine, &provider);
    }
}
