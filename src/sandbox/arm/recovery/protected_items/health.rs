//! How well an item is replicated: what stands in the way, by the clock, by what has become of its
//! machine and its network, and by the troubles that were told. Source: recovery reference §5.2
//! (`HealthError`), §5.3. Which error weighs how much, and how long it takes until it is noticed, the
//! reference does not say.

use std::time::Duration;

use serde_json::{Value, json};

use super::item::Item;
use super::{machines, networks};
use crate::base::clock::Timestamp;
use crate::sandbox::arm::compute;
use crate::sandbox::arm::recovery::trouble;
use crate::sandbox::derived;
use crate::sandbox::partner::dates::{plus_seconds, write};
use crate::sandbox::store::{Diagnosis, Tx, VaultObject};

/// How often the agent tells that it is there.
const HEARTBEAT: Duration = Duration::from_secs(300);
/// How long ago it was, where it tells nothing any more.
const SILENT: i64 = 3600;
/// How far behind a copy is that has exceeded what the policy allows.
const BEHIND: i64 = 2 * 3600;

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Warning,
    Critical,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Warning => "Warning",
            Self::Critical => "Critical",
        }
    }
}

/// What stands in the way.
pub(super) struct Ailment {
    level: Level,
    /// Whether it is the failover that it stands in the way of, not the replication.
    failover: bool,
    diagnosis: Diagnosis,
}

/// Returns what stands in the way of an item now.
pub(super) fn ailments(tx: &Tx<'_>, object: &VaultObject, item: &Item) -> Vec<Ailment> {
    let mut found = Vec::new();
    let mut add = |level, failover, diagnosis: Diagnosis| {
        found.push(Ailment {
            level,
            failover,
            diagnosis,
        });
    };
    if let Some(failure) = &item.failure {
        add(Level::Critical, false, failure.clone());
    }
    if !item.replicates() {
        return found;
    }
    if item.place(item.state.active).machine.is_some() {
        match machines::of(tx, item, item.state.active) {
            None => add(Level::Critical, false, machine_gone(object)),
            Some(machine) if !compute::is_running(machine) => {
                add(Level::Warning, false, machine_stopped(&machine.name));
            }
            Some(_) => {}
        }
    }
    if trouble::stands(tx, &object.id, "agent_unreachable") {
        add(Level::Critical, false, agent_unreachable());
    }
    if trouble::stands(tx, &object.id, "rpo_exceeded") {
        add(Level::Warning, false, rpo_exceeded());
    }
    let side = item.state.active.other();
    if let Some(network) = networks::chosen(tx, item, side)
        && networks::find(tx, &network).is_none()
    {
        add(Level::Critical, true, network_gone(&network));
    }
    found
}

/// Returns the health of the replication, or of a failover, in the service's word.
pub(super) fn word(item: &Item, ailments: &[Ailment], failover: bool) -> &'static str {
    let own = ailments.iter().filter(|one| one.failover == failover);
    match own.map(|one| one.level).max() {
        Some(level) => level.word(),
        None if item.replicates() => "Normal",
        None => "None",
    }
}

/// Shows what stands in the way.
pub(super) fn shown(tx: &Tx<'_>, object: &VaultObject, ailments: &[Ailment]) -> Value {
    let one = |one: &Ailment| {
        json!({
            "errorCode": one.diagnosis.code,
            "errorLevel": one.level.word(),
            "errorMessage": one.diagnosis.message,
            "summaryMessage": one.diagnosis.message,
            "possibleCauses": one.diagnosis.causes,
            "recommendedAction": one.diagnosis.action,
            "errorCategory": "Replication",
            "errorType": if one.failover { "Failover" } else { "Replication" },
            "errorSource": "SiteRecovery",
            "errorId": derived::guid(&["health", &object.id.to_lowercase(), &one.diagnosis.code]),
            "entityId": object.id,
            "customerResolvability": "Allowed",
            "innerHealthErrors": [],
            "creationTimeUtc": write(tx.now()),
        })
    };
    ailments.iter().map(one).collect::<Vec<_>>().into()
}

/// Tells whether the replication of an item has to be repaired.
pub(super) fn needs_repair(tx: &Tx<'_>, object: &VaultObject, item: &Item) -> bool {
    let all = ailments(tx, object, item);
    all.iter().any(|one| !one.failover)
}

/// Returns when the agent was heard of last, and how many seconds the copy is behind.
pub(super) fn pulse(tx: &Tx<'_>, object: &VaultObject, item: &Item) -> (Timestamp, i64) {
    let now = item.until.unwrap_or_else(|| tx.now());
    let step = i64::try_from(HEARTBEAT.as_secs()).unwrap_or(300);
    let since = now.as_second().rem_euclid(step);
    let is_silent = trouble::stands(tx, &object.id, "agent_unreachable");
    let heard = if is_silent { SILENT } else { since };
    let behind = match (trouble::stands(tx, &object.id, "rpo_exceeded"), is_silent) {
        (true, _) => BEHIND,
        (false, true) => SILENT,
        (false, false) => since,
    };
    (plus_seconds(now, -heard), behind)
}

/// The agent in the machine does not answer.
pub(super) fn agent_unreachable() -> Diagnosis {
    Diagnosis::new(
        "150154",
        "The agent of Site Recovery in the source machine cannot be reached.",
        "The machine is off, its network is cut, or the service of the agent has stopped.",
        "See that the machine runs and reaches Azure, restart the agent, and try again.",
    )
}

fn rpo_exceeded() -> Diagnosis {
    Diagnosis::new(
        "150161",
        "The recovery point objective of the replicated item is exceeded.",
        "More data changes than the connection or the staging account can take.",
        "Look at the rate of changes and at the bandwidth; the copy catches up by itself.",
    )
}

fn machine_gone(object: &VaultObject) -> Diagnosis {
    let name = object.properties.get("friendlyName");
    let name = name.and_then(Value::as_str).unwrap_or(&object.name);
    Diagnosis::new(
        "150162",
        format!("The source machine '{name}' could not be found."),
        "It was deleted or moved.",
        "Fail over to the last recovery point, or disable its protection.",
    )
}

fn machine_stopped(name: &str) -> Diagnosis {
    Diagnosis::new(
        "150163",
        format!("The source machine '{name}' does not run: nothing is replicated."),
        "Somebody has stopped it.",
        "Start it, or fail over.",
    )
}

fn network_gone(id: &str) -> Diagnosis {
    Diagnosis::new(
        "150164",
        format!("The recovery network '{id}' could not be found."),
        "It was deleted or moved.",
        "Choose another network for the replicated item.",
    )
}
