//! Preview features of providers, which a subscription registers. Source: arm reference §10.4. Which
//! features there are besides the documented example, and how long they take, is this sandbox's choice.

use std::time::Duration;

use serde_json::{Value, json};

use super::access::{subscription, version};
use super::page;
use super::providers::{self, named};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Tx, World, key};

const ONE: &str = "/subscriptions/{subscription}/providers/Microsoft.Features/providers/{namespace}/features/{feature}";

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/providers/Microsoft.Features/features",
        list_all,
    ),
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/providers/Microsoft.Features/providers/{namespace}/features",
        list,
    ),
    Route::arm("GET", ONE, get),
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/providers/Microsoft.Features/providers/{namespace}/features/{feature}/register",
        register,
    ),
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/providers/Microsoft.Features/providers/{namespace}/features/{feature}/unregister",
        unregister,
    ),
];

/// Api-versions of features.
pub(super) const VERSIONS: &[&str] = &["2015-12-01", "2021-07-01"];

/// How long a registration takes (the service: minutes to an hour).
const REGISTERING: Duration = Duration::from_secs(300);

/// How long it took in the days of the guide: up to an hour. Source: recovery reference §7.
const REGISTERING_THEN: Duration = Duration::from_secs(45 * 60);

/// Without this feature the provider could not be registered in the days of the guide. Source:
/// recovery reference §7.
const BETA_ACCESS: (&str, &str) = ("Microsoft.RecoveryServices", "betaAccess");

/// How a feature is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Approval {
    Auto,
    /// Somebody at the service has to approve, which nobody does here.
    Required,
}

#[derive(Debug)]
struct Feature {
    namespace: &'static str,
    name: &'static str,
    approval: Approval,
}

const fn feature(namespace: &'static str, name: &'static str, approval: Approval) -> Feature {
    Feature {
        namespace,
        name,
        approval,
    }
}

const ALL: [Feature; 5] = [
    feature("Microsoft.Compute", "EncryptionAtHost", Approval::Auto),
    feature(
        "Microsoft.Network",
        "AllowBringYourOwnPublicIpAddress",
        Approval::Required,
    ),
    feature(BETA_ACCESS.0, BETA_ACCESS.1, Approval::Auto),
    feature(
        "Microsoft.RecoveryServices",
        "crossRegionRestore",
        Approval::Required,
    ),
    feature("Microsoft.Storage", "AllowNFSV3", Approval::Auto),
];

impl Feature {
    fn is_beta_access(&self) -> bool {
        (self.namespace, self.name) == BETA_ACCESS
    }

    fn key(&self, subscription: &str) -> String {
        key(&[subscription, self.namespace, self.name])
    }

    fn state<'w>(&self, world: &'w World, subscription: &str) -> &'w str {
        let row = world.arm.registrations.get(&self.key(subscription));
        row.map_or("NotRegistered", String::as_str)
    }

    fn shown(&self, world: &World, subscription: &str) -> Value {
        let (namespace, name) = (self.namespace, self.name);
        json!({
            "id": format!(
                "/subscriptions/{subscription}/providers/Microsoft.Features/providers/{namespace}/features/{name}"
            ),
            "name": format!("{namespace}/{name}"),
            "type": "Microsoft.Features/providers/features",
            "properties": { "state": self.state(world, subscription) },
        })
    }
}

/// Refuses to register a provider that needs a feature first, which only the guide's does. The
/// reference names 409 or 400 and no code.
pub(super) fn gate(tx: &Tx<'_>, subscription: &str, namespace: &str) -> Result<(), Refusal> {
    let gated = tx.limits().is_guide() && namespace == BETA_ACCESS.0;
    let feature = ALL.iter().find(|one| gated && one.is_beta_access());
    let state = feature.map_or("Registered", |one| one.state(tx, subscription));
    if state == "Registered" {
        return Ok(());
    }
    let text = format!(
        "The provider '{namespace}' cannot be registered: the feature '{namespace}/{}' of the subscription is '{state}'. Register it first, and wait until it is 'Registered'.",
        BETA_ACCESS.1
    );
    Err(Refusal::new(409, "FeatureNotRegistered", text))
}

fn list_all(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let azure = subscription(request, tx, "Microsoft.Features/features/read")?;
    let all = ALL.iter().map(|one| one.shown(tx, &azure.id)).collect();
    page::list(request, all)
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let azure = subscription(request, tx, "Microsoft.Features/providers/features/read")?;
    let namespace = named(request)?;
    let own = ALL.iter().filter(|one| one.namespace == namespace.name);
    let shown = own.map(|one| one.shown(tx, &azure.id)).collect();
    page::list(request, shown)
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, feature) = admitted(request, tx, "read")?;
    Ok(Reply::ok(feature.shown(tx, &id)))
}

/// Registers a feature. Its provider has to be registered again after that.
fn register(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, feature) = admitted(request, tx, "register/action")?;
    let is_on = ["Registered", "Registering", "Pending"].contains(&feature.state(tx, &id));
    let key = feature.key(&id);
    match feature.approval {
        _ if is_on => {}
        Approval::Auto => {
            let time = if feature.is_beta_access() && tx.limits().is_guide() {
                REGISTERING_THEN
            } else {
                REGISTERING
            };
            providers::begin(tx, &key, time, ("Registering", "Registered"));
        }
        Approval::Required => tx.arm.registrations.put(&key, "Pending".to_owned()),
    }
    Ok(Reply::ok(feature.shown(tx, &id)))
}

fn unregister(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, feature) = admitted(request, tx, "unregister/action")?;
    if ["Registered", "Registering", "Pending"].contains(&feature.state(tx, &id)) {
        let key = feature.key(&id);
        providers::begin(tx, &key, REGISTERING, ("Unregistering", "Unregistered"));
    }
    Ok(Reply::ok(feature.shown(tx, &id)))
}

fn admitted(
    request: &Request,
    tx: &Tx<'_>,
    action: &str,
) -> Result<(String, &'static Feature), Refusal> {
    version(request, VERSIONS)?;
    let action = format!("Microsoft.Features/providers/features/{action}");
    let azure = subscription(request, tx, &action)?;
    let namespace = named(request)?;
    let name = request.param("feature");
    let is_meant = |one: &&'static Feature| {
        one.namespace == namespace.name && one.name.eq_ignore_ascii_case(name)
    };
    let found = ALL.iter().find(is_meant).ok_or_else(|| {
        let text = format!(
            "The feature '{name}' could not be found in '{}'.",
            namespace.name
        );
        Refusal::new(404, "FeatureNotFound", text)
    })?;
    Ok((azure.id, found))
}
