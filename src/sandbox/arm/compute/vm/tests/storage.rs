//! Disks and availability sets of machines.

use serde_json::{Value, json};

use super::*;
use crate::sandbox::arm::testing::with;

const DISK: &str = "Microsoft.Compute/disks/d1";

#[test]
fn disks_are_attached_to_one_machine_and_detached() {
    let shop = shop();
    shop.make(DISK, &json!({ "location": "westeurope", "properties": { "creationData": { "createOption": "Empty" }, "diskSizeGB": 32 } }));
    let path = "properties.storageProfile.dataDisks";
    let attach =
        json!([{ "lun": 1, "createOption": "Attach", "managedDisk": { "id": shop.id(DISK) } }]);
    let body = with(&linux(&shop, "n1"), path, attach.clone());
    let made = shop.make(ONE, &body);
    let data = &made["properties"]["storageProfile"]["dataDisks"][0];
    assert_eq!(
        (&data["name"], &data["diskSizeGB"]),
        (&json!("d1"), &json!(32))
    );
    assert_eq!(shop.get(DISK)["managedBy"], made["id"]);
    let two = "Microsoft.Compute/virtualMachines/vm2";
    let other = with(&linux(&shop, "n2"), path, attach);
    shop.refused(
        "PUT",
        two,
        Some(&other),
        (409, "AttachDiskWhileBeingDetached"),
    );
    let none = json!([{ "lun": 1, "createOption": "Attach", "managedDisk": { "id": shop.id("Microsoft.Compute/disks/none") } }]);
    shop.refused(
        "PUT",
        two,
        Some(&with(&other, path, none)),
        (404, "NotFound"),
    );
    let seen = shop.call(
        "PATCH",
        ONE,
        Some(&json!({ "properties": { "storageProfile": { "dataDisks": [] } } })),
    );
    assert_eq!(seen.status, 200, "{}", seen.json);
    shop.end(&seen);
    assert_eq!(shop.get(DISK)["properties"]["diskState"], "Unattached");
    shop.make(two, &other);
    let seen = shop.get(ONE);
    let storage = &seen["properties"]["storageProfile"];
    assert_eq!(storage["dataDisks"], json!([]));
    let grown = shop.call(
        "PATCH",
        ONE,
        Some(&json!({ "properties": { "storageProfile": { "osDisk": { "diskSizeGB": 64 } } } })),
    );
    shop.end(&grown);
    let disk = storage["osDisk"]["managedDisk"]["id"]
        .as_str()
        .expect("a disk");
    assert_eq!(shop.get(disk)["properties"]["diskSizeGB"], 64);
}

#[test]
fn a_system_is_attached_without_a_profile() {
    let shop = shop();
    let made = shop.make(ONE, &linux(&shop, "n1"));
    let disk = made["properties"]["storageProfile"]["osDisk"]["managedDisk"]["id"].clone();
    shop.delete(ONE);
    let again = with(
        &linux(&shop, "n1"),
        "properties.storageProfile",
        json!({ "osDisk": { "createOption": "Attach", "osType": "Linux", "managedDisk": { "id": disk } } }),
    );
    shop.refused("PUT", ONE, Some(&again), (400, "InvalidParameter"));
    let again = with(&again, "properties.osProfile", Value::Null);
    let seen = shop.make(ONE, &again);
    assert_ne!(seen["properties"]["vmId"], made["properties"]["vmId"]);
    assert!(seen["properties"].get("osProfile").is_none());
}

#[test]
fn old_machines_have_files_for_disks() {
    let shop = shop();
    let old = format!("{ONE}?api-version=2015-05-01-preview&validating=true");
    let disk = json!({ "name": "os", "createOption": "FromImage", "vhd": { "uri": "http://stfab.blob.core.windows.net/vhds/os.vhd" } });
    let body = with(
        &linux(&shop, "n1"),
        "properties.storageProfile.osDisk",
        disk,
    );
    let body = with(
        &body,
        "properties.hardwareProfile.vmSize",
        json!("Standard_A1"),
    );
    let wrong = with(
        &body,
        "properties.storageProfile.osDisk.vhd.uri",
        json!("os.vhd"),
    );
    shop.refused("PUT", &old, Some(&wrong), (400, "InvalidParameter"));
    let both = with(
        &body,
        "properties.storageProfile.osDisk.managedDisk",
        json!({}),
    );
    shop.refused("PUT", &old, Some(&both), (400, "InvalidParameter"));
    let mixed = with(
        &body,
        "properties.storageProfile.dataDisks",
        json!([{ "lun": 0, "createOption": "Empty", "diskSizeGB": 8 }]),
    );
    shop.refused("PUT", &old, Some(&mixed), (409, "OperationNotAllowed"));
    let made = shop.put(&old, &body);
    assert_eq!(made.status, 201, "{}", made.json);
    assert!(
        made.json["properties"]["storageProfile"]["osDisk"]
            .get("managedDisk")
            .is_none()
    );
    let premium = with(
        &linux(&shop, "n2"),
        "properties.hardwareProfile.vmSize",
        json!("Standard_A1"),
    );
    let premium = with(
        &premium,
        "properties.storageProfile.osDisk.managedDisk.storageAccountType",
        json!("Premium_LRS"),
    );
    shop.refused(
        "PUT",
        "Microsoft.Compute/virtualMachines/vm2",
        Some(&premium),
        (400, "InvalidParameter"),
    );
}

#[test]
fn a_set_takes_machines_of_its_kind() {
    let shop = shop();
    let (classic, aligned) = (
        "Microsoft.Compute/availabilitySets/c",
        "Microsoft.Compute/availabilitySets/a",
    );
    shop.make(classic, &json!({ "location": "westeurope" }));
    let set = shop.make(
        aligned,
        &json!({ "location": "westeurope", "sku": { "name": "aligned" } }),
    );
    assert_eq!(set["sku"]["name"], "Aligned");
    let of = |set: &str| {
        with(
            &linux(&shop, "n1"),
            "properties.availabilitySet",
            json!({ "id": shop.id(set) }),
        )
    };
    shop.refused("PUT", ONE, Some(&of(classic)), (409, "OperationNotAllowed"));
    let zoned = with(&of(aligned), "zones", json!(["1"]));
    shop.refused("PUT", ONE, Some(&zoned), (400, "BadRequest"));
    let made = shop.make(ONE, &of(aligned));
    shop.refused(
        "PUT",
        ONE,
        Some(&linux(&shop, "n1")),
        (409, "PropertyChangeNotAllowed"),
    );
    let set = shop.get(aligned);
    assert_eq!(
        set["properties"]["virtualMachines"],
        json!([{ "id": made["id"] }])
    );
    let view = shop.get(&format!("{ONE}/instanceView"));
    assert!(
        view["platformFaultDomain"]
            .as_u64()
            .is_some_and(|domain| domain < 2)
    );
    shop.refused("DELETE", aligned, None, (409, "OperationNotAllowed"));
    let all = format!("{}/providers/Microsoft.Compute/availabilitySets", shop.root);
    let mine = |path: &str| {
        let all = shop.get(path)["value"].as_array().expect("a list").clone();
        all.into_iter()
            .find(|one| one["name"] == "a")
            .expect("the set")
    };
    assert!(mine(&all)["properties"].get("virtualMachines").is_none());
    let expanded = mine(&format!("{all}?$expand=virtualMachines/$ref"));
    assert_eq!(
        expanded["properties"]["virtualMachines"][0]["id"],
        made["id"]
    );
    for (path, value) in [
        ("sku.name", json!("Classic")),
        ("properties.platformFaultDomainCount", json!(3)),
    ] {
        shop.refused(
            "PUT",
            aligned,
            Some(&with(&set, path, value)),
            (409, "PropertyChangeNotAllowed"),
        );
    }
    let wrong =
        json!({ "location": "westeurope", "properties": { "platformFaultDomainCount": 4 } });
    shop.refused(
        "PUT",
        "Microsoft.Compute/availabilitySets/x",
        Some(&wrong),
        (400, "InvalidParameter"),
    );
    let tagged = shop.call("PATCH", aligned, Some(&json!({ "tags": { "a": "b" } })));
    assert_eq!(
        (tagged.status, &tagged.json["tags"]["a"]),
        (200, &json!("b"))
    );
    assert!(
        shop.get(&format!("{aligned}/vmSizes"))["value"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    );
    shop.delete(ONE);
    assert_eq!(shop.call("DELETE", aligned, None).status, 200);
    assert_eq!(shop.call("DELETE", aligned, None).status, 204);
}
