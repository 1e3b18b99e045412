//! Further relationships with customers, which end soon and do not extend themselves. They give
//! nobody anything.

use super::customers::id_of;
use super::days_before;
use super::plans::{NORTHWIND, TAILSPIN};
use crate::sandbox::entra::gdap::{self, Related};
use crate::sandbox::entra::roles::{
    GLOBAL_ADMINISTRATOR, HELPDESK_ADMINISTRATOR, SERVICE_SUPPORT_ADMINISTRATOR,
};
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::partner::dates::plus_days;
use crate::sandbox::store::{Relationship, RelationshipStatus, Tx};

/// How long they last.
const DAYS: u32 = 365;

/// Puts them into a world that has its customers.
pub(super) fn fill(tx: &mut Tx<'_>) {
    add(tx, TAILSPIN, "Tailspin full", &[GLOBAL_ADMINISTRATOR], 20);
    let support = [HELPDESK_ADMINISTRATOR, SERVICE_SUPPORT_ADMINISTRATOR];
    add(tx, NORTHWIND, "Northwind support", &support, 25);
}

fn add(tx: &mut Tx<'_>, customer: &str, name: &str, roles: &[&str], left: i64) {
    let ends = plus_days(tx.now(), left);
    let since = days_before(ends, i64::from(DAYS));
    let relationship = Relationship {
        id: format!("{}-{HOME}", id_of(customer, 7, 2)),
        name: name.to_owned(),
        customer: customer.to_owned(),
        roles: roles.iter().map(|&role| role.to_owned()).collect(),
        days: DAYS,
        extends: false,
        status: RelationshipStatus::Active,
        created: since,
        modified: since,
        activated: Some(since),
        ends: Some(ends),
        version: 1,
    };
    let assignments = Vec::new();
    gdap::keep(
        tx,
        Related {
            relationship,
            assignments,
        },
    );
}
