//! Microsoft.Storage as a caller sees it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::tests::{call, follow, refused, root};
use crate::sandbox::testing::{Bench, Seen};

const VERSION: &str = "api-version=2025-06-01";

fn path(bench: &Bench, name: &str) -> String {
    let root = root(bench);
    format!("{root}/resourceGroups/rg-empty/providers/Microsoft.Storage/storageAccounts/{name}")
}

fn body(properties: &Value) -> Value {
    json!({ "location": "westeurope", "sku": { "name": "Standard_RAGRS" }, "kind": "StorageV2", "properties": properties })
}

/// Makes an account and lets the work end.
fn made(bench: &Bench, name: &str, body: &Value) -> Value {
    let path = format!("{}?{VERSION}", path(bench, name));
    let seen = call(bench, "PUT", &path, Some(body));
    assert_eq!(seen.status, 202, "{}", seen.json);
    bench.advance(Duration::from_secs(30));
    call(bench, "GET", &path, None).json
}

fn act(bench: &Bench, name: &str, action: &str, body: Option<&Value>) -> Seen {
    let path = format!("{}/{action}?{VERSION}", path(bench, name));
    call(bench, "POST", &path, body)
}

#[test]
fn an_account_is_accepted_without_a_body_and_then_there() {
    let bench = Bench::new();
    let path = format!("{}?{VERSION}", path(&bench, "stfab01"));
    let wanted = body(&json!({ "minimumTlsVersion": "TLS1_2" }));
    let seen = call(&bench, "PUT", &path, Some(&wanted));
    assert_eq!(
        (seen.status, seen.header("retry-after"), seen.body.len()),
        (202, "17", 0)
    );
    assert!(seen.header("azure-asyncoperation").is_empty());
    let again = call(&bench, "PUT", &path, Some(&wanted));
    assert_eq!(refused(&again), (409, "StorageAccountBeingCreated"));
    bench.advance(Duration::from_secs(17));
    assert_eq!(follow(&bench, &seen, "location").status, 202);
    bench.advance(Duration::from_secs(17));
    let account = follow(&bench, &seen, "location").json;
    let properties = &account["properties"];
    assert_eq!(
        (&account["name"], &account["sku"]["tier"]),
        (&json!("stfab01"), &json!("Standard"))
    );
    assert_eq!(
        properties["primaryEndpoints"]["blob"],
        "https://stfab01.blob.core.windows.net/"
    );
    assert_eq!(
        properties["primaryEndpoints"]["web"],
        "https://stfab01.z6.web.core.windows.net/"
    );
    assert_eq!(
        properties["secondaryEndpoints"]["blob"],
        "https://stfab01-secondary.blob.core.windows.net/"
    );
    assert_eq!(
        (&properties["secondaryLocation"], &properties["accessTier"]),
        (&json!("northeurope"), &json!("Hot"))
    );
    assert_eq!(
        (
            &properties["supportsHttpsTrafficOnly"],
            &properties["provisioningState"]
        ),
        (&json!(true), &json!("Succeeded"))
    );
    let same = call(&bench, "PUT", &path, Some(&wanted));
    assert_eq!((same.status, &same.json["id"]), (200, &account["id"]));
    let patch = json!({ "tags": { "a": "b" }, "sku": { "name": "Standard_LRS" }, "properties": { "accessTier": "Cool" } });
    let changed = call(&bench, "PATCH", &path, Some(&patch));
    assert_eq!(
        (changed.status, &changed.json["properties"]["accessTier"]),
        (200, &json!("Cool")),
        "{}",
        changed.json
    );
    assert_eq!(changed.json["properties"]["minimumTlsVersion"], "TLS1_2");
    assert!(
        changed.json["properties"]
            .get("secondaryLocation")
            .is_none()
    );
    assert_eq!(call(&bench, "DELETE", &path, None).status, 200);
    assert_eq!(call(&bench, "DELETE", &path, None).status, 204);
    assert_eq!(
        refused(&call(&bench, "GET", &path, None)),
        (404, "ResourceNotFound")
    );
}

#[test]
fn a_name_is_taken_in_all_of_azure() {
    let bench = Bench::new();
    let root = root(&bench);
    let ask = |body: &Value| {
        let path = format!("{root}/providers/Microsoft.Storage/checkNameAvailability?{VERSION}");
        call(&bench, "POST", &path, Some(body))
    };
    let kind = "Microsoft.Storage/storageAccounts";
    let taken = ask(&json!({ "name": "stfabshop01", "type": kind })).json;
    assert_eq!(
        taken,
        json!({ "nameAvailable": false, "reason": "AlreadyExists", "message": "The storage account named stfabshop01 is already taken." })
    );
    assert_eq!(
        ask(&json!({ "name": "stfab02", "type": kind })).json,
        json!({ "nameAvailable": true })
    );
    assert_eq!(
        ask(&json!({ "name": "St", "type": kind })).json["reason"],
        "AccountNameInvalid"
    );
    assert_eq!(
        refused(&ask(&json!({ "name": "stfab02" }))),
        (400, "InvalidParameter")
    );
    assert_eq!(
        refused(&ask(&json!({ "name": "stfab02", "type": "x" }))),
        (400, "InvalidParameter")
    );
    let put = |name: &str| {
        call(
            &bench,
            "PUT",
            &format!("{}?{VERSION}", path(&bench, name)),
            Some(&body(&json!({}))),
        )
    };
    assert_eq!(
        refused(&put("stfabshop01")),
        (409, "StorageAccountAlreadyTaken")
    );
    for name in ["st", "St-Fab", "stfab_01", "abcdefghijklmnopqrstuvwxyz"] {
        assert_eq!(refused(&put(name)), (400, "AccountNameInvalid"), "{name}");
    }
}

#[test]
fn settings_are_examined() {
    let bench = Bench::new();
    let subnet = format!(
        "{}/resourceGroups/rg-shop/providers/Microsoft.Network/virtualNetworks/vnet-shop/subnets/",
        root(&bench)
    );
    for (field, value, code) in [
        ("/sku", json!(null), "InvalidParameter"),
        ("/sku", json!({ "name": "Standard" }), "InvalidParameter"),
        ("/kind", json!(null), "InvalidParameter"),
        (
            "/kind",
            json!("BlockBlobStorage"),
            "InvalidValuesForRequestParameters",
        ),
        ("/location", json!(null), "LocationRequired"),
        (
            "/location",
            json!("mars"),
            "LocationNotAvailableForResourceType",
        ),
        ("/properties/accessTier", json!("Warm"), "InvalidParameter"),
        (
            "/properties/accessTier",
            json!("Premium"),
            "InvalidValuesForRequestParameters",
        ),
        (
            "/properties/minimumTlsVersion",
            json!("1.2"),
            "InvalidParameter",
        ),
        (
            "/properties/isHnsEnabled",
            json!("yes"),
            "InvalidRequestContent",
        ),
        ("/properties/networkAcls", json!({}), "InvalidParameter"),
        (
            "/properties/networkAcls",
            json!({ "defaultAction": "Deny", "bypass": "All" }),
            "InvalidParameter",
        ),
        (
            "/properties/networkAcls",
            json!({ "defaultAction": "Deny", "ipRules": [{ "value": "10.0.0" }] }),
            "InvalidParameter",
        ),
        (
            "/properties/networkAcls",
            json!({ "defaultAction": "Deny", "ipRules": 1 }),
            "InvalidRequestContent",
        ),
        (
            "/properties/networkAcls",
            json!({ "defaultAction": "Deny", "virtualNetworkRules": [{ "id": format!("{subnet}no") }] }),
            "NetworkAclsValidationFailure",
        ),
    ] {
        let mut wrong = body(
            &json!({ "accessTier": null, "minimumTlsVersion": null, "isHnsEnabled": null, "networkAcls": null }),
        );
        *wrong.pointer_mut(field).expect("a field") = value;
        let seen = call(
            &bench,
            "PUT",
            &format!("{}?{VERSION}", path(&bench, "stfab03")),
            Some(&wrong),
        );
        assert_eq!(refused(&seen), (400, code), "{wrong}: {}", seen.json);
    }
}

#[test]
fn some_settings_stay_as_they_were_made() {
    let bench = Bench::new();
    let subnet = format!(
        "{}/resourceGroups/rg-shop/providers/Microsoft.Network/virtualNetworks/vnet-shop/subnets/",
        root(&bench)
    );
    let rules = json!({ "defaultAction": "Deny", "ipRules": [{ "value": "198.51.100.0/24" }], "virtualNetworkRules": [{ "id": format!("{subnet}data") }] });
    let account = made(
        &bench,
        "stfab03",
        &body(&json!({ "networkAcls": rules, "isHnsEnabled": true })),
    );
    let shown = &account["properties"]["networkAcls"];
    assert_eq!(
        (
            &shown["ipRules"][0]["action"],
            &shown["virtualNetworkRules"][0]["state"]
        ),
        (&json!("Allow"), &json!("Succeeded"))
    );
    for patch in [
        json!({ "kind": "Storage" }),
        json!({ "sku": { "name": "Premium_LRS" }, "properties": { "accessTier": "Premium" } }),
        json!({ "properties": { "isHnsEnabled": false } }),
    ] {
        let seen = call(
            &bench,
            "PATCH",
            &format!("{}?{VERSION}", path(&bench, "stfab03")),
            Some(&patch),
        );
        assert_eq!(
            refused(&seen),
            (400, "AccountPropertyCannotBeUpdated"),
            "{patch}: {}",
            seen.json
        );
    }
}

#[test]
fn keys_stay_until_they_are_made_anew() {
    let bench = Bench::new();
    let account = made(&bench, "stfab04", &body(&json!({})));
    assert!(!account.to_string().contains("\"value\""), "{account}");
    let keys = act(&bench, "stfab04", "listKeys", None).json;
    let value = |keys: &Value, number: usize| {
        keys["keys"][number]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(
        (keys["keys"].as_array().map(Vec::len), value(&keys, 0).len()),
        (Some(2), 88),
        "{keys}"
    );
    assert_eq!(act(&bench, "stfab04", "listKeys", None).json, keys);
    let second = json!({ "keyName": "key2" });
    let anew = act(&bench, "stfab04", "regenerateKey", Some(&second)).json;
    assert_eq!(value(&anew, 0), value(&keys, 0));
    assert_ne!(value(&anew, 1), value(&keys, 1));
    let wrong = act(
        &bench,
        "stfab04",
        "regenerateKey",
        Some(&json!({ "keyName": "key3" })),
    );
    assert_eq!(refused(&wrong), (400, "InvalidParameter"));
    let sas = json!({
        "signedServices": "b", "signedResourceTypes": "sco", "signedPermission": "rl",
        "signedExpiry": "2026-04-01T00:00:00Z", "signedProtocol": "https",
    });
    let token = act(&bench, "stfab04", "listAccountSas", Some(&sas)).json;
    let token = token["accountSasToken"].as_str().unwrap_or_default();
    assert!(
        token.starts_with(
            "sv=2015-04-05&ss=b&srt=sco&sp=rl&se=2026-04-01T00%3A00%3A00Z&spr=https&sig="
        ),
        "{token}"
    );
    for (field, value) in [
        ("signedServices", json!("x")),
        ("signedServices", json!("bb")),
        ("signedExpiry", json!("soon")),
        ("signedExpiry", json!(null)),
        ("signedStart", json!("2027-01-01T00:00:00Z")),
        ("signedIp", json!("here")),
        ("signedProtocol", json!("http")),
        ("keyToSign", json!("key9")),
    ] {
        let mut wrong = sas.clone();
        wrong[field] = value;
        let seen = act(&bench, "stfab04", "listAccountSas", Some(&wrong));
        assert_eq!(refused(&seen), (400, "InvalidParameter"), "{wrong}");
    }
    let nobody = act(&bench, "stfab99", "listKeys", None);
    assert_eq!(refused(&nobody), (404, "ResourceNotFound"));
}

#[test]
fn the_form_of_2015_is_understood() {
    let bench = Bench::new();
    let path = format!("{}?api-version=2015-05-01-preview", path(&bench, "stold01"));
    let old = json!({ "location": "westeurope", "properties": { "accountType": "Standard_LRS" } });
    assert_eq!(call(&bench, "PUT", &path, Some(&old)).status, 202);
    bench.advance(Duration::from_secs(30));
    let account = call(&bench, "GET", &path, None).json;
    assert_eq!(
        account["properties"]["accountType"], "Standard_LRS",
        "{account}"
    );
    assert!(account.get("sku").is_none());
    let same = call(&bench, "PUT", &path, Some(&old));
    assert_eq!(
        (same.status, &same.json["properties"]["accountType"]),
        (200, &json!("Standard_LRS"))
    );
    let today = path.replace("2015-05-01-preview", "2025-06-01");
    assert_eq!(call(&bench, "GET", &today, None).json["kind"], "Storage");
}
