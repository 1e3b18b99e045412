//! The machine that is being migrated in the vault `rsv-dr`.

use std::time::Duration;

use serde_json::json;

use super::course::Course;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::arm::seed::Seed;
use crate::sandbox::store::Tx;

/// How long it has been replicating.
const AGE: Duration = Duration::from_secs(3 * 86_400);

/// Puts it into its container, which is there with its policy and its mapping.
pub(in crate::sandbox::arm::recovery) fn fill(tx: &mut Tx<'_>, seed: &Seed<'_>, vault: &str) {
    let vault = Id::parse(vault).expect("a seeded id");
    let id = vault
        .child("replicationFabrics", "migrate-office")
        .child("replicationProtectionContainers", "migrate-container")
        .child("replicationMigrationItems", "vm-legacy");
    let policy = vault.child("replicationPolicies", "migrate-policy");
    let network = seed.id("Microsoft.Network/virtualNetworks/vnet-shop");
    let group = network.split("/providers/").next().unwrap_or_default();
    let kept = json!({
        "machineName": "vm-legacy",
        "policyId": object::shown_id(&policy),
        "targetLocation": "westeurope",
        "providerSpecificDetails": {
            "instanceType": "VMwareCbt",
            "vmwareMachineId": "vm-legacy",
            "dataMoverRunAsAccountId": "1",
            "snapshotRunAsAccountId": "1",
            "userSelectedOSName": "Windows Server 2016",
            "disksToInclude": [{
                "diskId": "6000C29e-0001-4000-8000-000000000001",
                "isOSDisk": "true",
                "diskType": "Standard_LRS",
                "diskSizeInGB": 40,
                "logStorageAccountId": seed.id_in("rg-recovery", "Microsoft.Storage/storageAccounts/stfabcache01"),
                "logStorageAccountSasSecretName": "cache-sas",
            }],
            "targetVmName": "vm-legacy",
            "targetVmSize": "Standard_B2s",
            "targetResourceGroupId": group,
            "targetNetworkId": network,
            "targetSubnetName": "web",
            "testNetworkId": network,
            "testSubnetName": "data",
        },
    });
    object::plant(tx, &id, kept, json!({}));
    let since = tx.now().checked_sub(AGE).unwrap_or_else(|_| tx.now());
    Course::since(since).keep(tx, &id.key());
}
