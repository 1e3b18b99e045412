//! The tenant itself: a list of one. Source: graph reference §11.

use serde_json::{Value, json};

use super::access::{Rule, admit, missing, permitted, standing};
use super::body::{self, Body};
use super::odata::{Kind, entity, listed, only};
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::entra::{domains, tenants};
use crate::sandbox::partner::scope;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Address, OrganizationDetails, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/organization", list),
    Route::graph("GET", "/v1.0/organization/{organization}", get),
    Route::graph("PATCH", "/v1.0/organization/{organization}", update),
];

const READ: [&str; 3] = [
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "User.Read",
];

/// Only a Global Administrator changes it.
const WRITE: Rule = Rule {
    scopes: &["Organization.ReadWrite.All", "Directory.AccessAsUser.All"],
    apps: &["Organization.ReadWrite.All"],
    roles: &[],
    members: false,
};

const ORGANIZATION: Kind = Kind {
    name: "Organization",
    most: 0,
    ..Kind::PLAIN
};

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = permitted(request, &READ)?;
    standing(tx, caller)?;
    let whole = shown(tx, &caller.tenant)?;
    listed(request, &ORGANIZATION, "organization", [whole])
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = permitted(request, &READ)?;
    standing(tx, caller)?;
    own(request, &caller.tenant)?;
    let whole = shown(tx, &caller.tenant)?;
    entity(request, &ORGANIZATION, "organization/$entity", whole)
}

/// Refuses every other tenant than that of the token.
fn own(request: &Request, tenant: &str) -> Result<(), Refusal> {
    let id = request.param("organization");
    if id.eq_ignore_ascii_case(tenant) {
        return Ok(());
    }
    Err(missing(id))
}

/// Changes where notifications go; that is all that the sandbox takes.
fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    only(request, &[])?;
    own(request, &tenant)?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["@odata.type", "technicalNotificationMails"])?;
    if let Some(mails) = body.texts("technicalNotificationMails")? {
        let technical = mails.into_iter().map(str::to_owned).collect();
        let row = OrganizationDetails { technical };
        tx.policy.organizations.put(&tenant, row);
    }
    Ok(Reply::empty(204))
}

fn shown(tx: &Tx<'_>, id: &str) -> Result<Value, Refusal> {
    let tenant = tenants::find(tx, id).ok_or_else(|| missing(id))?;
    let customer = scope::find(tx, id);
    let organization = tx.partner.organizations.get(id);
    let address = customer
        .as_ref()
        .map(|customer| &customer.address)
        .or_else(|| organization.map(|organization| &organization.address));
    let text = |part: fn(&Address) -> Option<&String>| address.and_then(part);
    let country = address.map(|address| &address.country);
    let known = domains::of(tx, id).into_iter();
    let domains: Vec<Value> = known
        .filter(|known| known.verified)
        .map(|known| {
            json!({
                "capabilities": known.domain.services.join(", "),
                "isDefault": known.domain.default,
                "isInitial": known.initial,
                "name": known.domain.name,
                "type": "Managed",
            })
        })
        .collect();
    let details = tx.policy.organizations.get(id);
    let technical = details.map(|details| &details.technical[..]);
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
        "technicalNotificationMails": technical.unwrap_or_default(),
        "tenantType": "AAD",
        "assignedPlans": [],
        "provisionedPlans": [],
        "verifiedDomains": domains,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::entra::roles::GLOBAL_ADMINISTRATOR;
    use crate::sandbox::graph::bench::{Megan, refused};
    use crate::sandbox::seed::{FABRIKAM, TAILSPIN};
    use crate::sandbox::testing::Bench;

    #[test]
    fn only_a_global_administrator_changes_where_notifications_go() {
        let bench = Bench::new();
        let own = format!("/v1.0/organization/{FABRIKAM}");
        let body = json!({ "technicalNotificationMails": ["it@fabrikam.example"] });
        let megan = Megan::of(&bench, FABRIKAM);
        assert_eq!(refused(&megan.patch(&own, &body)).0, 403);
        let megan = Megan::with(
            &bench,
            FABRIKAM,
            &["Organization.ReadWrite.All"],
            &[GLOBAL_ADMINISTRATOR],
        );
        assert_eq!(megan.patch(&own, &body).status, 204);
        let seen = megan.get(&own);
        assert_eq!(
            seen.json["technicalNotificationMails"],
            body["technicalNotificationMails"]
        );
        let odd = json!({ "displayName": "Another" });
        assert_eq!(refused(&megan.patch(&own, &odd)).0, 400);
        let other = format!("/v1.0/organization/{TAILSPIN}");
        assert_eq!(refused(&megan.get(&other)).0, 404);
    }
}
