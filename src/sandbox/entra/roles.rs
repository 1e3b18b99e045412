//! Built-in roles: those of a directory by template id, and the one of Azure that the partner has;
//! and who has which directory role. Source: graph reference §9; arm reference §10.7.

use super::groups;
use super::seed::{ADMIN, HOME};
use crate::sandbox::derived;
use crate::sandbox::seed::{id_of, numbered};
use crate::sandbox::store::{RoleAssignment, Tx, World, key};

macro_rules! roles {
    ($($name:ident = $id:literal $title:literal;)*) => {
        $(#[doc = concat!("`", $title, "`")] pub(crate) const $name: &str = $id;)*

        /// The built-in roles: template id and name. Some of the names are not confirmed: those of
        /// License, Service Support and Dynamics 365 Administrator, Directory Readers and Writers.
        pub(crate) const BUILT_IN: &[(&str, &str)] = &[$(($name, $title),)*];
    };
}

roles! {
    GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10" "Global Administrator";
    GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451" "Global Reader";
    USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1" "User Administrator";
    HELPDESK_ADMINISTRATOR = "729827e3-9c14-49f7-bb1b-9608f156bbb8" "Helpdesk Administrator";
    PRIVILEGED_ROLE_ADMINISTRATOR = "e8611ab8-c189-46e8-94e1-60213ab1f814" "Privileged Role Administrator";
    PRIVILEGED_AUTHENTICATION_ADMINISTRATOR = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13" "Privileged Authentication Administrator";
    APPLICATION_ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3" "Application Administrator";
    CLOUD_APPLICATION_ADMINISTRATOR = "158c047a-c907-4556-b7ef-446551a6b5f7" "Cloud Application Administrator";
    LICENSE_ADMINISTRATOR = "4d6ac14f-3453-41d0-bef9-a3e0c569773a" "License Administrator";
    SERVICE_SUPPORT_ADMINISTRATOR = "f023fd81-a637-4b56-95fd-791ac0226033" "Service Support Administrator";
    DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b" "Directory Readers";
    DIRECTORY_WRITERS = "9360feb5-f418-4baa-8175-e2a00bac4301" "Directory Writers";
    EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de" "Exchange Administrator";
    SHAREPOINT_ADMINISTRATOR = "f28a1f50-f6e7-4571-818b-6a12f2af6b6c" "SharePoint Administrator";
    TEAMS_ADMINISTRATOR = "69091246-20e8-4a56-aa4d-066075b2a7a8" "Teams Administrator";
    INTUNE_ADMINISTRATOR = "3a2c62db-5318-420d-8d74-23affee5d9d5" "Intune Administrator";
    SECURITY_ADMINISTRATOR = "194ae4cb-b126-40b2-bd5b-6091b380977d" "Security Administrator";
    BILLING_ADMINISTRATOR = "b0f54661-2d74-4c50-afa3-1ec803f12efe" "Billing Administrator";
    DOMAIN_NAME_ADMINISTRATOR = "8329153a-20ed-4bf8-aa37-81242c6e8e01" "Domain Name Administrator";
    CLOUD_DEVICE_ADMINISTRATOR = "7698a772-787b-4ac8-901f-60d6b08affd2" "Cloud Device Administrator";
    CLOUD_APP_SECURITY_ADMINISTRATOR = "892c5842-a9a6-463a-8041-72aa08ca3cf6" "Cloud App Security Administrator";
    AUTHENTICATION_POLICY_ADMINISTRATOR = "0526716b-113d-4c15-b2c8-68e3c22b9f80" "Authentication Policy Administrator";
    DYNAMICS_ADMINISTRATOR = "44367163-eba1-44c3-98af-f5787879f96a" "Dynamics 365 Administrator";
}

/// Roles that may consent to an application for a whole tenant. Which of them Partner Center wants
/// is not documented.
pub(crate) const MAY_CONSENT: [&str; 4] = [
    GLOBAL_ADMINISTRATOR,
    APPLICATION_ADMINISTRATOR,
    CLOUD_APPLICATION_ADMINISTRATOR,
    PRIVILEGED_ROLE_ADMINISTRATOR,
];

/// Owner, among the roles of Azure.
pub(crate) const AZURE_OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

/// Returns the name of a directory role.
pub(crate) fn title(role: &str) -> Option<&'static str> {
    let (_, title) = BUILT_IN.iter().find(|(id, _)| *id == role)?;
    Some(title)
}

/// Returns who has which role in a tenant, in the order of the assignments' ids. That of a customer
/// by number is made here: its administrator's.
pub(crate) fn assignments(world: &World, tenant: &str) -> Vec<RoleAssignment> {
    if numbered::since(world, tenant).is_some() {
        let admin = id_of(tenant, 1, 1);
        return vec![assignment(tenant, &admin, GLOBAL_ADMINISTRATOR)];
    }
    let rows = world.directory.role_assignments.under(tenant);
    rows.map(|(_, row)| row.clone()).collect()
}

/// Returns the directory roles that a principal has in its tenant, also through groups.
pub(crate) fn of(world: &World, tenant: &str, principal: &str) -> Vec<String> {
    let groups = groups::direct(world, tenant, principal);
    let is_meant = |row: &RoleAssignment| {
        let mut groups = groups.iter().filter(|group| group.assignable);
        row.principal == principal || groups.any(|group| group.id == row.principal)
    };
    let rows = assignments(world, tenant).into_iter().filter(is_meant);
    let mut roles: Vec<String> = rows.map(|row| row.role).collect();
    roles.sort();
    roles.dedup();
    roles
}

/// Tells whether a role can be seen among the directory roles: somebody has it or had it.
pub(crate) fn is_active(world: &World, tenant: &str, role: &str) -> bool {
    world.directory.activated_roles.has(&key(&[tenant, role]))
        || assignments(world, tenant)
            .iter()
            .any(|row| row.role == role)
}

/// Gives a principal a role, which is active from now on.
pub(crate) fn assign(tx: &mut Tx<'_>, tenant: &str, principal: &str, role: &str) -> RoleAssignment {
    let row = assignment(tenant, principal, role);
    tx.directory
        .activated_roles
        .put(&key(&[tenant, role]), true);
    tx.directory
        .role_assignments
        .put(&key(&[tenant, &row.id]), row.clone());
    row
}

fn assignment(tenant: &str, principal: &str, role: &str) -> RoleAssignment {
    RoleAssignment {
        id: derived::guid(&["role", tenant, principal, role]),
        principal: principal.to_owned(),
        role: role.to_owned(),
    }
}

/// Makes Megan the partner's administrator, and `admin@` that of every customer in the tables.
pub(crate) fn seed(tx: &mut Tx<'_>) {
    assign(tx, HOME, ADMIN, GLOBAL_ADMINISTRATOR);
    let users = tx.partner.users.iter().filter(|(_, user)| {
        user.deleted.is_none() && user.upn.to_lowercase().starts_with("admin@")
    });
    let admins: Vec<(String, String)> = users
        .filter_map(|(key, user)| Some((key.split_once('/')?.0.to_owned(), user.id.clone())))
        .collect();
    for (tenant, admin) in admins {
        assign(tx, &tenant, &admin, GLOBAL_ADMINISTRATOR);
    }
}

/// Puts the assignments of a customer by number into the tables.
pub(crate) fn keep(tx: &mut Tx<'_>, tenant: &str) {
    for row in assignments(tx, tenant) {
        assign(tx, tenant, &row.principal, &row.role);
    }
}

/// Takes all roles of a tenant away.
pub(crate) fn remove(tx: &mut Tx<'_>, tenant: &str) {
    for row in assignments(tx, tenant) {
        let key = key(&[tenant, &row.id]);
        tx.directory.role_assignments.remove(&key);
    }
    for (role, _) in BUILT_IN {
        tx.directory.activated_roles.remove(&key(&[tenant, role]));
    }
}
