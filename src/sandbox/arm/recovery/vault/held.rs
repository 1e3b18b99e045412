//! What keeps a vault from being deleted, all of it. Source: recovery reference §3, §4.1, §10; the code
//! is not confirmed.

use crate::sandbox::arm::recovery::object;
use crate::sandbox::derived;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Diagnosis, Resource, Tx, VaultObject};

const CODE: &str = "VaultCannotBeDeleted";

/// Types whose objects hold their vault: what they are called, and what is to be done with them.
const HOLDING: [(&str, &str, &str); 7] = [
    (
        "backupFabrics/protectionContainers/protectedItems",
        "backup items",
        "Stop the protection of the backup items and delete their data; what is soft deleted is gone when its days are over.",
    ),
    (
        "backupFabrics/protectionContainers",
        "registered containers",
        "Unregister the containers.",
    ),
    (
        "replicationFabrics/replicationProtectionContainers/replicationProtectedItems",
        "replicated items",
        "Disable the protection of the replicated items.",
    ),
    (
        "replicationFabrics/replicationProtectionContainers/replicationMigrationItems",
        "migration items",
        "Delete the migration items.",
    ),
    (
        "replicationFabrics/replicationProtectionContainers/replicationProtectionContainerMappings",
        "container mappings, so that policies are in use",
        "Remove the container mappings.",
    ),
    (
        "replicationFabrics/replicationRecoveryServicesProviders",
        "registered servers",
        "Remove the providers of the registered servers.",
    ),
    ("replicationFabrics", "fabrics", "Remove the fabrics."),
];

/// Says why a vault cannot be deleted now, with one detail for each reason.
pub(super) fn why(tx: &Tx<'_>, vault: &Resource) -> Option<Refusal> {
    let reasons: Vec<Diagnosis> = HOLDING
        .iter()
        .filter_map(|(kind, what, action)| {
            let all = object::of_kind(tx, &vault.id, kind).filter(|one| holds(one));
            let names: Vec<&str> = all.map(named).collect();
            let text = format!("The vault has {what}: {}.", names.join(", "));
            (!names.is_empty())
                .then(|| Diagnosis::new(CODE, text, "Something still uses the vault.", *action))
        })
        .collect();
    if reasons.is_empty() {
        return None;
    }
    let texts: Vec<&str> = reasons.iter().map(|one| one.message.as_str()).collect();
    let text = format!(
        "The vault '{}' cannot be deleted as there are existing resources within it. {}",
        vault.name,
        texts.join(" ")
    );
    let activity = derived::guid(&["activity", &vault.id, CODE]);
    let refusal = Refusal::new(409, CODE, text);
    let details = reasons.iter().map(|one| one.detail("", &activity));
    Some(details.fold(refusal, Refusal::data))
}

/// Containers of machines were registered by nobody: they go with their items.
fn holds(one: &VaultObject) -> bool {
    let is_machine = |name: &str| name.to_lowercase().starts_with("iaasvmcontainer;");
    one.kind != "backupFabrics/protectionContainers" || !is_machine(&one.name)
}

fn named(one: &VaultObject) -> &str {
    let friendly = one.properties.get("friendlyName");
    friendly
        .and_then(serde_json::Value::as_str)
        .unwrap_or(&one.name)
}
