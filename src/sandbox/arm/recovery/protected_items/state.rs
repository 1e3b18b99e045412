//! The state machine of a protected item as one table: which states there are, what each allows, and
//! where each operation leads. Pure; nothing here knows of jobs, clocks or machines. Source: recovery
//! reference §5.3, whose rows without a mark are not confirmed. A fail back is not shown there: it goes
//! through the same rows, with the sides exchanged.

use serde::{Deserialize, Serialize};

/// Where an item stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sandbox::arm::recovery) enum Phase {
    /// The job that was to enable it has failed.
    EnablingFailed,
    /// Its disks are copied for the first time.
    Seeding,
    /// It is replicated away from the side that is active.
    Protected,
    /// A planned failover has happened and is yet to be committed.
    PlannedDone,
    /// An unplanned failover has happened and is yet to be committed.
    UnplannedDone,
    PlannedCommitted,
    UnplannedCommitted,
}

/// Where the machine runs: `activeLocation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sandbox::arm::recovery) enum Side {
    Primary,
    Recovery,
}

impl Side {
    /// Returns the other one.
    pub(in crate::sandbox::arm::recovery) fn other(self) -> Self {
        match self {
            Self::Primary => Self::Recovery,
            Self::Recovery => Self::Primary,
        }
    }

    /// Returns the service's word.
    pub(in crate::sandbox::arm::recovery) fn word(self) -> &'static str {
        match self {
            Self::Primary => "Primary",
            Self::Recovery => "Recovery",
        }
    }

    /// Returns the direction in which a failover goes from it.
    pub(in crate::sandbox::arm::recovery) fn direction(self) -> &'static str {
        match self {
            Self::Primary => "PrimaryToRecovery",
            Self::Recovery => "RecoveryToPrimary",
        }
    }
}

/// Where a test failover stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sandbox::arm::recovery) enum Test {
    None,
    /// The test machine runs, until somebody has it cleaned up.
    Waiting,
    /// It is being cleaned up.
    Cleaning,
}

impl Test {
    /// Returns the service's word, and what it says about it.
    pub(in crate::sandbox::arm::recovery) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::None => ("None", "None"),
            Self::Waiting => ("WaitingForCompletion", "Waiting for user input"),
            Self::Cleaning => ("MarkedForDeletion", "Cleaning up test environment"),
        }
    }
}

/// An operation of the vocabulary of `allowedOperations`; those that no state allows here are left
/// out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sandbox::arm::recovery) enum Operation {
    PlannedFailover,
    UnplannedFailover,
    TestFailover,
    TestFailoverCleanup,
    Commit,
    CancelFailover,
    ChangePit,
    ReverseReplicate,
    DisableProtection,
    CompleteMigration,
    RepairReplication,
}

impl Operation {
    /// All of them.
    pub(in crate::sandbox::arm::recovery) const ALL: [Self; 11] = [
        Self::PlannedFailover,
        Self::UnplannedFailover,
        Self::TestFailover,
        Self::TestFailoverCleanup,
        Self::Commit,
        Self::CancelFailover,
        Self::ChangePit,
        Self::ReverseReplicate,
        Self::DisableProtection,
        Self::CompleteMigration,
        Self::RepairReplication,
    ];

    /// Returns the service's word.
    pub(in crate::sandbox::arm::recovery) fn word(self) -> &'static str {
        match self {
            Self::PlannedFailover => "PlannedFailover",
            Self::UnplannedFailover => "UnplannedFailover",
            Self::TestFailover => "TestFailover",
            Self::TestFailoverCleanup => "TestFailoverCleanup",
            Self::Commit => "Commit",
            Self::CancelFailover => "CancelFailover",
            Self::ChangePit => "ChangePit",
            Self::ReverseReplicate => "ReverseReplicate",
            Self::DisableProtection => "DisableProtection",
            Self::CompleteMigration => "CompleteMigration",
            Self::RepairReplication => "RepairReplication",
        }
    }
}

/// A state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sandbox::arm::recovery) struct State {
    pub(in crate::sandbox::arm::recovery) phase: Phase,
    pub(in crate::sandbox::arm::recovery) active: Side,
    pub(in crate::sandbox::arm::recovery) test: Test,
}

impl State {
    /// A state without a test failover.
    pub(in crate::sandbox::arm::recovery) const fn new(phase: Phase, active: Side) -> Self {
        Self {
            phase,
            active,
            test: Test::None,
        }
    }

    /// Returns `protectionState` and what it says about it.
    pub(in crate::sandbox::arm::recovery) fn words(self) -> (&'static str, &'static str) {
        match (self.phase, self.test) {
            (Phase::EnablingFailed, _) => ("EnablingFailed", "Enabling protection failed"),
            (Phase::Seeding, _) => (
                "InitialReplicationInProgress",
                "Initial replication in progress",
            ),
            (Phase::Protected, Test::None) => ("Protected", "Protected"),
            (Phase::Protected, _) => ("Protected", "Cleanup test failover pending"),
            (Phase::PlannedDone, _) => {
                ("PlannedFailoverCommitRequired", "Planned failover finished")
            }
            (Phase::UnplannedDone, _) => (
                "UnplannedFailoverCommitRequired",
                "Unplanned failover finished",
            ),
            (Phase::PlannedCommitted, _) => {
                ("PlannedFailoverCommitted", "Planned failover committed")
            }
            (Phase::UnplannedCommitted, _) => {
                ("UnplannedFailoverCommitted", "Unplanned failover committed")
            }
        }
    }

    /// Returns what may be done in it, while no job runs: the table. The reference says nowhere
    /// when `CancelFailover` is allowed: here as long as an unplanned failover is not committed.
    pub(in crate::sandbox::arm::recovery) fn allowed(self) -> &'static [Operation] {
        use Operation::{
            CancelFailover, ChangePit, Commit, CompleteMigration, DisableProtection,
            PlannedFailover, ReverseReplicate, TestFailover, TestFailoverCleanup,
            UnplannedFailover,
        };
        match (self.phase, self.active, self.test) {
            (Phase::EnablingFailed | Phase::Seeding, _, _) => &[DisableProtection],
            (Phase::Protected, _, Test::Waiting | Test::Cleaning) => &[TestFailoverCleanup],
            (Phase::Protected, Side::Primary, Test::None) => &[
                PlannedFailover,
                UnplannedFailover,
                DisableProtection,
                TestFailover,
            ],
            (Phase::Protected, Side::Recovery, Test::None) => {
                &[PlannedFailover, TestFailover, DisableProtection]
            }
            (Phase::PlannedDone, _, _) => {
                &[CompleteMigration, Commit, DisableProtection, ChangePit]
            }
            (Phase::UnplannedDone, _, _) => &[Commit, ChangePit, DisableProtection, CancelFailover],
            (Phase::PlannedCommitted | Phase::UnplannedCommitted, _, _) => {
                &[ReverseReplicate, DisableProtection]
            }
        }
    }

    /// Returns where an operation leads: `None` where it is not allowed, or the item is gone.
    pub(in crate::sandbox::arm::recovery) fn after(self, operation: Operation) -> Option<Self> {
        if !self.allowed().contains(&operation) && operation != Operation::RepairReplication {
            return None;
        }
        let other = self.active.other();
        Some(match operation {
            Operation::PlannedFailover => Self::new(Phase::PlannedDone, other),
            Operation::UnplannedFailover => Self::new(Phase::UnplannedDone, other),
            Operation::TestFailover => Self {
                test: Test::Waiting,
                ..self
            },
            Operation::TestFailoverCleanup | Operation::ReverseReplicate => {
                Self::new(Phase::Protected, self.active)
            }
            Operation::Commit if self.phase == Phase::PlannedDone => {
                Self::new(Phase::PlannedCommitted, self.active)
            }
            Operation::Commit => Self::new(Phase::UnplannedCommitted, self.active),
            Operation::CancelFailover => Self::new(Phase::Protected, other),
            Operation::ChangePit | Operation::RepairReplication => self,
            Operation::DisableProtection | Operation::CompleteMigration => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHASES: [Phase; 7] = [
        Phase::EnablingFailed,
        Phase::Seeding,
        Phase::Protected,
        Phase::PlannedDone,
        Phase::UnplannedDone,
        Phase::PlannedCommitted,
        Phase::UnplannedCommitted,
    ];

    /// Every operation that a state allows leads to a state that allows something, or away.
    #[test]
    fn no_state_is_a_trap() {
        for phase in PHASES {
            for active in [Side::Primary, Side::Recovery] {
                let state = State::new(phase, active);
                assert!(!state.allowed().is_empty(), "{state:?}");
                for operation in state.allowed() {
                    let ends = matches!(
                        operation,
                        Operation::DisableProtection | Operation::CompleteMigration
                    );
                    let next = state.after(*operation);
                    assert_eq!(next.is_none(), ends, "{state:?} {operation:?}");
                    assert!(next.is_none_or(|next| !next.allowed().is_empty()));
                }
            }
        }
    }

    #[test]
    fn a_failover_and_its_way_back_close_a_circle() {
        let protected = State::new(Phase::Protected, Side::Primary);
        let mut state = protected;
        for operation in [
            Operation::TestFailover,
            Operation::TestFailoverCleanup,
            Operation::UnplannedFailover,
            Operation::ChangePit,
            Operation::Commit,
            Operation::ReverseReplicate,
            Operation::PlannedFailover,
            Operation::Commit,
            Operation::ReverseReplicate,
        ] {
            state = state.after(operation).expect("an allowed operation");
        }
        assert_eq!(state, protected);
        for refused in [
            Operation::Commit,
            Operation::ReverseReplicate,
            Operation::TestFailoverCleanup,
        ] {
            assert_eq!(protected.after(refused), None, "{refused:?}");
        }
    }
}
