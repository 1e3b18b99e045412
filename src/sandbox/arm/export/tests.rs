//! The template of a group as a caller sees it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::tests::{call, follow, refused, root};
use crate::sandbox::testing::{Bench, Seen};

fn export(bench: &Bench, body: &Value) -> Seen {
    let path = format!(
        "{}/resourceGroups/rg-shop/exportTemplate?api-version=2025-04-01",
        root(bench)
    );
    call(bench, "POST", &path, Some(body))
}

fn find<'a>(template: &'a Value, kind: &str) -> &'a Value {
    let all = template["resources"].as_array().into_iter().flatten();
    let mut all = all.filter(|one| one["type"] == kind);
    all.next().unwrap_or(&Value::Null)
}

#[test]
fn all_of_a_group_takes_its_time() {
    let bench = Bench::new();
    let seen = export(
        &bench,
        &json!({ "resources": ["*"], "options": "IncludeParameterDefaultValue,IncludeComments" }),
    );
    assert_eq!(
        (seen.status, seen.header("retry-after")),
        (202, "10"),
        "{}",
        seen.json
    );
    bench.advance(Duration::from_secs(20));
    let done = follow(&bench, &seen, "location");
    let template = &done.json["template"];
    assert!(done.json.get("error").is_none(), "{}", done.json);
    let vnet = find(template, "Microsoft.Network/virtualNetworks");
    assert_eq!(
        vnet["name"],
        "[parameters('virtualNetworks_vnet_shop_name')]"
    );
    assert_eq!(
        vnet["dependsOn"],
        json!([
            "[resourceId('Microsoft.Network/networkSecurityGroups', parameters('networkSecurityGroups_nsg_web_name'))]"
        ])
    );
    assert_eq!(vnet["properties"]["subnets"][1]["name"], "web");
    assert!(
        vnet["comments"]
            .as_str()
            .is_some_and(|text| text.contains("vnet-shop"))
    );
    assert_eq!(
        template["parameters"]["virtualNetworks_vnet_shop_name"],
        json!({ "type": "String", "defaultValue": "vnet-shop" })
    );
    let nic = find(template, "Microsoft.Network/networkInterfaces");
    let subnet = &nic["properties"]["ipConfigurations"][0]["properties"]["subnet"]["id"];
    assert_eq!(
        subnet,
        "[resourceId('Microsoft.Network/virtualNetworks/subnets', parameters('virtualNetworks_vnet_shop_name'), 'data')]"
    );
    assert!(find(template, "Microsoft.Network/virtualNetworks/subnets").is_null());
    assert!(!template.to_string().contains("provisioningState"));
    let address = find(template, "Microsoft.Network/publicIPAddresses");
    assert!(address["properties"].get("ipAddress").is_none());
    let account = find(template, "Microsoft.Storage/storageAccounts");
    assert_eq!(account["sku"]["name"], "Standard_LRS");
    assert!(!account.to_string().contains("key1"), "{account}");
}

#[test]
fn some_resources_are_exported_at_once() {
    let bench = Bench::new();
    let group = format!("{}/resourceGroups/rg-shop", root(&bench));
    let nic = format!("{group}/providers/Microsoft.Network/networkInterfaces/nic-batch1");
    let seen = export(
        &bench,
        &json!({ "resources": [nic, "/subscriptions/x", format!("{group}/providers/Microsoft.Network/virtualNetworks/no")] }),
    );
    assert_eq!(seen.status, 200, "{}", seen.json);
    assert_eq!(
        seen.json["error"]["code"],
        "ExportTemplateCompletedWithErrors"
    );
    assert_eq!(
        seen.json["error"]["details"].as_array().map(Vec::len),
        Some(2)
    );
    let template = &seen.json["template"];
    assert_eq!(template["resources"].as_array().map(Vec::len), Some(1));
    let subnet = &template["resources"][0]["properties"]["ipConfigurations"][0]["properties"]["subnet"]
        ["id"];
    assert_eq!(
        subnet,
        "[concat(parameters('virtualNetworks_vnet_shop_externalid'), '/subnets/data')]"
    );
    let declared = &template["parameters"]["virtualNetworks_vnet_shop_externalid"]["defaultValue"];
    assert_eq!(
        declared,
        &format!("{group}/providers/Microsoft.Network/virtualNetworks/vnet-shop")
    );
    assert_eq!(
        template["parameters"]["networkInterfaces_nic_batch1_name"],
        json!({ "type": "String" })
    );
    let literal = export(
        &bench,
        &json!({ "resources": [nic], "options": "SkipAllParameterization" }),
    );
    let template = &literal.json["template"];
    assert_eq!(
        (&template["parameters"], &template["resources"][0]["name"]),
        (&json!({}), &json!("nic-batch1"))
    );
    for (body, expected) in [
        (json!({}), (400, "InvalidRequestContent")),
        (json!({ "resources": [] }), (400, "InvalidRequestContent")),
        (json!({ "resources": [1] }), (400, "InvalidRequestContent")),
        (
            json!({ "resources": ["*"], "options": "All" }),
            (400, "InvalidParameter"),
        ),
        (
            json!({ "resources": ["*"], "outputFormat": "Bicep" }),
            (501, "NotImplemented"),
        ),
    ] {
        assert_eq!(refused(&export(&bench, &body)), expected, "{body}");
    }
}
