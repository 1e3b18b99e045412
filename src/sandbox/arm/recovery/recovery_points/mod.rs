//! Recovery points: one an hour as the clock moves, kept as long as the policy says; computed, not
//! stored. Source: recovery reference §5.2, §5.3. That there is one at every full hour, and when one
//! is consistent for applications, is this sandbox's choice.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::below;
use super::protected_items::{Item, Provider};
use crate::base::clock::Timestamp;
use crate::sandbox::arm::id::{Id, Place};
use crate::sandbox::arm::{access, body, calls, page, resource};
use crate::sandbox::derived;
use crate::sandbox::partner::dates::{plus_seconds, write};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Tx, VaultObject};

use super::{REPLICATION, object};

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationProtectedItems/{item}/recoveryPoints"
        ),
        list,
    ),
    Route::arm(
        "GET",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationProtectedItems/{item}/recoveryPoints/{point}"
        ),
        get,
    ),
];

const HOUR: i64 = 3600;
const TYPE: &str = "Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/recoveryPoints";

/// A recovery point.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Point {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) at: Timestamp,
    /// Whether applications were asked to write what they had.
    pub(super) for_applications: bool,
}

/// How long points are kept, and how often one is consistent for applications, in minutes.
fn kept(tx: &Tx<'_>, object: &VaultObject) -> (i64, i64) {
    let policy = object.properties.get("policyId").and_then(Value::as_str);
    let policy = policy.and_then(Id::parse);
    let policy = policy.and_then(|id| tx.recovery.objects.get(&id.key()));
    let details = policy.and_then(|policy| policy.properties.get("providerSpecificDetails"));
    let number = |minutes: &[&str], hours: &str| {
        let find = |name: &str| details?.get(name)?.as_i64();
        let found = minutes.iter().find_map(|name| find(name));
        found.or_else(|| find(hours).map(|hours| hours * 60))
    };
    let retention = number(
        &["recoveryPointHistory", "recoveryPointHistoryInMinutes"],
        "recoveryPointHistoryDurationInHours",
    );
    let applications = number(
        &["appConsistentFrequencyInMinutes"],
        "applicationConsistentSnapshotFrequencyInHours",
    );
    (
        retention.unwrap_or(24 * 60),
        applications.unwrap_or_default(),
    )
}

/// Returns the recovery points of an item, the newest first: one from the end of the first copy, and
/// one an hour.
pub(super) fn all(tx: &Tx<'_>, object: &VaultObject) -> Vec<Point> {
    let Some(item) = Item::of(object).filter(|item| item.failure.is_none()) else {
        return Vec::new();
    };
    let end = item.until.unwrap_or_else(|| tx.now());
    if end < item.since {
        return Vec::new();
    }
    let (retention, applications) = kept(tx, object);
    let oldest = plus_seconds(end, -retention * 60);
    let last = end.as_second().div_euclid(HOUR) * HOUR;
    let hours = (0..).map(|back| last - back * HOUR).map_while(|second| {
        let at = Timestamp::from_second(second).ok()?;
        (at >= item.since && at > oldest).then_some(at)
    });
    let mut points: Vec<Point> = hours.map(|at| point(object, at, applications)).collect();
    // The first copy is a point of its own; without any retention the latest is kept.
    if item.since > oldest || points.is_empty() {
        points.push(point(object, item.since, 0));
    }
    points
}

fn point(object: &VaultObject, at: Timestamp, applications: i64) -> Point {
    let name = derived::guid(&["point", &object.id.to_lowercase(), &at.to_string()]);
    let hours = applications.div_euclid(60).max(1);
    let hour = at.as_second().div_euclid(HOUR);
    Point {
        id: format!("{}/recoveryPoints/{name}", object.id),
        name,
        at,
        for_applications: applications > 0 && hour % hours == 0,
    }
}

/// Returns the recovery point that an action names, else the latest.
pub(super) fn chosen(
    tx: &Tx<'_>,
    object: &VaultObject,
    properties: &Map<String, Value>,
) -> Option<Point> {
    let inner = body::at(properties, "providerSpecificDetails.recoveryPointId");
    let given = properties
        .get("recoveryPointId")
        .or(inner)
        .and_then(Value::as_str);
    let name = given.and_then(|given| given.rsplit('/').next());
    let mut all = all(tx, object).into_iter();
    match name {
        Some(name) => all.find(|point| point.name.eq_ignore_ascii_case(name)),
        None => all.next(),
    }
}

fn shown(object: &VaultObject, point: &Point) -> Value {
    let mut properties = json!({
        "recoveryPointTime": write(point.at),
        "recoveryPointType": if point.for_applications { "AppConsistent" } else { "CrashConsistent" },
    });
    let details = match Item::of(object).map(|item| item.provider) {
        Some(Provider::A2A) => Some(json!({
            "instanceType": "A2A",
            "recoveryPointSyncType": "PerVmRecoveryPoint",
        })),
        Some(Provider::InMageAzureV2) => Some(json!({
            "instanceType": "InMageAzureV2",
            "isMultiVmSyncPoint": "No",
        })),
        _ => None,
    };
    if let Some(details) = details {
        properties["providerSpecificDetails"] = details;
    }
    json!({ "id": point.id, "name": point.name, "type": TYPE, "properties": properties })
}

/// Returns the item whose points a path is about.
fn item(request: &Request, tx: &Tx<'_>) -> Result<(VaultObject, Option<String>), Refusal> {
    let (id, name) = match Place::parse(&request.path) {
        Some(Place::Action(id, _)) => (id, None),
        Some(Place::One(id)) => (id.parent(), Some(id.name().to_owned())),
        _ => return Err(access::misrouted(request)),
    };
    access::version_of(request, TYPE, REPLICATION)?;
    access::pass(request, tx, &id, &format!("{TYPE}/read"))?;
    calls::found(tx, &object::vault(&id))?;
    let found = tx.recovery.objects.get(&id.key()).cloned();
    Ok((found.ok_or_else(|| resource::missing(&id))?, name))
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (object, _) = item(request, tx)?;
    let points = all(tx, &object);
    page::of(request, points, |point| shown(&object, &point))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (object, name) = item(request, tx)?;
    let name = name.unwrap_or_default();
    let mut points = all(tx, &object).into_iter();
    let found = points.find(|point| point.name.eq_ignore_ascii_case(&name));
    if let Some(point) = found {
        return Ok(Reply::ok(shown(&object, &point)));
    }
    let missing = Id::parse(&request.path).map(|id| resource::missing(&id));
    Err(missing.unwrap_or_else(|| access::misrouted(request)))
}
