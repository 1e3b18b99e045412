//! How much of a list a caller sees: all of it with a right at the list's own scope, else what lies in
//! the groups and resources where it has that right. The reference names no rule; a caller without any
//! is refused.

use super::rights::covers;
use super::{Who, pass};
use crate::sandbox::arm::id::Id;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::Tx;

/// What of a list is seen.
#[derive(Debug)]
pub(in crate::sandbox::arm) enum View {
    All,
    /// What lies at or below these scopes.
    Parts(Vec<String>),
}

impl View {
    /// Returns what a caller sees of a list at a scope.
    pub(in crate::sandbox::arm) fn of(
        request: &Request,
        tx: &Tx<'_>,
        scope: &Id,
        action: &str,
    ) -> Result<Self, Refusal> {
        let Err(refusal) = pass(request, tx, scope, action) else {
            return Ok(Self::All);
        };
        let parts = Who::of(tx, request.caller()?).parts(tx, scope, action);
        if refusal.status == 403 && !parts.is_empty() {
            return Ok(Self::Parts(parts));
        }
        Err(refusal)
    }

    /// Tells whether something is seen: its id, in any casing.
    pub(in crate::sandbox::arm) fn shows(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Parts(parts) => parts.iter().any(|part| covers(part, id)),
        }
    }
}
