//! Lists of migration items, with a filter and pages of one's own size. Source: recovery reference
//! §5.6, which names `$filter`, `skipToken` and `takeToken` and none of the names in a filter: those
//! here are not confirmed.

use serde_json::Value;

use super::course::Course;
use super::show::stage;
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::page;
use crate::sandbox::arm::recovery::filter;
use crate::sandbox::arm::recovery::{calls, object};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Tx, VaultObject};

const NAMES: &[&str] = &[
    "MigrationState",
    "InstanceType",
    "SourceFabricName",
    "SourceContainerName",
];

/// Lists the items of a container or of the vault.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let mut rows = calls::rows(request, tx)?;
    let terms = filter::of(request, NAMES)?;
    rows.retain(|item| terms.iter().all(|term| fits(tx, item, term)));
    let request = paged(request);
    page::of(&request, rows, |one| {
        object::shown(tx, &one, Some(&request))
    })
}

/// Returns the request with the tokens of these lists as other lists call them.
fn paged(request: &Request) -> Request {
    let query = request.query.iter().map(|(name, value)| {
        let name = match name.to_ascii_lowercase().as_str() {
            "skiptoken" => "$skiptoken",
            "taketoken" => "$top",
            _ => name,
        };
        (name.to_owned(), value.clone())
    });
    Request {
        query: query.collect(),
        verb: request.verb.clone(),
        path: request.path.clone(),
        params: request.params.clone(),
        headers: request.headers.clone(),
        body: request.body.clone(),
        caller: request.caller.clone(),
        origin: request.origin.clone(),
    }
}

/// Tells whether an item has one of the values of a term, which are parted by commas.
fn fits(tx: &Tx<'_>, item: &VaultObject, (name, values): &(&'static str, String)) -> bool {
    let id = Id::parse(&item.id).unwrap_or_default();
    let container = id.parent();
    let fabric = container.parent();
    let own = match *name {
        "MigrationState" => Course::of(tx, item).map(|course| stage(course.state.stage)),
        "SourceFabricName" => Some(fabric.name()),
        "SourceContainerName" => Some(container.name()),
        _ => body::at(&item.properties, "providerSpecificDetails.instanceType")
            .and_then(Value::as_str),
    };
    let own = own.unwrap_or_default();
    let mut values = values.split(',');
    values.any(|value| value.trim().eq_ignore_ascii_case(own))
}
