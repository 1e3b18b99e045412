//! What callers see of fabrics.

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;

fn azure(location: &str) -> Value {
    json!({ "properties": { "customDetails": { "instanceType": "Azure", "location": location } } })
}

fn names(vault: &Vault, list: &str) -> Vec<String> {
    let list = vault.get(list);
    let all = list["value"].as_array().expect("a list").iter();
    all.map(|one| one["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_fresh_vault_stands_on_regions_and_sites() {
    let vault = Vault::new("rsv-dr");
    let expected = [
        "migrate-office",
        "northeurope",
        "site-office",
        "vmware-office",
        "westeurope",
    ];
    assert_eq!(names(&vault, "/replicationFabrics"), expected);
    let fabric = vault.get("/replicationFabrics/westeurope");
    let properties = &fabric["properties"];
    assert_eq!(properties["health"], "Normal");
    assert_eq!(properties["customDetails"]["location"], "westeurope");
    let container = vault
        .get("/replicationFabrics/westeurope/replicationProtectionContainers/westeurope-container");
    assert_eq!(
        properties["customDetails"]["containerIds"],
        json!([container["id"]])
    );
    assert_eq!(container["properties"]["pairingStatus"], "Paired");
    let mapping = vault.get("/replicationFabrics/westeurope/replicationProtectionContainers/westeurope-container/replicationProtectionContainerMappings/west-to-north");
    let properties = &mapping["properties"];
    assert_eq!(properties["policyFriendlyName"], "24-hours");
    assert_eq!(properties["targetFabricFriendlyName"], "northeurope");
    assert_eq!(properties["state"], "Paired");
    let expected = ["24-hours", "hyperv-15min", "migrate-policy"];
    assert_eq!(names(&vault, "/replicationPolicies"), expected);
    let expected = [
        "migrate-to-azure",
        "north-to-west",
        "office-to-azure",
        "west-to-north",
    ];
    let mut seen = names(&vault, "/replicationProtectionContainerMappings");
    seen.sort();
    assert_eq!(seen, expected);
}

#[test]
fn a_fabric_is_of_a_kind() {
    let vault = Vault::new("rsv-empty");
    vault.job(
        "PUT",
        "/replicationFabrics/west",
        Some(&azure("West Europe")),
    );
    let fabric = vault.get("/replicationFabrics/west");
    let details = &fabric["properties"]["customDetails"];
    assert_eq!(details["location"], "westeurope");
    assert_eq!(details["containerIds"], json!([]));
    assert_eq!(fabric["properties"]["bcdrState"], "Valid");
    let empty = json!({ "properties": {} });
    let job = vault.job("PUT", "/replicationFabrics/site", Some(&empty));
    assert_eq!(job["properties"]["targetObjectName"], "site");
    let site = vault.get("/replicationFabrics/site");
    let details = &site["properties"]["customDetails"];
    assert_eq!(details["instanceType"], "HyperVSite");
    for kind in ["VMM", "VMware", "VMwareV2"] {
        let path = format!("/replicationFabrics/{kind}");
        let body = json!({ "properties": { "customDetails": { "instanceType": kind } } });
        vault.job("PUT", &path, Some(&body));
        let made = vault.get(&path);
        assert_eq!(made["properties"]["customDetails"]["instanceType"], kind);
    }
    let identity = json!({
        "tenantId": "t", "applicationId": "a", "objectId": "o", "audience": "u",
        "aadAuthority": "https://login.example",
    });
    let details = json!({
        "instanceType": "InMageRcm", "vmwareSiteId": "v", "physicalSiteId": "p",
        "sourceAgentIdentity": identity,
    });
    let body = json!({ "properties": { "customDetails": details } });
    vault.job("PUT", "/replicationFabrics/rcm", Some(&body));
    vault.job("POST", "/replicationFabrics/west/checkConsistency", None);
}

#[test]
fn a_wrong_fabric_is_refused_with_a_diagnosis() {
    let vault = Vault::new("rsv-dr");
    let details = |details: Value| json!({ "properties": { "customDetails": details } });
    for wrong in [
        details(json!({ "instanceType": "Nebula" })),
        details(json!({ "location": "westeurope" })),
        details(json!({ "instanceType": "Azure" })),
        details(json!({ "instanceType": "InMageRcm", "vmwareSiteId": "v" })),
    ] {
        let what = "/replicationFabrics/new";
        let error = vault.refused("PUT", what, Some(&wrong), (400, "InvalidParameter"));
        let detail = &error["error"]["details"][0];
        assert!(detail["activityId"].is_string(), "{error}");
        assert!(detail["recommendedAction"].is_string(), "{error}");
    }
    let body = azure("mars");
    let expected = (400, "LocationNotAvailableForResourceType");
    vault.refused("PUT", "/replicationFabrics/new", Some(&body), expected);
    let body = azure("northeurope");
    let expected = (409, "150042");
    vault.refused(
        "PUT",
        "/replicationFabrics/westeurope",
        Some(&body),
        expected,
    );
    let body = azure("westeurope");
    vault.job("PUT", "/replicationFabrics/westeurope", Some(&body));
}

#[test]
fn a_fabric_goes_when_nothing_stands_in_it() {
    let vault = Vault::new("rsv-dr");
    for (verb, what) in [
        ("POST", "/replicationFabrics/westeurope/remove"),
        ("DELETE", "/replicationFabrics/westeurope"),
        ("POST", "/replicationFabrics/site-office/remove"),
    ] {
        let error = vault.refused(verb, what, None, (409, "150041"));
        let causes = &error["error"]["details"][0]["possibleCauses"];
        let causes = causes.as_str().unwrap_or_default();
        assert!(causes.contains("westeurope-container") || causes.contains("hv-office"));
    }
    let what = "/replicationFabrics/site-office";
    vault.refused("DELETE", what, None, (409, "150044"));
    vault.job("DELETE", "/replicationFabrics/vmware-office", None);
    let list = vault.get("/replicationRecoveryServicesProviders");
    assert_eq!(list["value"].as_array().map(Vec::len), Some(1));
    let other = Vault::new("rsv-empty");
    let body = azure("westeurope");
    other.job("PUT", "/replicationFabrics/west", Some(&body));
    let job = other.job("POST", "/replicationFabrics/west/remove", None);
    assert_eq!(job["properties"]["state"], "Succeeded");
    for (verb, what) in [
        ("GET", "/replicationFabrics/west"),
        ("POST", "/replicationFabrics/west/checkConsistency"),
    ] {
        assert_eq!(other.call(verb, what, None).status, 404);
    }
    for (verb, what) in [
        ("POST", "/replicationFabrics/west/remove"),
        ("DELETE", "/replicationFabrics/west"),
    ] {
        assert_eq!(other.call(verb, what, None).status, 204);
    }
}

#[test]
fn one_job_at_a_time_changes_a_fabric() {
    let vault = Vault::new("rsv-empty");
    let body = azure("westeurope");
    let begun = vault.call("PUT", "/replicationFabrics/west", Some(&body));
    let what = "/replicationFabrics/west";
    assert_eq!(vault.call("GET", what, None).status, 404);
    vault.refused("PUT", what, Some(&body), (409, "150026"));
    vault.follow(&begun);
    let container = "/replicationFabrics/west/replicationProtectionContainers/c1";
    let begun = vault.call("PUT", container, None);
    assert_eq!(begun.status, 202, "{}", begun.json);
    let remove = "/replicationFabrics/west/remove";
    vault.refused("POST", remove, None, (409, "150026"));
    vault.follow(&begun);
    vault.job("POST", &format!("{container}/remove"), None);
    let begun = vault.call("POST", remove, None);
    vault.refused("PUT", container, None, (409, "150026"));
    vault.follow(&begun);
    let location = begun.header("location").split_once("/arm");
    let (_, location) = location.expect("an address of the resource manager");
    assert_eq!(vault.call("GET", location, None).status, 204);
    assert_eq!(vault.call("PUT", container, None).status, 404);
}
