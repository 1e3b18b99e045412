//! Where a migration stands, what may be done then, and what comes of it: pure, without the store.
//! Source: recovery reference §5.6 (the enumerations), §9.3. Which operations are allowed in which
//! state the reference does not say: [`State::allowed`] is this sandbox's, and nowhere else.

use serde::{Deserialize, Serialize};

/// `migrationState`, as far as it is reached here: what is being enabled is not shown yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stage {
    InitialSeedingInProgress,
    Replicating,
    SuspendingProtection,
    ProtectionSuspended,
    ResumeInProgress,
    MigrationInProgress,
    MigrationSucceeded,
    MigrationFailed,
    DisableMigrationInProgress,
    DisableMigrationFailed,
}

/// `testMigrateState`; that of a clean-up that goes on has the state before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Trial {
    None,
    TestMigrationInProgress,
    TestMigrationSucceeded,
    TestMigrationFailed,
    TestMigrationCleanupInProgress,
}

/// `MigrationItemOperation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Doing {
    DisableMigration,
    Migrate,
    PauseReplication,
    ResumeReplication,
    StartResync,
    TestMigrate,
    TestMigrateCleanup,
}

/// How a migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) stage: Stage,
    pub(super) trial: Trial,
    /// Where it stood before a job that goes on.
    pub(super) before: Option<(Stage, Trial)>,
}

impl Doing {
    /// All of them.
    pub(super) const ALL: [Self; 7] = [
        Self::DisableMigration,
        Self::Migrate,
        Self::PauseReplication,
        Self::ResumeReplication,
        Self::StartResync,
        Self::TestMigrate,
        Self::TestMigrateCleanup,
    ];

    /// Returns the service's word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::DisableMigration => "DisableMigration",
            Self::Migrate => "Migrate",
            Self::PauseReplication => "PauseReplication",
            Self::ResumeReplication => "ResumeReplication",
            Self::StartResync => "StartResync",
            Self::TestMigrate => "TestMigrate",
            Self::TestMigrateCleanup => "TestMigrateCleanup",
        }
    }

    /// Returns the operation of that word.
    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|doing| doing.word() == word)
    }
}

impl State {
    /// Where a migration stands that has just been enabled.
    pub(super) const NEW: Self = Self {
        stage: Stage::InitialSeedingInProgress,
        trial: Trial::None,
        before: None,
    };

    /// Returns what may be done now: nothing while a job goes on, and after a test nothing but its
    /// clean-up.
    pub(super) fn allowed(self) -> &'static [Doing] {
        use Doing::{
            DisableMigration, Migrate, PauseReplication, ResumeReplication, StartResync,
            TestMigrate, TestMigrateCleanup,
        };
        if self.before.is_some() {
            return &[];
        }
        match (self.stage, self.trial) {
            (Stage::Replicating, Trial::None) => &[
                DisableMigration,
                Migrate,
                PauseReplication,
                StartResync,
                TestMigrate,
            ],
            (Stage::Replicating, _) => &[TestMigrateCleanup],
            (Stage::ProtectionSuspended, _) => &[DisableMigration, ResumeReplication],
            (Stage::MigrationFailed, _) => &[DisableMigration, Migrate, StartResync],
            (
                Stage::InitialSeedingInProgress
                | Stage::MigrationSucceeded
                | Stage::DisableMigrationFailed,
                _,
            ) => &[DisableMigration],
            // Only while a job goes on.
            (
                Stage::SuspendingProtection
                | Stage::ResumeInProgress
                | Stage::MigrationInProgress
                | Stage::DisableMigrationInProgress,
                _,
            ) => &[],
        }
    }

    /// Returns the words of what may be done now.
    pub(super) fn words(self) -> Vec<&'static str> {
        self.allowed().iter().map(|doing| doing.word()).collect()
    }

    /// Returns how it stands while a job does something, which is allowed or forced.
    pub(super) fn begun(self, doing: Doing) -> Self {
        let (stage, trial) = match doing {
            Doing::DisableMigration => (Stage::DisableMigrationInProgress, self.trial),
            Doing::Migrate => (Stage::MigrationInProgress, self.trial),
            Doing::PauseReplication => (Stage::SuspendingProtection, self.trial),
            Doing::ResumeReplication => (Stage::ResumeInProgress, self.trial),
            Doing::StartResync => (self.stage, self.trial),
            Doing::TestMigrate => (self.stage, Trial::TestMigrationInProgress),
            Doing::TestMigrateCleanup => (self.stage, Trial::TestMigrationCleanupInProgress),
        };
        Self {
            stage,
            trial,
            before: Some((self.stage, self.trial)),
        }
    }

    /// Returns how it stands while a job changes its settings.
    pub(super) fn held(self) -> Self {
        Self {
            before: Some((self.stage, self.trial)),
            ..self
        }
    }

    /// Returns how it stands after a job that did it.
    pub(super) fn done(self, doing: Doing) -> Self {
        let (stage, trial) = self.before.unwrap_or((self.stage, self.trial));
        let (stage, trial) = match doing {
            Doing::DisableMigration => (self.stage, trial),
            Doing::Migrate => (Stage::MigrationSucceeded, trial),
            Doing::PauseReplication => (Stage::ProtectionSuspended, trial),
            Doing::ResumeReplication | Doing::StartResync => (Stage::Replicating, trial),
            Doing::TestMigrate => (stage, Trial::TestMigrationSucceeded),
            Doing::TestMigrateCleanup => (stage, Trial::None),
        };
        Self {
            stage,
            trial,
            before: None,
        }
    }

    /// Returns how it stands after a job that failed or was cancelled.
    pub(super) fn failed(self, doing: Doing) -> Self {
        let (stage, trial) = self.before.unwrap_or((self.stage, self.trial));
        let (stage, trial) = match doing {
            Doing::DisableMigration => (Stage::DisableMigrationFailed, trial),
            Doing::Migrate => (Stage::MigrationFailed, trial),
            // What it has begun to make must be cleaned up.
            Doing::TestMigrate => (stage, Trial::TestMigrationFailed),
            Doing::PauseReplication
            | Doing::ResumeReplication
            | Doing::StartResync
            | Doing::TestMigrateCleanup => (stage, trial),
        };
        Self {
            stage,
            trial,
            before: None,
        }
    }

    /// Returns how it stands after a job about its settings, however that ended.
    pub(super) fn released(self) -> Self {
        let (stage, trial) = self.before.unwrap_or((self.stage, self.trial));
        Self {
            stage,
            trial,
            before: None,
        }
    }

    /// Returns how it stands when all disks have been copied for the first time.
    pub(super) fn seeded(self) -> Self {
        let seeded = |stage| match stage {
            Stage::InitialSeedingInProgress => Stage::Replicating,
            other => other,
        };
        Self {
            stage: seeded(self.stage),
            before: self.before.map(|(stage, trial)| (seeded(stage), trial)),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(stage: Stage, trial: Trial) -> State {
        State {
            stage,
            trial,
            before: None,
        }
    }

    #[test]
    fn a_test_allows_nothing_but_its_clean_up() {
        for trial in [Trial::TestMigrationSucceeded, Trial::TestMigrationFailed] {
            let state = at(Stage::Replicating, trial);
            assert_eq!(state.allowed(), [Doing::TestMigrateCleanup]);
        }
    }

    #[test]
    fn a_job_that_failed_leaves_a_way_on() {
        let check = |doing: Doing, from: State, expected: (Stage, Trial)| {
            let after = from.begun(doing).failed(doing);
            assert_eq!((after.stage, after.trial), expected, "{doing:?}");
            assert!(!after.allowed().is_empty(), "{doing:?}");
        };
        let rest = at(Stage::Replicating, Trial::None);
        check(Doing::Migrate, rest, (Stage::MigrationFailed, Trial::None));
        check(
            Doing::TestMigrate,
            rest,
            (Stage::Replicating, Trial::TestMigrationFailed),
        );
        check(
            Doing::PauseReplication,
            rest,
            (Stage::Replicating, Trial::None),
        );
        check(
            Doing::DisableMigration,
            rest,
            (Stage::DisableMigrationFailed, Trial::None),
        );
        let tested = at(Stage::Replicating, Trial::TestMigrationSucceeded);
        check(
            Doing::TestMigrateCleanup,
            tested,
            (Stage::Replicating, Trial::TestMigrationSucceeded),
        );
    }

    #[test]
    fn seeding_ends_under_a_job_too() {
        let state = State::NEW.begun(Doing::DisableMigration).seeded();
        let after = state.released();
        assert_eq!(after.stage, Stage::Replicating);
    }

    proptest! {
        #[test]
        fn a_state_without_a_job_always_allows_something(
            steps in prop::collection::vec((0_usize..7, any::<bool>()), 0..20),
        ) {
            let mut state = State::NEW.seeded();
            for (number, well) in steps {
                let doing = Doing::ALL[number];
                if !state.allowed().contains(&doing) {
                    continue;
                }
                let begun = state.begun(doing);
                prop_assert_eq!(begun.allowed(), &[]);
                if doing == Doing::DisableMigration && well {
                    break;
                }
                state = if well { begun.done(doing) } else { begun.failed(doing) };
                prop_assert!(!state.allowed().is_empty(), "{:?}", state);
                prop_assert!(state.before.is_none());
                let pending = state.trial != Trial::None;
                prop_assert!(!pending || state.stage == Stage::Replicating, "{:?}", state);
            }
        }
    }
}
