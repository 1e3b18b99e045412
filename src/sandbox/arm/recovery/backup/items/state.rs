//! What may be asked of a protected item, by its protection state and by what goes on. The reference
//! names the states and the actions; which go together follows from what they mean, and two jobs of
//! one item at once are this sandbox's choice: a backup and a restore go side by side, every change of
//! the protection wants the item to rest.

use serde_json::Value;

use crate::sandbox::store::{BackupWork, VaultObject};

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Stand {
    /// Protected, and not backed up yet.
    Pending,
    Protected,
    /// The first backup has failed.
    Error,
    /// Not protected any more; the data is there.
    Stopped,
    /// Deleted, and not yet for ever.
    Deleted,
}

/// What may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Action {
    Protect,
    ChangePolicy,
    Stop,
    Resume,
    Undelete,
    Delete,
    Backup,
    Restore,
}

/// What is allowed where nothing goes on; an item that is not there can be protected.
const TABLE: [(Option<Stand>, &[Action]); 6] = [
    (None, &[Action::Protect]),
    (
        Some(Stand::Pending),
        &[
            Action::Backup,
            Action::ChangePolicy,
            Action::Stop,
            Action::Delete,
        ],
    ),
    (
        Some(Stand::Protected),
        &[
            Action::Backup,
            Action::Restore,
            Action::ChangePolicy,
            Action::Stop,
            Action::Delete,
        ],
    ),
    (
        Some(Stand::Error),
        &[
            Action::Backup,
            Action::ChangePolicy,
            Action::Stop,
            Action::Delete,
        ],
    ),
    (
        Some(Stand::Stopped),
        &[Action::Resume, Action::Restore, Action::Delete],
    ),
    (Some(Stand::Deleted), &[Action::Undelete]),
];

impl Stand {
    /// Reads where an item stands.
    pub(in super::super) fn of(item: &VaultObject) -> Self {
        if item.properties.get("isScheduledForDeferredDelete") == Some(&Value::Bool(true)) {
            return Self::Deleted;
        }
        let word = item.properties.get("protectionState");
        match word.and_then(Value::as_str) {
            Some("Protected") => Self::Protected,
            Some("ProtectionError") => Self::Error,
            Some("ProtectionStopped") => Self::Stopped,
            _ => Self::Pending,
        }
    }

    /// Returns `protectionState`.
    pub(in super::super) fn word(self) -> &'static str {
        match self {
            Self::Pending => "IRPending",
            Self::Protected => "Protected",
            Self::Error => "ProtectionError",
            Self::Stopped | Self::Deleted => "ProtectionStopped",
        }
    }

    /// Tells whether its policy makes backups.
    pub(in super::super) fn is_active(self) -> bool {
        !matches!(self, Self::Stopped | Self::Deleted)
    }
}

impl Action {
    /// Returns what people call it.
    pub(in super::super) fn word(self) -> &'static str {
        match self {
            Self::Protect => "protect",
            Self::ChangePolicy => "change policy",
            Self::Stop => "stop protection",
            Self::Resume => "resume protection",
            Self::Undelete => "undelete",
            Self::Delete => "delete",
            Self::Backup => "backup",
            Self::Restore => "restore",
        }
    }
}

/// Returns what is allowed now.
pub(in super::super) fn allowed(stand: Option<Stand>, running: &[&BackupWork]) -> Vec<Action> {
    let all = TABLE.iter().find(|(known, _)| *known == stand);
    let all = all.map_or(&[][..], |(_, actions)| actions);
    let does = |wanted: fn(&BackupWork) -> bool| running.iter().any(|work| wanted(work));
    let saves = does(|work| matches!(work, BackupWork::Backup { .. }));
    let restores = does(|work| matches!(work, BackupWork::Restore(_)));
    let changes = does(|work| !matches!(work, BackupWork::Backup { .. } | BackupWork::Restore(_)));
    let fits = |action: &&Action| match action {
        Action::Backup => !saves && !changes,
        Action::Restore => !restores && !changes,
        _ => running.is_empty(),
    };
    all.iter().filter(fits).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_hinders_what_does_not_go_with_it() {
        let backup = BackupWork::Backup {
            expiry: None,
            scheduled: true,
        };
        let check = |stand, running: &[&BackupWork], expected: &[Action]| {
            assert_eq!(allowed(stand, running), expected, "{stand:?} {running:?}");
        };
        let rest = Some(Stand::Protected);
        check(None, &[], &[Action::Protect]);
        check(None, &[&BackupWork::Configure], &[]);
        check(rest, &[&backup], &[Action::Restore]);
        check(rest, &[&BackupWork::Stop], &[]);
        check(Some(Stand::Pending), &[&backup], &[]);
        check(Some(Stand::Deleted), &[], &[Action::Undelete]);
        check(
            Some(Stand::Stopped),
            &[],
            &[Action::Resume, Action::Restore, Action::Delete],
        );
    }
}
