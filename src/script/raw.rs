//! Calls of any path: `partner::get(path)`, `graph::post(tenant, path, body)`. A path is matched
//! against the described ones and treated as that operation; unmatched, reads are reads and
//! everything else has the gravest effect.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::sync::Arc;

use bytes::Bytes;
use rhai::{Dynamic, Module, NativeCallContext, Position, Shared};

use super::bind::{Native, raw_function, taken};
use super::error::{argument, describe, raise_at};
use super::host::{Host, service_name};
use super::pager::List;
use super::record::{Origin, Secrets};
use super::{azure, decode, effects, json, options, tenant};
use crate::api::ids;
use crate::api::model::{Auth, Effect, Idempotency, Operation, Output, Paging, Service, Ty, Verb};
use crate::error::Error;
use crate::http::{Call, StepKey, Tenant};
use crate::run::lane;

/// The functions of a module; whether they take a body.
pub(super) const VERBS: [(&str, Verb, bool); 7] = [
    ("get", Verb::Get, false),
    ("list", Verb::Get, false),
    ("head", Verb::Head, false),
    ("delete", Verb::Delete, false),
    ("post", Verb::Post, true),
    ("put", Verb::Put, true),
    ("patch", Verb::Patch, true),
];

/// The raw call of any method, where ids are paths: `arm::request(tenant, "POST", path, body)`.
pub(super) const REQUEST: &str = "request";

/// Registers the functions of one service.
pub(super) fn register(module: &mut Module, host: &Arc<Host>, service: &'static Service) {
    let tenant = usize::from(takes_tenant(service.name));
    for (name, verb, body) in VERBS {
        let count = tenant + 1 + usize::from(body);
        let verb = move |_: &mut Vec<Dynamic>| Ok(verb);
        function(module, host, service, name, count..=count + 1, verb);
    }
    if ids::are_paths(service) {
        let name = format!("{}::{REQUEST}", service.name);
        let verb = move |args: &mut Vec<Dynamic>| method(&name, &args.remove(1));
        function(module, host, service, REQUEST, 3..=5, verb);
    }
}

/// Registers a function; `verb` takes its method from the arguments, where it stands among them.
fn function(
    module: &mut Module,
    host: &Arc<Host>,
    service: &'static Service,
    name: &'static str,
    counts: RangeInclusive<usize>,
    verb: impl Fn(&mut Vec<Dynamic>) -> Result<Verb, Error> + Send + Sync + 'static,
) {
    let host = Arc::clone(host);
    let call = move |ctx: Option<NativeCallContext>, args: &mut [&mut Dynamic]| {
        let at = ctx
            .as_ref()
            .map_or(Position::NONE, NativeCallContext::call_position);
        let mut args = taken(args);
        let made = verb(&mut args).and_then(|verb| {
            let request = Request {
                host: &host,
                service,
                name,
                verb,
            };
            request.make(args)
        });
        made.map_err(|error| {
            let source = ctx.as_ref().and_then(NativeCallContext::call_source);
            raise_at(host.placed(error, source, at), at)
        })
    };
    let call: Shared<Native> = Shared::new(call);
    for count in counts {
        raw_function(module, name, count, Shared::clone(&call));
    }
}

/// Returns the method that a text names.
fn method(function: &str, value: &Dynamic) -> Result<Verb, Error> {
    const ALL: [Verb; 6] = [
        Verb::Get,
        Verb::Head,
        Verb::Post,
        Verb::Put,
        Verb::Patch,
        Verb::Delete,
    ];
    let given = value.to_string();
    let mut all = ALL.into_iter();
    all.find(|verb| verb.as_str().eq_ignore_ascii_case(&given))
        .ok_or_else(|| {
            let what = describe(value);
            argument(format!("{function} needs a method, and got {what}"))
                .help(format!("give one of {}", ALL.map(Verb::as_str).join(", ")))
        })
}

/// Returns whether calls of a service need a tenant: Partner Center is always the partner's own.
pub(super) fn takes_tenant(service: &str) -> bool {
    service != "partner"
}

struct Request<'a> {
    host: &'a Arc<Host>,
    service: &'static Service,
    name: &'static str,
    verb: Verb,
}

impl Request<'_> {
    fn make(&self, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
        let mut args = args.into_iter();
        let whose = if takes_tenant(self.service.name) {
            let name = format!("{}::{}", self.service.name, self.name);
            let given = args.next().unwrap_or(Dynamic::UNIT);
            Tenant::Of(if ids::are_paths(self.service) {
                azure::named(self.host, &name, &given)?
            } else {
                tenant::named(&name, &given)?
            })
        } else {
            Tenant::Home
        };
        let mut path = self.path(&args.next().unwrap_or(Dynamic::UNIT))?;
        let mut verbs = VERBS.iter();
        let takes_body =
            self.name == REQUEST || verbs.any(|(name, _, body)| *name == self.name && *body);
        let body = if takes_body { args.next() } else { None };
        let options = self.options(args.next())?;
        let bare = path.split('?').next().unwrap_or_default();
        let known = crate::api::matching(self.service, self.verb, bare);
        if ids::are_paths(self.service) {
            azure::version_in_path(self.host, known, &mut path);
        }
        let asked = Asked {
            service: self.service,
            name: self.name,
            verb: self.verb,
            tenant: whose,
            target: path,
        };
        let mut call = call(asked, body.as_ref(), known)?;
        call.principal = options.principal;
        add_headers(&mut call, options.headers);
        self.send(call, known)
    }

    fn send(&self, mut call: Call, known: Option<&'static Operation>) -> Result<Dynamic, Error> {
        let ty = match known.map(|operation| operation.output) {
            Some(Output::One(ty) | Output::Many(ty)) => ty,
            _ => Ty(u16::MAX),
        };
        let origin = Arc::new(Origin {
            service: self.service,
            operation: self.name,
            keys: Vec::new(),
            tenant: match &call.tenant {
                Tenant::Of(tenant) => Some(tenant.clone()),
                Tenant::Home => None,
            },
            asked: None,
            secrets: Secrets::of(self.service, ty),
        });
        if self.name == "list" {
            let paging = known.map_or(Paging::Link, |operation| operation.paging);
            return Ok(Dynamic::from(List::new(
                self.host, call, paging, ty, origin,
            )));
        }
        call.step = lane::next_step(&call.operation);
        let response = azure::call(self.host, &mut call)?;
        if self.verb == Verb::Head {
            return Ok(response.status.is_success().into());
        }
        let whole = match known.map(|operation| operation.output) {
            Some(Output::Bytes) => return Ok(Dynamic::from_blob(response.body.to_vec())),
            // A raw call answers with what came: the list itself, where that holds one item.
            Some(Output::One(ty)) if !known.is_some_and(|operation| operation.one) => ty,
            _ => Ty(u16::MAX),
        };
        decode::body(&response.body, whole, &origin)
    }

    /// Says what a path is, by one of the service.
    fn wanted(&self) -> String {
        let one = match self.service.name {
            "partner" => "/v1/customers",
            "graph" => "/v1.0/users",
            _ => "/subscriptions?api-version=2022-12-01",
        };
        format!("a path beneath the service's root, such as \"{one}\"")
    }

    fn path(&self, value: &Dynamic) -> Result<String, Error> {
        let name = format!("{}::{}", self.service.name, self.name);
        let Ok(text) = value.as_immutable_string_ref() else {
            let what = describe(value);
            let wanted = self.wanted();
            return Err(argument(format!("{name} needs {wanted}, and got {what}")));
        };
        match beneath(&text) {
            Ok(path) => Ok(path),
            Err(why) => {
                let what = describe(value);
                let help = if text.contains('#') {
                    "write `%23` for `#`, which the sign-in names of guests hold".to_owned()
                } else {
                    format!("give {}", self.wanted())
                };
                Err(argument(format!("{name} cannot call {what}: {why}")).help(help))
            }
        }
    }

    fn options(&self, given: Option<Dynamic>) -> Result<Options, Error> {
        let mut options = Options::default();
        let Some(given) = given else {
            return Ok(options);
        };
        let wrong =
            |what: String| argument(format!("{}::{}: {what}", self.service.name, self.name));
        let map = given.as_map_ref().map_err(|_| {
            wrong(format!(
                "the options must be a map, not {}",
                describe(&given)
            ))
        })?;
        for (name, value) in map.iter() {
            match (name.as_str(), value.as_map_ref()) {
                ("principal", _) => {
                    options.principal =
                        Some(principal(value).ok_or_else(|| {
                            wrong("`principal` is \"app\" or \"user\"".to_owned())
                        })?);
                }
                ("headers", Ok(headers)) => {
                    let each = headers
                        .iter()
                        .map(|(name, value)| (name.to_string().into(), value.to_string()));
                    options.headers = each.collect();
                }
                _ => {
                    return Err(wrong(format!(
                        "there is no option `{name}`; there are principal and headers, the latter a map"
                    )));
                }
            }
        }
        Ok(options)
    }
}

/// A call of any path.
pub(super) struct Asked {
    pub(super) service: &'static Service,
    /// What the script calls, for a path that is not described.
    pub(super) name: &'static str,
    pub(super) verb: Verb,
    pub(super) tenant: Tenant,
    pub(super) target: String,
}

/// Returns the call, without its step: with what is described about it, else with the gravest effect
/// that its verb can have.
pub(super) fn call(
    asked: Asked,
    body: Option<&Dynamic>,
    known: Option<&'static Operation>,
) -> Result<Call, Error> {
    let (service, verb) = (asked.service.name, asked.verb);
    let effect = match known {
        Some(operation) => effects::decide(operation, body.unwrap_or(&Dynamic::UNIT), None),
        None if matches!(verb, Verb::Get | Verb::Head) => Effect::Read,
        None => Effect::Destroy,
    };
    let body = body.filter(|body| !body.is_unit());
    let text = body
        .map(|body| json::text(body, json::Purpose::Wire))
        .transpose()?;
    let name = known.map_or(asked.name, |operation| operation.name);
    let mut call = Call {
        service: service_name(service),
        operation: Cow::Owned(format!("{service}::{name}")),
        verb,
        target: asked.target,
        headers: Vec::new(),
        body: text.map(Bytes::from),
        effect,
        idempotency: known.map_or_else(|| unknown(verb), |operation| operation.idempotency),
        auth: known.map_or(Auth::Either, |operation| operation.auth),
        principal: None,
        tenant: asked.tenant,
        about: None,
        absent_is_answer: verb == Verb::Head,
        step: StepKey(String::new()),
    };
    if let Some(operation) = known {
        options::mark_path(call.service, operation, &mut call)?;
    }
    Ok(call)
}

/// Adds headers to a call, in place of those that it has.
pub(super) fn add_headers(call: &mut Call, headers: Vec<(Cow<'static, str>, String)>) {
    let given = |own: &str| {
        let mut all = headers.iter();
        all.any(|(name, _)| name.eq_ignore_ascii_case(own))
    };
    call.headers.retain(|(name, _)| !given(name));
    call.headers.extend(headers);
}

/// Returns a path and query as it travels. What is matched and judged must be what is sent: parts
/// that a URL parser would resolve or drop are refused.
pub(super) fn beneath(text: &str) -> Result<String, &'static str> {
    let path = text.split('?').next().unwrap_or_default();
    if !path.starts_with('/') || path.starts_with("//") {
        return Err("it must begin with one `/`");
    }
    if text.contains(|letter: char| letter.is_control() || matches!(letter, '\\' | '#')) {
        return Err("it may not hold `\\`, `#` or control characters");
    }
    let climbs = |part: &str| {
        matches!(
            part.to_ascii_lowercase().replace("%2e", ".").as_str(),
            "." | ".."
        )
    };
    if path.split('/').any(climbs) {
        return Err("it may not hold the parts `.` and `..`");
    }
    Ok(text.replace(' ', "%20"))
}

#[derive(Default)]
struct Options {
    principal: Option<crate::api::Principal>,
    headers: Vec<(Cow<'static, str>, String)>,
}

/// Returns the principal that a value names.
pub(super) fn principal(value: &Dynamic) -> Option<crate::api::Principal> {
    match value.to_string().as_str() {
        "app" => Some(crate::api::Principal::App),
        "user" => Some(crate::api::Principal::User),
        _ => None,
    }
}

/// A repeat of a call that nobody described is recognised by its verb alone.
fn unknown(verb: Verb) -> Idempotency {
    match verb {
        Verb::Get | Verb::Head | Verb::Put | Verb::Delete => Idempotency::Idempotent,
        Verb::Post | Verb::Patch => Idempotency::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_judged_is_what_is_sent() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(beneath(text).ok().as_deref(), expected, "{text}");
        };
        check("/v1/customers", Some("/v1/customers"));
        check("/v1/a b?x=../y", Some("/v1/a%20b?x=../y"));
        check("/v1/..x/x..", Some("/v1/..x/x.."));
        for wrong in [
            "",
            "v1/customers",
            "//host/v1",
            "https://host/v1",
            "/v1/customers/..",
            "/v1/./customers",
            "/../sandbox/stats",
            "/v1/%2E%2e/x",
            "/v1/.%2e",
            "/v1\\..\\x",
            "/v1/a\r\nb",
            "/v1/a#b",
        ] {
            check(wrong, None);
        }
    }
}
