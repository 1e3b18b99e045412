//! What a call of any path means to the descriptions: which operation it is, which keys its path
//! holds, and what its answer is as a value.

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use rhai::Dynamic;

use crate::api::ServiceName;
use crate::api::dialect;
use crate::api::model::{
    Auth, Effect, Idempotency, Operation, Output, Paging, Service, Ty, Verb, Waiting,
};
use crate::error::{Code, Error};
use crate::http::{Call, Response, StepKey, Tenant};
use crate::script::args::Parts;
use crate::script::host::{Host, Op};
use crate::script::pager::List;
use crate::script::path_keys::path_keys;
use crate::script::record::{Asked, Origin, Secrets};
use crate::script::{decode, invoke, poller};

/// Returns the description of Microsoft Graph.
pub(super) fn service(host: &Host) -> Result<&'static Service, Error> {
    let mut all = host.settings.services.iter();
    let graph = all.find(|service| service.name == "graph");
    graph
        .copied()
        .ok_or_else(|| Error::new(Code::Internal, "graph is not described"))
}

/// Returns the operation that a call of a path is, if it is described.
pub(super) fn described(host: &Host, verb: Verb, path: &str) -> Option<Op> {
    let service = service(host).ok()?;
    let operation = crate::api::matching(service, verb, path)?;
    Some(Op { service, operation })
}

/// Returns a call that reads a path; it has no step yet.
pub(super) fn read(tenant: Tenant, target: String, operation: &'static str) -> Call {
    Call {
        service: ServiceName::Graph,
        operation: operation.into(),
        verb: Verb::Get,
        target,
        headers: Vec::new(),
        body: None,
        effect: Effect::Read,
        idempotency: Idempotency::Idempotent,
        auth: Auth::Either,
        principal: None,
        tenant,
        about: None,
        absent_is_answer: false,
        step: StepKey(String::new()),
    }
}

/// Returns the tenant that records in an answer remember.
pub(super) fn tenant(tenant: &Tenant) -> Option<String> {
    match tenant {
        Tenant::Of(id) => Some(id.clone()),
        Tenant::Home => None,
    }
}

/// Returns what records in the answer to a call remember of it.
pub(super) fn origin(host: &Host, known: Option<Op>, call: &Call) -> Result<Origin, Error> {
    let service = service(host)?;
    let Some(op) = known else {
        return Ok(Origin {
            service,
            operation: "batch",
            keys: Vec::new(),
            tenant: tenant(&call.tenant),
            asked: None,
            secrets: Secrets::of(service, Ty(u16::MAX)),
        });
    };
    let query = call.target.split_once('?').map_or("", |(_, query)| query);
    let ty = match op.operation.output {
        Output::One(ty) | Output::Many(ty) => ty,
        _ => Ty(u16::MAX),
    };
    Ok(Origin {
        service,
        operation: op.operation.name,
        keys: path_keys(op.operation, &call.target),
        tenant: tenant(&call.tenant),
        asked: asked(op.operation, query),
        secrets: Secrets::of(service, ty),
    })
}

/// Returns the properties that were asked for, if not all of them come.
fn asked(operation: &Operation, query: &str) -> Option<Asked> {
    let selected = query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        (decoded(name) == "$select").then(|| decoded(value))
    });
    if let Some(selected) = selected {
        return Some(Asked {
            fixed: &[],
            named: selected.split(',').map(|name| name.trim().into()).collect(),
        });
    }
    let fixed = [operation.list_fields, operation.default_select];
    let fixed = fixed.into_iter().find(|fields| !fields.is_empty())?;
    Some(Asked {
        fixed: fixed.0,
        named: Vec::new(),
    })
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Returns what a call gives, like the call alone: a list is read on from its first page, and what
/// the service has only accepted is waited for.
pub(super) fn value(
    host: &Arc<Host>,
    known: Option<Op>,
    call: &Call,
    answer: Response,
) -> Result<Dynamic, Error> {
    let origin = Arc::new(origin(host, known, call)?);
    let (item, paging) = match known.map(|op| (op.operation.output, op.operation.paging)) {
        Some((Output::Many(item), paging)) => (Some(item), paging),
        Some(_) => (None, Paging::Link),
        None => (is_list(&answer).then_some(Ty(u16::MAX)), Paging::Link),
    };
    if let (Some(item), Verb::Get) = (item, call.verb) {
        let list = List::new(host, call.clone(), paging, item, origin);
        return Ok(Dynamic::from(list.beginning(answer)));
    }
    match known {
        Some(op) if op.operation.waiting != Waiting::None => {
            let parts = Parts {
                keys: origin.keys.clone(),
                tenant: origin.tenant.clone(),
                ..Parts::default()
            };
            poller::accepted(host, op, &parts, origin, (call.clone(), answer))?.wait(None)
        }
        Some(op) => invoke::value(op, &answer, &origin),
        None if answer
            .header("content-type")
            .is_some_and(|kind| !kind.contains("json")) =>
        {
            Ok(Dynamic::from_blob(answer.body.to_vec()))
        }
        None => decode::body(&answer.body, Ty(u16::MAX), &origin),
    }
}

/// Returns whether an answer that nobody described is a page of a list.
fn is_list(answer: &Response) -> bool {
    let dialect = dialect::of(ServiceName::Graph);
    dialect.page(&answer.body, Paging::Link).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::testing;

    #[test]
    fn what_is_asked_for_is_remembered() {
        let operation = testing::operation("subscription");
        let found = asked(operation, "$top=5&%24select=id%2C%20name");
        let named = vec!["id".to_owned(), "name".to_owned()];
        assert_eq!(found, Some(Asked { fixed: &[], named }));
        assert_eq!(asked(operation, "$top=5"), None);
    }
}
