//! One logical call: what is asked, for whom, as whom, and what it may do. However often it is
//! attempted, it stays one call.

use std::borrow::Cow;

use bytes::Bytes;

use crate::api::model::{Auth, Effect, Idempotency, Verb};
use crate::api::{Principal, ServiceName};

/// Whose token a call needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Tenant {
    /// The partner's own.
    Home,
    /// A customer's: GUID in lower case, or a domain that is resolved once.
    Of(String),
}

/// The name of a step of a run, `run/lane/n/operation`: the same in every replay.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StepKey(pub String);

/// One logical call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Which service.
    pub service: ServiceName,
    /// The function as the script names it (`partner::customers`), for errors, log and journal.
    pub operation: Cow<'static, str>,
    /// HTTP method.
    pub verb: Verb,
    /// Path and query beneath the service's root, encoded; begins with `/`.
    pub target: String,
    /// Headers beside those the pipeline adds.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// JSON body.
    pub body: Option<Bytes>,
    /// What it does to the world, as decided from the body.
    pub effect: Effect,
    /// How a repeat is recognised.
    pub idempotency: Idempotency,
    /// As whom it may be made.
    pub auth: Auth,
    /// The caller's own choice among those.
    pub principal: Option<Principal>,
    /// Whose token it needs.
    pub tenant: Tenant,
    /// GUID of the customer it is about, where that is not the token's tenant.
    pub about: Option<String>,
    /// Whether 404 is an answer rather than a refusal (HEAD).
    pub absent_is_answer: bool,
    /// Its place in the run.
    pub step: StepKey,
}
