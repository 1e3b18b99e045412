//! What may be asked of a recovery plan, and the steps that are made of it: group by group what comes
//! before its machines, those, and what comes after. Source: recovery reference §5.4.

use serde_json::{Map, Value, json};

use super::body::list;
use super::machines::POINTS;
use super::show;
use crate::sandbox::arm::recovery::calls::Asked;
use crate::sandbox::arm::recovery::job::{self, Start};
use crate::sandbox::arm::recovery::protected_items::{
    Action, Item, Operation, Provider, Wrong, direction, friendly_name, need, test_network, text,
    word,
};
use crate::sandbox::arm::recovery::refusal::not_allowed;
use crate::sandbox::store::{JobWork, PlanItem, PlanRun, PlanStep, PlanStepKind, Tx, VaultObject};

type Members = Map<String, Value>;

/// Begins what is asked of a plan; returns the key of its job.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    asked: &Asked,
    plan: &VaultObject,
    action: &Action,
) -> Result<String, Wrong> {
    let operation = action
        .operation
        .ok_or_else(|| Wrong::absent("operation", &plan.id))?;
    let missing = show::items(plan)
        .into_iter()
        .flatten()
        .find(|id| show::row(tx, id).is_none());
    if let Some(missing) = missing {
        return Err(Wrong::absent("replicationProtectedItems.id", &missing));
    }
    let allowed = show::allowed(tx, plan);
    if !allowed.contains(&operation) {
        let words: Vec<&str> = allowed.iter().map(|one| one.word()).collect();
        return Err(Wrong::conflict(not_allowed(
            &plan.name,
            operation.word(),
            &words,
        )));
    }
    check(tx, plan, operation, &asked.properties)?;
    let start = Start {
        target_kind: "RecoveryPlan",
        details: details(operation, &asked.properties),
        ..Start::new(action.scenario, action.title, &[], JobWork::Plan)
    };
    let key = job::enqueue(tx, asked, start);
    let run = PlanRun {
        operation: operation.word().to_owned(),
        groups: named(plan),
        steps: steps(tx, plan, operation, &asked.properties),
        at: 0,
    };
    tx.recovery.runs.put(&key, run);
    Ok(key)
}

/// Checks what was sent with an action of a plan.
fn check(
    tx: &Tx<'_>,
    plan: &VaultObject,
    operation: Operation,
    properties: &Members,
) -> Result<(), Wrong> {
    let fails_over = matches!(
        operation,
        Operation::PlannedFailover | Operation::UnplannedFailover | Operation::TestFailover
    );
    if !fails_over {
        return Ok(());
    }
    need(properties, "failoverDirection")?;
    let items = show::items(plan).into_iter().flatten();
    for item in items.filter_map(|id| show::row(tx, &id).and_then(Item::of)) {
        direction(properties, item.state.active)?;
    }
    if operation == Operation::UnplannedFailover {
        let given = need(properties, "sourceSiteOperations")?;
        word("sourceSiteOperations", given, &["Required", "NotRequired"])?;
    }
    if operation == Operation::TestFailover {
        need(properties, "networkType")?;
        test_network(tx, properties)?;
    }
    let known = show::providers(tx, plan);
    for one in list(properties, "providerSpecificDetails")? {
        let instance = need(&one, "instanceType")?;
        let instance = instance.strip_suffix("Failback").unwrap_or(instance);
        word("providerSpecificDetails.instanceType", instance, &known)?;
        if let Some(given) = text(&one, "recoveryPointType")? {
            word("recoveryPointType", given, &POINTS)?;
        } else if instance == Provider::A2A.word() {
            need(&one, "recoveryPointType")?;
        }
    }
    Ok(())
}

/// Returns `customDetails` of the job.
fn details(operation: Operation, properties: &Members) -> Value {
    match operation {
        Operation::TestFailover => json!({
            "instanceType": "TestFailoverJobDetails",
            "testFailoverStatus": "",
            "comments": "",
            "networkName": properties.get("networkId"),
            "networkType": properties.get("networkType"),
            "protectedItemDetails": [],
        }),
        Operation::PlannedFailover | Operation::UnplannedFailover => json!({
            "instanceType": "FailoverJobDetails",
            "protectedItemDetails": [],
        }),
        _ => json!({ "instanceType": "AsrJobDetails" }),
    }
}

/// Returns the groups: type, and what each is called.
fn named(plan: &VaultObject) -> Vec<(String, String)> {
    let groups = plan.properties.get("groups").and_then(Value::as_array);
    let mut boots = 0;
    let name = |group: &Value| {
        let kind = group["groupType"].as_str().unwrap_or_default().to_owned();
        if kind == "Boot" {
            boots += 1;
            return (kind, format!("Group {boots}"));
        }
        let name = format!("All groups: {kind}");
        (kind, name)
    };
    groups.into_iter().flatten().map(name).collect()
}

/// Returns the steps: of each group what comes before its machines, those, and what comes after.
fn steps(
    tx: &Tx<'_>,
    plan: &VaultObject,
    operation: Operation,
    properties: &Members,
) -> Vec<PlanStep> {
    let groups = plan.properties.get("groups").and_then(Value::as_array);
    let given = properties.get("failoverDirection").and_then(Value::as_str);
    let mut steps = Vec::new();
    for (at, group) in groups.into_iter().flatten().enumerate() {
        let step = |kind| PlanStep {
            group: at,
            kind,
            state: None,
            from: None,
            to: None,
        };
        let actions = |field: &str| {
            let all = group[field].as_array().cloned().unwrap_or_default();
            let wanted = all
                .into_iter()
                .filter(|action| is_meant(action, operation, given));
            wanted
                .map(|action| step(PlanStepKind::Action(action)))
                .collect::<Vec<_>>()
        };
        steps.extend(actions("startGroupActions"));
        let ids = group["replicationProtectedItems"].as_array();
        let ids = ids
            .into_iter()
            .flatten()
            .filter_map(|item| item["id"].as_str());
        let item = |id: &str| PlanItem {
            id: id.to_owned(),
            name: show::row(tx, id).map(friendly_name).unwrap_or_default(),
            job: None,
            skipped: None,
        };
        steps.push(step(PlanStepKind::Items(ids.map(item).collect())));
        steps.extend(actions("endGroupActions"));
    }
    steps
}

/// Tells whether an action belongs to what is done, in this direction.
fn is_meant(action: &Value, operation: Operation, direction: Option<&str>) -> bool {
    let has = |field: &str, word: &str| {
        let all = action[field].as_array();
        all.into_iter().flatten().any(|one| {
            one.as_str()
                .is_some_and(|one| one.eq_ignore_ascii_case(word))
        })
    };
    has("failoverTypes", operation.word())
        && direction.is_none_or(|direction| has("failoverDirections", direction))
}
