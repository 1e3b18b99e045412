//! The tenants that a token stands for: its own, and the user's home where that is another one. Source:
//! arm reference §10.1.

use serde_json::{Value, json};

use super::access::version;
use super::page;
use super::subscriptions::VERSIONS;
use crate::sandbox::entra::{gdap, tenants};
use crate::sandbox::partner::scope;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Tx, World};

pub(super) const ROUTES: &[Route] = &[Route::arm("GET", "/tenants", list)];

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let caller = request.caller()?;
    let mut ids = vec![caller.tenant.clone()];
    let staff = gdap::partner_user(tx, &caller.tenant, &caller.object);
    ids.extend(
        staff
            .map(|staff| staff.tenant)
            .filter(|home| *home != caller.tenant),
    );
    let shown = ids.iter().filter_map(|id| shown(tx, id)).collect();
    page::list(request, shown)
}

fn shown(world: &World, id: &str) -> Option<Value> {
    let tenant = tenants::find(world, id)?;
    let customer = scope::find(world, id).map(|customer| customer.billing.address.country);
    let partner = world.partner.organizations.get(id);
    let country = customer.or_else(|| partner.map(|partner| partner.address.country.clone()));
    Some(json!({
        "id": format!("/tenants/{id}"),
        "tenantId": id,
        "countryCode": country,
        "displayName": tenant.name,
        "domains": tenant.domains,
        "defaultDomain": tenant.domains.first(),
        "tenantType": "AAD",
        "tenantCategory": "Home",
    }))
}
