//! The course of a migration, as its row keeps it: where it stands, since when it replicates, which
//! job goes on, which machines it has made.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::state::{Doing, State};
use crate::base::clock::{Timestamp, later};
use crate::sandbox::store::{Tx, VaultObject};

/// How long the first copy of all disks takes; the reference names no time.
const SEEDING: Duration = Duration::from_secs(2 * 3600);

/// Where it stands among what is hidden of the row.
const MEMBER: &str = "course";

/// A job that goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Running {
    /// `jobName`.
    pub(super) title: String,
    pub(super) id: String,
    pub(super) started: Timestamp,
}

/// A time in which it replicates, until now if it has no end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Span {
    pub(super) from: Timestamp,
    pub(super) to: Option<Timestamp>,
}

/// The course of a migration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Course {
    pub(super) state: State,
    /// When all disks have been copied for the first time.
    pub(super) seeded: Timestamp,
    pub(super) spans: Vec<Span>,
    pub(super) job: Option<Running>,
    /// Id of the machine that the migration has made.
    pub(super) machine: Option<String>,
    /// Id of the machine that a test has made.
    pub(super) trial: Option<String>,
}

impl Course {
    /// Begins the course of a migration that is enabled now.
    pub(super) fn begin(tx: &Tx<'_>) -> Self {
        Self::since(later(tx.now(), tx.scaled(SEEDING)))
    }

    /// Returns the course of a migration that replicates from a time on.
    pub(super) fn since(seeded: Timestamp) -> Self {
        Self {
            state: State::NEW,
            seeded,
            spans: vec![Span {
                from: seeded,
                to: None,
            }],
            job: None,
            machine: None,
            trial: None,
        }
    }

    /// Reads the course of a row, as it is now.
    pub(super) fn of(tx: &Tx<'_>, item: &VaultObject) -> Option<Self> {
        let kept = item.hidden.get(MEMBER)?;
        let mut course: Self = serde_json::from_value(kept.clone()).ok()?;
        if course.seeded <= tx.now() {
            course.state = course.state.seeded();
        }
        Some(course)
    }

    /// Reads the course of the row of that key.
    pub(super) fn at(tx: &Tx<'_>, key: &str) -> Option<Self> {
        Self::of(tx, tx.recovery.objects.get(key)?)
    }

    /// Writes the course into its row.
    pub(super) fn keep(&self, tx: &mut Tx<'_>, key: &str) {
        let kept = serde_json::to_value(self).unwrap_or(Value::Null);
        if let Some(row) = tx.recovery.objects.edit(key) {
            row.hidden.insert(MEMBER.to_owned(), kept);
        }
    }

    /// Notes what a job that ended well has changed of the replication.
    pub(super) fn done(&mut self, doing: Doing, now: Timestamp) {
        self.state = self.state.done(doing);
        self.job = None;
        match doing {
            Doing::PauseReplication | Doing::Migrate => {
                if let Some(span) = self.spans.last_mut() {
                    span.to = span.to.or(Some(now));
                }
            }
            Doing::ResumeReplication => self.spans.push(Span {
                from: now,
                to: None,
            }),
            _ => {}
        }
    }
}

impl Running {
    /// Notes the job of that key.
    pub(super) fn of(tx: &Tx<'_>, key: &str) -> Option<Self> {
        let job = tx.recovery.jobs.get(key)?;
        Some(Self {
            title: job.title.clone(),
            id: job.id.clone(),
            started: job.started,
        })
    }
}
