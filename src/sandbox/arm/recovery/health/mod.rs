//! The health of a vault: of its fabrics, containers and protected items, counted from what they show.
//! Source: recovery reference §5.5; the words of the counts are
//! those of `ProtectionHealth`.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::calls::ask;
use super::job::{self, Start, Step};
use super::vault::enter;
use super::{REPLICATION, below, object};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{JobWork, Tx, VaultObject};

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/replicationVaultHealth"), get),
    Route::arm(
        "POST",
        below!("/replicationVaultHealth/default/refresh"),
        refresh,
    ),
];

/// How the key of a vault's health ends.
pub(super) const BELOW: &str = "/replicationvaulthealth/default";

/// How long a refresh takes; the reference names no time.
const TASKS: &[Step] = &[("RefreshVaultHealthTask", "Refreshing the health", 10)];

const FABRICS: &str = "replicationFabrics";
const CONTAINERS: &str = "replicationFabrics/replicationProtectionContainers";
const ITEMS: &str = "replicationFabrics/replicationProtectionContainers/replicationProtectedItems";
const MAPPINGS: &str =
    "replicationFabrics/replicationProtectionContainers/replicationProtectionContainerMappings";

/// How well something is, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Health {
    None,
    Normal,
    Warning,
    Critical,
}

impl Health {
    /// Reads a word of `ProtectionHealth`; what says nothing is well.
    fn read(word: Option<&str>) -> Self {
        match word {
            Some("None") => Self::None,
            Some("Warning") => Self::Warning,
            Some("Critical") => Self::Critical,
            _ => Self::Normal,
        }
    }
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, REPLICATION, ("replicationVaultHealth", "read"))?;
    Ok(Reply::ok(shown(tx, &vault.id)))
}

/// Begins to look at everything again. What is shown is always of the moment; the job says when that
/// was.
fn refresh(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "refresh/action")?;
    let start = Start {
        target_kind: "Vault",
        target_name: &asked.vault.name.clone(),
        ..Start::new(
            "RefreshVaultHealth",
            "Refresh vault health",
            TASKS,
            JobWork::None,
        )
    };
    Ok(job::begin(tx, request, &asked, start).1)
}

/// Shows the health of a vault.
pub(super) fn shown(tx: &Tx<'_>, vault: &str) -> Value {
    let id = vault.replacen("/subscriptions/", "/Subscriptions/", 1);
    json!({
        "id": format!("{id}/replicationVaultHealth/default"),
        "name": "default",
        "type": "Microsoft.RecoveryServices/vaults/replicationVaultHealth",
        "properties": {
            "vaultErrors": [],
            "protectedItemsHealth": summary(tx, vault, ITEMS, &[]),
            "fabricsHealth": summary(tx, vault, FABRICS, &[]),
            "containersHealth": summary(tx, vault, CONTAINERS, &[MAPPINGS]),
        },
    })
}

/// Sums up the objects of a type: each is as well as the worst of itself and of its `parts`.
fn summary(tx: &Tx<'_>, vault: &str, kind: &'static str, parts: &[&'static str]) -> Value {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut issues: BTreeMap<String, Value> = BTreeMap::new();
    let mut all = 0;
    for one in object::of_kind(tx, vault, kind) {
        let mut health = look(tx, one, &mut issues);
        for part in parts {
            for one in object::of_kind(tx, &one.id, part) {
                health = health.max(look(tx, one, &mut issues));
            }
        }
        *counts.entry(format!("{health:?}")).or_default() += 1;
        all += 1;
    }
    let issues: Vec<Value> = issues.into_values().collect();
    json!({ "resourceCount": all, "categorizedResourceCounts": counts, "issues": issues })
}

/// Returns how well one object is, and notes what is wrong with it.
fn look(tx: &Tx<'_>, one: &VaultObject, issues: &mut BTreeMap<String, Value>) -> Health {
    let shown = object::shown(tx, one, None)["properties"].take();
    let mut health = Health::Normal;
    for field in ["health", "replicationHealth", "protectionHealth"] {
        if let Some(word) = shown[field].as_str() {
            health = health.max(Health::read(Some(word)));
        }
    }
    let errors = ["healthErrors", "healthErrorDetails"];
    let errors = errors.iter().filter_map(|name| shown[*name].as_array());
    for error in errors.flatten() {
        let text = |name: &str| error[name].as_str().unwrap_or_default();
        issue(
            issues,
            one,
            (text("errorCode"), text("errorMessage"), text("errorLevel")),
        );
    }
    health
}

/// Notes that something has an issue, beside others that have the same.
fn issue(
    issues: &mut BTreeMap<String, Value>,
    one: &VaultObject,
    (code, text, level): (&str, &str, &str),
) {
    let severity = match level {
        "Warning" => "Warning",
        "Information" | "Info" => "Info",
        _ => "Error",
    };
    let kind = one.kind.rsplit('/').next().unwrap_or_default();
    let category = if kind == "replicationProtectedItems" {
        "Replication"
    } else {
        "FabricInfrastructure"
    };
    let known = issues.entry(code.to_owned()).or_insert_with(|| {
        json!({
            "summaryCode": code,
            "summaryMessage": text,
            "category": category,
            "severity": severity,
            "affectedResourceType": kind,
            "affectedResourceSubtype": "",
            "affectedResourceCorrelationIds": [],
        })
    });
    if let Some(all) = known["affectedResourceCorrelationIds"].as_array_mut() {
        all.push(one.id.as_str().into());
    }
}
