//! Events of jobs, and their filter.

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;

fn found(vault: &Vault, filter: &str) -> Vec<Value> {
    let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    let seen = vault.get(&format!("/replicationEvents?$filter={filter}"));
    seen["value"].as_array().cloned().unwrap_or_default()
}

#[test]
fn every_end_of_a_job_is_an_event() {
    let vault = Vault::new("rsv-dr");
    vault.ending("replicationPolicies/p1", "Failed");
    let input = json!({ "instanceType": "A2A", "multiVmSyncStatus": "Enable" });
    let body = json!({ "properties": { "providerSpecificInput": input } });
    let job = vault.job("PUT", "/replicationPolicies/p1", Some(&body));
    assert_eq!(job["properties"]["state"], "Failed");
    let events = vault.get("/replicationEvents")["value"].clone();
    assert_eq!(events.as_array().map(Vec::len), Some(2));
    let newest = &events[0];
    assert_eq!(newest["properties"]["severity"], "Critical");
    let details = &newest["properties"]["eventSpecificDetails"];
    assert_eq!(details["jobId"], job["id"]);
    assert_eq!(details["jobStatus"], "Failed");
    let name = newest["name"].as_str().unwrap_or_default();
    assert_eq!(&vault.get(&format!("/replicationEvents/{name}")), newest);
    vault.refused(
        "GET",
        "/replicationEvents/none",
        None,
        (404, "ResourceNotFound"),
    );

    let check = |filter: &str, expected: usize| {
        assert_eq!(found(&vault, filter).len(), expected, "{filter}");
    };
    check("Severity eq 'Critical'", 1);
    check("Severity eq 'Critical,OK' and EventType eq 'JobStatus'", 2);
    check("FabricName eq 'WestEurope'", 1);
    check("FabricName eq 'other'", 0);
    check("StartTime eq '2026-03-02T00:00:00Z'", 1);
    check("EndTime eq '2026-03-02T00:00:00Z'", 1);
    for wrong in [
        "JobName eq 'a'",
        "StartTime eq 'then'",
        "Severity eq Critical",
    ] {
        let filter: String = url::form_urlencoded::byte_serialize(wrong.as_bytes()).collect();
        let path = format!("/replicationEvents?$filter={filter}");
        vault.refused("GET", &path, None, (400, "InvalidFilterInQueryString"));
    }
}
