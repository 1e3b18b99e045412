//! What is to go wrong on demand: told by the control `troubles`, asked for where it would happen.

use super::protected_items::Item;
use crate::base::clock::Timestamp;
use crate::sandbox::store::Tx;

/// The kinds: `rpo_exceeded` lasts while it is told, the others hit a job.
pub(crate) const KINDS: [&str; 4] = [
    "cache_storage_missing",
    "agent_unreachable",
    "rpo_exceeded",
    "backup_failed",
];

/// Tells whether a trouble stands for what has that key, and counts it.
pub(super) fn hits(tx: &mut Tx<'_>, key: &str, kind: &str) -> bool {
    let Some(number) = find(tx, key, kind) else {
        return false;
    };
    let last = match tx.recovery.troubles.edit(&number) {
        Some(trouble) => trouble.times.as_mut().is_some_and(|times| {
            *times = times.saturating_sub(1);
            *times == 0
        }),
        None => false,
    };
    if last {
        tx.recovery.troubles.remove(&number);
    }
    true
}

/// Tells whether a trouble stands for what has that key, without counting it.
pub(super) fn stands(tx: &Tx<'_>, key: &str, kind: &str) -> bool {
    find(tx, key, kind).is_some()
}

/// Returns since when a trouble stands for what has that key, without counting it.
pub(super) fn since(tx: &Tx<'_>, key: &str, kind: &str) -> Option<Timestamp> {
    let trouble = tx.recovery.troubles.get(&find(tx, key, kind)?)?;
    Some(trouble.since.unwrap_or_else(|| tx.now()))
}

fn find(tx: &Tx<'_>, key: &str, kind: &str) -> Option<String> {
    let told = tx.recovery.troubles.iter();
    let mut told = told.filter(|(_, trouble)| trouble.kind == kind).peekable();
    told.peek()?;
    // A protected item is meant by its machine, too.
    let item = tx.recovery.objects.get(key).and_then(Item::of);
    let machine = item.map(|item| item.vm).unwrap_or_default();
    let names = format!("{key}\n{machine}").to_lowercase();
    told.find(|(_, trouble)| names.contains(&trouble.part.to_lowercase()))
        .map(|(number, _)| number.to_owned())
}
