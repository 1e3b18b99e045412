//! What the shop's group holds of Microsoft.Compute: machines that run, and a disk that nobody uses.

use serde_json::{Value, json};

use crate::sandbox::arm::seed::Seed;
use crate::sandbox::store::Tx;

/// Puts it there; the network interfaces come before.
pub(in crate::sandbox::arm) fn fill(seed: &Seed<'_>, tx: &mut Tx<'_>) {
    let mut put = |what: &str, body: Value| {
        seed.put(tx, &format!("Microsoft.Compute/{what}"), body);
    };
    put(
        "availabilitySets/as-web",
        json!({ "location": "westeurope", "sku": { "name": "Aligned" } }),
    );
    put(
        "disks/disk-spare",
        json!({
            "location": "westeurope",
            "sku": { "name": "StandardSSD_LRS" },
            "properties": { "creationData": { "createOption": "Empty" }, "diskSizeGB": 64 },
        }),
    );
    let network = |nic: &str| {
        let id = seed.id(&format!("Microsoft.Network/networkInterfaces/{nic}"));
        json!({ "networkInterfaces": [{ "id": id, "properties": { "primary": true } }] })
    };
    let key = json!({
        "path": "/home/fabadmin/.ssh/authorized_keys",
        "keyData": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEZhYnJpa2FtU2FuZGJveFNlZWRLZXlPZldlYjAx fabadmin",
    });
    put(
        "virtualMachines/vm-web1",
        json!({ "location": "westeurope", "tags": { "idle": "no" }, "properties": {
            "hardwareProfile": { "vmSize": "Standard_B2s" },
            "storageProfile": storage(json!({ "publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest" }), "vm-web1"),
            "osProfile": {
                "computerName": "vm-web1",
                "adminUsername": "fabadmin",
                "linuxConfiguration": { "disablePasswordAuthentication": true, "ssh": { "publicKeys": [key] } },
            },
            "networkProfile": network("nic-web1"),
        } }),
    );
    put(
        "virtualMachines/vm-batch1",
        json!({ "location": "westeurope", "tags": { "idle": "yes" }, "properties": {
            "hardwareProfile": { "vmSize": "Standard_D2s_v5" },
            "storageProfile": storage(json!({ "publisher": "MicrosoftWindowsServer", "offer": "WindowsServer", "sku": "2022-datacenter-azure-edition", "version": "latest" }), "vm-batch1"),
            "osProfile": { "computerName": "vm-batch1", "adminUsername": "fabadmin", "adminPassword": "Sandbox-Seed-4711" },
            "networkProfile": network("nic-batch1"),
        } }),
    );
}

fn storage(image: Value, machine: &str) -> Value {
    json!({
        "imageReference": image,
        "osDisk": {
            "name": format!("{machine}-os"),
            "createOption": "FromImage",
            "managedDisk": { "storageAccountType": "StandardSSD_LRS" },
        },
    })
}
