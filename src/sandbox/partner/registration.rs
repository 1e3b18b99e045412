//! Registration of an Azure subscription (reference §10): 202 with a `Location` to be polled, which
//! says `registering` and later `registered`.

use std::time::Duration;

use serde_json::json;

use super::audit::{Written, record};
use super::catalogue::{self, Kind};
use super::codes::CANNOT_REGISTER;
use super::scope::{Part, customer, customer_to_change};
use super::subscriptions::find;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{Due, PartnerDue, Registered, Tx, key};

pub(super) const ROUTES: &[Route] = &[
    Route::partner(
        "POST",
        "/v1/customers/{customer}/subscriptions/{subscription}/registrations",
        Auth::Either,
        register,
    ),
    Route::partner(
        "GET",
        "/v1/customers/{customer}/subscriptions/{subscription}/registrationstatus",
        Auth::Either,
        status,
    ),
];

/// How long a registration takes here.
const REGISTERING: Duration = Duration::from_secs(300);

fn register(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer_to_change(request, tx, Part::Commerce)?;
    let subscription = find(request, tx, &customer)?;
    let azure =
        catalogue::sku_of(&subscription.offer).is_some_and(|sku| sku.kind == Kind::AzurePlan);
    if !azure {
        return Err(CANNOT_REGISTER.refuse());
    }
    let (cid, sid) = (&customer.id, &subscription.id);
    if subscription.registered == Registered::No {
        if let Some(row) = tx.partner.subscriptions.edit(&key(&[cid, sid])) {
            row.registered = Registered::InProgress;
        }
        let due = PartnerDue::Register {
            customer: cid.clone(),
            subscription: sid.clone(),
        };
        tx.later(REGISTERING, Due::Partner(due));
        let written = Written {
            customer: Some(&customer),
            resource: "subscription",
            operation: "update_subscription",
            old: None,
            new: None,
            data: &[("SubscriptionId", sid)],
        };
        record(request, tx, written)?;
    }
    let location = format!("/customers/{cid}/subscriptions/{sid}/registrationstatus");
    Ok(Reply::accepted(&location))
}

fn status(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Commerce)?;
    let subscription = find(request, tx, &customer)?;
    let word = match subscription.registered {
        Registered::No => "notregistered",
        Registered::InProgress => "registering",
        Registered::Yes => "registered",
    };
    Ok(Reply::ok(
        json!({ "subscriptionId": subscription.id, "status": word }),
    ))
}

/// Ends a registration.
pub(super) fn finish(tx: &mut Tx<'_>, customer: &str, subscription: &str) {
    if let Some(row) = tx
        .partner
        .subscriptions
        .edit(&key(&[customer, subscription]))
    {
        row.registered = Registered::Yes;
    }
}
