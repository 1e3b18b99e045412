//! What a type says that hangs on a vault: what its jobs do when their time has come, and what it
//! shows.

use serde_json::{Map, Value};

use crate::sandbox::route::Request;
use crate::sandbox::store::{Diagnosis, ReplicationJob, Tx, VaultObject};

/// A type of parts of a vault.
pub(super) trait Part: Sync {
    /// Its types below the vault, outermost first:
    /// `replicationFabrics/replicationProtectionContainers`.
    fn kind(&self) -> &'static str;

    /// The api-versions that it serves, oldest first.
    fn versions(&self) -> &'static [&'static str] {
        super::REPLICATION
    }

    /// Does what follows when the job of a write has put it.
    fn settled(&self, _tx: &mut Tx<'_>, _job: &ReplicationJob, _key: &str) {}

    /// Does what follows when it is gone; its parts are removed after.
    fn removed(&self, _tx: &mut Tx<'_>, _object: &VaultObject) {}

    /// Ends an action: `plannedFailover`. What it cannot do fails the job.
    fn acted(
        &self,
        _tx: &mut Tx<'_>,
        _job: &ReplicationJob,
        _action: &str,
    ) -> Result<(), Diagnosis> {
        Ok(())
    }

    /// Does what follows when a job about it has failed or was cancelled.
    fn undone(&self, _tx: &mut Tx<'_>, _job: &ReplicationJob) {}

    /// Does again what its call did when a job began that is restarted now; says what the job fails
    /// with this time, and in which of its tasks, counted from 0.
    fn restarted(&self, _tx: &mut Tx<'_>, _job: &ReplicationJob) -> Option<(usize, Diagnosis)> {
        None
    }

    /// Goes on with a job that waited for somebody; `key` is the job's. A job that still waits after
    /// that is done.
    fn resumed(
        &self,
        _tx: &mut Tx<'_>,
        _job: &ReplicationJob,
        _key: &str,
    ) -> Result<(), Diagnosis> {
        Ok(())
    }

    /// Adds what is computed to its `properties`; `request` is absent where an operation shows it.
    fn show(
        &self,
        _tx: &Tx<'_>,
        _object: &VaultObject,
        _request: Option<&Request>,
        _properties: &mut Map<String, Value>,
    ) {
    }
}

/// Returns the type of that path of types, in any casing.
pub(super) fn find(kind: &str) -> Option<&'static dyn Part> {
    let mut all = super::PARTS.iter().flat_map(|parts| parts.iter().copied());
    all.find(|part| part.kind().eq_ignore_ascii_case(kind))
}
