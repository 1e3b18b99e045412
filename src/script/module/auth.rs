//! `auth`: who calls are made as. It asks for the token that a call would be made with and shows
//! what that says; the token itself never reaches a script.

use std::borrow::Cow;
use std::sync::Arc;

use rhai::{Dynamic, Engine, Module, NativeCallContext, Position, Shared};

use crate::api::model::{Auth, Effect, Idempotency, Verb};
use crate::api::{Principal, ServiceName};
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};
use crate::http::{Call, Claims, StepKey, Tenant, Who};
use crate::script::bind::{Native, raw_function, taken};
use crate::script::date::Date;
use crate::script::error::{argument, describe, raise_at};
use crate::script::host::Host;
use crate::script::{interface, json, raw, tenant};

const MODULE: &str = "auth";

type Function = fn(&Host, &[Dynamic]) -> Result<Dynamic, Error>;

const FUNCTIONS: [(&str, Function); 4] = [
    ("whoami", whoami),
    ("claims", claims),
    ("check_mfa", check_mfa),
    ("admin_consent_url", admin_consent_url),
];

/// Registers the module, with as many arguments as the table says.
pub(super) fn register(engine: &mut Engine, host: &Arc<Host>) {
    let mut module = Module::new();
    for (name, run) in FUNCTIONS {
        let host = Arc::clone(host);
        let call = move |ctx: Option<NativeCallContext>, args: &mut [&mut Dynamic]| {
            let at = ctx
                .as_ref()
                .map_or(Position::NONE, NativeCallContext::call_position);
            run(&host, &taken(args)).map_err(|error| {
                let source = ctx.as_ref().and_then(NativeCallContext::call_source);
                raise_at(host.placed(error, source, at), at)
            })
        };
        let call: Shared<Native> = Shared::new(call);
        let mut table = interface::functions();
        let shape = table.find(|one| one.module == Some(MODULE) && one.name == name);
        let params = shape.map_or(&[][..], |one| one.params);
        let least = params.iter().filter(|param| !param.optional).count();
        for count in least..=params.len() {
            raw_function(&mut module, name, count, Shared::clone(&call));
        }
    }
    engine.register_static_module(MODULE, module.into());
}

fn whoami(host: &Host, args: &[Dynamic]) -> Result<Dynamic, Error> {
    let name = "auth::whoami";
    let tenant = match args.first() {
        Some(given) => Tenant::Of(tenant::named(name, given)?),
        None => Tenant::Home,
    };
    let principal = principal(name, args.get(1))?;
    let claims = ask(host, name, tenant, ServiceName::Graph, principal)?;
    let who = Who::of(&claims);
    let found = value(&who.to_json().to_string());
    let Some(mut map) = found.try_cast::<rhai::Map>() else {
        return Ok(Dynamic::UNIT);
    };
    if let Some(expires) = who.expires {
        map.insert("expires".into(), Dynamic::from(Date::new(expires)));
    }
    Ok(map.into())
}

fn claims(host: &Host, args: &[Dynamic]) -> Result<Dynamic, Error> {
    let name = "auth::claims";
    let [tenant, service, options @ ..] = args else {
        return Ok(Dynamic::UNIT);
    };
    let tenant = Tenant::Of(tenant::named(name, tenant)?);
    let service = resource(service)?;
    let principal = principal(name, options.first())?;
    let claims = ask(host, name, tenant, service, principal)?;
    let text = serde_json::to_string(claims.all()).unwrap_or_default();
    Ok(value(&text))
}

fn check_mfa(host: &Host, _: &[Dynamic]) -> Result<Dynamic, Error> {
    let user = Some(Principal::User);
    let name = "auth::check_mfa";
    let claims = ask(host, name, Tenant::Home, ServiceName::Partner, user)?;
    if claims.mfa() == Some(true) {
        return Ok(Dynamic::UNIT);
    }
    let who = claims.text("upn").unwrap_or("the signed-in user");
    let message = format!("{who} signed in without multi-factor authentication");
    Err(Error::new(Code::AuthMfaMissing, message).help(
        "sign in again with multi-factor authentication, by `tenantry login` or by a new TENANTRY_REFRESH_TOKEN; refreshing the old token does not help",
    ))
}

fn admin_consent_url(host: &Host, args: &[Dynamic]) -> Result<Dynamic, Error> {
    let given = args.first().unwrap_or(&Dynamic::UNIT);
    let tenant = Tenant::Of(tenant::named("auth::admin_consent_url", given)?);
    let address = host.settings.door.consent_address(&tenant)?;
    Ok(address.as_str().into())
}

/// Returns the claims of the token with which a service would be read.
fn ask(
    host: &Host,
    name: &'static str,
    tenant: Tenant,
    service: ServiceName,
    principal: Option<Principal>,
) -> Result<Claims, Error> {
    host.settings.door.claims(&Call {
        service,
        operation: Cow::Borrowed(name),
        verb: Verb::Get,
        target: "/".to_owned(),
        headers: Vec::new(),
        body: None,
        effect: Effect::Read,
        idempotency: Idempotency::Idempotent,
        auth: Auth::Either,
        principal,
        tenant,
        about: None,
        absent_is_answer: false,
        step: StepKey(String::new()),
    })
}

fn resource(value: &Dynamic) -> Result<ServiceName, Error> {
    let text = value.to_string();
    let all = ServiceName::ALL;
    let found = all.into_iter().find(|service| service.as_str() == text);
    found.ok_or_else(|| {
        let names = all.map(ServiceName::as_str);
        let error = argument(format!("auth::claims knows no service {}", describe(value)));
        match did_you_mean(&text, names) {
            Some(meant) => error.help(format!("did you mean \"{meant}\"?")),
            None => error.help(format!("there are {}", names.join(", "))),
        }
    })
}

/// Returns the principal that the options ask for.
fn principal(name: &str, options: Option<&Dynamic>) -> Result<Option<Principal>, Error> {
    let Some(given) = options else {
        return Ok(None);
    };
    let wrong = |what: String| argument(format!("{name}: {what}"));
    let Ok(map) = given.as_map_ref() else {
        let what = describe(given);
        return Err(wrong(format!("the options must be a map, not {what}")));
    };
    let mut principal = None;
    for (key, value) in map.iter() {
        if key != "principal" {
            return Err(wrong(format!("there is no option `{key}`"))
                .help("there is `principal`: \"app\" or \"user\""));
        }
        let found = raw::principal(value);
        let found = found.ok_or_else(|| wrong("`principal` is \"app\" or \"user\"".to_owned()))?;
        principal = Some(found);
    }
    Ok(principal)
}

fn value(text: &str) -> Dynamic {
    json::plain(text.as_bytes()).unwrap_or(Dynamic::UNIT)
}
