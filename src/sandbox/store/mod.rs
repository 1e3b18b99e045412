//! The one consistent state behind all services: plain structs in ordered tables. A [`World`] is a
//! value that is cheap to clone; a [`Tx`] changes a clone, which replaces the world when the handler
//! succeeds and is dropped otherwise.

mod arm;
mod arm_rights;
mod backup;
mod deltas;
mod deployments;
mod directory;
mod entra;
mod entra_apps;
mod entra_flows;
mod file;
mod gdap;
mod partner;
mod partner_commerce;
mod people;
mod policy;
mod recovery;
mod system;
mod table;
mod tx;

pub(crate) use arm::{
    ArmDue, ArmTables, Ending, Hand, LongOperation, OperationResult, OperationState, Resource,
    ResourceGroup, Tags, Work,
};
pub(crate) use arm_rights::{AzureRole, AzureSubscription, Budget, Lock};
pub(crate) use backup::{
    BackupDue, BackupFault, BackupJob, BackupOperation, BackupPoint, BackupRestore, BackupResult,
    BackupState, BackupStep, BackupTask, BackupWork, SavedDisk,
};
pub(crate) use deltas::{Round, Seen};
pub(crate) use deployments::{Deployment, DeploymentState, DeploymentStep, StepAction, StepState};
pub(crate) use directory::{
    AppRole, DirectoryTables, Group, GroupKind, MembershipRule, RoleAssignment, Session,
};
pub(crate) use entra::{
    Consent, EntraTables, PrincipalSettings, RefreshToken, SignIn, SignInState, Staff, Tenant,
    UserConsent,
};
pub(crate) use entra_apps::{
    App, AppCertificate, AppSecret, FederatedCredential, Redirect, RedirectKind,
};
pub(crate) use entra_flows::{
    Asked, AuthorizationCode, Challenge, DeviceCode, DeviceState, Signed, SpentAssertion,
};
pub use file::Begun;
pub(crate) use file::StateFile;
pub(crate) use gdap::{
    AccessAssignment, AssignmentStatus, GdapChange, GdapDue, GdapOperation, GdapRequest,
    GdapTables, OperationStatus, Relationship, RelationshipStatus, RequestAction, RequestStatus,
};
pub(crate) use partner::*;
pub(crate) use partner_commerce::*;
pub(crate) use people::{Method, MethodKind, PeopleTables, Profile};
pub(crate) use policy::{
    AccessPolicy, Alert, Device, DirectoryAudit, Domain, ManagedDevice, Management,
    OrganizationDetails, PolicyDue, PolicyTables, Score, SignInRecord,
};
pub(crate) use recovery::{
    Diagnosis, JobAction, JobExport, JobState, JobTask, JobWork, PlanItem, PlanRun, PlanStep,
    PlanStepKind, RecoveryDue, RecoveryTables, ReplicationJob, Trouble, VaultEvent, VaultObject,
};
pub(crate) use system::{Answer, SystemTables};
pub(crate) use table::{Change, Row, Table, key};
pub(crate) use tx::{Conditions, Due, Tx};

use serde_json::Value;

use crate::base::clock::Timestamp;

/// A group of tables, as the state file and the controls see it.
pub(crate) trait Tables {
    /// Gives away what was touched since the last commit.
    fn drain(&mut self, changes: &mut Vec<Change>);
    /// Returns every row, as changes from nothing.
    fn all(&self, changes: &mut Vec<Change>);
    /// Counts the rows touched since the last commit.
    fn touched(&self) -> usize;
    /// Forgets what was touched.
    fn settle(&mut self);
    /// Counts the rows per table.
    fn counts(&self, counts: &mut Vec<(&'static str, usize)>);
    /// Applies a change if the table is of this group.
    fn apply(
        &mut self,
        table: &str,
        key: &str,
        row: &mut Option<Value>,
    ) -> Option<Result<(), String>>;
}

/// Everything the sandbox knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    /// The queue, the generator, the answers that were given.
    pub(crate) system: SystemTables,
    /// Tenants, applications, users, refresh tokens, consents.
    pub(crate) entra: EntraTables,
    /// Groups and revoked sessions.
    pub(crate) directory: DirectoryTables,
    /// Relationships with customers, and who has which roles by them.
    pub(crate) gdap: GdapTables,
    /// What Graph keeps of users.
    pub(crate) people: PeopleTables,
    /// Policies, domains, devices, findings.
    pub(crate) policy: PolicyTables,
    /// Azure Resource Manager's objects.
    pub(crate) arm: ArmTables,
    /// What hangs on the vaults of Recovery Services.
    pub(crate) recovery: RecoveryTables,
    /// Partner Center's objects.
    pub(crate) partner: PartnerTables,
}

impl World {
    fn groups(&self) -> [&dyn Tables; 9] {
        [
            &self.system,
            &self.entra,
            &self.directory,
            &self.gdap,
            &self.people,
            &self.policy,
            &self.arm,
            &self.recovery,
            &self.partner,
        ]
    }

    fn groups_mut(&mut self) -> [&mut dyn Tables; 9] {
        [
            &mut self.system,
            &mut self.entra,
            &mut self.directory,
            &mut self.gdap,
            &mut self.people,
            &mut self.policy,
            &mut self.arm,
            &mut self.recovery,
            &mut self.partner,
        ]
    }

    /// Gives away what was touched since the last commit.
    pub(crate) fn drain(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        for group in self.groups_mut() {
            group.drain(&mut changes);
        }
        changes
    }

    /// Tells whether work lies in the queue whose time has come.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        let next = self.system.queue.iter().next();
        next.is_some_and(|(_, pending)| pending.at <= now)
    }

    /// Counts the rows of the services (not of the sandbox itself) touched since the last commit.
    pub(crate) fn touched(&self) -> usize {
        self.groups().into_iter().skip(1).map(Tables::touched).sum()
    }

    /// Forgets what was touched, without looking at it.
    pub(crate) fn settle(&mut self) {
        for group in self.groups_mut() {
            group.settle();
        }
    }

    /// Returns every row, as changes from an empty world.
    pub(crate) fn all(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        for group in self.groups() {
            group.all(&mut changes);
        }
        changes
    }

    /// Counts the rows per table.
    pub(crate) fn counts(&self) -> Vec<(&'static str, usize)> {
        let mut counts = Vec::new();
        for group in self.groups() {
            group.counts(&mut counts);
        }
        counts
    }

    /// Applies a change that was read from a state file.
    pub(crate) fn apply(
        &mut self,
        table: &str,
        key: &str,
        row: Option<Value>,
    ) -> Result<(), String> {
        let mut row = row;
        self.groups_mut()
            .into_iter()
            .find_map(|group| group.apply(table, key, &mut row))
            .unwrap_or_else(|| Err(format!("there is no table `{table}`")))
    }
}
