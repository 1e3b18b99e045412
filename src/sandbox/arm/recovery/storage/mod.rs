//! Storage classifications of sites on premises, and their mappings. Source: recovery reference §5.6.

mod mappings;
#[cfg(test)]
mod tests;

use serde_json::json;

use super::part::Part;
use super::{below, calls, object};
use crate::sandbox::arm::id::Id;
use crate::sandbox::route::Route;
use crate::sandbox::store::Tx;

pub(super) const PARTS: &[&dyn Part] = &[&StorageClassifications, &mappings::Mappings];

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        below!("/replicationStorageClassifications"),
        calls::list,
    ),
    Route::arm(
        "GET",
        below!("/replicationFabrics/{fabric}/replicationStorageClassifications"),
        calls::list,
    ),
    Route::arm(
        "GET",
        below!("/replicationFabrics/{fabric}/replicationStorageClassifications/{class}"),
        calls::get,
    ),
    Route::arm("GET", mappings::MANY, calls::list),
    Route::arm("GET", mappings::ONE, calls::get),
    Route::arm("PUT", mappings::ONE, mappings::put),
    Route::arm("DELETE", mappings::ONE, mappings::delete),
];

/// The types of a classification, as they stand in paths.
const KIND: &str = "replicationFabrics/replicationStorageClassifications";

#[derive(Debug)]
struct StorageClassifications;

impl Part for StorageClassifications {
    fn kind(&self) -> &'static str {
        KIND
    }
}

/// Puts the classifications that the office told of.
pub(super) fn fill(tx: &mut Tx<'_>, vault: &str) {
    let vault = Id::parse(vault).expect("a seeded id");
    let office = vault.child("replicationFabrics", "site-office");
    for (name, friendly) in [("office-ssd", "Office SSD"), ("office-hdd", "Office HDD")] {
        let id = office.child("replicationStorageClassifications", name);
        let kept = json!({ "friendlyName": friendly });
        object::plant(tx, &id, kept, json!({}));
    }
}
