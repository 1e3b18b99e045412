//! What a fault does: answers in place of the service's own, and answers spoilt on their way out.

use bytes::Bytes;

use super::entra::{Aadsts, Fault as TokenFault, Trace};
use super::fault::{Fault, When};
use super::gate;
use super::noise::{self, BOM};
use super::reply::{Content, Refusal, Reply};
use super::route::Service;
use super::throttle;
use super::wire::{Answer, Outgoing};
use crate::base::clock::{Timestamp, later};

const PAGE_FOR_PEOPLE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in to your network</title></head>\n<body><h1>Welcome</h1><p>Accept the terms to go on.</p></body></html>\n";

/// The page of a list that was asked for, for links that lead back to it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) service: Service,
    pub(crate) uri: String,
    pub(crate) continuation: Option<String>,
}

/// Answers instead of the service, which does not see the call. `trace` is for Entra ID, which has a
/// form of its own.
pub(crate) fn instead(fault: Fault, service: Service, now: Timestamp, trace: &Trace) -> Reply {
    match fault {
        Fault::Throttle { retry_after, date } => {
            let seconds = u64::from(retry_after.unwrap_or(1));
            let reply = match service {
                Service::Login => Aadsts::of(90_055).reply(trace),
                Service::Graph => throttle::too_many().into_reply(service),
                Service::Partner | Service::Arm => throttle::gateway(seconds),
            };
            let after = std::time::Duration::from_secs(seconds);
            match (retry_after, date) {
                (None, _) => reply,
                (Some(_), false) => reply.header("retry-after", &seconds.to_string()),
                (Some(_), true) => reply.header("retry-after", &http_date(later(now, after))),
            }
        }
        Fault::TokenExpired => gate::refuse_token(service, TokenFault::Expired).into_reply(service),
        Fault::ServerError { status, .. } => failure(status, service),
        Fault::Aadsts { code } => Aadsts::of(code).reply(trace),
        Fault::SlowDown => Aadsts::slow_down().reply(trace),
        _ => Reply::empty(500),
    }
}

/// Sends a reply out, spoilt by a fault where there is one; `render` writes it down.
pub(crate) fn after(
    fault: Option<Fault>,
    page: &Page,
    mut reply: Reply,
    render: impl FnOnce(Reply) -> Answer,
) -> Outgoing {
    match fault {
        None
        | Some(
            Fault::Throttle { .. }
            | Fault::TokenExpired
            | Fault::Aadsts { .. }
            | Fault::SlowDown
            | Fault::Empty
            | Fault::ServerError {
                when: When::Before, ..
            },
        ) => Outgoing::Answer(render(reply)),
        Some(Fault::ServerError { status, .. }) => {
            Outgoing::Answer(render(failure(status, page.service)))
        }
        Some(Fault::Drop { .. }) => Outgoing::Drop,
        Some(Fault::Hang { .. }) => Outgoing::Hang,
        Some(Fault::Cut) => Outgoing::Cut(render(reply)),
        Some(Fault::Html) => {
            reply.status = 200;
            reply.content = Content::Bytes("text/html; charset=utf-8", PAGE_FOR_PEOPLE.into());
            Outgoing::Answer(render(reply))
        }
        Some(Fault::Truncated) => {
            let mut answer = render(reply);
            answer.body.truncate(answer.body.len() / 2);
            Outgoing::Answer(answer)
        }
        Some(Fault::Bom) => {
            let mut answer = render(reply);
            if !answer.body.starts_with(BOM) {
                answer.body = Bytes::from([BOM, &answer.body].concat());
            }
            Outgoing::Answer(answer)
        }
        Some(Fault::NumbersAsStrings) => {
            if let Content::Json(value) = &mut reply.content {
                noise::numbers_as_strings(value);
            }
            Outgoing::Answer(render(reply))
        }
        Some(Fault::NextLink { link }) => {
            if let Content::Json(value) = &mut reply.content {
                noise::bad_next_link(page, value, link);
            }
            Outgoing::Answer(render(reply))
        }
    }
}

fn failure(status: u16, service: Service) -> Reply {
    Refusal::new(status, 800_003, "An unexpected error occurred.").into_reply(service)
}

/// Writes a time as HTTP does.
pub(crate) fn http_date(time: Timestamp) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
