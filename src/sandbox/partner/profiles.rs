//! A customer's company and billing profiles (reference §6, §19.9). The billing profile is written
//! whole, under `If-Match`, and has a new entity tag after every write.

use super::audit::{Written, record};
use super::body::Body;
use super::codes::{EMAIL_INVALID, IF_MATCH_MISSING, STALE};
use super::create_customer::{is_email, read_billing};
use super::customers::{billing_shown, company_whole};
use super::etag;
use super::scope::{Part, customer, customer_to_change};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{BillingProfile, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::partner(
        "GET",
        "/v1/customers/{customer}/profiles/company",
        Auth::User,
        company,
    ),
    Route::partner(
        "GET",
        "/v1/customers/{customer}/profiles/billing",
        Auth::Either,
        billing,
    ),
    Route::partner(
        "PUT",
        "/v1/customers/{customer}/profiles/billing",
        Auth::Either,
        update_billing,
    ),
];

fn company(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Other)?;
    Ok(Reply::ok(company_whole(tx, &customer)))
}

fn billing(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    Ok(Reply::ok(billing_shown(&customer(
        request,
        tx,
        Part::Other,
    )?)))
}

fn update_billing(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let mut customer = customer_to_change(request, tx, Part::Other)?;
    let given = etag::if_match(request).ok_or_else(|| IF_MATCH_MISSING.refuse())?;
    if given != customer.billing.etag.to_string() {
        return Err(STALE.refuse());
    }
    let value = request.json()?;
    let wanted = read_billing(&Body::of(&value)?)?;
    if !is_email(&wanted.email) {
        return Err(EMAIL_INVALID.about(&[&wanted.email]));
    }
    let old = billing_shown(&customer);
    customer.original_name = customer
        .original_name
        .or(Some(customer.billing.company_name.clone()));
    customer.billing = BillingProfile {
        id: customer.billing.id.clone(),
        first_name: wanted.first_name,
        last_name: wanted.last_name,
        email: wanted.email,
        culture: wanted.culture,
        language: wanted.language,
        company_name: wanted.company_name,
        address: wanted.address,
        etag: etag::fresh(tx),
    };
    let new = billing_shown(&customer);
    tx.partner.customers.put(&customer.id, customer.clone());
    let written = Written {
        customer: Some(&customer),
        resource: "customer",
        operation: "update_customer_billing_profile",
        old: Some(&old),
        new: Some(&new),
        data: &[],
    };
    record(request, tx, written)?;
    Ok(Reply::ok(new))
}
