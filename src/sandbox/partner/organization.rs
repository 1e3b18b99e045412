//! The partner's own organisation profile (reference §16). User only.

use serde_json::json;

use super::codes::NOT_FOUND;
use super::shape::links;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[Route::partner(
    "GET",
    "/v1/profiles/organization",
    Auth::User,
    get,
)];

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let organization = tx
        .partner
        .organizations
        .get(&request.caller()?.tenant)
        .ok_or_else(|| NOT_FOUND.about(&[&"organization"]))?;
    Ok(Reply::ok(json!({
        "id": organization.tenant,
        "companyName": organization.company_name,
        "defaultAddress": organization.address,
        "tenantId": organization.tenant,
        "domain": organization.domain,
        "email": organization.email,
        "language": organization.language,
        "culture": organization.culture,
        "profileType": "OrganizationProfile",
        "links": links("/profiles/organization"),
        "attributes": { "etag": organization.etag.to_string(), "objectType": "PartnerOrganizationProfile" },
    })))
}
