use std::time::Duration;

use serde_json::{Value, json};

use super::{Shop, body, code, template};

fn resource(kind: &str, name: &str, more: Value) -> Value {
    let mut made = json!({
        "type": kind,
        "apiVersion": "2025-05-01",
        "name": name,
        "location": "[resourceGroup().location]",
    });
    for (name, value) in more.as_object().cloned().unwrap_or_default() {
        made[name] = value;
    }
    made
}

/// A network with a subnet of its own, and interfaces in it; what is first comes last.
fn network(subnet: &str) -> Value {
    let interface = json!({
        "copy": { "name": "nics", "count": 2 },
        "dependsOn": ["[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 'web')]"],
        "properties": { "ipConfigurations": [{
            "name": "one",
            "properties": { "subnet": { "id": format!("[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', '{subnet}')]") } },
        }] },
    });
    let mut web = resource(
        "Microsoft.Network/virtualNetworks/subnets",
        "v/web",
        json!({
            "dependsOn": ["[resourceId('Microsoft.Network/virtualNetworks', 'v')]"],
            "properties": { "addressPrefix": "10.9.1.0/24" },
        }),
    );
    web.as_object_mut().map(|web| web.remove("location"));
    let resources = json!([
        resource(
            "Microsoft.Network/networkInterfaces",
            "[concat('nic', copyIndex(1))]",
            interface
        ),
        web,
        resource(
            "Microsoft.Network/virtualNetworks",
            "v",
            json!({
                "properties": { "addressSpace": { "addressPrefixes": ["10.9.0.0/16"] } },
            })
        ),
    ]);
    let outputs = json!({ "outputs": { "address": {
        "type": "string",
        "value": "[reference('nic2').ipConfigurations[0].properties.privateIPAddress]",
    } } });
    body("Incremental", &template(&resources, outputs), json!({}))
}

#[test]
fn what_takes_its_time_is_waited_for_in_order() {
    let shop = Shop::new();
    shop.deploy("d1", &network("web"));
    let mut states = Vec::new();
    for _ in 0..60 {
        shop.bench.advance(Duration::from_secs(2));
        let seen = shop.get(&shop.path("d1")).json;
        let state = seen["properties"]["provisioningState"]
            .as_str()
            .unwrap_or_default();
        states.push(state.to_owned());
        if state != "Running" {
            break;
        }
    }
    assert!(states.len() > 2, "it takes several looks: {states:?}");
    assert_eq!(states.last().map(String::as_str), Some("Succeeded"));
    let seen = shop.get(&shop.path("d1")).json;
    let address = seen["properties"]["outputs"]["address"]["value"].as_str();
    assert!(
        address.is_some_and(|address| address.starts_with("10.9.1.")),
        "{seen}"
    );
    let jumped = Shop::new();
    let ended = jumped.deployed("d1", &network("web"));
    assert_eq!(
        ended["properties"]["duration"], seen["properties"]["duration"],
        "however late somebody looks"
    );
}

#[test]
fn a_reference_to_a_resource_that_is_not_there_is_the_providers_to_refuse() {
    let shop = Shop::new();
    let seen = shop.deployed("d1", &network("gone"));
    let error = &seen["properties"]["error"];
    assert_eq!(
        error["details"][0]["code"], "InvalidResourceReference",
        "{seen}"
    );
    let shop = Shop::new();
    shop.ends("virtualNetworks/v", "Failed", None);
    let seen = shop.deployed("d1", &network("web"));
    let error = &seen["properties"]["error"];
    let codes = [
        &error["code"],
        &error["details"][0]["code"],
        &error["details"][0]["details"][0]["code"],
    ];
    let expected = [
        "DeploymentFailed",
        "ResourceDeploymentFailure",
        "OSProvisioningTimedOut",
    ];
    assert_eq!(codes, expected, "{seen}");
}

#[test]
fn names_of_accounts_are_found_wrong_beforehand_and_keys_are_listed() {
    let shop = Shop::new();
    let account = |name: &str| {
        let account = json!({
            "apiVersion": "2025-06-01",
            "sku": { "name": "Standard_LRS" },
            "kind": "StorageV2",
        });
        let resources = json!([resource("Microsoft.Storage/storageAccounts", name, account)]);
        let outputs = json!({ "outputs": { "key": {
            "type": "string",
            "value": "[listKeys(resourceId('Microsoft.Storage/storageAccounts', 'stnew01'), '2025-06-01').keys[0].keyName]",
        } } });
        let outputs = if name == "stnew01" {
            outputs
        } else {
            json!({})
        };
        body("Incremental", &template(&resources, outputs), json!({}))
    };
    let path = format!("{}/validate", shop.path("d1"));
    let seen = shop.send("POST", &path, Some(&account("a")));
    assert_eq!(code(&seen), (400, "InvalidTemplateDeployment"));
    let third = &seen.json["error"]["details"][0]["details"][0];
    assert_eq!(
        (&third["code"], &third["target"]),
        (&json!("AccountNameInvalid"), &json!("a"))
    );
    let seen = shop.deployed("d1", &account("stnew01"));
    assert_eq!(
        seen["properties"]["outputs"]["key"]["value"], "key1",
        "{seen}"
    );
}

#[test]
fn a_provider_that_is_not_registered_refuses_at_once() {
    let shop = Shop::new();
    shop.bench.change(|tx| {
        let id = shop.root.rsplit('/').next().unwrap_or_default();
        tx.arm
            .registrations
            .remove(&format!("{id}/microsoft.network"));
    });
    let seen = shop.deploy("d1", &network("web"));
    assert_eq!(
        code(&seen),
        (409, "MissingSubscriptionRegistration"),
        "{}",
        seen.json
    );
}

#[test]
fn roles_and_locks_are_given_by_templates() {
    let shop = Shop::new();
    let reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
    let mut role = resource(
        "Microsoft.Authorization/roleAssignments",
        "[guid('reader')]",
        json!({
            "apiVersion": "2022-04-01",
            "properties": {
                "roleDefinitionId": format!("[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{reader}')]"),
                "principalId": "fab71ca0-0009-4000-8000-000000000001",
                "principalType": "Group",
            },
        }),
    );
    role.as_object_mut().map(|role| role.remove("location"));
    let mut lock = resource(
        "Microsoft.Authorization/locks",
        "keep",
        json!({
            "apiVersion": "2020-05-01",
            "scope": "Microsoft.Compute/availabilitySets/one",
            "dependsOn": ["one"],
            "properties": { "level": "CanNotDelete" },
        }),
    );
    lock.as_object_mut().map(|lock| lock.remove("location"));
    let one = super::set("one", json!({}));
    let made = template(&json!([role, lock, one]), json!({}));
    let seen = shop.deployed("d1", &body("Incremental", &made, json!({})));
    assert_eq!(
        seen["properties"]["provisioningState"], "Succeeded",
        "{seen}"
    );
    let set = format!("{}/providers/{}/one", shop.group(), super::SETS);
    assert_eq!(code(&shop.send("DELETE", &set, None)), (409, "ScopeLocked"));
    let empty = body("Complete", &template(&json!([]), json!({})), json!({}));
    let seen = shop.deployed("d2", &empty);
    assert_eq!(
        seen["properties"]["error"]["details"][0]["code"], "ScopeLocked",
        "{seen}"
    );
}

#[test]
fn a_group_that_goes_ends_what_runs_in_it() {
    let shop = Shop::new();
    let seen = shop.deploy("d1", &network("web"));
    assert_eq!(seen.status, 201, "{}", seen.json);
    assert_eq!(shop.send("DELETE", &shop.group(), None).status, 202);
    shop.bench.advance(Duration::from_secs(600));
    let status = shop.follow(&seen, "azure-asyncoperation");
    assert_eq!(status.json["status"], "Failed", "{}", status.json);
    assert_eq!(
        status.json["error"]["details"][0]["code"],
        "ResourceGroupBeingDeleted"
    );
}
