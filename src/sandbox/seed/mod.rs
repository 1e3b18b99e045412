//! What a fresh sandbox holds for Partner Center: a few customers with fixed ids, and as many more as
//! asked for by number. Every date is relative to the clock at the start.

mod customers;
mod directory;
mod history;
mod invoices;
pub(crate) mod numbered;
mod people;
mod plans;
mod policy;
mod relationships;

pub(crate) use customers::id_of;
pub(crate) use plans::FABRIKAM;
#[cfg(test)]
pub(crate) use plans::{ADVENTURE_WORKS, NORTHWIND, TAILSPIN, WIDE_WORLD};

use crate::base::clock::Timestamp;
use crate::sandbox::entra::seed::{HOME, HOME_DOMAIN};
use crate::sandbox::partner::dates::plus_days;
use crate::sandbox::store::{Address, Organization, Tx};

/// Fills a fresh world.
pub(crate) fn fill(tx: &mut Tx<'_>, more: usize) {
    customers::fill(tx);
    history::fill(tx);
    relationships::fill(tx);
    policy::fill(tx);
    invoices::fill(tx);
    numbered::fill(tx, more);
    directory::fill(tx);
    people::fill(tx);
    let organization = Organization {
        tenant: HOME.to_owned(),
        company_name: "Contoso".to_owned(),
        domain: HOME_DOMAIN.to_owned(),
        email: format!("ops@{HOME_DOMAIN}"),
        language: "en".to_owned(),
        culture: "en-US".to_owned(),
        address: address(
            "US",
            ("1 Pine Street", "Seattle", Some("WA"), "98101"),
            ("Megan", "Bowen"),
        ),
        etag: -4_242_348_048_554_929_329,
    };
    tx.partner.organizations.put(HOME, organization);
}

/// Returns an address: street, city, state and postal code; given and family name.
fn address(
    country: &str,
    (street, city, state, postal): (&str, &str, Option<&str>, &str),
    (first, last): (&str, &str),
) -> Address {
    Address {
        country: country.to_owned(),
        city: Some(city.to_owned()),
        state: state.map(str::to_owned),
        address_line1: Some(street.to_owned()),
        postal_code: Some(postal.to_owned()),
        first_name: Some(first.to_owned()),
        last_name: Some(last.to_owned()),
        ..Address::default()
    }
}

/// Returns the moment some days before.
fn days_before(now: Timestamp, days: i64) -> Timestamp {
    plus_days(now, -days)
}
