//! `defer(f)`: functions that run at the end of the script or of an item of `parallel`, newest
//! first, also after errors and Ctrl-C.

use rhai::{Dynamic, Engine, EvalAltResult, FnPtr, NativeCallContext};

use super::host::{Answer, Host};
use super::rewrite;
use crate::base::fiber;

#[expect(
    deprecated,
    reason = "the stored context is volatile, not deprecated; rhai is pinned"
)]
type Context = rhai::NativeCallContextStore;

struct Deferred {
    f: FnPtr,
    context: Context,
}

/// What a fiber has deferred, scope within scope.
#[derive(Default)]
struct Waiting(Vec<Vec<Deferred>>);

/// Whether a fiber runs deferred functions.
#[derive(Default)]
struct Running(bool);

/// Returns whether deferred functions run here, which a cancelled run lets end.
pub(super) fn running() -> bool {
    fiber::local(|running: &mut Running| running.0)
}

/// Remembers a function for the end of the innermost scope.
pub(super) fn later(ctx: &NativeCallContext, f: FnPtr) {
    #[expect(
        deprecated,
        reason = "storing a context is volatile, not deprecated; rhai is pinned"
    )]
    let context = ctx.store_data();
    fiber::local(|Waiting(scopes)| {
        if let Some(scope) = scopes.last_mut() {
            scope.push(Deferred { f, context });
        }
    });
}

/// Runs `body`, then whatever it deferred. The first error holds; those of deferred functions after
/// an error are only said.
pub(super) fn scope<T>(
    engine: &Engine,
    host: &Host,
    body: impl FnOnce() -> Answer<T>,
) -> Answer<T> {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            fiber::local(|Waiting(scopes)| scopes.pop());
        }
    }
    fiber::local(|Waiting(scopes)| scopes.push(Vec::new()));
    let leave = Leave;
    let mut result = body();
    while let Some(deferred) = fiber::local(|Waiting(scopes)| scopes.last_mut()?.pop()) {
        let was = now_running(true);
        let outcome = call(engine, &deferred);
        now_running(was);
        match (outcome, &result) {
            (Err(error), Ok(_)) => result = Err(error),
            (Err(error), Err(_)) => {
                let error = rewrite::error(host, error);
                host.say(&format!(
                    "a deferred function failed: {error} [{}]",
                    error.code()
                ));
            }
            (Ok(_), _) => {}
        }
    }
    drop(leave);
    result
}

/// Sets whether deferred functions run here; returns whether they did.
fn now_running(now: bool) -> bool {
    fiber::local(|Running(running)| std::mem::replace(running, now))
}

fn call(engine: &Engine, deferred: &Deferred) -> Result<Dynamic, Box<EvalAltResult>> {
    #[expect(
        deprecated,
        reason = "a context from a store is volatile, not deprecated; rhai is pinned"
    )]
    let context = deferred.context.create_context(engine);
    deferred.f.call_within_context(&context, ())
}
