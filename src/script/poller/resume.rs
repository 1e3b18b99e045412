//! `arm::resume(handle)`, `recovery::resume(handle)`: going on with what another process began.

use std::sync::Arc;

use rhai::Dynamic;

use super::{PATIENCE, Poller};
use crate::api::model::{Output, Ty};
use crate::error::Error;
use crate::http::{self, Tenant};
use crate::script::error::{argument, describe};
use crate::script::host::{Host, Op};
use crate::script::path_keys::path_keys;
use crate::script::record::{Origin, Secrets};

/// Returns the poller of a handle.
pub(in crate::script) fn resume(
    host: &Arc<Host>,
    mut args: Vec<Dynamic>,
) -> Result<Dynamic, Error> {
    let handle = args.pop().unwrap_or(Dynamic::UNIT);
    let Ok(text) = handle.as_immutable_string_ref() else {
        let what = describe(&handle);
        let message = format!("`resume` takes the handle of an operation, not {what}");
        return Err(argument(message)
            .help("`poller.handle()` gives it, and so does the `handle` of an error"));
    };
    let door = &host.settings.door;
    let poller = http::Poller::resume(&text, |service| door.root(service), door.clock().now())?;
    let op = operation(host, poller.operation())?;
    let call = poller.call();
    let origin = Arc::new(origin(op, &call.target, &call.tenant));
    let poller = Poller::new(host, op, origin, PATIENCE, poller);
    Ok(Dynamic::from(poller))
}

fn operation(host: &Host, name: &str) -> Result<Op, Error> {
    let (module, function) = name.split_once("::").unwrap_or(("", name));
    host.operation(module, function).ok_or_else(|| {
        let message = format!("the handle is of `{name}`, which is not described here");
        argument(message).help(
            "go on with the program that made the handle, or add the document that describes it",
        )
    })
}

/// Returns what the answer's records remember of a call: of an operation, at that target.
pub(super) fn origin(op: Op, target: &str, tenant: &Tenant) -> Origin {
    let ty = match op.operation.output {
        Output::One(ty) | Output::Many(ty) => ty,
        _ => Ty(u16::MAX),
    };
    Origin {
        service: op.service,
        operation: op.operation.name,
        keys: path_keys(op.operation, target),
        tenant: match tenant {
            Tenant::Of(tenant) => Some(tenant.clone()),
            Tenant::Home => None,
        },
        asked: None,
        secrets: Secrets::of(op.service, ty),
    }
}
