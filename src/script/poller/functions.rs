//! What scripts can ask of a poller.

use std::sync::Arc;

use rhai::{Dynamic, Engine, Map, NativeCallContext};

use super::Poller;
use super::wait::{options_of, wait_all};
use crate::error::Error;
use crate::script::error::raise_at;
use crate::script::host::{Answer, Host};

/// Registers the type of pollers, and `wait_all`.
pub(in crate::script) fn register(engine: &mut Engine, host: &Arc<Host>) {
    engine.register_type_with_name::<Poller>("Poller");
    engine.register_get("operation", |one: &mut Poller| one.operation());
    engine.register_get("status", |one: &mut Poller| one.status());
    engine.register_get("done", |one: &mut Poller| one.is_done());
    engine.register_get("percent", |one: &mut Poller| {
        one.now().percent.map_or(Dynamic::UNIT, Dynamic::from)
    });
    engine.register_fn("to_string", |one: &mut Poller| format!("{one:?}"));
    engine.register_fn("to_debug", |one: &mut Poller| format!("{one:?}"));
    actions(engine);
    let own = Arc::clone(host);
    engine.register_fn(
        "wait_all",
        move |ctx: NativeCallContext, pollers: Dynamic| {
            told(&ctx, &own, wait_all(&own, &pollers, &Map::new()))
        },
    );
    let own = Arc::clone(host);
    engine.register_fn(
        "wait_all",
        move |ctx: NativeCallContext, pollers: Dynamic, options: Map| {
            told(&ctx, &own, wait_all(&own, &pollers, &options))
        },
    );
}

fn actions(engine: &mut Engine) {
    engine.register_fn("wait", |ctx: NativeCallContext, one: &mut Poller| {
        told(&ctx, &one.0.host, one.wait(None))
    });
    engine.register_fn(
        "wait",
        |ctx: NativeCallContext, one: &mut Poller, options: Map| {
            let patience = options_of("wait", &options);
            told(&ctx, &one.0.host, patience.and_then(|time| one.wait(time)))
        },
    );
    engine.register_fn("refresh", |ctx: NativeCallContext, one: &mut Poller| {
        told(&ctx, &one.0.host, one.refresh().map(|()| one.clone()))
    });
    engine.register_fn("cancel", |ctx: NativeCallContext, one: &mut Poller| {
        told(&ctx, &one.0.host, one.cancel())
    });
    engine.register_fn("handle", |ctx: NativeCallContext, one: &mut Poller| {
        told(&ctx, &one.0.host, one.handle())
    });
}

/// Gives an error the place of the call.
fn told<T>(ctx: &NativeCallContext, host: &Host, result: Result<T, Error>) -> Answer<T> {
    let at = ctx.call_position();
    result.map_err(|error| raise_at(host.placed(error, ctx.call_source(), at), at))
}
