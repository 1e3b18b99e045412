//! Events of a vault: what has happened to its jobs. Source: recovery reference §5.5, §9.2; the names of
//! the filter and the code of the event are not confirmed.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::filter;
use super::job::{job_id, word};
use super::vault::enter;
use super::{REPLICATION, below};
use crate::base::clock::Timestamp;
use crate::sandbox::arm::page;
use crate::sandbox::arm::recovery::calls::place;
use crate::sandbox::arm::resource;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{JobState, ReplicationJob, Tx, VaultEvent, key};

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/replicationEvents"), list),
    Route::arm("GET", below!("/replicationEvents/{event}"), get),
];

const NAMES: [&str; 5] = [
    "EventType",
    "FabricName",
    "StartTime",
    "EndTime",
    "Severity",
];

/// Tells the state of a job by an event.
pub(super) fn of_job(tx: &mut Tx<'_>, job: &ReplicationJob) {
    let name = tx.guid();
    note(tx, job, &name);
}

/// Tells the state of a job by an event of a given name, as of the time when the job reached it.
pub(super) fn note(tx: &mut Tx<'_>, job: &ReplicationJob, name: &str) {
    let severity = match job.state {
        JobState::Failed => "Critical",
        JobState::Cancelled => "Warning",
        JobState::InProgress | JobState::Succeeded | JobState::Suspended => "OK",
    };
    let properties = json!({
        "eventCode": "JobStatus",
        "description": format!("{} of {}: {}", job.title, job.target_name, word(job.state)),
        "eventType": "JobStatus",
        "affectedObjectFriendlyName": job.target_name,
        "affectedObjectCorrelationId": job.id,
        "severity": severity,
        "timeOfOccurrence": write(job.ends),
        "fabricId": fabric(&job.target),
        "eventSpecificDetails": {
            "instanceType": "JobStatus",
            "jobId": job_id(job),
            "jobFriendlyName": job.title,
            "jobStatus": word(job.state),
            "affectedObjectType": job.target_kind,
        },
    });
    let event = VaultEvent {
        name: name.to_owned(),
        vault: job.vault.clone(),
        properties: properties.as_object().cloned().unwrap_or_default(),
        at: job.ends,
    };
    tx.recovery.events.put(&key(&[&job.vault, name]), event);
}

/// Returns the id of the fabric that something lies in; nothing elsewhere.
fn fabric(target: &str) -> &str {
    const WORD: &str = "/replicationfabrics/";
    let Some(at) = target.to_lowercase().find(WORD) else {
        return "";
    };
    let name = at + WORD.len();
    let end = target[name..]
        .find('/')
        .map_or(target.len(), |end| name + end);
    &target[..end]
}

fn shown(event: &VaultEvent) -> Value {
    let vault = event
        .vault
        .replacen("/subscriptions/", "/Subscriptions/", 1);
    json!({
        "id": format!("{vault}/replicationEvents/{}", event.name),
        "name": event.name,
        "type": "Microsoft.RecoveryServices/vaults/replicationEvents",
        "properties": event.properties,
    })
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, REPLICATION, ("replicationEvents", "read"))?;
    let key = key(&[&vault.id, request.param("event")]);
    match tx.recovery.events.get(&key) {
        Some(event) => Ok(Reply::ok(shown(event))),
        None => Err(resource::missing(&place(request)?.0)),
    }
}

/// Lists events, the newest first.
fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, REPLICATION, ("replicationEvents", "read"))?;
    let wanted = Wanted::of(request)?;
    let all = tx.recovery.events.under(&vault.id).map(|(_, event)| event);
    let mut events: Vec<&VaultEvent> = all.filter(|event| wanted.means(event)).collect();
    events.sort_by_key(|event| Reverse(event.at));
    page::of(request, events, shown)
}

/// Which events are meant.
#[derive(Debug, Default)]
struct Wanted {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    fabric: Option<String>,
    /// Fields of the event with one of some values.
    fields: Vec<(&'static str, String)>,
}

impl Wanted {
    fn of(request: &Request) -> Result<Self, Refusal> {
        let text = request.query("$filter").unwrap_or_default();
        let wrong = |why: String| filter::refuse(request, text, &why, &NAMES);
        let mut wanted = Self::default();
        for (name, value) in filter::of(request, &NAMES)? {
            match name {
                "StartTime" => wanted.from = Some(filter::time(name, &value).map_err(wrong)?),
                "EndTime" => wanted.to = Some(filter::time(name, &value).map_err(wrong)?),
                "FabricName" => wanted.fabric = Some(value),
                "EventType" => wanted.fields.push(("eventType", value)),
                _ => wanted.fields.push(("severity", value)),
            }
        }
        Ok(wanted)
    }

    fn means(&self, event: &VaultEvent) -> bool {
        let text = |name: &str| event.properties.get(name).and_then(Value::as_str);
        let among = |(name, values): &(&str, String)| {
            let known = text(name).unwrap_or_default();
            let mut values = values.split(',').map(str::trim);
            values.any(|value| value.eq_ignore_ascii_case(known))
        };
        let is_of = |name: &String| {
            let own = text("fabricId").unwrap_or_default().rsplit('/').next();
            own.is_some_and(|own| own.eq_ignore_ascii_case(name))
        };
        self.from.is_none_or(|from| event.at >= from)
            && self.to.is_none_or(|to| event.at <= to)
            && self.fabric.as_ref().is_none_or(is_of)
            && self.fields.iter().all(among)
    }
}
