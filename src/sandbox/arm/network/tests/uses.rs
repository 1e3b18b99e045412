//! What is in use, and by whom.

use serde_json::json;

use super::{Net, space};
use crate::sandbox::arm::network::attach;
use crate::sandbox::arm::tests::refused;
use crate::sandbox::store::key;

#[test]
fn what_is_in_use_stays() {
    let net = Net::new();
    net.net();
    net.made("networkSecurityGroups/g", &json!({ "securityRules": [] }));
    let bound = json!({ "addressPrefix": "10.7.1.0/24", "networkSecurityGroup": { "id": net.id("networkSecurityGroups/g") } });
    net.made("virtualNetworks/v/subnets/web", &bound);
    net.made(
        "publicIPAddresses/p",
        &json!({ "publicIPAllocationMethod": "Static" }),
    );
    let address = json!({ "publicIPAddress": { "id": net.id("publicIPAddresses/p") } });
    assert_eq!(net.nic("n", &address).status, 201);
    let subnet = net.get("virtualNetworks/v/subnets/web");
    let configuration = net.id("networkInterfaces/n/ipConfigurations/one");
    assert_eq!(
        subnet["properties"]["ipConfigurations"],
        json!([{ "id": configuration }])
    );
    let shown = net.get("publicIPAddresses/p");
    assert_eq!(shown["properties"]["ipConfiguration"]["id"], configuration);
    let shown = net.get("networkSecurityGroups/g");
    assert_eq!(
        shown["properties"]["subnets"],
        json!([{ "id": subnet["id"] }])
    );
    for (what, code) in [
        ("virtualNetworks/v", "InUseSubnetCannotBeDeleted"),
        (
            "virtualNetworks/v/subnets/web",
            "InUseSubnetCannotBeDeleted",
        ),
        (
            "networkSecurityGroups/g",
            "InUseNetworkSecurityGroupCannotBeDeleted",
        ),
        ("publicIPAddresses/p", "PublicIPAddressCannotBeDeleted"),
    ] {
        assert_eq!(refused(&net.delete(what)), (400, code), "{what}");
    }
    let wipe = net.put("virtualNetworks/v", &space(&["10.7.0.0/16"], &[]));
    assert_eq!(refused(&wipe), (400, "InUseSubnetCannotBeDeleted"));
    let moved = json!({ "name": "web", "properties": { "addressPrefix": "10.7.9.0/24" } });
    let moved = net.put("virtualNetworks/v", &space(&["10.7.0.0/16"], &[moved]));
    assert_eq!(refused(&moved), (400, "InUsePrefixCannotBeDeleted"));
    net.bench
        .change(|tx| attach(tx, &net.id("networkInterfaces/n"), Some("/vm"), true));
    assert_eq!(
        refused(&net.delete("networkInterfaces/n")),
        (400, "NicInUse")
    );
    let nic = net.get("networkInterfaces/n");
    assert!(nic["properties"]["macAddress"].is_string(), "{nic}");
    net.bench
        .change(|tx| attach(tx, &net.id("networkInterfaces/n"), None, true));
    let gone = net.delete("networkInterfaces/n");
    assert_eq!((gone.status, gone.header("retry-after")), (202, "10"));
    assert!(!gone.header("location").is_empty() && !gone.header("azure-asyncoperation").is_empty());
    for what in [
        "publicIPAddresses/p",
        "virtualNetworks/v",
        "networkSecurityGroups/g",
    ] {
        assert_eq!(net.delete(what).status, 202, "{what}");
        assert_eq!(net.delete(what).status, 204, "{what}");
    }
    let left = net
        .bench
        .change(|tx| tx.arm.resources.under(&key(&[&net.root])).count());
    assert_eq!(left, 0);
}
