//! What a machine cannot be.

use serde_json::{Value, json};

use super::*;
use crate::sandbox::arm::testing::with;

const INVALID: (u16, &str) = (400, "InvalidParameter");
const CONTENT: (u16, &str) = (400, "InvalidRequestContent");
const MISSING: (u16, &str) = (404, "NotFound");

/// Asserts how a good body is refused with one value changed.
fn check(rows: impl IntoIterator<Item = (&'static str, Value, (u16, &'static str))>) {
    let shop = shop();
    let good = linux(&shop, "n1");
    for (path, value, expected) in rows {
        shop.refused("PUT", ONE, Some(&with(&good, path, value)), expected);
    }
    assert_eq!(shop.machine_of("n1"), Value::Null);
}

#[test]
fn a_wrong_machine_is_refused_with_the_code_of_what_is_wrong() {
    let shop = Shop::new();
    check([
        (
            "location",
            json!("mars"),
            (400, "LocationNotAvailableForResourceType"),
        ),
        ("location", Value::Null, (400, "LocationRequired")),
        ("properties", json!([]), CONTENT),
        ("properties.colour", json!("red"), CONTENT),
        ("properties.hardwareProfile.size", json!("x"), CONTENT),
        ("properties.hardwareProfile", Value::Null, INVALID),
        (
            "properties.hardwareProfile.vmSize",
            json!("Standard_Z9"),
            INVALID,
        ),
        ("properties.hardwareProfile.vmSize", json!(7), CONTENT),
        ("properties.networkProfile", Value::Null, INVALID),
        (
            "properties.networkProfile.networkInterfaces",
            json!([]),
            INVALID,
        ),
        (
            "properties.networkProfile.networkInterfaces",
            json!([{}]),
            INVALID,
        ),
        (
            "properties.networkProfile.networkInterfaces",
            json!([{ "id": shop.id("Microsoft.Compute/disks/d") }]),
            INVALID,
        ),
        (
            "properties.networkProfile.networkInterfaces",
            json!([{ "id": shop.id("Microsoft.Network/networkInterfaces/none") }]),
            MISSING,
        ),
        (
            "properties.availabilitySet",
            json!({ "id": shop.id("Microsoft.Compute/availabilitySets/none") }),
            MISSING,
        ),
        ("properties.priority", json!("Now"), INVALID),
        ("properties.evictionPolicy", json!("Delete"), INVALID),
        ("properties.userData", json!("no base64!"), INVALID),
        ("zones", json!(["4"]), INVALID),
        ("zones", json!("1"), INVALID),
        ("zones", json!(["1", "2"]), INVALID),
        ("identity", json!({ "type": "Mine" }), INVALID),
    ]);
    shop.refused("PATCH", ONE, Some(&json!({})), (404, "ResourceNotFound"));
}

#[test]
fn wrong_disks_and_images_are_refused() {
    check([
        ("properties.storageProfile.osDisk", Value::Null, INVALID),
        (
            "properties.storageProfile.osDisk.createOption",
            Value::Null,
            INVALID,
        ),
        (
            "properties.storageProfile.osDisk.createOption",
            json!("Empty"),
            INVALID,
        ),
        (
            "properties.storageProfile.osDisk.createOption",
            json!("Sometimes"),
            INVALID,
        ),
        (
            "properties.storageProfile.osDisk.caching",
            json!("Sometimes"),
            INVALID,
        ),
        (
            "properties.storageProfile.osDisk.diskSizeGB",
            json!(10),
            INVALID,
        ),
        (
            "properties.storageProfile.osDisk.diskSizeGB",
            json!("64"),
            INVALID,
        ),
        (
            "properties.storageProfile.osDisk.managedDisk.storageAccountType",
            json!("Floppy"),
            INVALID,
        ),
        (
            "properties.storageProfile.imageReference",
            Value::Null,
            INVALID,
        ),
        (
            "properties.storageProfile.imageReference.sku",
            json!("none"),
            MISSING,
        ),
        (
            "properties.storageProfile.imageReference.version",
            json!("1.0.0"),
            MISSING,
        ),
        (
            "properties.storageProfile.imageReference.version",
            Value::Null,
            INVALID,
        ),
        (
            "properties.storageProfile.dataDisks",
            json!([{ "createOption": "Empty", "diskSizeGB": 8 }]),
            INVALID,
        ),
        (
            "properties.storageProfile.dataDisks",
            json!([{ "lun": 64, "createOption": "Empty", "diskSizeGB": 8 }]),
            INVALID,
        ),
        (
            "properties.storageProfile.dataDisks",
            json!([{ "lun": 0, "createOption": "Empty" }]),
            INVALID,
        ),
        (
            "properties.storageProfile.dataDisks",
            json!([{ "lun": 0, "createOption": "Empty", "diskSizeGB": 1 }, { "lun": 0, "createOption": "Empty", "diskSizeGB": 1 }]),
            INVALID,
        ),
        (
            "properties.storageProfile.dataDisks",
            json!(
                [0, 1, 2, 3, 4]
                    .map(|lun| json!({ "lun": lun, "createOption": "Empty", "diskSizeGB": 1 }))
            ),
            (409, "OperationNotAllowed"),
        ),
        (
            "properties.storageProfile.dataDisks",
            json!([{ "lun": 0, "createOption": "FromImage" }]),
            INVALID,
        ),
        ("properties.storageProfile.dataDisks", json!("one"), INVALID),
    ]);
}

#[test]
fn a_wrong_profile_is_refused() {
    let key = |data: &str, path: &str| json!([{ "path": path, "keyData": data }]);
    let home = "/home/fabadmin/.ssh/authorized_keys";
    check([
        ("properties.osProfile", Value::Null, INVALID),
        ("properties.osProfile.adminUsername", Value::Null, INVALID),
        ("properties.osProfile.adminUsername", json!("root"), INVALID),
        (
            "properties.osProfile.computerName",
            json!("has space"),
            INVALID,
        ),
        (
            "properties.osProfile.customData",
            json!("not base64!"),
            INVALID,
        ),
        (
            "properties.osProfile.adminPassword",
            json!(PASSWORD),
            INVALID,
        ),
        (
            "properties.osProfile.windowsConfiguration",
            json!({}),
            INVALID,
        ),
        (
            "properties.osProfile.linuxConfiguration",
            Value::Null,
            INVALID,
        ),
        (
            "properties.osProfile.linuxConfiguration.ssh",
            Value::Null,
            INVALID,
        ),
        (
            "properties.osProfile.linuxConfiguration.ssh.publicKeys",
            key("ssh-rsa AAAA", "/etc/keys"),
            INVALID,
        ),
        (
            "properties.osProfile.linuxConfiguration.ssh.publicKeys",
            key("my key", home),
            INVALID,
        ),
    ]);
}

#[test]
fn names_and_passwords_follow_the_system() {
    let shop = shop();
    let good = windows(&shop, "n1");
    let profile = "properties.osProfile.";
    for (field, value) in [
        ("computerName", json!("sixteen-letters-")),
        ("computerName", json!("a-name-of-16-chr")),
        ("computerName", json!("12345")),
        ("adminUsername", json!("administrator")),
        ("adminUsername", json!("ends.")),
        ("adminPassword", Value::Null),
        ("adminPassword", json!("Ab1-xyz")),
        ("adminPassword", json!("alllowercase1")),
        ("adminPassword", json!("P@ssw0rd")),
        ("linuxConfiguration", json!({})),
    ] {
        let body = with(&good, &format!("{profile}{field}"), value);
        shop.refused("PUT", ONE, Some(&body), (400, "InvalidParameter"));
    }
    for name in ["-vm", "vm_.", "a%20b", &"x".repeat(65)] {
        let path = format!("Microsoft.Compute/virtualMachines/{name}");
        shop.refused("PUT", &path, Some(&good), (400, "InvalidResourceName"));
    }
    let seen = shop.put(ONE, &good);
    assert_eq!(seen.status, 201, "{}", seen.json);
    shop.end(&seen);
    assert!(
        !shop
            .get(&format!("{ONE}?$expand=instanceView"))
            .to_string()
            .contains(PASSWORD)
    );
    assert!(!seen.json.to_string().contains(PASSWORD));
}

#[test]
fn an_interface_serves_one_machine() {
    let shop = shop();
    shop.interfaces(&["far"], "northeurope");
    shop.make(ONE, &linux(&shop, "n1"));
    let two = "Microsoft.Compute/virtualMachines/vm2";
    shop.refused("PUT", two, Some(&linux(&shop, "n1")), (400, "NicInUse"));
    shop.refused(
        "PUT",
        two,
        Some(&linux(&shop, "far")),
        (400, "InvalidResourceReference"),
    );
    let mut both = linux(&shop, "n2");
    let list = &mut both["properties"]["networkProfile"]["networkInterfaces"];
    let third = shop.id("Microsoft.Network/networkInterfaces/n3");
    list.as_array_mut()
        .expect("a list")
        .push(json!({ "id": third, "properties": { "primary": true } }));
    shop.refused(
        "PUT",
        two,
        Some(&both),
        (400, "VirtualMachineMustHaveOneNetworkInterfaceAsPrimary"),
    );
    both["properties"]["networkProfile"]["networkInterfaces"][1]["properties"]["primary"] =
        false.into();
    let made = shop.make(two, &both);
    assert_eq!(shop.machine_of("n3"), made["id"]);
    let one = linux(&shop, "n2");
    let seen = shop.put(
        two,
        &with(
            &made,
            "properties.networkProfile",
            one["properties"]["networkProfile"].clone(),
        ),
    );
    assert_eq!(seen.status, 200, "{}", seen.json);
    assert_eq!(shop.machine_of("n3"), Value::Null);
    assert_eq!(shop.machine_of("n2"), made["id"]);
}

#[test]
fn what_was_made_once_does_not_change() {
    let shop = shop();
    let made = shop.make(ONE, &linux(&shop, "n1"));
    for (path, value) in [
        ("properties.osProfile.adminUsername", json!("other")),
        ("properties.osProfile.computerName", json!("other")),
        ("properties.osProfile.adminPassword", json!(PASSWORD)),
        (
            "properties.storageProfile.imageReference.sku",
            json!("minimal"),
        ),
        ("properties.storageProfile.osDisk.name", json!("other")),
        (
            "properties.storageProfile.osDisk.createOption",
            json!("Attach"),
        ),
        ("zones", json!(["1"])),
    ] {
        let body = with(&made, path, value);
        shop.refused("PUT", ONE, Some(&body), (409, "PropertyChangeNotAllowed"));
    }
    shop.refused(
        "PUT",
        ONE,
        Some(&with(&made, "location", json!("eastus"))),
        (409, "InvalidResourceLocation"),
    );
}

#[test]
fn sizes_are_offered_here_and_cores_are_counted() {
    let shop = shop();
    shop.interfaces(&["x1", "x2", "x3", "x4"], "northeurope");
    let body = |interface: &str, size: &str| {
        let body = with(&linux(&shop, interface), "location", json!("northeurope"));
        with(&body, "properties.hardwareProfile.vmSize", json!(size))
    };
    shop.refused(
        "PUT",
        ONE,
        Some(&body("x1", "Standard_NC6s_v3")),
        (409, "SkuNotAvailable"),
    );
    shop.refused(
        "PUT",
        ONE,
        Some(&body("x1", "Standard_F64s_v2")),
        (409, "QuotaExceeded"),
    );
    for (at, size) in [
        ("1", "Standard_D32s_v5"),
        ("2", "Standard_D8s_v5"),
        ("3", "Standard_D8s_v5"),
    ] {
        let seen = shop.put(
            &format!("Microsoft.Compute/virtualMachines/vm{at}"),
            &body(&format!("x{at}"), size),
        );
        assert_eq!(seen.status, 201, "{}", seen.json);
    }
    let four = "Microsoft.Compute/virtualMachines/vm4";
    let seen = shop.put(four, &body("x4", "Standard_D8s_v5"));
    assert_eq!(seen.json["error"]["code"], "QuotaExceeded");
    let text = seen.json["error"]["message"].as_str().expect("a text");
    assert!(
        text.contains("Current Limit: 50, Current Usage: 48, Additional Required: 8"),
        "{text}"
    );
    let mut config = shop.bench.engine.config();
    config.azure_cores = 49;
    shop.bench.engine.configure(config);
    shop.refused(
        "PUT",
        four,
        Some(&body("x4", "Standard_B2s")),
        (409, "OperationNotAllowed"),
    );
    config.azure_cores = 0;
    shop.bench.engine.configure(config);
    assert_eq!(shop.put(four, &body("x4", "Standard_F64s_v2")).status, 201);
}
