//! Customers by number: as many as asked for, made when they are looked at, so that a hundred
//! thousand cost nothing. One that is changed is put into the tables and lives on there.

use super::address;
use super::customers::{agreement, bought, customer, user};
use crate::base::clock::Timestamp;
use crate::sandbox::entra;
use crate::sandbox::partner::catalogue;
use crate::sandbox::partner::renewal;
use crate::sandbox::store::{
    Agreement, Customer, Numbered, Order, Subscription, Tx, User, World, key,
};

/// Everything a customer by number has.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) customer: Customer,
    pub(crate) agreement: Agreement,
    pub(crate) user: User,
    pub(crate) order: Order,
    pub(crate) subscription: Subscription,
}

/// Notes how many there are.
pub(super) fn fill(tx: &mut Tx<'_>, count: usize) {
    if let Ok(last @ 1..) = u32::try_from(count) {
        let since = tx.now();
        tx.partner
            .numbered
            .put("customers", Numbered { last, since });
    }
}

/// Returns the id of a number.
pub(crate) fn id(number: u32) -> String {
    format!("{number:08x}-5eed-4000-8000-{number:012x}")
}

/// Returns the initial domain of a number.
fn domain(number: u32) -> String {
    format!("customer{number:06}.onmicrosoft.com")
}

/// Returns the number of an id or of a domain, if there is such a customer by number.
fn number(world: &World, wanted: &str) -> Option<(u32, Numbered)> {
    let numbered = world.partner.numbered.get("customers")?;
    let number = match wanted.strip_prefix("customer") {
        Some(rest) => rest.split('.').next()?.parse().ok()?,
        None => u32::from_str_radix(wanted.get(..8)?, 16).ok()?,
    };
    let known = (1..=numbered.last).contains(&number);
    let exact = wanted == id(number) || wanted == domain(number);
    (known && exact).then(|| (number, numbered.clone()))
}

/// Tells whether a domain belongs to a customer by number.
pub(crate) fn has_domain(world: &World, domain: &str) -> bool {
    number(world, domain).is_some()
}

/// Tells whether an id is that of a customer by number, kept in the tables or not.
pub(crate) fn is_number(world: &World, id: &str) -> bool {
    number(world, id).is_some()
}

/// Returns the number of a customer that lives by its number alone, and when they all came.
fn alone(world: &World, name: &str) -> Option<(u32, Timestamp)> {
    let (number, numbered) = number(world, name)?;
    let id = id(number);
    let taken = world.partner.customers.has(&id) || world.partner.gone.has(&id);
    (!taken).then_some((number, numbered.since))
}

/// Makes a customer by number; `None` if there is none, or if it lives in the tables.
pub(crate) fn made(world: &World, id: &str) -> Option<Made> {
    let (number, since) = alone(world, id)?;
    make(number, since)
}

/// Makes the row of a customer by number, which is named by its id or its domain.
pub(crate) fn find(world: &World, name: &str) -> Option<Customer> {
    let (number, since) = alone(world, name)?;
    Some(make_customer(number, since))
}

/// Returns the customer whose number an id of something it has begins with.
pub(crate) fn named(world: &World, id: &str) -> Option<String> {
    let customer = self::id(u32::from_str_radix(id.get(..8)?, 16).ok()?);
    since(world, &customer).map(|_| customer)
}

/// Returns since when a customer by number has been one; `None` if it lives in the tables.
pub(crate) fn since(world: &World, id: &str) -> Option<Timestamp> {
    let (_, since) = alone(world, id)?;
    Some(began(since))
}

/// Returns the numbered customers after an id, in order of their ids, that do not live in the
/// tables.
pub(crate) fn after<'w>(
    world: &'w World,
    after: Option<&str>,
) -> impl Iterator<Item = Customer> + use<'w> {
    let last = world
        .partner
        .numbered
        .get("customers")
        .map_or(0, |numbered| numbered.last);
    let first = after.map_or(1, |after| {
        let at = after
            .get(..8)
            .and_then(|text| u32::from_str_radix(text, 16).ok());
        at.map_or(u32::MAX, |number| {
            if id(number).as_str() > after {
                number.max(1)
            } else {
                number.saturating_add(1)
            }
        })
    });
    let tables = &world.partner;
    let since = tables
        .numbered
        .get("customers")
        .map(|numbered| numbered.since);
    (first..=last).filter_map(move |number| {
        let id = id(number);
        let taken = tables.customers.has(&id) || tables.gone.has(&id);
        since
            .filter(|_| !taken)
            .map(|since| make_customer(number, since))
    })
}

/// Returns when a numbered customer came and bought.
fn began(since: Timestamp) -> Timestamp {
    super::days_before(since, 30)
}

fn make_customer(number: u32, since: Timestamp) -> Customer {
    let place = address(
        "US",
        ("12 Harbor Street", "Seattle", Some("WA"), "98101"),
        ("Ada", "Nord"),
    );
    let name = format!("Customer {number:06}");
    customer(&id(number), &name, &domain(number), &place, began(since))
}

fn make(number: u32, since: Timestamp) -> Option<Made> {
    let customer = make_customer(number, since);
    let at = began(since);
    let display = format!("{} Admin", customer.billing.company_name);
    let mut user = user(
        &super::id_of(&customer.id, 1, 1),
        "admin",
        &display,
        &customer.domain,
    );
    user.usage_location = Some("US".to_owned());
    let sku = catalogue::sku("CFQ7TTC0LH18", "0001")?;
    let term = sku.terms().last()?;
    let seats = i64::from(number % 25) + 1;
    let (order, subscription) = bought(&customer, 1, (sku, term, "monthly"), seats, at);
    Some(Made {
        agreement: agreement(&customer),
        customer,
        user,
        order,
        subscription,
    })
}

/// Puts a customer by number into the tables; any other is left alone.
pub(crate) fn keep(tx: &mut Tx<'_>, id: &str) {
    let Some(made) = made(tx, id) else { return };
    let Made {
        customer,
        agreement,
        user,
        order,
        subscription,
    } = made;
    renewal::watch(tx, &subscription);
    entra::keep(tx, id);
    tx.partner.agreements.put(&key(&[id, "1"]), agreement);
    tx.partner.users.put(&key(&[id, &user.id]), user);
    tx.partner.orders.put(&key(&[id, &order.id]), order);
    tx.partner
        .subscriptions
        .put(&key(&[id, &subscription.id]), subscription);
    tx.partner.customers.put(id, customer);
}
