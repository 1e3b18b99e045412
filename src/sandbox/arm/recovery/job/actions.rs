//! What a caller may ask of a job: to cancel, restart or resume it. Each is a job of its own, whose end
//! shows the other one as it is then. Source: recovery reference §5.5, §9.2; the names of these jobs
//! are not confirmed.

use super::show::allowed;
use super::{Start, Step, begin};
use crate::sandbox::arm::body;
use crate::sandbox::arm::recovery::calls::ask;
use crate::sandbox::arm::recovery::refusal::not_allowed;
use crate::sandbox::arm::recovery::{REPLICATION, below};
use crate::sandbox::arm::resource;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Diagnosis, JobAction, JobWork, Tx, key};

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "POST",
        below!("/replicationJobs/{job}/cancel"),
        |request, tx| act(request, tx, JobAction::Cancel),
    ),
    Route::arm(
        "POST",
        below!("/replicationJobs/{job}/restart"),
        |request, tx| act(request, tx, JobAction::Restart),
    ),
    Route::arm(
        "POST",
        below!("/replicationJobs/{job}/resume"),
        |request, tx| act(request, tx, JobAction::Resume),
    ),
];

/// How long it takes; the reference names no time.
const TASKS: &[Step] = &[("JobActionTask", "Changing the job", 5)];

/// Returns an action in the word of `allowedActions`.
pub(super) fn word(action: JobAction) -> &'static str {
    match action {
        JobAction::Cancel => "Cancel",
        JobAction::Restart => "Restart",
        JobAction::Resume => "Resume",
    }
}

/// Says that a job has moved on before it could be changed.
pub(super) fn late(job: &str, action: JobAction, allowed: &[&str]) -> Diagnosis {
    not_allowed(job, word(action), allowed)
}

fn act(request: &Request, tx: &mut Tx<'_>, action: JobAction) -> Outcome {
    let name = word(action);
    let right = format!("{}/action", name.to_lowercase());
    let mut asked = ask(request, tx, REPLICATION, &right)?;
    let other = key(&[&asked.vault.id, asked.id.name()]);
    let Some(job) = tx.recovery.jobs.get(&other).cloned() else {
        return Err(resource::missing(&asked.id));
    };
    if action == JobAction::Resume {
        body::text(&asked.properties, "comments")?;
        asked.properties.retain(|name, _| name == "comments");
    } else {
        asked.properties.clear();
    }
    let allowed = allowed(tx, &job);
    if !allowed.contains(&name) {
        let what = format!("{} ({})", job.title, job.id);
        return Err(not_allowed(&what, name, &allowed).refuse(request, 409));
    }
    let (scenario, title) = match action {
        JobAction::Cancel => ("CancelJob", "Cancel job"),
        JobAction::Restart => ("RestartJob", "Restart job"),
        JobAction::Resume => ("ResumeJob", "Resume job"),
    };
    let start = Start {
        target_kind: "Job",
        target_name: &job.title,
        ..Start::new(scenario, title, TASKS, JobWork::Job(action, other))
    };
    Ok(begin(tx, request, &asked, start).1)
}
