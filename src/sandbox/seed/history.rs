//! What has happened before the first request: an open cart, a user deleted a few days ago, and the
//! audit records of the orders.

use super::customers::{id_of, user};
use super::days_before;
use super::plans::FABRIKAM;
use crate::sandbox::entra::seed::{ADMIN, CLIENT, HOME, HOME_DOMAIN};
use crate::sandbox::partner::catalogue;
use crate::sandbox::partner::dates::plus_days;
use crate::sandbox::partner::orders::order_shown;
use crate::sandbox::partner::shape::audited;
use crate::sandbox::store::{Audit, Cart, CartLine, Order, Tx, key};

/// Puts the history into a world that has its customers.
pub(super) fn fill(tx: &mut Tx<'_>) {
    cart(tx);
    deleted_user(tx);
    let mut orders: Vec<Order> = tx
        .partner
        .orders
        .iter()
        .map(|(_, row)| row.clone())
        .collect();
    orders.sort_by_key(|order| order.created);
    for order in orders {
        let number = tx.count("audit");
        let row = audit(tx, &order);
        tx.partner.audit.put(&format!("{number:012}"), row);
    }
}

/// Fabrikam has a cart with two seats of Power BI Pro.
fn cart(tx: &mut Tx<'_>) {
    let Some(sku) = catalogue::sku("CFQ7TTC0LHSF", "0001") else {
        return;
    };
    let Some(term) = sku.terms().last() else {
        return;
    };
    let availability = sku.availability(term, "US", 0);
    let now = tx.now();
    let line = CartLine {
        id: 0,
        item: format!("{}:{}:{availability}", sku.product, sku.id),
        quantity: 2,
        billing_cycle: "monthly".to_owned(),
        term: Some(term.duration.to_owned()),
        friendly_name: None,
        currency: "USD".to_owned(),
        group: "0".to_owned(),
        error: None,
    };
    let cart = Cart {
        id: id_of(FABRIKAM, 5, 1),
        created: now,
        changed: now,
        expires: plus_days(now, 7),
        user: ADMIN.to_owned(),
        ordered: false,
        lines: vec![line],
    };
    tx.partner.carts.put(&key(&[FABRIKAM, &cart.id]), cart);
}

/// Fabrikam's user Pat was deleted three days ago.
fn deleted_user(tx: &mut Tx<'_>) {
    let id = id_of(FABRIKAM, 1, 5);
    let domain = "fabrikam.onmicrosoft.com";
    let mut pat = user(&id, "pat", "Pat Roe", domain);
    pat.usage_location = Some("US".to_owned());
    let name = format!("{}@{domain}", id.replace('-', ""));
    pat.deleted = Some((
        days_before(tx.now(), 3),
        std::mem::replace(&mut pat.upn, name),
    ));
    tx.partner.users.put(&key(&[FABRIKAM, &id]), pat);
}

fn audit(tx: &Tx<'_>, order: &Order) -> Audit {
    let customer = tx.partner.customers.get(&order.customer);
    Audit {
        at: order.created,
        partner: HOME.to_owned(),
        customer: Some(order.customer.clone()),
        customer_name: customer.map(|customer| customer.billing.company_name.clone()),
        upn: format!("megan@{HOME_DOMAIN}"),
        app: CLIENT.to_owned(),
        resource: "order".to_owned(),
        operation: "create_order".to_owned(),
        old: None,
        new: Some(audited(&order_shown(order, false))),
        correlation: None,
        data: vec![("OrderId".to_owned(), order.id.clone())],
    }
}
