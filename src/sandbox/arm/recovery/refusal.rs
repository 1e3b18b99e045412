//! How Site Recovery refuses: the diagnosis stands in `details`. Source: recovery reference §3; the
//! numbers of codes that were not seen are this sandbox's.

use serde_json::{Value, json};

use crate::sandbox::derived;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::Diagnosis;

impl Diagnosis {
    /// Says what is wrong, why it may be, and what is to be done.
    pub(super) fn new(
        code: &str,
        message: impl Into<String>,
        causes: impl Into<String>,
        action: impl Into<String>,
    ) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            causes: causes.into(),
            action: action.into(),
        }
    }

    /// Refuses a request with it.
    pub(super) fn refuse(&self, request: &Request, status: u16) -> Refusal {
        let client = client_request(request);
        let activity = derived::guid(&["activity", &client, &request.path, &self.code]);
        Refusal::new(status, self.code.as_str(), self.message.as_str())
            .data(self.detail(&client, &activity))
    }

    /// Writes it as one of `details`.
    pub(super) fn detail(&self, client_request: &str, activity: &str) -> Value {
        json!({
            "code": self.code,
            "message": self.message,
            "possibleCauses": self.causes,
            "recommendedAction": self.action,
            "clientRequestId": client_request,
            "activityId": activity,
            "target": null,
        })
    }
}

/// Adds the diagnosis to a refusal of what was sent. Source: recovery reference §9.10.
pub(super) fn detailed(request: &Request, refusal: Refusal) -> Refusal {
    if refusal.error()["details"].is_array() {
        return refusal;
    }
    let diagnosis = Diagnosis::new(
        refusal.code.as_str().unwrap_or_default(),
        refusal.text.as_str(),
        "The request is not what the operation takes.",
        "Correct the request and retry.",
    );
    let client = client_request(request);
    let activity = derived::guid(&["activity", &client, &request.path, &diagnosis.code]);
    refusal.data(diagnosis.detail(&client, &activity))
}

/// Refuses an action that the state of a thing does not allow, and says which it does.
pub(super) fn not_allowed(what: &str, action: &str, allowed: &[&str]) -> Diagnosis {
    let (allowed, advice) = match allowed {
        [] => (
            "none".to_owned(),
            "Wait until what is running has ended, if anything is; what has ended is not changed any more.",
        ),
        some => (
            some.join(", "),
            "Do one of the operations allowed now, or wait until the running job has ended.",
        ),
    };
    Diagnosis::new(
        "150025",
        format!("The operation '{action}' is not allowed on '{what}' in its current state."),
        format!("Operations allowed now: {allowed}."),
        advice,
    )
}

/// Returns what the client calls the request; any text is taken. Source: recovery reference §2.
pub(super) fn client_request(request: &Request) -> String {
    let given = request.header("x-ms-client-request-id").unwrap_or_default();
    given.chars().take(256).collect()
}
