//! A job that has ended before the sandbox begins, with its event.

use serde_json::{Map, json};

use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::events;
use crate::sandbox::arm::recovery::object::shown_id;
use crate::sandbox::derived;
use crate::sandbox::partner::dates::{plus_days, plus_seconds};
use crate::sandbox::store::{JobState, JobTask, JobWork, ReplicationJob, Tx, key};

/// What the job did, and how many seconds each task took.
const TASKS: [(&str, &str, i64); 3] = [
    ("PrerequisitesCheckTask", "Checking prerequisites", 60),
    ("EnableReplicationTask", "Enabling replication", 240),
    (
        "InitialReplicationTask",
        "Starting initial replication",
        120,
    ),
];

/// Puts the job that has protected `vm-web1`, two days ago.
pub(in crate::sandbox::arm::recovery) fn fill(tx: &mut Tx<'_>, vault: &str) {
    let item = "replicationFabrics/westeurope/replicationProtectionContainers/westeurope-container/replicationProtectedItems/vm-web1";
    let item = Id::parse(&format!("{vault}/{item}")).expect("a seeded id");
    let started = plus_days(tx.now(), -2);
    let mut tasks = Vec::new();
    let mut at = started;
    for (id, title, seconds) in TASKS {
        let to = plus_seconds(at, seconds);
        tasks.push(JobTask {
            id: id.to_owned(),
            title: title.to_owned(),
            from: at,
            to,
        });
        at = to;
    }
    let id = |what: &str| derived::guid(&["seeded", what, &item.key()]);
    let job = ReplicationJob {
        id: id("job"),
        vault: vault.to_owned(),
        scenario: "EnableDr".to_owned(),
        title: "Enable replication".to_owned(),
        about: item.key(),
        target: shown_id(&item),
        target_kind: "ProtectionEntity".to_owned(),
        target_name: item.name().to_owned(),
        activity: id("activity"),
        client_request: String::new(),
        started,
        ends: at,
        state: JobState::Succeeded,
        tasks,
        failure: None,
        details: json!({ "instanceType": "AsrJobDetails" }),
        work: JobWork::None,
        asked: Map::new(),
        pauses: false,
        result: Some(item.key()),
    };
    events::note(tx, &job, &id("event"));
    tx.recovery.jobs.put(&key(&[vault, &job.id]), job);
}
