//! Carts (reference §9, §19.12): an item that cannot be bought keeps the 201 and stands as an error
//! in its line; the checkout of such a cart is refused. Carts expire after seven days.

use serde_json::{Value, json};

use super::audit::{Written, record};
use super::body::Body;
use super::buying::{CYCLES, Purchase, allow, place};
use super::catalogue::{self, Kind, NoItem};
use super::codes::{
    CART_ITEM_ERROR, CART_SUBMITTED, ID_DIFFERS, LENGTH_REQUIRED, LINE_INPUT, LINE_ITEM,
    LINE_LIMIT, LINE_PLAN, LINE_PROCESS, LINE_PROMOTION, LINE_SEATS, LineRule, NO_CART,
};
use super::countries;
use super::dates::{plus_days, write};
use super::orders::order_shown;
use super::scope::{Part, customer, customer_to_change};
use super::shape::{attributes, lean, links};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{Cart, CartLine, Customer, LineError, Order, Tx, key};

pub(super) const ROUTES: &[Route] = &[
    Route::partner(
        "POST",
        "/v1/customers/{customer}/carts",
        Auth::Either,
        create,
    ),
    Route::partner(
        "GET",
        "/v1/customers/{customer}/carts/{cart}",
        Auth::Either,
        get,
    ),
    Route::partner(
        "PUT",
        "/v1/customers/{customer}/carts/{cart}",
        Auth::Either,
        update,
    ),
    Route::partner(
        "POST",
        "/v1/customers/{customer}/carts/{cart}/checkout",
        Auth::Either,
        checkout,
    ),
];

/// How long a cart lives, in days.
const LIFE_DAYS: i64 = 7;

fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer_to_change(request, tx, Part::Commerce)?;
    let value = request.json()?;
    let lines = read_lines(tx, &customer, &Body::of(&value)?)?;
    let now = tx.now();
    let cart = Cart {
        id: tx.guid(),
        created: now,
        changed: now,
        expires: plus_days(now, LIFE_DAYS),
        user: request.caller()?.object.clone(),
        ordered: false,
        lines,
    };
    tx.partner
        .carts
        .put(&key(&[&customer.id, &cart.id]), cart.clone());
    Ok(Reply::json(201, shown(&customer.id, &cart)))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Commerce)?;
    let cart = find(request, tx, &customer)?;
    Ok(Reply::ok(shown(&customer.id, &cart)))
}

/// The documents' example answers 201.
fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer_to_change(request, tx, Part::Commerce)?;
    let mut cart = find(request, tx, &customer)?;
    if cart.ordered {
        return Err(CART_SUBMITTED.refuse());
    }
    let value = request.json()?;
    let body = Body::of(&value)?;
    if body
        .text("id")?
        .is_some_and(|id| !id.eq_ignore_ascii_case(&cart.id))
    {
        return Err(ID_DIFFERS.refuse());
    }
    cart.lines = read_lines(tx, &customer, &body)?;
    cart.changed = tx.now();
    cart.user.clone_from(&request.caller()?.object);
    tx.partner
        .carts
        .put(&key(&[&customer.id, &cart.id]), cart.clone());
    Ok(Reply::json(201, shown(&customer.id, &cart)))
}

fn checkout(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer_to_change(request, tx, Part::Commerce)?;
    if request.body.is_empty() && request.header("content-length").is_none() {
        return Err(LENGTH_REQUIRED.refuse());
    }
    let mut cart = find(request, tx, &customer)?;
    if cart.ordered {
        return Err(CART_SUBMITTED.refuse());
    }
    // The catalogue may have been issued anew since the cart was made.
    let failing = cart
        .lines
        .iter()
        .any(|line| judge(tx, &customer, line).is_err());
    if failing {
        return Err(CART_ITEM_ERROR.refuse());
    }
    let groups = groups(tx, &customer, &cart);
    let all: Vec<&Purchase> = groups.iter().flatten().collect();
    allow(tx, &customer.id, &all)?;
    let orders: Vec<Order> = groups
        .iter()
        .map(|group| place(tx, &customer, group))
        .collect();
    let mut answers = Vec::new();
    for order in &orders {
        let new = order_shown(order, false);
        let written = Written {
            customer: Some(&customer),
            resource: "order",
            operation: "create_order",
            old: None,
            new: Some(&new),
            data: &[("OrderId", &order.id), ("CartId", &cart.id)],
        };
        record(request, tx, written)?;
        answers.push(new);
    }
    cart.ordered = true;
    cart.changed = tx.now();
    tx.partner.carts.put(&key(&[&customer.id, &cart.id]), cart);
    Ok(Reply::json(
        201,
        json!({
            "orders": answers,
            "attributes": attributes("CartCheckoutResult"),
        }),
    ))
}

/// Finds a cart that has not expired.
fn find(request: &Request, tx: &Tx<'_>, customer: &Customer) -> Result<Cart, Refusal> {
    let id = request.guid("cart", "Cart Id")?;
    tx.partner
        .carts
        .get(&key(&[&customer.id, &id]))
        .filter(|cart| cart.expires > tx.now())
        .cloned()
        .ok_or_else(|| NO_CART.refuse())
}

fn read_lines(tx: &Tx<'_>, customer: &Customer, body: &Body<'_>) -> Result<Vec<CartLine>, Refusal> {
    let country = countries::country(&customer.billing.address.country);
    let mut lines = Vec::new();
    for (position, line) in (0..).zip(body.need_objects("lineItems")?) {
        let mut row = CartLine {
            id: line.int("id")?.unwrap_or(position),
            item: line.need_text("catalogItemId")?.to_owned(),
            quantity: line.need_int("quantity")?,
            billing_cycle: line.need_word("billingCycle", CYCLES)?.to_owned(),
            term: line.owned("termDuration")?.filter(|term| !term.is_empty()),
            friendly_name: line.owned("friendlyName")?,
            currency: country
                .map_or("USD", |country| country.currency.0)
                .to_owned(),
            group: String::new(),
            error: None,
        };
        let judged = if line.text("promotionId")?.is_some_and(|id| !id.is_empty()) {
            Err(LINE_PROMOTION)
        } else if line.objects("addonItems")?.is_empty() {
            judge(tx, customer, &row).map(drop)
        } else {
            // Nothing in the emulator's catalogue is an add-on.
            Err(LINE_PROCESS)
        };
        row.error = judged.err().map(|rule| LineError {
            code: rule.code,
            text: rule.text.to_owned(),
        });
        lines.push(row);
    }
    group(&mut lines);
    Ok(lines)
}

/// Gives each line its group: what is bought under one billing cycle and kind becomes one order.
fn group(lines: &mut [CartLine]) {
    let mut seen: Vec<(String, bool)> = Vec::new();
    for line in lines {
        let azure = line.item.to_uppercase().starts_with(catalogue::AZURE_PLAN);
        let sort = (line.billing_cycle.clone(), azure);
        let at = seen
            .iter()
            .position(|known| *known == sort)
            .unwrap_or(seen.len());
        if at == seen.len() {
            seen.push(sort);
        }
        line.group = at.to_string();
    }
}

/// Judges a line by the catalogue and the sandbox's limits.
fn judge(tx: &Tx<'_>, customer: &Customer, line: &CartLine) -> Result<Purchase, LineRule> {
    let country = &customer.billing.address.country;
    let issue = tx.config().catalogue_issue;
    let item = catalogue::item(issue, &line.item, country).map_err(|reason| match reason {
        NoItem::Unknown | NoItem::Stale | NoItem::Elsewhere => LINE_ITEM,
    })?;
    if line.quantity < 1 {
        return Err(LINE_INPUT);
    }
    if line.quantity > item.sku.most {
        return Err(LINE_SEATS);
    }
    if item.sku.kind == Kind::Licence
        && line.quantity > i64::from(tx.limits().seats_per_subscription())
    {
        return Err(LINE_LIMIT);
    }
    let term = line.term.as_deref().unwrap_or_default();
    if !item.term.duration.eq_ignore_ascii_case(term) || !item.term.sold_with(&line.billing_cycle) {
        return Err(LINE_PLAN);
    }
    match &line.error {
        // What the line said besides what is kept of it.
        Some(error) if error.code == LINE_PROMOTION.code => Err(LINE_PROMOTION),
        Some(error) if error.code == LINE_PROCESS.code => Err(LINE_PROCESS),
        _ => Ok(Purchase {
            sku: item.sku,
            term: item.term,
            offer: item.id,
            quantity: line.quantity,
            cycle: line.billing_cycle.clone(),
            friendly_name: line.friendly_name.clone(),
            partner_id: None,
        }),
    }
}

/// Returns what a cart buys, group by group.
fn groups(tx: &Tx<'_>, customer: &Customer, cart: &Cart) -> Vec<Vec<Purchase>> {
    let mut names: Vec<&String> = cart.lines.iter().map(|line| &line.group).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| {
            let lines = cart.lines.iter().filter(|line| line.group == *name);
            lines
                .filter_map(|line| judge(tx, customer, line).ok())
                .collect()
        })
        .collect()
}

fn shown(customer: &str, cart: &Cart) -> Value {
    lean(json!({
        "id": cart.id,
        "creationTimestamp": write(cart.created),
        "lastModifiedTimestamp": write(cart.changed),
        "expirationTimestamp": write(cart.expires),
        "lastModifiedUser": cart.user,
        "status": if cart.ordered { "Ordered" } else { "Active" },
        "lineItems": cart.lines.iter().map(line_shown).collect::<Vec<_>>(),
        "links": links(&format!("/customers/{customer}/carts/{}", cart.id)),
        "attributes": attributes("Cart"),
    }))
}

fn line_shown(line: &CartLine) -> Value {
    json!({
        "id": line.id,
        "catalogItemId": line.item,
        "quantity": line.quantity,
        "friendlyName": line.friendly_name,
        "currencyCode": line.currency,
        "billingCycle": line.billing_cycle,
        "termDuration": line.term,
        "orderGroup": line.group,
        "error": line.error.as_ref().map(|error| json!({
            "errorCode": error.code,
            "errorDescription": error.text,
        })),
    })
}
