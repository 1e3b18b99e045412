//! Who lets an application act for users: an administrator for the whole tenant, or a user for
//! itself, where the permission needs no administrator. Source: identity reference §12.

use super::aadsts::Aadsts;
use super::reach::{granted, reachable};
use super::roles::GLOBAL_ADMINISTRATOR;
use super::scope::{GRAPH, Wanted};
use super::tenants::{consent_of, consent_or_new};
use crate::sandbox::store::{App, Staff, Tx, UserConsent, key};

/// Permissions by resource.
pub(super) type Grants = Vec<(String, Vec<String>)>;

/// Returns the scopes that a token of a user in a tenant has.
pub(super) fn scopes(
    tx: &Tx<'_>,
    app: &App,
    user: &Staff,
    tenant: &str,
    wanted: &Wanted,
) -> Result<Vec<String>, Aadsts> {
    if tenant != user.tenant {
        return reachable(tx, app, user, tenant, wanted);
    }
    let consented = consented(tx, app, user, wanted.resource);
    if wanted.only_oidc {
        let oidc = wanted.oidc.iter().filter(|one| **one != "offline_access");
        return Ok(oidc.map(|one| (*one).to_owned()).collect());
    }
    let covered = wanted
        .permissions
        .iter()
        .all(|wanted| has(&consented, wanted));
    if covered && !consented.is_empty() {
        Ok(consented)
    } else {
        Err(not_consented(app))
    }
}

fn has(scopes: &[String], wanted: &str) -> bool {
    scopes
        .iter()
        .any(|scope| scope.eq_ignore_ascii_case(wanted))
}

fn not_consented(app: &App) -> Aadsts {
    let text = format!(
        "The user or administrator has not consented to use the application with ID '{}' named '{}'. Send an interactive authorization request for this user and resource.",
        app.id, app.name
    );
    Aadsts::new(65_001, text)
}

/// Returns what is consented for a user in its own tenant, by anybody.
fn consented(tx: &Tx<'_>, app: &App, user: &Staff, resource: &str) -> Vec<String> {
    let tenant = consent_of(tx, &user.tenant, &app.id);
    let own = tx
        .entra
        .user_consents
        .get(&key(&[&user.tenant, &app.id, &user.id]));
    let tenant = tenant
        .as_ref()
        .and_then(|consent| granted(&consent.scopes, resource));
    let own = own.and_then(|consent| granted(&consent.scopes, resource));
    let mut all = tenant.unwrap_or_default().to_vec();
    for scope in own.unwrap_or_default() {
        if !has(&all, scope) {
            all.push(scope.clone());
        }
    }
    all
}

/// Returns what a user would have to consent to in its own tenant, of what is asked for. A resource
/// without permissions stands for all that the registration lists for it.
pub(super) fn missing(
    tx: &Tx<'_>,
    app: &App,
    user: &Staff,
    asked: &[(&'static str, Vec<String>)],
) -> Result<Grants, Aadsts> {
    let mut missing = Grants::new();
    for (resource, permissions) in asked {
        let consented = consented(tx, app, user, resource);
        let wanted = match permissions.as_slice() {
            [] if !consented.is_empty() => continue,
            [] => listed(app, resource)?,
            named => named,
        };
        let lacking = wanted.iter().filter(|scope| !has(&consented, scope));
        let lacking: Vec<String> = lacking.cloned().collect();
        if !lacking.is_empty() {
            missing.push(((*resource).to_owned(), lacking));
        }
    }
    Ok(missing)
}

fn listed<'a>(app: &'a App, resource: &str) -> Result<&'a [String], Aadsts> {
    granted(&app.requires, resource).ok_or_else(|| {
        let text = format!(
            "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: {}. Resource value from request: {resource}.",
            app.id
        );
        Aadsts::new(650_057, text)
    })
}

/// Grants what a user consents to for itself.
pub(super) fn grant_to_user(
    tx: &mut Tx<'_>,
    app: &App,
    user: &Staff,
    grants: &Grants,
) -> Result<(), Aadsts> {
    let restricted = grants
        .iter()
        .any(|(resource, scopes)| scopes.iter().any(|scope| is_restricted(resource, scope)));
    if restricted && !administers(user) {
        let text = format!(
            "'{}' needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.",
            app.name
        );
        return Err(Aadsts::new(90_094, text));
    }
    principal(tx, app, &user.tenant);
    let key = key(&[&user.tenant, &app.id, &user.id]);
    let mut row = tx.entra.user_consents.get(&key).cloned();
    let all = &mut row.get_or_insert_with(UserConsent::default).scopes;
    merge(all, grants);
    if let Some(row) = row {
        tx.entra.user_consents.put(&key, row);
    }
    Ok(())
}

/// Grants permissions for everybody in a tenant.
pub(super) fn grant_to_tenant(
    tx: &mut Tx<'_>,
    app: &App,
    tenant: &str,
    scopes: &Grants,
    roles: &Grants,
) {
    principal(tx, app, tenant);
    if let Some(consent) = tx.entra.consents.edit(&key(&[tenant, &app.id])) {
        merge(&mut consent.scopes, scopes);
        merge(&mut consent.roles, roles);
    }
}

/// Makes the service principal of an application in a tenant, where there is none.
fn principal(tx: &mut Tx<'_>, app: &App, tenant: &str) {
    let consent = consent_or_new(tx, tenant, &app.id);
    tx.entra.consents.put(&key(&[tenant, &app.id]), consent);
}

fn merge(all: &mut Grants, more: &Grants) {
    for (resource, permissions) in more {
        match all.iter_mut().find(|(known, _)| known == resource) {
            None => all.push((resource.clone(), permissions.clone())),
            Some((_, known)) => {
                for permission in permissions {
                    if !has(known, permission) {
                        known.push(permission.clone());
                    }
                }
            }
        }
    }
}

/// Tells whether a user administers its own tenant.
fn administers(user: &Staff) -> bool {
    user.directory_roles
        .iter()
        .any(|role| role == GLOBAL_ADMINISTRATOR)
}

/// Tells whether only an administrator may grant a permission: those of Microsoft Graph that reach
/// beyond the user's own things.
fn is_restricted(resource: &str, permission: &str) -> bool {
    let permission = permission.to_lowercase();
    let begins = |word: &str| permission.starts_with(word);
    let open = [
        "user.readbasic.all",
        "files.read.all",
        "files.readwrite.all",
    ];
    resource == GRAPH
        && (permission.split('.').next_back() == Some("all")
            || begins("directory.")
            || begins("rolemanagement."))
        && !open.contains(&permission.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_beyond_the_user_needs_an_administrator() {
        let check = |permission, expected| {
            let seen = is_restricted(GRAPH, permission);
            assert_eq!(seen, expected, "{permission}");
        };
        check("User.Read", false);
        check("Mail.Read", false);
        check("User.ReadBasic.All", false);
        check("User.ReadWrite.All", true);
        check("Directory.AccessAsUser.All", true);
        check("DelegatedAdminRelationship.ReadWrite.All", true);
        assert!(!is_restricted(
            "https://management.azure.com",
            "user_impersonation"
        ));
    }
}
