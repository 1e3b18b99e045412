//! The machines of a step of a recovery plan: each has a job of its own, which is begun and looked at
//! here. Source: recovery reference §5.4.

use serde_json::{Map, Value, json};

use super::run::{note, wake_at};
use super::show::ENDINGS;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::calls::Asked;
use crate::sandbox::arm::recovery::protected_items::{self, Item, Provider, Wrong};
use crate::sandbox::arm::recovery::{job, object, recovery_points};
use crate::sandbox::store::{
    Diagnosis, JobState, PlanItem, PlanRun, PlanStepKind, ReplicationJob, Tx, VaultObject,
};

/// Which recovery point a plan takes. Source: recovery reference §5.4.
pub(super) const POINTS: [&str; 4] = [
    "Latest",
    "LatestApplicationConsistent",
    "LatestCrashConsistent",
    "LatestProcessed",
];

type Members = Map<String, Value>;

/// Begins the jobs of the machines of a step; tells whether there is nothing to wait for.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    key: &str,
    job: &ReplicationJob,
    run: &PlanRun,
    items: &[PlanItem],
) -> bool {
    let now = tx.now();
    note(tx, key, JobState::InProgress, Some(now), None);
    let mut begun = Vec::new();
    for item in items {
        let mut item = item.clone();
        if item.job.is_some() {
            // It was done before the job was restarted.
            begun.push(item);
            continue;
        }
        match begin_item(tx, job, run, &item.id) {
            Ok(key) => item.job = Some(key),
            Err(wrong) => item.skipped = Some(wrong.diagnosis),
        }
        begun.push(item);
    }
    if let Some(run) = tx.recovery.runs.edit(key) {
        let at = run.at;
        if let Some(step) = run.steps.get_mut(at) {
            step.kind = PlanStepKind::Items(begun.clone());
        }
    }
    look(tx, key, &begun)
}

fn begin_item(
    tx: &mut Tx<'_>,
    job: &ReplicationJob,
    run: &PlanRun,
    id: &str,
) -> Result<String, Wrong> {
    let absent = || Wrong::absent("replicationProtectedItems.id", id);
    let parsed = Id::parse(id).ok_or_else(absent)?;
    let row = tx
        .recovery
        .objects
        .get(&parsed.key())
        .cloned()
        .ok_or_else(absent)?;
    let item = Item::of(&row).ok_or_else(absent)?;
    let action = protected_items::actions().find(|action| {
        action
            .operation
            .is_some_and(|operation| operation.word() == run.operation)
    });
    let vault = tx.arm.resources.get(&object::vault(&parsed).key()).cloned();
    let asked = Asked {
        vault: vault.ok_or_else(absent)?,
        id: parsed,
        object: Some(row.clone()),
        properties: own(tx, &row, &item, &job.asked),
        body: Map::new(),
        client_request: job.client_request.clone(),
    };
    protected_items::begin(tx, &asked, &row, action.ok_or_else(absent)?)
}

/// Returns what an item is asked for, from what its plan was.
fn own(tx: &Tx<'_>, row: &VaultObject, item: &Item, asked: &Members) -> Members {
    let mut own = asked.clone();
    own.remove("failoverDirection");
    let given = asked
        .get("providerSpecificDetails")
        .and_then(Value::as_array);
    let word = item.provider.word();
    let is_own = |one: &&Value| {
        one["instanceType"]
            .as_str()
            .is_some_and(|of| of.trim_end_matches("Failback") == word)
    };
    let given = given.into_iter().flatten().find(is_own);
    let mut details = json!({ "instanceType": word });
    if given.is_some_and(|given| given["recoveryPointType"] == POINTS[1]) {
        let mut points = recovery_points::all(tx, row).into_iter();
        if let Some(point) = points.find(|point| point.for_applications) {
            details["recoveryPointId"] = point.id.into();
        }
    }
    if item.provider == Provider::InMageRcm {
        details["performShutdown"] =
            json!(asked.get("sourceSiteOperations") == Some(&"Required".into()))
                .to_string()
                .into();
    }
    own.insert("providerSpecificDetails".to_owned(), details);
    own
}

/// Looks at the jobs of the machines of a step; tells whether all are over. One that has failed ends
/// the job of the plan.
pub(super) fn look(tx: &mut Tx<'_>, key: &str, items: &[PlanItem]) -> bool {
    let jobs: Vec<&ReplicationJob> = {
        let find = |item: &PlanItem| tx.recovery.jobs.get(item.job.as_ref()?);
        items.iter().filter_map(find).collect()
    };
    let last = jobs
        .iter()
        .filter(|job| job.state == JobState::InProgress)
        .map(|job| job.ends)
        .max();
    let failed = jobs.iter().find_map(|job| match job.state {
        JobState::Failed => job.failure.as_ref().map(|(_, diagnosis)| diagnosis.clone()),
        JobState::Cancelled => Some(cancelled(job)),
        _ => None,
    });
    let now = tx.now();
    if let Some(last) = last {
        if last > now {
            wake_at(tx, key, last);
        }
        return false;
    }
    let ends = tx.recovery.runs.get(key).is_some_and(|run| {
        ENDINGS
            .iter()
            .any(|operation| operation.word() == run.operation)
    });
    let refused = items
        .iter()
        .find_map(|item| item.skipped.clone())
        .filter(|_| !ends);
    match failed.or(refused) {
        None => true,
        Some(diagnosis) => {
            note(tx, key, JobState::Failed, None, Some(now));
            job::fail(tx, key, 0, diagnosis);
            false
        }
    }
}

fn cancelled(job: &ReplicationJob) -> Diagnosis {
    Diagnosis::new(
        "150141",
        format!("{} of '{}' was cancelled.", job.title, job.target_name),
        "Somebody has cancelled the job of one of the machines of the plan.",
        "Look at the replicated item, and do what its allowed operations say.",
    )
}
