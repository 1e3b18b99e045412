//! Calls that a deployment makes of providers: the same routes, the same checks, as who asked for
//! the deployment. What a refused call has changed is undone.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use http::{HeaderMap, Method};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;

use crate::sandbox::arm::kind;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Caller, Outcome, Request, Service};
use crate::sandbox::router::{Found, router};
use crate::sandbox::store::{Tx, World};

/// What is encoded in a path.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`');

/// A call of a provider.
pub(super) struct Call<'a> {
    pub(super) verb: Method,
    /// The id of a resource, or of a resource and an action.
    pub(super) path: &'a str,
    /// Its type, to say what is wrong when nothing is served there.
    pub(super) kind: &'a str,
    pub(super) version: &'a str,
    pub(super) body: Option<&'a Value>,
}

/// Calls a provider.
pub(super) fn call(tx: &mut Tx<'_>, caller: &Caller, call: &Call<'_>) -> Outcome {
    let path = utf8_percent_encode(call.path, PATH).to_string();
    let found = router().find(Service::Arm, call.verb.as_str(), &path);
    let Some(Found { route, params }) = found else {
        return Err(unserved(call.kind));
    };
    let request = Request {
        params,
        ..request(caller, call, path)
    };
    undone(tx, |tx| (route.handler)(&request, tx))
}

/// Returns a request of a deployment.
pub(super) fn request(caller: &Caller, call: &Call<'_>, path: String) -> Request {
    let body = call.body.map(Value::to_string).unwrap_or_default();
    Request {
        verb: call.verb.clone(),
        path,
        params: Vec::new(),
        query: vec![("api-version".to_owned(), call.version.to_owned())],
        headers: HeaderMap::new(),
        body: Bytes::from(body),
        caller: Some(caller.clone()),
        origin: String::new(),
    }
}

/// Does something that leaves no trace when it is refused.
pub(super) fn undone(tx: &mut Tx<'_>, f: impl FnOnce(&mut Tx<'_>) -> Outcome) -> Outcome {
    let before: World = (**tx).clone();
    let outcome = catch_unwind(AssertUnwindSafe(|| f(tx)));
    let outcome = outcome.unwrap_or_else(|_| {
        let text = "An unexpected error occurred.";
        Err(Refusal::new(500, "InternalServerError", text))
    });
    if outcome
        .as_ref()
        .is_err_and(|refusal| !refusal.keeps_changes())
    {
        **tx = before;
    }
    outcome
}

fn unserved(kind_name: &str) -> Refusal {
    match kind::of(kind_name) {
        Err(refusal) => refusal,
        Ok(kind) => {
            let text = format!(
                "No registered resource provider found for type '{}' at this scope.",
                kind.name()
            );
            Refusal::new(400, "NoRegisteredProviderFound", text)
        }
    }
}

/// Returns the id of the operation that an answer leads to.
pub(super) fn operation(reply: &Reply) -> Option<String> {
    let header = |name: &str| reply.headers.get(name)?.to_str().ok();
    let link = header("azure-asyncoperation").or_else(|| header("location"))?;
    let path = link.split('?').next()?;
    path.rsplit('/').next().map(str::to_owned)
}
