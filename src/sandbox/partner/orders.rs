//! Orders (reference §9, §19.13): create, list, get, provisioning status. A list shows an order only
//! some time after a get does; the subscription's id appears when the order is fulfilled.

use serde_json::{Value, json};

use super::audit::{Written, record};
use super::body::{Body, one_of};
use super::buying::{CYCLES, Purchase, allow, place};
use super::catalogue::{self, NoItem};
use super::codes::{
    ID_DIFFERS, INVALID_INPUT, LINE_NUMBER, NO_ORDER, OFFER_COUNTRY, OFFER_STALE, OFFER_TERM,
    OFFER_UNKNOWN, ORDER_CYCLE, ORDER_STATUS, PARENT_ON_POST, QUANTITY_RANGE, UNKNOWN_WORD,
};
use super::dates::write;
use super::page::own_uri;
use super::scope::{Part, customer, customer_to_change, row, rows};
use super::shape::{attributes, collection, lean, link, links};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{Customer, Order, OrderLine, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::partner("GET", "/v1/customers/{customer}/orders", Auth::Either, list),
    Route::partner(
        "POST",
        "/v1/customers/{customer}/orders",
        Auth::Either,
        create,
    ),
    Route::partner(
        "GET",
        "/v1/customers/{customer}/orders/{order}",
        Auth::Either,
        get,
    ),
    Route::partner(
        "GET",
        "/v1/customers/{customer}/orders/{order}/provisioningstatus",
        Auth::User,
        provisioning,
    ),
];

const BILLING_TYPES: &[&str] = &["monthly", "annual", "onetime", "none"];

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Commerce)?;
    let cycle = match request.query("billingType") {
        None => None,
        Some(text) => Some(
            one_of(text, BILLING_TYPES)
                .ok_or_else(|| UNKNOWN_WORD.about(&[&text, &"billingType"]))?,
        ),
    };
    let mut orders = rows::<Order>(tx, &customer.id);
    orders.sort_by_key(|order| order.created);
    let items = orders
        .iter()
        .filter(|order| order.listed <= tx.now())
        .filter(|order| cycle.is_none_or(|cycle| order.billing_cycle.replace('_', "") == cycle))
        .map(|order| order_shown(order, priced(request)))
        .collect();
    Ok(Reply::ok(collection(items, links(&own_uri(request, &[])))))
}

fn priced(request: &Request) -> bool {
    request
        .query("include_price")
        .is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// Order ids are texts, not GUIDs; an unknown one is not found.
fn find(request: &Request, tx: &Tx<'_>, customer: &Customer) -> Result<Order, Refusal> {
    row(tx, &customer.id, request.param("order")).ok_or_else(|| NO_ORDER.refuse())
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Commerce)?;
    Ok(Reply::ok(order_shown(
        &find(request, tx, &customer)?,
        priced(request),
    )))
}

fn provisioning(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Commerce)?;
    let order = find(request, tx, &customer)?;
    let status = if order.completed {
        "fulfilled"
    } else {
        "unfulfilled"
    };
    let items = order
        .lines
        .iter()
        .map(|line| {
            json!({
                "lineItemNumber": line.number,
                "status": status,
                "quantityProvisioningInformation": [{ "quantity": line.quantity, "status": status }],
            })
        })
        .collect();
    Ok(Reply::ok(collection(items, links(&own_uri(request, &[])))))
}

fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer_to_change(request, tx, Part::Commerce)?;
    let value = request.json()?;
    let body = Body::of(&value)?;
    match body.text("status")? {
        None => {}
        Some(text) if one_of(text, &["unknown", "completed", "pending", "cancelled"]).is_none() => {
            return Err(ORDER_STATUS.about(&[&text]));
        }
        Some(_) => return Err(INVALID_INPUT.about(&[&"status is not allowed in a new order"])),
    }
    let reference = body.text("referenceCustomerId")?;
    if reference.is_some_and(|id| !id.eq_ignore_ascii_case(&customer.id)) {
        return Err(ID_DIFFERS.refuse());
    }
    let cycle = body.need_word("billingCycle", CYCLES)?;
    let lines = body.need_objects("lineItems")?;
    let mut purchases: Vec<(i64, Purchase)> = Vec::new();
    for line in &lines {
        let number = line.need_int("lineItemNumber")?;
        let in_range = usize::try_from(number).is_ok_and(|number| number < lines.len());
        if !in_range || purchases.iter().any(|(known, _)| *known == number) {
            return Err(LINE_NUMBER.about(&[&number]));
        }
        purchases.push((number, read_line(tx, &customer, line, cycle)?));
    }
    purchases.sort_by_key(|(number, _)| *number);
    let purchases: Vec<Purchase> = purchases
        .into_iter()
        .map(|(_, purchase)| purchase)
        .collect();
    allow(tx, &customer.id, &purchases.iter().collect::<Vec<_>>())?;
    let order = place(tx, &customer, &purchases);
    let new = order_shown(&order, false);
    let written = Written {
        customer: Some(&customer),
        resource: "order",
        operation: "create_order",
        old: None,
        new: Some(&new),
        data: &[("OrderId", &order.id)],
    };
    record(request, tx, written)?;
    Ok(Reply::json(201, new))
}

fn read_line(
    tx: &Tx<'_>,
    customer: &Customer,
    line: &Body<'_>,
    cycle: &str,
) -> Result<Purchase, Refusal> {
    if line.text("parentSubscriptionId")?.is_some() {
        return Err(PARENT_ON_POST.refuse());
    }
    let offer = line.need_text("offerId")?;
    let country = &customer.billing.address.country;
    let issue = tx.config().catalogue_issue;
    let item = catalogue::item(issue, offer, country).map_err(|reason| match reason {
        NoItem::Unknown => OFFER_UNKNOWN.about(&[&offer]),
        NoItem::Stale => OFFER_STALE.about(&[&offer]),
        NoItem::Elsewhere => OFFER_COUNTRY.about(&[&offer, country]),
    })?;
    let term = line.text("termDuration")?.unwrap_or_default();
    if !item.term.duration.eq_ignore_ascii_case(term) {
        return Err(OFFER_TERM.about(&[&offer, &term]));
    }
    if !item.term.sold_with(cycle) {
        return Err(ORDER_CYCLE.about(&[&offer, &cycle]));
    }
    let quantity = line.need_int("quantity")?;
    if !(1..=item.sku.most).contains(&quantity) {
        return Err(QUANTITY_RANGE.about(&[&quantity, &1, &item.sku.most]));
    }
    Ok(Purchase {
        sku: item.sku,
        term: item.term,
        offer: item.id,
        quantity,
        cycle: cycle.to_owned(),
        friendly_name: line.owned("friendlyName")?,
        partner_id: line.owned("partnerIdOnRecord")?,
    })
}

/// Returns an order as answers have it.
pub(crate) fn order_shown(order: &Order, priced: bool) -> Value {
    let uri = format!("/customers/{}/orders/{}", order.customer, order.id);
    let total: i64 = order
        .lines
        .iter()
        .map(|line| line.price * line.quantity)
        .sum();
    lean(json!({
        "id": order.id,
        "alternateId": order.id,
        "referenceCustomerId": order.customer,
        "billingCycle": order.billing_cycle,
        "currencyCode": order.currency.0,
        "currencySymbol": order.currency.1,
        "lineItems": order.lines.iter().map(|line| line_shown(order, line)).collect::<Vec<_>>(),
        "creationDate": write(order.created),
        "status": if order.completed { "completed" } else { "pending" },
        "transactionType": "UserPurchase",
        "totalPrice": priced.then(|| amount(total)),
        "links": {
            "self": link(&uri),
            "provisioningStatus": link(&format!("{uri}/provisioningstatus")),
        },
        "client": {
            "marketplaceCountry": order.country,
            "deviceFamily": "UniversalStore-PartnerCenter",
            "name": "Partner Center Web",
        },
        "attributes": attributes("Order"),
    }))
}

/// Returns an amount of hundredths as a number.
pub(super) fn amount(hundredths: i64) -> Value {
    let text = format!(
        "{}{}.{:02}",
        if hundredths < 0 { "-" } else { "" },
        hundredths.abs() / 100,
        hundredths.abs() % 100
    );
    text.parse::<f64>().map_or(Value::Null, Value::from)
}

fn line_shown(order: &Order, line: &OrderLine) -> Value {
    let subscription = line
        .subscription
        .as_ref()
        .map(|id| link(&format!("/customers/{}/subscriptions/{id}", order.customer)));
    let (product, sku) =
        catalogue::sku_of(&line.offer).map_or(("", ""), |sku| (sku.product, sku.id));
    let country = format!("country={}", order.country);
    let sku = format!("/products/{product}/skus/{sku}");
    let availability = line.offer.rsplit(':').next().unwrap_or_default();
    json!({
        "lineItemNumber": line.number,
        "offerId": line.offer,
        "subscriptionId": line.subscription,
        "termDuration": line.term,
        "transactionType": "New",
        "friendlyName": line.friendly_name,
        "quantity": line.quantity,
        "partnerIdOnRecord": line.partner_id,
        "links": {
            "product": link(&format!("/products/{product}?{country}")),
            "sku": link(&format!("{sku}?{country}")),
            "availability": link(&format!("{sku}/availabilities/{availability}?{country}")),
            "subscription": subscription,
        },
    })
}
