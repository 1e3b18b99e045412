//! A move that is done: rows get other keys, and every id that names what has moved is another.

use serde_json::{Map, Value};

use super::Move;
use crate::sandbox::arm::id::Id;
use crate::sandbox::store::Tx;

/// What the groups of a move are meanwhile.
pub(in crate::sandbox::arm) const STATE: &str = "MovingResources";

/// Closes both groups.
pub(super) fn lock(tx: &mut Tx<'_>, wanted: &Move) {
    set(tx, [&wanted.source.key(), &wanted.target.key()], STATE);
}

/// Opens both groups.
pub(in crate::sandbox::arm) fn unlock(tx: &mut Tx<'_>, source: &str, target: &str) {
    set(tx, [source, target], "Succeeded");
}

fn set(tx: &mut Tx<'_>, groups: [&str; 2], state: &str) {
    for key in groups {
        if let Some(group) = tx.arm.groups.edit(key) {
            state.clone_into(&mut group.state);
        }
    }
}

/// Gives resources, their parts and what hangs on them the ids that they have in the target group.
pub(in crate::sandbox::arm) fn finish(
    tx: &mut Tx<'_>,
    source: &str,
    target: &str,
    resources: &[String],
) {
    let group = tx.arm.groups.get(target);
    let Some(group) = group.map(|group| Id::of_group(&group.subscription, &group.name)) else {
        return unlock(tx, source, target);
    };
    let rows = resources.iter().filter_map(|key| tx.arm.resources.get(key));
    let names: Vec<(String, String)> = rows
        .filter_map(|row| {
            let moved = Id {
                sections: Id::parse(&row.id)?.sections,
                ..group.clone()
            };
            Some((row.id.clone(), moved.text()))
        })
        .collect();
    for (old, _) in &names {
        let below = tx.arm.resources.under(old).map(|(key, _)| key.to_owned());
        let keys: Vec<String> = std::iter::once(old.to_lowercase()).chain(below).collect();
        for key in keys {
            if let Some(mut row) = tx.arm.resources.remove(&key) {
                row.id = renamed(&row.id, &names).unwrap_or(row.id);
                tx.arm.resources.put(&row.id.clone(), row);
            }
        }
    }
    carry_along(tx, &names);
    rename_everywhere(tx, source, target, &names);
    unlock(tx, source, target);
}

/// Gives what hangs on something that has moved its id there: roles, locks, budgets.
fn carry_along(tx: &mut Tx<'_>, names: &[(String, String)]) {
    macro_rules! carry {
        ($($table:ident.$field:ident)*) => {
            $(for (old, _) in names {
                let below = tx.arm.$table.under(old).map(|(key, _)| key.to_owned());
                for key in below.collect::<Vec<_>>() {
                    if let Some(mut row) = tx.arm.$table.remove(&key) {
                        row.$field = renamed(&row.$field, names).unwrap_or(row.$field);
                        tx.arm.$table.put(&renamed(&key, names).unwrap_or(key), row);
                    }
                }
            })*
        };
    }
    carry!(roles.scope locks.id budgets.id);
}

/// Changes the ids that resources of both subscriptions name.
fn rename_everywhere(tx: &mut Tx<'_>, source: &str, target: &str, names: &[(String, String)]) {
    let mut roots: Vec<String> = [source, target]
        .iter()
        .filter_map(|key| Id::parse(key)?.subscription)
        .map(|subscription| Id::of_subscription(&subscription).key())
        .collect();
    roots.dedup();
    for root in roots {
        let keys = tx.arm.resources.under(&root).map(|(key, _)| key.to_owned());
        for key in keys.collect::<Vec<_>>() {
            let Some(row) = tx.arm.resources.get(&key) else {
                continue;
            };
            let mut new = row.clone();
            let changed = rename_in(&mut new.members, names)
                | rename_in(&mut new.properties, names)
                | rename_in(&mut new.hidden, names);
            if changed {
                tx.arm.resources.put(&key, new);
            }
        }
    }
}

fn rename_in(members: &mut Map<String, Value>, names: &[(String, String)]) -> bool {
    let all = members.values_mut();
    all.fold(false, |changed, value| rename(value, names) | changed)
}

/// Changes the ids in a value; tells whether there were any.
fn rename(value: &mut Value, names: &[(String, String)]) -> bool {
    match value {
        Value::String(text) => match renamed(text, names) {
            Some(new) => {
                *text = new;
                true
            }
            None => false,
        },
        Value::Array(all) => {
            let all = all.iter_mut();
            all.fold(false, |changed, one| rename(one, names) | changed)
        }
        Value::Object(all) => rename_in(all, names),
        _ => false,
    }
}

/// Returns the new id of something that has moved, or lies below what has.
fn renamed(id: &str, names: &[(String, String)]) -> Option<String> {
    names.iter().find_map(|(old, new)| {
        let (head, rest) = id.split_at_checked(old.len())?;
        let same = head.eq_ignore_ascii_case(old) && (rest.is_empty() || rest.starts_with('/'));
        same.then(|| format!("{new}{rest}"))
    })
}
