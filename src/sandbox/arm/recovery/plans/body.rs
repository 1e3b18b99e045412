//! What a recovery plan may be: its fabrics, its groups in their order, its items, its actions. Source:
//! recovery reference §5.4, §10.

use serde_json::{Map, Value, json};

use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::calls::Asked;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::arm::recovery::protected_items::{
    AZURE, Item, Operation, Side, Wrong, need, text, word,
};
use crate::sandbox::derived;
use crate::sandbox::store::{Tx, VaultObject};

const FABRIC: &str = "replicationFabrics";

/// Types of groups in the order in which the service returns them.
const GROUPS: [&str; 3] = ["Shutdown", "Failover", "Boot"];
const DETAILS: [&str; 3] = [
    "ManualActionDetails",
    "ScriptActionDetails",
    "AutomationRunbookActionDetails",
];
const MODELS: [&str; 3] = ["Classic", "NotApplicable", "ResourceManager"];

/// Operations that this sandbox does not do, but that an action may name. Source: recovery reference
/// §5.4.
const OTHERS: [&str; 3] = ["Failback", "FinalizeFailback", "SwitchProtection"];

type Members = Map<String, Value>;

/// Returns what is kept of a new plan.
pub(super) fn accepted(tx: &Tx<'_>, asked: &Asked) -> Result<Members, Wrong> {
    let properties = &asked.properties;
    let primary = fabric(
        tx,
        asked,
        need(properties, "primaryFabricId")?,
        "primaryFabricId",
    )?;
    let given = need(properties, "recoveryFabricId")?;
    let recovery = if given.eq_ignore_ascii_case(AZURE) {
        AZURE.to_owned()
    } else {
        fabric(tx, asked, given, "recoveryFabricId")?
    };
    list(properties, "providerSpecificInput")?;
    let model = text(properties, "failoverDeploymentModel")?.unwrap_or(MODELS[2]);
    let fabrics = [primary.as_str(), recovery.as_str()];
    let kept = json!({
        "friendlyName": asked.id.name(),
        "primaryFabricId": primary,
        "recoveryFabricId": recovery,
        "failoverDeploymentModel": word("failoverDeploymentModel", model, &MODELS)?,
        "groups": groups(tx, asked, &fabrics)?,
        "providerSpecificDetails": [],
    });
    Ok(kept.as_object().cloned().unwrap_or_default())
}

/// Returns what is kept of a plan whose groups are replaced.
pub(super) fn changed(tx: &Tx<'_>, asked: &Asked, before: &VaultObject) -> Result<Members, Wrong> {
    let mut kept = before.properties.clone();
    if !asked.properties.contains_key("groups") {
        return Ok(kept);
    }
    let id = |field: &str| before.properties.get(field).and_then(Value::as_str);
    let fabrics = [
        id("primaryFabricId").unwrap_or_default(),
        id("recoveryFabricId").unwrap_or_default(),
    ];
    let groups = groups(tx, asked, &fabrics)?;
    kept.insert("groups".to_owned(), groups.into());
    Ok(kept)
}

/// Returns the id of a fabric of the vault.
fn fabric(tx: &Tx<'_>, asked: &Asked, given: &str, field: &str) -> Result<String, Wrong> {
    let id =
        Id::parse(given).filter(|id| object::vault(id).key() == object::vault(&asked.id).key());
    let found = id.and_then(|id| tx.recovery.objects.get(&id.key()));
    match found.filter(|found| found.kind == FABRIC) {
        Some(found) => Ok(found.id.clone()),
        None => Err(Wrong::absent(field, given)),
    }
}

/// Returns the objects of a list; absent is empty.
pub(super) fn list(members: &Members, field: &str) -> Result<Vec<Members>, Wrong> {
    let wrong = || {
        let message = format!("'{field}' is not a list of objects.");
        Wrong::input(message, format!("Send '{field}' as a list."))
    };
    match members.get(field) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(all)) => {
            let all = all
                .iter()
                .map(|one| one.as_object().cloned().ok_or_else(wrong));
            all.collect()
        }
        Some(_) => Err(wrong()),
    }
}

/// Returns the groups in the service's order; Shutdown and Failover are added where they are missing.
fn groups(tx: &Tx<'_>, asked: &Asked, fabrics: &[&str]) -> Result<Vec<Value>, Wrong> {
    let given = list(&asked.properties, "groups")?;
    let mut seen = Vec::new();
    let mut by_type: [Vec<Value>; 3] = Default::default();
    for group in &given {
        let kind = word("groups.groupType", need(group, "groupType")?, &GROUPS)?;
        let at = GROUPS
            .iter()
            .position(|known| *known == kind)
            .unwrap_or_default();
        by_type[at].push(json!({
            "groupType": kind,
            "replicationProtectedItems": items(tx, asked, group, (fabrics, &mut seen))?,
            "startGroupActions": actions(group, "startGroupActions")?,
            "endGroupActions": actions(group, "endGroupActions")?,
        }));
    }
    let [mut shutdown, mut failover, boot] = by_type;
    if boot.is_empty() || shutdown.len() > 1 || failover.len() > 1 {
        let message = "A recovery plan has one Shutdown group, one Failover group, and one or more Boot groups.";
        return Err(Wrong::input(message, "Send at least one Boot group."));
    }
    for (all, kind) in [(&mut shutdown, GROUPS[0]), (&mut failover, GROUPS[1])] {
        if all.is_empty() {
            all.push(json!({
                "groupType": kind,
                "replicationProtectedItems": [],
                "startGroupActions": [],
                "endGroupActions": [],
            }));
        }
    }
    Ok(shutdown.into_iter().chain(failover).chain(boot).collect())
}

/// Returns the items of a group, which are there, in one of the plan's fabrics, and in no other group.
fn items(
    tx: &Tx<'_>,
    asked: &Asked,
    group: &Members,
    (fabrics, seen): (&[&str], &mut Vec<String>),
) -> Result<Vec<Value>, Wrong> {
    const FIELD: &str = "replicationProtectedItems";
    let inside = format!("{}/", object::vault(&asked.id).key());
    let mut all = Vec::new();
    for one in list(group, FIELD)? {
        let id = need(&one, "id")?;
        let key = Id::parse(id).map(|id| id.key()).unwrap_or_default();
        let found = tx
            .recovery
            .objects
            .get(&key)
            .filter(|_| key.starts_with(&inside));
        let item = found.and_then(|found| Some((found, Item::of(found)?)));
        let (found, item) =
            item.ok_or_else(|| Wrong::absent("replicationProtectedItems.id", id))?;
        if seen.contains(&key) {
            let message = format!("The replicated item '{id}' stands in the plan twice.");
            return Err(Wrong::input(message, "Name every item once."));
        }
        let is_inside = |fabric: &&str| key.starts_with(&format!("{}/", fabric.to_lowercase()));
        if !fabrics.iter().any(is_inside) {
            let message =
                format!("The replicated item '{id}' does not belong to the fabrics of the plan.");
            return Err(Wrong::input(message, "Make a plan of its own for it."));
        }
        let machine = text(&one, "virtualMachineId")?.map(str::to_owned);
        let usual = match item.vm.as_str() {
            "" => derived::guid(&["machine", &key]),
            vm => vm.to_owned(),
        };
        all.push(json!({ "id": found.id, "virtualMachineId": machine.unwrap_or(usual) }));
        seen.push(key);
    }
    Ok(all)
}

/// Returns the actions at one end of a group.
fn actions(group: &Members, field: &str) -> Result<Vec<Value>, Wrong> {
    let mut all = Vec::new();
    for one in list(group, field)? {
        need(&one, "actionName")?;
        need(&one, "customDetails.instanceType")?;
        let details = one.get("customDetails").and_then(Value::as_object);
        let details = details.cloned().unwrap_or_default();
        let kind = word(
            "customDetails.instanceType",
            need(&details, "instanceType")?,
            &DETAILS,
        )?;
        if kind != DETAILS[0] {
            let place = need(&details, "fabricLocation")?;
            word(
                "customDetails.fabricLocation",
                place,
                &["Primary", "Recovery"],
            )?;
        }
        if kind == DETAILS[1] {
            need(&details, "path")?;
        }
        let directions = [Side::Primary.direction(), Side::Recovery.direction()];
        let types: Vec<&'static str> = Operation::ALL
            .into_iter()
            .map(Operation::word)
            .chain(OTHERS)
            .collect();
        words(&one, "failoverDirections", &directions)?;
        words(&one, "failoverTypes", &types)?;
        all.push(one.into());
    }
    Ok(all)
}

/// Checks a list of words, of which there is one at least.
fn words(action: &Members, field: &str, known: &[&'static str]) -> Result<(), Wrong> {
    let all = action.get(field).and_then(Value::as_array);
    let all = all.filter(|all| !all.is_empty()).ok_or_else(|| {
        let message = format!("The field '{field}' of an action is missing.");
        Wrong::input(message, format!("Send '{field}' as a list of words."))
    })?;
    for one in all {
        word(field, one.as_str().unwrap_or_default(), known)?;
    }
    Ok(())
}
