//! Azure Backup as its callers see it: vault `rsv-backup`, which saves `vm-web1`, and `rsv-empty`.

mod jobs;
mod lists;
mod property;
mod protect;
mod runs;
mod uses;

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::entra::seed::keep_alive;
use crate::sandbox::store::Trouble;
use crate::sandbox::testing::Seen;

/// Returns the path of an item of a machine of the shop.
pub(super) fn item(machine: &str) -> String {
    format!(
        "/backupFabrics/Azure/protectionContainers/IaasVMContainer;iaasvmcontainerv2;rg-shop;{machine}/protectedItems/VM;iaasvmcontainerv2;rg-shop;{machine}"
    )
}

/// Returns the id of a machine of the shop.
pub(super) fn machine(vault: &Vault, name: &str) -> String {
    format!(
        "{}/resourceGroups/rg-shop/providers/Microsoft.Compute/virtualMachines/{name}",
        vault.shop.root
    )
}

/// Returns the body that protects a machine by a policy of the vault.
pub(super) fn protection(vault: &Vault, name: &str, policy: &str) -> Value {
    json!({ "properties": {
        "protectedItemType": "Microsoft.Compute/virtualMachines",
        "sourceResourceId": machine(vault, name),
        "policyId": format!("{}/backupPolicies/{policy}", vault.path),
    } })
}

/// Moves the clock; however far, the caller stays signed in.
pub(super) fn wait(vault: &Vault, seconds: u64) {
    vault.shop.bench.advance(Duration::from_secs(seconds));
    vault.shop.bench.change(keep_alive);
}

/// Returns what an address of a header says now.
pub(super) fn look(vault: &Vault, seen: &Seen, header: &str) -> Seen {
    let path = seen.header(header).strip_prefix("http://127.0.0.1:1/arm");
    let path = path.unwrap_or_else(|| panic!("no {header}: {}", seen.json));
    vault.call("GET", path, None)
}

/// Follows a change until its operation has ended, and returns the status document.
pub(super) fn operation(vault: &Vault, seen: &Seen) -> Value {
    assert_eq!(seen.status, 202, "{}", seen.json);
    for _ in 0..10 {
        let status = look(vault, seen, "azure-asyncoperation");
        assert_eq!(status.status, 200, "{}", status.json);
        if status.json["status"] != "InProgress" {
            return status.json;
        }
        wait(vault, 10);
    }
    panic!("the operation does not end: {}", seen.json)
}

/// Follows a change to the end of its job, and returns the job's properties.
pub(super) fn job(vault: &Vault, seen: &Seen) -> Value {
    let status = operation(vault, seen);
    let id = status["properties"]["jobId"].as_str();
    let id = id.unwrap_or_else(|| panic!("no job: {status}"));
    for _ in 0..100 {
        let job = vault.get(&format!("/backupJobs/{id}"));
        let state = &job["properties"]["status"];
        if state != "InProgress" && state != "Cancelling" {
            return job["properties"].clone();
        }
        wait(vault, 30);
    }
    panic!("the job {id} does not end")
}

/// Does a change to the end of its job, which must end well.
pub(super) fn done(vault: &Vault, verb: &str, what: &str, body: Option<&Value>) -> Value {
    let job = job(vault, &vault.call(verb, what, body));
    assert_eq!(job["status"], "Completed", "{verb} {what}: {job}");
    job
}

/// Returns the properties of something that is there.
pub(super) fn properties(vault: &Vault, what: &str) -> Value {
    vault.get(what)["properties"].clone()
}

/// Returns the names of the rows of a list.
pub(super) fn names(vault: &Vault, what: &str) -> Vec<String> {
    let list = vault.get(what);
    let rows = list["value"].as_array().expect("a list").iter();
    rows.map(|row| row["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// Tells what is to go wrong.
pub(super) fn trouble(vault: &Vault, part: &str, kind: &str, times: Option<u32>) {
    vault.shop.bench.change(|tx| {
        let trouble = Trouble {
            part: part.to_owned(),
            kind: kind.to_owned(),
            times,
            since: None,
        };
        let number = tx.count("troubles");
        tx.recovery.troubles.put(&format!("{number:06}"), trouble);
    });
}
