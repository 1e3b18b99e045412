//! Pre-consent (identity reference §13, step 5): the partner consents to an application in a
//! customer's tenant, or takes that back. User only; it needs an admin agent whose GDAP roles in the
//! tenant include one that may consent.

use serde_json::{Value, json};

use super::audit::{Written, record};
use super::body::Body;
use super::codes::{
    CONSENT_EXISTS, INVALID_PROPERTY, MISSING, NO_PRIVILEGE, NOT_A_GUID, NOT_FOUND,
};
use super::scope::{Part, customer_to_change};
use super::shape::{attributes, lean};
use crate::sandbox::entra::{GRAPH, gdap, tenants};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{Customer, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::partner(
        "POST",
        "/v1/customers/{customer}/applicationconsents",
        Auth::User,
        consent,
    ),
    Route::partner(
        "DELETE",
        "/v1/customers/{customer}/applicationconsents/{application}",
        Auth::User,
        remove,
    ),
];

/// Returns the customer, if the caller may consent for it.
fn customer(request: &Request, tx: &mut Tx<'_>) -> Result<Customer, Refusal> {
    let customer = customer_to_change(request, tx, Part::Directory)?;
    let caller = request.caller()?;
    let agent = caller.roles.iter().any(|role| role == "AdminAgent");
    let roles = gdap::roles(tx, tx.now(), &caller.object, &customer.id);
    if agent && gdap::may_consent(&roles) {
        return Ok(customer);
    }
    Err(NO_PRIVILEGE.refuse())
}

fn consent(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx)?;
    let value = request.json()?;
    let body = Body::of(&value)?;
    let application = application(tx, &body)?;
    let name = body.owned("displayName")?;
    let grants = grants(&body)?;
    let scopes = grants
        .iter()
        .map(|grant| (grant.resource.to_owned(), grant.scopes.clone()))
        .collect();
    if !tenants::grant(tx, &customer.id, &application, scopes) {
        return Err(CONSENT_EXISTS.refuse());
    }
    let shown: Vec<Value> = grants
        .iter()
        .map(
            |grant| json!({ "enterpriseApplicationId": grant.id, "scope": grant.scopes.join(",") }),
        )
        .collect();
    let answer = lean(json!({
        "applicationId": application,
        "displayName": name,
        "applicationGrants": shown,
        "attributes": attributes("ApplicationConsent"),
    }));
    write_down(request, tx, &customer, (None, Some(&answer)))?;
    Ok(Reply::json(201, answer))
}

fn remove(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx)?;
    let application = request.guid("application", "Application Id")?;
    if !tenants::withdraw(tx, &customer.id, &application) {
        return Err(NOT_FOUND.about(&[&"application consent"]));
    }
    let old = json!({ "applicationId": application });
    write_down(request, tx, &customer, (Some(&old), None))?;
    Ok(Reply::empty(204))
}

/// Reads the application: one that exists.
fn application(tx: &Tx<'_>, body: &Body<'_>) -> Result<String, Refusal> {
    let id = guid(body, "applicationId")?;
    if tx.entra.apps.has(&id) {
        return Ok(id);
    }
    Err(INVALID_PROPERTY.about(&[&"applicationId", &"there is no such application"]))
}

/// What is granted of one service.
struct Grant {
    /// The service's application id.
    id: String,
    resource: &'static str,
    scopes: Vec<String>,
}

fn grants(body: &Body<'_>) -> Result<Vec<Grant>, Refusal> {
    let grants = body.need_objects("applicationGrants")?;
    if grants.is_empty() {
        return Err(MISSING.about(&[&"applicationGrants"]));
    }
    grants.iter().map(grant).collect()
}

fn grant(body: &Body<'_>) -> Result<Grant, Refusal> {
    let wrong = |name: &str, why: &str| INVALID_PROPERTY.about(&[&body.path(name), &why]);
    let id = guid(body, "enterpriseApplicationId")?;
    let resource = tenants::service(&id)
        .ok_or_else(|| wrong("enterpriseApplicationId", "there is no such service"))?;
    let scopes: Vec<String> = body
        .need_text("scope")?
        .split(',')
        .map(|scope| scope.trim().to_owned())
        .collect();
    let named = |scope: &String| {
        let word = |part: &str| {
            let letters = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
            !part.is_empty() && part.chars().all(letters)
        };
        scope.split('.').all(word)
    };
    if !scopes.iter().all(named) {
        return Err(wrong(
            "scope",
            "it must be names of permissions, separated by commas",
        ));
    }
    if resource != GRAPH && scopes.iter().any(|scope| scope != "user_impersonation") {
        return Err(wrong("scope", "the service has no such permission"));
    }
    Ok(Grant {
        id,
        resource,
        scopes,
    })
}

fn guid(body: &Body<'_>, name: &str) -> Result<String, Refusal> {
    let text = body.need_text(name)?;
    uuid::Uuid::try_parse(text)
        .map(|id| id.to_string())
        .map_err(|_| NOT_A_GUID.about(&[&body.path(name)]))
}

fn write_down(
    request: &Request,
    tx: &mut Tx<'_>,
    customer: &Customer,
    (old, new): (Option<&Value>, Option<&Value>),
) -> Result<(), Refusal> {
    let written = Written {
        customer: Some(customer),
        resource: "application",
        operation: match new {
            Some(_) => "add_application_consent",
            None => "remove_application_consent",
        },
        old,
        new,
        data: &[],
    };
    record(request, tx, written)
}
