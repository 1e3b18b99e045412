//! Public addresses, and private ones of network interfaces.

use std::time::Duration;

use serde_json::json;

use super::{Net, VERSION};
use crate::sandbox::arm::network::{attach, power};
use crate::sandbox::arm::tests::{call, refused};
use crate::sandbox::testing::Seen;

#[test]
fn a_public_address_is_static_or_comes_with_its_machine() {
    let net = Net::new();
    net.net();
    let label = |label: &str| json!({ "dnsSettings": { "domainNameLabel": label } });
    let dynamic = net.made("publicIPAddresses/d", &label("shop"));
    assert_eq!(dynamic["sku"]["name"], "Basic");
    assert_eq!(
        dynamic["properties"]["dnsSettings"]["fqdn"],
        "shop.westeurope.cloudapp.azure.com"
    );
    assert!(
        dynamic["properties"].get("ipAddress").is_none(),
        "{dynamic}"
    );
    assert_eq!(
        refused(&net.put("publicIPAddresses/e", &label("shop"))),
        (400, "DnsRecordInUse")
    );
    assert_eq!(
        refused(&net.put("publicIPAddresses/e", &label("Shop"))),
        (400, "InvalidDomainNameLabel")
    );
    let standard = |method: &str| json!({ "location": "westeurope", "sku": { "name": "Standard" }, "properties": { "publicIPAllocationMethod": method } });
    let seen = net.send("PUT", "publicIPAddresses/s", Some(&standard("Dynamic")));
    assert_eq!(
        refused(&seen),
        (400, "PublicIPAddressAllocationMethodNotSupportedForSku")
    );
    let seen = net.send("PUT", "publicIPAddresses/s", Some(&standard("Static")));
    let address = seen.json["properties"]["ipAddress"].clone();
    assert!(address.is_string(), "{}", seen.json);
    net.bench.advance(Duration::from_secs(6));
    let again = net.send("PUT", "publicIPAddresses/s", Some(&standard("Static")));
    assert_eq!(again.json["properties"]["ipAddress"], address);
    net.bench.advance(Duration::from_secs(6));
    let basic = net.put(
        "publicIPAddresses/s",
        &json!({ "publicIPAllocationMethod": "Static" }),
    );
    assert_eq!(
        refused(&basic),
        (400, "PublicIPAddressPropertyCannotBeChanged")
    );
    let outside = json!({ "publicIPAddress": { "id": net.id("publicIPAddresses/d") } });
    assert_eq!(net.nic("n", &outside).status, 201);
    assert_eq!(
        refused(&net.nic("m", &outside)),
        (400, "PublicIPAddressInUse")
    );
    assert_eq!(net.nic("n", &outside).status, 200);
    let nic = net.id("networkInterfaces/n");
    for (change, has) in [
        (
            (|tx, nic| attach(tx, nic, Some("/vm"), true))
                as fn(&mut crate::sandbox::store::Tx<'_>, &str),
            true,
        ),
        (|tx, nic| power(tx, nic, false), false),
        (|tx, nic| power(tx, nic, true), true),
        (|tx, nic| attach(tx, nic, None, true), false),
    ] {
        net.bench.change(|tx| change(tx, &nic));
        let now = net.get("publicIPAddresses/d");
        assert_eq!(now["properties"]["ipAddress"].is_string(), has, "{now}");
    }
    assert_eq!(net.nic("n", &json!({})).status, 200);
    assert_eq!(net.delete("publicIPAddresses/d").status, 202);
}

#[test]
fn private_addresses_are_of_the_subnet_and_given_once() {
    let net = Net::new();
    net.net();
    let private = |seen: &Seen| {
        seen.json["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"].clone()
    };
    let fixed = |address: &str| json!({ "privateIPAllocationMethod": "Static", "privateIPAddress": address });
    assert_eq!(private(&net.nic("a", &json!({}))), "10.7.1.4");
    assert_eq!(private(&net.nic("b", &fixed("10.7.1.5"))), "10.7.1.5");
    assert_eq!(private(&net.nic("c", &json!({}))), "10.7.1.6");
    assert_eq!(private(&net.nic("a", &json!({}))), "10.7.1.4");
    for (more, code) in [
        (fixed("10.7.1.5"), "PrivateIPAddressInUse"),
        (fixed("10.7.2.5"), "PrivateIPAddressNotInSubnet"),
        (fixed("10.7.1.1"), "PrivateIPAddressInReservedRange"),
        (fixed("10.7.1"), "InvalidIPAddressFormat"),
        (
            json!({ "privateIPAllocationMethod": "Static" }),
            "PrivateIPAddressIsRequired",
        ),
        (
            json!({ "privateIPAllocationMethod": "Any" }),
            "InvalidParameter",
        ),
        (
            json!({ "privateIPAddressVersion": "IPv6" }),
            "SubnetDoesNotSupportAddressVersion",
        ),
        (json!({ "subnet": null }), "SubnetIsRequired"),
        (
            json!({ "subnet": { "id": "web" } }),
            "LinkedInvalidPropertyId",
        ),
        (
            json!({ "subnet": { "id": net.id("virtualNetworks/v/subnets/no") } }),
            "InvalidResourceReference",
        ),
        (
            json!({ "publicIPAddress": { "id": net.id("publicIPAddresses/no") } }),
            "InvalidResourceReference",
        ),
    ] {
        let seen = net.nic("d", &more);
        assert_eq!(refused(&seen), (400, code), "{more}: {}", seen.json);
    }
    let none = net.put("networkInterfaces/d", &json!({ "ipConfigurations": [] }));
    assert_eq!(
        refused(&none),
        (400, "NetworkInterfaceHasNoIpConfiguration")
    );
    let other = net.send("PUT", "networkInterfaces/d", Some(&json!({ "location": "westus", "properties": {
        "ipConfigurations": [{ "name": "one", "properties": { "subnet": { "id": net.id("virtualNetworks/v/subnets/web") } } }] } })));
    assert_eq!(refused(&other), (400, "InvalidResourceReference"));
    let ask = |address: &str| {
        let path = net.id("virtualNetworks/v/checkIPAddressAvailability");
        call(
            &net.bench,
            "GET",
            &format!("{path}?ipAddress={address}&{VERSION}"),
            None,
        )
    };
    assert_eq!(ask("10.7.1.7").json["available"], true);
    let taken = ask("10.7.1.5").json;
    assert_eq!(
        (&taken["available"], &taken["availableIPAddresses"][0]),
        (&json!(false), &json!("10.7.1.7"))
    );
    assert_eq!(refused(&ask("x")), (400, "InvalidIPAddressFormat"));
    let usages = net.get("virtualNetworks/v/usages");
    let one = &usages["value"][0];
    assert_eq!(
        (&one["currentValue"], &one["limit"]),
        (&json!(3), &json!(251))
    );
}
