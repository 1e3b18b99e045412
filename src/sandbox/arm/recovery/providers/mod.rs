//! Recovery services providers: the agents on the servers of a site. They come when the agent
//! registers, and bring the site's containers; whether they are heard of follows the clock and the
//! trouble `agent_unreachable`. Source: recovery reference §5.2; how often they beat, and what
//! happens to a site that is not heard of, are not confirmed.

mod agent;
#[cfg(test)]
mod tests;

pub(crate) use agent::{Registration, register};

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::calls::{self, Asked, ask};
use super::chore;
use super::part::Part;
use super::{REPLICATION, below, containers, object, trouble};
use crate::base::clock::Timestamp;
use crate::sandbox::arm::id::Id;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Diagnosis, JobWork, Tx, VaultObject};

pub(super) const KIND: &str = "replicationFabrics/replicationRecoveryServicesProviders";

pub(super) const PARTS: &[&dyn Part] = &[&Providers];

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        below!("/replicationRecoveryServicesProviders"),
        calls::list,
    ),
    Route::arm(
        "GET",
        below!("/replicationFabrics/{fabric}/replicationRecoveryServicesProviders"),
        calls::list,
    ),
    Route::arm(
        "GET",
        below!("/replicationFabrics/{fabric}/replicationRecoveryServicesProviders/{provider}"),
        calls::get,
    ),
    Route::arm(
        "POST",
        below!(
            "/replicationFabrics/{fabric}/replicationRecoveryServicesProviders/{provider}/refreshProvider"
        ),
        refresh,
    ),
    Route::arm(
        "POST",
        below!(
            "/replicationFabrics/{fabric}/replicationRecoveryServicesProviders/{provider}/remove"
        ),
        remove,
    ),
];

/// What an agent that is not heard of is in trouble with.
const UNREACHABLE: &str = "agent_unreachable";

/// How often an agent is heard of, in seconds.
const BEAT: i64 = 60;

#[derive(Debug)]
struct Providers;

impl Part for Providers {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn removed(&self, tx: &mut Tx<'_>, object: &VaultObject) {
        let keys: Vec<String> = brought(tx, object).map(|one| one.id.clone()).collect();
        for key in keys {
            object::remove(tx, &key.to_lowercase());
        }
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        object: &VaultObject,
        _request: Option<&Request>,
        properties: &mut Map<String, Value>,
    ) {
        let lost = lost(tx, object);
        let status = if lost.is_some() {
            "Disconnected"
        } else {
            "Connected"
        };
        let errors: Vec<Value> = lost
            .map(|since| health(object, since))
            .into_iter()
            .collect();
        let items = brought(tx, object).map(|one| containers::items(tx, &one.id));
        let computed = [
            ("connectionStatus", status.into()),
            (
                "lastHeartBeat",
                write(beat(lost.unwrap_or_else(|| tx.now()), object.made)).into(),
            ),
            ("healthErrorDetails", errors.into()),
            ("protectedItemCount", items.sum::<usize>().into()),
        ];
        properties.extend(computed.map(|(name, value)| (name.to_owned(), value)));
    }
}

/// Says why a provider cannot be taken away now: containers that it brought are in use.
fn held(tx: &Tx<'_>, request: &Request, object: &VaultObject) -> Option<Refusal> {
    brought(tx, object).find_map(|one| containers::in_use(tx, request, one))
}

/// Returns the containers that a provider has brought.
fn brought<'a>(
    tx: &'a Tx<'_>,
    provider: &'a VaultObject,
) -> impl Iterator<Item = &'a VaultObject> + use<'a> {
    let fabric = object::fabric(tx, &provider.id).map_or("", |fabric| fabric.id.as_str());
    object::of_kind(tx, fabric, containers::KIND).filter(|one| {
        let by = one.hidden.get("provider").and_then(Value::as_str);
        by.is_some_and(|by| by.eq_ignore_ascii_case(&provider.id))
    })
}

/// Returns since when an agent is not heard of.
fn lost(tx: &Tx<'_>, provider: &VaultObject) -> Option<Timestamp> {
    trouble::since(tx, &provider.id, UNREACHABLE)
}

/// Returns the last beat up to a time.
fn beat(until: Timestamp, made: Timestamp) -> Timestamp {
    let past = until.as_second().saturating_sub(made.as_second()).max(0);
    let whole = Duration::from_secs((past - past % BEAT).unsigned_abs());
    crate::base::clock::later(made, whole)
}

fn diagnosis(provider: &VaultObject) -> Diagnosis {
    Diagnosis::new(
        "150070",
        format!(
            "The provider '{}' cannot be reached.",
            object::friendly(provider)
        ),
        "The server is switched off, has no connection to Azure, or its agent has stopped.",
        "Check the server, its connection and its agent, then retry.",
    )
}

fn health(provider: &VaultObject, since: Timestamp) -> Value {
    let diagnosis = diagnosis(provider);
    json!({
        "errorCode": diagnosis.code,
        "errorLevel": "Error",
        "errorMessage": diagnosis.message,
        "summaryMessage": diagnosis.message,
        "possibleCauses": diagnosis.causes,
        "recommendedAction": diagnosis.action,
        "creationTimeUtc": write(since),
        "entityId": provider.id,
    })
}

/// Returns what is wrong with the agents of a fabric now, as health errors.
pub(super) fn errors(tx: &Tx<'_>, fabric: &VaultObject) -> Vec<Value> {
    let providers = object::of_kind(tx, &fabric.id, KIND);
    let lost = providers.filter_map(|one| Some(health(one, lost(tx, one)?)));
    lost.collect()
}

/// Tells whether an agent of a fabric, or the one that has that key, cannot be reached; that counts
/// the trouble.
pub(super) fn unreachable(tx: &mut Tx<'_>, key: &str) -> Option<Diagnosis> {
    let found = {
        let own = tx.recovery.objects.get(key).filter(|one| one.kind == KIND);
        let mut all = object::of_kind(tx, key, KIND).chain(own);
        all.find(|one| trouble::stands(tx, &one.id, UNREACHABLE))?
            .clone()
    };
    trouble::hits(tx, &found.id, UNREACHABLE).then(|| diagnosis(&found))
}

fn refresh(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "refreshProvider/action")?;
    asked.found()?;
    let failure = unreachable(tx, &asked.id.key());
    let job = (&chore::REFRESH_PROVIDER, JobWork::None);
    chore::begin_to_fail(tx, request, &asked, job, failure)
}

/// Takes a provider away with the containers that it has brought; its agent must be reached.
fn remove(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "remove/action")?;
    let Some(provider) = &asked.object else {
        return Ok(Reply::empty(204));
    };
    if let Some(refusal) = held(tx, request, provider) {
        return Err(refusal);
    }
    go(tx, request, &asked)
}

fn go(tx: &mut Tx<'_>, request: &Request, asked: &Asked) -> Outcome {
    let key = asked.id.key();
    let failure = unreachable(tx, &key);
    let job = (&chore::REMOVE_PROVIDER, JobWork::Remove(key));
    chore::begin_to_fail(tx, request, asked, job, failure)
}

/// Returns the id of a provider of a fabric.
fn id(fabric: &Id, name: &str) -> Id {
    fabric.child("replicationRecoveryServicesProviders", name)
}
