//! How much of a vault is used, counted from what is there. Source: recovery reference §4.1, whose
//! only named usage is that of protected items.

use serde_json::{Value, json};

use super::{VERSIONS, enter};
use crate::sandbox::arm::page;
use crate::sandbox::arm::recovery::{below, object};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{JobState, Resource, Tx, VaultObject};

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/usages"), usages),
    Route::arm("GET", below!("/replicationUsages"), replication),
];

const REPLICATED: &str =
    "replicationFabrics/replicationProtectionContainers/replicationProtectedItems";
const BACKED_UP: &str = "backupFabrics/protectionContainers/protectedItems";
const PROVIDERS: &str = "replicationFabrics/replicationRecoveryServicesProviders";

/// How many items a vault may protect. Source: recovery reference §4.1.
const ITEMS: u32 = 2000;

/// How providers sign in: a number whose meaning is not confirmed.
const AUTH_TYPE: u32 = 1;

fn count(tx: &Tx<'_>, vault: &Resource, kind: &'static str) -> usize {
    object::of_kind(tx, &vault.id, kind).count()
}

fn usages(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, VERSIONS, ("usages", "read"))?;
    let items = count(tx, &vault, BACKED_UP) + count(tx, &vault, REPLICATED);
    let usage = json!({
        "name": { "value": "ProtectedItemCount", "localizedValue": "Protected items" },
        "unit": "Count",
        "currentValue": items,
        "limit": ITEMS,
    });
    page::list(request, vec![usage])
}

fn replication(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, VERSIONS, ("replicationUsages", "read"))?;
    let jobs = |state: JobState| {
        let all = tx.recovery.jobs.under(&vault.id);
        all.filter(|(_, job)| job.state == state).count()
    };
    let record = json!({
        "monitoringSummary": monitoring(tx, &vault),
        "jobsSummary": {
            "failedJobs": jobs(JobState::Failed),
            "suspendedJobs": jobs(JobState::Suspended),
            "inProgressJobs": jobs(JobState::InProgress),
        },
        "protectedItemCount": count(tx, &vault, REPLICATED),
        "recoveryPlanCount": count(tx, &vault, "replicationRecoveryPlans"),
        "registeredServersCount": count(tx, &vault, PROVIDERS),
        "recoveryServicesProviderAuthType": AUTH_TYPE,
    });
    page::list(request, vec![record])
}

fn monitoring(tx: &Tx<'_>, vault: &Resource) -> Value {
    let shown = |one: &VaultObject| object::shown(tx, one, None)["properties"].take();
    let providers = object::of_kind(tx, &vault.id, PROVIDERS).map(shown);
    let providers: Vec<Value> = providers.collect();
    let versions = |status: &str| {
        let of = |one: &&Value| one["providerVersionDetails"]["status"] == status;
        providers.iter().filter(of).count()
    };
    let (deprecated, unsupported) = (versions("Deprecated"), versions("NotSupported"));
    let away = |one: &&Value| one["connectionStatus"] != "Connected";
    let sick = |one: &Value| {
        let health = one["replicationHealth"].as_str();
        matches!(health, Some("Warning" | "Critical"))
    };
    let items = object::of_kind(tx, &vault.id, REPLICATED).map(shown);
    json!({
        "unHealthyVmCount": items.filter(sick).count(),
        "unHealthyProviderCount": providers.iter().filter(away).count(),
        "eventsCount": tx.recovery.events.under(&vault.id).count(),
        "deprecatedProviderCount": deprecated,
        "supportedProviderCount": providers.len() - deprecated - unsupported,
        "unsupportedProviderCount": unsupported,
    })
}
