//! Who is in which group, and the groups of the partner's directory: the agents' groups, by which Partner Center knows its roles,
//! and the one that reaches the customers. Members may be groups, so membership is transitive.

use std::collections::BTreeSet;

use super::seed::{ADMIN, HOME, SELLER};
use crate::sandbox::store::{Group, GroupKind, Tx, World, key};

/// The group whose members are admin agents.
pub(crate) const ADMIN_AGENTS: &str = "6a1c7b62-0009-4000-8000-000000000001";
/// The group whose members are helpdesk agents.
pub(crate) const HELPDESK_AGENTS: &str = "6a1c7b62-0009-4000-8000-000000000002";
/// The group whose members are sales agents.
pub(crate) const SALES_AGENTS: &str = "6a1c7b62-0009-4000-8000-000000000003";
/// The group that the seeded relationships give their roles to.
pub(crate) const OPERATORS: &str = "6a1c7b62-0009-4000-8000-000000000004";

/// A group of the seed: id, name, what it is for, members.
type Seeded = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const SEEDED: [Seeded; 4] = [
    (
        ADMIN_AGENTS,
        "AdminAgents",
        "Admin agents of Partner Center",
        &[ADMIN],
    ),
    (
        HELPDESK_AGENTS,
        "HelpdeskAgents",
        "Helpdesk agents of Partner Center",
        &[ADMIN],
    ),
    (
        SALES_AGENTS,
        "SalesAgents",
        "Sales agents of Partner Center",
        &[ADMIN, SELLER],
    ),
    (
        OPERATORS,
        "Tenantry Operators",
        "Who works in the customers' tenants",
        &[ADMIN],
    ),
];

/// The roles of Partner Center, by the group that gives them.
const AGENTS: [(&str, &str); 3] = [
    (ADMIN_AGENTS, "AdminAgent"),
    (SALES_AGENTS, "SalesAgent"),
    (HELPDESK_AGENTS, "HelpdeskAgent"),
];

/// Makes the partner's groups.
pub(crate) fn seed(tx: &mut Tx<'_>) {
    let created = tx.now();
    for (id, name, description, members) in SEEDED {
        let group = Group {
            id: id.to_owned(),
            tenant: HOME.to_owned(),
            name: name.to_owned(),
            description: description.to_owned(),
            created,
            members: members.iter().map(|&member| member.to_owned()).collect(),
            ..Group::default()
        };
        tx.directory.groups.put(&key(&[HOME, id]), group);
    }
}

/// Returns the groups of a tenant that a principal is a direct member of, in order of their ids.
pub(crate) fn direct<'w>(world: &'w World, tenant: &str, principal: &str) -> Vec<&'w Group> {
    let groups = world.directory.groups.under(tenant);
    groups
        .map(|(_, group)| group)
        .filter(|group| group.deleted.is_none())
        .filter(|group| group.members.iter().any(|member| member == principal))
        .collect()
}

/// Returns the groups of a tenant that a principal is a member of, through other groups too.
pub(crate) fn transitive<'w>(world: &'w World, tenant: &str, principal: &str) -> Vec<&'w Group> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut next = direct(world, tenant, principal);
    while let Some(group) = next.pop() {
        if seen.insert(&group.id) {
            next.extend(direct(world, tenant, &group.id));
            found.push(group);
        }
    }
    found.sort_by(|left, right| left.id.cmp(&right.id));
    found
}

/// Removes the groups of a tenant.
pub(crate) fn remove(tx: &mut Tx<'_>, tenant: &str) {
    let groups = tx.directory.groups.under(tenant);
    let keys: Vec<String> = groups.map(|(key, _)| key.to_owned()).collect();
    for key in keys {
        tx.directory.groups.remove(&key);
    }
}

/// Tells whether access can be given to one of the partner's groups: `None` if there is no such group.
pub(crate) fn gives_access(world: &World, id: &str) -> Option<bool> {
    let group = world.directory.groups.get(&key(&[HOME, id]));
    let group = group.filter(|group| group.deleted.is_none())?;
    Some(group.kind != GroupKind::Unified { secures: false })
}

/// Returns the roles that a principal has in Partner Center.
pub(crate) fn agent_roles(world: &World, principal: &str) -> Vec<String> {
    let groups = transitive(world, HOME, principal);
    AGENTS
        .iter()
        .filter(|(id, _)| groups.iter().any(|group| group.id == *id))
        .map(|(_, role)| (*role).to_owned())
        .collect()
}
