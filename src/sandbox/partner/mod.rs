//! Partner Center: its routes, one file per resource, and its future work. Written from the reference
//! alone; every refusal comes from the one table in `codes`.

pub(crate) mod accounts;
mod address;
pub(crate) mod agreements;
mod application_consents;
mod audit;
mod body;
pub(crate) mod buying;
mod carts;
pub(crate) mod catalogue;
mod change;
mod codes;
pub(crate) mod countries;
mod create_customer;
mod customers;
pub(crate) mod dates;
mod etag;
mod filter;
pub(crate) mod group_seats;
mod invoices;
mod licences;
pub(crate) mod orders;
mod organization;
mod page;
mod pdf;
mod products;
mod profiles;
mod qualifications;
mod registration;
pub(crate) mod renewal;
pub(crate) mod scope;
pub(crate) mod seats;
pub(crate) mod shape;
mod subscriptions;
#[cfg(test)]
mod tests;
mod users;
mod validation;

use super::route::Route;
use super::store::{PartnerDue, Tx};

/// Returns every Partner Center route.
pub(crate) fn routes() -> Vec<&'static [Route]> {
    vec![
        customers::ROUTES,
        profiles::ROUTES,
        validation::ROUTES,
        qualifications::ROUTES,
        agreements::ROUTES,
        application_consents::ROUTES,
        products::ROUTES,
        carts::ROUTES,
        orders::ROUTES,
        subscriptions::ROUTES,
        registration::ROUTES,
        users::ROUTES,
        licences::ROUTES,
        invoices::ROUTES,
        audit::ROUTES,
        organization::ROUTES,
    ]
}

/// Fills a fresh world; `customers` more than the small seed are made by number.
pub(crate) fn seed(tx: &mut Tx<'_>, customers: usize) {
    super::seed::fill(tx, customers);
}

/// Does what lay in the queue.
pub(crate) fn run_due(tx: &mut Tx<'_>, due: PartnerDue) {
    match due {
        PartnerDue::Provision { customer, order } => buying::provision(tx, &customer, &order),
        PartnerDue::Change { changed } => subscriptions::finish(tx, *changed),
        PartnerDue::Register {
            customer,
            subscription,
        } => {
            registration::finish(tx, &customer, &subscription);
        }
        PartnerDue::Approve {
            customer,
            qualification,
        } => {
            qualifications::approve(tx, &customer, &qualification);
        }
        PartnerDue::EndTerm {
            customer,
            subscription,
            end,
        } => {
            renewal::end_term(tx, &customer, &subscription, end);
        }
    }
}
