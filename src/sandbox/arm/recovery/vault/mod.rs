//! Vaults: resources of Azure Resource Manager on which everything else hangs. Source: recovery
//! reference §4, §9.9.

mod certificates;
mod configs;
mod enter;
mod extended;
mod held;
mod identity;
mod names;
mod operation;
mod seed;
mod settings;
#[cfg(test)]
mod tests;
mod usages;

pub(in crate::sandbox::arm::recovery) use enter::{enter, not_going};
pub(in crate::sandbox::arm::recovery) use operation::result as operation_result;
pub(in crate::sandbox::arm) use seed::fill;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde_json::{Map, Value, json};

use crate::sandbox::arm::body::{self, one_of, parameter};
use crate::sandbox::arm::calls::routes;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::{Draft, Kind, Links, Long};
use crate::sandbox::arm::recovery::object;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = routes!("Microsoft.RecoveryServices/vaults", "vault");

/// The routes of what a vault says itself.
pub(super) const MORE: &[&[Route]] = &[
    operation::ROUTES,
    names::ROUTES,
    extended::ROUTES,
    certificates::ROUTES,
    usages::ROUTES,
    configs::ROUTES,
];

/// Api-versions of vaults and of what they say themselves. Source: recovery reference §1.
pub(in crate::sandbox::arm::recovery) const VERSIONS: &[&str] = &["2025-08-01", "2026-11-01"];

/// Api-versions of Backup. Source: recovery reference §1.
pub(in crate::sandbox::arm::recovery) const BACKUP: &[&str] = &["2025-08-01", "2026-10-01"];

/// How long it takes until a vault is there or gone; the reference names no time.
const LONG: Long = Long {
    accepted: false,
    links: Links::Both,
    time: Duration::from_secs(20),
    retry_after: 10,
};

/// How long a change of a vault takes; the reference names no time.
const CHANGE: Long = Long {
    accepted: true,
    time: Duration::from_secs(10),
    ..LONG
};

#[derive(Debug)]
pub(super) struct Vaults;

impl Kind for Vaults {
    fn name(&self) -> &'static str {
        "Microsoft.RecoveryServices/vaults"
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn members(&self) -> &'static [&'static str] {
        &["sku", "identity"]
    }

    fn shows_etag(&self) -> bool {
        true
    }

    /// The time of the last write; below a millisecond it counts the writes, since two may share
    /// one.
    fn etag(&self, resource: &Resource) -> String {
        let at = resource.changed.at;
        let ticks = i64::from(at.subsec_millisecond()) * 10_000;
        let counted = i64::try_from(resource.version % 10_000).unwrap_or_default();
        let seconds = at.strftime("%Y-%m-%dT%H%%3A%M%%3A%S");
        format!("W/\"datetime'{seconds}.{:07}Z'\"", ticks + counted)
    }

    fn put(&self, draft: &Draft<'_>) -> Option<Long> {
        draft.before.is_none().then_some(LONG)
    }

    /// New tags are there at once, everything else takes its time; the reference names both
    /// answers and not when which is given.
    fn patch(&self, draft: &Draft<'_>) -> Option<Long> {
        let before = draft.before?;
        let now = &draft.resource;
        let same = before.properties == now.properties && before.members == now.members;
        (!same).then_some(CHANGE)
    }

    fn delete(&self, _resource: &Resource) -> Option<Long> {
        Some(LONG)
    }

    fn gone(&self) -> u16 {
        204
    }

    fn operation_segments(&self) -> (&'static str, &'static str) {
        ("operationStatus", "operationResults")
    }

    fn operations_below(&self) -> bool {
        true
    }

    /// Long base64 that ends with `==`: of two GUIDs here.
    fn operation_id(&self, tx: &mut Tx<'_>) -> String {
        BASE64.encode(format!("{};{}", tx.guid(), tx.guid()))
    }

    fn busy(&self, tx: &Tx<'_>, id: &Id) -> Option<Refusal> {
        not_going(tx.arm.resources.get(&id.key())?).err()
    }

    fn check_name(&self, name: &str) -> Result<(), Refusal> {
        names::check(name)
    }

    fn check(&self, tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let members = &mut draft.resource.members;
        let Some(name) = body::text(members, "sku.name")? else {
            return Err(parameter(
                "sku",
                "Required parameter 'sku' is missing (null).",
            ));
        };
        one_of("sku.name", name, &["Standard", "RS0"])?;
        members.insert(
            "sku".to_owned(),
            json!({ "name": "RS0", "tier": "Standard" }),
        );
        identity::check(tx, draft)?;
        settings::check(tx, draft)
    }

    fn held(&self, tx: &Tx<'_>, resource: &Resource) -> Option<Refusal> {
        held::why(tx, resource)
    }

    /// What hangs on a vault does not go with it to another group here.
    fn moves(&self, _resource: &Resource, _within: bool) -> bool {
        false
    }

    fn removed(&self, tx: &mut Tx<'_>, resource: &Resource) {
        let below = tx.recovery.objects.under(&resource.id);
        let parts: Vec<String> = below.map(|(key, _)| key.to_owned()).collect();
        for key in parts {
            object::remove(tx, &key);
        }
        let runs = tx.recovery.runs.under(&resource.id);
        let runs: Vec<String> = runs.map(|(key, _)| key.to_owned()).collect();
        for key in runs {
            tx.recovery.runs.remove(&key);
        }
        let vault = resource.id.clone();
        tx.recovery.jobs.forget(|job| job.vault == vault);
        tx.recovery.events.forget(|event| event.vault == vault);
        tx.recovery.exports.forget(|export| export.vault == vault);
        tx.recovery.backup_jobs.forget(|job| job.vault == vault);
        let operations = &mut tx.recovery.backup_operations;
        operations.forget(|operation| operation.vault == vault);
    }

    fn show(
        &self,
        _tx: &Tx<'_>,
        _resource: &Resource,
        _request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        settings::show(shown);
    }
}
