//! Network security groups and rules.

use serde_json::{Value, json};

use super::{Net, rule};
use crate::sandbox::arm::tests::{call, refused};

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
