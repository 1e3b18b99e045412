//! Whose licences: the one accounting behind Partner Center and Microsoft Graph. What a directory
//! owns follows from its subscriptions, what is used from its users and from the groups that give
//! licences to their direct members.

use super::catalogue::{self, Licence};
use super::group_seats::{from_groups, inherited};
use super::scope::rows;
use crate::base::clock::Timestamp;
use crate::sandbox::store::{Assignment, Status, Subscription, User, World};

/// How many units of a licence a directory has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Units {
    pub(crate) active: i64,
    pub(crate) suspended: i64,
    pub(crate) consumed: i64,
}

/// Returns the subscriptions of a licence that a directory still has, in order.
pub(crate) fn subscriptions(
    world: &World,
    tenant: &str,
    licence: &'static Licence,
) -> Vec<Subscription> {
    let mut all = rows::<Subscription>(world, tenant);
    all.retain(|subscription| {
        let gone = matches!(subscription.status, Status::Expired | Status::Deleted);
        let brings = licence_in(subscription);
        !gone && brings.is_some_and(|brings| brings.id == licence.id)
    });
    all
}

/// Returns the licence that a subscription brings.
pub(crate) fn licence_in(subscription: &Subscription) -> Option<&'static Licence> {
    catalogue::sku_of(&subscription.offer).and_then(|sku| sku.licence)
}

/// Counts the units of a licence; `None` when the directory has no subscription of it.
pub(crate) fn units(world: &World, tenant: &str, licence: &'static Licence) -> Option<Units> {
    let owned = owned(world, tenant, licence)?;
    let given = from_groups(world, tenant);
    let users = rows::<User>(world, tenant);
    let holders = users.iter().filter(|user| user.deleted.is_none());
    let holders = holders.filter(|user| {
        let own = user.licences.iter().any(|held| held.sku == licence.id);
        own || inherited(&given, &user.id).any(|(_, held)| held.sku == licence.id)
    });
    let consumed = holders.count().try_into().unwrap_or(i64::MAX);
    Some(Units { consumed, ..owned })
}

/// Counts the units of a licence that a directory owns, whoever has them.
pub(super) fn owned(world: &World, tenant: &str, licence: &'static Licence) -> Option<Units> {
    let subscriptions = subscriptions(world, tenant, licence);
    if subscriptions.is_empty() {
        return None;
    }
    let mut units = Units::default();
    for subscription in subscriptions {
        match subscription.status {
            Status::Active => units.active += subscription.quantity,
            _ => units.suspended += subscription.quantity,
        }
    }
    Some(units)
}

/// Returns how many units of a licence can still be assigned.
pub(crate) fn available(world: &World, tenant: &str, sku: &str) -> i64 {
    catalogue::licence_of(sku)
        .and_then(|licence| units(world, tenant, licence))
        .map_or(0, |units| units.active - units.consumed)
}

/// Returns every licence of the catalogue once.
pub(crate) fn licences() -> Vec<&'static Licence> {
    let mut seen: Vec<&Licence> = Vec::new();
    for licence in catalogue::skus().filter_map(|sku| sku.licence) {
        if seen.iter().all(|known| known.id != licence.id) {
            seen.push(licence);
        }
    }
    seen
}

/// Why licences cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Denied {
    /// The user has no usage location.
    NoLocation,
    /// The directory has no subscription of the licence.
    NotOwned(String),
    /// No unit of the licence is left.
    NoUnits(String),
    /// The licence has no such service plan.
    UnknownPlan(String),
    /// The user does not have the licence.
    NotHeld(String),
    /// The user has the licence from a group only.
    Inherited(String),
}

/// Takes licences from a user and gives it others; one that it holds has its plans replaced.
pub(crate) fn change(
    world: &World,
    tenant: &str,
    user: &mut User,
    (assigned, removed): (&[Assignment], &[&str]),
    now: Timestamp,
) -> Result<(), Denied> {
    for sku in removed {
        let before = user.licences.len();
        user.licences
            .retain(|held| !held.sku.eq_ignore_ascii_case(sku));
        if user.licences.len() == before {
            let given = from_groups(world, tenant);
            let is_given =
                inherited(&given, &user.id).any(|(_, held)| held.sku.eq_ignore_ascii_case(sku));
            return Err(if is_given {
                Denied::Inherited((*sku).to_owned())
            } else {
                Denied::NotHeld((*sku).to_owned())
            });
        }
    }
    assigned
        .iter()
        .try_for_each(|assignment| assign(world, tenant, user, assignment, now))
}

fn assign(
    world: &World,
    tenant: &str,
    user: &mut User,
    assignment: &Assignment,
    now: Timestamp,
) -> Result<(), Denied> {
    if user.usage_location.is_none() {
        return Err(Denied::NoLocation);
    }
    let mut assignment = assignment.clone();
    assignment.since = Some(now);
    let held = user
        .licences
        .iter()
        .position(|held| held.sku == assignment.sku);
    if let Some(held) = held {
        check_plans(&assignment)?;
        user.licences[held] = assignment;
        return Ok(());
    }
    check_units(world, tenant, user, &assignment.sku)?;
    check_plans(&assignment)?;
    user.licences.push(assignment);
    Ok(())
}

/// A user that has the licence from a group needs no further unit.
fn check_units(world: &World, tenant: &str, user: &User, sku: &str) -> Result<(), Denied> {
    let owned = catalogue::licence_of(sku).and_then(|licence| units(world, tenant, licence));
    let Some(units) = owned else {
        return Err(Denied::NotOwned(sku.to_owned()));
    };
    let given = from_groups(world, tenant);
    let counted = inherited(&given, &user.id).any(|(_, held)| held.sku == sku);
    if units.active <= units.consumed && !counted {
        return Err(Denied::NoUnits(sku.to_owned()));
    }
    Ok(())
}

/// The plans that are switched off must be the licence's.
pub(crate) fn check_plans(assignment: &Assignment) -> Result<(), Denied> {
    let licence = catalogue::licence_of(&assignment.sku);
    let plans = licence.map_or(&[][..], |licence| licence.plans);
    let unknown = assignment
        .excluded
        .iter()
        .find(|id| plans.iter().all(|plan| plan.id != **id));
    unknown.map_or(Ok(()), |id| Err(Denied::UnknownPlan(id.clone())))
}
