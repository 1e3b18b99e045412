//! Replication policies: how often and how long recovery points are kept. Source: recovery reference
//! §5.2.

mod input;
mod kinds;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::calls::{self, ask};
use super::chore;
use super::part::Part;
use super::{REPLICATION, below, object};
use crate::sandbox::arm::id::Id;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Diagnosis, JobWork, Tx, VaultObject};

pub(super) const KIND: &str = "replicationPolicies";

pub(super) const PARTS: &[&dyn Part] = &[&Policies];

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/replicationPolicies"), calls::list),
    Route::arm("GET", below!("/replicationPolicies/{policy}"), calls::get),
    Route::arm("PUT", below!("/replicationPolicies/{policy}"), put),
    Route::arm("PATCH", below!("/replicationPolicies/{policy}"), patch),
    Route::arm("DELETE", below!("/replicationPolicies/{policy}"), delete),
];

/// The member of a body that makes a policy; the reference names another for a change.
const MAKES: &str = "providerSpecificInput";
const CHANGES: &str = "replicationProviderSettings";

#[derive(Debug)]
struct Policies;

impl Part for Policies {
    fn kind(&self) -> &'static str {
        KIND
    }
}

/// Says why a policy cannot be taken away now.
fn held(tx: &Tx<'_>, request: &Request, object: &VaultObject) -> Option<Refusal> {
    let users = users(tx, object);
    (!users.is_empty()).then(|| {
        let name = object::friendly(object);
        let diagnosis = Diagnosis::new(
            "150054",
            format!("The replication policy '{name}' is in use."),
            format!("It is used by {}.", users.join(", ")),
            "Disable what replicates by the policy, remove its container mappings, and retry.",
        );
        diagnosis.refuse(request, 409)
    })
}

/// Returns what uses a policy, or is about to.
fn users(tx: &Tx<'_>, policy: &VaultObject) -> Vec<String> {
    let Some(id) = Id::parse(&policy.id) else {
        return Vec::new();
    };
    let (key, vault) = (id.key(), object::vault(&id).key());
    let users = chore::there(tx, &vault);
    let users = users.filter(|one| object::names(one, "policyId", &key));
    let mut users: Vec<String> = users.map(|one| object::friendly(one).to_owned()).collect();
    users.sort();
    users.dedup();
    users
}

/// Returns the `instanceType` of a policy.
pub(super) fn instance(policy: &VaultObject) -> &str {
    let details = policy.properties.get("providerSpecificDetails");
    let instance = details.and_then(|details| details["instanceType"].as_str());
    instance.unwrap_or_default()
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let input = input::member(&asked.properties, MAKES, CHANGES);
    let accepted = input.and_then(input::Accepted::of);
    let accepted = accepted.map_err(|wrong| wrong.refuse(request))?;
    if let Some(before) = &asked.object {
        keeps_type(before, accepted.instance).map_err(|wrong| wrong.refuse(request, 409))?;
    }
    write(tx, request, &asked, &chore::ADD_POLICY, accepted)
}

/// Changes a policy: what is not sent stays.
fn patch(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let before = asked.found()?;
    let input = input::member(&asked.properties, CHANGES, MAKES);
    let mut input = input.map_err(|wrong| wrong.refuse(request))?;
    let old = before.hidden.get("input").and_then(Value::as_object);
    for (name, value) in old.into_iter().flatten() {
        input.entry(name.as_str()).or_insert_with(|| value.clone());
    }
    let accepted = input::Accepted::of(input).map_err(|wrong| wrong.refuse(request))?;
    keeps_type(before, accepted.instance).map_err(|wrong| wrong.refuse(request, 409))?;
    write(tx, request, &asked, &chore::UPDATE_POLICY, accepted)
}

/// The reference has no change of a policy's kind.
fn keeps_type(before: &VaultObject, wanted: &str) -> Result<(), Diagnosis> {
    if instance(before) == wanted {
        return Ok(());
    }
    Err(Diagnosis::new(
        "150055",
        format!(
            "The replication policy '{}' is for {}, not for {wanted}.",
            object::friendly(before),
            instance(before)
        ),
        "A policy keeps its instanceType.",
        "Use another name, or delete the policy first.",
    ))
}

fn write(
    tx: &mut Tx<'_>,
    request: &Request,
    asked: &calls::Asked,
    chore: &chore::Chore,
    accepted: input::Accepted,
) -> Outcome {
    let mut draft = object::draft(tx, &asked.id, accepted.properties(asked.id.name()));
    draft
        .hidden
        .insert("input".to_owned(), accepted.input.into());
    let work = JobWork::Put(Box::new(draft));
    chore::begin(tx, request, asked, chore, work)
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "delete")?;
    let Some(policy) = &asked.object else {
        return Ok(Reply::empty(204));
    };
    if let Some(refusal) = held(tx, request, policy) {
        return Err(refusal);
    }
    let work = JobWork::Remove(asked.id.key());
    chore::begin(tx, request, &asked, &chore::REMOVE_POLICY, work)
}

/// Puts a policy into a fresh sandbox; returns its id.
pub(super) fn fill(tx: &mut Tx<'_>, vault: &str, name: &str, input: Value) -> Id {
    let id = Id::parse(&format!("{vault}/{KIND}/{name}")).expect("a seeded id");
    let input = input.as_object().cloned().unwrap_or_default();
    let accepted = input::Accepted::of(input);
    let accepted = accepted.expect("the seed is what the sandbox takes");
    let properties = accepted.properties(name);
    let hidden = json!({ "input": accepted.input });
    object::plant(tx, &id, properties.into(), hidden);
    id
}
