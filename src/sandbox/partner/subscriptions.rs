//! Subscriptions (reference §10): list, get, PATCH, provisioning status. A slow PATCH (a switch)
//! answers 202 and takes effect later.

use std::time::Duration;

use serde_json::{Value, json};

use super::audit::{Written, record};
use super::body::Body;
use super::catalogue::{self, Kind};
use super::change::{Wish, decide};
use super::codes::{NO_SUBSCRIPTION, STALE};
use super::dates::{write, write_seconds};
use super::etag;
use super::page::own_uri;
use super::scope::{Part, customer, customer_to_change, row, rows};
use super::shape::{collection, lean, link, links};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{Customer, Due, NextTerm, PartnerDue, Status, Subscription, Tx, key};

pub(super) const ROUTES: &[Route] = &[
    Route::partner(
        "GET",
        "/v1/customers/{customer}/subscriptions",
        Auth::Either,
        list,
    ),
    Route::partner(
        "GET",
        "/v1/customers/{customer}/subscriptions/{subscription}",
        Auth::Either,
        get,
    ),
    Route::partner(
        "PATCH",
        "/v1/customers/{customer}/subscriptions/{subscription}",
        Auth::Either,
        update,
    ),
    Route::partner(
        "GET",
        "/v1/customers/{customer}/subscriptions/{subscription}/provisioningstatus",
        Auth::User,
        provisioning,
    ),
];

/// How long a slow change takes.
const SLOW: Duration = Duration::from_secs(120);

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Commerce)?;
    let mut all = rows::<Subscription>(tx, &customer.id);
    all.sort_by_key(|subscription| subscription.created);
    let items = all
        .iter()
        .filter(|subscription| {
            let order = request.query("order_id");
            order.is_none_or(|order| subscription.order.eq_ignore_ascii_case(order))
        })
        .filter(|subscription| {
            request
                .query("mpn_id")
                .is_none_or(|id| subscription.partner_id == id)
        })
        .map(|subscription| shown(subscription, tx))
        .collect();
    Ok(Reply::ok(collection(items, links(&own_uri(request, &[])))))
}

/// Finds the subscription of a call.
pub(super) fn find(
    request: &Request,
    tx: &Tx<'_>,
    customer: &Customer,
) -> Result<Subscription, Refusal> {
    let id = request.guid("subscription", "Subscription Id")?;
    row(tx, &customer.id, &id).ok_or_else(|| NO_SUBSCRIPTION.refuse())
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Commerce)?;
    let subscription = find(request, tx, &customer)?;
    Ok(Reply::ok(shown(&subscription, tx)))
}

fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer_to_change(request, tx, Part::Commerce)?;
    let before = find(request, tx, &customer)?;
    let value = request.json()?;
    let body = Body::of(&value)?;
    let wish = Wish::read(&body, &before.id)?;
    let current = etag::of_subscription(&before);
    let told = body.object("attributes")?;
    let told = told
        .as_ref()
        .map(|attributes| attributes.text("etag"))
        .transpose()?
        .flatten();
    for given in [told, etag::if_match(request)].into_iter().flatten() {
        if !given.is_empty() && given != current {
            return Err(STALE.refuse());
        }
    }
    let seats = i64::from(tx.limits().seats_per_subscription());
    let mut after = decide(&before, &wish, tx.now(), seats)?;
    let (old, new) = (shown(&before, tx), shown(&after, tx));
    let written = Written {
        customer: Some(&customer),
        resource: "subscription",
        operation: "update_subscription",
        old: Some(&old),
        new: Some(&new),
        data: &[("SubscriptionId", &before.id)],
    };
    record(request, tx, written)?;
    let place = key(&[&customer.id, &before.id]);
    if !tx.config().slow_patches {
        tx.partner.subscriptions.put(&place, after);
        return Ok(Reply::ok(new));
    }
    tx.partner.subscriptions.put(
        &place,
        Subscription {
            pending: true,
            ..before
        },
    );
    after.pending = false;
    let location = uri(&after);
    tx.later(
        SLOW,
        Due::Partner(PartnerDue::Change {
            changed: Box::new(after),
        }),
    );
    Ok(Reply::accepted(&location))
}

/// A slow change takes effect, unless the subscription is gone by now.
pub(super) fn finish(tx: &mut Tx<'_>, changed: Subscription) {
    let place = key(&[&changed.customer, &changed.id]);
    if tx.partner.subscriptions.has(&place) {
        tx.partner.subscriptions.put(&place, changed);
    }
}

/// User only; the licence's SKU id in capitals, as the documents' example has it.
fn provisioning(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Commerce)?;
    let subscription = find(request, tx, &customer)?;
    let licence = catalogue::sku_of(&subscription.offer).and_then(|sku| sku.licence);
    Ok(Reply::ok(lean(json!({
        "skuId": licence.map(|licence| licence.id.to_uppercase()),
        "status": if subscription.pending { "pending" } else { "success" },
        "quantity": subscription.quantity,
        "endDate": subscription.ends.map(write_seconds),
    }))))
}

fn uri(subscription: &Subscription) -> String {
    format!(
        "/customers/{}/subscriptions/{}",
        subscription.customer, subscription.id
    )
}

/// Returns a subscription as lists and gets have it.
pub(super) fn shown(subscription: &Subscription, tx: &Tx<'_>) -> Value {
    let now = tx.now();
    let sku = catalogue::sku_of(&subscription.offer);
    let seats = sku.is_some_and(|sku| sku.kind == Kind::Licence);
    let kind = sku.map_or("", catalogue::Sku::product_type);
    let alive = subscription.status != Status::Deleted;
    let cancel = subscription
        .cancel_until
        .filter(|until| alive && *until > now);
    let open: Vec<_> = subscription
        .refundable
        .iter()
        .filter(|part| part.until > now)
        .collect();
    let total: i64 = open.iter().map(|part| part.quantity).sum();
    let details: Vec<Value> = open
        .iter()
        .map(|part| {
            json!({ "quantity": part.quantity, "allowedUntilDateTime": write_seconds(part.until) })
        })
        .collect();
    lean(json!({
        "id": subscription.id,
        "offerId": subscription.offer,
        "offerName": sku.map(|sku| sku.title),
        "friendlyName": subscription.friendly_name,
        "productType": { "id": kind, "displayName": kind },
        "quantity": subscription.quantity,
        "unitType": if seats { "Licenses" } else { "Usage-based" },
        "hasPurchasableAddons": false,
        "creationDate": write(subscription.created),
        "effectiveStartDate": write(subscription.started),
        "commitmentEndDate": subscription.ends.map(write_seconds),
        "cancellationAllowedUntilDate": cancel.map(write_seconds),
        "status": subscription.status.as_str(),
        "autoRenewEnabled": subscription.auto_renew,
        "isTrial": sku.is_some_and(|sku| sku.trial),
        "billingType": if seats { "license" } else { "usage" },
        "billingCycle": subscription.billing_cycle,
        "termDuration": subscription.term,
        "renewalTermDuration": subscription.next_term.as_ref().map_or("", |next| &next.term),
        "refundOptions": cancel.map(|until| json!([{ "type": "Full", "expiresAt": write_seconds(until) }])),
        "refundableQuantity": (total > 0).then(|| json!({ "totalQuantity": total, "details": details })),
        "scheduledNextTermInstructions": subscription.next_term.as_ref().map(next_shown),
        "isMicrosoftProduct": true,
        "partnerId": subscription.partner_id,
        "contractType": "subscription",
        "publisherName": "Microsoft Corporation",
        "orderId": subscription.order,
        "links": subscription_links(subscription),
        "attributes": { "etag": etag::of_subscription(subscription), "objectType": "Subscription" },
    }))
}

fn next_shown(next: &NextTerm) -> Value {
    json!({
        "product": {
            "productId": next.product,
            "skuId": next.sku,
            "availabilityId": next.availability,
            "billingCycle": next.billing_cycle,
            "termDuration": next.term,
        },
        "quantity": next.quantity,
    })
}

fn subscription_links(subscription: &Subscription) -> Value {
    json!({ "self": link(&uri(subscription)) })
}
