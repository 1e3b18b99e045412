//! The engine: limits, the script's own names, and everything the host offers.

use std::sync::Arc;

use rhai::{Dynamic, Engine, OptimizationLevel};

use super::error::cancelled;
use super::host::Host;
use super::params::Header;
use super::resolver::Resolver;
use super::texts::Names;
use super::{
    bind, collect, date, defer, error, filter, module, number, outcome, output, parallel, params,
    poller, secret,
};
use crate::base::fiber;

/// How deep functions may call each other.
const CALLS: usize = 64;
/// How deep an expression may be nested.
const DEPTH: usize = 128;
/// How many modules one run may import.
const MODULES: usize = 256;
/// After how many steps of a script the other lanes get their turn: some tenths of a millisecond.
const TURN: u64 = 4096;

/// Creates the engine for one script, which calls operations by these names; `header` will hold its
/// `RUNBOOK`, where it has one.
pub(super) fn create(host: &Arc<Host>, main: &str, header: Header, names: &Names) -> Engine {
    fix_names();
    let mut engine = Engine::new();
    limits(&mut engine);
    let own = Arc::clone(host);
    engine.on_progress(move |steps| {
        if steps.is_multiple_of(TURN) {
            fiber::turn();
        }
        let cancel = &own.settings.cancel;
        if cancel.reason().is_none() || (defer::running() && !cancel.overdue()) {
            return None;
        }
        let error = cancelled(cancel)?;
        Some(Dynamic::from(error::Thrown(Arc::new(error))))
    });
    engine.set_module_resolver(Resolver::new(host, main));
    params::resolve(&mut engine, host.params.clone(), header);
    functions(&mut engine, host, names);
    engine
}

/// Makes the names of closures the same in every process: they stand in journals.
fn fix_names() {
    // Set already when another session of this process did it; the seed is the same then.
    let _ = rhai::config::hashing::set_hashing_seed(Some([0x7e6e, 0x616e, 0x7472, 0x79]));
}

fn limits(engine: &mut Engine) {
    engine
        .set_max_call_levels(CALLS)
        .set_max_expr_depths(DEPTH, DEPTH)
        .set_max_modules(MODULES)
        .set_max_strings_interned(0)
        .set_strict_variables(true)
        .set_optimization_level(OptimizationLevel::Simple);
}

fn functions(engine: &mut Engine, host: &Arc<Host>, names: &Names) {
    number::register(engine);
    date::register(engine);
    secret::register(engine);
    error::register(engine);
    filter::register(engine);
    collect::lists(engine, host);
    collect::arrays(engine, host);
    outcome::register(engine, host);
    output::register(engine, host);
    parallel::register(engine, host);
    poller::register(engine, host);
    module::register(engine, host);
    bind::register(engine, host, names);
}
