//! Granular delegated admin privileges: which roles a user of the partner has in a customer's
//! tenant. They come from active relationships, through active assignments to groups that the user
//! is a member of. Source: identity reference §13, §18.8; graph reference §12.

mod change;
mod cycle;
#[cfg(test)]
mod tests;

pub(crate) use change::begin_change;
pub(crate) use cycle::{answer, ask, begin_assignment, end_assignment, run_due, schedule};

use std::collections::BTreeSet;
use std::time::Duration;

use super::claims::object_in;
use super::groups::{self, ADMIN_AGENTS, OPERATORS};
use super::roles::{
    APPLICATION_ADMINISTRATOR, AUTHENTICATION_POLICY_ADMINISTRATOR, CLOUD_DEVICE_ADMINISTRATOR,
    DIRECTORY_READERS, DIRECTORY_WRITERS, DOMAIN_NAME_ADMINISTRATOR, EXCHANGE_ADMINISTRATOR,
    GLOBAL_READER, HELPDESK_ADMINISTRATOR, INTUNE_ADMINISTRATOR, LICENSE_ADMINISTRATOR,
    MAY_CONSENT, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR, SERVICE_SUPPORT_ADMINISTRATOR, USER_ADMINISTRATOR,
};
use super::seed::HOME;
use crate::base::clock::{Timestamp, later};
use crate::sandbox::seed::{id_of, numbered};
use crate::sandbox::store::{
    AccessAssignment, AssignmentStatus, Relationship, RelationshipStatus, Staff, Tx, World, key,
};

/// What the names of the seeded relationships begin with; the customer follows.
const NAMED: &str = "Tenantry ";

/// How long a seeded relationship lasts.
const DAYS: u32 = 730;

/// The roles that come with the customers of this sandbox: without Global Administrator, with which
/// a relationship could not extend itself.
const ROLES: [&str; 16] = [
    DIRECTORY_READERS,
    DIRECTORY_WRITERS,
    GLOBAL_READER,
    HELPDESK_ADMINISTRATOR,
    LICENSE_ADMINISTRATOR,
    PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
    PRIVILEGED_ROLE_ADMINISTRATOR,
    SERVICE_SUPPORT_ADMINISTRATOR,
    USER_ADMINISTRATOR,
    APPLICATION_ADMINISTRATOR,
    AUTHENTICATION_POLICY_ADMINISTRATOR,
    CLOUD_DEVICE_ADMINISTRATOR,
    DOMAIN_NAME_ADMINISTRATOR,
    EXCHANGE_ADMINISTRATOR,
    INTUNE_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR,
];

/// A relationship with its assignments.
#[derive(Debug, Clone)]
pub(crate) struct Related {
    pub(crate) relationship: Relationship,
    pub(crate) assignments: Vec<AccessAssignment>,
}

/// Returns the relationships with a customer; those of a customer by number are made here.
pub(crate) fn related(world: &World, customer: &str) -> Vec<Related> {
    if let Some(since) = numbered::since(world, customer) {
        return vec![seeded(customer, since)];
    }
    let relationships = world.gdap.relationships.under(customer);
    relationships
        .map(|(_, relationship)| Related {
            relationship: relationship.clone(),
            assignments: assignments(world, &relationship.id),
        })
        .collect()
}

/// Returns the assignments of a relationship that is kept in the tables.
fn assignments(world: &World, relationship: &str) -> Vec<AccessAssignment> {
    let rows = world.gdap.assignments.under(relationship);
    rows.map(|(_, assignment)| assignment.clone()).collect()
}

/// Returns a relationship to be changed: it is kept in the tables from now on, and counts the change.
pub(crate) fn edit<'t>(tx: &'t mut Tx<'_>, id: &str) -> Option<&'t mut Relationship> {
    let customer = find(tx, id)?.relationship.customer;
    numbered::keep(tx, &customer);
    let now = tx.now();
    let row = tx.gdap.relationships.edit(&key(&[&customer, id]))?;
    row.touch(now);
    Some(row)
}

/// Returns an assignment to be changed, which counts the change.
pub(crate) fn edit_assignment<'t>(
    tx: &'t mut Tx<'_>,
    relationship: &str,
    id: &str,
) -> Option<&'t mut AccessAssignment> {
    let customer = find(tx, relationship)?.relationship.customer;
    numbered::keep(tx, &customer);
    let now = tx.now();
    let row = tx.gdap.assignments.edit(&key(&[relationship, id]))?;
    row.modified = now;
    row.version += 1;
    Some(row)
}

/// Tells whether a relationship has that name, apart from one.
pub(crate) fn has_name(world: &World, name: &str, apart: Option<&str>) -> bool {
    let mut kept = world.gdap.relationships.iter().map(|(_, row)| row);
    let same = |row: &Relationship| {
        row.name.eq_ignore_ascii_case(name) && apart.is_none_or(|apart| row.id != apart)
    };
    let made = name.strip_prefix(NAMED).and_then(|customer| {
        let since = numbered::since(world, customer)?;
        Some(seeded(customer, since).relationship)
    });
    kept.any(same) || made.is_some_and(|row| same(&row))
}

/// Finds a relationship by its id.
pub(crate) fn find(world: &World, id: &str) -> Option<Related> {
    let kept = || {
        let mut rows = world.gdap.relationships.iter();
        let (_, row) = rows.find(|(_, row)| row.id == id)?;
        Some(row.customer.clone())
    };
    let customers = [numbered::named(world, id), kept()];
    customers
        .into_iter()
        .flatten()
        .flat_map(|customer| related(world, &customer))
        .find(|related| related.relationship.id == id)
}

/// Returns the relationships after a key (`customer/relationship`), in the order of their keys: of
/// one customer, or of all.
pub(crate) fn after<'w>(
    world: &'w World,
    customer: Option<&str>,
    after: Option<&str>,
) -> Box<dyn Iterator<Item = Relationship> + 'w> {
    let after = after.unwrap_or_default().to_owned();
    let key_of = |row: &Relationship| format!("{}/{}", row.customer, row.id);
    if let Some(customer) = customer {
        let rows = related(world, customer).into_iter();
        let rows = rows.map(|related| related.relationship);
        return Box::new(rows.filter(move |row| key_of(row) > after));
    }
    let first = after.clone();
    let mut kept = world
        .gdap
        .relationships
        .from_key(&after)
        .filter(move |(key, _)| *key != first)
        .map(|(_, row)| row.clone())
        .peekable();
    let last = after.split('/').next().filter(|id| !id.is_empty());
    let mut made = numbered::after(world, last)
        .map(|customer| seeded(&customer.id, customer.created).relationship)
        .peekable();
    Box::new(std::iter::from_fn(move || {
        match (kept.peek(), made.peek()) {
            (Some(left), Some(right)) if left.customer > right.customer => made.next(),
            (None, _) => made.next(),
            _ => kept.next(),
        }
    }))
}

/// Finds the partner's user behind an object id of a tenant: its own id at home, that of the foreign
/// identity elsewhere.
pub(crate) fn partner_user(world: &World, tenant: &str, object: &str) -> Option<Staff> {
    let mut staff = world.entra.staff.iter().map(|(_, staff)| staff);
    staff
        .find(|staff| object_in(staff, tenant) == object)
        .cloned()
}

/// Returns the roles that a user of the partner has in a customer's tenant; without any, the user
/// does not reach it.
pub(crate) fn roles(world: &World, now: Timestamp, user: &str, customer: &str) -> BTreeSet<String> {
    let groups = groups::transitive(world, HOME, user);
    let in_force = related(world, customer)
        .into_iter()
        .filter(|related| related.relationship.status_at(now) == RelationshipStatus::Active)
        .flat_map(|related| related.assignments)
        .filter(|assignment| assignment.status == AssignmentStatus::Active);
    in_force
        .filter(|assignment| groups.iter().any(|group| group.id == assignment.group))
        .flat_map(|assignment| assignment.roles)
        .collect()
}

/// Tells whether one of the roles may consent to an application for a whole tenant.
pub(crate) fn may_consent(roles: &BTreeSet<String>) -> bool {
    MAY_CONSENT.iter().any(|role| roles.contains(*role))
}

/// Tells whether the partner has any active relationship with a customer, whoever may use it.
pub(crate) fn is_related(world: &World, now: Timestamp, customer: &str) -> bool {
    related(world, customer)
        .iter()
        .any(|related| related.relationship.status_at(now) == RelationshipStatus::Active)
}

/// Returns the relationship of a seeded customer, which gives its roles to the operators.
fn seeded(customer: &str, since: Timestamp) -> Related {
    relate(
        customer,
        (&id_of(customer, 7, 1), &id_of(customer, 8, 1)),
        OPERATORS,
        since,
    )
}

/// Returns a relationship and its one assignment, both in force; `ids` are theirs.
fn relate(customer: &str, ids: (&str, &str), group: &str, since: Timestamp) -> Related {
    let roles: Vec<String> = ROLES.iter().map(|&role| role.to_owned()).collect();
    let relationship = Relationship {
        id: format!("{}-{HOME}", ids.0),
        name: format!("{NAMED}{customer}"),
        customer: customer.to_owned(),
        roles: roles.clone(),
        days: DAYS,
        extends: true,
        status: RelationshipStatus::Active,
        created: since,
        modified: since,
        activated: Some(since),
        ends: Some(later(since, Duration::from_secs(u64::from(DAYS) * 86_400))),
        version: 1,
    };
    let assignment = AccessAssignment {
        id: ids.1.to_owned(),
        group: group.to_owned(),
        roles,
        status: AssignmentStatus::Active,
        created: since,
        modified: since,
        version: 1,
    };
    Related {
        relationship,
        assignments: vec![assignment],
    }
}

/// Gives a seeded customer its relationship.
pub(crate) fn seed(tx: &mut Tx<'_>, customer: &str, since: Timestamp) {
    let related = seeded(customer, since);
    keep(tx, related);
}

/// Gives a new customer the relationship that it begins with. The reference names none; the sandbox
/// keeps it so that the admin agents reach every customer that the partner creates.
pub(crate) fn begin(tx: &mut Tx<'_>, customer: &str) {
    let (first, second) = (tx.guid(), tx.guid());
    let related = relate(customer, (&first, &second), ADMIN_AGENTS, tx.now());
    keep(tx, related);
}

/// Puts a relationship with its assignments into the tables.
pub(crate) fn keep(tx: &mut Tx<'_>, related: Related) {
    let Related {
        relationship,
        assignments,
    } = related;
    for assignment in assignments {
        let key = key(&[&relationship.id, &assignment.id]);
        tx.gdap.assignments.put(&key, assignment);
    }
    let key = key(&[&relationship.customer, &relationship.id]);
    tx.gdap.relationships.put(&key, relationship);
}

/// Removes everything between the partner and a customer.
pub(crate) fn remove(tx: &mut Tx<'_>, customer: &str) {
    for Related {
        relationship,
        assignments,
    } in related(tx, customer)
    {
        for assignment in assignments {
            let key = key(&[&relationship.id, &assignment.id]);
            tx.gdap.assignments.remove(&key);
        }
        macro_rules! clear {
            ($($table:ident)*) => {
                $(let keys = tx.gdap.$table.under(&relationship.id);
                let keys: Vec<String> = keys.map(|(key, _)| key.to_owned()).collect();
                for key in keys {
                    tx.gdap.$table.remove(&key);
                })*
            };
        }
        clear!(requests operations);
        let key = key(&[customer, &relationship.id]);
        tx.gdap.relationships.remove(&key);
    }
}
