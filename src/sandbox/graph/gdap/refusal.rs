//! What is refused about relationships, and the entity tags that writes must name. Where the
//! reference gives a text it is that one; the codes of states and names, and the answer to a missing
//! tag (428 and not 400), are unconfirmed and chosen here.

use crate::sandbox::graph::body::bad;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::RelationshipStatus;

/// Refuses who is no admin agent, or did not sign in with multi-factor authentication.
pub(super) fn no_agent() -> Refusal {
    let text = "The user (principal) does not have the required permissions to perform the specified action on the resource.";
    Refusal::new(403, "Authorization_RequestDenied", text)
}

/// Refuses a group that the partner does not have.
pub(super) fn no_container() -> Refusal {
    bad("access container does not exist")
}

/// Refuses what the state of a relationship does not allow.
pub(super) fn wrong_state(what: &str, status: RelationshipStatus) -> Refusal {
    let status = serde_json::json!(status);
    let status = status.as_str().unwrap_or_default();
    let text = format!("{what} is not allowed while the relationship is in status '{status}'.");
    Refusal::new(409, "Conflict", text)
}

/// Refuses a second thing where there can be one.
pub(super) fn conflict(text: impl Into<String>) -> Refusal {
    Refusal::new(409, "Conflict", text)
}

/// Refuses a write that does not name the entity tag as it is now.
pub(super) fn precondition(request: &Request, current: &str) -> Result<(), Refusal> {
    match request.header("if-match").map(str::trim) {
        None => {
            let text = "The If-Match header is required for this request.";
            Err(Refusal::new(428, "preconditionRequired", text))
        }
        Some(given) if given == "*" || given == current => Ok(()),
        Some(_) => {
            let text = "The entity tag in the If-Match header does not match the current one.";
            Err(Refusal::new(412, "preconditionFailed", text))
        }
    }
}
