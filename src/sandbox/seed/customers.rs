//! Puts customers into a fresh world, with their users, subscriptions and agreements: those of the
//! small seed, and the rows that one by number has.

use super::days_before;
use super::plans::{NORTHWIND, Plan, TAILSPIN, plans};
use crate::base::clock::Timestamp;
use crate::sandbox::entra;
use crate::sandbox::partner::agreements::CUSTOMER_AGREEMENT;
use crate::sandbox::partner::buying::{Purchase, order_line, purchased};
use crate::sandbox::partner::catalogue::{self, Sku, Term};
use crate::sandbox::partner::{countries, renewal};
use crate::sandbox::store::{
    Address, Agreement, Assignment, BillingProfile, Contact, Customer, Order, Status, Subscription,
    Tx, User, key,
};

/// Puts the customers of the small seed into a fresh world.
pub(super) fn fill(tx: &mut Tx<'_>) {
    for plan in plans() {
        add(tx, &plan);
    }
    let suspended = key(&[NORTHWIND, &id_of(NORTHWIND, 2, 1)]);
    if let Some(subscription) = tx.partner.subscriptions.edit(&suspended) {
        subscription.status = Status::Suspended;
    }
    let manual = key(&[TAILSPIN, &id_of(TAILSPIN, 2, 1)]);
    if let Some(subscription) = tx.partner.subscriptions.edit(&manual) {
        subscription.auto_renew = false;
    }
}

fn add(tx: &mut Tx<'_>, plan: &Plan) {
    let created = days_before(tx.now(), 400);
    let domain = format!("{}.onmicrosoft.com", plan.name);
    entra::add_tenant(tx, plan.id, plan.company, &[&domain]);
    if plan.reachable {
        entra::gdap::seed(tx, plan.id, created);
    }
    if plan.consented {
        entra::consent(tx, plan.id);
    }
    let customer = customer(plan.id, plan.company, &domain, &plan.address, created);
    if plan.agreed {
        tx.partner
            .agreements
            .put(&key(&[plan.id, "1"]), agreement(&customer));
    }
    for (number, person) in (1..).zip(&plan.users) {
        let id = id_of(plan.id, 1, number);
        let mut user = user(&id, person.name, person.display, &domain);
        user.usage_location = person.located.then(|| plan.address.country.clone());
        user.licences = person
            .licence
            .map(|sku| Assignment {
                sku: sku.to_owned(),
                excluded: Vec::new(),
                since: None,
            })
            .into_iter()
            .collect();
        tx.partner.users.put(&key(&[plan.id, &id]), user);
    }
    for (number, one) in (1..).zip(&plan.bought) {
        let at = days_before(tx.now(), one.days);
        let Some(sku) = catalogue::sku(one.product, one.sku) else {
            continue;
        };
        let Some(term) = sku.terms().iter().find(|term| term.duration == one.term) else {
            continue;
        };
        let (order, subscription) =
            bought(&customer, number, (sku, term, one.cycle), one.seats, at);
        renewal::watch(tx, &subscription);
        tx.partner
            .subscriptions
            .put(&key(&[plan.id, &subscription.id]), subscription);
        tx.partner.orders.put(&key(&[plan.id, &order.id]), order);
    }
    tx.partner.customers.put(plan.id, customer);
}

/// Returns an id that belongs to a customer of the seed: 1 for users, 2 for subscriptions.
pub(crate) fn id_of(customer: &str, kind: u16, number: u32) -> String {
    format!("{}-{kind:04}-4000-8000-{number:012}", &customer[..8])
}

/// Returns a customer.
pub(super) fn customer(
    id: &str,
    company: &str,
    domain: &str,
    address: &Address,
    created: Timestamp,
) -> Customer {
    let email = format!("admin@{domain}");
    let country = countries::country(&address.country);
    let culture = country.map_or("en-US", |country| country.cultures[0]);
    Customer {
        id: id.to_owned(),
        commerce_id: format!("{}-0003-4000-8000-{}", &id[..8], &id[24..]),
        domain: domain.to_owned(),
        registration_number: None,
        address: address.clone(),
        email: email.clone(),
        billing: BillingProfile {
            id: format!("{}-0004-4000-8000-{}", &id[..8], &id[24..]),
            first_name: address.first_name.clone(),
            last_name: address.last_name.clone(),
            email,
            culture: culture.to_owned(),
            language: culture[..2].to_owned(),
            company_name: company.to_owned(),
            address: address.clone(),
            etag: 5_920_358_838_484_612_121,
        },
        original_name: None,
        associated_partner: None,
        qualifications: Vec::new(),
        created,
    }
}

/// Returns the customer agreement, confirmed by the customer's first contact.
pub(super) fn agreement(customer: &Customer) -> Agreement {
    let name = |name: &Option<String>| name.clone().unwrap_or_default();
    Agreement {
        user: entra::seed::ADMIN.to_owned(),
        contact: Contact {
            first_name: name(&customer.address.first_name),
            last_name: name(&customer.address.last_name),
            email: customer.email.clone(),
            phone_number: None,
        },
        template: CUSTOMER_AGREEMENT.to_owned(),
        agreed: customer.created,
        kind: "MicrosoftCustomerAgreement".to_owned(),
    }
}

/// Returns a user; `display` is given and family name.
pub(super) fn user(id: &str, name: &str, display: &str, domain: &str) -> User {
    let (first, last) = display.rsplit_once(' ').unwrap_or((display, ""));
    User {
        id: id.to_owned(),
        upn: format!("{name}@{domain}"),
        first_name: Some(first.to_owned()),
        last_name: Some(last.to_owned()),
        display_name: display.to_owned(),
        immutable_id: None,
        usage_location: None,
        phone_number: None,
        change_password: false,
        licences: Vec::new(),
        deleted: None,
    }
}

/// Returns a fulfilled order of one line and its subscription.
pub(super) fn bought(
    customer: &Customer,
    number: u32,
    (sku, term, cycle): (&'static Sku, &Term, &str),
    seats: i64,
    at: Timestamp,
) -> (Order, Subscription) {
    let country = &customer.address.country;
    let offer = format!(
        "{}:{}:{}",
        sku.product,
        sku.id,
        sku.availability(term, country, 0)
    );
    let purchase = Purchase {
        sku,
        term: *term,
        offer,
        quantity: seats,
        cycle: cycle.to_owned(),
        friendly_name: None,
        partner_id: None,
    };
    let mut line = order_line(0, &purchase);
    line.subscription = Some(id_of(&customer.id, 2, number));
    let known = countries::country(country);
    let currency = known.map_or(("USD", "$"), |country| country.currency);
    let order = Order {
        id: format!("{}{number:04}", &customer.id[..8]),
        customer: customer.id.clone(),
        billing_cycle: cycle.to_owned(),
        currency: (currency.0.to_owned(), currency.1.to_owned()),
        lines: vec![line],
        created: at,
        listed: at,
        completed: true,
        country: country.clone(),
    };
    let subscription = purchased(&order, &order.lines[0], at);
    (order, subscription)
}
