//! Servers, databases and rules as a caller sees them.

use serde_json::{Value, json};

use crate::sandbox::arm::testing::{Shop, with};

const SERVER: &str = "Microsoft.Sql/servers/sqlfab1";
const DATABASE: &str = "Microsoft.Sql/servers/sqlfab1/databases/shop";
const PASSWORD: &str = "Marker-4711-Kennwort";

fn server() -> Value {
    json!({ "location": "westeurope", "properties": { "administratorLogin": "fabsql", "administratorLoginPassword": PASSWORD } })
}

fn database(sku: &str) -> Value {
    json!({ "location": "westeurope", "sku": { "name": sku }, "properties": { "createMode": "Default" } })
}

fn shop() -> Shop {
    let shop = Shop::new();
    shop.make(SERVER, &server());
    shop
}

fn state(shop: &Shop) -> Value {
    shop.get(DATABASE)["properties"]["status"].clone()
}

#[test]
fn a_server_is_made_changed_and_deleted() {
    let shop = Shop::new();
    let made = shop.put(SERVER, &server());
    assert_eq!((made.status, made.body.len()), (202, 0), "{}", made.json);
    let place = "/resourceGroups/rg-empty/providers/Microsoft.Sql/locations/westeurope/serverOperationResults/";
    assert!(made.header("location").contains(place));
    shop.refused(
        "PUT",
        SERVER,
        Some(&server()),
        (409, "ConflictingServerOperation"),
    );
    shop.refused(
        "PUT",
        DATABASE,
        Some(&database("S0")),
        (409, "ConflictingServerOperation"),
    );
    let end = shop.end(&made);
    let properties = &end.json["properties"];
    assert_eq!(
        (end.status, &properties["state"]),
        (200, &json!("Ready")),
        "{}",
        end.json
    );
    assert_eq!(
        properties["fullyQualifiedDomainName"],
        "sqlfab1.database.windows.net"
    );
    assert_eq!(
        (&properties["version"], &end.json["kind"]),
        (&json!("12.0"), &json!("v12.0"))
    );
    assert!(properties.get("provisioningState").is_none());
    assert!(!end.json.to_string().contains(PASSWORD));
    let all = shop.get(&format!("{SERVER}/databases"));
    assert_eq!(
        (&all["value"][0]["name"], &all["value"][0]["kind"]),
        (&json!("master"), &json!("v12.0,system"))
    );
    let master = format!("{SERVER}/databases/master");
    shop.refused("DELETE", &master, None, (409, "OperationNotAllowed"));
    shop.refused(
        "PATCH",
        &master,
        Some(&json!({})),
        (409, "OperationNotAllowed"),
    );
    let other = json!({ "properties": { "administratorLogin": "other" } });
    shop.refused(
        "PATCH",
        SERVER,
        Some(&other),
        (400, "InvalidParameterValue"),
    );
    let change = json!({ "tags": { "a": "b" }, "properties": { "administratorLoginPassword": "Another-4711", "publicNetworkAccess": "Disabled" } });
    let seen = shop.call("PATCH", SERVER, Some(&change));
    assert_eq!(seen.status, 202, "{}", seen.json);
    let seen = shop.end(&seen);
    assert_eq!(
        seen.json["properties"]["publicNetworkAccess"], "Disabled",
        "{}",
        seen.json
    );
    shop.delete(SERVER);
    assert_eq!(shop.call("GET", &master, None).status, 404);
    assert_eq!(shop.call("DELETE", SERVER, None).status, 204);
}

#[test]
fn a_wrong_server_is_refused() {
    let shop = shop();
    let two = "Microsoft.Sql/servers/sqlfab2";
    let wrong = (400, "InvalidParameterValue");
    let weak = (400, "PasswordNotComplex");
    for (path, value, expected) in [
        ("properties.administratorLogin", Value::Null, wrong),
        ("properties.administratorLogin", json!("sa"), wrong),
        ("properties.administratorLogin", json!("4711"), wrong),
        ("properties.administratorLoginPassword", Value::Null, wrong),
        (
            "properties.administratorLoginPassword",
            json!("Short1!"),
            weak,
        ),
        (
            "properties.administratorLoginPassword",
            json!("alllowercase"),
            weak,
        ),
        (
            "properties.administratorLoginPassword",
            json!("My-fabsql-4711"),
            weak,
        ),
        (
            "properties.administratorLoginPassword",
            json!(4711),
            (400, "InvalidRequestContent"),
        ),
        ("properties.version", json!("2.0"), wrong),
        (
            "properties.minimalTlsVersion",
            json!("0.9"),
            (400, "InvalidParameter"),
        ),
        (
            "location",
            json!("mars"),
            (400, "LocationNotAvailableForResourceType"),
        ),
    ] {
        shop.refused("PUT", two, Some(&with(&server(), path, value)), expected);
    }
    for name in ["-a", "a-", "a_b", &"x".repeat(64)] {
        let path = format!("Microsoft.Sql/servers/{name}");
        shop.refused("PUT", &path, Some(&server()), (400, "InvalidResourceName"));
    }
}

#[test]
fn a_name_is_the_whole_worlds() {
    let shop = shop();
    let group = format!("{}/resourceGroups/rg-shop", shop.root);
    let elsewhere = format!("{group}/providers/{SERVER}");
    shop.refused(
        "PUT",
        &elsewhere,
        Some(&server()),
        (409, "NameAlreadyExists"),
    );
    let check = format!(
        "{}/providers/Microsoft.Sql/checkNameAvailability?api-version=2025-01-01",
        shop.root
    );
    for (name, expected) in [
        ("sqlfab2", json!([true, null])),
        ("SQLFAB1", json!([false, "Invalid"])),
        ("sqlfab1", json!([false, "AlreadyExists"])),
    ] {
        let seen = shop.post(
            &check,
            Some(&json!({ "name": name, "type": "Microsoft.Sql/servers" })),
        );
        assert_eq!(
            json!([seen.json["available"], seen.json["reason"]]),
            expected,
            "{}",
            seen.json
        );
    }
    for wrong in [
        json!({ "name": "a" }),
        json!({ "type": "Microsoft.Sql/servers" }),
        json!({ "name": "a", "type": "b" }),
    ] {
        shop.refused("POST", &check, Some(&wrong), (400, "InvalidParameterValue"));
    }
}

#[test]
fn a_database_is_made_given_more_and_deleted() {
    let shop = shop();
    let made = shop.put(DATABASE, &database("S0"));
    assert_eq!(made.status, 202, "{}", made.json);
    let place = "/resourceGroups/rg-empty/providers/Microsoft.Sql/locations/westeurope/databaseOperationResults/";
    assert!(made.header("location").contains(place));
    assert_eq!(state(&shop), "Creating");
    shop.refused(
        "PUT",
        DATABASE,
        Some(&database("S0")),
        (409, "ConflictingServerOperation"),
    );
    let end = shop.end(&made);
    let properties = &end.json["properties"];
    assert_eq!(
        (
            &properties["status"],
            &properties["currentServiceObjectiveName"]
        ),
        (&json!("Online"), &json!("S0")),
        "{}",
        end.json
    );
    assert_eq!(
        end.json["sku"],
        json!({ "name": "Standard", "tier": "Standard", "capacity": 10 })
    );
    assert_eq!(end.json["kind"], "v12.0,user");
    assert!(properties.get("createMode").is_none());
    let more = shop.call("PATCH", DATABASE, Some(&json!({ "sku": { "name": "P1" } })));
    assert_eq!(more.status, 202, "{}", more.json);
    let during = shop.get(DATABASE);
    assert_eq!(
        (
            &during["properties"]["status"],
            &during["properties"]["currentServiceObjectiveName"]
        ),
        (&json!("Scaling"), &json!("S0"))
    );
    let end = shop.end(&more);
    let after = &end.json["properties"];
    assert_eq!(
        (
            &after["currentServiceObjectiveName"],
            &after["currentSku"]["capacity"]
        ),
        (&json!("P1"), &json!(125))
    );
    assert_eq!(after["databaseId"], properties["databaseId"]);
    let old = json!({ "properties": { "requestedServiceObjectiveName": "S1" } });
    let end = shop.end(&shop.call("PATCH", DATABASE, Some(&old)));
    assert_eq!(
        end.json["properties"]["currentServiceObjectiveName"], "S1",
        "{}",
        end.json
    );
    let again = shop.put(DATABASE, &shop.get(DATABASE));
    assert_eq!(again.status, 202, "{}", again.json);
    let end = shop.end(&again);
    assert_eq!(end.json["properties"]["currentServiceObjectiveName"], "S1");
    shop.delete(DATABASE);
    assert_eq!(shop.call("DELETE", DATABASE, None).status, 204);
}

#[test]
fn a_wrong_database_is_refused() {
    let shop = shop();
    let wrong = (400, "InvalidParameterValue");
    let missing = (404, "NotFound");
    let copy = |source: &str| json!({ "createMode": "Copy", "sourceDatabaseId": shop.id(source) });
    let good = database("S0");
    for (path, value, expected) in [
        ("location", json!("northeurope"), wrong),
        ("location", Value::Null, (400, "LocationRequired")),
        ("sku", json!({ "name": "Huge" }), wrong),
        ("sku", json!({ "name": "S0", "tier": "Premium" }), wrong),
        ("sku", json!({ "tier": "Standard" }), wrong),
        (
            "properties.createMode",
            json!("Magic"),
            (400, "InvalidParameter"),
        ),
        (
            "properties",
            copy("Microsoft.Sql/servers/sqlfab1/databases/none"),
            missing,
        ),
        ("properties", json!({ "createMode": "Copy" }), wrong),
        (
            "properties",
            json!({ "createMode": "Recovery", "recoverableDatabaseId": "/x" }),
            missing,
        ),
        ("properties.elasticPoolId", json!("/pool"), missing),
        ("properties.maxSizeBytes", json!(1), wrong),
        ("properties.maxSizeBytes", json!(1_u64 << 50), wrong),
        ("properties.autoPauseDelay", json!(60), wrong),
        (
            "properties.readScale",
            json!("Some"),
            (400, "InvalidParameter"),
        ),
    ] {
        shop.refused("PUT", DATABASE, Some(&with(&good, path, value)), expected);
    }
    shop.refused(
        "PUT",
        &format!("{SERVER}/databases/a%3Cb"),
        Some(&good),
        (400, "InvalidResourceName"),
    );
    shop.refused(
        "PUT",
        "Microsoft.Sql/servers/none/databases/shop",
        Some(&good),
        (404, "ParentResourceNotFound"),
    );
    shop.make(DATABASE, &good);
    let changed = json!({ "properties": { "collation": "Latin1_General_CI_AS" } });
    shop.refused("PATCH", DATABASE, Some(&changed), wrong);
    let copied = with(
        &with(&good, "sku", Value::Null),
        "properties",
        copy(DATABASE),
    );
    let made = shop.make(&format!("{SERVER}/databases/copy"), &copied);
    assert_eq!(made["properties"]["currentServiceObjectiveName"], "S0");
    let restore = with(
        &copied,
        "properties.createMode",
        json!("PointInTimeRestore"),
    );
    let path = format!("{SERVER}/databases/restored");
    shop.refused("PUT", &path, Some(&restore), wrong);
    let early = with(
        &restore,
        "properties.restorePointInTime",
        json!("2020-01-01T00:00:00Z"),
    );
    shop.refused("PUT", &path, Some(&early), wrong);
    let now = shop.bench.change(|tx| tx.now().to_string());
    shop.make(
        &path,
        &with(&restore, "properties.restorePointInTime", json!(now)),
    );
}

#[test]
fn warehouses_and_serverless_databases_are_paused() {
    let shop = shop();
    let (pause, resume) = (format!("{DATABASE}/pause"), format!("{DATABASE}/resume"));
    shop.make(DATABASE, &database("S0"));
    shop.refused("POST", &pause, None, (409, "OperationNotAllowed"));
    shop.delete(DATABASE);
    for sku in ["DW100c", "GP_S_Gen5_2"] {
        shop.make(DATABASE, &database(sku));
        shop.refused("POST", &resume, None, (409, "OperationNotAllowed"));
        let seen = shop.post(&pause, None);
        assert_eq!((seen.status, state(&shop)), (202, json!("Pausing")));
        shop.refused("POST", &resume, None, (409, "ConflictingServerOperation"));
        let end = shop.end(&seen);
        assert_eq!(end.json["properties"]["status"], "Paused", "{}", end.json);
        assert!(end.json["properties"]["pausedDate"].is_string());
        shop.refused("POST", &pause, None, (409, "OperationNotAllowed"));
        shop.refused(
            "PATCH",
            DATABASE,
            Some(&json!({})),
            (409, "OperationNotAllowed"),
        );
        let end = shop.act(&resume, None);
        assert_eq!(end.json["properties"]["status"], "Online", "{}", end.json);
        shop.delete(DATABASE);
    }
}

#[test]
fn a_database_is_exported_and_renamed() {
    let shop = shop();
    shop.make(DATABASE, &database("S0"));
    let export = format!("{DATABASE}/export");
    let body = json!({ "storageKeyType": "StorageAccessKey", "storageKey": "Marker-key", "storageUri": "https://stfab.blob.core.windows.net/backup/shop.bacpac", "administratorLogin": "fabsql", "administratorLoginPassword": PASSWORD });
    for (field, value, expected) in [
        ("storageKey", Value::Null, "InvalidParameterValue"),
        ("storageKeyType", json!("Other"), "InvalidParameter"),
        ("storageUri", json!("shop.bacpac"), "InvalidParameterValue"),
        (
            "administratorLogin",
            json!("other"),
            "InvalidParameterValue",
        ),
        (
            "administratorLoginPassword",
            Value::Null,
            "InvalidParameterValue",
        ),
    ] {
        shop.refused(
            "POST",
            &export,
            Some(&with(&body, field, value)),
            (400, expected),
        );
    }
    let end = shop.act(&export, Some(&body));
    assert_eq!(
        end.json["properties"]["status"], "Completed",
        "{}",
        end.json
    );
    let stored = shop.bench.change(|tx| format!("{:?}", tx.arm.operations));
    assert!(!stored.contains("Marker-key"));
    let rename = format!("{DATABASE}/move");
    let to = |name: &str| json!({ "id": shop.id(&format!("{SERVER}/databases/{name}")) });
    shop.refused(
        "POST",
        &rename,
        Some(&to("master")),
        (409, "DatabaseAlreadyExists"),
    );
    shop.refused(
        "POST",
        &rename,
        Some(&json!({ "id": shop.id(SERVER) })),
        (400, "InvalidParameterValue"),
    );
    assert_eq!(shop.post(&rename, Some(&to("store"))).status, 200);
    assert_eq!(shop.call("GET", DATABASE, None).status, 404);
    assert_eq!(
        shop.get(&format!("{SERVER}/databases/store"))["name"],
        "store"
    );
}

#[test]
fn firewall_rules_are_ranges() {
    let shop = shop();
    let rule = format!("{SERVER}/firewallRules/office");
    let range = |start: &str, end: &str| json!({ "properties": { "startIpAddress": start, "endIpAddress": end } });
    let made = shop.put(&rule, &range("203.0.113.10", "203.0.113.20"));
    assert_eq!(
        (made.status, &made.json["properties"]),
        (201, &range("203.0.113.10", "203.0.113.20")["properties"]),
        "{}",
        made.json
    );
    assert_eq!(
        shop.put(&rule, &range("203.0.113.10", "203.0.113.10"))
            .status,
        200
    );
    for wrong in [
        range("203.0.113.20", "203.0.113.10"),
        range("203.0.113", "203.0.113.10"),
        range("::1", "::1"),
        json!({ "properties": { "startIpAddress": "1.2.3.4" } }),
    ] {
        shop.refused("PUT", &rule, Some(&wrong), (400, "InvalidParameterValue"));
    }
    let services = format!("{SERVER}/firewallRules/AllowAllWindowsAzureIps");
    assert_eq!(
        shop.put(&services, &range("0.0.0.0", "0.0.0.0")).status,
        201
    );
    let all = shop.get(&format!("{SERVER}/firewallRules"));
    assert_eq!(all["value"].as_array().map(Vec::len), Some(2), "{all}");
    assert_eq!(shop.call("DELETE", &rule, None).status, 200);
    assert_eq!(shop.call("DELETE", &rule, None).status, 204);
    let nowhere = "Microsoft.Sql/servers/none/firewallRules/office";
    shop.refused(
        "PUT",
        nowhere,
        Some(&range("1.2.3.4", "1.2.3.4")),
        (404, "ParentResourceNotFound"),
    );
}

#[test]
fn the_shop_has_a_database() {
    let shop = Shop::new();
    let server = format!(
        "{}/resourceGroups/rg-shop/providers/Microsoft.Sql/servers/sql-fabshop",
        shop.root
    );
    let all = shop.get(&format!("{server}/databases"));
    let names: Vec<&Value> = all["value"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["master", "shop"]);
    let rule = shop.get(&format!("{server}/firewallRules/office"));
    assert_eq!(rule["properties"]["endIpAddress"], "203.0.113.20");
}
