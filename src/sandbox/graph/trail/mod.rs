//! What the directory's audit log says of writes through Graph: which of them it tells, in what
//! words, and of what object. The words are those of the reference where it has them, else
//! (unconfirmed). Source: graph reference §13.

mod told;

use serde_json::Value;

use told::{ROLES, TOLD};

use super::{objects, people};
use crate::sandbox::derived;
use crate::sandbox::reply::{Content, Reply};
use crate::sandbox::route::{Caller, Principal, Request, Route};
use crate::sandbox::store::{DirectoryAudit, Tx, World, key};

/// Members of a body whose values the log does not show.
const HIDDEN: [&str; 2] = ["passwordProfile", "keyCredentials"];

/// Writes into the log what a request has done. `before` is the world that it found.
pub(in crate::sandbox) fn record(
    before: &World,
    tx: &mut Tx<'_>,
    (route, request, reply): (&Route, &Request, &Reply),
) {
    let template = route.template.strip_prefix("/v1.0").unwrap_or_default();
    let mut told = TOLD.iter();
    let told = told.find(|told| told.0 == route.verb && told.1 == template);
    let (Some(&(_, _, parameter, activity, category, operation)), Some(caller)) =
        (told, &request.caller)
    else {
        return;
    };
    if !(200..300).contains(&reply.status) {
        return;
    }
    let tenant = &caller.tenant;
    let made = match &reply.content {
        Content::Json(made) => made.clone(),
        _ => Value::Null,
    };
    let id = match parameter {
        "" => made["id"].as_str().unwrap_or_default().to_owned(),
        name => id_of(before, tenant, request.param(name)),
    };
    let old = objects::find(before, tenant, &id);
    let new = objects::find(tx, tenant, &id);
    let shown = new.clone().or_else(|| old.clone()).unwrap_or(made);
    let changed = match operation {
        "Update" => changes(
            request,
            (&old.unwrap_or_default(), &new.unwrap_or_default()),
        ),
        _ => Vec::new(),
    };
    let number = tx.count("audit").to_string();
    let row = DirectoryAudit {
        id: derived::guid(&["audit", &number]),
        at: tx.now(),
        activity: activity.to_owned(),
        category: category.to_owned(),
        operation: operation.to_owned(),
        by: by(tx, caller),
        by_app: caller.principal == Principal::App,
        target: (
            id,
            shown["displayName"].as_str().unwrap_or_default().to_owned(),
            kind_of(&shown, category),
        ),
        changed,
    };
    tx.policy.audits.put(&key(&[tenant, &row.id]), row);
}

/// Returns the id of an object that a path names; a user may be named by its principal name.
fn id_of(world: &World, tenant: &str, name: &str) -> String {
    let person = people::find(world, tenant, name);
    person.map_or_else(|| name.to_lowercase(), |person| person.user.id)
}

/// Returns id and name of who did it: a user's principal name, or the name of the application.
fn by(world: &World, caller: &Caller) -> (String, String) {
    if caller.principal == Principal::User {
        return (caller.object.clone(), caller.upn.clone());
    }
    let app = world.entra.apps.get(&caller.app);
    (
        caller.app.clone(),
        app.map(|app| app.name.clone()).unwrap_or_default(),
    )
}

/// Returns what the log calls an object.
fn kind_of(shown: &Value, category: &str) -> String {
    let kind = match objects::type_of(shown) {
        "user" => "User",
        "group" => "Group",
        "directoryRole" => "Role",
        "application" => "Application",
        "servicePrincipal" => "ServicePrincipal",
        "device" => "Device",
        _ if category == ROLES => "Role",
        _ => "Other",
    };
    kind.to_owned()
}

/// Returns the properties of the body that have changed, with their old and new values as JSON.
fn changes(
    request: &Request,
    (old, new): (&Value, &Value),
) -> Vec<(String, Option<String>, Option<String>)> {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let names = body.as_object().into_iter().flatten();
    let names = names.filter(|(name, _)| !HIDDEN.contains(&name.as_str()));
    let changed = names.filter(|(name, _)| old[name.as_str()] != new[name.as_str()]);
    let text = |value: &Value| (!value.is_null()).then(|| format!("[{value}]"));
    changed
        .map(|(name, _)| {
            (
                name.clone(),
                text(&old[name.as_str()]),
                text(&new[name.as_str()]),
            )
        })
        .collect()
}
