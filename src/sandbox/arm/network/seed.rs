//! What the shop's group holds of Microsoft.Network.

use serde_json::{Value, json};

use crate::sandbox::arm::seed::Seed;
use crate::sandbox::store::Tx;

/// Puts it there.
pub(in crate::sandbox::arm) fn fill(seed: &Seed<'_>, tx: &mut Tx<'_>) {
    let id = |what: &str| json!({ "id": seed.id(&format!("Microsoft.Network/{what}")) });
    let (web, data) = (
        id("virtualNetworks/vnet-shop/subnets/web"),
        id("virtualNetworks/vnet-shop/subnets/data"),
    );
    let mut put = |what: &str, body: Value| {
        seed.put(tx, &format!("Microsoft.Network/{what}"), body);
    };
    put(
        "networkSecurityGroups/nsg-web",
        json!({ "location": "westeurope", "properties": { "securityRules": [
            { "name": "allow-http", "properties": rule("80", 100) },
            { "name": "allow-ssh", "properties": rule("22", 110) },
        ] } }),
    );
    put(
        "virtualNetworks/vnet-shop",
        json!({ "location": "westeurope", "properties": {
            "addressSpace": { "addressPrefixes": ["10.10.0.0/16"] },
            "subnets": [
                { "name": "web", "properties": {
                    "addressPrefix": "10.10.1.0/24",
                    "networkSecurityGroup": id("networkSecurityGroups/nsg-web"),
                } },
                { "name": "data", "properties": { "addressPrefix": "10.10.2.0/24" } },
            ],
        } }),
    );
    put(
        "publicIPAddresses/pip-web1",
        json!({
            "location": "westeurope",
            "sku": { "name": "Standard" },
            "properties": { "publicIPAllocationMethod": "Static" },
        }),
    );
    let inside = |subnet: Value| json!({ "subnet": subnet });
    let mut outside = inside(web);
    outside["publicIPAddress"] = id("publicIPAddresses/pip-web1");
    for (nic, properties) in [("nic-web1", outside), ("nic-batch1", inside(data))] {
        put(
            &format!("networkInterfaces/{nic}"),
            json!({ "location": "westeurope", "properties": {
                "ipConfigurations": [{ "name": "ipconfig1", "properties": properties }],
            } }),
        );
    }
}

fn rule(port: &str, priority: u32) -> Value {
    json!({
        "protocol": "Tcp",
        "sourceAddressPrefix": "*",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": port,
        "access": "Allow",
        "direction": "Inbound",
        "priority": priority,
    })
}
