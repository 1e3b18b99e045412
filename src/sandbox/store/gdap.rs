//! Tables of granular delegated admin privileges (GDAP): relationships between the partner and its
//! customers, which of the partner's groups gets which roles by them, and what was asked of them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::table::tables;
use crate::base::clock::{Timestamp, later};

/// By how much a relationship that extends itself is extended.
const EXTENSION: Duration = Duration::from_secs(180 * 86_400);

/// How long the end of a relationship takes to be carried out. The reference names no time.
const EXPIRING: Duration = Duration::from_secs(600);

/// Where a relationship stands. Source: graph reference §12, status machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RelationshipStatus {
    /// It was made and may still be changed.
    Created,
    /// The customer is asked.
    ApprovalPending,
    /// The customer has agreed.
    Approved,
    /// It is being put into force.
    Activating,
    /// It is in force.
    Active,
    /// Its end is being carried out.
    Expiring,
    /// It has ended.
    Expired,
    /// One side wants it to end.
    TerminationRequested,
    /// It is being ended.
    Terminating,
    /// It was ended.
    Terminated,
}

/// A relationship; the key is `customer/relationship`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Relationship {
    /// `{guid}-{partner tenant}`.
    pub(crate) id: String,
    /// Its name, unique among the partner's.
    pub(crate) name: String,
    /// The customer's tenant, lower-case GUID; empty until somebody has agreed, if it was made for
    /// whoever does.
    pub(crate) customer: String,
    /// Template ids of the roles that it may give.
    pub(crate) roles: Vec<String>,
    /// How many days it lasts once it is active.
    pub(crate) days: u32,
    /// Whether it extends itself before it ends.
    pub(crate) extends: bool,
    /// Where it stands, apart from its end: see [`Relationship::status_at`].
    pub(crate) status: RelationshipStatus,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    pub(crate) activated: Option<Timestamp>,
    /// When it ends, unless it extends itself: see [`Relationship::end_at`].
    pub(crate) ends: Option<Timestamp>,
    /// Counts the changes; the entity tag is made from it.
    pub(crate) version: u64,
}

impl Relationship {
    /// Returns when it ends, as seen at a time.
    pub(crate) fn end_at(&self, now: Timestamp) -> Option<Timestamp> {
        let mut end = self.ends?;
        while self.extends && self.status == RelationshipStatus::Active && end <= now {
            end = later(end, EXTENSION);
        }
        Some(end)
    }

    /// Returns where it stands at a time: an active one expires at its end.
    pub(crate) fn status_at(&self, now: Timestamp) -> RelationshipStatus {
        match self.end_at(now) {
            Some(end) if self.status != RelationshipStatus::Active || end > now => self.status,
            Some(end) if later(end, EXPIRING) > now => RelationshipStatus::Expiring,
            Some(_) => RelationshipStatus::Expired,
            None => self.status,
        }
    }

    /// Counts a change; what the clock has done by now is written down before.
    pub(crate) fn touch(&mut self, now: Timestamp) {
        (self.status, self.ends) = (self.status_at(now), self.end_at(now));
        self.modified = now;
        self.version += 1;
    }
}

/// Where an access assignment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AssignmentStatus {
    /// It is not in force yet.
    Pending,
    /// It is in force.
    Active,
    /// It is being removed.
    Deleting,
    /// It was removed.
    Deleted,
    /// It could not be put into force.
    Error,
}

/// That a group of the partner has roles by a relationship; the key is `relationship/assignment`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccessAssignment {
    /// Its id, a GUID.
    pub(crate) id: String,
    /// The partner's group.
    pub(crate) group: String,
    /// Template ids of the roles, each one of the relationship's.
    pub(crate) roles: Vec<String>,
    pub(crate) status: AssignmentStatus,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    /// Counts the changes; the entity tag is made from it.
    pub(crate) version: u64,
}

/// What is asked of a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RequestAction {
    /// The partner shows it to the customer.
    LockForApproval,
    /// The customer agrees.
    Approve,
    /// The customer does not agree.
    Reject,
    /// One side ends it.
    Terminate,
}

/// How far something asked for has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RequestStatus {
    /// It was made.
    Created,
    /// It is being carried out.
    Pending,
    /// It was carried out.
    Succeeded,
}

/// That something was asked of a relationship; the key is `relationship/request`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GdapRequest {
    /// Its id, a GUID.
    pub(crate) id: String,
    pub(crate) action: RequestAction,
    pub(crate) status: RequestStatus,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    /// Counts the changes; the entity tag is made from it.
    pub(crate) version: u64,
}

/// A change that takes its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum GdapChange {
    /// An assignment gets other roles.
    Assignment {
        /// The assignment.
        assignment: String,
        /// Its roles from then on.
        roles: Vec<String>,
    },
    /// A relationship in force is changed.
    Relationship {
        /// Whether it extends itself from then on.
        extends: bool,
        /// Its roles from then on.
        roles: Vec<String>,
    },
}

/// How far a change has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum OperationStatus {
    /// It waits.
    NotStarted,
    /// It is being carried out.
    Running,
    /// It was carried out.
    Succeeded,
    /// What it was to change is not there any more.
    Failed,
}

/// A change and how far it has got; the key is `relationship/operation`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GdapOperation {
    /// Its id, a GUID.
    pub(crate) id: String,
    pub(crate) change: GdapChange,
    pub(crate) status: OperationStatus,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    /// Counts the changes; the entity tag is made from it.
    pub(crate) version: u64,
}

/// Future work on relationships.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum GdapDue {
    /// A relationship goes on by itself.
    Relationship(String),
    /// Something asked for goes on: relationship and request.
    Request(String, String),
    /// An assignment goes on: relationship and assignment.
    Assignment(String, String),
    /// A change goes on: relationship and operation.
    Operation(String, String),
}

tables! {
    /// Tables of GDAP.
    "gdap" GdapTables {
        /// Relationships by `customer/relationship`.
        relationships: Relationship,
        /// Access assignments by `relationship/assignment`.
        assignments: AccessAssignment,
        /// What was asked, by `relationship/request`.
        requests: GdapRequest,
        /// Changes by `relationship/operation`.
        operations: GdapOperation,
    }
}

#[cfg(test)]
mod tests {
    use super::RelationshipStatus::{Active, Expired, Expiring, Terminated};
    use super::*;

    fn at(day: u64) -> Timestamp {
        later(Timestamp::UNIX_EPOCH, Duration::from_secs(day * 86_400))
    }

    #[test]
    fn a_relationship_expires_at_its_end_unless_it_extends_itself() {
        let relationship = |extends, status| Relationship {
            id: String::new(),
            name: String::new(),
            customer: String::new(),
            roles: Vec::new(),
            days: 10,
            extends,
            status,
            created: at(0),
            modified: at(0),
            activated: Some(at(0)),
            ends: Some(at(10)),
            version: 1,
        };
        let check = |extends, status, day, expected, end| {
            let relationship = relationship(extends, status);
            assert_eq!(relationship.status_at(at(day)), expected, "{day}");
            assert_eq!(relationship.end_at(at(day)), Some(at(end)), "{day}");
        };
        check(false, Active, 9, Active, 10);
        check(false, Active, 10, Expiring, 10);
        check(false, Active, 11, Expired, 10);
        check(true, Active, 10, Active, 190);
        check(true, Active, 500, Active, 550);
        check(true, Terminated, 500, Terminated, 10);
    }
}
