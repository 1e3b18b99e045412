//! `properties` of a vault: which there are, what they may be, what cannot be taken back. Source:
//! recovery reference §4.1, §9.8; what a vault begins with is not confirmed.

use serde_json::{Map, Value, json};

use crate::sandbox::arm::body::{self, at, invalid, one_of, parameter, text};
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::arm::resource;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::Tx;

const ON: &[&str] = &["Enabled", "Disabled"];

/// Days for which deleted items may be kept; the reference names only the usual number.
const DAYS: std::ops::RangeInclusive<i64> = 14..=180;

/// What a caller may set; the rest is the service's.
const FIELDS: [&str; 7] = [
    "encryption",
    "monitoringSettings",
    "publicNetworkAccess",
    "redundancySettings",
    "resourceGuardOperationRequests",
    "restoreSettings",
    "securitySettings",
];

/// What stays as it is, field by field, when a PUT does not name it: part of it has an address of its
/// own.
const KEPT: [&str; 3] = ["redundancySettings", "restoreSettings", "securitySettings"];

const SOFT_DELETE: &str = "securitySettings.softDeleteSettings.softDeleteState";
const DAYS_KEPT: &str = "securitySettings.softDeleteSettings.softDeleteRetentionPeriodInDays";
const IMMUTABILITY: &str = "securitySettings.immutabilitySettings.state";
const RESTORE: &str =
    "restoreSettings.crossSubscriptionRestoreSettings.crossSubscriptionRestoreState";
const REDUNDANCY: &str = "redundancySettings.standardTierStorageRedundancy";
const OTHER_REGION: &str = "redundancySettings.crossRegionRestore";

/// How backups may be stored; the last but one is Backup's word alone.
pub(super) const REDUNDANCIES: [&str; 4] = [
    "GeoRedundant",
    "LocallyRedundant",
    "ReadAccessGeoZoneRedundant",
    "ZoneRedundant",
];

/// Fields with a closed set of values. `Invalid` is what the service says, not what it takes.
const CHOICES: [(&str, &[&str]); 13] = [
    ("publicNetworkAccess", ON),
    (REDUNDANCY, &REDUNDANCIES),
    (OTHER_REGION, ON),
    (IMMUTABILITY, &["Disabled", "Locked", "Unlocked"]),
    (SOFT_DELETE, &["AlwaysON", "Disabled", "Enabled"]),
    (
        "securitySettings.softDeleteSettings.enhancedSecurityState",
        &["AlwaysON", "Disabled", "Enabled"],
    ),
    (RESTORE, &["Disabled", "Enabled", "PermanentlyDisabled"]),
    ("encryption.infrastructureEncryption", ON),
    (
        "monitoringSettings.azureMonitorAlertSettings.alertsForAllFailoverIssues",
        ON,
    ),
    (
        "monitoringSettings.azureMonitorAlertSettings.alertsForAllJobFailures",
        ON,
    ),
    (
        "monitoringSettings.azureMonitorAlertSettings.alertsForAllReplicationIssues",
        ON,
    ),
    (
        "monitoringSettings.classicAlertSettings.alertsForCriticalOperations",
        ON,
    ),
    (
        "monitoringSettings.classicAlertSettings.emailNotificationsForSiteRecovery",
        ON,
    ),
];

/// What was set to this value stays so.
const FINAL: [(&str, &str); 3] = [
    (SOFT_DELETE, "AlwaysON"),
    (IMMUTABILITY, "Locked"),
    (RESTORE, "PermanentlyDisabled"),
];

/// Examines `properties`, and completes what a vault begins with.
pub(super) fn check(tx: &Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let mut all = std::mem::take(&mut draft.resource.properties);
    all.retain(|name, _| FIELDS.contains(&name.as_str()));
    let before = draft.before.map(|before| &before.properties);
    all = kept(before, all);
    all.entry("publicNetworkAccess")
        .or_insert_with(|| "Enabled".into());
    closed_sets(&mut all)?;
    numbers(&all)?;
    stays(&all, before)?;
    redundancy(tx, &draft.id.key(), &all, before)?;
    encryption(&all, &draft.resource.members)?;
    draft.resource.properties = all;
    Ok(())
}

/// Lays properties over what stays of those before, or over what a vault begins with.
fn kept(before: Option<&Map<String, Value>>, all: Map<String, Value>) -> Map<String, Value> {
    let mut old = resource::merged(&usual(), before.cloned().unwrap_or_default());
    old.retain(|name, _| KEPT.contains(&name.as_str()));
    resource::merged(&old, all)
}

fn usual() -> Map<String, Value> {
    let usual = json!({
        "redundancySettings": {
            "standardTierStorageRedundancy": "GeoRedundant",
            "crossRegionRestore": "Disabled",
        },
        "securitySettings": { "softDeleteSettings": {
            "softDeleteState": "Enabled",
            "softDeleteRetentionPeriodInDays": DAYS.start(),
            "enhancedSecurityState": "Enabled",
        } },
        "restoreSettings": { "crossSubscriptionRestoreSettings": {
            "crossSubscriptionRestoreState": "Enabled",
        } },
    });
    usual.as_object().cloned().unwrap_or_default()
}

/// Refuses what is none of a closed set, and what is no object where one is to be.
fn closed_sets(all: &mut Map<String, Value>) -> Result<(), Refusal> {
    for (path, known) in CHOICES {
        let mut parents = path;
        while let Some((parent, _)) = parents.rsplit_once('.') {
            if at(all, parent).is_some_and(|value| !value.is_object() && !value.is_null()) {
                return Err(invalid(format!("'properties.{parent}' is not an object")));
            }
            parents = parent;
        }
        let Some(given) = text(all, path)? else {
            continue;
        };
        let value = one_of(&format!("properties.{path}"), given, known)?;
        put(all, path, value.into());
    }
    Ok(())
}

/// Puts a value at a path whose parents are there.
pub(super) fn put(all: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(all.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            let inner = all.entry(first).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                put(inner, rest, value);
            }
        }
    }
}

fn numbers(all: &Map<String, Value>) -> Result<(), Refusal> {
    match at(all, DAYS_KEPT) {
        Some(days) if !days.as_i64().is_some_and(|days| DAYS.contains(&days)) => {
            let text = format!(
                "The value '{days}' is out of range: deleted items are kept for {} to {} days.",
                DAYS.start(),
                DAYS.end()
            );
            Err(parameter(&format!("properties.{DAYS_KEPT}"), text))
        }
        _ => Ok(()),
    }
}

/// Refuses to take back what cannot be. The reference names no code.
fn stays(all: &Map<String, Value>, before: Option<&Map<String, Value>>) -> Result<(), Refusal> {
    for (path, last) in FINAL {
        let was = before.and_then(|before| at(before, path));
        if was == Some(&json!(last)) && at(all, path) != was {
            let text = format!("'properties.{path}' is '{last}', which cannot be changed.");
            return Err(parameter(&format!("properties.{path}"), text));
        }
    }
    Ok(())
}

/// Refuses another redundancy once an item is protected, and the restore in another region without
/// copies there. The reference names no code.
fn redundancy(
    tx: &Tx<'_>,
    vault: &str,
    all: &Map<String, Value>,
    before: Option<&Map<String, Value>>,
) -> Result<(), Refusal> {
    let was = before.and_then(|before| at(before, REDUNDANCY));
    if was.is_some_and(|was| at(all, REDUNDANCY) != Some(was)) && is_locked(tx, vault) {
        let text = "The storage redundancy of a vault cannot be changed once an item is protected.";
        return Err(Refusal::new(409, "StorageRedundancyLocked", text)
            .target("standardTierStorageRedundancy"));
    }
    let is_geo = at(all, REDUNDANCY) == Some(&json!("GeoRedundant"));
    if at(all, OTHER_REGION) == Some(&json!("Enabled")) && !is_geo {
        let text = "Cross region restore needs the storage redundancy 'GeoRedundant'.";
        return Err(parameter(&format!("properties.{OTHER_REGION}"), text));
    }
    Ok(())
}

/// Tells whether an item is protected in a vault, so that its storage stays as it is.
pub(super) fn is_locked(tx: &Tx<'_>, vault: &str) -> bool {
    let items = "backupFabrics/protectionContainers/protectedItems";
    object::of_kind(tx, vault, items).next().is_some()
}

/// Refuses a key of one's own that the vault cannot reach.
fn encryption(all: &Map<String, Value>, members: &Map<String, Value>) -> Result<(), Refusal> {
    let encryption = body::member(all, "encryption")?;
    if let Some(key) = text(&encryption, "keyVaultProperties.keyUri")?
        && !key.starts_with("https://")
    {
        let text = format!("The value '{key}' is not the address of a key.");
        return Err(parameter(
            "properties.encryption.keyVaultProperties.keyUri",
            text,
        ));
    }
    let own = at(&encryption, "kekIdentity.useSystemAssignedIdentity") == Some(&json!(true));
    let kind = text(members, "identity.type")?.unwrap_or("None");
    if own && !kind.contains("SystemAssigned") {
        let text = "The vault has no identity of its own: set 'identity.type' to 'SystemAssigned'.";
        return Err(parameter("properties.encryption.kekIdentity", text));
    }
    let Some(user) = text(&encryption, "kekIdentity.userAssignedIdentity")? else {
        return Ok(());
    };
    let assigned = at(members, "identity.userAssignedIdentities").and_then(Value::as_object);
    let is_there = |all: &Map<String, Value>| all.keys().any(|id| id.eq_ignore_ascii_case(user));
    if assigned.is_some_and(is_there) {
        return Ok(());
    }
    let text = format!("The identity '{user}' is not assigned to the vault.");
    Err(parameter("properties.encryption.kekIdentity", text))
}

/// Adds what the service says of a vault. A redundancy that backup storage has and vaults do not name
/// is shown as `Invalid`.
pub(super) fn show(shown: &mut Map<String, Value>) {
    let Some(all) = shown.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    if at(all, REDUNDANCY) == Some(&json!("ReadAccessGeoZoneRedundant")) {
        put(all, REDUNDANCY, "Invalid".into());
    }
    for name in [
        "privateEndpointStateForBackup",
        "privateEndpointStateForSiteRecovery",
    ] {
        all.insert(name.to_owned(), "None".into());
    }
}
