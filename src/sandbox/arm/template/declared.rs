//! What every resource of a template declares: its texts, its condition, what it depends on, its
//! scope.

use serde_json::{Map, Value};

use super::evaluate::Frame;
use super::fault::{Fault, bad_declaration, kind as kind_of};
use super::path;
use super::resource::DEPLOYMENT;
use super::scope::member;

/// Returns a text that every resource has.
pub(super) fn text(
    frame: &Frame<'_>,
    declared: &Map<String, Value>,
    what: &str,
    resource: &str,
) -> Result<String, Fault> {
    let Some((_, value)) = member(declared, what) else {
        let detail = format!("the property '{what}' is required");
        return Err(bad_declaration("resource", resource, &detail));
    };
    let value = frame
        .value(value)
        .map_err(|fault| fault.within("resource", resource))?;
    match value {
        Value::String(text) if !text.trim().is_empty() => Ok(text),
        other => {
            let detail = format!(
                "the property '{what}' must be a string that is not empty, but is '{other}'"
            );
            Err(bad_declaration("resource", resource, &detail))
        }
    }
}

/// Tells whether the condition of a resource holds.
pub(super) fn wanted(
    frame: &Frame<'_>,
    declared: &Map<String, Value>,
    name: &str,
) -> Result<bool, Fault> {
    let Some((_, condition)) = member(declared, "condition") else {
        return Ok(true);
    };
    let value = frame
        .value(condition)
        .map_err(|fault| fault.within("resource", name))?;
    value.as_bool().ok_or_else(|| {
        let detail = format!(
            "the condition must be of type 'Boolean', but is of type '{}'",
            kind_of(&value)
        );
        bad_declaration("resource", name, &detail)
    })
}

/// Returns what a resource says it depends on.
pub(super) fn dependencies(
    frame: &Frame<'_>,
    declared: &Map<String, Value>,
    name: &str,
) -> Result<Vec<String>, Fault> {
    let Some((_, given)) = member(declared, "dependsOn") else {
        return Ok(Vec::new());
    };
    let value = frame
        .value(given)
        .map_err(|fault| fault.within("resource", name))?;
    let texts = value.as_array().and_then(|items| {
        let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
        texts.collect::<Option<Vec<String>>>()
    });
    let detail = "the property 'dependsOn' must be an array of strings";
    texts.ok_or_else(|| bad_declaration("resource", name, detail))
}

/// Returns the path below which a resource is: its `scope`, the group that a deployment names, or
/// the deployment's own place.
pub(super) fn base(
    frame: &Frame<'_>,
    declared: &Map<String, Value>,
    kind: &str,
    name: &str,
) -> Result<String, Fault> {
    let place = frame.scope.place;
    if path::is_group(kind) && place.group.is_some() {
        let detail = format!("the type '{kind}' can't be deployed to a resource group");
        return Err(bad_declaration("resource", name, &detail));
    }
    let given = |what| {
        let given = member(declared, what).map(|_| text(frame, declared, what, name));
        given.transpose()
    };
    if let Some(scope) = given("scope")? {
        return Ok(match scope.strip_prefix('/') {
            Some(_) => scope,
            None => relative_scope(&place.path(), &scope).ok_or_else(|| {
                bad_declaration(
                    "resource",
                    name,
                    &format!("the scope '{scope}' is no resource"),
                )
            })?,
        });
    }
    if !kind.eq_ignore_ascii_case(DEPLOYMENT) {
        return Ok(place.path());
    }
    let own = place.subscription_id().to_owned();
    let subscription = given("subscriptionId")?;
    let group = match given("resourceGroup")? {
        Some(group) => Some(group),
        None if subscription.is_none() => place.group_name().map(str::to_owned),
        None => None,
    };
    let base = format!("/subscriptions/{}", subscription.unwrap_or(own));
    Ok(match group {
        Some(group) => format!("{base}/resourceGroups/{group}"),
        None => base,
    })
}

/// Returns the id of `Namespace/type/name`, with the parts of types and names in turn or one after
/// the other.
fn relative_scope(base: &str, scope: &str) -> Option<String> {
    let parts: Vec<&str> = scope.split('/').collect();
    (parts.len() >= 3 && parts.len() % 2 == 1 && parts.iter().all(|part| !part.is_empty()))
        .then(|| format!("{base}/providers/{scope}"))
}
