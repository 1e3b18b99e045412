//! What a script says while it runs: `print`, `debug`, `log::…` and `progress` go to stderr.

use std::sync::Arc;

use rhai::{Dynamic, Engine, FuncRegistration, ImmutableString, Module, NativeCallContext};

use crate::script::error::said;
use crate::script::host::Host;

/// Levels of `log::…` and what stands before their lines.
pub(super) const LEVELS: [(&str, &str); 3] =
    [("info", ""), ("warn", "warning: "), ("debug", "debug: ")];

/// Registers them.
pub(super) fn register(engine: &mut Engine, host: &Arc<Host>) {
    let own = Arc::clone(host);
    engine.on_print(move |text| own.say(text));
    let own = Arc::clone(host);
    engine.on_debug(move |text, source, at| {
        let source = source.map_or_else(String::new, |source| format!("{source} "));
        own.say(&format!("debug ({source}{at}): {text}"));
    });
    let mut module = Module::new();
    for (name, before) in LEVELS {
        let own = Arc::clone(host);
        FuncRegistration::new(name).set_into_module(
            &mut module,
            move |ctx: NativeCallContext, value: Dynamic| {
                own.say(&format!("{before}{}", words(&ctx, value)));
            },
        );
    }
    engine.register_static_module("log", module.into());
    let own = Arc::clone(host);
    engine.register_fn("progress", move |ctx: NativeCallContext, value: Dynamic| {
        own.say(&words(&ctx, value));
    });
}

/// Returns a value as `print` shows it.
fn words(ctx: &NativeCallContext, value: Dynamic) -> String {
    let plain = value.clone();
    let text = ctx.call_native_fn::<ImmutableString>("to_string", (value,));
    text.map_or_else(|_| said(&plain), |text| text.to_string())
}
