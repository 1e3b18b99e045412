//! A machine is made, runs, is stopped, made an image of, and goes.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::sandbox::store::{Ending, key};

#[test]
fn a_machine_is_made_as_the_clock_moves() {
    let shop = shop();
    let made = shop.put(ONE, &linux(&shop, "n1"));
    assert_eq!(
        (made.status, &made.json["properties"]["provisioningState"]),
        (201, &json!("Creating")),
        "{}",
        made.json
    );
    assert_eq!(made.header("retry-after"), "10");
    assert!(made.header("location").is_empty());
    let status = made.header("azure-asyncoperation");
    let segment = "/providers/Microsoft.Compute/locations/westeurope/operations/";
    assert!(status.contains(segment), "{status}");
    assert_eq!(
        states(&shop, ONE),
        ["ProvisioningState/creating", "PowerState/starting"]
    );
    shop.refused("PUT", ONE, Some(&linux(&shop, "n1")), (409, "Conflict"));
    let start = format!("{ONE}/start");
    shop.refused("POST", &start, None, (409, "Conflict"));
    shop.end(&made);
    assert_eq!(
        states(&shop, ONE),
        ["ProvisioningState/succeeded", "PowerState/running"]
    );
    let seen = shop.get(ONE);
    let properties = &seen["properties"];
    assert_eq!(properties["hardwareProfile"]["vmSize"], "Standard_B2s");
    assert_eq!(properties["vmId"].as_str().map(str::len), Some(36));
    assert_eq!(properties["storageProfile"]["osDisk"]["osType"], "Linux");
    assert!(properties.get("instanceView").is_none());
    assert_eq!(shop.machine_of("n1"), seen["id"]);
    let disk = shop.get(disk_of(&seen));
    assert_eq!(
        (&disk["managedBy"], &disk["properties"]["diskState"]),
        (&seen["id"], &json!("Attached"))
    );
    let expanded = shop.get(&format!("{ONE}?$expand=instanceView"));
    let view = &expanded["properties"]["instanceView"];
    assert_eq!(
        (&view["osName"], &view["computerName"]),
        (&json!("ubuntu"), &json!("vm1"))
    );
    assert_eq!(view["statuses"][1]["displayStatus"], "VM running");
    shop.refused(
        "GET",
        &format!("{ONE}?$expand=all"),
        None,
        (400, "InvalidParameter"),
    );
}

fn disk_of(machine: &Value) -> &str {
    let disk = &machine["properties"]["storageProfile"]["osDisk"]["managedDisk"];
    disk["id"].as_str().expect("a disk")
}

#[test]
fn power_changes_as_the_clock_moves() {
    let shop = shop();
    shop.make(ONE, &linux(&shop, "n1"));
    for (action, during, after) in [
        ("restart", "starting", "running"),
        ("powerOff", "stopping", "stopped"),
        ("start", "starting", "running"),
        ("powerOff?skipShutdown=true", "stopping", "stopped"),
        ("deallocate", "deallocating", "deallocated"),
        ("powerOff", "deallocated", "deallocated"),
        ("reapply", "deallocated", "deallocated"),
        ("start", "starting", "running"),
        ("redeploy", "starting", "running"),
    ] {
        let seen = shop.post(&format!("{ONE}/{action}"), None);
        assert_eq!(
            (seen.status, seen.body.len()),
            (202, 0),
            "{action}: {}",
            seen.json
        );
        assert!(!seen.header("azure-asyncoperation").is_empty());
        assert_eq!(
            states(&shop, ONE)[1],
            format!("PowerState/{during}"),
            "{action}"
        );
        let restart = format!("{ONE}/restart");
        shop.refused("POST", &restart, None, (409, "Conflict"));
        let end = shop.end(&seen);
        assert_eq!(
            (end.status, end.body.len()),
            (200, 0),
            "{action}: {}",
            end.json
        );
        assert_eq!(
            states(&shop, ONE)[1],
            format!("PowerState/{after}"),
            "{action}"
        );
    }
    shop.act(&format!("{ONE}/deallocate"), None);
    let disk = shop.get(disk_of(&shop.get(ONE)));
    assert_eq!(disk["properties"]["diskState"], "Reserved");
    shop.refused(
        "POST",
        &format!("{ONE}/restart"),
        None,
        (409, "OperationNotAllowed"),
    );
    let hibernate = format!("{ONE}/deallocate?hibernate=true");
    shop.refused("POST", &hibernate, None, (409, "OperationNotAllowed"));
    let wrong = format!("{ONE}/powerOff?skipShutdown=perhaps");
    shop.refused("POST", &wrong, None, (400, "InvalidParameter"));
}

#[test]
fn an_action_that_fails_leaves_the_machine_as_it_was() {
    let shop = shop();
    shop.make(ONE, &linux(&shop, "n1"));
    shop.bench.change(|tx| {
        let ending = Ending {
            part: "virtualMachines/vm1".to_owned(),
            end: "Failed".to_owned(),
            after: None,
            error: Some(json!({ "code": "VMPowerOffFailed", "message": "It stays." })),
            times: Some(1),
        };
        tx.arm.endings.put(&key(&["1"]), ending);
    });
    let seen = shop.post(&format!("{ONE}/powerOff"), None);
    let end = shop.end(&seen);
    assert_eq!(
        end.json["error"]["code"], "VMPowerOffFailed",
        "{}",
        end.json
    );
    assert_eq!(states(&shop, ONE)[1], "PowerState/running");
    shop.act(&format!("{ONE}/powerOff"), None);
}

#[test]
fn a_generalized_machine_is_captured_and_never_starts_again() {
    let shop = shop();
    shop.make(ONE, &linux(&shop, "n1"));
    let (generalize, capture) = (format!("{ONE}/generalize"), format!("{ONE}/capture"));
    let body =
        json!({ "vhdPrefix": "web", "destinationContainerName": "images", "overwriteVhds": true });
    shop.refused("POST", &generalize, None, (409, "OperationNotAllowed"));
    shop.refused("POST", &capture, Some(&body), (409, "OperationNotAllowed"));
    shop.act(&format!("{ONE}/deallocate"), None);
    let seen = shop.post(&generalize, None);
    assert_eq!((seen.status, seen.body.len()), (200, 0), "{}", seen.json);
    assert_eq!(states(&shop, ONE)[1], "OSState/generalized");
    shop.refused(
        "POST",
        &format!("{ONE}/start"),
        None,
        (409, "OperationNotAllowed"),
    );
    for wrong in ["vhdPrefix", "destinationContainerName", "overwriteVhds"] {
        let mut body = body.clone();
        body.as_object_mut().expect("an object").remove(wrong);
        shop.refused("POST", &capture, Some(&body), (400, "InvalidParameter"));
    }
    let end = shop.act(&capture, Some(&body));
    assert_eq!(end.json["contentVersion"], "1.0.0.0", "{}", end.json);
}

#[test]
fn a_script_runs_in_a_machine_that_runs() {
    let shop = shop();
    shop.make(ONE, &linux(&shop, "n1"));
    let run = format!("{ONE}/runCommand");
    let body = json!({ "commandId": "RunShellScript", "script": ["cd /", "echo 'hello there'"] });
    let end = shop.act(&run, Some(&body));
    let message = end.json["value"][0]["message"].as_str().expect("a message");
    assert!(message.contains("[stdout]\nhello there\n"), "{message}");
    for wrong in [
        json!({ "commandId": "RunPowerShellScript", "script": ["a"] }),
        json!({ "commandId": "RunShellScript" }),
        json!({ "commandId": "RunShellScript", "script": "a" }),
        json!({ "commandId": "RunShellScript", "script": [] }),
        json!({ "commandId": "RunShellScript", "script": ["a"], "parameters": [{ "name": "x" }] }),
        json!({ "script": ["a"] }),
    ] {
        shop.refused("POST", &run, Some(&wrong), (400, "InvalidParameter"));
    }
    shop.act(&format!("{ONE}/powerOff"), None);
    shop.refused("POST", &run, Some(&body), (409, "OperationNotAllowed"));
    let two = "Microsoft.Compute/virtualMachines/vm2";
    shop.make(two, &windows(&shop, "n2"));
    let body = json!({ "commandId": "runpowershellscript", "script": ["Write-Output hi"] });
    let end = shop.act(&format!("{two}/runCommand"), Some(&body));
    assert_eq!(end.json["value"][0]["message"], "hi", "{}", end.json);
    assert_eq!(
        end.json["value"][1]["code"],
        "ComponentStatus/StdErr/succeeded"
    );
}

#[test]
fn a_machine_that_goes_lets_go_what_it_held() {
    let shop = shop();
    let mut body = linux(&shop, "n1");
    let storage = &mut body["properties"]["storageProfile"];
    storage["osDisk"]["deleteOption"] = "Delete".into();
    storage["dataDisks"] =
        json!([{ "lun": 0, "createOption": "Empty", "diskSizeGB": 64, "name": "data0" }]);
    let seen = shop.make(ONE, &body);
    // What was asked for once may be asked for again.
    assert_eq!(shop.make(ONE, &body)["properties"], seen["properties"]);
    let (disk, data) = (disk_of(&seen), "Microsoft.Compute/disks/data0");
    shop.refused("DELETE", data, None, (409, "OperationNotAllowed"));
    let gone = shop.call("DELETE", ONE, None);
    assert_eq!((gone.status, gone.body.len()), (202, 0));
    assert!(!gone.header("location").is_empty());
    shop.refused("POST", &format!("{ONE}/start"), None, (409, "Conflict"));
    assert_eq!(shop.end(&gone).status, 200);
    assert_eq!(shop.call("GET", ONE, None).status, 404);
    assert_eq!(shop.call("DELETE", ONE, None).status, 204);
    assert_eq!(shop.call("GET", disk, None).status, 404);
    assert_eq!(shop.get(data)["properties"]["diskState"], "Unattached");
    assert_eq!(shop.machine_of("n1"), Value::Null);
}

#[test]
fn lists_show_how_machines_are_where_it_is_asked_for() {
    let shop = shop();
    shop.make(ONE, &linux(&shop, "n1"));
    let all = format!("{}/providers/Microsoft.Compute/virtualMachines", shop.root);
    let mine = |seen: &Value| {
        let all = seen["value"].as_array().expect("a list").iter();
        all.filter(|one| one["name"] == "vm1")
            .cloned()
            .collect::<Vec<_>>()
    };
    let plain = mine(&shop.get(&all));
    assert!(plain[0]["properties"].get("instanceView").is_none());
    let status = mine(&shop.get(&format!("{all}?statusOnly=true")));
    let properties = &status[0]["properties"];
    assert_eq!(
        properties["instanceView"]["statuses"][1]["code"],
        "PowerState/running"
    );
    assert!(properties.get("hardwareProfile").is_none());
    let group = shop.get("Microsoft.Compute/virtualMachines?$expand=instanceView");
    assert!(mine(&group)[0]["properties"]["instanceView"].is_object());
    let here = format!(
        "{}/providers/Microsoft.Compute/locations/West%20Europe/virtualMachines",
        shop.root
    );
    assert_eq!(mine(&shop.get(&here)).len(), 1);
    let sizes = shop.get(&format!("{ONE}/vmSizes"));
    assert!(
        sizes["value"]
            .as_array()
            .is_some_and(|sizes| sizes.len() > 5)
    );
    let elsewhere = format!(
        "{}/providers/Microsoft.Compute/locations/mars/vmSizes",
        shop.root
    );
    assert_eq!(shop.call("GET", &elsewhere, None).status, 400);
}

#[test]
fn a_change_takes_its_time_and_replaces_tags() {
    let shop = shop();
    shop.make(ONE, &linux(&shop, "n1"));
    let body = json!({ "tags": { "a": "b" }, "properties": { "hardwareProfile": { "vmSize": "Standard_B2ms" } } });
    let seen = shop.call("PATCH", ONE, Some(&body));
    assert_eq!(
        (seen.status, &seen.json["properties"]["provisioningState"]),
        (200, &json!("Updating"))
    );
    assert!(!seen.header("location").is_empty());
    shop.end(&seen);
    let seen = shop.get(ONE);
    assert_eq!(
        (
            &seen["tags"],
            &seen["properties"]["hardwareProfile"]["vmSize"]
        ),
        (&json!({ "a": "b" }), &json!("Standard_B2ms"))
    );
    // What was read can be written back.
    let again = shop.put(ONE, &seen);
    assert_eq!(again.status, 200, "{}", again.json);
    shop.bench.advance(Duration::from_secs(30));
    let after = shop.get(ONE);
    assert_eq!(after["properties"], seen["properties"]);
}

#[test]
fn the_shop_has_two_machines_that_run() {
    let shop = Shop::new();
    let group = format!("{}/resourceGroups/rg-shop/providers", shop.root);
    for (name, nic, idle, system) in [
        ("vm-web1", "nic-web1", "no", "ubuntu"),
        (
            "vm-batch1",
            "nic-batch1",
            "yes",
            "Windows Server 2022 Datacenter Azure Edition",
        ),
    ] {
        let path = format!("{group}/Microsoft.Compute/virtualMachines/{name}");
        let seen = shop.get(&format!("{path}?$expand=instanceView"));
        assert_eq!(seen["tags"]["idle"], idle);
        assert_eq!(seen["properties"]["instanceView"]["osName"], system);
        assert_eq!(states(&shop, &path)[1], "PowerState/running");
        let nic = shop.get(&format!(
            "{group}/Microsoft.Network/networkInterfaces/{nic}"
        ));
        let properties = &nic["properties"];
        assert_eq!(
            (&properties["virtualMachine"]["id"], &properties["primary"]),
            (&seen["id"], &json!(true))
        );
    }
    let nic = format!("{group}/Microsoft.Network/networkInterfaces/nic-web1");
    assert_eq!(shop.call("DELETE", &nic, None).status, 400);
    let spare = shop.get(&format!("{group}/Microsoft.Compute/disks/disk-spare"));
    assert_eq!(spare["properties"]["diskState"], "Unattached");
}
