//! The token endpoints (v1 and v2). What each grant does stands in `grant`.
//! Source: identity reference §1, §4.

use serde_json::Value;

use super::aadsts::Aadsts;
use super::form::{Form, Version};
use super::grant::{self, Call};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[
    Route::login("POST", "/{tenant}/oauth2/token", v1),
    Route::login("POST", "/{tenant}/oauth2/v2.0/token", v2),
    Route::login("GET", "/{tenant}/oauth2/token", only_post),
    Route::login("GET", "/{tenant}/oauth2/v2.0/token", only_post),
];

fn v1(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let issued = issue(request, tx, Version::V1);
    Ok(dress(request, tx, issued))
}

fn v2(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let issued = issue(request, tx, Version::V2);
    Ok(dress(request, tx, issued))
}

fn only_post(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let text = "The endpoint only accepts POST requests. Received a GET request.";
    Ok(Aadsts::new(900_561, text).into_reply(request, tx))
}

/// Writes an answer down with the headers that all of them have.
pub(super) fn dress(request: &Request, tx: &mut Tx<'_>, outcome: Result<Value, Aadsts>) -> Reply {
    let reply = match outcome {
        Ok(body) => Reply::json(200, body),
        Err(refusal) => refusal.into_reply(request, tx),
    };
    let reply = reply
        .header("cache-control", "no-store, no-cache")
        .header("pragma", "no-cache")
        .header("x-ms-request-id", &tx.guid());
    let asked = request.header("return-client-request-id");
    match request.header("client-request-id") {
        Some(id) if asked.is_some_and(|asked| asked.eq_ignore_ascii_case("true")) => {
            reply.header("client-request-id", id)
        }
        _ => reply,
    }
}

fn issue(request: &Request, tx: &mut Tx<'_>, version: Version) -> Result<Value, Aadsts> {
    let form = Form::read(request);
    let grant = form.need("grant_type")?;
    if version == Version::V2 && form.get("resource").is_some() {
        let text = "The 'resource' request parameter is not supported.";
        return Err(Aadsts::new(901_002, text));
    }
    let call = Call {
        request,
        form: &form,
        version,
    };
    grant::issue(&call, tx, grant)
}
