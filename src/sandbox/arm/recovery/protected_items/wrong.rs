//! What is wrong with a request to Site Recovery about items and plans, before it is said over HTTP
//! or in a job. The numbers of the codes are this sandbox's.

use serde_json::Value;

use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::Diagnosis;

/// What is wrong, and the status that says so.
#[derive(Debug, Clone)]
pub(in crate::sandbox::arm::recovery) struct Wrong {
    status: u16,
    pub(in crate::sandbox::arm::recovery) diagnosis: Diagnosis,
}

impl Wrong {
    /// What was sent is not what it has to be.
    pub(in crate::sandbox::arm::recovery) fn input(
        message: impl Into<String>,
        action: impl Into<String>,
    ) -> Self {
        let causes = "A value of the request is missing or is none of those that are known.";
        Self::new(400, Diagnosis::new("150010", message, causes, action))
    }

    /// What was sent names something that is not there.
    pub(in crate::sandbox::arm::recovery) fn absent(field: &str, id: &str) -> Self {
        Self::new(
            400,
            Diagnosis::new(
                "150011",
                format!("What '{field}' names could not be found: '{id}'."),
                "It was deleted, or it was never there.",
                format!("Make it first, or name another one in '{field}'."),
            ),
        )
    }

    /// It cannot be done as things stand.
    pub(in crate::sandbox::arm::recovery) fn conflict(diagnosis: Diagnosis) -> Self {
        Self::new(409, diagnosis)
    }

    fn new(status: u16, diagnosis: Diagnosis) -> Self {
        Self { status, diagnosis }
    }

    /// Refuses a request with it.
    pub(in crate::sandbox::arm::recovery) fn refuse(&self, request: &Request) -> Refusal {
        self.diagnosis.refuse(request, self.status)
    }
}

impl From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.status, diagnosis(&refusal))
    }
}

/// Returns what another provider says as a diagnosis.
pub(super) fn diagnosis(refusal: &Refusal) -> Diagnosis {
    let code = match &refusal.code {
        Value::String(code) => code.clone(),
        code => code.to_string(),
    };
    Diagnosis::new(
        &code,
        refusal.text.as_str(),
        "Azure refused what the operation needs.",
        "Mend what the message names, and try again.",
    )
}
