//! The way that every resource goes: written, changed, shown and deleted, whoever asks for it, a
//! caller or a deployment. Source: arm reference §7, §8, §12.

use serde_json::{Map, Value, json};

use super::access::Azure;
use super::id::Id;
use super::kind::{self, Draft, Kind, Long};
use super::locations;
use super::operation::{self, Begin};
use super::{body, group};
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Caller, Principal, Request};
use crate::sandbox::store::{Hand, OperationResult, Resource, Tags, Tx, Work};

/// What is to be written.
#[derive(Debug)]
pub(super) struct Wish<'a> {
    pub(super) azure: &'a Azure,
    pub(super) id: &'a Id,
    pub(super) body: &'a Map<String, Value>,
    /// Whether the body changes fields (PATCH); else it replaces all.
    pub(super) patch: bool,
    pub(super) by: &'a Hand,
}

/// What was written.
#[derive(Debug)]
pub(super) struct Written {
    /// Whether there was none before.
    pub(super) created: bool,
    /// The work that it takes, and its id.
    pub(super) work: Option<(Long, String)>,
}

/// Returns who calls, for `systemData`.
pub(super) fn hand(caller: &Caller, tx: &Tx<'_>) -> Hand {
    let (by, kind) = match caller.principal {
        Principal::App => (&caller.app, "Application"),
        Principal::User => (&caller.upn, "User"),
    };
    Hand {
        by: by.clone(),
        kind: kind.to_owned(),
        at: tx.now(),
    }
}

/// Writes a resource, or refuses it and changes nothing that the caller keeps.
pub(super) fn write_one(tx: &mut Tx<'_>, wish: &Wish<'_>) -> Result<Written, Refusal> {
    let kind = kind::of(&wish.id.kind().unwrap_or_default())?;
    group::open(tx, wish.id)?;
    has_owner(tx, wish.id)?;
    kind.check_name(wish.id.name())?;
    let key = wish.id.key();
    let before = tx.arm.resources.get(&key).cloned();
    if wish.patch && before.is_none() {
        return Err(missing(wish.id));
    }
    let resource = sent(kind, wish, before.as_ref())?;
    let created = before.is_none();
    let mut draft = Draft {
        id: wish.id,
        before: before.as_ref(),
        patch: wish.patch,
        resource,
    };
    if let Some(location) = draft.resource.location.clone() {
        locations::check(&location)?;
    }
    kind.check(tx, &mut draft)?;
    let long = if wish.patch {
        kind.patch(&draft)
    } else {
        kind.put(&draft)
    };
    let mut resource = draft.resource;
    let state = match long {
        Some(_) => kind.working(created),
        None => "Succeeded",
    };
    state.clone_into(&mut resource.state);
    tx.arm.resources.put(&key, resource.clone());
    kind.written(tx, &resource);
    let work = long.map(|long| {
        let begin = Begin {
            azure: wish.azure,
            about: wish.id,
            location: resource.location.clone(),
            long,
            kind: Some(kind),
            result: OperationResult::Resource(key.clone()),
            work: Work::Settle(key.clone()),
        };
        (long, operation::begin(tx, begin))
    });
    if work.is_none() {
        kind.settled(tx, &key);
    }
    Ok(Written { created, work })
}

/// Returns the resource as it was sent, over what there was.
fn sent(kind: &dyn Kind, wish: &Wish<'_>, before: Option<&Resource>) -> Result<Resource, Refusal> {
    let properties = body::member(wish.body, "properties")?;
    same_state(&properties, before)?;
    let mut members = Map::new();
    for name in kind.members() {
        if let Some(value) = wish.body.get(*name).filter(|value| !value.is_null()) {
            members.insert((*name).to_owned(), value.clone());
        }
    }
    let (mut properties, mut all) = (properties, members);
    let mut tags = tags(wish.body)?;
    if let (true, Some(before)) = (wish.patch, before) {
        properties = merged(&before.properties, properties);
        all = merged(&before.members, all);
        tags = tags.or_else(|| Some(before.tags.clone()));
    }
    properties.remove("provisioningState");
    Ok(Resource {
        id: wish.id.text(),
        kind: kind.name().to_owned(),
        name: wish.id.name().to_owned(),
        location: location(kind, wish, before)?,
        tags: tags.unwrap_or_default(),
        members: all,
        properties,
        hidden: before
            .map(|before| before.hidden.clone())
            .unwrap_or_default(),
        state: String::new(),
        version: before.map_or(1, |before| before.version + 1),
        created: before.map_or(wish.by, |before| &before.created).clone(),
        changed: wish.by.clone(),
    })
}

/// Returns the location of a resource: as sent, or as it is; it cannot be changed.
fn location(
    kind: &dyn Kind,
    wish: &Wish<'_>,
    before: Option<&Resource>,
) -> Result<Option<String>, Refusal> {
    if !kind.tracked() {
        return Ok(None);
    }
    let given = body::text(wish.body, "location")?.map(locations::normal);
    let was = before.and_then(|before| before.location.clone());
    match (given, was) {
        (Some(given), Some(was)) if given != was => {
            let text = format!(
                "The resource '{}' already exists in location '{was}' in resource group '{}'. A resource with the same name cannot be created in location '{given}'. Please select a new resource name.",
                wish.id.name(),
                wish.id.group.as_deref().unwrap_or_default()
            );
            Err(Refusal::new(409, "InvalidResourceLocation", text))
        }
        (None, Some(was)) => Ok(Some(was)),
        (Some(given), _) => Ok(Some(given)),
        (None, None) => {
            let text = "The location property is required for this definition.";
            Err(Refusal::new(400, "LocationRequired", text))
        }
    }
}

/// Returns the tags of a body; they replace all there were.
pub(super) fn tags(body: &Map<String, Value>) -> Result<Option<Tags>, Refusal> {
    let given = match body.get("tags") {
        None | Some(Value::Null) => return Ok(None),
        Some(_) => body::member(body, "tags")?,
    };
    super::tags::check(&given).map(Some)
}

/// A state of the provisioning that is sent must be the present one.
fn same_state(sent: &Map<String, Value>, before: Option<&Resource>) -> Result<(), Refusal> {
    match (
        sent.get("provisioningState").and_then(Value::as_str),
        before,
    ) {
        (Some(sent), Some(before)) if !sent.eq_ignore_ascii_case(&before.state) => {
            let text = format!(
                "The provisioningState '{sent}' cannot be set: it is '{}'.",
                before.state
            );
            Err(body::parameter("properties.provisioningState", text))
        }
        _ => Ok(()),
    }
}

/// Lays an object over another: `null` takes a member away (JSON merge patch).
pub(super) fn merged(before: &Map<String, Value>, over: Map<String, Value>) -> Map<String, Value> {
    let mut all = before.clone();
    for (name, value) in over {
        match (all.get(&name), value) {
            (_, Value::Null) => drop(all.remove(&name)),
            (Some(Value::Object(old)), Value::Object(new)) => {
                let inner = merged(old, new);
                all.insert(name, inner.into());
            }
            (_, value) => drop(all.insert(name, value)),
        }
    }
    all
}

fn has_owner(tx: &Tx<'_>, id: &Id) -> Result<(), Refusal> {
    match id.owner() {
        Some(owner) if !tx.arm.resources.has(&owner.key()) => {
            let text = format!(
                "Can not perform requested operation on nested resource. Parent resource '{}' not found.",
                owner.name()
            );
            Err(Refusal::new(404, "ParentResourceNotFound", text))
        }
        _ => Ok(()),
    }
}

/// Refuses because a resource is not there.
pub(super) fn missing(id: &Id) -> Refusal {
    let mut what = id.clone();
    what.subscription = None;
    what.group = None;
    let what = what.text().trim_start_matches("/providers/").to_owned();
    let text = match &id.group {
        Some(group) => {
            format!("The Resource '{what}' under resource group '{group}' was not found.")
        }
        None => format!("The Resource '{what}' was not found."),
    };
    Refusal::new(404, "ResourceNotFound", text)
}

/// Shows a resource.
pub(super) fn shown(tx: &Tx<'_>, resource: &Resource, request: Option<&Request>) -> Value {
    let Some(kind) = kind::find(&resource.kind) else {
        return Value::Null;
    };
    let mut shown = Map::new();
    shown.insert("id".to_owned(), resource.id.as_str().into());
    shown.insert("name".to_owned(), resource.name.as_str().into());
    shown.insert("type".to_owned(), resource.kind.as_str().into());
    if let Some(location) = &resource.location {
        shown.insert("location".to_owned(), location.as_str().into());
        if !resource.tags.is_empty() {
            shown.insert("tags".to_owned(), json!(resource.tags));
        }
    }
    shown.extend(resource.members.clone());
    if kind.shows_etag() {
        shown.insert("etag".to_owned(), etag(resource).into());
    }
    let mut properties = resource.properties.clone();
    properties.insert(
        "provisioningState".to_owned(),
        resource.state.as_str().into(),
    );
    shown.insert("properties".to_owned(), properties.into());
    kind.show(tx, resource, request, &mut shown);
    shown.into()
}

/// Shows who made and changed something.
pub(super) fn system_data(created: &Hand, changed: &Hand) -> Value {
    json!({
        "createdBy": created.by,
        "createdByType": created.kind,
        "createdAt": write(created.at),
        "lastModifiedBy": changed.by,
        "lastModifiedByType": changed.kind,
        "lastModifiedAt": write(changed.at),
    })
}

/// Returns the entity tag of a resource.
pub(super) fn etag(resource: &Resource) -> String {
    kind::find(&resource.kind).map_or_else(|| counted(resource), |kind| kind.etag(resource))
}

/// Returns the entity tag that most types have: it follows from the number of writes.
pub(super) fn counted(resource: &Resource) -> String {
    let id = crate::sandbox::derived::guid(&[
        &resource.id.to_lowercase(),
        &resource.version.to_string(),
    ]);
    format!("W/\"{id}\"")
}

/// Why a resource cannot be deleted now: the type's own reason, its parts' included.
pub(super) fn held(tx: &Tx<'_>, resource: &Resource) -> Option<Refusal> {
    let own = kind::find(&resource.kind).and_then(|kind| kind.held(tx, resource));
    own.or_else(|| {
        let mut parts = tx.arm.resources.under(&resource.id);
        parts.find_map(|(_, part)| kind::find(&part.kind)?.held(tx, part))
    })
}

/// Removes a resource with its parts.
pub(super) fn remove(tx: &mut Tx<'_>, key: &str) {
    let parts: Vec<String> = tx
        .arm
        .resources
        .under(key)
        .map(|(key, _)| key.to_owned())
        .collect();
    for key in std::iter::once(key).chain(parts.iter().map(String::as_str)) {
        if let Some(resource) = tx.arm.resources.remove(key)
            && let Some(kind) = kind::find(&resource.kind)
        {
            kind.removed(tx, &resource);
        }
    }
    super::access::forget_below(tx, key);
}

/// Ends the work of a write.
pub(super) fn settle(tx: &mut Tx<'_>, key: &str, state: &str) {
    let Some(resource) = tx.arm.resources.edit(key) else {
        return;
    };
    state.clone_into(&mut resource.state);
    let kind = kind::find(&resource.kind);
    if let (Some(kind), "Succeeded") = (kind, state) {
        kind.settled(tx, key);
    }
}
