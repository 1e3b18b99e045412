//! Protected items: machines that are replicated, and what is done with them. `state` is the state
//! machine as one table, `action` what is asked for, `work` what the jobs do to the machines, `health`
//! and `show` what follows from the clock. Source: recovery reference §5.3.

mod action;
mod enable;
mod health;
mod input;
mod item;
mod list;
mod machines;
mod networks;
mod seed;
mod show;
mod state;
mod switch;
#[cfg(test)]
mod tests;
mod update;
mod work;
mod wrong;

pub(super) use action::{
    Action, CANCEL, CLEANUP, COMMIT, PLANNED, REPROTECT, TEST, UNPLANNED, actions, begin,
    friendly_name,
};
pub(super) use input::{direction, need, test_network, text, word};
pub(super) use item::{Item, KIND, Provider, allowed, current};
pub(super) use seed::fill;
pub(super) use show::{AZURE, NO_TIME, scenario};
pub(super) use state::{Operation, Side};
pub(super) use work::{end_test, finish_test, key_of};
pub(super) use wrong::Wrong;

use serde_json::{Map, Value};

use super::calls::{self, ask};
use super::job;
use super::part::Part;
use super::{REPLICATION, below};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Diagnosis, ReplicationJob, Tx, VaultObject};

pub(super) const PARTS: &[&dyn Part] = &[&Items];

/// Writes the path of something at the protected items of a container.
macro_rules! at_items {
    ($rest:literal) => {
        concat!(
            "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.RecoveryServices/vaults/{vault}/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationProtectedItems",
            $rest
        )
    };
}

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/replicationProtectedItems"), list::all),
    Route::arm("GET", at_items!(""), calls::list),
    Route::arm("GET", at_items!("/{item}"), calls::get),
    Route::arm("PUT", at_items!("/{item}"), enable::put),
    Route::arm("PATCH", at_items!("/{item}"), update::patch),
    Route::arm("DELETE", at_items!("/{item}"), |request, tx| {
        act(request, tx, &action::PURGE)
    }),
    Route::arm("POST", at_items!("/{item}/remove"), |request, tx| {
        act(request, tx, &action::DISABLE)
    }),
    Route::arm(
        "POST",
        at_items!("/{item}/plannedFailover"),
        |request, tx| act(request, tx, &PLANNED),
    ),
    Route::arm(
        "POST",
        at_items!("/{item}/unplannedFailover"),
        |request, tx| act(request, tx, &UNPLANNED),
    ),
    Route::arm("POST", at_items!("/{item}/testFailover"), |request, tx| {
        act(request, tx, &TEST)
    }),
    Route::arm(
        "POST",
        at_items!("/{item}/testFailoverCleanup"),
        |request, tx| act(request, tx, &CLEANUP),
    ),
    Route::arm(
        "POST",
        at_items!("/{item}/failoverCommit"),
        |request, tx| act(request, tx, &COMMIT),
    ),
    Route::arm(
        "POST",
        at_items!("/{item}/failoverCancel"),
        |request, tx| act(request, tx, &CANCEL),
    ),
    Route::arm("POST", at_items!("/{item}/reProtect"), |request, tx| {
        act(request, tx, &REPROTECT)
    }),
    Route::arm(
        "POST",
        at_items!("/{item}/applyRecoveryPoint"),
        |request, tx| act(request, tx, &action::CHANGE_PIT),
    ),
    Route::arm(
        "POST",
        at_items!("/{item}/repairReplication"),
        |request, tx| act(request, tx, &action::REPAIR),
    ),
    Route::arm(
        "POST",
        at_items!("/{item}/updateMobilityService"),
        |request, tx| act(request, tx, &action::UPDATE_AGENT),
    ),
    Route::arm(
        "POST",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/switchprotection"
        ),
        switch::post,
    ),
];

/// Actions whose body the reference says must be there.
const WITH_BODY: [&str; 5] = [
    "unplannedFailover",
    "testFailover",
    "testFailoverCleanup",
    "applyRecoveryPoint",
    "remove",
];

#[derive(Debug)]
struct Items;

impl Part for Items {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn settled(&self, tx: &mut Tx<'_>, _job: &ReplicationJob, key: &str) {
        enable::settled(tx, key);
    }

    fn removed(&self, tx: &mut Tx<'_>, object: &VaultObject) {
        work::removed(tx, object);
    }

    fn acted(&self, tx: &mut Tx<'_>, job: &ReplicationJob, action: &str) -> Result<(), Diagnosis> {
        match action {
            update::WORD => update::acted(tx, job),
            switch::WORD => switch::acted(tx, job),
            _ => work::acted(tx, job, action),
        }
    }

    fn undone(&self, tx: &mut Tx<'_>, job: &ReplicationJob) {
        work::undone(tx, job);
    }

    fn restarted(&self, tx: &mut Tx<'_>, job: &ReplicationJob) -> Option<(usize, Diagnosis)> {
        work::restarted(tx, job)
    }

    /// A test that somebody says is done is cleaned up. That it needs no clean-up of its own is not
    /// confirmed.
    fn resumed(&self, tx: &mut Tx<'_>, job: &ReplicationJob, _key: &str) -> Result<(), Diagnosis> {
        work::finish_test(tx, &job.about);
        Ok(())
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        object: &VaultObject,
        _request: Option<&Request>,
        properties: &mut Map<String, Value>,
    ) {
        show::show(tx, object, properties);
    }
}

/// Does what is asked of an item.
fn act(request: &Request, tx: &mut Tx<'_>, action: &Action) -> Outcome {
    let is_purge = request.verb == http::Method::DELETE;
    let right = if is_purge {
        "delete".to_owned()
    } else {
        format!("{}/action", action.word)
    };
    let asked = ask(request, tx, REPLICATION, &right)?;
    let Some(object) = asked.object.clone() else {
        if is_purge || action.word == "remove" {
            return Ok(Reply::empty(204));
        }
        return asked.found().map(|_| Reply::empty(204));
    };
    if WITH_BODY.contains(&action.word) && !asked.body.contains_key("properties") {
        let wrong = Wrong::input(
            "The field 'properties' is missing.",
            "Send a body with 'properties'.",
        );
        return Err(wrong.refuse(request));
    }
    let begun = begin(tx, &asked, &object, action);
    let job = begun.map_err(|wrong| wrong.refuse(request))?;
    Ok(job::lead(tx, request, &job))
}
