//! Applications, the service principals that stand for them in a directory, and what they may do:
//! views of the applications and consents that tokens are issued by. Source: graph reference §10.

mod app_roles;
mod applications;
mod credentials;
mod grants;
mod keys;
mod owners;
mod permissions;
mod principals;
#[cfg(test)]
mod tests;

pub(super) use applications::{
    KIND as APPLICATION, application, rows as applications, shown, using,
};
pub(super) use grants::{KIND as GRANT, rows as grants};
pub(super) use owners::owned;
pub(super) use principals::{KIND as PRINCIPAL, all as principals, principal};

use super::access::{READERS, Rule};
use crate::sandbox::entra::roles::{
    APPLICATION_ADMINISTRATOR, CLOUD_APPLICATION_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR,
};
use crate::sandbox::route::Route;

/// The routes, by file.
pub(super) const ROUTES: [&[Route]; 6] = [
    applications::ROUTES,
    credentials::ROUTES,
    principals::ROUTES,
    grants::ROUTES,
    app_roles::ROUTES,
    owners::ROUTES,
];

/// Who may see applications and service principals.
pub(super) const READ: Rule = Rule {
    scopes: &[
        "Application.Read.All",
        "Application.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &[
        "Application.Read.All",
        "Application.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    roles: READERS,
    members: true,
};

/// Who may change them.
const WRITE: Rule = Rule {
    scopes: &[
        "Application.ReadWrite.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &["Application.ReadWrite.All", "Directory.ReadWrite.All"],
    roles: &[APPLICATION_ADMINISTRATOR, CLOUD_APPLICATION_ADMINISTRATOR],
    members: false,
};

/// Who may see what is granted.
pub(super) const READ_GRANTS: Rule = Rule {
    scopes: &[
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
        "DelegatedPermissionGrant.ReadWrite.All",
    ],
    apps: &[
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "DelegatedPermissionGrant.ReadWrite.All",
    ],
    roles: READERS,
    members: true,
};

/// Who may grant delegated permissions.
const WRITE_GRANTS: Rule = Rule {
    scopes: &[
        "DelegatedPermissionGrant.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &["DelegatedPermissionGrant.ReadWrite.All"],
    roles: &[
        APPLICATION_ADMINISTRATOR,
        CLOUD_APPLICATION_ADMINISTRATOR,
        PRIVILEGED_ROLE_ADMINISTRATOR,
    ],
    members: false,
};

/// Who may give roles of applications.
const WRITE_ROLES: Rule = Rule {
    scopes: &[
        "AppRoleAssignment.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &["AppRoleAssignment.ReadWrite.All"],
    roles: &[
        APPLICATION_ADMINISTRATOR,
        CLOUD_APPLICATION_ADMINISTRATOR,
        PRIVILEGED_ROLE_ADMINISTRATOR,
    ],
    members: false,
};
