//! The actions of a protected item: what each is called, what it asks for, and the job that does it.
//! What may be done when stands in `state`. Source: recovery reference §5.3, §5.5; scenario names
//! beyond `TestFailover` and `PlannedFailover`, tasks and times are this sandbox's.

use serde_json::{Map, Value, json};

use super::input::{self, need, own_details, text};
use super::item::{self, Item, Provider};
use super::state::{Operation, Side, Test};
use super::wrong::Wrong;
use super::{health, machines};
use crate::sandbox::arm::recovery::calls::Asked;
use crate::sandbox::arm::recovery::job::{self, Start, Step};
use crate::sandbox::arm::recovery::refusal::not_allowed;
use crate::sandbox::arm::recovery::{recovery_points, trouble};
use crate::sandbox::partner::dates::write;
use crate::sandbox::store::{Diagnosis, JobWork, Tx, VaultObject};

/// An action.
#[derive(Debug)]
pub(in crate::sandbox::arm::recovery) struct Action {
    /// The last word of its path.
    pub(in crate::sandbox::arm::recovery) word: &'static str,
    /// What it does in the table of states; `None` for what may be done in each.
    pub(in crate::sandbox::arm::recovery) operation: Option<Operation>,
    pub(in crate::sandbox::arm::recovery) scenario: &'static str,
    pub(in crate::sandbox::arm::recovery) title: &'static str,
    tasks: &'static [Step],
    /// Which of the tasks reaches for the agent of the source machine.
    agent: Option<usize>,
}

macro_rules! actions {
    ($($name:ident = $word:literal $operation:expr, $scenario:literal $title:literal [$($task:literal $seconds:literal),*] $agent:expr;)*) => {
        $(pub(in crate::sandbox::arm::recovery) const $name: Action = Action {
            word: $word,
            operation: $operation,
            scenario: $scenario,
            title: $title,
            tasks: &[$(($task, $task, $seconds)),*],
            agent: $agent,
        };)*
        const ALL: &[&Action] = &[$(&$name),*];
    };
}

actions! {
    PLANNED = "plannedFailover" Some(Operation::PlannedFailover), "PlannedFailover" "Planned failover" ["Prerequisites check" 20, "Shut down the source machine" 60, "Synchronize the latest changes" 60, "Start the replica machine" 90] Some(1);
    UNPLANNED = "unplannedFailover" Some(Operation::UnplannedFailover), "UnplannedFailover" "Unplanned failover" ["Prerequisites check" 20, "Shut down the source machine" 30, "Start the replica machine" 90] Some(1);
    TEST = "testFailover" Some(Operation::TestFailover), "TestFailover" "Test failover" ["Prerequisites check" 20, "Create the test environment" 60, "Start the test machine" 60] None;
    CLEANUP = "testFailoverCleanup" Some(Operation::TestFailoverCleanup), "TestFailoverCleanup" "Test failover cleanup" ["Clean up the test machine" 60] None;
    COMMIT = "failoverCommit" Some(Operation::Commit), "CommitFailover" "Commit" ["Commit the failover" 30] None;
    CANCEL = "failoverCancel" Some(Operation::CancelFailover), "CancelFailover" "Cancel failover" ["Remove the replica machine" 45, "Start the source machine" 45] None;
    REPROTECT = "reProtect" Some(Operation::ReverseReplicate), "ReverseReplicate" "Reprotect" ["Prerequisites check" 20, "Reverse the direction" 60, "Synchronize the changes" 300] Some(1);
    CHANGE_PIT = "applyRecoveryPoint" Some(Operation::ChangePit), "ChangePit" "Change recovery point" ["Apply the recovery point" 90] None;
    REPAIR = "repairReplication" Some(Operation::RepairReplication), "RepairReplication" "Repair replication" ["Resynchronize" 180] Some(0);
    UPDATE_AGENT = "updateMobilityService" None, "UpdateMobilityService" "Update mobility service" ["Update the mobility service" 90] Some(0);
    DISABLE = "remove" Some(Operation::DisableProtection), "DisableDr" "Disable replication" ["Remove the replication from the source machine" 30, "Remove the replication settings" 30] Some(0);
    PURGE = "purge" None, "PurgeDr" "Remove replication settings" ["Remove the replication settings" 20] None;
}

/// Returns all of them.
pub(in crate::sandbox::arm::recovery) fn actions() -> impl Iterator<Item = &'static Action> {
    ALL.iter().copied()
}

/// Begins an action of an item; returns the key of its job.
pub(in crate::sandbox::arm::recovery) fn begin(
    tx: &mut Tx<'_>,
    asked: &Asked,
    object: &VaultObject,
    action: &Action,
) -> Result<String, Wrong> {
    let key = asked.id.key();
    let Some(item) = Item::of(object) else {
        return Err(Wrong::absent("item", &object.id));
    };
    may(tx, &key, object, action)?;
    check(tx, object, &item, action, &asked.properties)?;
    let state = item.state(tx.now());
    if let Some(row) = tx.recovery.objects.edit(&key) {
        let mut item = item.clone();
        item.state = state;
        if action.operation == Some(Operation::TestFailoverCleanup) {
            item.state.test = Test::Cleaning;
        }
        item.into(row);
    }
    let removes = ["remove", "purge"].contains(&action.word);
    let work = if removes {
        JobWork::Remove(key.clone())
    } else {
        JobWork::Act(action.word.to_owned())
    };
    let start = Start {
        target_kind: "ProtectionEntity",
        target_name: &friendly_name(object),
        details: details(tx, object, &item, action, &asked.properties),
        pauses: action.operation == Some(Operation::TestFailover),
        shows: !removes,
        failure: failure(tx, &key, action, &asked.properties),
        ..Start::new(action.scenario, action.title, action.tasks, work)
    };
    Ok(job::enqueue(tx, asked, start))
}

/// Returns how people call an item.
pub(in crate::sandbox::arm::recovery) fn friendly_name(object: &VaultObject) -> String {
    let name = object
        .properties
        .get("friendlyName")
        .and_then(Value::as_str);
    name.unwrap_or(&object.name).to_owned()
}

/// Refuses what the state does not allow, and anything while a job goes on.
fn may(tx: &Tx<'_>, key: &str, object: &VaultObject, action: &Action) -> Result<(), Wrong> {
    let allowed = item::allowed(tx, key, object);
    let is_allowed = match action.operation {
        Some(operation) => allowed.contains(&operation),
        None => !item::is_busy(tx, key),
    };
    if is_allowed {
        return Ok(());
    }
    let words: Vec<&str> = allowed.iter().map(|one| one.word()).collect();
    let word = action.operation.map_or(action.word, Operation::word);
    Err(Wrong::conflict(not_allowed(
        &friendly_name(object),
        word,
        &words,
    )))
}

/// Returns with what the job fails where the agent is needed and cannot be reached.
pub(super) fn failure(
    tx: &mut Tx<'_>,
    key: &str,
    action: &Action,
    asked: &Map<String, Value>,
) -> Option<(usize, Diagnosis)> {
    let needs = action.word != UNPLANNED.word || shuts_down(asked);
    let task = action.agent.filter(|_| needs)?;
    let hits = trouble::hits(tx, key, "agent_unreachable");
    hits.then(|| (task, health::agent_unreachable()))
}

/// Tells whether an unplanned failover is to shut the source machine down first.
pub(super) fn shuts_down(properties: &Map<String, Value>) -> bool {
    let is = |value: Option<&Value>, word: &str| {
        let given = value.and_then(Value::as_str);
        given.is_some_and(|given| given.eq_ignore_ascii_case(word))
    };
    let inner = properties.get("providerSpecificDetails");
    let performs = inner.and_then(|inner| inner.get("performShutdown"));
    is(properties.get("sourceSiteOperations"), "Required") || is(performs, "true")
}

/// Where the recovery point of a failover stands.
const POINT: &str = "providerSpecificDetails.recoveryPointId";

/// Checks what was sent with an action.
fn check(
    tx: &Tx<'_>,
    object: &VaultObject,
    item: &Item,
    action: &Action,
    properties: &Map<String, Value>,
) -> Result<(), Wrong> {
    let active = item.state.active;
    let point = |path: &str| input::point(tx, object, text(properties, path)?).map(drop);
    match action.operation {
        Some(Operation::PlannedFailover) => {
            input::direction(properties, active)?;
            own_details(item, properties, failback(item))?;
            point(POINT)
        }
        Some(Operation::UnplannedFailover) => {
            input::direction(properties, active)?;
            if let Some(given) = text(properties, "sourceSiteOperations")? {
                input::word("sourceSiteOperations", given, &["Required", "NotRequired"])?;
            }
            let details = own_details(item, properties, &[])?;
            if item.provider == Provider::InMageRcm {
                need(&details, "performShutdown")?;
            }
            point(POINT)
        }
        Some(Operation::TestFailover) => {
            input::direction(properties, active)?;
            own_details(item, properties, &[])?;
            let network = input::test_network(tx, properties)?;
            let location = &item.place(active.other()).location;
            if let Some(network) = network.filter(|_| !location.is_empty()) {
                input::in_region(tx, "networkId", &network, location)?;
            }
            point(POINT)
        }
        Some(Operation::ChangePit) => {
            need(properties, "providerSpecificDetails.instanceType")?;
            own_details(item, properties, &[])?;
            point("recoveryPointId")
        }
        Some(Operation::ReverseReplicate) => {
            // Which of both a reversal names is not confirmed: it has but one way to go.
            input::some_direction(properties)?;
            own_details(item, properties, failback(item)).map(drop)
        }
        Some(Operation::DisableProtection) => {
            if let Some(given) = text(properties, "disableProtectionReason")? {
                let known = ["NotSpecified", "MigrationComplete"];
                input::word("disableProtectionReason", given, &known)?;
            }
            input::own_input(item, properties)
        }
        _ => Ok(()),
    }
}

/// Returns what else may be the `instanceType` of the way back. Source: recovery reference §5.1.
fn failback(item: &Item) -> &'static [&'static str] {
    match (item.provider, item.state.active) {
        (Provider::HyperVReplicaAzure, Side::Recovery) => &["HyperVReplicaAzureFailback"],
        (Provider::InMageRcm, Side::Recovery) => &["InMageRcmFailback"],
        _ => &[],
    }
}

/// Returns `customDetails` of the job.
fn details(
    tx: &Tx<'_>,
    object: &VaultObject,
    item: &Item,
    action: &Action,
    properties: &Map<String, Value>,
) -> Value {
    let is_test = action.operation == Some(Operation::TestFailover);
    let fails_over = matches!(
        action.operation,
        Some(Operation::PlannedFailover | Operation::UnplannedFailover)
    );
    if !is_test && !fails_over {
        return json!({ "instanceType": "AsrJobDetails" });
    }
    let point = recovery_points::chosen(tx, object, properties);
    let network = network(tx, item, properties, is_test).unwrap_or_default();
    let name = network.rsplit('/').next().unwrap_or_default();
    let side = item.place(item.state.active.other());
    let mut one = json!({
        "name": object.name,
        "friendlyName": friendly_name(object),
        "networkFriendlyName": name,
        "subnet": side.subnet,
        "recoveryPointId": point.as_ref().map(|point| point.id.as_str()),
        "recoveryPointTime": point.as_ref().map(|point| write(point.at)),
    });
    if !is_test {
        return json!({ "instanceType": "FailoverJobDetails", "protectedItemDetails": [one] });
    }
    let machine = machines::test_name(&side.name);
    one["testVmName"] = machine.as_str().into();
    one["testVmFriendlyName"] = machine.into();
    json!({
        "instanceType": "TestFailoverJobDetails",
        "testFailoverStatus": "",
        "comments": "",
        "networkName": network,
        "networkFriendlyName": name,
        "networkType": properties.get("networkType").cloned().unwrap_or_default(),
        "protectedItemDetails": [one],
    })
}

/// Returns the network in which the machine will come up.
pub(super) fn network(
    tx: &Tx<'_>,
    item: &Item,
    properties: &Map<String, Value>,
    is_test: bool,
) -> Option<String> {
    let side = item.state.active.other();
    let given = input::test_network(tx, properties).ok().flatten();
    let chosen = &item.place(side).test_network;
    match given.filter(|_| is_test) {
        Some(given) => Some(given),
        None if is_test && super::networks::find(tx, chosen).is_some() => Some(chosen.clone()),
        None => super::networks::of_side(tx, item, side),
    }
}
