//! Access assignments: which of the partner's groups gets which roles by a relationship.

use serde_json::Value;

use super::{READ, WRITE, admit, find, operations, part, refusal, shown};
use crate::sandbox::entra::gdap::{self, Related};
use crate::sandbox::entra::groups;
use crate::sandbox::graph::access::missing;
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::odata::{Kind, created, entity, listed, only};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::seed::numbered;
use crate::sandbox::store::{
    AccessAssignment, AssignmentStatus, GdapChange, Relationship, RelationshipStatus, Tx,
};

const ASSIGNMENT: Kind = Kind {
    name: "DelegatedAdminAccessAssignment",
    filter: &[("status", "eq")],
    order: (&["status", "createdDateTime"], &[]),
    most: super::MOST,
    ..Kind::PLAIN
};

pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, READ)?;
    let related = find(request, tx)?;
    let part = part(&related.relationship.id, "accessAssignments");
    let rows: Vec<Value> = related.assignments.iter().map(shown::assignment).collect();
    listed(request, &ASSIGNMENT, &part, rows)
}

/// Finds the assignment of a path, with its relationship.
fn one(request: &Request, tx: &Tx<'_>) -> Result<(Relationship, AccessAssignment), Refusal> {
    let Related {
        relationship,
        assignments,
    } = find(request, tx)?;
    let id = request.param("assignment");
    let mut rows = assignments.into_iter();
    let row = rows.find(|row| row.id.eq_ignore_ascii_case(id));
    Ok((relationship, row.ok_or_else(|| missing(id))?))
}

pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, READ)?;
    let (relationship, row) = one(request, tx)?;
    whole(request, &relationship, &row)
}

fn whole(request: &Request, relationship: &Relationship, row: &AccessAssignment) -> Outcome {
    let part = part(&relationship.id, "accessAssignments/$entity");
    entity(request, &ASSIGNMENT, &part, shown::assignment(row))
}

pub(super) fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, WRITE)?;
    only(request, &[])?;
    let Related {
        relationship,
        assignments,
    } = find(request, tx)?;
    let members = body::read(request)?;
    let known = ["@odata.type", "accessContainer", "accessDetails"];
    let body = Body::of(&members, &known)?;
    let group = super::body::group(&body)?;
    let roles = super::body::roles(&body)?;
    let roles = roles.ok_or_else(|| body.required("accessDetails"))?;
    active(tx, &relationship)?;
    within(&roles, &relationship)?;
    if !groups::gives_access(tx, &group).ok_or_else(refusal::no_container)? {
        return Err(bad("The access container is not a security group."));
    }
    let is_taken = |row: &AccessAssignment| {
        row.group == group
            && !matches!(
                row.status,
                AssignmentStatus::Deleted | AssignmentStatus::Deleting
            )
    };
    if assignments.iter().any(is_taken) {
        let text = format!("The security group '{group}' has an access assignment already.");
        return Err(refusal::conflict(text));
    }
    numbered::keep(tx, &relationship.customer);
    let id = relationship.id;
    let row = gdap::begin_assignment(tx, &id, &group, roles);
    let path = format!("{}/{id}/accessAssignments/{}", super::PART, row.id);
    let part = part(&id, "accessAssignments/$entity");
    created(request, &ASSIGNMENT, &part, shown::assignment(&row), &path)
}

pub(super) fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, WRITE)?;
    only(request, &[])?;
    let (relationship, row) = one(request, tx)?;
    refusal::precondition(request, &shown::etag(&row.id, row.version))?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["@odata.type", "accessDetails"])?;
    let roles = super::body::roles(&body)?;
    let roles = roles.ok_or_else(|| body.required("accessDetails"))?;
    active(tx, &relationship)?;
    in_use(&row)?;
    within(&roles, &relationship)?;
    if same(&roles, &row.roles) {
        return whole(request, &relationship, &row);
    }
    numbered::keep(tx, &relationship.customer);
    let assignment = row.id;
    let change = GdapChange::Assignment { assignment, roles };
    Ok(operations::begin(request, tx, &relationship.id, change))
}

pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, WRITE)?;
    let (relationship, row) = one(request, tx)?;
    refusal::precondition(request, &shown::etag(&row.id, row.version))?;
    in_use(&row)?;
    gdap::end_assignment(tx, &relationship.id, &row.id);
    Ok(Reply::empty(204))
}

/// Refuses unless the relationship is in force.
fn active(tx: &Tx<'_>, relationship: &Relationship) -> Result<(), Refusal> {
    match relationship.status_at(tx.now()) {
        RelationshipStatus::Active => Ok(()),
        other => Err(refusal::wrong_state("Assigning access", other)),
    }
}

/// Refuses to touch what is being removed or was.
fn in_use(row: &AccessAssignment) -> Result<(), Refusal> {
    match row.status {
        AssignmentStatus::Deleting | AssignmentStatus::Deleted => {
            let text = format!("The access assignment '{}' was deleted.", row.id);
            Err(refusal::conflict(text))
        }
        AssignmentStatus::Pending | AssignmentStatus::Active | AssignmentStatus::Error => Ok(()),
    }
}

/// Refuses roles that the relationship does not have.
fn within(roles: &[String], relationship: &Relationship) -> Result<(), Refusal> {
    match roles.iter().find(|role| !relationship.roles.contains(role)) {
        None => Ok(()),
        Some(role) => Err(bad(format!(
            "The role '{role}' is not one of the roles of the delegated admin relationship."
        ))),
    }
}

/// Tells whether two lists name the same roles.
pub(super) fn same(left: &[String], right: &[String]) -> bool {
    left.len() == right.len() && left.iter().all(|role| right.contains(role))
}
