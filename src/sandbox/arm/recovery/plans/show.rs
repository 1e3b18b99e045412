//! A recovery plan as it is shown: what it allows follows from its items. Source: recovery reference
//! §5.4. How the items' operations make those of the plan, the reference does not say beyond a new
//! plan's: what begins something needs all items, what ends something that was begun needs one.

use serde_json::{Map, Value, json};

use super::waits_for_cleanup;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::protected_items::{
    self, AZURE, Item, NO_TIME, Operation, scenario,
};
use crate::sandbox::store::{JobState, Tx, VaultObject};

/// What needs all items.
const BEGINNINGS: [Operation; 4] = [
    Operation::PlannedFailover,
    Operation::UnplannedFailover,
    Operation::TestFailover,
    Operation::ReverseReplicate,
];

/// What needs one: the others are left out.
pub(super) const ENDINGS: [Operation; 3] = [
    Operation::Commit,
    Operation::CancelFailover,
    Operation::TestFailoverCleanup,
];

/// Returns the ids of the items of a plan, group by group.
pub(super) fn items(plan: &VaultObject) -> Vec<Vec<String>> {
    let groups = plan.properties.get("groups").and_then(Value::as_array);
    let of_group = |group: &Value| {
        let items = group["replicationProtectedItems"].as_array();
        let ids = items
            .into_iter()
            .flatten()
            .filter_map(|item| item["id"].as_str());
        ids.map(str::to_owned).collect()
    };
    groups.into_iter().flatten().map(of_group).collect()
}

/// Returns the row of an item.
pub(super) fn row<'a>(tx: &'a Tx<'_>, id: &str) -> Option<&'a VaultObject> {
    tx.recovery.objects.get(&Id::parse(id)?.key())
}

/// Returns what a plan allows now: nothing while a job of it goes on, or an item is gone.
pub(super) fn allowed(tx: &Tx<'_>, plan: &VaultObject) -> Vec<Operation> {
    let current = protected_items::current(tx, &plan.id.to_lowercase());
    match current {
        Some(job) if waits_for_cleanup(tx, job) => return vec![Operation::TestFailoverCleanup],
        Some(_) => return Vec::new(),
        None => {}
    }
    let rows: Option<Vec<&VaultObject>> = items(plan)
        .into_iter()
        .flatten()
        .map(|id| row(tx, &id))
        .collect();
    let rows = rows.unwrap_or_default();
    if rows.is_empty() {
        return Vec::new();
    }
    let allow = |row: &&VaultObject| protected_items::allowed(tx, &row.id.to_lowercase(), row);
    let each: Vec<Vec<Operation>> = rows.iter().map(allow).collect();
    let all = BEGINNINGS
        .into_iter()
        .filter(|one| each.iter().all(|own| own.contains(one)));
    let any = ENDINGS
        .into_iter()
        .filter(|one| each.iter().any(|own| own.contains(one)));
    all.chain(any).collect()
}

/// Adds what is computed.
pub(super) fn show(tx: &Tx<'_>, plan: &VaultObject, properties: &mut Map<String, Value>) {
    let key = plan.id.to_lowercase();
    let allowed = allowed(tx, plan);
    let allowed: Vec<&str> = allowed.iter().map(|one| one.word()).collect();
    let (status, text) = match protected_items::current(tx, &key).map(|job| job.state) {
        Some(JobState::InProgress) => ("InProgress", "In progress"),
        Some(_) => ("Suspended", "Waiting for user input"),
        None => ("None", "None"),
    };
    let time = |name: &str| plan.hidden.get(name).cloned().unwrap_or(NO_TIME.into());
    let mut shown = json!({
        "allowedOperations": allowed,
        "currentScenario": scenario(tx, &key),
        "currentScenarioStatus": status,
        "currentScenarioStatusDescription": text,
        "lastPlannedFailoverTime": time("PlannedFailover"),
        "lastUnplannedFailoverTime": time("UnplannedFailover"),
        "lastTestFailoverTime": time("TestFailover"),
        "replicationProviders": providers(tx, plan),
    });
    for (field, of) in [
        ("primaryFabricFriendlyName", "primaryFabricId"),
        ("recoveryFabricFriendlyName", "recoveryFabricId"),
    ] {
        let id = plan
            .properties
            .get(of)
            .and_then(Value::as_str)
            .unwrap_or_default();
        let found = row(tx, id);
        let name = found.map(|fabric| {
            let name = fabric
                .properties
                .get("friendlyName")
                .and_then(Value::as_str);
            name.unwrap_or(&fabric.name)
        });
        shown[field] = name.unwrap_or(AZURE).into();
    }
    if let Value::Object(shown) = shown {
        properties.extend(shown);
    }
}

/// Returns what replicates the items of a plan.
pub(super) fn providers(tx: &Tx<'_>, plan: &VaultObject) -> Vec<&'static str> {
    let mut all: Vec<&'static str> = Vec::new();
    for id in items(plan).into_iter().flatten() {
        let item = row(tx, &id).and_then(Item::of);
        if let Some(word) = item.map(|item| item.provider.word())
            && !all.contains(&word)
        {
            all.push(word);
        }
    }
    all
}
