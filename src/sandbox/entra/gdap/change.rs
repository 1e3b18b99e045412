//! Changes of what is in force, which take their time: other roles of an assignment, another end of a
//! relationship. Source: graph reference §7, §12.

use super::cycle::queue;
use super::{edit, edit_assignment, find};
use crate::sandbox::store::{
    AssignmentStatus, GdapChange, GdapDue, GdapOperation, OperationStatus, RelationshipStatus, Tx,
    key,
};

/// Begins a change that takes its time.
pub(crate) fn begin_change(
    tx: &mut Tx<'_>,
    relationship: &str,
    change: GdapChange,
) -> GdapOperation {
    let row = GdapOperation {
        id: tx.guid(),
        change,
        status: OperationStatus::NotStarted,
        created: tx.now(),
        modified: tx.now(),
        version: 1,
    };
    let key = key(&[relationship, &row.id]);
    tx.gdap.operations.put(&key, row.clone());
    let due = GdapDue::Operation(relationship.to_owned(), row.id.clone());
    queue(tx, &due, 2);
    row
}

/// Carries a change on.
pub(super) fn carry_on(tx: &mut Tx<'_>, relationship: &str, id: &str) {
    let key = key(&[relationship, id]);
    let Some(row) = tx.gdap.operations.get(&key).cloned() else {
        return;
    };
    let status = match row.status {
        OperationStatus::NotStarted => OperationStatus::Running,
        OperationStatus::Running if carry_out(tx, relationship, &row.change).is_some() => {
            OperationStatus::Succeeded
        }
        _ => OperationStatus::Failed,
    };
    let now = tx.now();
    if let Some(row) = tx.gdap.operations.edit(&key) {
        row.status = status;
        row.modified = now;
        row.version += 1;
    }
}

/// Makes a change; `None` if what it is about is not there any more.
fn carry_out(tx: &mut Tx<'_>, relationship: &str, change: &GdapChange) -> Option<()> {
    match change {
        GdapChange::Assignment { assignment, roles } => {
            let row = edit_assignment(tx, relationship, assignment)?;
            if row.status == AssignmentStatus::Deleting || row.status == AssignmentStatus::Deleted {
                return None;
            }
            row.roles.clone_from(roles);
        }
        GdapChange::Relationship { extends, roles } => {
            let row = edit(tx, relationship)?;
            if row.status != RelationshipStatus::Active {
                return None;
            }
            row.extends = *extends;
            row.roles.clone_from(roles);
            // An assignment gives no role that its relationship has lost.
            for assigned in find(tx, relationship)?.assignments {
                if assigned.roles.iter().any(|role| !roles.contains(role)) {
                    let row = edit_assignment(tx, relationship, &assigned.id)?;
                    row.roles.retain(|role| roles.contains(role));
                }
            }
        }
    }
    Some(())
}
