//! Managed disks: made on their own or with a machine, attached to one machine at most. Source: arm
//! reference §10.8.

mod access;
mod attach;
mod check;
mod shape;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::{Map, Value};

use super::refusal::not_allowed;
use crate::sandbox::arm::calls::routes;
use crate::sandbox::arm::kind::{Draft, Kind, Links, Long};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) use access::ROUTES as ACTIONS;
pub(super) use attach::{free_for, let_go, size_of, take};

pub(super) const ROUTES: &[Route] = routes!("Microsoft.Compute/disks", "disk");

/// Full type of disks.
const TYPE: &str = "Microsoft.Compute/disks";

const VERSIONS: &[&str] = &[
    "2017-03-30",
    "2019-07-01",
    "2021-12-01",
    "2023-04-02",
    "2024-03-02",
    "2025-01-02",
    "2026-03-02",
];

/// Work on a disk; the reference names no time.
const fn long(seconds: u64) -> Long {
    Long {
        accepted: true,
        links: Links::Both,
        time: Duration::from_secs(seconds),
        retry_after: 10,
    }
}

#[derive(Debug)]
pub(super) struct Disks;

impl Kind for Disks {
    fn name(&self) -> &'static str {
        TYPE
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn members(&self) -> &'static [&'static str] {
        &["sku", "zones", "extendedLocation"]
    }

    fn put(&self, _draft: &Draft<'_>) -> Option<Long> {
        Some(long(20))
    }

    fn patch(&self, _draft: &Draft<'_>) -> Option<Long> {
        Some(long(15))
    }

    fn delete(&self, _resource: &Resource) -> Option<Long> {
        Some(long(15))
    }

    fn check_name(&self, name: &str) -> Result<(), Refusal> {
        check::check_name(name)
    }

    fn check(&self, tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        check::check(tx, draft)
    }

    fn held(&self, tx: &Tx<'_>, resource: &Resource) -> Option<Refusal> {
        if let Some(machine) = attach::user(resource) {
            let text = format!("Disk {} is attached to VM {machine}.", resource.name);
            return Some(not_allowed(text));
        }
        access::is_open(tx, resource).then(|| {
            let text = format!(
                "Disk {} has an active shared access signature: revoke it before the disk is deleted.",
                resource.name
            );
            not_allowed(text)
        })
    }

    fn acted(&self, tx: &mut Tx<'_>, key: &str, action: &str, asked: &Value) {
        access::acted(tx, key, action, asked);
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        resource: &Resource,
        _request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        shape::show(tx, resource, shown);
    }
}
