//! Customers (reference §6): list, get, create, delete, the link of a relationship request, and the end
//! of a relationship. A list item carries the list's members only; without delegated access a get lacks some.

use std::fmt::Write;

use serde_json::{Value, json};

use super::audit::{Written, record};
use super::body::Body;
use super::codes::{NOT_SUPPORTED, STILL_ACTIVE};
use super::create_customer::create;
use super::filter::{self, Filter};
use super::page::{seek, seek_page};
use super::scope::{Part, customer, customer_to_change, domains, reachable, rows};
use super::shape::{attributes, lean, links};
use crate::sandbox::entra;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::seed::numbered;
use crate::sandbox::store::{Customer, Status, Subscription, Tx, World, key};

pub(super) const ROUTES: &[Route] = &[
    Route::partner("GET", "/v1/customers", Auth::Either, list),
    Route::partner("POST", "/v1/customers", Auth::Either, create),
    Route::partner(
        "GET",
        "/v1/customers/relationshiprequests",
        Auth::User,
        relationship_request,
    ),
    Route::partner("GET", "/v1/customers/{customer}", Auth::Either, get),
    Route::partner(
        "PATCH",
        "/v1/customers/{customer}",
        Auth::User,
        end_relationship,
    ),
    Route::partner("DELETE", "/v1/customers/{customer}", Auth::Either, delete),
];

/// What a partner can be to a customer.
const RELATIONSHIPS: &[&str] = &[
    "unknown",
    "none",
    "reseller",
    "advisor",
    "syndication",
    "microsoft_support",
];
const MOST: usize = 500;
const FIELDS: &[(&str, &[&str])] = &[
    ("CompanyName", &["starts_with"]),
    ("Domain", &["starts_with"]),
    ("IndirectReseller", &["starts_with"]),
    ("IndirectCloudSolutionProvider", &["starts_with"]),
];

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let seek = seek(request, MOST)?;
    let filter = filter::read(request, FIELDS)?;
    let rows = after(tx, seek.after.as_deref())
        .filter(|customer| filter.as_ref().is_none_or(|filter| holds(filter, customer)))
        .map(|customer| (customer.id.clone(), item(&customer)));
    Ok(Reply::ok(seek_page(request, &seek, rows)))
}

/// Returns the customers after an id: those in the table and those by number, in order of their ids.
fn after<'w>(world: &'w World, after: Option<&str>) -> impl Iterator<Item = Customer> + use<'w> {
    let from = after.unwrap_or_default().to_owned();
    let first = from.clone();
    let kept = world.partner.customers.from_key(&from);
    let mut kept = kept
        .filter(move |(id, _)| *id != first)
        .map(|(_, row)| row.clone())
        .peekable();
    let mut numbered = numbered::after(world, after).peekable();
    std::iter::from_fn(move || match (kept.peek(), numbered.peek()) {
        (Some(left), Some(right)) if left.id > right.id => numbered.next(),
        (None, _) => numbered.next(),
        _ => kept.next(),
    })
}

fn holds(filter: &Filter, customer: &Customer) -> bool {
    filter.holds(&|field| match field {
        "CompanyName" => Some(customer.billing.company_name.as_str()),
        "Domain" => Some(customer.domain.as_str()),
        _ => customer.associated_partner.as_deref(),
    })
}

fn uri(customer: &Customer) -> String {
    format!("/customers/{}", customer.id)
}

fn item(customer: &Customer) -> Value {
    json!({
        "id": customer.id,
        "companyProfile": company_shown(customer),
        "relationshipToPartner": "reseller",
        "links": links(&uri(customer)),
        "attributes": attributes("Customer"),
    })
}

/// Returns the company profile as lists and the answer to a creation have it.
pub(super) fn company_shown(customer: &Customer) -> Value {
    json!({
        "tenantId": customer.id,
        "domain": customer.domain,
        "companyName": customer.billing.company_name,
        "links": links(&format!("{}/profiles/company", uri(customer))),
        "attributes": attributes("CustomerCompanyProfile"),
    })
}

/// Returns the whole company profile; what needs delegated access is left out without it.
pub(super) fn company_whole(tx: &Tx<'_>, customer: &Customer) -> Value {
    let open = reachable(tx, &customer.id);
    lean(json!({
        "tenantId": customer.id,
        "domain": customer.domain,
        "companyName": customer.billing.company_name,
        "address": open.then_some(&customer.address),
        "email": open.then_some(&customer.email),
        "organizationRegistrationNumber": customer.registration_number,
        "links": links(&format!("{}/profiles/company", uri(customer))),
        "attributes": attributes("CustomerCompanyProfile"),
    }))
}

/// Returns the billing profile with its entity tag.
pub(super) fn billing_shown(customer: &Customer) -> Value {
    let billing = &customer.billing;
    lean(json!({
        "id": billing.id,
        "firstName": billing.first_name,
        "lastName": billing.last_name,
        "email": billing.email,
        "culture": billing.culture,
        "language": billing.language,
        "companyName": billing.company_name,
        "defaultAddress": billing.address,
        "links": links(&format!("{}/profiles/billing", uri(customer))),
        "attributes": { "etag": billing.etag.to_string(), "objectType": "CustomerBillingProfile" },
    }))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Other)?;
    let open = reachable(tx, &customer.id);
    Ok(Reply::ok(lean(json!({
        "id": customer.id,
        "commerceId": customer.commerce_id,
        "companyProfile": company_whole(tx, &customer),
        "billingProfile": billing_shown(&customer),
        "relationshipToPartner": "reseller",
        "allowDelegatedAccess": open,
        "customDomains": open.then(|| domains(tx, &customer)),
        "associatedPartnerId": customer.associated_partner,
        "links": links(&uri(&customer)),
        "attributes": attributes("Customer"),
    }))))
}

/// The only change of a relationship that there is: its end. The customer is gone for the partner.
fn end_relationship(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = without_active(request, tx)?;
    let value = request.json()?;
    let relationship = Body::of(&value)?.need_word("relationshipToPartner", RELATIONSHIPS)?;
    if relationship != "none" {
        return Err(NOT_SUPPORTED.about(&[&relationship, &"relationshipToPartner"]));
    }
    let before = item(&customer);
    let mut shown = before.clone();
    shown["relationshipToPartner"] = relationship.into();
    let written = Written {
        customer: Some(&customer),
        resource: "partner_customer_relationship",
        operation: "remove_partner_customer_relationship",
        old: Some(&before),
        new: Some(&shown),
        data: &[],
    };
    record(request, tx, written)?;
    remove(tx, &customer);
    Ok(Reply::ok(shown))
}

/// Returns the customer of a call that needs all its subscriptions to be inactive.
fn without_active(request: &Request, tx: &mut Tx<'_>) -> Result<Customer, Refusal> {
    let customer = customer_to_change(request, tx, Part::Other)?;
    let active = rows::<Subscription>(tx, &customer.id)
        .iter()
        .any(|subscription| subscription.status == Status::Active);
    if active {
        return Err(STILL_ACTIVE.refuse());
    }
    Ok(customer)
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = without_active(request, tx)?;
    let shown = item(&customer);
    let written = Written {
        customer: Some(&customer),
        resource: "customer",
        operation: "delete_tip_customer",
        old: Some(&shown),
        new: None,
        data: &[],
    };
    record(request, tx, written)?;
    remove(tx, &customer);
    Ok(Reply::empty(204))
}

/// Takes a customer and everything it has away; its domains stay taken.
fn remove(tx: &mut Tx<'_>, customer: &Customer) {
    let id = &customer.id;
    for domain in domains(tx, customer) {
        tx.partner.reserved.put(&domain, true);
    }
    macro_rules! clear {
        ($($table:ident)*) => {
            $(let keys: Vec<String> = tx.partner.$table.under(id).map(|(key, _)| key.to_owned()).collect();
            for key in keys {
                tx.partner.$table.remove(&key);
            })*
        };
    }
    clear!(agreements carts orders subscriptions users);
    tx.partner.customers.remove(id);
    if numbered::is_number(tx, id) {
        tx.partner.gone.put(&key(&[id]), true);
    }
    entra::remove_tenant(tx, id);
}

fn relationship_request(request: &Request, _tx: &mut Tx<'_>) -> Outcome {
    let partner = &request.caller()?.tenant;
    let mut url = format!(
        "https://admin.microsoft.com/Adminportal/Home?invType=ResellerRelationship&partnerId={partner}"
    );
    for (name, word) in [
        ("indirectCloudSolutionProviderId", "indirectCSPId"),
        ("indirectResellerId", "msppId"),
    ] {
        if let Some(id) = request.query(name) {
            let id =
                uuid::Uuid::try_parse(id).map_err(|_| super::codes::NOT_A_GUID.about(&[&name]))?;
            let _ = write!(url, "&{word}={id}");
        }
    }
    Ok(Reply::ok(
        json!({ "url": url, "attributes": attributes("RelationshipRequest") }),
    ))
}
