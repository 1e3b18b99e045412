//! The application of a request: who it is, and how it proves that. A confidential client must, a
//! public one must not. Source: identity reference §5, §8, §18.

mod assertion;
mod certificate;

use super::aadsts::Aadsts;
use super::claims::Proof;
use super::form::Form;
use super::tenants::consent_of;
use crate::sandbox::route::Request;
use crate::sandbox::store::{App, RedirectKind, Tx};

pub(super) use certificate::of_pem;
pub(in crate::sandbox) use certificate::times_of;

/// What an application must prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Must {
    /// It acts for itself.
    Always,
    /// It acts for a user: as its registration says.
    AsRegistered,
    /// It redeems a code that went to a redirect address of this kind.
    As(RedirectKind),
}

/// Finds an application that may be used in a tenant (none: `common` and its like).
pub(super) fn find(tx: &Tx<'_>, id: &str, tenant: Option<&str>) -> Result<App, Aadsts> {
    let place = tenant.unwrap_or("common");
    let app = tx.entra.apps.get(id);
    let app = app.ok_or_else(|| unknown(id, place))?;
    let principal = tenant.and_then(|tenant| consent_of(tx, tenant, id));
    if app.disabled || principal.is_some_and(|principal| principal.set.disabled) {
        let text = format!("Application '{}'({}) is disabled.", app.id, app.name);
        return Err(Aadsts::new(7_000_112, text));
    }
    match tenant {
        None if !app.multi_tenant => {
            let text = format!(
                "Application '{}'({}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps. Use a tenant-specific endpoint or configure the application to be multi-tenant.",
                app.id, app.name
            );
            Err(Aadsts::new(50_194, text))
        }
        Some(tenant) if !app.multi_tenant && tenant != app.tenant => Err(unknown(id, place)),
        _ => Ok(app.clone()),
    }
}

/// Finds the application of a token request and checks how it proves itself.
pub(super) fn authenticate(
    request: &Request,
    tx: &mut Tx<'_>,
    form: &Form,
    tenant: Option<&str>,
    must: Must,
) -> Result<(App, Proof), Aadsts> {
    let app = find(tx, form.need("client_id")?, tenant)?;
    let public = match must {
        Must::Always => false,
        Must::AsRegistered => app.public,
        Must::As(kind) => app.public || kind != RedirectKind::Web,
    };
    let secret = form.filled("client_secret");
    let assertion = form.filled("client_assertion");
    let proof = match (public, assertion, secret) {
        (true, None, None) => Proof::Nothing,
        (true, ..) => return Err(Aadsts::of(700_025)),
        (false, Some(assertion), _) => {
            let kind = form.need("client_assertion_type")?;
            if kind != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
                let text = format!("The client_assertion_type '{kind}' is not supported.");
                return Err(Aadsts::new(9_002_313, text));
            }
            assertion::check(request, tx, &app, tenant, assertion)?;
            Proof::Assertion
        }
        (false, None, Some(secret)) => {
            check_secret(tx, &app, secret)?;
            Proof::Secret
        }
        (false, None, None) => return Err(Aadsts::of(7_000_218)),
    };
    Ok((app, proof))
}

fn check_secret(tx: &Tx<'_>, app: &App, given: &str) -> Result<(), Aadsts> {
    match app.secrets.iter().find(|secret| secret.value == given) {
        None => {
            let text = format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{}'.",
                app.id
            );
            Err(Aadsts::new(7_000_215, text))
        }
        Some(secret) if secret.ends <= tx.now() => {
            let text = format!(
                "The provided client secret keys for app '{}' are expired. Visit the Azure portal to create new keys for your app.",
                app.id
            );
            Err(Aadsts::new(7_000_222, text))
        }
        Some(_) => Ok(()),
    }
}

/// Refuses because no such application is known in the tenant.
pub(super) fn unknown(id: &str, tenant: &str) -> Aadsts {
    let text = format!(
        "Application with identifier '{id}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant."
    );
    Aadsts::new(700_016, text)
}
