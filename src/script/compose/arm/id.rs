//! Ids of Azure, taken apart and put together.

use std::sync::Arc;

use rhai::{Array, Dynamic, Map};

use super::map;
use crate::api::ids::ResourceId;
use crate::error::Error;
use crate::script::check::known::{HostParam, Type};
use crate::script::effects::at_path;
use crate::script::error::{argument, describe};
use crate::script::host::Host;

/// The parts of an id.
pub(super) const PARTS: &[HostParam] = &[
    HostParam::optional("subscription", Type::Text),
    HostParam::optional("resource_group", Type::Text),
    HostParam::optional("provider", Type::Text),
    HostParam::required("type", Type::Text),
    HostParam::required("name", Type::Text),
    HostParam::required("names", Type::Array),
    HostParam::optional("parent", Type::Text),
    HostParam::optional("scope", Type::Text),
];

/// Returns the id that a value is or has, taken apart.
pub(super) fn of(what: &str, value: &Dynamic) -> Result<ResourceId, Error> {
    let id = at_path(value, "id").unwrap_or_else(|| value.clone());
    let Ok(text) = id.as_immutable_string_ref() else {
        let given = describe(value);
        return Err(argument(format!(
            "{what} must be an id of Azure or a record that has one, not {given}"
        )));
    };
    ResourceId::parse(&text).map_err(|why| {
        let text = crate::base::text::shorten(&text, 80);
        argument(format!("{what} is no id of Azure: {text:?}: {why}"))
    })
}

/// `parse_id(id)`.
pub(super) fn parse(_: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let id = of("`id`", args.first().unwrap_or(&Dynamic::UNIT))?;
    let text = |value: Option<String>| value.map_or(Dynamic::UNIT, Dynamic::from);
    let last = id.parts.last();
    let names = last.map(|part| part.names.iter().map(|(_, name)| name.clone().into()));
    let names: Array = names.into_iter().flatten().collect();
    let mut on = id.clone();
    on.parts.pop();
    let scope = (!on.parts.is_empty()).then(|| on.to_string());
    let parts = map([
        ("subscription", text(id.subscription.clone())),
        ("resource_group", text(id.resource_group.clone())),
        ("provider", text(last.map(|part| part.namespace.clone()))),
        ("type", id.kind().into()),
        ("name", id.name().to_owned().into()),
        ("names", names.into()),
        ("parent", text(id.parent().map(|outer| outer.to_string()))),
        ("scope", text(scope)),
    ]);
    Ok(parts.into())
}

/// `build_id(parts)`.
pub(super) fn build(_: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let given = args.first().unwrap_or(&Dynamic::UNIT);
    let parts = given.as_map_ref().map_err(|_| {
        let what = describe(given);
        argument(format!("the parts of an id are a map, not {what}"))
    })?;
    let known = PARTS.iter().map(|part| part.name);
    if let Some(odd) = parts
        .keys()
        .find(|key| !known.clone().any(|name| *key == name))
    {
        let all: Vec<&str> = known.collect();
        let error = argument(format!("an id has no part `{odd}`"));
        return Err(error.help(format!("there are: {}", all.join(", "))));
    }
    let mut id = match text(&parts, "scope")? {
        Some(scope) => scope,
        None => place(&parts)?,
    };
    if let Some(kind) = kind(&parts)? {
        id.push_str(&resource(&parts, &kind)?);
    }
    let built = ResourceId::parse(&id);
    let built = built.map_err(|why| argument(format!("these parts are no id: {id:?}: {why}")))?;
    Ok(built.to_string().into())
}

/// Types of what an id names without a provider.
const PLACES: [&str; 3] = [
    "Microsoft.Resources/subscriptions",
    "Microsoft.Resources/resourceGroups",
    "Microsoft.Resources/subscriptions/resourceGroups",
];

/// Returns the whole type of a resource; `None`: the place itself is meant.
fn kind(parts: &Map) -> Result<Option<String>, Error> {
    let provider = text(parts, "provider")?;
    let Some(kind) = text(parts, "type")? else {
        let given = |name: &str| parts.get(name).is_some_and(|value| !value.is_unit());
        return match ["provider", "name", "names"]
            .into_iter()
            .find(|name| given(name))
        {
            Some(name) => Err(argument(format!(
                "`{name}` of an id needs a `type` beside it"
            ))),
            None => Ok(None),
        };
    };
    if PLACES.iter().any(|place| place.eq_ignore_ascii_case(&kind)) {
        return Ok(None);
    }
    let namespace = kind.split('/').next().unwrap_or_default();
    match provider {
        Some(provider) if provider.eq_ignore_ascii_case(namespace) => Ok(Some(kind)),
        // A namespace has a point in it, a type by itself has none.
        Some(provider) if !namespace.contains('.') => Ok(Some(format!("{provider}/{kind}"))),
        Some(provider) => Err(argument(format!(
            "the type {kind:?} is not of the provider {provider:?}"
        ))),
        None => Ok(Some(kind)),
    }
}

/// Returns a part that is text, or the id of a record.
fn text(parts: &Map, name: &str) -> Result<Option<String>, Error> {
    let Some(value) = parts.get(name).filter(|value| !value.is_unit()) else {
        return Ok(None);
    };
    let own = at_path(value, "id").unwrap_or_else(|| value.clone());
    match own.as_immutable_string_ref() {
        Ok(text) if !text.is_empty() => Ok(Some(text.to_string())),
        _ => {
            let what = describe(value);
            Err(argument(format!("`{name}` of an id is a text, not {what}")))
        }
    }
}

/// Returns the id of the subscription or resource group.
fn place(parts: &Map) -> Result<String, Error> {
    let Some(subscription) = text(parts, "subscription")? else {
        return Err(argument("an id needs a `subscription` or a `scope`"));
    };
    let id = match ResourceId::parse(&subscription) {
        Ok(id) => id.subscription.unwrap_or_default(),
        Err(_) => subscription,
    };
    let id = plain(&id)?;
    let group = match text(parts, "resource_group")? {
        Some(group) => format!("/resourceGroups/{}", plain(&group)?),
        None => String::new(),
    };
    Ok(format!("/subscriptions/{id}{group}"))
}

/// Returns the part of an id behind `providers`.
fn resource(parts: &Map, kind: &str) -> Result<String, Error> {
    let mut types = kind.split('/');
    let namespace = types.next().unwrap_or_default();
    let types: Vec<&str> = types.collect();
    let several = parts
        .get("names")
        .and_then(|names| names.as_array_ref().ok());
    let names: Vec<String> = if let Some(names) = several {
        names.iter().map(Dynamic::to_string).collect()
    } else {
        let name = text(parts, "name")?.unwrap_or_default();
        name.split('/').map(str::to_owned).collect()
    };
    if names.len() != types.len() {
        let message = format!(
            "the type {kind:?} has {} name(s), and {} were given",
            types.len(),
            names.len()
        );
        return Err(argument(message).help("write `name: \"vnet/subnet\"` for a nested type"));
    }
    let mut id = format!("/providers/{namespace}");
    for (kind, name) in types.iter().zip(&names) {
        id.extend(["/", kind, "/", plain(name)?]);
    }
    Ok(id)
}

/// Returns a name that may stand in an id.
fn plain(name: &str) -> Result<&str, Error> {
    if name.is_empty() || name.contains(['/', '?', '#', '%']) || matches!(name, "." | "..") {
        return Err(argument(format!("{name:?} cannot be a name in an id")));
    }
    Ok(name)
}
