//! The rules of buying that carts and orders share (§19.11 to §19.13): agreement, limits, how an
//! order becomes subscriptions.

use std::time::Duration;

use super::catalogue::{AZURE_PLAN, Kind, Sku, Term};
use super::codes::{
    AGREEMENT_MISSING, AZURE_PLAN_LIMIT, AZURE_PLANS_LIMIT, SEAT_LIMIT, SUBSCRIPTION_LIMIT,
};
use super::dates::{midnight, plus_days, plus_seconds, term_end};
use super::{countries, renewal, scope};
use crate::base::clock::{Timestamp, later};
use crate::sandbox::arm;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{
    Agreement, Customer, Due, Order, OrderLine, PartnerDue, Refundable, Registered, Status,
    Subscription, Tx, World, key,
};

/// Billing cycles that requests may name.
pub(crate) const CYCLES: &[&str] = &[
    "unknown",
    "monthly",
    "annual",
    "none",
    "one_time",
    "triennial",
    "biennial",
];

/// How long seats may be given back and subscriptions cancelled, in days.
pub(crate) const WINDOW_DAYS: i64 = 7;

/// How many Azure plans the sandbox allows a partner.
const AZURE_PLANS: usize = 10;

/// How long an order takes to be fulfilled (the service: minutes).
const PROVISIONING: Duration = Duration::from_secs(120);
/// How much later lists show an order (the service: up to 15 minutes).
const LISTING: Duration = Duration::from_secs(300);

/// One thing that is bought.
#[derive(Debug)]
pub(crate) struct Purchase {
    pub(crate) sku: &'static Sku,
    pub(crate) term: Term,
    /// `product:sku:availability`.
    pub(crate) offer: String,
    pub(crate) quantity: i64,
    /// One of [`CYCLES`].
    pub(crate) cycle: String,
    pub(crate) friendly_name: Option<String>,
    pub(crate) partner_id: Option<String>,
}

impl Term {
    /// Tells whether the term is sold with a billing cycle.
    pub(crate) fn sold_with(&self, cycle: &str) -> bool {
        self.cycles
            .iter()
            .any(|known| known.eq_ignore_ascii_case(cycle))
    }
}

/// Tells whether the customer has confirmed the agreement that purchases need.
fn agreed(world: &World, customer: &str) -> bool {
    scope::rows::<Agreement>(world, customer)
        .iter()
        .any(|agreement| agreement.kind == "MicrosoftCustomerAgreement")
}

/// Refuses what the customer may not buy now.
pub(crate) fn allow(tx: &Tx<'_>, customer: &str, purchases: &[&Purchase]) -> Result<(), Refusal> {
    if !agreed(tx, customer) {
        return Err(AGREEMENT_MISSING.refuse());
    }
    let seats = i64::from(tx.limits().seats_per_subscription());
    if purchases.iter().any(|purchase| purchase.quantity > seats) {
        return Err(SEAT_LIMIT.about(&[&seats]));
    }
    let held = held(tx, customer);
    let plans = |offers: &mut dyn Iterator<Item = &String>| {
        offers.filter(|offer| offer.starts_with(AZURE_PLAN)).count()
    };
    let bought = plans(&mut purchases.iter().map(|purchase| &purchase.offer));
    if bought > 0 && bought + plans(&mut held.iter()) > 1 {
        return Err(AZURE_PLAN_LIMIT.refuse());
    }
    if bought > 0 && azure_plans(tx) >= AZURE_PLANS {
        return Err(AZURE_PLANS_LIMIT.about(&[&AZURE_PLANS]));
    }
    let most = tx.limits().subscriptions_per_customer();
    if held.len() + purchases.len() > most {
        return Err(SUBSCRIPTION_LIMIT.about(&[&most]));
    }
    Ok(())
}

/// Counts the Azure plans of all customers.
fn azure_plans(world: &World) -> usize {
    let subscriptions = world.partner.subscriptions.iter();
    subscriptions
        .filter(|(_, row)| row.offer.starts_with(AZURE_PLAN) && is_alive(row))
        .count()
}

fn is_alive(subscription: &Subscription) -> bool {
    matches!(subscription.status, Status::Active | Status::Suspended)
}

/// Returns the offers that the customer holds, or will when its orders are fulfilled.
fn held(world: &World, customer: &str) -> Vec<String> {
    let subscriptions = scope::rows::<Subscription>(world, customer);
    let alive = subscriptions
        .into_iter()
        .filter(is_alive)
        .map(|subscription| subscription.offer);
    let orders = scope::rows::<Order>(world, customer);
    let coming = orders
        .into_iter()
        .filter(|order| !order.completed)
        .flat_map(|order| order.lines.into_iter().map(|line| line.offer));
    alive.chain(coming).collect()
}

/// Places an order; it is fulfilled later.
pub(crate) fn place(tx: &mut Tx<'_>, customer: &Customer, purchases: &[Purchase]) -> Order {
    let now = tx.now();
    let country = &customer.billing.address.country;
    let currency = countries::country(country).map_or(("USD", "$"), |country| country.currency);
    let order = Order {
        id: tx.random().text("0123456789abcdef", 12),
        customer: customer.id.clone(),
        billing_cycle: purchases
            .first()
            .map_or("none", |first| &first.cycle)
            .to_owned(),
        currency: (currency.0.to_owned(), currency.1.to_owned()),
        lines: (0..)
            .zip(purchases)
            .map(|(number, bought)| order_line(number, bought))
            .collect(),
        created: now,
        listed: later(now, tx.scaled(LISTING)),
        completed: false,
        country: country.clone(),
    };
    let due = PartnerDue::Provision {
        customer: customer.id.clone(),
        order: order.id.clone(),
    };
    tx.later(PROVISIONING, Due::Partner(due));
    tx.partner
        .orders
        .put(&key(&[&customer.id, &order.id]), order.clone());
    order
}

/// Returns the line of an order for a purchase.
pub(crate) fn order_line(number: i64, purchase: &Purchase) -> OrderLine {
    let term = purchase.term.duration;
    OrderLine {
        number,
        offer: purchase.offer.clone(),
        quantity: purchase.quantity,
        subscription: None,
        friendly_name: match &purchase.friendly_name {
            Some(name) => name.clone(),
            None => purchase.sku.title.to_owned(),
        },
        term: (!term.is_empty()).then(|| term.to_owned()),
        partner_id: purchase.partner_id.clone(),
        price: purchase.sku.price_for(&purchase.cycle),
    }
}

/// Fulfils an order: its subscriptions come into being.
pub(crate) fn provision(tx: &mut Tx<'_>, customer: &str, order: &str) {
    let place = key(&[customer, order]);
    let Some(mut order) = tx.partner.orders.get(&place).cloned() else {
        return;
    };
    for number in 0..order.lines.len() {
        order.lines[number].subscription = Some(tx.guid());
        let subscription = purchased(&order, &order.lines[number], tx.now());
        renewal::watch(tx, &subscription);
        let place = key(&[customer, &subscription.id]);
        tx.partner.subscriptions.put(&place, subscription.clone());
        arm::begin(tx, &subscription);
    }
    order.completed = true;
    tx.partner.orders.put(&place, order);
}

/// Returns the subscription that a fulfilled line of an order brings.
pub(crate) fn purchased(order: &Order, line: &OrderLine, at: Timestamp) -> Subscription {
    let term = line.term.clone().unwrap_or_default();
    let sku = super::catalogue::sku_of(&line.offer);
    let seats = sku.is_some_and(|sku| sku.kind == Kind::Licence);
    let trial = sku.is_some_and(|sku| sku.trial);
    let until = plus_days(midnight(at), WINDOW_DAYS);
    Subscription {
        id: line.subscription.clone().unwrap_or_default(),
        customer: order.customer.clone(),
        order: order.id.clone(),
        offer: line.offer.clone(),
        friendly_name: line.friendly_name.clone(),
        quantity: line.quantity,
        created: at,
        started: plus_seconds(at, 0),
        ends: term_end(at, &term),
        cancel_until: seats.then_some(until),
        refundable: seats
            .then_some(Refundable {
                quantity: line.quantity,
                until,
            })
            .into_iter()
            .collect(),
        status: Status::Active,
        auto_renew: seats && !trial,
        billing_cycle: order.billing_cycle.clone(),
        term,
        partner_id: line.partner_id.clone().unwrap_or_default(),
        next_term: None,
        version: 1,
        pending: false,
        registered: Registered::No,
    }
}
