//! The relationships themselves: read, made, changed, deleted. Approving and ending one is asked for
//! by `requests`.

use serde_json::json;

use super::body::Wish;
use super::{MOST, PART, READ, WRITE, admit, assignments::same, find, operations, refusal, shown};
use crate::sandbox::entra::roles::GLOBAL_ADMINISTRATOR;
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::entra::{gdap, tenants};
use crate::sandbox::graph::body::{self, bad};
use crate::sandbox::graph::odata::{
    Kind, created, entity, list as page_of, listed, only, page, select,
};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::seed::numbered;
use crate::sandbox::store::{GdapChange, Relationship, RelationshipStatus, Tx, key};

const RELATIONSHIP: Kind = Kind {
    name: "DelegatedAdminRelationship",
    filter: &[
        ("status", "eq in"),
        ("customer/tenantId", "eq in"),
        ("displayName", "eq in"),
    ],
    order: (
        &["status", "displayName", "createdDateTime", "endDateTime"],
        &[],
    ),
    most: MOST,
    ..Kind::PLAIN
};

/// Answers a list. One that asks for nothing but customer and status is as long as there are
/// customers, so that only a page of it is made.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, READ)?;
    let Some(filter) = Filter::read(request) else {
        let rows = gdap::after(tx, None, None).map(|row| shown::relationship(tx, &row));
        return listed(request, &RELATIONSHIP, PART, rows);
    };
    let wanted = page(request, MOST)?;
    if let Some(any) = gdap::after(tx, None, None).next() {
        // What is named unknown in `$select` is refused even where nothing is found.
        select(request, shown::relationship(tx, &any), &[])?;
    }
    let found = gdap::after(tx, filter.customer.as_deref(), wanted.after.as_deref())
        .filter(|row| filter.holds(tx, row))
        .take(wanted.top + 1)
        .map(|row| {
            let key = format!("{}/{}", row.customer, row.id);
            Ok((key, select(request, shown::relationship(tx, &row), &[])?))
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    Ok(Reply::ok(page_of(
        request,
        PART,
        &wanted,
        found.into_iter(),
    )))
}

pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, READ)?;
    let row = find(request, tx)?.relationship;
    whole(request, tx, &row)
}

fn whole(request: &Request, tx: &Tx<'_>, row: &Relationship) -> Outcome {
    let part = format!("{PART}/$entity");
    entity(request, &RELATIONSHIP, &part, shown::relationship(tx, row))
}

pub(super) fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, WRITE)?;
    only(request, &[])?;
    let wish = Wish::read(&body::read(request)?)?;
    let row = Relationship {
        id: format!("{}-{HOME}", tx.guid()),
        name: wish.name.ok_or_else(|| Wish::missing("displayName"))?,
        customer: wish.customer.unwrap_or_default(),
        roles: wish.roles.ok_or_else(|| Wish::missing("accessDetails"))?,
        days: wish.days.ok_or_else(|| Wish::missing("duration"))?,
        extends: wish.extends.unwrap_or_default(),
        status: RelationshipStatus::Created,
        created: tx.now(),
        modified: tx.now(),
        activated: None,
        ends: None,
        version: 1,
    };
    check(tx, &row)?;
    keep(tx, &row);
    let part = format!("{PART}/$entity");
    let path = format!("{PART}/{}", row.id);
    let value = shown::relationship(tx, &row);
    created(request, &RELATIONSHIP, &part, value, &path)
}

/// Refuses what a relationship cannot be.
fn check(tx: &Tx<'_>, row: &Relationship) -> Result<(), Refusal> {
    if gdap::has_name(tx, &row.name, Some(&row.id)) {
        let text = format!(
            "A delegated admin relationship with the display name '{}' exists already.",
            row.name
        );
        return Err(refusal::conflict(text));
    }
    if row.extends && row.roles.iter().any(|role| role == GLOBAL_ADMINISTRATOR) {
        return Err(bad(
            "A delegated admin relationship with the role Global Administrator cannot be extended automatically.",
        ));
    }
    let is_tenant = row.customer != HOME && tenants::find(tx, &row.customer).is_some();
    if !row.customer.is_empty() && !is_tenant {
        let text = format!("The customer tenant '{}' does not exist.", row.customer);
        return Err(bad(text));
    }
    Ok(())
}

/// Puts a relationship into the tables, where the customer is from now on, too.
fn keep(tx: &mut Tx<'_>, row: &Relationship) {
    numbered::keep(tx, &row.customer);
    let key = key(&[&row.customer, &row.id]);
    tx.gdap.relationships.put(&key, row.clone());
}

pub(super) fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, WRITE)?;
    only(request, &[])?;
    let row = find(request, tx)?.relationship;
    refusal::precondition(request, &shown::etag(&row.id, row.version))?;
    let wish = Wish::read(&body::read(request)?)?;
    match row.status_at(tx.now()) {
        RelationshipStatus::Created => change(request, tx, row, wish),
        RelationshipStatus::Active => change_active(request, tx, &row, wish),
        other => Err(refusal::wrong_state("Changing it", other)),
    }
}

/// Changes one that nobody has seen yet: everything, at once.
fn change(request: &Request, tx: &mut Tx<'_>, row: Relationship, wish: Wish) -> Outcome {
    let mut changed = Relationship {
        name: wish.name.unwrap_or(row.name),
        customer: wish.customer.unwrap_or_else(|| row.customer.clone()),
        roles: wish.roles.unwrap_or(row.roles),
        days: wish.days.unwrap_or(row.days),
        extends: wish.extends.unwrap_or(row.extends),
        ..row
    };
    changed.touch(tx.now());
    check(tx, &changed)?;
    let before = key(&[&row.customer, &changed.id]);
    tx.gdap.relationships.remove(&before);
    keep(tx, &changed);
    whole(request, tx, &changed)
}

/// Changes one that is in force: whether it extends itself, and that it loses Global Administrator.
/// That is documented for new ones alone, but common; it is unconfirmed that it is accepted (202) and
/// not carried out at once (200).
fn change_active(request: &Request, tx: &mut Tx<'_>, row: &Relationship, wish: Wish) -> Outcome {
    let extends = wish.extends.unwrap_or(row.extends);
    let roles = wish.roles.unwrap_or_else(|| row.roles.clone());
    let fewer: Vec<String> = row
        .roles
        .iter()
        .filter(|role| *role != GLOBAL_ADMINISTRATOR)
        .cloned()
        .collect();
    let settled = wish.name.is_some_and(|name| name != row.name)
        || wish.days.is_some_and(|days| days != row.days)
        || wish.customer.is_some_and(|other| other != row.customer)
        || !(same(&roles, &row.roles) || same(&roles, &fewer));
    if settled {
        let what = "Changing more than autoExtendDuration, or roles but for removing Global Administrator,";
        return Err(refusal::wrong_state(what, RelationshipStatus::Active));
    }
    if extends == row.extends && same(&roles, &row.roles) {
        return whole(request, tx, row);
    }
    let wanted = Relationship {
        extends,
        roles: roles.clone(),
        ..row.clone()
    };
    check(tx, &wanted)?;
    numbered::keep(tx, &row.customer);
    let change = GdapChange::Relationship { extends, roles };
    Ok(operations::begin(request, tx, &row.id, change))
}

pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, WRITE)?;
    let row = find(request, tx)?.relationship;
    refusal::precondition(request, &shown::etag(&row.id, row.version))?;
    match row.status_at(tx.now()) {
        RelationshipStatus::Created => {
            let key = key(&[&row.customer, &row.id]);
            tx.gdap.relationships.remove(&key);
            Ok(Reply::empty(204))
        }
        other => Err(refusal::wrong_state("Deleting it", other)),
    }
}

/// The `$filter` of most queries: `customer/tenantId` and `status`, joined by `and`.
#[derive(Debug, Default)]
struct Filter {
    customer: Option<String>,
    status: Option<String>,
}

impl Filter {
    /// Reads the query; `None` if it asks for more than this can.
    fn read(request: &Request) -> Option<Self> {
        only(request, &["$filter", "$top", "$select", "$skiptoken"]).ok()?;
        let mut filter = Self::default();
        let Some(text) = request.query("$filter") else {
            return Some(filter);
        };
        for term in text.split(" and ") {
            let mut words = term.trim().splitn(3, ' ');
            let (field, operator) = (words.next()?, words.next()?);
            let literal = words.next()?.trim();
            let inner = literal.strip_prefix('\'')?.strip_suffix('\'')?;
            match (field, operator) {
                _ if inner.contains('\'') => return None,
                ("customer/tenantId", "eq") => filter.customer = Some(inner.to_lowercase()),
                ("status", "eq") => filter.status = Some(inner.to_owned()),
                _ => return None,
            }
        }
        Some(filter)
    }

    fn holds(&self, tx: &Tx<'_>, row: &Relationship) -> bool {
        let status = json!(row.status_at(tx.now()));
        let wanted = self.status.as_deref();
        wanted.is_none_or(|wanted| status == wanted)
    }
}
