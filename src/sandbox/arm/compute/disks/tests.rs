//! Disks as a caller sees them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::testing::{Shop, with};

const ONE: &str = "Microsoft.Compute/disks/d1";
const TWO: &str = "Microsoft.Compute/disks/d2";

fn empty() -> Value {
    json!({ "location": "westeurope", "sku": { "name": "Premium_LRS" }, "properties": { "creationData": { "createOption": "Empty" }, "diskSizeGB": 100 } })
}

#[test]
fn a_disk_is_made_changed_copied_and_deleted() {
    let shop = Shop::new();
    let made = shop.put(ONE, &empty());
    assert_eq!((made.status, made.body.len()), (202, 0), "{}", made.json);
    assert!(!made.header("location").is_empty());
    shop.refused("PUT", ONE, Some(&empty()), (409, "Conflict"));
    let end = shop.end(&made);
    assert_eq!(
        (end.status, &end.json["name"]),
        (200, &json!("d1")),
        "{}",
        end.json
    );
    let properties = &end.json["properties"];
    assert_eq!(
        (&properties["diskState"], &properties["tier"]),
        (&json!("Unattached"), &json!("P10"))
    );
    assert_eq!(
        end.json["sku"],
        json!({ "name": "Premium_LRS", "tier": "Premium" })
    );
    assert_eq!(properties["diskSizeBytes"], 107_374_182_400_u64);
    let grown = shop.call(
        "PATCH",
        ONE,
        Some(&json!({ "sku": { "name": "StandardSSD_LRS" }, "properties": { "diskSizeGB": 200 } })),
    );
    assert_eq!(grown.status, 202, "{}", grown.json);
    shop.end(&grown);
    let seen = shop.get(ONE);
    assert_eq!(
        (&seen["sku"]["tier"], &seen["properties"]["diskSizeGB"]),
        (&json!("Standard"), &json!(200))
    );
    assert_eq!(seen["properties"]["uniqueId"], properties["uniqueId"]);
    shop.refused(
        "PATCH",
        ONE,
        Some(&json!({ "properties": { "diskSizeGB": 100 } })),
        (409, "OperationNotAllowed"),
    );
    shop.refused(
        "PUT",
        ONE,
        Some(&with(
            &seen,
            "properties.creationData.createOption",
            json!("Copy"),
        )),
        (409, "PropertyChangeNotAllowed"),
    );
    let copy = json!({ "location": "westeurope", "properties": { "creationData": { "createOption": "Copy", "sourceResourceId": shop.id(ONE) } } });
    assert_eq!(shop.make(TWO, &copy)["properties"]["diskSizeGB"], 200);
    let names: Vec<Value> = shop.get("Microsoft.Compute/disks")["value"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(names, ["d1", "d2"]);
    shop.delete(ONE);
    assert_eq!(shop.call("DELETE", ONE, None).status, 204);
}

#[test]
fn a_wrong_disk_is_refused() {
    let shop = Shop::new();
    let invalid = (400, "InvalidParameter");
    let creation = |data: Value| with(&empty(), "properties.creationData", data);
    let image = "/subscriptions/s/providers/Microsoft.Compute/locations/westeurope/publishers/Nobody/artifactTypes/VMImage/offers/o/skus/s/versions/1";
    for (body, expected) in [
        (with(&empty(), "properties", Value::Null), invalid),
        (
            with(&empty(), "properties.size", json!(1)),
            (400, "InvalidRequestContent"),
        ),
        (
            with(&empty(), "properties.diskSizeGB", Value::Null),
            invalid,
        ),
        (with(&empty(), "properties.diskSizeGB", json!(0)), invalid),
        (
            with(&empty(), "properties.diskSizeGB", json!(32_768)),
            invalid,
        ),
        (
            with(&empty(), "properties.diskSizeGB", json!("100")),
            invalid,
        ),
        (with(&empty(), "properties.osType", json!("Plan9")), invalid),
        (
            with(&empty(), "properties.networkAccessPolicy", json!("Some")),
            invalid,
        ),
        (with(&empty(), "sku.name", json!("Floppy")), invalid),
        (creation(json!({})), invalid),
        (creation(json!({ "createOption": "Magic" })), invalid),
        (creation(json!({ "createOption": "Copy" })), invalid),
        (
            creation(json!({ "createOption": "Copy", "sourceResourceId": shop.id(TWO) })),
            (404, "NotFound"),
        ),
        (creation(json!({ "createOption": "FromImage" })), invalid),
        (
            creation(json!({ "createOption": "FromImage", "imageReference": { "id": image } })),
            (404, "NotFound"),
        ),
        (
            creation(
                json!({ "createOption": "Import", "sourceUri": "https://a.blob.core.windows.net/b/c.vhd" }),
            ),
            invalid,
        ),
        (
            creation(json!({ "createOption": "Upload", "uploadSizeBytes": 512 })),
            invalid,
        ),
    ] {
        shop.refused("PUT", ONE, Some(&body), expected);
    }
    shop.refused(
        "PUT",
        "Microsoft.Compute/disks/ends.",
        Some(&empty()),
        (400, "InvalidResourceName"),
    );
    let image = json!({ "createOption": "FromImage", "imageReference": { "id": image.replace("Nobody", "Canonical").replace("/o/", "/ubuntu-24_04-lts/").replace("/s/v", "/server/v").replace("versions/1", "versions/latest") } });
    let body = with(&creation(image), "properties.diskSizeGB", json!(8));
    shop.refused("PUT", ONE, Some(&body), invalid);
    let made = shop.make(ONE, &with(&body, "properties.diskSizeGB", Value::Null));
    let properties = &made["properties"];
    assert_eq!(
        (&properties["diskSizeGB"], &properties["osType"]),
        (&json!(30), &json!("Linux"))
    );
}

#[test]
fn the_bytes_are_open_for_a_while() {
    let shop = Shop::new();
    shop.make(ONE, &empty());
    let (begin, end) = (
        format!("{ONE}/beginGetAccess"),
        format!("{ONE}/endGetAccess"),
    );
    for wrong in [
        json!({}),
        json!({ "access": "Read" }),
        json!({ "access": "Look", "durationInSeconds": 1 }),
        json!({ "access": "Read", "durationInSeconds": 0 }),
        json!({ "access": "Read", "durationInSeconds": 9, "fileFormat": "ISO" }),
    ] {
        shop.refused("POST", &begin, Some(&wrong), (400, "InvalidParameter"));
    }
    let write = json!({ "access": "Write", "durationInSeconds": 3600 });
    shop.refused("POST", &begin, Some(&write), (409, "OperationNotAllowed"));
    let read = json!({ "access": "Read", "durationInSeconds": 3600 });
    let seen = shop.act(&begin, Some(&read));
    let address = seen.json["accessSAS"].as_str().expect("an address");
    assert!(
        address.starts_with("https://md-") && address.contains("&sig="),
        "{address}"
    );
    let state = || shop.get(ONE)["properties"]["diskState"].clone();
    assert_eq!(state(), "ActiveSAS");
    shop.refused("POST", &begin, Some(&read), (409, "OperationNotAllowed"));
    shop.refused("DELETE", ONE, None, (409, "OperationNotAllowed"));
    assert_eq!(shop.act(&end, None).status, 200);
    assert_eq!(state(), "Unattached");
    shop.act(&begin, Some(&read));
    shop.bench.advance(Duration::from_secs(3600));
    assert_eq!(state(), "Unattached");
    let upload = json!({ "createOption": "Upload", "uploadSizeBytes": 20_972_032 });
    shop.make(TWO, &with(&empty(), "properties.creationData", upload));
    let state = || shop.get(TWO)["properties"]["diskState"].clone();
    assert_eq!(state(), "ReadyToUpload");
    shop.act(&format!("{TWO}/beginGetAccess"), Some(&write));
    assert_eq!(state(), "ActiveUpload");
    shop.act(&format!("{TWO}/endGetAccess"), None);
    assert_eq!(state(), "Unattached");
}
