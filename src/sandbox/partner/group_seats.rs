//! Licences that groups give to their direct members, as far as units are left and the members have
//! a usage location. Whom a missing unit meets is not documented: here groups come in the order in
//! which they got the licence, members in the order in which they joined.

use std::collections::BTreeSet;
use std::time::Duration;

use super::catalogue;
use super::scope::rows;
use super::seats;
use crate::sandbox::store::{Assignment, Due, PolicyDue, Tx, User, World, key};

/// How long a change takes to reach the members. The reference names no time.
const PROCESSING: Duration = Duration::from_secs(10);

/// Why a member does not get a licence of its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Violation {
    /// No unit is left.
    Count,
    /// The member has no usage location.
    UsageLocation,
}

impl Violation {
    /// Returns the word of the service.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Count => "CountViolation",
            Self::UsageLocation => "ProhibitInUsageLocationViolation",
        }
    }
}

/// A licence that a group means to give a user.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) group: String,
    pub(crate) user: String,
    pub(crate) licence: Assignment,
    /// Why the user does not get it.
    pub(crate) violation: Option<Violation>,
}

/// How far a group's licences are with its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Processing {
    Queued,
    Complete,
}

/// Returns the licences that a group has been given, and whether its members have them by now; none
/// for a group that never had any.
pub(crate) fn of_group(
    world: &World,
    tenant: &str,
    group: &str,
) -> Option<(Vec<Assignment>, Processing)> {
    let place = key(&[tenant, group]);
    let people = &world.people;
    let queued = people.group_licences_queued.get(&place);
    let queued = queued.map(|rows| (rows.clone(), Processing::Queued));
    let in_force = people.group_licences.get(&place);
    queued.or_else(|| in_force.map(|rows| (rows.clone(), Processing::Complete)))
}

/// Gives a group other licences; its members have them a little later.
pub(crate) fn queue(tx: &mut Tx<'_>, tenant: &str, group: &str, licences: Vec<Assignment>) {
    let place = key(&[tenant, group]);
    tx.people.group_licences_queued.put(&place, licences);
    let due = PolicyDue::LicenseMembers(tenant.to_owned(), group.to_owned());
    tx.later(PROCESSING, Due::Policy(due));
}

/// Gives the members of a group what the group was given last.
pub(crate) fn process(tx: &mut Tx<'_>, tenant: &str, group: &str) {
    let place = key(&[tenant, group]);
    if let Some(licences) = tx.people.group_licences_queued.remove(&place) {
        tx.people.group_licences.put(&place, licences);
    }
}

/// Returns what the groups of a tenant mean to give their members.
pub(crate) fn from_groups(world: &World, tenant: &str) -> Vec<Given> {
    let giving = world.people.group_licences.under(tenant);
    let mut given: Vec<Given> = Vec::new();
    for (place, licences) in giving {
        let group = world.directory.groups.get(place);
        let Some(group) = group.filter(|group| group.deleted.is_none()) else {
            continue;
        };
        for licence in licences {
            given.extend(group.members.iter().map(|user| Given {
                group: group.id.clone(),
                user: user.clone(),
                licence: licence.clone(),
                violation: None,
            }));
        }
    }
    if !given.is_empty() {
        given.sort_by_key(|one| one.licence.since);
        judge(world, tenant, &mut given);
    }
    given
}

/// Finds out who does not get what. Members that are no users get nothing.
fn judge(world: &World, tenant: &str, given: &mut Vec<Given>) {
    let mut users = rows::<User>(world, tenant);
    users.retain(|user| user.deleted.is_none());
    given.retain(|one| users.iter().any(|user| user.id == one.user));
    let skus: BTreeSet<String> = given.iter().map(|one| one.licence.sku.clone()).collect();
    for sku in skus {
        let licence = catalogue::licence_of(&sku);
        let owned = licence.and_then(|licence| seats::owned(world, tenant, licence));
        let active = owned.map_or(0, |units| units.active);
        let active = usize::try_from(active).unwrap_or(0);
        let has = |user: &&User| user.licences.iter().any(|held| held.sku == sku);
        let mut holders: BTreeSet<String> = users
            .iter()
            .filter(has)
            .map(|user| user.id.clone())
            .collect();
        for one in given.iter_mut().filter(|one| one.licence.sku == sku) {
            let user = users.iter().find(|user| user.id == one.user);
            let located = user.is_some_and(|user| user.usage_location.is_some());
            one.violation = if holders.contains(&one.user) {
                None
            } else if !located {
                Some(Violation::UsageLocation)
            } else if holders.len() >= active {
                Some(Violation::Count)
            } else {
                holders.insert(one.user.clone());
                None
            };
        }
    }
}

/// Returns the licences that a user has from groups, each with the group.
pub(crate) fn inherited<'g>(
    given: &'g [Given],
    user: &'g str,
) -> impl Iterator<Item = (&'g str, &'g Assignment)> {
    let own = given.iter().filter(move |one| one.user == user);
    let held = own.filter(|one| one.violation.is_none());
    held.map(|one| (one.group.as_str(), &one.licence))
}
