//! Where the operations of a vault itself are followed. Source: recovery reference §2.

use crate::sandbox::arm::recovery::calls::place;
use crate::sandbox::arm::resource;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::Tx;

/// Answers a look at the result of an operation that is no job of Site Recovery.
pub(in crate::sandbox::arm::recovery) fn result(request: &Request, _tx: &mut Tx<'_>) -> Outcome {
    Err(resource::missing(&place(request)?.0))
}
