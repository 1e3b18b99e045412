//! Resource groups: made and changed at once, deleted with all that is in them as the clock moves.
//! Source: arm reference §8, §10.2.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::id::Id;
use super::kind::{Links, Long};
use super::operation::{self, Begin};
use super::resource::{self, hand, merged, system_data};
use super::{access, body, deployments, locations, moving, page};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{OperationResult, ResourceGroup, Tx, Work};

const ONE: &str = "/subscriptions/{subscription}/resourceGroups/{group}";

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", "/subscriptions/{subscription}/resourceGroups", list),
    Route::arm("GET", ONE, get),
    Route::arm("HEAD", ONE, exists),
    Route::arm("PUT", ONE, put),
    Route::arm("PATCH", ONE, patch),
    Route::arm("DELETE", ONE, delete),
];

/// Api-versions of groups, resources, providers and tags.
pub(super) const VERSIONS: &[&str] = &[
    "2014-04-01",
    "2015-01-01",
    "2015-11-01",
    "2016-09-01",
    "2018-05-01",
    "2019-10-01",
    "2020-06-01",
    "2021-04-01",
    "2022-09-01",
    "2024-03-01",
    "2024-11-01",
    "2025-04-01",
];

/// How long a group takes to go, however little is in it; the reference names no time.
const GOING: Long = Long {
    accepted: true,
    links: Links::Location,
    time: Duration::from_secs(45),
    retry_after: 15,
};

fn id(request: &Request) -> Id {
    Id::of_group(request.param("subscription"), request.param("group"))
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version(request, VERSIONS)?;
    let scope = Id::of_subscription(request.param("subscription"));
    let action = "Microsoft.Resources/subscriptions/resourceGroups/read";
    let view = access::View::of(request, tx, &scope, action)?;
    let tag = request.query("$filter").map(page::tag_filter).transpose()?;
    let groups = tx.arm.groups.under(&scope.key());
    let fits = |group: &&ResourceGroup| {
        tag.as_ref()
            .is_none_or(|(name, value)| page::tagged(&group.tags, name, value.as_deref()))
    };
    let shown = groups
        .filter(|(key, _)| view.shows(key))
        .map(|(_, group)| group)
        .filter(fits)
        .map(shown)
        .collect();
    page::list(request, shown)
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version(request, VERSIONS)?;
    let id = id(request);
    access::pass(
        request,
        tx,
        &id,
        "Microsoft.Resources/subscriptions/resourceGroups/read",
    )?;
    let group = tx.arm.groups.get(&id.key());
    group
        .map(|group| Reply::ok(shown(group)))
        .ok_or_else(|| missing(&id))
}

fn exists(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    get(request, tx).map(|_| Reply::empty(204))
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version(request, VERSIONS)?;
    let id = id(request);
    access::pass(
        request,
        tx,
        &id,
        "Microsoft.Resources/subscriptions/resourceGroups/write",
    )?;
    let body = body::object(request)?;
    let by = hand(request.caller()?, tx);
    let (group, created) = write(tx, &id, &body, &by)?;
    Ok(Reply::json(if created { 201 } else { 200 }, shown(&group)))
}

/// Writes a group, whoever asks for it; tells whether it was made.
pub(super) fn write(
    tx: &mut Tx<'_>,
    id: &Id,
    body: &Map<String, Value>,
    by: &crate::sandbox::store::Hand,
) -> Result<(ResourceGroup, bool), Refusal> {
    check_name(id.name())?;
    let location = body::text(body, "location")?.map(locations::normal);
    let Some(location) = location else {
        let text = "The location property is required for this definition.";
        return Err(Refusal::new(400, "LocationRequired", text));
    };
    locations::check(&location)?;
    let before = tx.arm.groups.get(&id.key()).cloned();
    if let Some(before) = &before {
        not_going(before)?;
        if before.location != location {
            let text = format!(
                "Invalid resource group location '{location}'. The Resource group already exists in location '{}'.",
                before.location
            );
            return Err(Refusal::new(409, "InvalidResourceGroupLocation", text));
        }
    }
    let group = ResourceGroup {
        subscription: id.subscription.clone().unwrap_or_default(),
        name: before
            .as_ref()
            .map_or(id.name(), |before| &before.name)
            .to_owned(),
        location,
        tags: resource::tags(body)?.unwrap_or_default(),
        managed_by: body::text(body, "managedBy")?.map(str::to_owned),
        state: "Succeeded".to_owned(),
        created: before.as_ref().map_or(by, |before| &before.created).clone(),
        changed: by.clone(),
    };
    tx.arm.groups.put(&id.key(), group.clone());
    Ok((group, before.is_none()))
}

fn patch(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version(request, VERSIONS)?;
    let id = id(request);
    access::pass(
        request,
        tx,
        &id,
        "Microsoft.Resources/subscriptions/resourceGroups/write",
    )?;
    let body = body::object(request)?;
    let before = tx
        .arm
        .groups
        .get(&id.key())
        .cloned()
        .ok_or_else(|| missing(&id))?;
    let all = merged(
        json!({ "location": before.location, "tags": before.tags, "managedBy": before.managed_by })
            .as_object()
            .unwrap_or(&Map::new()),
        body.clone(),
    );
    // Tags that are given replace all there were.
    let mut all = all;
    if let Some(tags) = body.get("tags") {
        all.insert("tags".to_owned(), tags.clone());
    }
    let by = hand(request.caller()?, tx);
    let (group, _) = write(tx, &id, &all, &by)?;
    Ok(Reply::ok(shown(&group)))
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version(request, VERSIONS)?;
    let id = id(request);
    let action = "Microsoft.Resources/subscriptions/resourceGroups/delete";
    let azure = access::pass(request, tx, &id, action)?;
    let Some(group) = tx.arm.groups.edit(&id.key()) else {
        return Err(missing(&id));
    };
    not_going(group)?;
    "Deleting".clone_into(&mut group.state);
    let begin = Begin {
        azure: &azure,
        about: &id,
        location: None,
        long: GOING,
        kind: None,
        result: OperationResult::Empty(200),
        work: Work::RemoveGroup(id.key()),
    };
    let operation = operation::begin(tx, begin);
    Ok(operation::lead(tx, request, &operation, Reply::empty(202)))
}

/// Removes a group with all that is in it; resources that others still use stay, and it with them.
pub(super) fn remove(tx: &mut Tx<'_>, key: &str) -> Result<(), Refusal> {
    let top = |tx: &Tx<'_>| -> Vec<String> {
        let keys = tx.arm.resources.under(key);
        let is_top = |key: &&str| Id::parse(key).is_some_and(|id| id.owner().is_none());
        keys.map(|(key, _)| key)
            .filter(is_top)
            .map(str::to_owned)
            .collect()
    };
    let mut left = top(tx);
    loop {
        for key in &left {
            let held = tx
                .arm
                .resources
                .get(key)
                .and_then(|one| resource::held(tx, one));
            if held.is_none() {
                resource::remove(tx, key);
            }
        }
        let now = top(tx);
        if now.is_empty() {
            break;
        }
        if now.len() == left.len() {
            return Err(stuck(tx, key, &now));
        }
        left = now;
    }
    tx.arm.groups.remove(key);
    deployments::forget_below(tx, key);
    access::forget_below(tx, key);
    Ok(())
}

/// Says which resources could not be deleted.
fn stuck(tx: &Tx<'_>, key: &str, left: &[String]) -> Refusal {
    let name = tx.arm.groups.get(key).map_or("", |group| &group.name);
    let text = format!(
        "Deletion of resource group '{name}' failed as resources with identifiers '{}' could not be deleted.",
        left.join(",")
    );
    let refusal = Refusal::new(409, "ResourceGroupDeletionBlocked", text);
    let reasons = left.iter().filter_map(|key| {
        let one = tx.arm.resources.get(key)?;
        Some(resource::held(tx, one)?.error())
    });
    reasons.fold(refusal, Refusal::data)
}

/// Leaves a group whose deletion has failed.
pub(super) fn stay(tx: &mut Tx<'_>, key: &str) {
    if let Some(group) = tx.arm.groups.edit(key) {
        "Succeeded".clone_into(&mut group.state);
    }
}

/// Refuses a write into a group that is not there or is going.
pub(super) fn open(tx: &Tx<'_>, id: &Id) -> Result<(), Refusal> {
    let Some(key) = id.group_key() else {
        return Ok(());
    };
    match tx.arm.groups.get(&key) {
        None => Err(missing(id)),
        Some(group) => not_going(group),
    }
}

/// Returns the location of the group that something is in.
pub(super) fn location(tx: &Tx<'_>, id: &Id) -> Option<String> {
    let group = tx.arm.groups.get(&id.group_key()?)?;
    Some(group.location.clone())
}

fn not_going(group: &ResourceGroup) -> Result<(), Refusal> {
    if group.state == moving::STATE {
        // The reference names no code.
        let text = format!(
            "The resource group '{}' is locked: resources are being moved from or into it.",
            group.name
        );
        return Err(Refusal::new(409, "ResourceGroupLocked", text));
    }
    if group.state != "Deleting" {
        return Ok(());
    }
    let text = format!(
        "The resource group '{}' is in deprovisioning state and cannot perform this operation.",
        group.name
    );
    Err(Refusal::new(409, "ResourceGroupBeingDeleted", text))
}

/// Refuses because the group of an id is not there.
pub(super) fn missing(id: &Id) -> Refusal {
    let text = format!(
        "Resource group '{}' could not be found.",
        id.group.as_deref().unwrap_or_default()
    );
    Refusal::new(404, "ResourceGroupNotFound", text)
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let fits = |letter: char| letter.is_alphanumeric() || "-_().".contains(letter);
    if name.chars().all(fits) && !name.ends_with('.') && (1..=90).contains(&name.chars().count()) {
        return Ok(());
    }
    let text = format!(
        "The provided resource group name '{name}' is invalid: it has at most 90 letters, digits, '-', '_', '(', ')' and '.', and does not end with '.'."
    );
    Err(Refusal::new(400, "InvalidResourceGroup", text))
}

/// Shows a group.
pub(super) fn shown(group: &ResourceGroup) -> Value {
    let mut shown = json!({
        "id": Id::of_group(&group.subscription, &group.name).text(),
        "name": group.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": group.location,
        "properties": { "provisioningState": group.state },
        "systemData": system_data(&group.created, &group.changed),
    });
    if !group.tags.is_empty() {
        shown["tags"] = json!(group.tags);
    }
    if let Some(by) = &group.managed_by {
        shown["managedBy"] = by.as_str().into();
    }
    shown
}
