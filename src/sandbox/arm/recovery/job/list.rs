//! Lists of jobs, and which of them a filter or an export means. Source: recovery reference §5.5, whose
//! names are those of `JobQueryParameter`. That both times are about when a job began, and that a job
//! goes by both of its names, is not confirmed.

use std::cmp::Reverse;

use super::show::{shown, word};
use crate::base::clock::Timestamp;
use crate::sandbox::arm::page;
use crate::sandbox::arm::recovery::filter::{self, Conditions};
use crate::sandbox::arm::recovery::vault::enter;
use crate::sandbox::arm::recovery::{REPLICATION, below};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{ReplicationJob, Tx};

pub(super) const ROUTES: &[Route] = &[Route::arm("GET", below!("/replicationJobs"), list)];

/// What jobs can be filtered by.
pub(super) const NAMES: [&str; 6] = [
    "StartTime",
    "EndTime",
    "JobStatus",
    "AffectedObjectTypes",
    "JobName",
    "FabricId",
];

/// States that a job or a task may have.
const STATES: [&str; 9] = [
    "NotStarted",
    "InProgress",
    "Succeeded",
    "Failed",
    "Cancelled",
    "Suspended",
    "Other",
    "CompletedWithInformation",
    "PartiallySucceeded",
];

/// Which jobs are meant; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Query {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    states: Vec<String>,
    kinds: Vec<String>,
    name: Option<String>,
    fabric: Option<String>,
}

impl Query {
    /// Reads what is asked for, or says what is wrong with it.
    pub(super) fn read(conditions: Conditions) -> Result<Self, String> {
        let mut query = Self::default();
        for (name, value) in conditions {
            match name {
                "StartTime" => query.from = Some(filter::time(name, &value)?),
                "EndTime" => query.to = Some(filter::time(name, &value)?),
                "JobStatus" => query.states = states(&value)?,
                "AffectedObjectTypes" => query.kinds = words(&value),
                "JobName" => query.name = Some(value),
                _ => query.fabric = Some(value),
            }
        }
        match (query.from, query.to) {
            (Some(from), Some(to)) if to < from => Err("EndTime lies before StartTime".to_owned()),
            _ => Ok(query),
        }
    }

    fn means(&self, job: &ReplicationJob) -> bool {
        let is = |known: &str, wanted: &str| known.eq_ignore_ascii_case(wanted);
        let among = |all: &[String], known: &str| {
            all.is_empty() || all.iter().any(|wanted| is(known, wanted))
        };
        let has_name = |name: &String| is(&job.scenario, name) || is(&job.title, name);
        let is_of = |fabric: &String| {
            let mut parts = job.target.split('/').map(str::to_lowercase);
            let parent = parts.find(|part| part == "replicationfabrics");
            let own = parent.and_then(|_| parts.next());
            own.is_some_and(|own| Some(own.as_str()) == fabric.to_lowercase().rsplit('/').next())
        };
        self.from.is_none_or(|from| job.started >= from)
            && self.to.is_none_or(|to| job.started <= to)
            && among(&self.states, word(job.state))
            && among(&self.kinds, &job.target_kind)
            && self.name.as_ref().is_none_or(has_name)
            && self.fabric.as_ref().is_none_or(is_of)
    }

    /// Returns the jobs of a vault that are meant, the newest first.
    pub(super) fn jobs(&self, tx: &Tx<'_>, vault: &str) -> Vec<ReplicationJob> {
        let all = tx.recovery.jobs.under(vault).map(|(_, job)| job);
        let mut jobs: Vec<ReplicationJob> = all.filter(|job| self.means(job)).cloned().collect();
        jobs.sort_by_key(|job| Reverse(job.started));
        jobs
    }
}

fn words(value: &str) -> Vec<String> {
    let words = value.split(',').map(str::trim);
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn states(value: &str) -> Result<Vec<String>, String> {
    let states = words(value);
    let is_known = |word: &String| STATES.iter().any(|state| state.eq_ignore_ascii_case(word));
    match states.iter().find(|word| !is_known(word)) {
        Some(word) => Err(format!("`{word}` is no state of a job")),
        None if states.is_empty() => Err("JobStatus names no state".to_owned()),
        None => Ok(states),
    }
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, REPLICATION, ("replicationJobs", "read"))?;
    let conditions = filter::of(request, &NAMES)?;
    let text = request.query("$filter").unwrap_or_default();
    let query = Query::read(conditions);
    let query = query.map_err(|why| filter::refuse(request, text, &why, &NAMES))?;
    page::of(request, query.jobs(tx, &vault.id), |job| shown(tx, &job))
}
