//! Whose customer: finds the customer of a call (§19.2), who may reach its directory, and its rows.
//! Customers by number are made when they are looked at, and kept when they are changed.

use super::codes::{NO_CUSTOMER, NO_PRIVILEGE, NO_RELATIONSHIP, NO_TENANT};
use crate::sandbox::entra::gdap;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::seed::numbered::{self, Made};
use crate::sandbox::store::{
    Agreement, Customer, Order, PartnerTables, Subscription, Table, Tx, User, World, key,
};

/// What part of a customer a call is about; an unknown customer is refused accordingly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Users and licences: needs access to the customer's directory.
    Directory,
    /// Carts, orders, subscriptions.
    Commerce,
    /// Everything else.
    Other,
}

/// Returns the customer of a call that reads.
pub(crate) fn customer(request: &Request, tx: &Tx<'_>, part: Part) -> Result<Customer, Refusal> {
    let id = request.guid("customer", "Tenant Id")?;
    let customer = find(tx, &id).ok_or_else(|| match part {
        Part::Directory => NO_TENANT.refuse(),
        Part::Commerce => NO_RELATIONSHIP.refuse(),
        Part::Other => NO_CUSTOMER.refuse(),
    })?;
    if part == Part::Directory && !may_administer(request, tx, &id)? {
        return Err(NO_PRIVILEGE.refuse());
    }
    Ok(customer)
}

/// Returns the customer of a call that writes; one by number is kept from now on.
pub(crate) fn customer_to_change(
    request: &Request,
    tx: &mut Tx<'_>,
    part: Part,
) -> Result<Customer, Refusal> {
    let customer = customer(request, tx, part)?;
    numbered::keep(tx, &customer.id);
    Ok(customer)
}

/// Finds a customer by its id.
pub(crate) fn find(world: &World, id: &str) -> Option<Customer> {
    match world.partner.customers.get(id) {
        Some(customer) => Some(customer.clone()),
        None => numbered::made(world, id).map(|made| made.customer),
    }
}

/// Tells whether the partner has delegated access to the customer's directory.
pub(crate) fn reachable(tx: &Tx<'_>, customer: &str) -> bool {
    gdap::is_related(tx, tx.now(), customer)
}

/// Tells whether the user reaches customers' directories by its role, and this one by GDAP.
fn may_administer(request: &Request, tx: &Tx<'_>, customer: &str) -> Result<bool, Refusal> {
    let caller = request.caller()?;
    let agent = caller
        .roles
        .iter()
        .any(|role| matches!(role.as_str(), "AdminAgent" | "HelpdeskAgent"));
    Ok(agent && !gdap::roles(tx, tx.now(), &caller.object, customer).is_empty())
}

/// Returns the verified domains of a customer's directory.
pub(crate) fn domains(world: &World, customer: &Customer) -> Vec<String> {
    match world.entra.tenants.get(&customer.id) {
        Some(tenant) => tenant.domains.clone(),
        None => vec![customer.domain.clone()],
    }
}

/// A row that belongs to a customer.
pub(crate) trait Owned: crate::sandbox::store::Row {
    /// Returns the table.
    fn table(tables: &PartnerTables) -> &Table<Self>;
    /// Returns the row that a customer by number has, with its id.
    fn made(made: Made) -> (String, Self);
}

macro_rules! owned {
    ($($row:ty, $table:ident, $made:ident, $id:expr;)*) => {
        $(impl Owned for $row {
            fn table(tables: &PartnerTables) -> &Table<Self> {
                &tables.$table
            }
            fn made(made: Made) -> (String, Self) {
                let id: fn(&Self) -> String = $id;
                (id(&made.$made), made.$made)
            }
        })*
    };
}
owned! {
    Subscription, subscriptions, subscription, |row| row.id.clone();
    Order, orders, order, |row| row.id.clone();
    User, users, user, |row| row.id.clone();
    Agreement, agreements, agreement, |_| "1".to_owned();
}

/// Returns all rows of a kind that a customer has, with their ids, in order.
pub(crate) fn rows<T: Owned>(world: &World, customer: &str) -> Vec<T> {
    match numbered::made(world, customer) {
        Some(made) => vec![T::made(made).1],
        None => T::table(&world.partner)
            .under(customer)
            .map(|(_, row)| row.clone())
            .collect(),
    }
}

/// Returns one row of a customer.
pub(crate) fn row<T: Owned>(world: &World, customer: &str, id: &str) -> Option<T> {
    match numbered::made(world, customer) {
        Some(made) => Some(T::made(made))
            .filter(|(made_id, _)| made_id.eq_ignore_ascii_case(id))
            .map(|(_, row)| row),
        None => T::table(&world.partner).get(&key(&[customer, id])).cloned(),
    }
}
