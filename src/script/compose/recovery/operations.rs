//! What became of a call to Backup, by the addresses in its answer: `Azure-AsyncOperation` leads to
//! the status, which is always there, `Location` to the result, which comes when it is ready.

use std::borrow::Cow;
use std::sync::Arc;

use http::StatusCode;
use rhai::{Dynamic, Map};
use url::Url;

use crate::api::ServiceName;
use crate::api::model::{Auth, Effect, Idempotency, Param, Ty, Verb};
use crate::error::{Code, Error};
use crate::http::{Call, Response, StepKey, Tenant};
use crate::run::lane;
use crate::script::error::{argument, describe};
use crate::script::host::Host;
use crate::script::record::{Origin, Secrets};
use crate::script::{azure, decode, raw};

/// `backup_operation_status(url[, vault])`: the status document.
pub(super) fn status(host: &Arc<Host>, args: &[Dynamic]) -> Result<Dynamic, Error> {
    let (call, answer) = look(host, "backup_operation_status", args)?;
    shown(host, &call, &answer)
}

/// `backup_operation_result(url[, vault])`: whether it is ready, and what it is.
pub(super) fn result(host: &Arc<Host>, args: &[Dynamic]) -> Result<Dynamic, Error> {
    let (call, answer) = look(host, "backup_operation_result", args)?;
    let done = answer.status != StatusCode::ACCEPTED;
    let value = if done {
        shown(host, &call, &answer)?
    } else {
        Dynamic::UNIT
    };
    let found: Map = [("done".into(), done.into()), ("value".into(), value)].into();
    Ok(found.into())
}

fn look(host: &Arc<Host>, name: &str, args: &[Dynamic]) -> Result<(Call, Response), Error> {
    let function = format!("recovery::{name}");
    let given = args.first().cloned().unwrap_or(Dynamic::UNIT);
    let mut target = target(host, &function, &given)?;
    if !target.contains(Param::VERSION) {
        let known = host.operation("recovery", "backup_job");
        let version = known.and_then(|op| op.operation.api_version());
        let sign = if target.contains('?') { '&' } else { '?' };
        target.extend(version.map(|version| format!("{sign}{}={version}", Param::VERSION)));
    }
    let tenant = match args.get(1).filter(|vault| !vault.is_unit()) {
        Some(vault) => Tenant::Of(azure::named(host, &function, vault)?),
        None => azure::of_path(host, &function, &target)?,
    };
    let mut call = Call {
        service: ServiceName::Recovery,
        operation: Cow::Owned(function),
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
    };
    call.step = lane::next_step(&call.operation);
    let answer = azure::call(host, &mut call)?;
    Ok((call, answer))
}

/// Returns what an address is beneath the service's root; no token goes anywhere else.
fn target(host: &Host, function: &str, given: &Dynamic) -> Result<String, Error> {
    let wrong = |why: &str| {
        let what = describe(given);
        argument(format!("{function} cannot look at {what}: {why}")).help(
            "give an address of the service, as `Azure-AsyncOperation` and `Location` name it",
        )
    };
    let text = given.as_immutable_string_ref();
    let text = text.map_err(|_| wrong("it is no address"))?;
    let path = if text.starts_with('/') {
        text.to_string()
    } else {
        let url = Url::parse(&text).map_err(|_| wrong("it is no address"))?;
        let root = host.settings.door.root(ServiceName::Recovery)?;
        if url.origin() != root.origin() {
            let host = url.host_str().unwrap_or_default();
            let message = format!("{function}: {host} is not the service: it was not followed");
            return Err(Error::new(Code::HttpForeignLink, message));
        }
        let before = root.path().trim_end_matches('/');
        let path = url.path().strip_prefix(before).unwrap_or(url.path());
        let query = url.query().map(|query| format!("?{query}"));
        format!("{path}{}", query.unwrap_or_default())
    };
    raw::beneath(&path).map_err(wrong)
}

/// Returns an answer as a record of no described type.
fn shown(host: &Host, call: &Call, answer: &Response) -> Result<Dynamic, Error> {
    let service = crate::api::service("recovery");
    let services = host.settings.services.iter().copied();
    let own = services
        .into_iter()
        .find(|service| service.name == "recovery");
    let service = own
        .or(service)
        .ok_or_else(|| Error::new(Code::Internal, "Recovery Services are not described"))?;
    let origin = Origin {
        service,
        operation: "backup_operation",
        keys: Vec::new(),
        tenant: match &call.tenant {
            Tenant::Of(tenant) => Some(tenant.clone()),
            Tenant::Home => None,
        },
        asked: None,
        secrets: Secrets::of(service, Ty(u16::MAX)),
    };
    decode::body(&answer.body, Ty(u16::MAX), &Arc::new(origin))
}
