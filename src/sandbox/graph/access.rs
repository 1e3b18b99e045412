//! Who may do what: the permissions of the token, and what its user is in the tenant. Both must
//! allow a call (graph reference §15.2, §15.16).

#[cfg(test)]
mod tests;

use crate::sandbox::entra::gdap;
use crate::sandbox::entra::roles::{
    APPLICATION_ADMINISTRATOR, DIRECTORY_READERS, DIRECTORY_WRITERS, GLOBAL_ADMINISTRATOR,
    GLOBAL_READER, HELPDESK_ADMINISTRATOR, LICENSE_ADMINISTRATOR,
    PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR,
    SERVICE_SUPPORT_ADMINISTRATOR, USER_ADMINISTRATOR,
};
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::partner::scope;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Caller, Principal, Request};
use crate::sandbox::store::{Tx, User};

/// Permissions that reach most of the directory.
const DIRECTORY: [&str; 3] = [
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];

/// A user of the tenant's own directory.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: String,
}

/// What a caller is in the tenant of its token.
#[derive(Debug, Clone)]
pub(super) enum Standing {
    /// A user of its directory.
    Member(Person),
    /// A user of the partner, who has roles by GDAP; without any it has nothing to do here.
    Delegated,
    /// An application.
    App,
}

/// Refuses what the permissions or the roles do not allow.
pub(super) fn denied() -> Refusal {
    let text = "Insufficient privileges to complete the operation.";
    Refusal::new(403, "Authorization_RequestDenied", text)
}

/// Refuses because an object is not there.
pub(super) fn missing(id: &str) -> Refusal {
    let text = format!(
        "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
    );
    Refusal::new(404, "Request_ResourceNotFound", text)
}

/// Returns the caller, if its token has one of the permissions, or one of those that reach most of
/// the directory.
pub(super) fn permitted<'r>(
    request: &'r Request,
    permissions: &[&str],
) -> Result<&'r Caller, Refusal> {
    let caller = request.caller()?;
    if has_any(caller, permissions) || has_any(caller, &DIRECTORY) {
        return Ok(caller);
    }
    Err(denied())
}

/// Returns the caller, if its token is a user's and has one of exactly these permissions.
pub(super) fn delegated<'r>(
    request: &'r Request,
    permissions: &[&str],
) -> Result<&'r Caller, Refusal> {
    let caller = request.caller()?;
    if caller.principal == Principal::User && has_any(caller, permissions) {
        return Ok(caller);
    }
    Err(denied())
}

/// Who may do something: a permission of the token, and what its user is in the tenant, must both
/// allow it.
#[derive(Debug)]
pub(super) struct Rule {
    /// Delegated permissions, each of which suffices.
    pub(super) scopes: &'static [&'static str],
    /// Application permissions, each of which suffices; without any, no application may.
    pub(super) apps: &'static [&'static str],
    /// Directory roles, each of which suffices for a user, at home or by GDAP. A Global
    /// Administrator always may.
    pub(super) roles: &'static [&'static str],
    /// Whether every member of the directory may, without a role.
    pub(super) members: bool,
}

/// Roles that read the directory.
pub(super) const READERS: &[&str] = &[
    GLOBAL_READER,
    DIRECTORY_READERS,
    DIRECTORY_WRITERS,
    USER_ADMINISTRATOR,
    HELPDESK_ADMINISTRATOR,
    LICENSE_ADMINISTRATOR,
    PRIVILEGED_ROLE_ADMINISTRATOR,
    PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
    APPLICATION_ADMINISTRATOR,
    SERVICE_SUPPORT_ADMINISTRATOR,
];

/// Returns the caller, if a rule lets it through.
pub(super) fn admit<'r>(
    request: &'r Request,
    tx: &Tx<'_>,
    rule: &Rule,
) -> Result<&'r Caller, Refusal> {
    let caller = request.caller()?;
    if caller.principal == Principal::App {
        let may = has_any(caller, rule.apps);
        return if may { Ok(caller) } else { Err(denied()) };
    }
    let roles = roles_of(tx, caller);
    let is_member = matches!(standing(tx, caller)?, Standing::Member(_));
    let has_role = roles
        .iter()
        .any(|role| role == GLOBAL_ADMINISTRATOR || rule.roles.contains(&role.as_str()));
    if has_any(caller, rule.scopes) && (has_role || (is_member && rule.members)) {
        return Ok(caller);
    }
    Err(denied())
}

/// Returns the directory roles that a caller has where it calls: by GDAP, or those of its token.
pub(super) fn roles_of(tx: &Tx<'_>, caller: &Caller) -> Vec<String> {
    match gdap::partner_user(tx, &caller.tenant, &caller.object) {
        Some(staff) if caller.tenant != HOME => {
            let roles = gdap::roles(tx, tx.now(), &staff.id, &caller.tenant);
            roles.into_iter().collect()
        }
        _ => caller.directory_roles.clone(),
    }
}

fn has_any(caller: &Caller, permissions: &[&str]) -> bool {
    permissions.iter().any(|wanted| {
        let mut held = caller.permissions.iter();
        held.any(|held| held.eq_ignore_ascii_case(wanted))
    })
}

/// Returns what the caller is in the tenant.
pub(super) fn standing(tx: &Tx<'_>, caller: &Caller) -> Result<Standing, Refusal> {
    if caller.principal == Principal::App {
        return Ok(Standing::App);
    }
    if let Some(staff) = gdap::partner_user(tx, &caller.tenant, &caller.object) {
        if caller.tenant != HOME {
            let roles = gdap::roles(tx, tx.now(), &staff.id, &caller.tenant);
            return if roles.is_empty() {
                Err(denied())
            } else {
                Ok(Standing::Delegated)
            };
        }
        return Ok(Standing::Member(Person { id: staff.id }));
    }
    let user = scope::row::<User>(tx, &caller.tenant, &caller.object)
        .filter(|user| user.deleted.is_none())
        .ok_or_else(denied)?;
    Ok(Standing::Member(Person { id: user.id }))
}
