//! What callers see of providers.

use std::time::Duration;

use serde_json::json;

use crate::sandbox::arm::recovery::testing::Vault;

const PROVIDER: &str =
    "/replicationFabrics/site-office/replicationRecoveryServicesProviders/hv-office";

#[test]
fn a_provider_is_heard_of_by_the_clock() {
    let vault = Vault::new("rsv-dr");
    let first = vault.get(PROVIDER);
    assert_eq!(first["properties"]["connectionStatus"], "Connected");
    assert_eq!(first["properties"]["fabricType"], "HyperVSite");
    vault.shop.bench.advance(Duration::from_secs(90));
    let then = vault.get(PROVIDER);
    let beat = |provider: &serde_json::Value| {
        let text = provider["properties"]["lastHeartBeat"].as_str();
        text.expect("a time").to_owned()
    };
    assert_ne!(beat(&then), beat(&first));
    let trouble = json!({ "match": "hv-office", "kind": "agent_unreachable" });
    vault.tell("troubles", &trouble);
    vault.shop.bench.advance(Duration::from_secs(600));
    let lost = vault.get(PROVIDER);
    assert_eq!(lost["properties"]["connectionStatus"], "Disconnected");
    assert_eq!(beat(&lost), beat(&then));
    let error = &lost["properties"]["healthErrorDetails"][0];
    assert_eq!(error["errorCode"], "150070");
    let site = vault.get("/replicationFabrics/site-office");
    assert_eq!(site["properties"]["health"], "Critical");
    let job = vault.job("POST", &format!("{PROVIDER}/refreshProvider"), None);
    assert_eq!(job["properties"]["state"], "Failed");
    let error = &job["properties"]["errors"][0]["serviceErrorDetails"];
    assert_eq!(error["code"], "150070", "{job}");
    let seen = vault.control("DELETE", "troubles", &json!(null));
    assert_eq!(seen.0, 200);
    let job = vault.job("POST", &format!("{PROVIDER}/refreshProvider"), None);
    assert_eq!(job["properties"]["state"], "Succeeded");
    assert_ne!(beat(&vault.get(PROVIDER)), beat(&lost));
}

#[test]
fn an_agent_brings_provider_container_and_machines() {
    let vault = Vault::new("rsv-empty");
    let body = json!({ "properties": {} });
    vault.job("PUT", "/replicationFabrics/site1", Some(&body));
    let list = "/replicationFabrics/site1/replicationRecoveryServicesProviders";
    assert_eq!(vault.get(list)["value"], json!([]));
    let agent = json!({
        "fabric": "/replicationFabrics/site1", "provider": "hv1", "container": "cloud1",
        "machines": ["vm-a"],
    });
    let shown = vault.tell("agents", &agent);
    assert_eq!(shown["properties"]["connectionStatus"], "Connected");
    vault.tell("agents", &agent);
    let seen = vault.get(list);
    assert_eq!(seen["value"][0]["id"], shown["id"]);
    assert_eq!(seen["value"][1], json!(null));
    let provider = format!("{list}/hv1");
    let begun = vault.call("POST", &format!("{provider}/remove"), None);
    let mapping = "/replicationFabrics/site1/replicationProtectionContainers/cloud1/replicationProtectionContainerMappings/m1";
    let body = json!({ "properties": { "policyId": "p", "targetProtectionContainerId": "t" } });
    vault.refused("PUT", mapping, Some(&body), (409, "150049"));
    vault.follow(&begun);
    let containers = vault.get("/replicationProtectionContainers");
    assert_eq!(containers["value"], json!([]));
    let seen = vault.call("POST", &format!("{provider}/remove"), None);
    assert_eq!(seen.status, 204);
    let seen = vault.call("POST", &format!("{provider}/refreshProvider"), None);
    assert_eq!(seen.status, 404);
    vault.job("POST", "/replicationFabrics/site1/remove", None);
}

#[test]
fn an_agent_registers_with_a_site_alone() {
    let vault = Vault::new("rsv-dr");
    for fabric in ["/replicationfabrics/westeurope", "/replicationFabrics/none"] {
        let agent = json!({ "fabric": fabric, "provider": "p", "container": "c" });
        assert_eq!(vault.control("POST", "agents", &agent).0, 404, "{fabric}");
    }
}

#[test]
fn a_provider_stays_while_its_container_is_mapped() {
    let vault = Vault::new("rsv-dr");
    let remove = format!("{PROVIDER}/remove");
    let error = vault.refused("POST", &remove, None, (409, "150044"));
    let causes = &error["error"]["details"][0]["possibleCauses"];
    assert_eq!(causes, "It is used by office-to-azure.");
    let all = vault.get("/replicationRecoveryServicesProviders");
    assert_eq!(all["value"].as_array().map(Vec::len), Some(2));
}
