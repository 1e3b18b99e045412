//! Rows of Azure Backup: its jobs, the operations that callers follow until a job is there, and the
//! recovery points of what is protected.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::OperationState;
use super::recovery::VaultObject;
use crate::base::clock::Timestamp;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum BackupState {
    InProgress,
    Completed,
    Failed,
    Cancelling,
    Cancelled,
}

/// One of the steps of a job, by the clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BackupTask {
    /// `taskId`, which is a text: `Take Snapshot`.
    pub(crate) id: String,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

/// Why a job has failed, and what is to be done: one of `errorDetails`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BackupFault {
    pub(crate) code: i64,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) advice: Vec<String>,
}

/// What a job does to its item when its time has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum BackupWork {
    /// An item that was not protected is, by its policy.
    Configure,
    /// The item follows that policy from then on: its id.
    Follow(String),
    /// A stopped item is protected again, by that policy.
    Resume(String),
    /// The item takes over what its policy has become.
    Refresh,
    /// There is one more recovery point.
    Backup {
        /// When the point goes, where the caller has said so.
        expiry: Option<Timestamp>,
        /// Whether a policy has begun it.
        scheduled: bool,
    },
    /// No more backups; the data stays.
    Stop,
    /// The item goes with its data, at once or after a while.
    Delete,
    /// What was deleted comes back.
    Undelete,
    /// What was saved is made again.
    Restore(Box<BackupRestore>),
}

/// What is restored, and where to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BackupRestore {
    /// `AlternateLocation`, `RestoreDisks` or `OriginalLocation`.
    pub(crate) kind: String,
    /// Key of the recovery point.
    pub(crate) point: String,
    pub(crate) region: String,
    /// Id of the machine that is made or replaced.
    pub(crate) machine: Option<String>,
    /// Id of the group that takes the disks.
    pub(crate) group: Option<String>,
    /// Id of the subnet of a new machine.
    pub(crate) subnet: Option<String>,
}

/// A job of Azure Backup; the key is its vault's key and its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BackupJob {
    /// A GUID.
    pub(crate) id: String,
    /// Id of its vault.
    pub(crate) vault: String,
    /// Key of its item.
    pub(crate) item: String,
    /// `containerName`: `iaasvmcontainerv2;rg;vm`.
    pub(crate) container: String,
    /// `entityFriendlyName`: the machine.
    pub(crate) machine: String,
    pub(crate) activity: String,
    pub(crate) started: Timestamp,
    /// When it ends, or did.
    pub(crate) ends: Timestamp,
    pub(crate) state: BackupState,
    pub(crate) tasks: Vec<BackupTask>,
    /// What it fails with, and in which task, counted from 0.
    pub(crate) failure: Option<(usize, BackupFault)>,
    pub(crate) work: BackupWork,
    /// `propertyBag`.
    pub(crate) bag: Map<String, Value>,
}

/// What an operation does when its time has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum BackupStep {
    /// A job of an item begins; a new item is there from then on.
    Begin {
        item: String,
        made: Option<Box<VaultObject>>,
        work: BackupWork,
    },
    /// The vault learns which machines there are.
    Discover,
    /// An object is there from then on, new or changed.
    Put(Box<VaultObject>),
    /// An object goes: its key.
    Remove(String),
    /// A job ends cancelled: its key.
    Cancel(String),
    /// Nothing but ending.
    Nothing,
}

/// What the result of an operation shows at its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum BackupResult {
    /// 204.
    Nothing,
    /// An object: its key; 204 when there is none.
    Object(String),
    /// A document.
    Document(Value),
}

/// An operation that callers follow; the key is its vault's key and its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BackupOperation {
    /// A GUID.
    pub(crate) id: String,
    /// Id of its vault.
    pub(crate) vault: String,
    /// Path of its status document.
    pub(crate) status_path: String,
    /// Path of its result.
    pub(crate) result_path: String,
    pub(crate) started: Timestamp,
    /// When it ends, or did.
    pub(crate) ends: Timestamp,
    pub(crate) state: OperationState,
    pub(crate) error: Option<Value>,
    pub(crate) step: BackupStep,
    pub(crate) result: BackupResult,
    /// Ids of the jobs that it has begun.
    pub(crate) jobs: Vec<String>,
}

/// A disk of a machine, as it was saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedDisk {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Number of a data disk; `None` for the system's.
    pub(crate) lun: Option<u64>,
    pub(crate) gib: u64,
    /// `StandardSSD_LRS`.
    pub(crate) sku: String,
}

/// A recovery point; the key is its item's key and its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BackupPoint {
    /// A number that grows with time.
    pub(crate) name: String,
    pub(crate) time: Timestamp,
    /// When it goes, where a caller has said so; else its policy says it.
    pub(crate) expiry: Option<Timestamp>,
    /// Size of the machine: `Standard_B2s`.
    pub(crate) size: String,
    pub(crate) windows: bool,
    /// Whether the machine ran.
    pub(crate) running: bool,
    pub(crate) disks: Vec<SavedDisk>,
}

/// Future work of Azure Backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum BackupDue {
    /// An operation ends: its key.
    Operation(String),
    /// An operation is forgotten: its key.
    Forget(String),
    /// A job ends: its key.
    Job(String),
    /// A job ends cancelled, as a control has told: its key.
    Cancel(String),
    /// The policy of an item wants a backup: key and turn of the item.
    Run(String, u64),
    /// A deleted item goes for ever: key and turn of the item.
    Purge(String, u64),
}
