//! An agent registers: its provider is there, with the container that it brings and the machines
//! that it has found. In Azure that happens on the server; here a control or the seed does it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::id;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::{containers, fabrics, object, protectable_items};
use crate::sandbox::derived;
use crate::sandbox::store::{Tx, VaultObject};

/// Which agent registers, and what it brings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    /// Id of the fabric, or a part of it, in any casing.
    pub(crate) fabric: String,
    /// Name of the provider.
    pub(crate) provider: String,
    /// Name of its container.
    pub(crate) container: String,
    /// Friendly names of the machines that it has found.
    #[serde(default)]
    pub(crate) machines: Vec<String>,
}

/// Registers an agent with a fabric, and shows its provider; what is there already stays. Says why
/// it cannot be done.
pub(crate) fn register(tx: &mut Tx<'_>, new: &Registration) -> Result<Value, String> {
    let site = site(tx, &new.fabric);
    let site = site.ok_or_else(|| format!("There is no fabric `{}`.", new.fabric))?;
    let kind = fabrics::kind(&site).filter(|kind| kind.has_agent);
    let (Some(kind), Some(fabric)) = (kind, Id::parse(&site.id)) else {
        return Err(format!(
            "No agent registers with the fabric `{}`.",
            site.name
        ));
    };
    let provider = provider(tx, (&fabric, &site), kind.name, &new.provider);
    let container = containers::id(&fabric, &new.container);
    if !tx.recovery.objects.has(&container.key()) {
        let properties = containers::properties(&container, &site);
        let hidden = json!({ "provider": provider.id });
        object::plant(tx, &container, properties.into(), hidden);
    }
    for machine in &new.machines {
        protectable_items::find_machine(tx, &container, machine, &provider.id);
    }
    Ok(object::shown(tx, &provider, None))
}

fn site(tx: &Tx<'_>, part: &str) -> Option<VaultObject> {
    let part = part.to_lowercase();
    let mut objects = tx.recovery.objects.iter();
    let found = objects.find(|(key, one)| one.kind == fabrics::KIND && key.contains(&part));
    found.map(|(_, one)| one.clone())
}

fn provider(
    tx: &mut Tx<'_>,
    (fabric, site): (&Id, &VaultObject),
    kind: &str,
    name: &str,
) -> VaultObject {
    let id = id(fabric, name);
    let key = id.key();
    if let Some(found) = tx.recovery.objects.get(&key) {
        return found.clone();
    }
    let properties = json!({
        "friendlyName": name,
        "machineName": name,
        "draIdentifier": derived::guid(&["provider", &key]),
        "fabricType": kind,
        "fabricFriendlyName": object::friendly(site),
    });
    object::plant(tx, &id, properties, json!({}))
}
