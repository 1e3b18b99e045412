//! Databases: made, given more or less, paused and resumed as the clock moves. Source: arm reference
//! §10.11.

mod actions;
mod check;
mod export;
mod master;

use serde_json::{Map, Value};

use super::refusal::{busy, name, not_allowed};
use super::{VERSIONS, long, service};
use crate::sandbox::arm::kind::{Draft, Kind, Long};
use crate::sandbox::arm::{access, calls};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) use actions::ROUTES as ACTIONS;
pub(super) use master::make as make_master;

const ALL: &str = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Sql/servers/{server}/databases";
const ONE: &str = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Sql/servers/{server}/databases/{database}";

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", ALL, calls::list),
    Route::arm("GET", ONE, calls::get),
    Route::arm("PUT", ONE, calls::put),
    Route::arm("PATCH", ONE, calls::patch),
    Route::arm("DELETE", ONE, delete),
];

/// Full type of databases.
const TYPE: &str = "Microsoft.Sql/servers/databases";

#[derive(Debug)]
pub(super) struct Databases;

impl Kind for Databases {
    fn name(&self) -> &'static str {
        TYPE
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn members(&self) -> &'static [&'static str] {
        &["sku", "identity"]
    }

    fn operation_segments(&self) -> (&'static str, &'static str) {
        ("databaseAzureAsyncOperation", "databaseOperationResults")
    }

    fn operations_in_group(&self) -> bool {
        true
    }

    fn put(&self, draft: &Draft<'_>) -> Option<Long> {
        Some(long(if draft.before.is_none() { 60 } else { 30 }))
    }

    fn patch(&self, _draft: &Draft<'_>) -> Option<Long> {
        Some(long(30))
    }

    fn delete(&self, _resource: &Resource) -> Option<Long> {
        Some(long(15))
    }

    fn check_name(&self, given: &str) -> Result<(), Refusal> {
        check_name(given)
    }

    fn check(&self, tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        check::check(tx, draft)
    }

    fn settled(&self, tx: &mut Tx<'_>, key: &str) {
        check::settled(tx, key);
    }

    fn acted(&self, tx: &mut Tx<'_>, key: &str, action: &str, _asked: &Value) {
        actions::ended(tx, key, action, true);
    }

    fn undone(&self, tx: &mut Tx<'_>, key: &str, action: &str) {
        actions::ended(tx, key, action, false);
    }

    fn show(
        &self,
        _tx: &Tx<'_>,
        resource: &Resource,
        _request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        let of = if is_system(resource) {
            "system"
        } else {
            "user"
        };
        shown.insert("kind".to_owned(), format!("v12.0,{of}").into());
        if let Some(Value::Object(properties)) = shown.get_mut("properties") {
            properties.remove("provisioningState");
            properties.insert("status".to_owned(), status(resource).into());
        }
    }
}

/// Returns the state of a database, as it is shown.
fn status(database: &Resource) -> &str {
    let requested = database.properties.get("requestedServiceObjectiveName");
    let current = database.properties.get("currentServiceObjectiveName");
    match database.state.as_str() {
        "Creating" => "Creating",
        "Updating" if requested != current => "Scaling",
        _ => {
            let status = database.hidden.get("status").and_then(Value::as_str);
            status.unwrap_or("Online")
        }
    }
}

/// Tells whether a database is the server's own.
fn is_system(database: &Resource) -> bool {
    database.hidden.contains_key("system")
}

fn check_name(given: &str) -> Result<(), Refusal> {
    let is_bad = |letter: char| "<>*%&:\\/?".contains(letter) || letter.is_control();
    if given.contains(is_bad) || given.ends_with(['.', ' ']) || given.chars().count() > 128 {
        let rule = "it has at most 128 characters, none of < > * % & : \\ / ?, and does not end with '.' or a space";
        return Err(name("database", given, rule));
    }
    Ok(())
}

/// Refuses while something else is done with a database, and what the server's own never takes.
fn at_rest(database: &Resource) -> Result<(), Refusal> {
    if is_system(database) {
        let text = format!(
            "The system database '{}' cannot be changed or deleted.",
            database.name
        );
        return Err(not_allowed(text));
    }
    let still = ["Succeeded", "Failed"].contains(&database.state.as_str());
    if still && !database.hidden.contains_key("doing") {
        return Ok(());
    }
    Err(busy("database", &database.name))
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, kind) = calls::target(request)?;
    access::pass(request, tx, &id, &format!("{}/delete", kind.name()))?;
    if let Some(found) = tx.arm.resources.get(&id.key())
        && is_system(found)
    {
        at_rest(found)?;
    }
    calls::delete(request, tx)
}
