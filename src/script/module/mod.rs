//! Host functions that are no operations: control of a run, time, files, notes.

mod auth;
mod bounds;
mod control;
mod files;
mod notes;
mod records;
mod time;

use std::sync::Arc;

use rhai::Engine;

use super::host::Host;

pub(super) use files::read_json;

/// Registers all of them.
pub(super) fn register(engine: &mut Engine, host: &Arc<Host>) {
    auth::register(engine, host);
    bounds::register(engine);
    control::register(engine, host);
    files::register(engine, host);
    notes::register(engine, host);
    records::register(engine);
    time::register(engine, host);
}
