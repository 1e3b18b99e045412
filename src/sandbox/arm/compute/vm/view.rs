//! How a machine is at the moment: its instance view, and the lists that show it. Source: arm
//! reference §10.8.

use serde_json::{Map, Value, json};

use super::super::images;
use super::{VERSIONS, all, links, power, text};
use crate::sandbox::arm::body::{self, parameter};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::resource::shown;
use crate::sandbox::arm::{access, calls, locations, page};
use crate::sandbox::derived;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Resource, Tx};

/// Reads a machine.
pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    expand(request, &["instanceView", "userData", "resiliencyView"])?;
    calls::get(request, tx)
}

/// Lists the machines of a subscription or a group.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    expand(request, &["instanceView"])?;
    power::flag(request, "statusOnly")?;
    calls::list(request, tx)
}

/// Lists the machines of a region.
pub(super) fn list_of_location(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version(request, VERSIONS)?;
    let scope = Id::of_subscription(request.param("subscription"));
    let action = "Microsoft.Compute/locations/virtualMachines/read";
    access::pass(request, tx, &scope, action)?;
    let location = locations::normal(request.param("location"));
    locations::check(&location)?;
    let here = all(tx, &scope).filter(|one| one.location.as_ref() == Some(&location));
    let here = here.map(|one| shown(tx, one, Some(request))).collect();
    page::list(request, here)
}

/// Shows how a machine is.
pub(super) fn instance_view(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let machine = calls::view(request, tx, "instanceView")?;
    Ok(Reply::ok(of(tx, &machine)))
}

fn expand(request: &Request, known: &[&str]) -> Result<(), Refusal> {
    let Some(given) = request.query("$expand").filter(|given| !given.is_empty()) else {
        return Ok(());
    };
    if known.iter().any(|known| known.eq_ignore_ascii_case(given)) {
        return Ok(());
    }
    let text = format!(
        "The value '{given}' of $expand is not supported. Supported values are '{}'.",
        known.join(",")
    );
    Err(parameter("$expand", text))
}

/// Adds what is asked for to a machine that is shown.
pub(super) fn show(
    tx: &Tx<'_>,
    machine: &Resource,
    request: Option<&Request>,
    shown: &mut Map<String, Value>,
) {
    let Some(Value::Object(properties)) = shown.get_mut("properties") else {
        return;
    };
    let asked = |name: &str, value: &str| {
        let given = request.and_then(|request| request.query(name));
        given.is_some_and(|given| given.eq_ignore_ascii_case(value))
    };
    if asked("statusOnly", "true") {
        properties.retain(|name, _| ["vmId", "provisioningState"].contains(&name.as_str()));
        properties.insert("instanceView".to_owned(), of(tx, machine));
        return;
    }
    if asked("$expand", "instanceView") {
        properties.insert("instanceView".to_owned(), of(tx, machine));
    }
    if let (true, Some(data)) = (asked("$expand", "userData"), machine.hidden.get("userData")) {
        properties.insert("userData".to_owned(), data.clone());
    }
}

/// Returns the instance view.
pub(super) fn of(tx: &Tx<'_>, machine: &Resource) -> Value {
    let time = write(machine.changed.at);
    let power = power::of(machine);
    let mut view = json!({
        "disks": disks(tx, machine),
        "hyperVGeneration": "V2",
        "statuses": statuses(machine, &time),
    });
    if super::availability_set(machine).is_some() {
        // Machines of a set are spread over its domains by their id.
        let place = machine.id.bytes().map(u64::from).sum::<u64>();
        view["platformFaultDomain"] = (place % 2).into();
        view["platformUpdateDomain"] = (place % 5).into();
    }
    if power == "running" {
        if let Some(name) = text(machine, "osProfile.computerName") {
            view["computerName"] = name.into();
        }
        let reference = body::at(&machine.properties, "storageProfile.imageReference");
        if let Some(image) = reference.and_then(|one| images::of(one.as_object()?)) {
            (view["osName"], view["osVersion"]) = (image.os.0.into(), image.os.1.into());
        }
        view["vmAgent"] = json!({
            "vmAgentVersion": "2.14.0.1",
            "extensionHandlers": [],
            "statuses": [status("ProvisioningState/succeeded", "Ready", &time)],
        });
    }
    if let Some(storage) = boot_diagnostics(machine) {
        let name = derived::guid(&["boot", &machine.id.to_lowercase()]);
        view["bootDiagnostics"] = json!({
            "consoleScreenshotBlobUri": format!("{storage}bootdiagnostics/{name}.screenshot.bmp"),
            "serialConsoleLogBlobUri": format!("{storage}bootdiagnostics/{name}.serialconsole.log"),
        });
    }
    view
}

/// Returns where the diagnostics of the start are written, if they are and the account is one's
/// own.
fn boot_diagnostics(machine: &Resource) -> Option<String> {
    let path = "diagnosticsProfile.bootDiagnostics";
    let settings = body::at(&machine.properties, path)?;
    (settings["enabled"] == true).then_some(())?;
    let uri = settings["storageUri"].as_str()?;
    Some(format!("{}/", uri.trim_end_matches('/')))
}

fn statuses(machine: &Resource, time: &str) -> Vec<Value> {
    let state = machine.state.to_lowercase();
    let text = match state.as_str() {
        "succeeded" => "Provisioning succeeded".to_owned(),
        "failed" => "Provisioning failed".to_owned(),
        state => capital(state),
    };
    let mut all = vec![status(&format!("ProvisioningState/{state}"), &text, time)];
    if state == "failed" {
        all[0]["level"] = "Error".into();
    }
    if power::is_generalized(machine) {
        let mut generalized = status("OSState/generalized", "VM generalized", time);
        generalized.as_object_mut().map(|one| one.remove("time"));
        all.push(generalized);
    }
    let power = power::of(machine);
    let mut power = status(&format!("PowerState/{power}"), &format!("VM {power}"), time);
    power.as_object_mut().map(|one| one.remove("time"));
    all.push(power);
    all
}

fn disks(tx: &Tx<'_>, machine: &Resource) -> Vec<Value> {
    let ids = links::disks_of(machine).into_iter();
    let known = ids.filter_map(|id| tx.arm.resources.get(&Id::parse(&id)?.key()));
    known
        .map(|disk| {
            let time = write(disk.changed.at);
            let state = status(
                "ProvisioningState/succeeded",
                "Provisioning succeeded",
                &time,
            );
            json!({ "name": disk.name, "statuses": [state] })
        })
        .collect()
}

fn status(code: &str, text: &str, time: &str) -> Value {
    json!({ "code": code, "level": "Info", "displayStatus": text, "time": time })
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
