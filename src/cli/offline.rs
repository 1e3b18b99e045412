//! What can be said about scripts without any service: the table of everything they can call, and
//! their checks.

use std::sync::OnceLock;

use crate::api;
use crate::api::model::Service;
use crate::repl::manual::Manual;
use crate::runbook::{self, Against, Header};
use crate::script::check::Checked;
use crate::script::check::known::Known;
use crate::script::{Modules, Source, interface};

/// Returns everything that scripts can call besides the services' operations.
fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| interface::known(api::services()))
}

/// Returns the manual of these services.
pub(super) fn manual<'a>(services: &'a [&'static Service]) -> Manual<'a> {
    Manual {
        services,
        known: known(),
    }
}

/// Reads the header of a script that can call these services, and checks all of it.
pub(super) fn check(source: &Source, services: &[&'static Service]) -> (Header, Checked) {
    let against = Against {
        services,
        known: known(),
        imports: &Modules::beside(&source.name),
    };
    runbook::check(source, against)
}
