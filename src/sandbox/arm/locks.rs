//! Locks on subscriptions, groups and resources; what they keep from happening stands in `access`.
//! Source: arm reference §10.6; what a list holds without a filter is not documented.

use serde_json::{Map, Value, json};

use super::access::{covers, exists, pass, scope, version};
use super::body::{self, one_of};
use super::id::Id;
use super::page;
use super::resource::{hand, system_data};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Hand, Lock, Tx};

const ONE: &str = "/{*scope}/providers/Microsoft.Authorization/locks/{lock}";

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        "/{*scope}/providers/Microsoft.Authorization/locks",
        list,
    ),
    Route::arm("GET", ONE, get),
    Route::arm("PUT", ONE, put),
    Route::arm("DELETE", ONE, delete),
];

/// Api-versions of locks.
pub(super) const VERSIONS: &[&str] = &["2015-01-01", "2016-09-01", "2017-04-01", "2020-05-01"];

/// The longest notes; the reference names no limit.
const LONGEST: usize = 512;

/// Returns the id of a lock.
fn id_of(scope: &Id, name: &str) -> Id {
    scope.extended("Microsoft.Authorization", "locks", name)
}

fn admitted(request: &Request, tx: &Tx<'_>, action: &str) -> Result<Id, Refusal> {
    version(request, VERSIONS)?;
    let scope = scope(request)?;
    let action = format!("Microsoft.Authorization/locks/{action}");
    pass(request, tx, &scope, &action)?;
    exists(tx, &scope)?;
    Ok(scope)
}

/// Lists the locks at a scope and below, with `atScope()` those at the scope and above.
fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let scope = admitted(request, tx, "read")?;
    let at_scope = match request.query("$filter").map(str::trim) {
        None | Some("") => false,
        Some(filter) if filter.eq_ignore_ascii_case("atScope()") => true,
        Some(filter) => {
            let text = format!("The filter '{filter}' is not supported.");
            return Err(Refusal::new(400, "InvalidFilterInQueryString", text));
        }
    };
    let root = Id::of_subscription(scope.subscription.as_deref().unwrap_or_default());
    let key = scope.key();
    let all = tx.arm.locks.under(&root.key()).map(|(_, lock)| lock);
    let fit = all.filter(|lock| {
        let of = lock.scope();
        if at_scope {
            covers(of, &key)
        } else {
            covers(&key, of)
        }
    });
    let shown = fit.map(shown).collect();
    page::list(request, shown)
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let scope = admitted(request, tx, "read")?;
    let name = request.param("lock");
    let found = tx.arm.locks.get(&id_of(&scope, name).key());
    let found = found.ok_or_else(|| {
        let text = format!("The lock '{name}' could not be found.");
        Refusal::new(404, "LockNotFound", text)
    })?;
    Ok(Reply::ok(shown(found)))
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let scope = admitted(request, tx, "write")?;
    let name = request.param("lock");
    let fits = |letter: char| !"<>%&:\\?/".contains(letter) && !letter.is_control();
    if !name.chars().all(fits) || name.chars().count() > 260 {
        let text = format!(
            "The lock name '{name}' is invalid: it has at most 260 characters and none of < > % & : \\ ? /."
        );
        return Err(Refusal::new(400, "InvalidLockName", text));
    }
    let body = body::object(request)?;
    let by = hand(request.caller()?, tx);
    let (lock, created) = write(tx, (&scope, name), &body, &by)?;
    Ok(Reply::json(if created { 201 } else { 200 }, shown(&lock)))
}

/// Writes a lock, whoever asks for it; tells whether it was made.
pub(super) fn write(
    tx: &mut Tx<'_>,
    (scope, name): (&Id, &str),
    body: &Map<String, Value>,
    by: &Hand,
) -> Result<(Lock, bool), Refusal> {
    let properties = body::member(body, "properties")?;
    let level = body::need(&properties, "level")?;
    let level = one_of(
        "level",
        level,
        &["CanNotDelete", "ReadOnly", "NotSpecified"],
    )?;
    let notes = body::text(&properties, "notes")?;
    if notes.is_some_and(|notes| notes.chars().count() > LONGEST) {
        let text = format!("The notes of a lock have at most {LONGEST} characters.");
        return Err(body::parameter("notes", text));
    }
    let owners = properties.get("owners").and_then(Value::as_array);
    let owners = owners.into_iter().flatten();
    let owners = owners.filter_map(|owner| owner["applicationId"].as_str());
    let id = id_of(scope, name);
    let before = tx.arm.locks.get(&id.key()).cloned();
    let lock = Lock {
        id: id.text(),
        name: name.to_owned(),
        level: level.to_owned(),
        notes: notes.map(str::to_owned),
        owners: owners.map(str::to_owned).collect(),
        created: before.as_ref().map_or(by, |before| &before.created).clone(),
        changed: by.clone(),
    };
    tx.arm.locks.put(&id.key(), lock.clone());
    Ok((lock, before.is_none()))
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let scope = admitted(request, tx, "delete")?;
    let gone = tx
        .arm
        .locks
        .remove(&id_of(&scope, request.param("lock")).key());
    Ok(Reply::empty(if gone.is_some() { 200 } else { 204 }))
}

fn shown(lock: &Lock) -> Value {
    let mut shown = json!({
        "id": lock.id,
        "name": lock.name,
        "type": "Microsoft.Authorization/locks",
        "properties": { "level": lock.level },
        "systemData": system_data(&lock.created, &lock.changed),
    });
    let properties = &mut shown["properties"];
    if let Some(notes) = &lock.notes {
        properties["notes"] = notes.as_str().into();
    }
    if !lock.owners.is_empty() {
        let owners = lock.owners.iter().map(|id| json!({ "applicationId": id }));
        properties["owners"] = owners.collect();
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sandbox::arm::tests::{call, refused, root};
    use crate::sandbox::testing::Bench;

    const GROUPS: &str = "api-version=2025-04-01";
    const LOCKS: &str = "api-version=2020-05-01";

    fn lock(scope: &str, name: &str) -> String {
        format!("{scope}/providers/Microsoft.Authorization/locks/{name}?{LOCKS}")
    }

    #[test]
    fn locks_are_inherited_and_hold_what_contains_them() {
        let bench = Bench::new();
        let root = root(&bench);
        let group = format!("{root}/resourceGroups/rg-empty");
        let set = format!("{group}/providers/Microsoft.Compute/availabilitySets/as1");
        let plain = json!({ "location": "westeurope" });
        let made = call(&bench, "PUT", &format!("{set}?{GROUPS}"), Some(&plain));
        assert!(made.status < 300, "{}", made.json);
        let put = |scope: &str, level: &str| {
            let body = json!({ "properties": { "level": level, "notes": "billing" } });
            call(&bench, "PUT", &lock(scope, "keep"), Some(&body)).status
        };
        let delete = |path: &str| call(&bench, "DELETE", &format!("{path}?{GROUPS}"), None);
        assert_eq!(
            [put(&set, "CanNotDelete"), put(&set, "CanNotDelete")],
            [201, 200]
        );
        assert_eq!(refused(&delete(&set)), (409, "ScopeLocked"));
        let seen = delete(&group);
        assert_eq!(refused(&seen), (409, "ScopeLocked"));
        assert!(seen.json.to_string().contains("as1"), "{}", seen.json);
        let body = json!({ "location": "westeurope", "tags": { "a": "b" } });
        let write = || call(&bench, "PUT", &format!("{group}?{GROUPS}"), Some(&body));
        assert_eq!(write().status, 200, "it may be changed");
        assert_eq!(put(&root, "ReadOnly"), 201);
        assert_eq!(refused(&write()), (409, "ScopeLocked"));
        assert_eq!(
            call(&bench, "GET", &format!("{group}?{GROUPS}"), None).status,
            200
        );
        let list = |scope: &str, filter: &str| {
            let path = lock(scope, "").replace("locks/?", "locks?");
            let seen = call(&bench, "GET", &format!("{path}{filter}"), None);
            seen.json["value"].as_array().map_or(0, Vec::len)
        };
        assert_eq!(
            [
                list(&root, ""),
                list(&group, ""),
                list(&set, "&$filter=atScope()")
            ],
            [3, 1, 2]
        );
        assert_eq!(
            call(&bench, "DELETE", &lock(&root, "keep"), None).status,
            200
        );
        assert_eq!(
            call(&bench, "DELETE", &lock(&set, "keep"), None).status,
            200
        );
        assert_eq!(
            call(&bench, "DELETE", &lock(&set, "keep"), None).status,
            204
        );
        assert_eq!(delete(&group).status, 202);
    }

    #[test]
    fn a_lock_has_a_level_and_a_place() {
        let bench = Bench::new();
        let root = root(&bench);
        let put = |scope: &str, level: &str| {
            let body = json!({ "properties": { "level": level } });
            call(&bench, "PUT", &lock(scope, "keep"), Some(&body))
        };
        assert_eq!(refused(&put(&root, "Forever")), (400, "InvalidParameter"));
        let nowhere = format!("{root}/resourceGroups/rg-none");
        assert_eq!(
            refused(&put(&nowhere, "ReadOnly")),
            (404, "ResourceGroupNotFound")
        );
        let missing = call(&bench, "GET", &lock(&root, "keep"), None);
        assert_eq!(refused(&missing), (404, "LockNotFound"));
    }
}
