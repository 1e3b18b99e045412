//! Tables of Recovery Services: what hangs on a vault, and the jobs that change it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::backup::{BackupDue, BackupJob, BackupOperation, BackupPoint};
use super::table::tables;
use crate::base::clock::Timestamp;

/// A part of a vault: a fabric, a policy, a protected item; the key is its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct VaultObject {
    /// As it is shown, with `/Subscriptions/` where the service writes it so.
    pub(crate) id: String,
    /// Its types below the vault, outermost first: `replicationFabrics/replicationProtectionContainers`.
    pub(crate) kind: String,
    pub(crate) name: String,
    /// `properties`, as they are shown.
    pub(crate) properties: Map<String, Value>,
    /// What is never shown, and what only the service knows.
    pub(crate) hidden: Map<String, Value>,
    /// Counts the writes.
    pub(crate) version: u64,
    pub(crate) made: Timestamp,
}

/// Where a job of Site Recovery stands. `NotStarted` is a state of tasks alone here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum JobState {
    InProgress,
    Succeeded,
    Failed,
    Cancelled,
    /// It waits for somebody: a clean-up, a manual action.
    Suspended,
}

/// One of the steps of a job, by the clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct JobTask {
    /// `taskId`.
    pub(crate) id: String,
    /// `friendlyName`.
    pub(crate) title: String,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

/// What is wrong, and what is to be done: the diagnosis of Site Recovery. Source: recovery
/// reference §3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Diagnosis {
    /// A number as text, or a name.
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) causes: String,
    pub(crate) action: String,
}

/// What a job does when its time has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum JobWork {
    /// Nothing but ending.
    None,
    /// The object is there from then on, new or changed.
    Put(Box<VaultObject>),
    /// The object goes, with its parts: its key.
    Remove(String),
    /// An action of the target, by its name: `plannedFailover`.
    Act(String),
    /// Another job is cancelled, restarted or resumed: its key.
    Job(JobAction, String),
    /// A list of jobs is written to a file; what is asked says which.
    Export,
    /// The next steps of a recovery plan, which say themselves when the job ends.
    Plan,
}

/// What may be asked of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum JobAction {
    Cancel,
    Restart,
    Resume,
}

/// A job of Site Recovery; the key is its vault's key and its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ReplicationJob {
    /// A GUID.
    pub(crate) id: String,
    /// Id of its vault.
    pub(crate) vault: String,
    /// `scenarioName`: `TestFailover`.
    pub(crate) scenario: String,
    /// `friendlyName`: `Test failover`.
    pub(crate) title: String,
    /// Key of what it is about.
    pub(crate) about: String,
    /// Id of what it is about, as it is shown.
    pub(crate) target: String,
    /// `targetInstanceType`: `ProtectionEntity`.
    pub(crate) target_kind: String,
    /// `targetObjectName`.
    pub(crate) target_name: String,
    pub(crate) activity: String,
    /// `x-ms-client-request-id` of the call.
    pub(crate) client_request: String,
    pub(crate) started: Timestamp,
    /// When it ends, or did.
    pub(crate) ends: Timestamp,
    pub(crate) state: JobState,
    pub(crate) tasks: Vec<JobTask>,
    /// What it fails with, and in which task, counted from 0.
    pub(crate) failure: Option<(usize, Diagnosis)>,
    /// `customDetails`.
    pub(crate) details: Value,
    pub(crate) work: JobWork,
    /// What was asked: `properties` of the body.
    pub(crate) asked: Map<String, Value>,
    /// Whether it waits for somebody when its work is done.
    pub(crate) pauses: bool,
    /// Key of what a GET of its `Location` shows at its end; 204 without it.
    pub(crate) result: Option<String>,
}

/// An event of a vault; the key is its vault's key and its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct VaultEvent {
    /// A GUID.
    pub(crate) name: String,
    /// Id of its vault.
    pub(crate) vault: String,
    pub(crate) properties: Map<String, Value>,
    pub(crate) at: Timestamp,
}

/// A list of jobs that was written to a file; the key is the id of the job that wrote it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct JobExport {
    /// Id of its vault.
    pub(crate) vault: String,
    /// `jobs.json`.
    pub(crate) file: String,
    pub(crate) content: String,
    /// `sig` of the address.
    pub(crate) signature: String,
    /// When the address is good no longer.
    pub(crate) expires: Timestamp,
}

/// What is to go wrong, told by a control; the key is a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trouble {
    /// Part of the id of what it hits, in any casing.
    #[serde(rename = "match")]
    pub(crate) part: String,
    /// `cache_storage_missing`, `agent_unreachable`, `rpo_exceeded` or `backup_failed`.
    pub(crate) kind: String,
    /// How often it hits; until it is taken away without it.
    #[serde(default)]
    pub(crate) times: Option<u32>,
    /// When it was told; the control says that itself.
    #[serde(default)]
    pub(crate) since: Option<Timestamp>,
}

/// How far a job of a recovery plan is; the key is the job's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PlanRun {
    /// What is done, in the word of `allowedOperations`: `TestFailover`.
    pub(crate) operation: String,
    /// The groups, in order: their type and what they are called.
    pub(crate) groups: Vec<(String, String)>,
    pub(crate) steps: Vec<PlanStep>,
    /// The step that is next or goes on, counted from 0.
    pub(crate) at: usize,
}

/// A step of such a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PlanStep {
    /// Its group, counted from 0.
    pub(crate) group: usize,
    pub(crate) kind: PlanStepKind,
    /// Where it stands; `None` before it has begun.
    pub(crate) state: Option<JobState>,
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
}

/// What is done in a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum PlanStepKind {
    /// The machines of a group, at the same time.
    Items(Vec<PlanItem>),
    /// An action, as the plan has it.
    Action(Value),
}

/// A machine in a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PlanItem {
    /// Id of the protected item.
    pub(crate) id: String,
    pub(crate) name: String,
    /// Key of its job, once it has begun.
    pub(crate) job: Option<String>,
    /// Why nothing was done with it.
    pub(crate) skipped: Option<Diagnosis>,
}

/// Future work of Recovery Services.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum RecoveryDue {
    /// A job of Site Recovery ends: its key.
    Finish(String),
    /// A job of Site Recovery ends cancelled, as a control has told: its key.
    Cancel(String),
    /// Work of Azure Backup.
    Backup(BackupDue),
}

tables! {
    /// Tables of Recovery Services.
    "recovery" RecoveryTables {
        /// Parts of vaults by id.
        objects: VaultObject,
        /// Jobs of Site Recovery by vault and id.
        jobs: ReplicationJob,
        /// How far the jobs of recovery plans are, by the keys of the jobs.
        runs: PlanRun,
        /// Events by vault and name.
        events: VaultEvent,
        /// Lists of jobs that were written to files, by job.
        exports: JobExport,
        /// What is to go wrong, by number.
        troubles: Trouble,
        /// Jobs of Azure Backup by vault and id.
        backup_jobs: BackupJob,
        /// Operations of Azure Backup by vault and id.
        backup_operations: BackupOperation,
        /// Recovery points by item and name.
        backup_points: BackupPoint,
    }
}
