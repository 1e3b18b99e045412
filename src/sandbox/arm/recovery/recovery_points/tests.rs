//! Recovery points of the seeded item.

use std::time::Duration;

use crate::sandbox::arm::recovery::testing::Vault;

const POINTS: &str = "/replicationFabrics/westeurope/replicationProtectionContainers/westeurope-container/replicationProtectedItems/vm-web1/recoveryPoints";

#[test]
fn there_is_one_an_hour_as_long_as_the_policy_keeps_them() {
    let vault = Vault::new("rsv-dr");
    let list = vault.get(POINTS);
    let all = list["value"].as_array().cloned().unwrap_or_default();
    assert_eq!(all.len(), 24, "{list}");
    let newest = &all[0];
    assert_eq!(
        newest["properties"]["recoveryPointTime"],
        "2026-03-02T09:00:00.000Z"
    );
    assert_eq!(newest["properties"]["recoveryPointType"], "CrashConsistent");
    assert_eq!(all[1]["properties"]["recoveryPointType"], "AppConsistent");
    assert_eq!(
        newest["properties"]["providerSpecificDetails"]["instanceType"],
        "A2A"
    );
    let id = newest["id"].as_str().expect("an id");
    assert!(id.starts_with("/Subscriptions/"), "{id}");
    assert_eq!(vault.get(id), *newest);
    let oldest = all[23]["id"].as_str().expect("an id").to_owned();
    vault.shop.bench.advance(Duration::from_secs(3600));
    let later = vault.get(POINTS)["value"].clone();
    assert_eq!(later[1], *newest);
    vault.refused("GET", &oldest, None, (404, "ResourceNotFound"));
}
