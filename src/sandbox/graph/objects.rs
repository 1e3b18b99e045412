//! Objects of a directory of whatever kind: found by their id, shown in mixed lists with their type,
//! named by references. Source: graph reference §1, §2.1, §4, §8, §9.

use serde_json::{Value, json};

use super::access::{READERS, Rule, admit, denied, missing};
use super::body::{self, Body, bad};
use super::odata::{Kind, context, entity, listed};
use super::{apps, devices, groups, people, roles, users};
use crate::sandbox::entra;
use crate::sandbox::partner::{accounts, scope};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Caller, Outcome, Request, Route};
use crate::sandbox::seed::numbered;
use crate::sandbox::store::{Tx, User, World, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/directoryObjects/{object}", get),
    Route::graph("POST", "/v1.0/directoryObjects/getByIds", get_by_ids),
    Route::graph(
        "POST",
        "/v1.0/directoryObjects/{object}/checkMemberGroups",
        check,
    ),
];

/// Who may read objects of the directory.
pub(super) const READ: Rule = Rule {
    scopes: &[
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &["Directory.Read.All", "Directory.ReadWrite.All"],
    roles: READERS,
    members: true,
};

/// How mixed lists behave in queries; what comes without `$select` depends on the type.
pub(super) const KIND: Kind = Kind {
    name: "DirectoryObject",
    filter: &[("id", "eq in")],
    order: (&["displayName"], &[]),
    search: &["displayName"],
    directory: true,
    ..Kind::PLAIN
};

/// The greatest number of ids that a question may name.
const MOST_IDS: usize = 1000;
const MOST_GROUPS: usize = 20;

/// Returns the caller, if a rule lets it change something; a customer by number is kept from now
/// on.
pub(super) fn admit_to_change<'r>(
    request: &'r Request,
    tx: &mut Tx<'_>,
    rule: &Rule,
) -> Result<&'r Caller, Refusal> {
    let caller = admit(request, tx, rule)?;
    numbered::keep(tx, &caller.tenant);
    Ok(caller)
}

/// Returns an object of a directory, whole and with its type; deleted ones are not found.
pub(super) fn find(tx: &World, tenant: &str, id: &str) -> Option<Value> {
    let id = id.to_lowercase();
    let user =
        scope::row::<User>(tx, tenant, &id).and_then(|user| people::find(tx, tenant, &user.id));
    user.map(|user| people::typed(&user))
        .or_else(|| groups::find(tx, tenant, &id).map(|group| groups::shown(tx, group)))
        .or_else(|| apps::principal(tx, tenant, &id))
        .or_else(|| apps::application(tx, tenant, &id))
        .or_else(|| devices::device(tx, tenant, &id))
        .or_else(|| roles::directory_role(tx, tenant, &id))
}

/// Returns all objects of a directory, whole and with their types.
pub(super) fn all(tx: &Tx<'_>, tenant: &str) -> Vec<Value> {
    let mut all: Vec<Value> = people::all(tx, tenant).iter().map(people::typed).collect();
    let groups = tx.directory.groups.under(tenant).map(|(_, group)| group);
    let groups = groups.filter(|group| group.deleted.is_none());
    all.extend(groups.map(|group| groups::shown(tx, group)));
    all.extend(apps::principals(tx, tenant));
    all.extend(apps::applications(tx, tenant));
    let devices = devices::rows(tx, tenant).into_iter();
    all.extend(devices.filter_map(|row| devices::device(tx, tenant, row["id"].as_str()?)));
    all.extend(roles::rows(tx, tenant));
    all
}

/// Tells whether an object that is gone can be restored: users and groups can for a while.
pub(super) fn restorable(tx: &Tx<'_>, tenant: &str, id: &str) -> bool {
    let group = tx.directory.groups.get(&key(&[tenant, id]));
    let user = scope::row::<User>(tx, tenant, id);
    group.is_some_and(|group| groups::is_kept(group, tx.now()))
        || user.is_some_and(|user| user.deleted.is_some() && accounts::is_kept(&user, tx.now()))
}

/// Returns the type of an object that is shown: `user`.
pub(super) fn type_of(object: &Value) -> &str {
    let name = object["@odata.type"].as_str().unwrap_or_default();
    name.rsplit('.').next().unwrap_or_default()
}

/// Takes the type away, which lists of one type do not name.
pub(super) fn untyped(mut row: Value) -> Value {
    if let Value::Object(members) = &mut row {
        members.remove("@odata.type");
    }
    row
}

/// Answers a list of objects of several types.
pub(super) fn list(
    request: &Request,
    part: &str,
    rows: impl IntoIterator<Item = Value>,
) -> Outcome {
    listed(request, &KIND, part, rows)
}

/// Returns the groups and directory roles that an object is a member of.
pub(super) fn member_of(tx: &World, tenant: &str, id: &str, is_transitive: bool) -> Vec<Value> {
    let groups = if is_transitive {
        entra::groups::transitive(tx, tenant, id)
    } else {
        entra::groups::direct(tx, tenant, id)
    };
    let groups = groups.into_iter().map(|group| groups::shown(tx, group));
    let held = if is_transitive {
        entra::roles::of(tx, tenant, id)
    } else {
        let rows = entra::roles::assignments(tx, tenant).into_iter();
        let own = rows.filter(|row| row.principal == id);
        own.map(|row| row.role).collect()
    };
    let roles = held.iter().map(|role| roles::role_shown(tenant, role));
    groups.chain(roles).collect()
}

/// Reads a reference (`@odata.id`): the address of an object, whose id is returned as it is written.
pub(super) fn referenced(url: &str) -> Result<&str, Refusal> {
    let malformed = || bad(format!("Invalid URL format specified in payload: '{url}'."));
    let (_, path) = url
        .split_once("/v1.0/")
        .or_else(|| url.split_once("/beta/"))
        .ok_or_else(malformed)?;
    let (collection, id) = match path.trim_end_matches('/').split_once('/') {
        Some(parts) => parts,
        None => path
            .strip_suffix("')")
            .and_then(|path| path.split_once("('"))
            .ok_or_else(malformed)?,
    };
    let known = [
        "directoryObjects",
        "users",
        "groups",
        "servicePrincipals",
        "devices",
    ];
    if !known.contains(&collection) || id.is_empty() || id.contains('/') {
        return Err(malformed());
    }
    Ok(id)
}

/// Returns the object of a reference, which must be of one of the types. `property` is what refers
/// to it.
pub(super) fn refer(
    tx: &World,
    tenant: &str,
    url: &str,
    (property, types): (&str, &[&str]),
) -> Result<Value, Refusal> {
    let id = referenced(url)?;
    let object = find(tx, tenant, id).ok_or_else(|| missing(id))?;
    if types.contains(&type_of(&object)) {
        return Ok(object);
    }
    Err(invalid_operation(property))
}

/// Refuses a change of references that cannot be.
pub(super) fn invalid_operation(property: &str) -> Refusal {
    bad(format!(
        "An invalid operation was included in the following modified references: '{property}'."
    ))
}

/// Refuses to add a reference that is there.
pub(super) fn exists(property: &str) -> Refusal {
    bad(format!(
        "One or more added object references already exist for the following modified properties: '{property}'."
    ))
}

/// Reads the body of a `$ref` request: `{"@odata.id": "…"}`.
pub(super) fn reference(request: &Request) -> Result<String, Refusal> {
    let members = body::read(request)?;
    let body = Body::of(&members, &["@odata.id", "@odata.context", "@odata.type"])?;
    body.need_text("@odata.id").map(str::to_owned)
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let id = request.param("object");
    let row = find(tx, &caller.tenant, id).ok_or_else(|| missing(id))?;
    entity(request, &KIND, "directoryObjects/$entity", row)
}

/// Returns the objects of some ids; those that do not exist are left out.
fn get_by_ids(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["ids", "types"])?;
    let ids = body.texts("ids")?.ok_or_else(|| body.required("ids"))?;
    if ids.len() > MOST_IDS {
        return Err(bad(format!(
            "Too many ids: at most {MOST_IDS} may be given."
        )));
    }
    let types = body.texts("types")?.unwrap_or_default();
    let is_wanted = |row: &Value| {
        let any = types.is_empty() || types.contains(&"directoryObject");
        any || types.contains(&type_of(row))
    };
    let found = ids.iter().filter_map(|id| find(tx, &caller.tenant, id));
    list(request, "directoryObjects", found.filter(is_wanted))
}

fn check(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let id = request.param("object");
    find(tx, &caller.tenant, id).ok_or_else(|| missing(id))?;
    check_member_groups(request, tx, &caller.tenant, id)
}

/// Answers which of the named groups an object is a member of, through other groups too.
pub(super) fn check_member_groups(
    request: &Request,
    tx: &World,
    tenant: &str,
    id: &str,
) -> Outcome {
    let members = body::read(request)?;
    let body = Body::of(&members, &["groupIds"])?;
    let wanted = body.texts("groupIds")?;
    let wanted = wanted.ok_or_else(|| body.required("groupIds"))?;
    if wanted.len() > MOST_GROUPS {
        let text = format!("Too many groupIds: at most {MOST_GROUPS} may be given.");
        return Err(bad(text));
    }
    let groups = entra::groups::transitive(tx, tenant, id);
    let of_them = groups
        .iter()
        .filter(|group| wanted.iter().any(|id| id.eq_ignore_ascii_case(&group.id)))
        .map(|group| group.id.as_str());
    Ok(Reply::ok(json!({
        "@odata.context": context(request, "Collection(Edm.String)"),
        "value": of_them.collect::<Vec<_>>(),
    })))
}

/// Deletes an object of a type, if the caller may.
pub(super) fn delete(
    request: &Request,
    tx: &mut Tx<'_>,
    kind: &str,
    id: &str,
) -> Result<(), Refusal> {
    match kind {
        "group" => groups::remove(request, tx, id),
        "user" => users::remove(request, tx, id),
        _ => Err(denied()),
    }
}

/// Keeps the objects of a type that a path casts to: `microsoft.graph.user`.
pub(super) fn cast(request: &Request, rows: Vec<Value>) -> Result<Vec<Value>, Refusal> {
    let cast = request.param("cast");
    if cast.is_empty() {
        return Ok(rows);
    }
    let known = [
        "user",
        "group",
        "device",
        "servicePrincipal",
        "directoryRole",
    ];
    let wanted = cast
        .strip_prefix("microsoft.graph.")
        .filter(|name| known.contains(name));
    let wanted = wanted.ok_or_else(|| {
        let text = format!("Resource not found for the segment '{cast}'.");
        Refusal::new(400, "BadRequest", text)
    })?;
    let is_one = |row: &Value| type_of(row) == wanted;
    Ok(rows.into_iter().filter(is_one).collect())
}
