//! Virtual networks and subnets.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Net, VERSION, space};
use crate::sandbox::arm::tests::{call, follow, refused, root};
use crate::sandbox::testing::Bench;

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
    assert_eq!(status.json["name"], seen.header("x-ms-request-id"));
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
        ("virtualNetworks", json!(["vnet-dr", "vnet-shop"])),
        ("networkSecurityGroups", json!(["nsg-web"])),
        ("publicIPAddresses", json!(["pip-web1"])),
        ("networkInterfaces", json!(["nic-batch1", "nic-web1"])),
    ] {
        for scope in ["", "/resourceGroups/rg-shop"] {
            let path = format!("{root}{scope}/providers/Microsoft.Network/{list}?{VERSION}");
            let seen = call(&bench, "GET", &path, None);
            let found = seen.json["value"].as_array().into_iter().flatten();
            let found: Vec<&Value> = found.map(|one| &one["name"]).collect();
            let names = names.as_array().into_iter().flatten();
            let here = |name: &&Value| scope.is_empty() || *name != "vnet-dr";
            let names: Vec<&Value> = names.filter(here).collect();
            assert_eq!(found, names, "{}", seen.json);
            assert_eq!(
                seen.json["value"][0]["properties"]["provisioningState"],
                "Succeeded"
            );
        }
    }
}
