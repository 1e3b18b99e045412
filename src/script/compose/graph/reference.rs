//! Naming an object to the service: by its address beneath the service's own root.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rhai::Dynamic;

use super::map;
use crate::api::ServiceName;
use crate::error::Error;
use crate::script::effects::at_path;
use crate::script::error::{argument, describe};
use crate::script::host::Host;
use crate::script::invoke::by_name;

/// What stands as it is in an address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'@');

/// Where customers approve relationships. Source: Create delegatedAdminRelationship, lock for
/// approval; GDAP exists in the global cloud alone.
const APPROVAL: &str =
    "https://admin.microsoft.com/AdminPortal/Home#/partners/invitation/granularAdminRelationships/";

/// Returns the id that a value names: a text, or a record's `id`.
pub(super) fn id(what: &str, value: &Dynamic) -> Result<String, Error> {
    let id = if value.is_string() {
        Some(value.to_string())
    } else {
        at_path(value, "id").map(|id| id.to_string())
    };
    let id = id.filter(|id| !id.trim().is_empty() && !matches!(id.as_str(), "." | ".."));
    id.ok_or_else(|| {
        let message = format!("{what} is named by its id or a record that has one");
        argument(format!("{message}, not {}", describe(value)))
    })
}

/// Returns the body that refers to an object of a collection.
pub(super) fn reference(host: &Arc<Host>, collection: &str, id: &str) -> Result<Dynamic, Error> {
    let root = host.settings.door.root(ServiceName::Graph)?;
    let root = root.as_str().trim_end_matches('/');
    let id = utf8_percent_encode(id, PLAIN);
    let address = format!("{root}/v1.0/{collection}/{id}");
    Ok(map([("@odata.id", address.into())]).into())
}

/// `set_manager(tenant, user, manager)`.
pub(super) fn set_manager(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Dynamic::UNIT);
    let (tenant, user, manager) = (next(), next(), next());
    let body = reference(host, "users", &id("a manager", &manager)?)?;
    by_name(host, "graph", "set_manager_ref", vec![tenant, user, body])
}

/// `gdap_approval_url(relationship)`.
pub(super) fn approval_url(_: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let relationship = args.into_iter().next().unwrap_or(Dynamic::UNIT);
    let id = id("a relationship", &relationship)?;
    Ok(format!("{APPROVAL}{}", utf8_percent_encode(&id, PLAIN)).into())
}
