//! How a vault's backups are stored, and how long they survive their deletion: two addresses of
//! Backup for what the vault itself says, too. Source: recovery reference §4.2, §9.8; the codes are
//! not confirmed.

use serde_json::{Map, Value, json};

use super::{BACKUP as VERSIONS, enter, settings};
use crate::sandbox::arm::body::{self, at, invalid, one_of, parameter, text};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::arm::recovery::below;
use crate::sandbox::arm::recovery::object::shown_id;
use crate::sandbox::arm::resource;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        below!("/backupstorageconfig/vaultstorageconfig"),
        storage,
    ),
    Route::arm(
        "PUT",
        below!("/backupstorageconfig/vaultstorageconfig"),
        set_storage,
    ),
    Route::arm(
        "PATCH",
        below!("/backupstorageconfig/vaultstorageconfig"),
        patch_storage,
    ),
    Route::arm("GET", below!("/backupconfig/vaultconfig"), vault_config),
    Route::arm("PUT", below!("/backupconfig/vaultconfig"), set_vault_config),
    Route::arm(
        "PATCH",
        below!("/backupconfig/vaultconfig"),
        set_vault_config,
    ),
];

const STORAGE: (&str, &str) = ("backupstorageconfig", "vaultstorageconfig");
const VAULT: (&str, &str) = ("backupconfig", "vaultconfig");

const TYPE: &str = "redundancySettings.standardTierStorageRedundancy";
const OTHER_REGION: &str = "redundancySettings.crossRegionRestore";
const SOFT_DELETE: &str = "securitySettings.softDeleteSettings";

fn storage(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, VERSIONS, (STORAGE.0, "read"))?;
    Ok(Reply::ok(shown_storage(tx, &vault)))
}

fn set_storage(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = write_storage(request, tx)?;
    Ok(Reply::ok(shown_storage(tx, &vault)))
}

fn patch_storage(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    write_storage(request, tx).map(|_| Reply::empty(204))
}

fn write_storage(request: &Request, tx: &mut Tx<'_>) -> Result<Resource, Refusal> {
    let vault = enter(request, tx, VERSIONS, (STORAGE.0, "write"))?;
    let given = properties(request)?;
    for (field, known) in [
        ("dedupState", ["Disabled", "Enabled"]),
        ("xcoolState", ["Disabled", "Enabled"]),
    ] {
        if let Some(state) = text(&given, field)? {
            one_of(&format!("properties.{field}"), state, &known)?;
        }
    }
    let mut all = Map::new();
    let model = match text(&given, "storageModelType")? {
        Some(model) => Some(model),
        None => text(&given, "storageType")?,
    };
    if let Some(model) = model {
        let model = one_of(
            "properties.storageModelType",
            model,
            &settings::REDUNDANCIES,
        )?;
        settings::put(&mut all, TYPE, model.into());
    }
    match given.get("crossRegionRestoreFlag") {
        None | Some(Value::Null) => {}
        Some(Value::Bool(on)) => {
            let word = if *on { "Enabled" } else { "Disabled" };
            settings::put(&mut all, OTHER_REGION, word.into());
        }
        Some(_) => return Err(invalid("'properties.crossRegionRestoreFlag' is no boolean")),
    }
    change(tx, vault, all)
}

fn vault_config(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, VERSIONS, (VAULT.0, "read"))?;
    Ok(Reply::ok(shown_vault(tx, &vault)))
}

/// PUT and PATCH alike: what is not named stays.
fn set_vault_config(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, VERSIONS, (VAULT.0, "write"))?;
    let given = properties(request)?;
    if at(&given, "isSoftDeleteFeatureStateEditable") == Some(&json!(false))
        && text(&given, "softDeleteFeatureState")?.is_some_and(|state| state == "Disabled")
    {
        let text = "The soft delete state is said not to be editable, and changed.";
        return Err(parameter("properties.softDeleteFeatureState", text));
    }
    if let Some(state) = text(&given, "softDeleteFeatureState")? {
        let known = ["AlwaysON", "Disabled", "Enabled"];
        one_of("properties.softDeleteFeatureState", state, &known)?;
    }
    let mut soft = Map::new();
    for (from, to) in [
        ("softDeleteFeatureState", "softDeleteState"),
        ("enhancedSecurityState", "enhancedSecurityState"),
        (
            "softDeleteRetentionPeriodInDays",
            "softDeleteRetentionPeriodInDays",
        ),
    ] {
        if let Some(value) = given.get(from).filter(|value| !value.is_null()) {
            soft.insert(to.to_owned(), value.clone());
        }
    }
    let mut all = Map::new();
    settings::put(&mut all, SOFT_DELETE, soft.into());
    if let Some(guards) = given.get("resourceGuardOperationRequests") {
        all.insert("resourceGuardOperationRequests".to_owned(), guards.clone());
    }
    let vault = change(tx, vault, all)?;
    Ok(Reply::ok(shown_vault(tx, &vault)))
}

/// Returns `properties` of the body, which must be there.
fn properties(request: &Request) -> Result<Map<String, Value>, Refusal> {
    let body = body::object(request)?;
    if !body.contains_key("properties") {
        return Err(invalid("'properties' is missing"));
    }
    body::member(&body, "properties")
}

/// Lays settings over those of a vault, as a change of the vault itself would.
fn change(
    tx: &mut Tx<'_>,
    before: Resource,
    over: Map<String, Value>,
) -> Result<Resource, Refusal> {
    let Some(id) = Id::parse(&before.id) else {
        return Ok(before);
    };
    let mut resource = before.clone();
    resource.properties = resource::merged(&before.properties, over);
    resource.version += 1;
    let mut draft = Draft {
        id: &id,
        before: Some(&before),
        patch: true,
        resource,
    };
    settings::check(tx, &mut draft)?;
    let resource = draft.resource;
    tx.arm.resources.put(&before.id, resource.clone());
    Ok(resource)
}

/// Returns the words that both addresses say of the storage.
fn words(tx: &Tx<'_>, vault: &Resource) -> (Value, &'static str) {
    let model = at(&vault.properties, TYPE).cloned().unwrap_or_default();
    let is_locked = settings::is_locked(tx, &vault.id);
    (model, if is_locked { "Locked" } else { "Unlocked" })
}

fn shown_storage(tx: &Tx<'_>, vault: &Resource) -> Value {
    let (model, state) = words(tx, vault);
    let properties = json!({
        "storageModelType": model,
        "storageType": model,
        "storageTypeState": state,
        "crossRegionRestoreFlag": at(&vault.properties, OTHER_REGION) == Some(&json!("Enabled")),
        "dedupState": "Disabled",
        "xcoolState": "Disabled",
    });
    shown(vault, STORAGE, properties)
}

fn shown_vault(tx: &Tx<'_>, vault: &Resource) -> Value {
    let (model, state) = words(tx, vault);
    let soft = at(&vault.properties, SOFT_DELETE).cloned();
    let soft = soft.unwrap_or_default();
    let mut properties = json!({
        "storageModelType": model,
        "storageType": model,
        "storageTypeState": state,
        "enhancedSecurityState": soft["enhancedSecurityState"],
        "softDeleteFeatureState": soft["softDeleteState"],
        "softDeleteRetentionPeriodInDays": soft["softDeleteRetentionPeriodInDays"],
        "isSoftDeleteFeatureStateEditable": soft["softDeleteState"] != "AlwaysON",
    });
    if let Some(guards) = vault.properties.get("resourceGuardOperationRequests") {
        properties["resourceGuardOperationRequests"] = guards.clone();
    }
    shown(vault, VAULT, properties)
}

fn shown(vault: &Resource, (kind, name): (&str, &str), properties: Value) -> Value {
    let id = Id::parse(&vault.id).map(|id| shown_id(&id.child(kind, name)));
    json!({
        "id": id,
        "name": name,
        "type": format!("Microsoft.RecoveryServices/vaults/{kind}"),
        "properties": properties,
    })
}
