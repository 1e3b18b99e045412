//! Deployments of templates to resource groups and subscriptions. Source: arm reference §7, §10.5,
//! §13.
//!
//! `draft` reads what is asked, `begin` takes it on, `run` goes from step to step as the clock
//! moves, `make` makes what a step is about, `inside` lets a deployment call what any caller may call. A deployment that only might be
//! (`simulate`) runs the same way in a world that is thrown away: `validate` and `what_if` look at
//! that one.

mod begin;
mod cancel;
mod clear;
mod delta;
mod draft;
mod inside;
mod list;
mod live;
mod make;
mod operations;
mod place;
mod refusal;
mod run;
mod seed;
mod shown;
mod simulate;
#[cfg(test)]
mod tests;
mod validate;
mod what_if;

use super::access::{self, Azure};
use super::group;
use super::id::Id;
use super::operation;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Deployment, DeploymentState, Tx};

pub(super) use run::go_on;
pub(super) use seed::fill;

macro_rules! of_group {
    ($rest:literal) => {
        concat!(
            "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments",
            $rest
        )
    };
}

macro_rules! of_subscription {
    ($rest:literal) => {
        concat!(
            "/subscriptions/{subscription}/providers/Microsoft.Resources/deployments",
            $rest
        )
    };
}

/// The operations of a deployment to a group; there is no provider in this path.
macro_rules! operations_of_group {
    ($rest:literal) => {
        concat!(
            "/subscriptions/{subscription}/resourceGroups/{group}/deployments/{deployment}/operations",
            $rest
        )
    };
}

macro_rules! both {
    ($verb:literal, $rest:literal, $handler:expr) => {
        [
            Route::arm($verb, of_group!($rest), $handler),
            Route::arm($verb, of_subscription!($rest), $handler),
        ]
    };
}

pub(super) const ROUTES: &[&[Route]] = &[
    &both!("GET", "", list::list),
    &both!("GET", "/{deployment}", list::get),
    &both!("HEAD", "/{deployment}", list::exists),
    &both!("PUT", "/{deployment}", begin::put),
    &both!("DELETE", "/{deployment}", cancel::delete),
    &both!("POST", "/{deployment}/validate", validate::validate),
    &both!("POST", "/{deployment}/whatIf", what_if::what_if),
    &both!("POST", "/{deployment}/cancel", cancel::cancel),
    &both!("POST", "/{deployment}/exportTemplate", list::export),
    &both!(
        "GET",
        "/{deployment}/operationStatuses/{operation}",
        operation::look
    ),
    &[
        Route::arm("GET", operations_of_group!(""), operations::list),
        Route::arm("GET", operations_of_group!("/{step}"), operations::get),
        Route::arm(
            "GET",
            of_subscription!("/{deployment}/operations"),
            operations::list,
        ),
        Route::arm(
            "GET",
            of_subscription!("/{deployment}/operations/{step}"),
            operations::get,
        ),
    ],
];

const TYPE: &str = "Microsoft.Resources/deployments";

/// What a request is about, once it may be asked.
struct Asked {
    /// The deployment, or for a list the place of it.
    id: Id,
    azure: Azure,
}

/// Returns the group or subscription of a request.
fn scope(request: &Request) -> Id {
    match request.param("group") {
        "" => Id::of_subscription(request.param("subscription")),
        group => Id::of_group(request.param("subscription"), group),
    }
}

/// Lets a request pass that may do something with deployments: `write`, `cancel/action`.
fn asked(request: &Request, tx: &Tx<'_>, what: &str) -> Result<Asked, Refusal> {
    access::version(request, group::VERSIONS)?;
    let scope = scope(request);
    let id = match request.param("deployment") {
        "" => scope.clone(),
        name => scope.extended("Microsoft.Resources", "deployments", name),
    };
    let action = format!("{TYPE}/{what}");
    let azure = access::pass(request, tx, &id, &action)?;
    match scope.group_key() {
        Some(key) if !tx.arm.groups.has(&key) => Err(group::missing(&scope)),
        _ => Ok(Asked { id, azure }),
    }
}

/// Returns the deployment of a request.
fn found(request: &Request, tx: &Tx<'_>, what: &str) -> Result<(Asked, Deployment), Refusal> {
    let asked = asked(request, tx, what)?;
    match tx.arm.deployments.get(&asked.id.key()) {
        Some(row) => Ok((asked, row.clone())),
        None => Err(refusal::missing(asked.id.name())),
    }
}

/// Removes the record of a deployment, unless it has been made anew.
pub(super) fn remove(tx: &mut Tx<'_>, key: &str) {
    let row = tx.arm.deployments.get(key);
    if row.is_some_and(|row| row.state == DeploymentState::Deleting) {
        tx.arm.deployments.remove(key);
    }
}

/// Forgets the deployments of a group that is gone.
pub(super) fn forget_below(tx: &mut Tx<'_>, key: &str) {
    let below = tx.arm.deployments.under(key);
    let rows: Vec<Deployment> = below.map(|(_, row)| row.clone()).collect();
    for row in rows {
        let key = row.id.to_lowercase();
        if row.state.is_active() {
            let error = refusal::canceled(&row.name);
            run::end(tx, row, DeploymentState::Canceled, Some(error));
        }
        tx.arm.deployments.remove(&key);
    }
}
