//! The version of a call about a resource of any type: that of its type, where this host knows it.

use crate::api::ids::{self, ResourceId};
use crate::api::model::{Operation, Param, Service};
use crate::error::Error;
use crate::script::args::Parts;
use crate::script::error::argument;
use crate::script::host::{Host, Op};

/// Gives a call its version, unless it has one.
pub(in crate::script) fn choose(host: &Host, op: Op, parts: &mut Parts) -> Result<(), Error> {
    let has = |parts: &Parts| parts.query.iter().any(|(name, _)| *name == Param::VERSION);
    if !op.operation.versioned_by_type() || has(parts) {
        return Ok(());
    }
    let id = parts.keys.first().map_or("", |(_, id)| id);
    let Some(version) = of_id(host, id) else {
        let kind = ResourceId::parse(id)
            .map(|id| id.kind())
            .unwrap_or_default();
        let message = format!(
            "{} needs the option `api_version`: this host does not know the type {kind}",
            op.full_name()
        );
        return Err(argument(message).help(format!(
            "`arm::provider_resource_types(subscription, {:?})` lists the versions of each type",
            kind.split('/').next().unwrap_or_default()
        )));
    };
    parts.query.push((Param::VERSION, version.to_owned()));
    Ok(())
}

/// Adds the version to the path of a raw call that says none: that of the operation it is.
pub(in crate::script) fn in_path(host: &Host, operation: Option<&Operation>, path: &mut String) {
    let (id, query) = path.split_once('?').unwrap_or((path, ""));
    let has = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default();
        name.eq_ignore_ascii_case(Param::VERSION)
    };
    if query.split('&').any(has) {
        return;
    }
    let version = match operation {
        Some(operation) if operation.versioned_by_type() => of_id(host, id),
        Some(operation) => operation.api_version(),
        None => None,
    };
    if let Some(version) = version {
        let sign = if path.contains('?') { '&' } else { '?' };
        path.push(sign);
        path.extend([Param::VERSION, "=", version]);
    }
}

/// Returns the version in which one of the services describes what an id names.
fn of_id(host: &Host, id: &str) -> Option<&'static str> {
    let mut services = host.settings.services.iter().copied();
    services.find_map(|service| of_type(service, id))
}

/// Returns the version in which a service describes what an id names.
fn of_type(service: &'static Service, id: &str) -> Option<&'static str> {
    if !ids::are_paths(service) {
        return None;
    }
    service.operations.0.iter().find_map(|operation| {
        let named = operation.path.ends_with('}');
        let filled = ids::walk(operation, id).filter(|_| named)?;
        let whole = filled.len() == operation.in_path().count();
        operation.api_version().filter(|_| whole)
    })
}
