//! Actions of a database: pausing, resuming, another name. Source: arm reference §10.11.

use super::super::refusal::{not_allowed, value};
use super::{at_rest, check_name, export, long, service, status};
use crate::sandbox::arm::body;
use crate::sandbox::arm::calls::{self, Asked};
use crate::sandbox::arm::id::Id;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{OperationResult, Tx};

macro_rules! action {
    ($name:literal, $handler:path) => {
        Route::arm(
            "POST",
            concat!(
                "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Sql/servers/{server}/databases/{database}/",
                $name
            ),
            $handler,
        )
    };
}

pub(in super::super) const ROUTES: &[Route] = &[
    action!("pause", pause),
    action!("resume", resume),
    action!("export", export::export),
    action!("move", rename),
];

fn pause(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = calls::asked(request, tx, "pause")?;
    change(request, tx, asked, ("Online", "Pausing"))
}

fn resume(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = calls::asked(request, tx, "resume")?;
    change(request, tx, asked, ("Paused", "Resuming"))
}

/// Only warehouses and databases without a server of their own can be paused.
fn change(
    request: &Request,
    tx: &mut Tx<'_>,
    asked: Asked,
    (from, during): (&str, &str),
) -> Outcome {
    let database = &asked.resource;
    at_rest(database)?;
    let objective = database.properties.get("currentServiceObjectiveName");
    let service = objective.and_then(|name| service::of(name.as_str()?));
    if !service.is_some_and(|service| service.is_serverless() || service.is_warehouse()) {
        let text = format!(
            "The operation '{}' is not supported by the service objective of the database '{}'.",
            asked.action, database.name
        );
        return Err(not_allowed(text));
    }
    let now = status(database);
    if now != from {
        let text = format!(
            "The operation '{}' is not allowed: the database '{}' is {now}.",
            asked.action, database.name
        );
        return Err(not_allowed(text));
    }
    let key = asked.id.key();
    begin(tx, &key, during);
    let result = OperationResult::Resource(key);
    Ok(asked.begin(request, tx, long(45), result))
}

/// Notes that an action goes on.
pub(super) fn begin(tx: &mut Tx<'_>, key: &str, during: &str) {
    if let Some(database) = tx.arm.resources.edit(key) {
        let was = status(database).to_owned();
        let hidden = &mut database.hidden;
        hidden.insert("doing".to_owned(), was.into());
        hidden.insert("status".to_owned(), during.into());
    }
}

/// Notes that it has ended, well or badly.
pub(super) fn ended(tx: &mut Tx<'_>, key: &str, action: &str, well: bool) {
    let now = write(tx.now());
    let Some(database) = tx.arm.resources.edit(key) else {
        return;
    };
    let was = database.hidden.remove("doing");
    let after = match action {
        "pause" if well => Some(("Paused", "pausedDate")),
        "resume" if well => Some(("Online", "resumedDate")),
        _ => None,
    };
    if let Some((status, date)) = after {
        database.hidden.insert("status".to_owned(), status.into());
        database.properties.insert(date.to_owned(), now.into());
    } else if let Some(was) = was {
        database.hidden.insert("status".to_owned(), was);
    }
}

/// Gives a database another name on its server.
fn rename(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = calls::asked(request, tx, "move")?;
    at_rest(&asked.resource)?;
    let given = body::text(&asked.body, "id")?.and_then(Id::parse);
    let same_server =
        |id: &Id| id.owner().map(|one| one.key()) == asked.id.owner().map(|one| one.key());
    let target = given.filter(same_server);
    let target: Id = target
        .filter(|id| {
            id.kind()
                .is_some_and(|kind| kind.eq_ignore_ascii_case(super::TYPE))
        })
        .ok_or_else(|| value("id", "It is the id of a database of the same server."))?;
    check_name(target.name())?;
    if tx.arm.resources.has(&target.key()) {
        return Err(exists(target.name()));
    }
    if let Some(mut database) = tx.arm.resources.remove(&asked.id.key()) {
        database.id = target.text();
        target.name().clone_into(&mut database.name);
        database.version += 1;
        tx.arm.resources.put(&target.key(), database);
    }
    Ok(Reply::empty(200))
}

fn exists(name: &str) -> Refusal {
    let text = format!("The database '{name}' already exists on the server.");
    Refusal::new(409, "DatabaseAlreadyExists", text)
}
