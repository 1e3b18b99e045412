//! Dynamic groups have as members whom their rules fit. The real directory takes a while; here the
//! members follow every change of users at once.

use std::collections::BTreeSet;

use super::rule::Rule;
use crate::sandbox::graph::people;
use crate::sandbox::store::{Group, Tx};

/// Brings the dynamic groups up to date in the tenants where users or groups have changed.
pub(in crate::sandbox) fn settle(tx: &mut Tx<'_>) {
    let users = tx.partner.users.touched_keys();
    let profiles = tx.people.profiles.touched_keys();
    let groups = tx.directory.groups.touched_keys();
    let keys = users.chain(profiles).chain(groups);
    let tenants: BTreeSet<String> = keys
        .filter_map(|key| key.split('/').next())
        .map(str::to_owned)
        .collect();
    for tenant in tenants {
        let changed = changed(tx, &tenant);
        for group in changed {
            super::links::put(tx, group);
        }
    }
}

/// Returns the groups of a tenant whose members are others now.
fn changed(tx: &Tx<'_>, tenant: &str) -> Vec<Group> {
    let groups = tx.directory.groups.under(tenant).map(|(_, group)| group);
    let mut ruled = groups
        .filter_map(|group| Some((group, rule(group)?)))
        .peekable();
    if ruled.peek().is_none() {
        return Vec::new();
    }
    let people = people::all(tx, tenant);
    let users: Vec<_> = people.iter().map(people::shown).collect();
    ruled
        .filter_map(|(group, rule)| {
            let fitting = people
                .iter()
                .zip(&users)
                .filter(|(_, user)| rule.fits(user));
            let members: Vec<String> = fitting.map(|(person, _)| person.user.id.clone()).collect();
            (members != group.members).then(|| Group {
                members,
                ..group.clone()
            })
        })
        .collect()
}

/// Returns the rule of a group, if it is applied now. One that cannot be read changes nothing.
fn rule(group: &Group) -> Option<Rule> {
    let rule = group.rule.as_ref()?;
    if rule.paused || group.deleted.is_some() {
        return None;
    }
    Rule::read(&rule.text).ok()
}
