//! The whole life of a machine, by one vault, in virtual time.

use serde_json::{Value, json};

use super::*;

/// Does a change to the end of its job without looking in between, which is in that state.
fn done(vault: &Vault, verb: &str, what: &str, body: Option<&Value>, state: &str) {
    let seen = vault.call(verb, what, body);
    assert_eq!(seen.status, 202, "{verb} {what}: {}", seen.json);
    pass(vault, 10);
    let location = seen.header("location").split('?').next();
    let job = location.and_then(|path| path.rsplit('/').next());
    let job = vault.get(&format!("/replicationJobs/{}", job.expect("a job")));
    assert_eq!(job["properties"]["state"], state, "{verb} {what}: {job}");
}

/// Makes what a machine of Azure needs to be protected: two regions, a policy, a mapping.
fn stand_up(vault: &Vault) {
    for (region, container) in [("westeurope", WEST), ("northeurope", NORTH)] {
        let details = json!({ "instanceType": "Azure", "location": region });
        let body = json!({ "properties": { "customDetails": details } });
        let fabric = format!("/replicationFabrics/{region}");
        done(vault, "PUT", &fabric, Some(&body), "Succeeded");
        let body =
            json!({ "properties": { "providerSpecificInput": [{ "instanceType": "A2A" }] } });
        done(vault, "PUT", container, Some(&body), "Succeeded");
    }
    let input = json!({ "instanceType": "A2A", "multiVmSyncStatus": "Enable" });
    let body = json!({ "properties": { "providerSpecificInput": input } });
    let policy = "/replicationPolicies/24-hours";
    done(vault, "PUT", policy, Some(&body), "Succeeded");
    let body = json!({ "properties": {
        "policyId": format!("{}{policy}", vault.path),
        "targetProtectionContainerId": format!("{}{NORTH}", vault.path),
        "providerSpecificInput": { "instanceType": "A2A" },
    } });
    let mapping = format!("{WEST}/replicationProtectionContainerMappings/m1");
    done(vault, "PUT", &mapping, Some(&body), "Succeeded");
}

#[test]
fn a_machine_goes_all_the_way_and_back() {
    let vault = Vault::new("rsv-empty");
    stand_up(&vault);
    let item = format!("{WEST}/replicationProtectedItems/vm-batch1");
    let (source, replica) = (
        machine(&vault, "rg-shop", "vm-batch1"),
        machine(&vault, "rg-dr", "vm-batch1"),
    );
    done(&vault, "PUT", &item, Some(&batch(&vault)), "Succeeded");
    pass(&vault, 60);
    done(
        &vault,
        "POST",
        &format!("{item}/testFailover"),
        Some(&test_in(&network(&vault))),
        "Suspended",
    );
    done(
        &vault,
        "POST",
        &format!("{item}/testFailoverCleanup"),
        Some(&json!({ "properties": { "comments": "" } })),
        "Succeeded",
    );
    done(
        &vault,
        "POST",
        &format!("{item}/plannedFailover"),
        Some(&away()),
        "Succeeded",
    );
    done(
        &vault,
        "POST",
        &format!("{item}/failoverCommit"),
        None,
        "Succeeded",
    );
    done(
        &vault,
        "POST",
        &format!("{item}/reProtect"),
        None,
        "Succeeded",
    );
    let reverse = ["PlannedFailover", "TestFailover", "DisableProtection"];
    stands(&vault, &item, ["Protected", "Recovery", "None"], &reverse);
    vault.refused(
        "POST",
        &format!("{item}/plannedFailover"),
        Some(&away()),
        (400, "150010"),
    );
    refused(
        &vault,
        &item,
        "unplannedFailover",
        Some(&unplanned()),
        &reverse.join(", "),
    );
    pass(&vault, 60);
    done(
        &vault,
        "POST",
        &format!("{item}/plannedFailover"),
        Some(&back()),
        "Succeeded",
    );
    assert_eq!(
        (power(&vault, &source), power(&vault, &replica)),
        ("running".to_owned(), "deallocated".to_owned())
    );
    done(
        &vault,
        "POST",
        &format!("{item}/failoverCommit"),
        None,
        "Succeeded",
    );
    done(
        &vault,
        "POST",
        &format!("{item}/reProtect"),
        None,
        "Succeeded",
    );
    let forward = [
        "PlannedFailover",
        "UnplannedFailover",
        "DisableProtection",
        "TestFailover",
    ];
    stands(&vault, &item, ["Protected", "Primary", "None"], &forward);
    again(&vault, &item, &replica);
    take_down(&vault, &item);
    assert!(is_there(&vault, &source) && is_there(&vault, &replica));
}

/// Fails over once more: the replica is used again.
fn again(vault: &Vault, item: &str, replica: &str) {
    done(
        vault,
        "POST",
        &format!("{item}/plannedFailover"),
        Some(&away()),
        "Succeeded",
    );
    assert_eq!(power(vault, replica), "running");
}

/// Takes everything away again, the vault at last; in another order it is refused.
fn take_down(vault: &Vault, item: &str) {
    vault.refused(
        "POST",
        "/replicationFabrics/westeurope/remove",
        None,
        (409, "150041"),
    );
    vault.refused("POST", &format!("{WEST}/remove"), None, (409, "150044"));
    assert_eq!(vault.call("DELETE", "", None).status, 409);
    let mapping = format!("{WEST}/replicationProtectionContainerMappings/m1");
    for what in [item, mapping.as_str()] {
        let body = json!({ "properties": {} });
        done(
            vault,
            "POST",
            &format!("{what}/remove"),
            Some(&body),
            "Succeeded",
        );
    }
    for container in [WEST, NORTH] {
        done(
            vault,
            "POST",
            &format!("{container}/remove"),
            None,
            "Succeeded",
        );
    }
    for fabric in ["westeurope", "northeurope"] {
        done(
            vault,
            "POST",
            &format!("/replicationFabrics/{fabric}/remove"),
            None,
            "Succeeded",
        );
    }
    let policy = "/replicationPolicies/24-hours";
    done(vault, "DELETE", policy, None, "Succeeded");
    assert_eq!(vault.call("DELETE", "", None).status, 202);
    pass(vault, 10);
    assert_eq!(vault.call("GET", "", None).status, 404);
}
