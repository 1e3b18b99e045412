//! The template of a whole environment, as people keep it: everything that a machine needs, by
//! parameters, variables, copies and references.

use serde_json::{Value, json};

use super::{Shop, body, template};

const PASSWORD: &str = "Marker-4711-Kennwort";

fn resource(kind: &str, name: &str, version: &str, more: Value) -> Value {
    let mut made = json!({ "type": kind, "apiVersion": version, "name": name });
    made["location"] = json!("[parameters('location')]");
    for (name, value) in more.as_object().cloned().unwrap_or_default() {
        made[name] = value;
    }
    made
}

fn network() -> [Value; 4] {
    let rule = json!({ "name": "[concat('allow-', variables('ports')[copyIndex('securityRules')])]", "properties": {
        "protocol": "Tcp",
        "sourcePortRange": "*",
        "destinationPortRange": "[string(variables('ports')[copyIndex('securityRules')])]",
        "sourceAddressPrefix": "*",
        "destinationAddressPrefix": "*",
        "access": "Allow",
        "direction": "Inbound",
        "priority": "[add(100, mul(10, copyIndex('securityRules')))]",
    } });
    let rules = json!([{ "name": "securityRules", "count": "[length(variables('ports'))]", "input": rule }]);
    let version = "2025-05-01";
    [
        resource(
            "Microsoft.Network/networkSecurityGroups",
            "[variables('nsg')]",
            version,
            json!({
                "properties": { "copy": rules },
            }),
        ),
        resource(
            "Microsoft.Network/virtualNetworks",
            "[variables('vnet')]",
            version,
            json!({
                "dependsOn": ["[resourceId('Microsoft.Network/networkSecurityGroups', variables('nsg'))]"],
                "properties": {
                    "addressSpace": { "addressPrefixes": ["10.20.0.0/16"] },
                    "subnets": [{ "name": "apps", "properties": {
                        "addressPrefix": "10.20.1.0/24",
                        "networkSecurityGroup": { "id": "[resourceId('Microsoft.Network/networkSecurityGroups', variables('nsg'))]" },
                    } }],
                },
            }),
        ),
        resource(
            "Microsoft.Network/publicIPAddresses",
            "[format('pip-{0}', parameters('prefix'))]",
            version,
            json!({
                "sku": { "name": "Standard" },
                "properties": { "publicIPAllocationMethod": "Static" },
            }),
        ),
        resource(
            "Microsoft.Network/networkInterfaces",
            "[format('nic-{0}-{1}', parameters('prefix'), copyIndex(1))]",
            version,
            json!({
                "copy": { "name": "nics", "count": "[parameters('count')]" },
                "dependsOn": ["[variables('vnet')]", "[format('pip-{0}', parameters('prefix'))]"],
                "properties": { "ipConfigurations": [{ "name": "one", "properties": {
                    "subnet": { "id": "[variables('subnet')]" },
                    "publicIPAddress": "[if(equals(copyIndex(), 0), createObject('id', resourceId('Microsoft.Network/publicIPAddresses', format('pip-{0}', parameters('prefix')))), null())]",
                } }] },
            }),
        ),
    ]
}

fn machines() -> [Value; 2] {
    [
        resource(
            "Microsoft.Compute/virtualMachines",
            "[format('vm-{0}-{1}', parameters('prefix'), copyIndex(1))]",
            "2025-04-01",
            json!({
                "copy": { "name": "vms", "count": "[parameters('count')]", "mode": "Serial", "batchSize": 1 },
                "dependsOn": ["nics"],
                "properties": {
                    "hardwareProfile": { "vmSize": "Standard_B2s" },
                    "storageProfile": {
                        "imageReference": { "publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest" },
                        "osDisk": { "createOption": "FromImage" },
                    },
                    "osProfile": {
                        "computerName": "[format('{0}{1:D2}', parameters('prefix'), copyIndex(1))]",
                        "adminUsername": "fabadmin",
                        "adminPassword": "[parameters('password')]",
                    },
                    "networkProfile": { "networkInterfaces": [
                        { "id": "[resourceId('Microsoft.Network/networkInterfaces', format('nic-{0}-{1}', parameters('prefix'), copyIndex(1)))]" },
                    ] },
                },
            }),
        ),
        resource(
            "Microsoft.Storage/storageAccounts",
            "[variables('account')]",
            "2025-06-01",
            json!({
                "sku": { "name": "Standard_LRS" },
                "kind": "StorageV2",
            }),
        ),
    ]
}

fn environment() -> Value {
    let resources: Vec<Value> = machines().into_iter().chain(network()).collect();
    template(
        &resources.into(),
        json!({
            "parameters": {
                "prefix": { "type": "string", "minLength": 2 },
                "count": { "type": "int", "defaultValue": 1, "maxValue": 4 },
                "password": { "type": "securestring" },
                "location": { "type": "string", "defaultValue": "[resourceGroup().location]" },
            },
            "variables": {
                "nsg": "[format('nsg-{0}', parameters('prefix'))]",
                "vnet": "[format('vnet-{0}', parameters('prefix'))]",
                "subnet": "[resourceId('Microsoft.Network/virtualNetworks/subnets', variables('vnet'), 'apps')]",
                "account": "[concat('st', uniqueString(resourceGroup().id))]",
                "ports": [22, 443],
            },
            "outputs": {
                "addresses": { "type": "array", "copy": {
                    "count": "[parameters('count')]",
                    "input": "[reference(format('nic-{0}-{1}', parameters('prefix'), copyIndex(1))).ipConfigurations[0].properties.privateIPAddress]",
                } },
                "public": { "type": "string", "value": "[reference(format('pip-{0}', parameters('prefix'))).ipAddress]" },
                "blob": { "type": "string", "value": "[reference(variables('account')).primaryEndpoints.blob]" },
            },
        }),
    )
}

#[test]
fn a_whole_environment_is_checked_foretold_and_made() {
    let shop = Shop::new();
    let given = json!({
        "prefix": { "value": "app" },
        "count": { "value": 2 },
        "password": { "value": PASSWORD },
    });
    let body = body("Incremental", &environment(), given);
    let valid = shop.send(
        "POST",
        &format!("{}/validate", shop.path("env")),
        Some(&body),
    );
    assert_eq!(valid.status, 200, "{}", valid.json);
    let asked = shop.send("POST", &format!("{}/whatIf", shop.path("env")), Some(&body));
    shop.bench.advance(std::time::Duration::from_secs(5));
    let foretold = shop.follow(&asked, "location").json;
    let changes = foretold["properties"]["changes"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let kinds: Vec<&Value> = changes.iter().map(|change| &change["changeType"]).collect();
    assert_eq!(kinds, vec!["Create"; 8], "{foretold}");
    let seen = shop.deployed("env", &body);
    let properties = &seen["properties"];
    assert_eq!(properties["provisioningState"], "Succeeded", "{seen}");
    let addresses = properties["outputs"]["addresses"]["value"].as_array();
    assert_eq!(addresses.map(Vec::len), Some(2), "{seen}");
    let group = shop.group();
    let machine = format!("{group}/providers/Microsoft.Compute/virtualMachines/vm-app-2");
    assert_eq!(
        shop.get(&machine).json["properties"]["osProfile"]["computerName"],
        "app02"
    );
    let rules = shop.bench.arm_send(
        crate::sandbox::seed::FABRIKAM,
        "GET",
        &format!("{group}/providers/Microsoft.Network/networkSecurityGroups/nsg-app?api-version=2025-05-01"),
        None,
    );
    let rules = &rules.json["properties"]["securityRules"];
    assert_eq!(
        (&rules[1]["name"], &rules[1]["properties"]["priority"]),
        (&json!("allow-443"), &json!(110))
    );
    let operations = shop.get(&format!("{group}/deployments/env/operations"));
    for told in [&valid.json, &foretold, &seen, &operations.json] {
        assert!(!told.to_string().contains(PASSWORD), "{told}");
    }
    let again = shop.deployed("env", &body);
    assert_eq!(
        again["properties"]["provisioningState"], "Succeeded",
        "{again}"
    );
    let asked = shop.send("POST", &format!("{}/whatIf", shop.path("env")), Some(&body));
    shop.bench.advance(std::time::Duration::from_secs(5));
    let foretold = shop.follow(&asked, "location").json;
    let changes = foretold["properties"]["changes"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let same = changes
        .iter()
        .filter(|change| change["changeType"] == "NoChange")
        .count();
    assert_eq!(same, 8, "{foretold}");
}
