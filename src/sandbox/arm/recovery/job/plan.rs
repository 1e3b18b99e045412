//! When the tasks of a job are done, and how it ends, as far as controls have not told otherwise.

use std::time::Duration;

use serde_json::Value;

use crate::base::clock::{Timestamp, later};
use crate::sandbox::arm::operation::{self, NEVER};
use crate::sandbox::store::{ArmDue, Diagnosis, Due, JobTask, RecoveryDue, Tx};

/// A task that is to be done: its id, its title, and how long it takes.
pub(super) type Timed = (String, String, Duration);

/// What lies before a job.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) tasks: Vec<JobTask>,
    pub(super) ends: Timestamp,
    /// What it fails with, and in which of the tasks.
    pub(super) failure: Option<(usize, Diagnosis)>,
    /// Whether it ends cancelled.
    canceled: bool,
}

/// Plans the tasks of a job about something, from now on; a control that spoke of it is counted.
pub(super) fn make(
    tx: &mut Tx<'_>,
    about: &str,
    steps: Vec<Timed>,
    failure: Option<(usize, Diagnosis)>,
) -> Plan {
    let told = operation::ending(tx, about);
    let now = tx.now();
    let failure = match &told {
        Some(told) if told.end == "Failed" => {
            Some((steps.len() / 2, told_diagnosis(told.error.as_ref())))
        }
        _ => failure,
    };
    let mut tasks = Vec::new();
    let mut at = now;
    for (id, title, time) in steps {
        let to = later(at, time);
        tasks.push(JobTask {
            id,
            title,
            from: at,
            to,
        });
        at = to;
    }
    let mut ends = match &failure {
        Some((task, _)) => tasks.get(*task).map_or(at, |task| task.to),
        None => at,
    };
    if let Some(told) = &told {
        match (told.end.as_str(), told.after) {
            ("never", _) => ends = later(now, NEVER),
            (_, Some(after)) => ends = later(now, tx.scaled(Duration::from_secs(after))),
            _ => {}
        }
    }
    Plan {
        tasks,
        ends,
        failure,
        canceled: told.is_some_and(|told| told.end == "Canceled"),
    }
}

/// Puts the end of a job into the queue.
pub(super) fn queue(tx: &mut Tx<'_>, key: &str, plan: &Plan) {
    let due = if plan.canceled {
        RecoveryDue::Cancel(key.to_owned())
    } else {
        RecoveryDue::Finish(key.to_owned())
    };
    tx.at(plan.ends, Due::Arm(ArmDue::Recovery(due)));
}

fn told_diagnosis(error: Option<&Value>) -> Diagnosis {
    let text = |name: &str, usual: &str| {
        let given = error.and_then(|error| error[name].as_str());
        given.unwrap_or(usual).to_owned()
    };
    Diagnosis {
        code: text("code", "499"),
        message: text("message", "The operation failed."),
        causes: text(
            "possibleCauses",
            "A control of the sandbox told it to fail.",
        ),
        action: text("recommendedAction", "Retry the operation."),
    }
}
