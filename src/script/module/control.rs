//! Functions that steer a run: giving up, trying again, naming steps, cleaning up, asking.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Dynamic, Engine, FnPtr, NativeCallContext};

use crate::error::{Code, Error, Sent};
use crate::run::lane;
use crate::script::error::{argument, of_value, raise};
use crate::script::host::{Answer, Host, answer};
use crate::script::{defer, rewrite};

/// The longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(60);

/// Registers `fail retry step defer approve`.
pub(super) fn register(engine: &mut Engine, host: &Arc<Host>) {
    engine.register_fn("fail", |what: Dynamic| -> Answer<()> {
        Err(raise(Error::clone(&of_value(&what).0)))
    });
    let own = Arc::clone(host);
    engine.register_fn(
        "retry",
        move |ctx: NativeCallContext, times: i64, f: FnPtr| retry(&own, &ctx, times, &f),
    );
    let own = Arc::clone(host);
    engine.register_fn(
        "step",
        move |ctx: NativeCallContext, name: &str, f: FnPtr| -> Answer<Dynamic> {
            own.say(name);
            let _task = own.settings.progress.start(name);
            lane::within(lane::child(name), || f.call_within_context(&ctx, ()))
        },
    );
    engine.register_fn("defer", |ctx: NativeCallContext, f: FnPtr| {
        defer::later(&ctx, f);
    });
    let own = Arc::clone(host);
    engine.register_fn("approve", move |text: &str| answer(approve(&own, text)));
}

/// Calls `f` up to `times` times until it does not fail, with growing pauses. What may have taken
/// effect is not tried again, nor what no script can catch.
fn retry(host: &Arc<Host>, ctx: &NativeCallContext, times: i64, f: &FnPtr) -> Answer<Dynamic> {
    let times = u32::try_from(times).ok().filter(|times| *times > 0);
    let times =
        times.ok_or_else(|| raise(argument("`retry` takes the number of tries, at least 1")))?;
    let mut pause = Duration::from_secs(1);
    for left in (0..times).rev() {
        let failed = match f.call_within_context::<Dynamic>(ctx, ()) {
            Ok(value) => return Ok(value),
            Err(failed) => failed,
        };
        let hopeless = left == 0 || !failed.is_catchable();
        if hopeless {
            return Err(failed);
        }
        let error = rewrite::error(host, failed);
        if error.parts().sent == Sent::Unknown {
            return Err(raise(error));
        }
        host.say(&format!(
            "{error} [{}]; trying again in {} s",
            error.code(),
            pause.as_secs()
        ));
        answer(host.wait(pause))?;
        pause = (pause * 2).min(LONGEST);
    }
    Ok(Dynamic::UNIT)
}

fn approve(host: &Host, text: &str) -> Result<(), Error> {
    if host.settings.prompt.approve(text)? {
        return Ok(());
    }
    Err(Error::new(
        Code::ScriptFailed,
        format!("not approved: {text}"),
    ))
}
