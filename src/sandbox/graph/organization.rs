//! The tenant itself: a list of one. Source: graph reference §11.

use serde_json::{Value, json};

use super::access::{permitted, standing};
use super::odata::{context, only, select};
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::entra::tenants;
use crate::sandbox::partner::scope;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Address, Tx};

pub(super) const ROUTES: &[Route] = &[Route::graph("GET", "/v1.0/organization", list)];

const READ: [&str; 3] = [
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "User.Read",
];

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    only(request, &["$select"])?;
    let caller = permitted(request, &READ)?;
    standing(tx, caller)?;
    let whole = shown(tx, &caller.tenant)?;
    Ok(Reply::ok(json!({
        "@odata.context": context(request, "organization"),
        "value": [select(request, whole, &[])?],
    })))
}

fn shown(tx: &Tx<'_>, id: &str) -> Result<Value, Refusal> {
    let tenant = tenants::find(tx, id).ok_or_else(|| super::access::missing(id))?;
    let customer = scope::find(tx, id);
    let organization = tx.partner.organizations.get(id);
    let address = customer
        .as_ref()
        .map(|customer| &customer.address)
        .or_else(|| organization.map(|organization| &organization.address));
    let text = |part: fn(&Address) -> Option<&String>| address.and_then(part);
    let country = address.map(|address| &address.country);
    let domains: Vec<Value> = (0..)
        .zip(&tenant.domains)
        .map(|(number, name)| {
            json!({
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": number == 0,
                "isInitial": number == 0,
                "name": name,
                "type": "Managed",
            })
        })
        .collect();
    let partner = (id == HOME).then_some("resellerPartnerDelegatedAdmin");
    Ok(json!({
        "id": tenant.id,
        "deletedDateTime": null,
        "businessPhones": [],
        "city": text(|address| address.city.as_ref()),
        "country": country,
        "countryLetterCode": country,
        "createdDateTime": customer.as_ref().map(|customer| customer.created),
        "defaultUsageLocation": country,
        "displayName": tenant.name,
        "onPremisesSyncEnabled": null,
        "partnerTenantType": partner,
        "postalCode": text(|address| address.postal_code.as_ref()),
        "preferredLanguage": "en",
        "state": text(|address| address.state.as_ref()),
        "street": text(|address| address.address_line1.as_ref()),
        "technicalNotificationMails": [],
        "tenantType": "AAD",
        "assignedPlans": [],
        "provisionedPlans": [],
        "verifiedDomains": domains,
    }))
}
