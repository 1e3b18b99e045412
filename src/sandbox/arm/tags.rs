//! Tags of resources, groups and subscriptions. Source: arm reference §8, §10.6.

use serde_json::{Map, Value, json};

use super::access::{exists, pass, scope, version};
use super::body::{self, invalid, one_of};
use super::calls::found;
use super::group::{self, VERSIONS};
use super::id::Id;
use super::resource::hand;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Tags, Tx};

const PATH: &str = "/{*scope}/providers/Microsoft.Resources/tags/default";

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", PATH, get),
    Route::arm("PUT", PATH, put),
    Route::arm("PATCH", PATH, patch),
    Route::arm("DELETE", PATH, delete),
];

/// How many tags there may be.
const MOST: usize = 50;

/// Returns tags as they were sent, or refuses them.
pub(super) fn check(given: &Map<String, Value>) -> Result<Tags, Refusal> {
    let mut tags = Tags::new();
    for (name, value) in given {
        let Some(value) = value.as_str() else {
            return Err(invalid(format!(
                "the value of the tag '{name}' is not a string"
            )));
        };
        let is_bad = |letter: char| "<>%&\\?/".contains(letter);
        if name.is_empty() || name.contains(is_bad) || name.chars().count() > 512 {
            let text = format!(
                "The tag name '{name}' is invalid: it has at most 512 characters and none of < > % & \\ ? /."
            );
            return Err(Refusal::new(400, "InvalidTagName", text));
        }
        if value.chars().count() > 256 {
            let text = format!("The value of the tag '{name}' is longer than 256 characters.");
            return Err(Refusal::new(400, "InvalidTagValueLength", text));
        }
        tags.insert(name.clone(), value.to_owned());
    }
    if tags.len() > MOST {
        let text = format!(
            "A resource has at most {MOST} tags; {} were given.",
            tags.len()
        );
        return Err(Refusal::new(400, "InvalidTagsCount", text));
    }
    Ok(tags)
}

fn admitted(request: &Request, tx: &Tx<'_>, action: &str) -> Result<(Id, Tags), Refusal> {
    version(request, VERSIONS)?;
    let scope = scope(request)?;
    let action = format!("Microsoft.Resources/tags/{action}");
    let azure = pass(request, tx, &scope, &action)?;
    exists(tx, &scope)?;
    let tags = if !scope.sections.is_empty() {
        let resource = found(tx, &scope)?;
        if resource.location.is_none() {
            let text = format!("Resources of the type '{}' have no tags.", resource.kind);
            return Err(Refusal::new(400, "InvalidScope", text));
        }
        resource.tags
    } else if let Some(key) = scope.group_key() {
        let group = tx.arm.groups.get(&key);
        group.ok_or_else(|| group::missing(&scope))?.tags.clone()
    } else {
        azure.row().tags.clone()
    };
    Ok((scope, tags))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (scope, tags) = admitted(request, tx, "read")?;
    Ok(Reply::ok(shown(&scope, &tags)))
}

/// Replaces all tags.
fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (scope, _) = admitted(request, tx, "write")?;
    let given = given(&body::object(request)?)?;
    keep(request, tx, &scope, given)
}

/// Merges tags into those that there are, replaces them, or takes some away: those whose value is
/// the same.
fn patch(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (scope, mut tags) = admitted(request, tx, "write")?;
    let body = body::object(request)?;
    let operation = body::need(&body, "operation")?;
    let operation = one_of("operation", operation, &["Merge", "Replace", "Delete"])?;
    let given = given(&body)?;
    match operation {
        "Replace" => tags = given,
        "Delete" => tags.retain(|name, value| {
            let mut given = given.iter();
            !given.any(|(gone, of)| gone.eq_ignore_ascii_case(name) && of == value)
        }),
        _ => {
            tags.retain(|name, _| !given.keys().any(|new| new.eq_ignore_ascii_case(name)));
            tags.extend(given);
        }
    }
    keep(request, tx, &scope, tags)
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (scope, _) = admitted(request, tx, "delete")?;
    keep(request, tx, &scope, Tags::new())?;
    Ok(Reply::empty(200))
}

/// Reads the tags of a body: `properties.tags`.
fn given(body: &Map<String, Value>) -> Result<Tags, Refusal> {
    if !body.contains_key("properties") {
        return Err(invalid("required property 'properties' is missing"));
    }
    let properties = body::member(body, "properties")?;
    check(&body::member(&properties, "tags")?)
}

/// Puts tags where they belong.
fn keep(request: &Request, tx: &mut Tx<'_>, scope: &Id, tags: Tags) -> Outcome {
    let whole = tags
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().into()));
    check(&whole.collect())?;
    let reply = Reply::ok(shown(scope, &tags));
    let by = hand(request.caller()?, tx);
    if let Some(resource) = tx.arm.resources.edit(&scope.key()) {
        resource.version += 1;
        (resource.tags, resource.changed) = (tags, by);
    } else if let Some(group) = tx.arm.groups.edit(&scope.key()) {
        (group.tags, group.changed) = (tags, by);
    } else if let Some(row) = tx.arm.subscriptions.edit(scope.name()) {
        row.tags = tags;
    }
    Ok(reply)
}

fn shown(scope: &Id, tags: &Tags) -> Value {
    json!({
        "id": scope.extended("Microsoft.Resources", "tags", "default").text(),
        "name": "default",
        "type": "Microsoft.Resources/tags",
        "properties": { "tags": tags },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::arm::tests::{call, refused, root};
    use crate::sandbox::testing::Bench;

    #[test]
    fn tags_are_merged_replaced_and_taken_away_at_every_scope() {
        let bench = Bench::new();
        let root = root(&bench);
        let group = format!("{root}/resourceGroups/rg-shop");
        let set = format!("{group}/providers/Microsoft.Compute/availabilitySets/as-web");
        for scope in [&root, &group, &set] {
            let path = format!(
                "{scope}/providers/Microsoft.Resources/tags/default?api-version=2025-04-01"
            );
            let send = |verb: &str, body: Value| {
                let seen = call(&bench, verb, &path, Some(&body));
                assert_eq!(seen.status, 200, "{}", seen.json);
                seen.json["properties"]["tags"].clone()
            };
            let tags = |tags: Value| json!({ "tags": tags });
            let all = send(
                "PUT",
                json!({ "properties": tags(json!({ "a": "1", "b": "2" })) }),
            );
            assert_eq!(all, json!({ "a": "1", "b": "2" }));
            let patch = |operation: &str, given: Value| {
                send(
                    "PATCH",
                    json!({ "operation": operation, "properties": tags(given) }),
                )
            };
            assert_eq!(
                patch("Merge", json!({ "A": "3", "c": "4" })),
                json!({ "A": "3", "b": "2", "c": "4" })
            );
            assert_eq!(
                patch("Delete", json!({ "a": "3", "b": "9" })),
                json!({ "b": "2", "c": "4" })
            );
            assert_eq!(patch("Replace", json!({ "d": "5" })), json!({ "d": "5" }));
            let version = if scope == &root {
                "2022-12-01"
            } else {
                "2025-04-01"
            };
            let seen = call(
                &bench,
                "GET",
                &format!("{scope}?api-version={version}"),
                None,
            );
            assert_eq!(seen.json["tags"], json!({ "d": "5" }));
            assert_eq!(call(&bench, "DELETE", &path, None).status, 200);
            let seen = call(&bench, "GET", &path, None);
            assert_eq!(seen.json["properties"]["tags"], json!({}));
            let wrong = json!({ "operation": "Add", "properties": {} });
            let seen = call(&bench, "PATCH", &path, Some(&wrong));
            assert_eq!(refused(&seen), (400, "InvalidParameter"));
        }
    }
}
