//! What stands against a move. The reference names the cases and their status; codes and texts are
//! chosen here.

use serde_json::{Map, Value, json};

use super::Move;
use crate::sandbox::arm::body::{invalid, need};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::{self, Kind};
use crate::sandbox::arm::{access, group};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Resource, Tx};

/// The most resources of one move.
const MOST: usize = 800;

fn refuse(code: &str, text: String) -> Refusal {
    Refusal::new(400, code, text)
}

/// Reads a move, or refuses it before a provider is asked.
pub(super) fn read(
    request: &Request,
    tx: &Tx<'_>,
    source: Id,
    body: &Map<String, Value>,
) -> Result<Move, Refusal> {
    let ids = ids(body)?;
    let target = target(request, tx, &source, need(body, "targetResourceGroup")?)?;
    let mut wanted = Move {
        source,
        target,
        resources: Vec::new(),
    };
    for text in ids {
        let id = resource(request, tx, &wanted, &text)?;
        if !wanted.resources.contains(&id) {
            wanted.resources.push(id);
        }
    }
    Ok(wanted)
}

fn ids(body: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    let Some(Value::Array(all)) = body.get("resources") else {
        return Err(invalid("'resources' is not an array"));
    };
    if all.is_empty() {
        return Err(invalid("'resources' is empty"));
    }
    if all.len() > MOST {
        let text = format!(
            "At most {MOST} resources can be moved at once; {} were given.",
            all.len()
        );
        return Err(refuse("MoveResourcesLimitExceeded", text));
    }
    let text = |one: &Value| one.as_str().map(str::to_owned);
    let ids: Option<Vec<String>> = all.iter().map(text).collect();
    ids.ok_or_else(|| invalid("an element of 'resources' is not a string"))
}

/// Reads the target group, into which the caller may write.
fn target(request: &Request, tx: &Tx<'_>, source: &Id, text: &str) -> Result<Id, Refusal> {
    let target = Id::parse(text).filter(|id| id.group.is_some() && id.sections.is_empty());
    let Some(target) = target else {
        let text = format!("The target resource group id '{text}' is invalid.");
        return Err(refuse("InvalidTargetResourceGroup", text));
    };
    if target.key() == source.key() {
        let text = "The source and the target resource group are the same.".to_owned();
        return Err(refuse("MoveSourceAndTargetAreTheSame", text));
    }
    let action = "Microsoft.Resources/subscriptions/resourceGroups/write";
    access::pass(request, tx, &target, action).map_err(|refusal| foreign(&target, refusal))?;
    if !tx.arm.groups.has(&target.key()) {
        let text = format!(
            "The target resource group '{}' could not be found.",
            target.name()
        );
        return Err(refuse("TargetResourceGroupNotFound", text));
    }
    group::open(tx, &target)?;
    Ok(target)
}

/// Says in a move's words why nothing can be put at the target.
fn foreign(target: &Id, refusal: Refusal) -> Refusal {
    let subscription = target.subscription.as_deref().unwrap_or_default();
    let code = refusal.code.as_str().unwrap_or_default();
    let (status, code, why) = match code {
        "SubscriptionNotFound" => (400, "TargetSubscriptionNotFound", "could not be found"),
        "ReadOnlyDisabledSubscription" => (400, "TargetSubscriptionDisabled", "is disabled"),
        "MissingSubscriptionRegistration" => (
            400,
            "TargetSubscriptionNotRegistered",
            "is not registered for the type of a resource",
        ),
        "InvalidAuthenticationTokenTenant" => (
            403,
            "TargetSubscriptionInAnotherDirectory",
            "belongs to another directory",
        ),
        _ => return refusal,
    };
    let text = format!("The target subscription '{subscription}' {why}.");
    Refusal::new(status, code, text)
}

/// Reads the id of something that is to be moved.
fn resource(request: &Request, tx: &Tx<'_>, wanted: &Move, text: &str) -> Result<Id, Refusal> {
    let id = Id::parse(text).filter(|id| id.kind().is_some());
    let Some(id) = id else {
        return Err(refuse(
            "InvalidResourceId",
            format!("The resource id '{text}' is invalid."),
        ));
    };
    let is_here = id.group_key() == Some(wanted.source.key());
    if id.owner().is_some() || id.sections.len() > 1 {
        let text = format!("The resource '{text}' is a part of another one, with which it moves.");
        return Err(refuse("ChildResourceCannotBeMoved", text));
    }
    let Ok(kind) = kind::of(&id.kind().unwrap_or_default()) else {
        let text = format!(
            "Resources of the type '{}' cannot be moved.",
            id.kind().unwrap_or_default()
        );
        return Err(refuse("ResourceTypeNotMovable", text));
    };
    let Some(found) = tx.arm.resources.get(&id.key()).filter(|_| is_here) else {
        let text = format!(
            "The resource '{text}' is not in the source resource group '{}'.",
            wanted.source.name()
        );
        return Err(refuse("ResourceNotInSourceResourceGroup", text));
    };
    let action = format!("{}/write", kind.name());
    access::pass(request, tx, &id, &action)?;
    let moved = wanted.moved(&id);
    access::pass(request, tx, &moved, &action).map_err(|refusal| foreign(&moved, refusal))?;
    if tx.arm.resources.has(&moved.key()) {
        let text = format!("There is a resource '{}' already.", moved.text());
        return Err(Refusal::new(409, "ResourceAlreadyExistsAtTarget", text));
    }
    // In the casing that it was written in.
    Ok(Id::parse(&found.id).unwrap_or(id))
}

/// Says what the providers of the resources have against a move.
pub(super) fn providers(tx: &Tx<'_>, wanted: &Move) -> Option<Refusal> {
    let mut against = Vec::new();
    let keys: Vec<String> = wanted.resources.iter().map(Id::key).collect();
    for key in &keys {
        let parts = tx.arm.resources.under(key).map(|(_, part)| part);
        for one in tx.arm.resources.get(key).into_iter().chain(parts) {
            against.extend(busy(one));
            let kind = kind::find(&one.kind);
            if let Some(kind) = kind.filter(|kind| !kind.moves(one, wanted.is_within())) {
                against.push(immovable(kind, one));
            }
        }
    }
    if !wanted.is_within() {
        against.extend(links(tx, wanted, &keys));
    }
    if against.is_empty() {
        return None;
    }
    let text = "Resource move validation failed. Please see details.";
    let refusal = Refusal::new(409, "ResourceMoveProviderValidationFailed", text);
    Some(against.into_iter().fold(refusal, Refusal::data))
}

fn busy(one: &Resource) -> Option<Value> {
    let is_worked_on = !["Succeeded", "Failed", "Canceled"].contains(&one.state.as_str());
    is_worked_on.then(|| {
        let text = format!("The resource '{}' is in the state '{}'.", one.id, one.state);
        json!({ "code": "ResourceNotProvisioned", "message": text, "target": one.id })
    })
}

fn immovable(kind: &dyn Kind, one: &Resource) -> Value {
    let text = format!(
        "The resource '{}' of the type '{}' cannot be moved there.",
        one.id,
        kind.name()
    );
    json!({ "code": "ResourceNotMovable", "message": text, "target": one.id })
}

/// Says which resources would name others of another subscription.
fn links(tx: &Tx<'_>, wanted: &Move, moved: &[String]) -> Vec<Value> {
    let root = Id::of_subscription(wanted.source.subscription.as_deref().unwrap_or_default());
    let moves = |id: &str| {
        let id = id.to_lowercase();
        moved.iter().any(|key| within(&id, key))
    };
    let mut against = Vec::new();
    for (_, one) in tx.arm.resources.under(&root.key()) {
        for named in named(one) {
            if tx.arm.resources.has(&named) && moves(&one.id) != moves(&named) {
                let text = format!(
                    "The resource '{}' names '{named}': they can only be moved together.",
                    one.id
                );
                against.push(
                    json!({ "code": "LinkedResourceMissing", "message": text, "target": one.id }),
                );
            }
        }
    }
    against
}

/// Tells whether an id is another one, or lies below it; both in lower case.
fn within(id: &str, of: &str) -> bool {
    id.strip_prefix(of)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns the ids that a resource names.
fn named(one: &Resource) -> Vec<String> {
    let mut found = Vec::new();
    let all = one.members.values().chain(one.properties.values());
    all.for_each(|value| collect(value, &mut found));
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("/subscriptions/") => found.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|one| collect(one, found)),
        Value::Object(all) => all.values().for_each(|one| collect(one, found)),
        _ => {}
    }
}
