//! Resources move from one group to another, perhaps of another subscription: their ids change, and
//! with them what hangs on them and what others name. Both groups are closed to writes meanwhile.
//! Source: arm reference §4 (move errors), §10.3.

mod carry;
mod checks;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub(super) use carry::{STATE, finish, unlock};

use super::group::{self, VERSIONS};
use super::id::Id;
use super::kind::{Links, Long};
use super::operation::{self, Begin};
use super::{access, body};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{OperationResult, Tx, Work};

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/resourceGroups/{group}/moveResources",
        perform,
    ),
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/resourceGroups/{group}/validateMoveResources",
        validate,
    ),
];

/// How long it takes; the reference names only that it may be hours.
const MOVING: Long = Long {
    accepted: true,
    links: Links::Location,
    time: Duration::from_secs(60),
    retry_after: 15,
};

/// What the providers need to look at a move.
const LOOKING: Long = Long {
    time: Duration::from_secs(30),
    ..MOVING
};

/// A move that Azure Resource Manager itself has nothing against.
#[derive(Debug)]
struct Move {
    source: Id,
    target: Id,
    /// What moves; its parts move with it.
    resources: Vec<Id>,
}

impl Move {
    /// Returns the id that something has when it has moved.
    fn moved(&self, id: &Id) -> Id {
        Id {
            subscription: self.target.subscription.clone(),
            group: self.target.group.clone(),
            sections: id.sections.clone(),
        }
    }

    /// Tells whether it stays in its subscription.
    fn is_within(&self) -> bool {
        self.source.subscription == self.target.subscription
    }
}

fn perform(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    begin(request, tx, "moveResources", MOVING)
}

fn validate(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    begin(request, tx, "validateMoveResources", LOOKING)
}

fn begin(request: &Request, tx: &mut Tx<'_>, action: &str, long: Long) -> Outcome {
    access::version(request, VERSIONS)?;
    let source = Id::of_group(request.param("subscription"), request.param("group"));
    let action = format!("Microsoft.Resources/subscriptions/resourceGroups/{action}/action");
    let azure = access::pass(request, tx, &source, &action)?;
    group::open(tx, &source)?;
    let wanted = checks::read(request, tx, source, &body::object(request)?)?;
    let error = checks::providers(tx, &wanted).map(|refusal| refusal.error());
    let keys = wanted.resources.iter().map(Id::key);
    let work = if long.time == MOVING.time {
        carry::lock(tx, &wanted);
        Work::Move(wanted.source.key(), wanted.target.key(), keys.collect())
    } else {
        Work::None
    };
    let begin = Begin {
        azure: &azure,
        about: &wanted.source,
        location: None,
        long,
        kind: None,
        result: OperationResult::Empty(204),
        work,
    };
    let operation = operation::begin(tx, begin);
    if let (Some(error), Some(row)) = (error, tx.arm.operations.edit(&operation)) {
        row.error = Some(error);
    }
    Ok(operation::lead(tx, request, &operation, Reply::empty(202)))
}
