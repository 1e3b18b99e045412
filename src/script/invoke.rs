//! The one invoker: every described operation, called as a function or as a method, goes this way
//! from arguments to a request and from the answer to a value.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use rhai::{Dynamic, Map};

use super::args::{self, Parts};
use super::error::argument;
use super::host::{Host, Op};
use super::pager::List;
use super::poller::{self, Poller};
use super::record::{Asked, Origin, Record, Secrets, Shape, kind_of};
use super::validate::{self, Body};
use super::{azure, decode, effects, json, merge, options};
use crate::api::model::{
    Effect, Idempotency, Merge, Output, Paging, Ty, Verb, Waiting, first_name,
};
use crate::error::{Code, Error, Sent};
use crate::http::{Call, Response, Tenant, identify};
use crate::run::lane;

/// Calls an operation and returns what it gives in the end; `receiver` is the record it is a method
/// of.
pub(super) fn invoke(
    host: &Arc<Host>,
    op: Op,
    receiver: Option<&Record>,
    args: &mut [Dynamic],
) -> Result<Dynamic, Error> {
    let ready = ready(host, op, receiver, args)?;
    if op.operation.waiting == Waiting::None || lists(op) {
        return send(host, op, ready.call, ready.origin);
    }
    begun(host, op, ready)?.wait(None)
}

/// Calls a long operation and returns its poller.
pub(super) fn begin(
    host: &Arc<Host>,
    op: Op,
    receiver: Option<&Record>,
    args: &mut [Dynamic],
) -> Result<Dynamic, Error> {
    let ready = ready(host, op, receiver, args)?;
    begun(host, op, ready).map(Dynamic::from)
}

/// Returns whether an operation gives a list that is read when it is used.
fn lists(op: Op) -> bool {
    matches!(op.operation.output, Output::Many(_)) && op.operation.verb == Verb::Get
}

/// A call that can be made.
struct Ready {
    parts: Parts,
    call: Call,
    origin: Arc<Origin>,
}

fn ready(
    host: &Arc<Host>,
    op: Op,
    receiver: Option<&Record>,
    args: &mut [Dynamic],
) -> Result<Ready, Error> {
    let mut parts = args::sort(host, op, receiver, args)?;
    let body = body(op, &mut parts)?;
    let before = match (op.operation.merge, &body) {
        (Merge::Full, Some(_)) => {
            admitted(host, op, &parts)?;
            Some(merge::read(host, op, &parts)?)
        }
        _ => None,
    };
    let text = match (&body, &before) {
        (None, _) => None,
        (Some(body), None) => Some(json::text(body, json::Purpose::Wire)?),
        (Some(body), Some(before)) => {
            merge::unchanged(op, &parts.records, before)?;
            Some(merge::overlay(before.text(), body)?)
        }
    };
    if let Some(etag) = etag(host, op, &parts, body.as_ref(), before.as_ref())? {
        parts.headers.push(("If-Match".into(), etag));
    }
    let given = body.unwrap_or(Dynamic::UNIT);
    let effect = effects::decide(op.operation, &given, before.as_ref());
    let mut call = call(op, &parts, text.map(Bytes::from));
    call.effect = effect.max(effect_there(op, &call, &given));
    let origin = Arc::new(origin(op, &parts));
    Ok(Ready {
        parts,
        call,
        origin,
    })
}

/// Returns the effect of the operation that is described for a call's address, whoever else calls it:
/// a whole id may be that of a deployment, and an added document may describe one.
fn effect_there(op: Op, call: &Call, body: &Dynamic) -> Effect {
    let is_open = op.operation.path.contains("{id}") || op.service.is_added();
    let own = crate::api::service(op.service.on).filter(|_| is_open);
    let path = call.target.split('?').next().unwrap_or_default();
    let known = own.and_then(|service| crate::api::matching(service, call.verb, path));
    known.map_or(Effect::Read, |known| effects::decide(known, body, None))
}

/// Fails if the run may have none of an operation's effects: what it changes need not be read first.
fn admitted(host: &Arc<Host>, op: Op, parts: &Parts) -> Result<(), Error> {
    let mut call = call(op, parts, None);
    let mut refused = Ok(());
    // The last rule is the one for all other cases, and the mildest.
    for rule in op.operation.effects.iter().rev() {
        call.effect = rule.is;
        match host.settings.door.granted(&call) {
            Ok(()) => return Ok(()),
            Err(error) if refused.is_ok() => refused = Err(error),
            Err(_) => {}
        }
    }
    refused
}

/// Calls an operation by its name: how composite functions make each of their steps.
pub(super) fn by_name(
    host: &Arc<Host>,
    service: &str,
    name: &str,
    mut args: Vec<Dynamic>,
) -> Result<Dynamic, Error> {
    let op = host.operation(service, name).ok_or_else(|| {
        Error::new(
            Code::Internal,
            format!("{service}::{name} is not described"),
        )
    })?;
    invoke(host, op, None, &mut args)
}

fn send(host: &Arc<Host>, op: Op, mut call: Call, origin: Arc<Origin>) -> Result<Dynamic, Error> {
    if let (Output::Many(item), Verb::Get) = (op.operation.output, op.operation.verb) {
        let paging = op.operation.paging;
        return Ok(Dynamic::from(List::new(host, call, paging, item, origin)));
    }
    call.step = lane::next_step(&call.operation);
    let response = azure::call(host, &mut call)?;
    if let Some(list) = following(host, op, &call, &response, &origin) {
        let value = list.read().collect::<Result<rhai::Array, _>>()?.into();
        host.seen.met(&value);
        return Ok(value);
    }
    given(host, op, &response, &origin)
}

/// Makes a call whose work may go on after the answer.
fn begun(host: &Arc<Host>, op: Op, ready: Ready) -> Result<Poller, Error> {
    let Ready {
        parts,
        mut call,
        origin,
    } = ready;
    call.step = lane::next_step(&call.operation);
    identify(&mut call);
    let first = azure::call(host, &mut call)?;
    poller::accepted(host, op, &parts, origin, (call, first))
}

/// Returns the value that a script is given for an answer; what it tells is remembered.
pub(super) fn given(
    host: &Host,
    op: Op,
    response: &Response,
    origin: &Arc<Origin>,
) -> Result<Dynamic, Error> {
    let value = value(op, response, origin)?;
    host.seen.met(&value);
    Ok(value)
}

/// Returns the list that a call which is no GET has answered with the first page of: the others are
/// read with GET. Source: Azure Resource Manager, resource provider contract, "nextLink".
fn following(
    host: &Arc<Host>,
    op: Op,
    call: &Call,
    first: &Response,
    origin: &Arc<Origin>,
) -> Option<List> {
    let paging = op.operation.paging;
    let (Output::Many(item), Paging::Link | Paging::Named { .. }) = (op.operation.output, paging)
    else {
        return None;
    };
    let onward = Call {
        verb: Verb::Get,
        body: None,
        effect: Effect::Read,
        idempotency: Idempotency::Idempotent,
        ..call.clone()
    };
    let list = List::new(host, onward, paging, item, Arc::clone(origin));
    Some(list.beginning(first.clone()))
}

/// Returns the value that an answer means.
pub(super) fn value(op: Op, response: &Response, origin: &Arc<Origin>) -> Result<Dynamic, Error> {
    match op.operation.output {
        Output::One(ty) if op.operation.one => sole(op, response, ty, origin),
        Output::Nothing => Ok(Dynamic::UNIT),
        Output::One(ty) => decode::body(&response.body, ty, origin),
        Output::Many(item) => items(op, response)?
            .iter()
            .map(|at| decode::item(&response.body, at, item, origin))
            .collect::<Result<rhai::Array, _>>()
            .map(Dynamic::from_array),
        Output::Bytes => Ok(Dynamic::from_blob(response.body.to_vec())),
        Output::Exists => Ok(response.status.is_success().into()),
        Output::Absent => Ok((!response.status.is_success()).into()),
    }
}

/// Returns where the items of an answered list stand.
fn items(op: Op, response: &Response) -> Result<Vec<Range<u32>>, Error> {
    let dialect = crate::api::dialect::of(op.service_name());
    let page = dialect.page(&response.body, op.operation.paging);
    page.map(|page| page.items)
        .map_err(|why| unfit(op, &format!("an unfit list: {why}")))
}

/// Returns the one item of an answered list.
fn sole(op: Op, response: &Response, ty: Ty, origin: &Arc<Origin>) -> Result<Dynamic, Error> {
    match &items(op, response)?[..] {
        [at] => decode::item(&response.body, at, ty, origin),
        more => Err(unfit(op, &format!("a list of {}, not of one", more.len()))),
    }
}

fn unfit(op: Op, what: &str) -> Error {
    let message = format!("{} answered with {what}", op.full_name());
    Error::new(Code::HttpAnswer, message).sent(Sent::Yes)
}

/// Returns the type of the body that an operation sends: its own, or that of what it presets.
pub(super) fn body_type(op: Op) -> Option<Ty> {
    let parent = || op.service.operation(op.operation.preset_of?);
    let body = op.operation.body.or_else(|| parent()?.body)?;
    Some(body.ty)
}

/// Returns the body, checked; all its faults in one error.
fn body(op: Op, parts: &mut Parts) -> Result<Option<Dynamic>, Error> {
    let Some(ty) = body_type(op) else {
        return Ok(None);
    };
    let mut body = match parts.body.take() {
        Some(body) => body,
        None if !op.operation.preset.is_empty() => preset(op, &parts.preset)?,
        None => return Ok(None),
    };
    if let Some(record) = body.read_lock::<Record>() {
        parts.records.push(record.clone());
    }
    let mode = match op.operation.merge {
        Merge::None if op.operation.verb == Verb::Put && op.operation.before.is_some() => {
            Body::Replaces
        }
        Merge::None => Body::Creates,
        Merge::Partial | Merge::Full => Body::Changes,
    };
    let faults = validate::faults(op.service, ty, &mut body, mode);
    let mut faults = faults.into_iter();
    match faults.next() {
        None => Ok(Some(body)),
        Some(first) => {
            let more = faults.map(argument);
            let first = argument(format!("{}: {first}", op.full_name()));
            Err(first.related(more).help("nothing was sent"))
        }
    }
}

/// Builds the fixed body of a preset.
fn preset(op: Op, given: &Map) -> Result<Dynamic, Error> {
    let mut body = Map::new();
    for (path, text) in op.operation.preset.iter() {
        let name = text
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'));
        let value = match name.and_then(|name| given.get(name)) {
            Some(value) => value.clone(),
            None => json::plain(text.as_bytes()).ok_or_else(|| {
                let message = format!("the preset of {} is not JSON: {text}", op.full_name());
                Error::new(Code::Internal, message)
            })?,
        };
        insert(&mut body, path, value);
    }
    Ok(body.into())
}

fn insert(map: &mut Map, path: &str, value: Dynamic) {
    let (first, Some(rest)) = first_name(path) else {
        map.insert(path.into(), value);
        return;
    };
    let inner = map.entry(first.into()).or_insert_with(|| Map::new().into());
    if let Ok(mut inner) = inner.as_map_mut() {
        insert(&mut inner, rest, value);
    }
}

/// Returns the entity tag to send: of what was just read, else of a record that was given, else the
/// object is read for it.
fn etag(
    host: &Arc<Host>,
    op: Op,
    parts: &Parts,
    body: Option<&Dynamic>,
    before: Option<&Record>,
) -> Result<Option<String>, Error> {
    let Some(path) = op.operation.if_match else {
        return Ok(None);
    };
    let shape = shape_before(op);
    // A record of another kind has a tag of its own, which would be refused or, worse, fit.
    let is_object = |record: &&Record| shape.is_none_or(|shape| record.shape() == shape);
    let given = || {
        let mut records = parts.records.iter().filter(is_object);
        body.and_then(|body| effects::at_path(body, path))
            .or_else(|| records.find_map(|record| record.at_path(path)))
    };
    let found = match before {
        Some(before) => before.at_path(path),
        None => match given() {
            None if op.operation.before.is_some() => {
                admitted(host, op, parts)?;
                merge::read(host, op, parts)?.at_path(path)
            }
            given => given,
        },
    };
    let text = found.map(|tag| tag.to_string());
    Ok(text.filter(|text| !text.is_empty()))
}

/// Returns the shape of what an operation changes, where its description tells.
fn shape_before(op: Op) -> Option<Shape> {
    let before = op.service.operation(op.operation.before?)?;
    match before.output {
        Output::One(ty) => Some(decode::shape(kind_of(op.service, ty))),
        _ => None,
    }
}

/// Returns the call, without its step: a list takes one each time it is read.
pub(super) fn call(op: Op, parts: &Parts, body: Option<Bytes>) -> Call {
    let operation = op.operation;
    let mut headers = parts.headers.clone();
    if operation.accept != "application/json" && !operation.accept.is_empty() {
        headers.push(("Accept".into(), operation.accept.to_owned()));
    }
    Call {
        service: op.service_name(),
        operation: Cow::Owned(op.full_name()),
        verb: operation.verb,
        target: parts.target(operation),
        headers,
        body,
        effect: operation.gravest(),
        idempotency: operation.idempotency,
        auth: operation.auth,
        principal: parts.principal,
        tenant: parts.tenant.clone().map_or(Tenant::Home, Tenant::Of),
        about: parts.about.clone(),
        absent_is_answer: matches!(operation.output, Output::Exists | Output::Absent),
        step: crate::http::StepKey(String::new()),
    }
}

/// Returns what the answer's records remember of this call.
pub(super) fn origin(op: Op, parts: &Parts) -> Origin {
    let operation = op.operation;
    let fixed = [operation.list_fields, operation.default_select]
        .into_iter()
        .find(|fields| !fields.is_empty());
    let asked = match (&parts.select, fixed) {
        (None, None) => None,
        (None, Some(fields)) => Some(Asked {
            fixed: fields.0,
            named: options::expanded(parts).collect(),
        }),
        (Some(named), _) => Some(Asked {
            fixed: &[],
            named: named
                .iter()
                .cloned()
                .chain(options::expanded(parts))
                .collect(),
        }),
    };
    let ty = match operation.output {
        Output::One(ty) | Output::Many(ty) => ty,
        _ => Ty(u16::MAX),
    };
    Origin {
        service: op.service,
        operation: operation.name,
        keys: parts.keys.clone(),
        tenant: parts.tenant.clone(),
        asked,
        secrets: Secrets::of(op.service, ty),
    }
}
