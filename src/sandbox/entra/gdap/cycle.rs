//! The life of a relationship, of its assignments and of what is asked of it: which step leads
//! where, and what goes on by itself through the queue. Changes of what is in force stand in
//! `change`. Source: graph reference §12.

use std::time::Duration;

use super::change::carry_on;
use super::{edit, edit_assignment, find};
use crate::base::clock::later;
use crate::sandbox::entra::groups;
use crate::sandbox::seed::numbered;
use crate::sandbox::store::{
    AccessAssignment, AssignmentStatus, Due, GdapDue, GdapRequest, RelationshipStatus,
    RequestAction, RequestStatus, Tx, key,
};

/// How long each step of the service takes. The reference names no times.
const STEP: Duration = Duration::from_secs(30);

/// A step in the life of a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// What somebody asks for.
    Asked(RequestAction),
    /// What follows by itself.
    Next,
}

/// Returns where a step leads; `None` where that way does not exist. A relationship that is
/// rejected ends as one that is terminated: the status machine has no other way out.
fn leads(from: RelationshipStatus, step: Step) -> Option<RelationshipStatus> {
    use RelationshipStatus as At;
    use RequestAction::{Approve, LockForApproval, Reject, Terminate};
    match (from, step) {
        (At::Created, Step::Asked(LockForApproval)) => Some(At::ApprovalPending),
        (At::ApprovalPending, Step::Asked(Approve)) => Some(At::Approved),
        (At::ApprovalPending, Step::Asked(Reject | Terminate))
        | (At::Active, Step::Asked(Terminate)) => Some(At::TerminationRequested),
        (At::Approved, Step::Next) => Some(At::Activating),
        (At::Activating, Step::Next) => Some(At::Active),
        (At::TerminationRequested, Step::Next) => Some(At::Terminating),
        (At::Terminating, Step::Next) => Some(At::Terminated),
        _ => None,
    }
}

/// Takes a step; if it does not exist, returns where the relationship stands.
fn take(tx: &mut Tx<'_>, id: &str, step: Step) -> Result<(), RelationshipStatus> {
    let now = tx.now();
    let stands = find(tx, id).map(|related| related.relationship.status_at(now));
    let stands = stands.unwrap_or(RelationshipStatus::Terminated);
    let status = leads(stands, step).ok_or(stands)?;
    if let Some(row) = edit(tx, id) {
        row.status = status;
        if status == RelationshipStatus::Active {
            let lasts = Duration::from_secs(u64::from(row.days) * 86_400);
            row.activated = Some(now);
            row.ends = Some(later(now, lasts));
        }
    }
    Ok(())
}

/// Puts the steps of a relationship that follow by themselves into the queue.
pub(crate) fn schedule(tx: &mut Tx<'_>, id: &str) {
    let status = find(tx, id).map(|related| related.relationship.status);
    let following = |status: &RelationshipStatus| leads(*status, Step::Next);
    let steps = std::iter::successors(status, following).skip(1).count();
    queue(tx, &GdapDue::Relationship(id.to_owned()), steps);
}

/// Puts the steps of some work into the queue, one after the other.
pub(super) fn queue(tx: &mut Tx<'_>, due: &GdapDue, steps: usize) {
    let mut after = Duration::ZERO;
    for _ in 0..steps {
        after += STEP;
        tx.later(after, Due::Gdap(due.clone()));
    }
}

/// Asks something of a relationship and notes it; if that cannot be asked now, returns where the
/// relationship stands.
pub(crate) fn ask(
    tx: &mut Tx<'_>,
    id: &str,
    action: RequestAction,
) -> Result<GdapRequest, RelationshipStatus> {
    take(tx, id, Step::Asked(action))?;
    schedule(tx, id);
    let row = GdapRequest {
        id: tx.guid(),
        action,
        status: RequestStatus::Created,
        created: tx.now(),
        modified: tx.now(),
        version: 1,
    };
    tx.gdap.requests.put(&key(&[id, &row.id]), row.clone());
    queue(tx, &GdapDue::Request(id.to_owned(), row.id.clone()), 2);
    Ok(row)
}

/// Answers a relationship that waits for approval in the customer's place. One that was made for
/// nobody yet becomes that customer's. If it does not wait, returns where it stands.
pub(crate) fn answer(
    tx: &mut Tx<'_>,
    id: &str,
    customer: &str,
    action: RequestAction,
) -> Result<GdapRequest, RelationshipStatus> {
    let request = ask(tx, id, action)?;
    let nobodys = key(&["", id]);
    if let Some(mut row) = tx.gdap.relationships.remove(&nobodys) {
        numbered::keep(tx, customer);
        customer.clone_into(&mut row.customer);
        tx.gdap.relationships.put(&key(&[customer, id]), row);
    }
    Ok(request)
}

/// Gives a group roles by a relationship; they are in force a little later.
pub(crate) fn begin_assignment(
    tx: &mut Tx<'_>,
    relationship: &str,
    group: &str,
    roles: Vec<String>,
) -> AccessAssignment {
    let row = AccessAssignment {
        id: tx.guid(),
        group: group.to_owned(),
        roles,
        status: AssignmentStatus::Pending,
        created: tx.now(),
        modified: tx.now(),
        version: 1,
    };
    let key = key(&[relationship, &row.id]);
    tx.gdap.assignments.put(&key, row.clone());
    let due = GdapDue::Assignment(relationship.to_owned(), row.id.clone());
    queue(tx, &due, 1);
    row
}

/// Takes the roles of an assignment away; it stays listed.
pub(crate) fn end_assignment(tx: &mut Tx<'_>, relationship: &str, id: &str) {
    if let Some(row) = edit_assignment(tx, relationship, id) {
        row.status = AssignmentStatus::Deleting;
    }
    let due = GdapDue::Assignment(relationship.to_owned(), id.to_owned());
    queue(tx, &due, 1);
}

/// Does what lay in the queue. What is not there any more, or has gone another way, is left alone.
pub(crate) fn run_due(tx: &mut Tx<'_>, due: &GdapDue) {
    match due {
        // A step that does not exist any more is not taken.
        GdapDue::Relationship(id) => take(tx, id, Step::Next).unwrap_or_default(),
        GdapDue::Request(relationship, id) => request(tx, relationship, id),
        GdapDue::Assignment(relationship, id) => assignment(tx, relationship, id),
        GdapDue::Operation(relationship, id) => carry_on(tx, relationship, id),
    }
}

/// Carries a request on.
fn request(tx: &mut Tx<'_>, relationship: &str, id: &str) {
    let now = tx.now();
    if let Some(row) = tx.gdap.requests.edit(&key(&[relationship, id])) {
        row.status = match row.status {
            RequestStatus::Created => RequestStatus::Pending,
            RequestStatus::Pending | RequestStatus::Succeeded => RequestStatus::Succeeded,
        };
        row.modified = now;
        row.version += 1;
    }
}

/// Puts an assignment into force, or takes it away. It fails if its group has gone meanwhile.
fn assignment(tx: &mut Tx<'_>, relationship: &str, id: &str) {
    let Some(row) = tx.gdap.assignments.get(&key(&[relationship, id])) else {
        return;
    };
    let has_group = groups::gives_access(tx, &row.group).unwrap_or_default();
    let status = match row.status {
        AssignmentStatus::Pending if has_group => AssignmentStatus::Active,
        AssignmentStatus::Pending => AssignmentStatus::Error,
        AssignmentStatus::Deleting => AssignmentStatus::Deleted,
        _ => return,
    };
    if let Some(row) = edit_assignment(tx, relationship, id) {
        row.status = status;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_the_status_machine_and_no_other() {
        use RelationshipStatus as At;
        use RequestAction::{Approve, LockForApproval, Reject, Terminate};
        let asked = Step::Asked;
        let ways = [
            (At::Created, asked(LockForApproval), At::ApprovalPending),
            (At::ApprovalPending, asked(Approve), At::Approved),
            (At::ApprovalPending, asked(Reject), At::TerminationRequested),
            (
                At::ApprovalPending,
                asked(Terminate),
                At::TerminationRequested,
            ),
            (At::Active, asked(Terminate), At::TerminationRequested),
            (At::Approved, Step::Next, At::Activating),
            (At::Activating, Step::Next, At::Active),
            (At::TerminationRequested, Step::Next, At::Terminating),
            (At::Terminating, Step::Next, At::Terminated),
        ];
        let all = [
            At::Created,
            At::ApprovalPending,
            At::Approved,
            At::Activating,
            At::Active,
            At::Expiring,
            At::Expired,
            At::TerminationRequested,
            At::Terminating,
            At::Terminated,
        ];
        let steps = [LockForApproval, Approve, Reject, Terminate].map(asked);
        for from in all {
            for step in steps.into_iter().chain([Step::Next]) {
                let way = ways.iter().find(|way| (way.0, way.1) == (from, step));
                assert_eq!(leads(from, step), way.map(|way| way.2), "{from:?} {step:?}");
            }
        }
    }
}
