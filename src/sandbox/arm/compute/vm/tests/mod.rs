//! Machines as a caller sees them.

mod life;
mod refusals;
mod storage;

use serde_json::{Value, json};

use crate::sandbox::arm::testing::Shop;

/// The password of every machine here.
const PASSWORD: &str = "Marker-4711-Kennwort";

/// A Linux machine with one network interface.
fn linux(shop: &Shop, interface: &str) -> Value {
    json!({
        "location": "westeurope",
        "tags": { "idle": "no" },
        "properties": {
            "hardwareProfile": { "vmSize": "standard_b2s" },
            "storageProfile": {
                "imageReference": { "publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest" },
                "osDisk": { "createOption": "FromImage", "managedDisk": { "storageAccountType": "StandardSSD_LRS" } },
            },
            "osProfile": {
                "computerName": "vm1",
                "adminUsername": "fabadmin",
                "linuxConfiguration": {
                    "disablePasswordAuthentication": true,
                    "ssh": { "publicKeys": [{ "path": "/home/fabadmin/.ssh/authorized_keys", "keyData": "ssh-ed25519 AAAA demo" }] },
                },
            },
            "networkProfile": { "networkInterfaces": [{ "id": shop.id(&format!("Microsoft.Network/networkInterfaces/{interface}")), "properties": { "primary": true } }] },
        },
    })
}

/// A Windows machine.
fn windows(shop: &Shop, interface: &str) -> Value {
    let mut body = linux(shop, interface);
    body["properties"]["storageProfile"]["imageReference"] = json!({ "publisher": "MicrosoftWindowsServer", "offer": "WindowsServer", "sku": "2022-datacenter-azure-edition", "version": "latest" });
    body["properties"]["osProfile"] =
        json!({ "computerName": "win1", "adminUsername": "fabadmin", "adminPassword": PASSWORD });
    body
}

const ONE: &str = "Microsoft.Compute/virtualMachines/vm1";

/// Returns a subscription with free network interfaces `n1` to `n3`.
fn shop() -> Shop {
    let shop = Shop::new();
    shop.interfaces(&["n1", "n2", "n3"], "westeurope");
    shop
}

/// Returns the codes of the states of a machine.
fn states(shop: &Shop, machine: &str) -> Vec<String> {
    let view = shop.get(&format!("{machine}/instanceView"));
    let all = view["statuses"].as_array().expect("states").iter();
    all.map(|one| one["code"].as_str().unwrap_or_default().to_owned())
        .collect()
}
