//! What an answer means: the call's result, or an error with everything that the service said.

use http::StatusCode;
use serde_json::Value;

use super::advice;
use super::call::{Call, Tenant};
use super::challenge::other_tenant;
use super::details;
use super::request::Request;
use super::response::Response;
use crate::api::model::Verb;
use crate::api::{ServiceName, dialect};
use crate::base::text::shorten;
use crate::error::{Code, Error, Fault, Sent};

/// Characters of a service's message that stand in the first line of an error.
const MESSAGE: usize = 300;

/// Returns the answer if it is a success (2xx, or 404 where that is an answer), else the error.
pub(crate) fn accept(call: &Call, request: &Request, answer: Response) -> Result<Response, Error> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    if answer.status == StatusCode::NOT_FOUND && call.absent_is_answer {
        return Ok(answer);
    }
    if answer.status.is_redirection() || answer.status.is_informational() {
        let error = answer.not_as_promised(&format!("it has the status {}", answer.status));
        return Err(error.fault(fault(request, &answer)));
    }
    Err(refused(call, request, &answer))
}

/// Returns whether the call is answered in JSON.
pub(crate) fn promises_json(call: &Call) -> bool {
    let other = call
        .headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("accept") && !value.contains("json"));
    call.verb != Verb::Head && !other
}

/// Returns what the service said, and to what.
pub(crate) fn fault(request: &Request, answer: &Response) -> Fault {
    let status = answer.status.as_u16();
    let mut fault = match service(request) {
        Some(name) => dialect::of(name).fault(status, &answer.headers, &answer.body),
        None => Fault {
            status,
            body: shorten(&String::from_utf8_lossy(&answer.body), 65_536),
            ..Fault::default()
        },
    };
    request.service.clone_into(&mut fault.service);
    fault.operation = request.operation.clone().into_owned();
    if request.service == ServiceName::Recovery.as_str() && fault.client_request_id.is_none() {
        let sent = request.headers.get("x-ms-client-request-id");
        fault.client_request_id = sent.and_then(|id| Some(id.to_str().ok()?.to_owned()));
    }
    fault
}

fn service(request: &Request) -> Option<ServiceName> {
    ServiceName::ALL
        .into_iter()
        .find(|name| name.as_str() == request.service)
}

/// Returns the error of a refusal.
fn refused(call: &Call, request: &Request, answer: &Response) -> Error {
    let mut fault = fault(request, answer);
    let ask = request.ask.as_ref();
    fault.tenant = match (&call.about, &call.tenant, ask) {
        (Some(customer), _, _) => Some(customer.clone()),
        (None, Tenant::Of(_), Some(ask)) => Some(ask.tenant.to_string()),
        (None, _, _) => None,
    };
    let code = dialect::of(call.service).code(&fault);
    let message = message(call, &fault);
    let other = ask.and_then(|ask| Some((&ask.tenant, other_tenant(ask, answer)?)));
    let error = match (other, help(code, &fault, call)) {
        (Some((own, other)), _) => Error::new(
            code,
            format!("{message}; the token is of tenant {own}, and tenant {other} is asked for"),
        )
        .help(format!(
            "make the call for tenant {other}; a token of one tenant is never used for another"
        )),
        (None, Some(help)) => Error::new(code, message).help(help),
        (None, None) => Error::new(code, message),
    };
    let error = error.sent(Sent::Yes).fault(fault);
    match call.service {
        ServiceName::Arm | ServiceName::Recovery => {
            let whole: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            details::told(error, whole.get("error").unwrap_or(&whole))
        }
        ServiceName::Partner | ServiceName::Graph => error,
    }
}

/// Returns the first line of a refusal: who refused what, for whom, and in which words.
fn message(call: &Call, fault: &Fault) -> String {
    let service = call.service.as_str();
    let name = call.operation.rsplit("::").next().unwrap_or_default();
    // Partner Center is told the customer; elsewhere the tenant may be the partner's own as well.
    let kind = match call.service {
        ServiceName::Partner => "customer",
        _ => "tenant",
    };
    let for_whom = fault
        .tenant
        .as_ref()
        .map(|tenant| format!(" for {kind} {tenant}"))
        .unwrap_or_default();
    let said = shorten(fault.message.trim(), MESSAGE);
    let said = match (fault.code.as_str(), said.as_str()) {
        ("", "") => format!("status {} without a word", fault.status),
        ("", said) => said.to_owned(),
        (code, "") => format!("{code} (status {})", fault.status),
        (code, said) => format!("{code} ({said})"),
    };
    let did = if fault.status >= 500 {
        "failed to carry out"
    } else {
        "refused"
    };
    format!("{service} {did} `{name}`{for_whom}: {said}")
}

/// Partner Center's code for a cart that holds an item which cannot be bought.
const FAULTY_ITEM: &str = "800009";

fn help(code: Code, fault: &Fault, call: &Call) -> Option<&'static str> {
    let advice = advice::of(fault, call);
    let advice = advice.or_else(|| dialect::of(call.service).advice(fault));
    if advice.is_some() {
        return advice;
    }
    Some(match code {
        _ if fault.service == "partner" && fault.code == FAULTY_ITEM => {
            "read the cart, `partner::cart(customer, cart)`: `lineItems[].error` says why"
        }
        Code::HttpServer if fault.status == 501 => {
            "this service does not know the call; of the sandbox, `tenantry sandbox coverage` lists what it serves"
        }
        Code::AuthMfaMissing => {
            "sign in again with multi-factor authentication, by `tenantry login` or by a new TENANTRY_REFRESH_TOKEN; refreshing the old token does not help"
        }
        Code::AuthToken => "look whether profile and endpoints belong to the same cloud",
        Code::PartnerAgreement => {
            "confirm the customer agreement first: `partner::confirm_agreement(customer, …)`"
        }
        Code::PartnerChanged | Code::GraphChanged => "read the object again and repeat the change",
        Code::HttpServer => "try again later; the ids below are what support asks for",
        _ => return None,
    })
}
