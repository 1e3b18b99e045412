//! Microsoft.Network as a caller sees it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::tests::{call, follow, refused, root};
use crate::sandbox::store::key;
use crate::sandbox::testing::{Bench, Seen};

const VERSION: &str = "api-version=2025-05-01";

/// A group of its own in Fabrikam's subscription.
struct Net {
    bench: Bench,
    root: String,
}

impl Net {
    fn new() -> Self {
        let bench = Bench::new();
        let root = format!("{}/resourceGroups/rg-net", root(&bench));
        let group = format!("{root}?api-version=2025-04-01");
        let made = call(
            &bench,
            "PUT",
            &group,
            Some(&json!({ "location": "westeurope" })),
        );
        assert_eq!(made.status, 201, "{}", made.json);
        Self { bench, root }
    }

    fn id(&self, what: &str) -> String {
        format!("{}/providers/Microsoft.Network/{what}", self.root)
    }

    fn send(&self, verb: &str, what: &str, body: Option<&Value>) -> Seen {
        let path = format!("{}?{VERSION}", self.id(what));
        call(&self.bench, verb, &path, body)
    }

    fn get(&self, what: &str) -> Value {
        self.send("GET", what, None).json
    }

    /// Puts something in westeurope and lets its work end.
    fn put(&self, what: &str, properties: &Value) -> Seen {
        let body = json!({ "location": "westeurope", "properties": properties });
        let seen = self.send("PUT", what, Some(&body));
        self.bench.advance(Duration::from_secs(6));
        seen
    }

    fn made(&self, what: &str, properties: &Value) -> Value {
        let seen = self.put(what, properties);
        assert!(matches!(seen.status, 200 | 201), "{what}: {}", seen.json);
        self.get(what)
    }

    /// A network with a subnet.
    fn net(&self) {
        let subnet = json!({ "name": "web", "properties": { "addressPrefix": "10.7.1.0/24" } });
        self.made("virtualNetworks/v", &space(&["10.7.0.0/16"], &[subnet]));
    }

    /// An interface in a subnet.
    fn nic(&self, name: &str, more: &Value) -> Seen {
        let mut properties =
            json!({ "subnet": { "id": self.id("virtualNetworks/v/subnets/web") } });
        for (name, value) in more.as_object().into_iter().flatten() {
            properties[name] = value.clone();
        }
        let one = json!({ "name": "one", "properties": properties });
        self.put(
            &format!("networkInterfaces/{name}"),
            &json!({ "ipConfigurations": [one] }),
        )
    }

    fn delete(&self, what: &str) -> Seen {
        let seen = self.send("DELETE", what, None);
        self.bench.advance(Duration::from_secs(15));
        seen
    }
}

fn space(prefixes: &[&str], subnets: &[Value]) -> Value {
    json!({ "addressSpace": { "addressPrefixes": prefixes }, "subnets": subnets })
}

fn rule(priority: i64) -> Value {
    json!({
        "protocol": "tcp", "access": "Allow", "direction": "Inbound", "priority": priority,
        "sourceAddressPrefix": "*", "sourcePortRange": "*",
        "destinationAddressPrefix": "*", "destinationPortRange": "80",
    })
}

#[test]
fn a_network_is_written_with_its_subnets_and_loses_those_it_does_not_name() {
    let net = Net::new();
    let subnet = json!({ "name": "web", "properties": { "addressPrefix": "10.7.1.0/24" } });
    let body = json!({ "location": "West Europe", "tags": { "a": "b" }, "properties": space(&["10.7.0.0/16"], &[subnet]) });
    let seen = net.send("PUT", "virtualNetworks/v", Some(&body));
    assert_eq!(
        (seen.status, seen.header("retry-after")),
        (201, "3"),
        "{}",
        seen.json
    );
    assert_eq!(seen.json["properties"]["provisioningState"], "Updating");
    assert_eq!(seen.json["etag"].as_str(), Some(seen.header("etag")));
    let locked = net.send("PUT", "virtualNetworks/v/subnets/data", Some(&json!({})));
    assert_eq!(
        refused(&locked),
        (429, "RetryableErrorDueToAnotherOperation")
    );
    net.bench.advance(Duration::from_secs(6));
    let status = follow(&net.bench, &seen, "azure-asyncoperation");
    assert_eq!(status.json["status"], "Succeeded", "{}", status.json);
    let made = net.get("virtualNetworks/v");
    let subnet = &made["properties"]["subnets"][0];
    assert_eq!(subnet["id"], net.id("virtualNetworks/v/subnets/web"));
    assert_eq!(subnet["type"], "Microsoft.Network/virtualNetworks/subnets");
    assert_eq!(&net.get("virtualNetworks/v/subnets/WEB"), subnet);
    let data = net.made(
        "virtualNetworks/v/subnets/data",
        &json!({ "addressPrefix": "10.7.2.0/24" }),
    );
    assert!(data.get("location").is_none(), "{data}");
    let now = net.get("virtualNetworks/v");
    assert_eq!(
        now["properties"]["subnets"].as_array().map(Vec::len),
        Some(2)
    );
    assert_ne!(now["etag"], made["etag"]);
    let list = net.get("virtualNetworks/v/subnets");
    assert_eq!(list["value"], now["properties"]["subnets"]);
    // What was read can be written, and changes nothing.
    let again = net.send("PUT", "virtualNetworks/v", Some(&now));
    assert_eq!(
        (again.status, &again.json["properties"]["subnets"]),
        (200, &now["properties"]["subnets"])
    );
    net.bench.advance(Duration::from_secs(6));
    let tags = net.send(
        "PATCH",
        "virtualNetworks/v",
        Some(&json!({ "tags": { "c": "d" } })),
    );
    assert_eq!(
        (tags.status, &tags.json["tags"]),
        (200, &json!({ "c": "d" }))
    );
    assert_eq!(
        tags.json["properties"]["subnets"].as_array().map(Vec::len),
        Some(2)
    );
    let wiped = net.made(
        "virtualNetworks/v",
        &json!({ "addressSpace": { "addressPrefixes": ["10.7.0.0/16"] } }),
    );
    assert_eq!(wiped["properties"]["subnets"], json!([]));
    let gone = net.send("GET", "virtualNetworks/v/subnets/web", None);
    assert_eq!(refused(&gone), (404, "ResourceNotFound"));
}

#[test]
fn addresses_of_networks_and_subnets_are_examined() {
    let net = Net::new();
    let subnet = |name: &str, prefix: &str| json!({ "name": name, "properties": { "addressPrefix": prefix } });
    for (properties, code) in [
        (json!({}), "VnetAddressSpaceIsRequired"),
        (space(&[], &[]), "VnetAddressSpaceIsRequired"),
        (
            json!({ "addressSpace": { "addressPrefixes": "10.0.0.0/8" } }),
            "InvalidRequestContent",
        ),
        (
            json!({ "addressSpace": "10.0.0.0/8" }),
            "InvalidRequestContent",
        ),
        (space(&["10.7.0.0"], &[]), "InvalidAddressPrefixFormat"),
        (space(&["10.7.0.0/33"], &[]), "InvalidAddressPrefixFormat"),
        (space(&["10.7.1.0/16"], &[]), "InvalidCIDRNotation"),
        (
            space(&["10.0.0.0/8", "10.7.0.0/16"], &[]),
            "VnetAddressSpacesOverlap",
        ),
        (
            space(&["10.7.0.0/16"], &[subnet("a", "10.8.0.0/24")]),
            "NetcfgSubnetRangeOutsideVnet",
        ),
        (
            space(&["10.7.0.0/16"], &[subnet("a", "10.7.0.0/30")]),
            "NetcfgInvalidSubnet",
        ),
        (
            space(&["10.7.0.0/16"], &[json!({ "name": "a" })]),
            "SubnetAddressPrefixIsRequired",
        ),
        (
            space(&["10.7.0.0/16"], &[json!({ "properties": {} })]),
            "MissingNameOfSubResource",
        ),
        (
            space(&["10.7.0.0/16"], &[json!("a")]),
            "InvalidRequestContent",
        ),
        (
            space(
                &["10.7.0.0/16"],
                &[subnet("a", "10.7.0.0/24"), subnet("A", "10.7.1.0/24")],
            ),
            "DuplicateResourceName",
        ),
        (
            space(
                &["10.7.0.0/16"],
                &[subnet("a", "10.7.0.0/23"), subnet("b", "10.7.1.0/24")],
            ),
            "NetcfgSubnetRangesOverlap",
        ),
        (
            json!({ "addressSpace": { "addressPrefixes": ["10.7.0.0/16"] }, "dhcpOptions": { "dnsServers": ["dns"] } }),
            "InvalidIPAddressFormat",
        ),
    ] {
        let seen = net.put("virtualNetworks/v", &properties);
        assert_eq!(refused(&seen), (400, code), "{properties}: {}", seen.json);
    }
    let peering = json!({ "addressSpace": { "addressPrefixes": ["10.7.0.0/16"] }, "virtualNetworkPeerings": [{}] });
    assert_eq!(
        refused(&net.put("virtualNetworks/v", &peering)),
        (501, "NotImplemented")
    );
    net.net();
    let seen = net.put(
        "virtualNetworks/v/subnets/b",
        &json!({ "addressPrefix": "10.7.1.128/25" }),
    );
    assert_eq!(refused(&seen), (400, "NetcfgSubnetRangesOverlap"));
    let seen = net.put(
        "virtualNetworks/w/subnets/b",
        &json!({ "addressPrefix": "10.7.1.0/24" }),
    );
    assert_eq!(refused(&seen), (404, "ParentResourceNotFound"));
    let nsg = json!({ "addressPrefix": "10.7.3.0/24", "networkSecurityGroup": { "id": net.id("networkSecurityGroups/no") } });
    let seen = net.put("virtualNetworks/v/subnets/c", &nsg);
    assert_eq!(refused(&seen), (400, "InvalidResourceReference"));
    let nsg = json!({ "addressPrefix": "10.7.3.0/24", "networkSecurityGroup": { "id": net.id("virtualNetworks/v") } });
    let seen = net.put("virtualNetworks/v/subnets/c", &nsg);
    assert_eq!(refused(&seen), (400, "LinkedInvalidPropertyId"));
}

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
        .change(|tx| super::attach(tx, &net.id("networkInterfaces/n"), Some("/vm"), true));
    assert_eq!(
        refused(&net.delete("networkInterfaces/n")),
        (400, "NicInUse")
    );
    let nic = net.get("networkInterfaces/n");
    assert!(nic["properties"]["macAddress"].is_string(), "{nic}");
    net.bench
        .change(|tx| super::attach(tx, &net.id("networkInterfaces/n"), None, true));
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

#[test]
fn a_security_group_has_rules_of_its_own_and_six_of_everyone() {
    let net = Net::new();
    let rules = json!([{ "name": "http", "properties": rule(100) }]);
    let nsg = net.made(
        "networkSecurityGroups/g",
        &json!({ "securityRules": rules }),
    );
    let own = &nsg["properties"]["securityRules"][0];
    assert_eq!(
        (&own["properties"]["protocol"], &own["name"]),
        (&json!("Tcp"), &json!("http"))
    );
    let defaults = nsg["properties"]["defaultSecurityRules"].as_array();
    let priorities: Vec<&Value> = defaults
        .into_iter()
        .flatten()
        .map(|one| &one["properties"]["priority"])
        .collect();
    assert_eq!(
        json!(priorities),
        json!([65000, 65001, 65500, 65000, 65001, 65500])
    );
    let second = net.put("networkSecurityGroups/g/securityRules/ssh", &rule(100));
    assert_eq!(refused(&second), (400, "SecurityRuleConflict"));
    net.made("networkSecurityGroups/g/securityRules/ssh", &rule(110));
    let list = net.get("networkSecurityGroups/g/securityRules");
    assert_eq!(list["value"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        net.delete("networkSecurityGroups/g/securityRules/http")
            .status,
        202
    );
    let left = net.get("networkSecurityGroups/g");
    assert_eq!(
        left["properties"]["securityRules"].as_array().map(Vec::len),
        Some(1)
    );
    for (field, value, code) in [
        ("priority", json!(99), "SecurityRuleInvalidPriority"),
        ("priority", json!(4097), "SecurityRuleInvalidPriority"),
        ("priority", json!("100"), "SecurityRuleInvalidPriority"),
        ("priority", json!(null), "InvalidParameter"),
        ("access", json!(null), "InvalidParameter"),
        ("direction", json!("In"), "InvalidParameter"),
        ("protocol", json!("Sctp"), "InvalidParameter"),
        ("sourcePortRange", json!(0), "InvalidRequestContent"),
        (
            "sourcePortRange",
            json!("65536"),
            "SecurityRuleInvalidPortRange",
        ),
        (
            "sourcePortRanges",
            json!(["1"]),
            "SecurityRuleParametersConflict",
        ),
        (
            "destinationPortRange",
            json!(null),
            "SecurityRuleParameterMissing",
        ),
        (
            "sourceAddressPrefix",
            json!("10.0.0.0/99"),
            "SecurityRuleInvalidAddressPrefix",
        ),
    ] {
        let mut wrong = rule(200);
        wrong[field] = value;
        let seen = net.put("networkSecurityGroups/g/securityRules/x", &wrong);
        assert_eq!(refused(&seen), (400, code), "{wrong}: {}", seen.json);
    }
    let mut old = rule(200);
    old["sourcePortRange"] = json!(0);
    let body = json!({ "location": "westeurope", "properties": { "securityRules": [{ "name": "old", "properties": old }] } });
    let path = format!(
        "{}?api-version=2015-05-01-preview",
        net.id("networkSecurityGroups/old")
    );
    let seen = call(&net.bench, "PUT", &path, Some(&body));
    assert_eq!(
        seen.json["properties"]["securityRules"][0]["properties"]["sourcePortRange"], "0",
        "{}",
        seen.json
    );
}

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
            (|tx, nic| super::attach(tx, nic, Some("/vm"), true))
                as fn(&mut crate::sandbox::store::Tx<'_>, &str),
            true,
        ),
        (|tx, nic| super::power(tx, nic, false), false),
        (|tx, nic| super::power(tx, nic, true), true),
        (|tx, nic| super::attach(tx, nic, None, true), false),
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

#[test]
fn entity_tags_guard_writes_of_networks() {
    let net = Net::new();
    net.net();
    let etag = net.get("virtualNetworks/v")["etag"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let path = format!("/arm{}?{VERSION}", net.id("virtualNetworks/v"));
    let bearer = net.bench.bearer(
        crate::sandbox::seed::FABRIKAM,
        Bench::refreshed(),
        "https://management.azure.com",
    );
    let send = |verb: &str, name: &str, value: &str| {
        let body = json!({ "location": "westeurope", "properties": space(&["10.7.0.0/16"], &[]) });
        let headers = [("authorization", bearer.as_str()), (name, value)];
        let seen = net
            .bench
            .send(verb, &path, &headers, body.to_string().into());
        net.bench.advance(Duration::from_secs(6));
        seen
    };
    assert_eq!(
        refused(&send("PUT", "if-match", "W/\"x\"")),
        (412, "PreconditionFailed")
    );
    assert_eq!(
        refused(&send("PUT", "if-none-match", "*")),
        (412, "PreconditionFailed")
    );
    assert_eq!(
        refused(&send("DELETE", "if-match", "W/\"x\"")),
        (412, "PreconditionFailed")
    );
    assert_eq!(send("PUT", "if-match", &etag).status, 200);
    assert_eq!(
        refused(&send("PUT", "if-match", &etag)),
        (412, "PreconditionFailed")
    );
    assert_eq!(send("PUT", "if-match", "*").status, 200);
}

#[test]
fn the_shop_has_its_network() {
    let bench = Bench::new();
    let root = root(&bench);
    for (list, names) in [
        ("virtualNetworks", json!(["vnet-shop"])),
        ("networkSecurityGroups", json!(["nsg-web"])),
        ("publicIPAddresses", json!(["pip-web1"])),
        ("networkInterfaces", json!(["nic-batch1", "nic-web1"])),
    ] {
        for scope in ["", "/resourceGroups/rg-shop"] {
            let path = format!("{root}{scope}/providers/Microsoft.Network/{list}?{VERSION}");
            let seen = call(&bench, "GET", &path, None);
            let found = seen.json["value"].as_array().into_iter().flatten();
            let found: Vec<&Value> = found.map(|one| &one["name"]).collect();
            assert_eq!(json!(found), names, "{}", seen.json);
            assert_eq!(
                seen.json["value"][0]["properties"]["provisioningState"],
                "Succeeded"
            );
        }
    }
}
