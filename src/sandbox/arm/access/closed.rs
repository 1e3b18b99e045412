//! What keeps a caller with all rights from a change: a subscription that is disabled, a provider that
//! is not registered, a lock. Source: arm reference §4, §8, §10.6, §12; the texts of a disabled
//! subscription and of locks are not confirmed.

use super::Azure;
use super::rights::covers;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::{consumption, group, providers};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Lock, Tx};

/// What an action does to what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    Read,
    Delete,
    /// PUT, PATCH and every POST.
    Write,
}

impl Effort {
    fn of(action: &str) -> Self {
        match action.rsplit('/').next() {
            Some(last) if last.eq_ignore_ascii_case("read") => Self::Read,
            Some(last) if last.eq_ignore_ascii_case("delete") => Self::Delete,
            _ => Self::Write,
        }
    }
}

/// What can be done in a subscription that is disabled, though it is no deletion.
const WHEN_DISABLED: [&str; 2] = [
    "Microsoft.Subscription/cancel/action",
    "Microsoft.Subscription/enable/action",
];

/// Refuses an action that something stands in the way of.
pub(super) fn open(tx: &Tx<'_>, azure: &Azure, id: &Id, action: &str) -> Result<(), Refusal> {
    let effort = Effort::of(action);
    if effort == Effort::Read {
        return Ok(());
    }
    if effort == Effort::Write && !azure.is_enabled() && !WHEN_DISABLED.contains(&action) {
        let text = format!(
            "The subscription '{}' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.",
            azure.id
        );
        return Err(Refusal::new(409, "ReadOnlyDisabledSubscription", text));
    }
    if !action.ends_with("register/action") {
        let namespace = action.split('/').next().unwrap_or_default();
        providers::registered(tx, &azure.id, namespace)?;
    }
    unlocked(tx, id, action, effort)?;
    if effort == Effort::Write && hangs(action) && group_is_there(tx, id) {
        group::open(tx, id)?;
    }
    match effort {
        Effort::Write if is_own(id, action) => consumption::capped(tx, id),
        _ => Ok(()),
    }
}

/// What is written on something else: a group that goes or moves takes no more of it.
fn hangs(action: &str) -> bool {
    let kinds = [
        "Microsoft.Authorization/",
        "Microsoft.Consumption/",
        "Microsoft.Resources/tags/",
    ];
    kinds.iter().any(|kind| action.starts_with(kind))
}

fn group_is_there(tx: &Tx<'_>, id: &Id) -> bool {
    id.group_key().is_some_and(|key| tx.arm.groups.has(&key))
}

/// Refuses a change of what is locked: by itself, from above, or, where it goes with all that is in
/// it, below. Locks themselves can always be taken away.
fn unlocked(tx: &Tx<'_>, id: &Id, action: &str, effort: Effort) -> Result<(), Refusal> {
    if action.starts_with("Microsoft.Authorization/locks/") {
        return Ok(());
    }
    let key = id.key();
    let root = Id::of_subscription(id.subscription.as_deref().unwrap_or_default());
    let goes = effort == Effort::Delete && is_own(id, action);
    let stands = |lock: &&Lock| {
        let scope = lock.scope();
        let meant = match lock.level.as_str() {
            "ReadOnly" => true,
            "CanNotDelete" => effort == Effort::Delete,
            _ => false,
        };
        meant && (covers(scope, &key) || (goes && covers(&key, scope)))
    };
    let locks = tx.arm.locks.under(&root.key()).map(|(_, lock)| lock);
    let in_the_way: Vec<&str> = locks.filter(stands).map(Lock::scope).collect();
    if in_the_way.is_empty() {
        return Ok(());
    }
    let doing = if effort == Effort::Delete {
        "delete"
    } else {
        "write"
    };
    let text = format!(
        "The scope '{}' cannot perform {doing} operation because following scope(s) are locked: '{}'. Please remove the lock and try again.",
        id.text(),
        in_the_way.join(",")
    );
    Err(Refusal::new(409, "ScopeLocked", text))
}

/// Tells whether an action is about what the id names, not about something that hangs on it.
fn is_own(id: &Id, action: &str) -> bool {
    let own = id
        .kind()
        .unwrap_or_else(|| "Microsoft.Resources/subscriptions/resourceGroups".to_owned());
    let of = action.rsplit_once('/').map_or("", |(kind, _)| kind);
    own.eq_ignore_ascii_case(of)
}
