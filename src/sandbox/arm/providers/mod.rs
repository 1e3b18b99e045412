//! Resource providers: what a subscription has to register before it uses their types. Source: arm
//! reference §4, §10.4, §12.3.

mod table;

pub(super) use table::find;

use std::time::Duration;

use serde_json::{Value, json};

use self::table::{Namespace, Type};
use super::access::{subscription, version};
use super::group::VERSIONS;
use super::id::Id;
use super::{body, features, locations, page};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{ArmDue, Due, Tx, World, key};

const ONE: &str = "/subscriptions/{subscription}/providers/{namespace}";

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", "/subscriptions/{subscription}/providers", list),
    Route::arm("GET", ONE, get),
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/providers/{namespace}/resourceTypes",
        types,
    ),
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/providers/{namespace}/register",
        register,
    ),
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/providers/{namespace}/unregister",
        unregister,
    ),
];

/// How long a registration takes, and its end; the reference says that it takes several looks, ten
/// seconds apart.
const REGISTERING: Duration = Duration::from_secs(45);

const READ: &str = "Microsoft.Resources/subscriptions/providers/read";

/// Tells whether there is a namespace.
pub(super) fn known(namespace: &str) -> bool {
    find(namespace).is_some()
}

/// Refuses the use of a provider that the subscription has not registered. One that there is not is
/// refused elsewhere.
pub(super) fn registered(
    world: &World,
    subscription: &str,
    namespace: &str,
) -> Result<(), Refusal> {
    let Some(found) = find(namespace) else {
        return Ok(());
    };
    if state(world, subscription, &found) == "Registered" {
        return Ok(());
    }
    let text = format!(
        "The subscription is not registered to use namespace '{}'. See https://aka.ms/rps-not-found for how to register subscriptions.",
        found.name
    );
    Err(Refusal::new(409, "MissingSubscriptionRegistration", text))
}

/// Registers a provider at once: for what the sandbox begins with.
pub(super) fn seed(tx: &mut Tx<'_>, subscription: &str, namespace: &str) {
    let key = key(&[subscription, namespace]);
    tx.arm.registrations.put(&key, "Registered".to_owned());
}

fn state<'w>(world: &'w World, subscription: &str, namespace: &Namespace) -> &'w str {
    if namespace.is_free {
        return "Registered";
    }
    let row = world
        .arm
        .registrations
        .get(&key(&[subscription, namespace.name]));
    row.map_or("NotRegistered", String::as_str)
}

/// Moves a registration on, unless it was turned round meanwhile.
pub(super) fn settle(tx: &mut Tx<'_>, key: &str, from: &str, to: &str) {
    if let Some(state) = tx.arm.registrations.edit(key)
        && state == from
    {
        to.clone_into(state);
    }
}

/// Begins to move a registration to another state.
pub(super) fn begin(tx: &mut Tx<'_>, key: &str, time: Duration, (by, to): (&str, &str)) {
    tx.arm.registrations.put(key, by.to_owned());
    let due = ArmDue::Register(key.to_owned(), by.to_owned(), to.to_owned());
    tx.later(time, Due::Arm(due));
}

/// Finds the namespace of the path.
pub(super) fn named(request: &Request) -> Result<Namespace, Refusal> {
    let name = request.param("namespace");
    find(name).ok_or_else(|| {
        let text = format!("The resource namespace '{name}' is invalid.");
        Refusal::new(404, "InvalidResourceNamespace", text)
    })
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let azure = subscription(request, tx, READ)?;
    let all = table::all().map(|one| shown(tx, &azure.id, &one)).collect();
    page::list(request, all)
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let azure = subscription(request, tx, READ)?;
    Ok(Reply::ok(shown(tx, &azure.id, &named(request)?)))
}

fn types(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    subscription(request, tx, READ)?;
    let types = table::types(&named(request)?).map(|one| type_shown(&one));
    page::list(request, types.collect())
}

fn register(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let namespace = named(request)?;
    let action = format!("{}/register/action", namespace.name);
    let azure = subscription(request, tx, &action)?;
    body::optional(request)?;
    if !["Registered", "Registering"].contains(&state(tx, &azure.id, &namespace)) {
        features::gate(tx, &azure.id, namespace.name)?;
        let key = key(&[&azure.id, namespace.name]);
        begin(tx, &key, REGISTERING, ("Registering", "Registered"));
    }
    Ok(Reply::ok(shown(tx, &azure.id, &namespace)))
}

fn unregister(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let namespace = named(request)?;
    let action = format!("{}/unregister/action", namespace.name);
    let azure = subscription(request, tx, &action)?;
    let scope = Id::of_subscription(&azure.id).key();
    let is_of = |kind: &str| {
        let (of, _) = kind.split_once('/').unwrap_or_default();
        of.eq_ignore_ascii_case(namespace.name)
    };
    let in_use = tx
        .arm
        .resources
        .under(&scope)
        .any(|(_, one)| is_of(&one.kind));
    // The reference names 409 and no code.
    let conflict = |why: &str| {
        let text = format!(
            "The provider '{}' cannot be unregistered: {why}.",
            namespace.name
        );
        Err(Refusal::new(409, "Conflict", text))
    };
    if namespace.is_free {
        return conflict("it is always registered");
    }
    if in_use {
        return conflict("the subscription has resources of it");
    }
    if ["Registered", "Registering"].contains(&state(tx, &azure.id, &namespace)) {
        let key = key(&[&azure.id, namespace.name]);
        begin(tx, &key, REGISTERING, ("Unregistering", "Unregistered"));
    }
    Ok(Reply::ok(shown(tx, &azure.id, &namespace)))
}

fn shown(world: &World, subscription: &str, namespace: &Namespace) -> Value {
    let types: Vec<Value> = table::types(namespace)
        .map(|one| type_shown(&one))
        .collect();
    let policy = if namespace.is_free {
        "RegistrationFree"
    } else {
        "RegistrationRequired"
    };
    json!({
        "id": format!("/subscriptions/{subscription}/providers/{}", namespace.name),
        "namespace": namespace.name,
        "registrationPolicy": policy,
        "registrationState": state(world, subscription, namespace),
        "resourceTypes": types,
    })
}

fn type_shown(one: &Type) -> Value {
    let regions: Vec<&str> = locations::REGIONS.iter().map(|(_, title)| *title).collect();
    let newest: Vec<&str> = one.versions.iter().rev().copied().collect();
    json!({
        "resourceType": one.name,
        "locations": if one.is_regional { regions } else { Vec::new() },
        "apiVersions": newest,
        "defaultApiVersion": newest.first(),
        "capabilities": if one.is_tracked {
            "CrossResourceGroupResourceMove, CrossSubscriptionResourceMove, SupportsTags, SupportsLocation"
        } else {
            "None"
        },
    })
}

#[cfg(test)]
mod tests;
