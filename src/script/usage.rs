//! How an operation is called, in one line.

use super::host::Op;
use crate::api::ids;

/// Returns `partner::customer(customer)`; what may be left out stands in brackets.
pub(super) fn function(op: Op) -> String {
    format!("{}({})", op.full_name(), arguments(op, false))
}

/// Returns `record.method(argument)`.
pub(super) fn method(op: Op) -> String {
    let name = op
        .operation
        .method_of
        .map_or(op.operation.name, |(_, name)| name);
    format!("use record.{name}({})", arguments(op, true))
}

fn arguments(op: Op, method: bool) -> String {
    let shown = ids::shown(op.service, op.operation, method);
    let mut names: Vec<String> = shown.map(|param| param.name.to_owned()).collect();
    if let Some(body) = op.operation.body {
        names.push(if body.required {
            body.name.to_owned()
        } else {
            format!("[{}]", body.name)
        });
    }
    let options = op.operation.optional().map(|param| param.name);
    let options: Vec<&str> = options.chain(op.operation.host_options()).collect();
    if !options.is_empty() {
        names.push(format!("[#{{ {} }}]", options.join(", ")));
    }
    names.join(", ")
}
