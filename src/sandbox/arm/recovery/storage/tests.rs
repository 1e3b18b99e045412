use serde_json::json;

use crate::sandbox::arm::recovery::testing::Vault;

const SSD: &str = "/replicationFabrics/site-office/replicationStorageClassifications/office-ssd";
const MAP: &str = "replicationStorageClassificationMappings";

#[test]
fn classifications_are_listed_below_their_site_and_for_the_vault() {
    let vault = Vault::new("rsv-dr");
    let one = vault.get(SSD);
    assert_eq!(one["properties"]["friendlyName"], "Office SSD");
    for list in [
        "/replicationStorageClassifications",
        "/replicationFabrics/site-office/replicationStorageClassifications",
    ] {
        let seen = vault.get(list);
        assert_eq!(seen["value"].as_array().map(Vec::len), Some(2), "{list}");
    }
    let none = vault.get("/replicationFabrics/westeurope/replicationStorageClassifications");
    assert_eq!(none["value"], json!([]));
}

#[test]
fn a_mapping_is_made_and_taken_away_by_jobs() {
    let vault = Vault::new("rsv-dr");
    let target = vault.get(&SSD.replace("ssd", "hdd"))["id"].clone();
    let body = json!({ "properties": { "targetStorageClassificationId": target } });
    let one = format!("{SSD}/{MAP}/m1");
    let seen = vault.call("PUT", &one, Some(&body));
    assert_eq!(seen.status, 202);
    assert_eq!(vault.call("GET", &one, None).status, 404);
    vault.refused("DELETE", &one, None, (409, "150026"));
    vault.follow(&seen);
    let made = vault.get(&one);
    assert_eq!(made["properties"]["targetStorageClassificationId"], target);
    assert_eq!(vault.get(&format!("{SSD}/{MAP}"))["value"][0], made);
    vault.job("DELETE", &one, None);
    assert_eq!(vault.call("DELETE", &one, None).status, 204);
}

#[test]
fn a_target_must_be_there_and_be_another_one() {
    let vault = Vault::new("rsv-dr");
    let one = format!("{SSD}/{MAP}/m1");
    let own = vault.get(SSD)["id"].as_str().expect("an id").to_owned();
    for (target, code) in [
        (json!(format!("{own}-none")), "150003"),
        (json!(own), "150002"),
        (
            json!(vault.get("/replicationNetworks")["value"][0]["id"]),
            "150003",
        ),
        (json!(null), "150001"),
        (json!(1), "150002"),
    ] {
        let body = json!({ "properties": { "targetStorageClassificationId": target } });
        vault.refused("PUT", &one, Some(&body), (400, code));
    }
    let lost = one.replace("office-ssd", "other");
    let body = json!({ "properties": { "targetStorageClassificationId": own } });
    vault.refused("PUT", &lost, Some(&body), (404, "ResourceNotFound"));
}
