//! Replication policies: how often and how long recovery points are kept. Source: recovery reference
//! §5.2.

use serde_json::{Map, Value, json};

use super::calls::{self, ask};
use super::job::{self, Start, Step};
use super::part::Part;

use super::{REPLICATION, below, object};
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Diagnosis, JobWork, Tx};

pub(super) const PARTS: &[&dyn Part] = &[&Policies];

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/replicationPolicies"), calls::list),
    Route::arm("GET", below!("/replicationPolicies/{policy}"), calls::get),
    Route::arm("PUT", below!("/replicationPolicies/{policy}"), put),
    Route::arm("DELETE", below!("/replicationPolicies/{policy}"), delete),
];

/// What a job of a policy does, and how long it takes; the reference names neither.
const TASKS: &[Step] = &[(
    "ProtectionProfileTask",
    "Configuring the replication policy",
    20,
)];

#[derive(Debug)]
struct Policies;

impl Part for Policies {
    fn kind(&self) -> &'static str {
        "replicationPolicies"
    }
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let properties = accepted(request, &asked.id, &asked.properties)?;
    let draft = object::draft(tx, &asked.id, properties);
    let work = JobWork::Put(Box::new(draft));
    let start = Start {
        target_kind: "ProtectionProfile",
        ..Start::new(
            "AddProtectionProfile",
            "Create replication policy",
            TASKS,
            work,
        )
    };
    Ok(job::begin(tx, request, &asked, start).1)
}

/// Returns what is kept of a policy.
fn accepted(
    request: &Request,
    id: &Id,
    properties: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let input = body::member(properties, "providerSpecificInput")?;
    let instance = body::need(&input, "instanceType")?;
    let hours = input.get("recoveryPointHistory").and_then(Value::as_i64);
    if !hours.is_none_or(|minutes| (0..=1440).contains(&minutes)) {
        let diagnosis = Diagnosis::new(
            "150261",
            "Replication policy creation failed.",
            "The recovery point retention exceeds the allowed maximum.",
            "Choose a value between 0 and 24 hours and retry.",
        );
        return Err(diagnosis.refuse(request, 400));
    }
    let mut details = input.clone();
    details.insert("instanceType".to_owned(), instance.into());
    let kept = json!({ "friendlyName": id.name(), "providerSpecificDetails": details });
    Ok(kept.as_object().cloned().unwrap_or_default())
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "delete")?;
    if asked.object.is_none() {
        return Ok(Reply::empty(204));
    }
    let work = JobWork::Remove(asked.id.key());
    let start = Start {
        target_kind: "ProtectionProfile",
        shows: false,
        ..Start::new(
            "DeleteProtectionProfile",
            "Delete replication policy",
            TASKS,
            work,
        )
    };
    Ok(job::begin(tx, request, &asked, start).1)
}

/// Seeds the policy of a vault.
pub(super) fn fill(tx: &mut Tx<'_>, vault: &str) {
    let id = Id::parse(&format!("{vault}/replicationPolicies/24-hours")).expect("a seeded id");
    let kept = json!({
        "friendlyName": "24-hours",
        "providerSpecificDetails": {
            "instanceType": "A2A",
            "recoveryPointHistory": 1440,
            "crashConsistentFrequencyInMinutes": 5,
            "appConsistentFrequencyInMinutes": 240,
            "multiVmSyncStatus": "Enable",
        },
    });
    let draft = object::draft(tx, &id, kept.as_object().cloned().unwrap_or_default());
    tx.recovery.objects.put(&id.key(), draft);
}
