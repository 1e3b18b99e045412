//! Client credentials: the application acts for itself, where it is known. It gets the application
//! permissions that were granted there, or none. Source: identity reference §3, §8.

use serde_json::Value;

use super::{Call, body};
use crate::sandbox::entra::aadsts::Aadsts;
use crate::sandbox::entra::claims::{LIFETIME, Target};
use crate::sandbox::entra::client::{Must, unknown};
use crate::sandbox::entra::directory::tenant;
use crate::sandbox::entra::reach::granted;
use crate::sandbox::entra::scope::Grant;
use crate::sandbox::entra::tenants::consent_of;
use crate::sandbox::store::Tx;

/// Issues an application's token.
pub(super) fn issue(call: &Call<'_>, tx: &mut Tx<'_>) -> Result<Value, Aadsts> {
    let segment = call.request.param("tenant");
    match segment.to_lowercase().as_str() {
        "common" | "consumers" => {
            let text = "The grant type 'client_credentials' isn't supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.";
            return Err(Aadsts::new(9_001_023, text));
        }
        "organizations" => return Err(Aadsts::of(50_059)),
        _ => {}
    }
    let tenant = tenant(tx, segment)?;
    call.form.need("client_id")?;
    let wanted = call.wanted(Grant::ClientCredentials)?;
    let (app, proof) = call.client(tx, Some(&tenant.id), Must::Always)?;
    let consent = consent_of(tx, &tenant.id, &app.id);
    let consent = consent.ok_or_else(|| unknown(&app.id, &tenant.id))?;
    let roles = granted(&consent.roles, wanted.resource).unwrap_or_default();
    let id = tx.guid();
    let target = Target {
        tenant: &tenant.id,
        app: &app.id,
        audience: &wanted.audience,
        now: tx.now(),
        id: &id,
        proof,
        capable: call.is_capable(None),
        since: call.since(),
        lifetime: LIFETIME,
    };
    let token = target.app_token(&consent.principal, roles);
    Ok(body(call.version, &target, token))
}
