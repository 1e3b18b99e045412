//! Whether a user gets a token in a tenant: another one than its own must be reachable by GDAP, and
//! the application consented there. Source: identity reference §13, §18.

use super::aadsts::Aadsts;
use super::gdap;
use super::scope::Wanted;
use super::tenants::consent_of;
use crate::sandbox::store::{App, Staff, Tx};

/// Returns the scopes that the user has there: the tenant must be reachable and consented.
pub(super) fn reachable(
    tx: &Tx<'_>,
    app: &App,
    user: &Staff,
    tenant: &str,
    wanted: &Wanted,
) -> Result<Vec<String>, Aadsts> {
    let related = || !gdap::roles(tx, tx.now(), &user.id, tenant).is_empty();
    if tenant != user.tenant && !related() {
        let text = format!(
            "User account '{}' from identity provider 'https://sts.windows.net/{}/' does not exist in tenant '{tenant}' and cannot access the application '{}' in that tenant. The account needs to be added as an external user in the tenant first.",
            user.upn, user.tenant, app.id
        );
        return Err(Aadsts::new(50_020, text));
    }
    let Some(consent) = consent_of(tx, tenant, &app.id) else {
        let text = format!(
            "The application '{}' ({}) has not been authorized in the tenant '{tenant}'. Applications must be authorized to access the customer tenant before partner delegated administrators can use them. You need either pre-consent or execute the appropriate Partner Center API to authorize your application.",
            app.id, app.name
        );
        return Err(Aadsts::new(90_099, text));
    };
    let scopes = granted(&consent.scopes, wanted.resource).unwrap_or_default();
    let covered = wanted.permissions.iter().all(|wanted| {
        scopes
            .iter()
            .any(|scope| scope.eq_ignore_ascii_case(wanted))
    });
    if scopes.is_empty() || !covered {
        let text = format!(
            "The user or administrator has not consented to use the application with ID '{}' named '{}'. Send an interactive authorization request for this user and resource.",
            app.id, app.name
        );
        return Err(Aadsts::new(65_001, text));
    }
    Ok(scopes.to_vec())
}

/// Returns what is granted for a resource.
pub(super) fn granted<'a>(
    grants: &'a [(String, Vec<String>)],
    resource: &str,
) -> Option<&'a [String]> {
    let (_, permissions) = grants.iter().find(|(name, _)| name == resource)?;
    Some(permissions)
}
