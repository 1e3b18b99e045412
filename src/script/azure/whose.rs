//! The tenant of a call to Azure: that of the first record given; of an id alone, the tenant that
//! this run has seen for its subscription, or the only one that the profile manages.

use rhai::Dynamic;

use crate::api::ids;
use crate::error::{Code, Error};
use crate::http::Tenant;
use crate::script::args::Parts;
use crate::script::host::{Host, Op};
use crate::script::record::Record;
use crate::script::tenant;

/// What to do about a subscription of Partner Center.
pub(in crate::script) const SOLD: &str = "what Partner Center sold is no subscription of Azure: take one of `arm::subscriptions(customer)`, or `arm::subscription(customer, id)` with the id that Azure shows";

/// Returns the tenant whose token reaches what a record of Azure is.
pub(in crate::script) fn in_tenant(record: &Record) -> Option<String> {
    let shown_to = record.origin().tenant.clone();
    shown_to.or_else(|| Some(record.at_path("tenantId")?.to_string().to_lowercase()))
}

/// Gives a call its tenant, where no parameter names it.
pub(in crate::script) fn of_subscription(
    host: &Host,
    op: Op,
    parts: &mut Parts,
) -> Result<(), Error> {
    if parts.tenant.is_some() {
        return Ok(());
    }
    let mut given = parts.records.iter();
    let found = given.find_map(|record| {
        let of_azure = ids::are_paths(record.service());
        of_azure.then(|| in_tenant(record)).flatten()
    });
    if found.is_some() {
        parts.tenant = found;
        return Ok(());
    }
    let target = parts.target(op.operation);
    let named = of_id(host, &op.full_name(), ids::subscription(&target))?;
    if let Tenant::Of(tenant) = named {
        parts.tenant = Some(tenant);
    }
    Ok(())
}

/// Returns the tenant that the first argument of a raw call names: as everywhere, or by a
/// subscription that this run has seen.
pub(in crate::script) fn named(
    host: &Host,
    function: &str,
    value: &Dynamic,
) -> Result<String, Error> {
    let by_subscription = value.as_immutable_string_ref().ok().and_then(|text| {
        let id = ids::subscription(&text).filter(|_| ids::is_id(&text));
        host.seen.tenant(id.unwrap_or(&text))
    });
    match by_subscription {
        Some(tenant) => Ok(tenant),
        None => tenant::named(function, value),
    }
}

/// Returns the tenant of a call to a path, by the subscription that is in it.
pub(in crate::script) fn of_path(host: &Host, function: &str, path: &str) -> Result<Tenant, Error> {
    of_id(host, function, ids::subscription(path))
}

/// Returns the tenant of a subscription that is known by its id alone.
fn of_id(host: &Host, function: &str, subscription: Option<&str>) -> Result<Tenant, Error> {
    if let Some(tenant) = subscription.and_then(|id| host.seen.tenant(id)) {
        return Ok(Tenant::Of(tenant));
    }
    if let Some(id) = subscription.filter(|id| host.seen.is_sold(id)) {
        let message = format!("{function} got {id}, which is a subscription of Partner Center");
        return Err(Error::new(Code::ScopeWrongKind, message).help(SOLD));
    }
    if host.settings.door.only_tenant() {
        return Ok(Tenant::Home);
    }
    let what = match subscription {
        Some(id) => format!("which tenant the subscription {id} is of"),
        None => "for which tenant it is".to_owned(),
    };
    let message = format!("{function} cannot tell {what}: an id alone does not say");
    Err(Error::new(Code::ScopeTenantUnknown, message).help(
        "name the tenant once: `let subscription = arm::subscription(tenant, id)`, then give that record, or its id again",
    ))
}
