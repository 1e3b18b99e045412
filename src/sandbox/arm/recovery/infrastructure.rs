//! What a fresh vault of Site Recovery stands on: regions and sites, their containers, policies and
//! mappings.

use serde_json::{Value, json};

use super::providers::{self, Registration};
use super::{containers, fabrics, mappings, object, policies};
use crate::sandbox::arm::id::Id;
use crate::sandbox::store::Tx;

/// Fills a vault; `cache` is the id of a storage account.
pub(super) fn fill(tx: &mut Tx<'_>, vault: &str, cache: &str) {
    regions(tx, vault);
    office(tx, vault, cache);
    vmware(tx, vault);
    migration(tx, vault, cache);
}

/// Two regions of Azure that replicate to each other.
fn regions(tx: &mut Tx<'_>, vault: &str) {
    let mut region = |name: &str| {
        let details = json!({ "instanceType": "Azure", "location": name });
        let fabric = fabrics::fill(tx, vault, name, details);
        containers::fill(tx, &fabric, &format!("{name}-container"))
    };
    let (west, north) = (region("westeurope"), region("northeurope"));
    let policy = json!({
        "instanceType": "A2A",
        "recoveryPointHistory": 1440,
        "crashConsistentFrequencyInMinutes": 5,
        "appConsistentFrequencyInMinutes": 240,
        "multiVmSyncStatus": "Enable",
    });
    let policy = policies::fill(tx, vault, "24-hours", policy);
    for (from, name, to) in [
        (&west, "west-to-north", &north),
        (&north, "north-to-west", &west),
    ] {
        let input = json!({ "instanceType": "A2A", "agentAutoUpdateStatus": "Disabled" });
        let to = object::shown_id(to);
        mappings::fill(tx, (from, name), &policy, (&to, input));
    }
}

/// An office with Hyper-V: its server has registered and found two machines.
fn office(tx: &mut Tx<'_>, vault: &str, cache: &str) {
    let details = json!({ "instanceType": "HyperVSite", "hyperVHosts": [] });
    let site = fabrics::fill(tx, vault, "site-office", details);
    registered(
        tx,
        &site,
        ["hv-office", "cloud-office"],
        &["vm-erp", "vm-files"],
    );
    let policy = json!({
        "instanceType": "HyperVReplicaAzure",
        "recoveryPointHistoryDuration": 24,
        "applicationConsistentSnapshotFrequencyInHours": 4,
        "replicationInterval": 300,
        "storageAccounts": [cache],
    });
    let policy = policies::fill(tx, vault, "hyperv-15min", policy);
    let cloud = containers::id(&site, "cloud-office");
    let input = json!({ "instanceType": "HyperVReplicaAzure" });
    to_azure(tx, (&cloud, "office-to-azure"), &policy, input);
}

/// An office with `VMware`: its configuration server has registered.
fn vmware(tx: &mut Tx<'_>, vault: &str) {
    let details = json!({ "instanceType": "VMware" });
    let site = fabrics::fill(tx, vault, "vmware-office", details);
    registered(tx, &site, ["cs-office", "vmware-container"], &["vm-crm"]);
}

/// A site that is migrated to Azure.
fn migration(tx: &mut Tx<'_>, vault: &str, cache: &str) {
    let details = json!({ "instanceType": "VMwareV2" });
    let site = fabrics::fill(tx, vault, "migrate-office", details);
    let container = containers::fill(tx, &site, "migrate-container");
    let policy = json!({
        "instanceType": "VMwareCbt",
        "recoveryPointHistoryInMinutes": 1440,
        "crashConsistentFrequencyInMinutes": 60,
        "appConsistentFrequencyInMinutes": 240,
    });
    let policy = policies::fill(tx, vault, "migrate-policy", policy);
    let input = json!({
        "instanceType": "VMwareCbt",
        "storageAccountId": cache,
        "targetLocation": "westeurope",
    });
    to_azure(tx, (&container, "migrate-to-azure"), &policy, input);
}

fn registered(tx: &mut Tx<'_>, site: &Id, [provider, container]: [&str; 2], machines: &[&str]) {
    let new = Registration {
        fabric: site.text(),
        provider: provider.to_owned(),
        container: container.to_owned(),
        machines: machines.iter().map(|name| (*name).to_owned()).collect(),
    };
    providers::register(tx, &new).expect("the seed is what the sandbox takes");
}

fn to_azure(tx: &mut Tx<'_>, which: (&Id, &str), policy: &Id, input: Value) {
    mappings::fill(tx, which, policy, (mappings::AZURE, input));
}
