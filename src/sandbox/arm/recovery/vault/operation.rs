//! Where the operations of a vault itself are followed: `{V}/operationStatus/{id}` and
//! `{V}/operationResults/{id}`, which outlive the vault. Source: recovery reference §2.

use crate::sandbox::arm::operation;
use crate::sandbox::arm::recovery::below;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[Route::arm(
    "GET",
    below!("/operationStatus/{operation}"),
    operation::look,
)];

/// Answers a look at the result of an operation that is no job of Site Recovery; `None` when there
/// is none.
pub(in crate::sandbox::arm::recovery) fn result(
    request: &Request,
    tx: &mut Tx<'_>,
) -> Option<Outcome> {
    let is_one = tx.arm.operations.has(request.param("operation"));
    is_one.then(|| operation::look(request, tx))
}
