//! Actions of a machine beside its power: making it an image, copying it, running a script in it.
//! Source: arm reference §10.8.

use serde_json::{Map, Value, json};

use super::super::refusal::{absent, action_not_allowed};
use super::{TYPE, at_rest, long, power, text};
use crate::sandbox::arm::body::{self, need, one_of, parameter};
use crate::sandbox::arm::calls;
use crate::sandbox::arm::kind::Links;
use crate::sandbox::derived;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{OperationResult, Resource, Tx};

macro_rules! action {
    ($name:literal, $handler:path) => {
        Route::arm(
            "POST",
            concat!(
                "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{vm}/",
                $name
            ),
            $handler,
        )
    };
}

pub(in super::super) const ROUTES: &[Route] = &[
    action!("start", power::start),
    action!("powerOff", power::power_off),
    action!("deallocate", power::deallocate),
    action!("restart", power::restart),
    action!("redeploy", power::redeploy),
    action!("reapply", power::reapply),
    action!("generalize", generalize),
    action!("capture", capture),
    action!("runCommand", run_command),
];

/// Marks a machine that is off as one from which others are made; it cannot start again.
fn generalize(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = calls::asked(request, tx, "generalize")?;
    at_rest(&asked.resource)?;
    if !["stopped", "deallocated"].contains(&power::of(&asked.resource)) {
        return Err(action_not_allowed("generalize", asked.id.name(), "running"));
    }
    if let Some(machine) = tx.arm.resources.edit(&asked.id.key()) {
        machine.hidden.insert("generalized".to_owned(), true.into());
    }
    Ok(Reply::empty(200))
}

/// Answers with a template of machines like this one, which must have been generalized.
fn capture(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = calls::asked(request, tx, "capture")?;
    at_rest(&asked.resource)?;
    need(&asked.body, "destinationContainerName")?;
    need(&asked.body, "vhdPrefix")?;
    match asked.body.get("overwriteVhds") {
        Some(Value::Bool(_)) => {}
        None | Some(Value::Null) => return Err(absent("overwriteVhds")),
        Some(_) => return Err(body::invalid("'overwriteVhds' is not a boolean")),
    }
    if !power::is_generalized(&asked.resource) {
        let why = "not generalized";
        return Err(action_not_allowed("capture", asked.id.name(), why));
    }
    let power = power::of(&asked.resource).to_owned();
    power::begin(tx, &asked.id.key(), &power, &power);
    let result = OperationResult::Body(template(&asked.resource));
    Ok(asked.begin(request, tx, long(Links::Both, 30), result))
}

fn template(machine: &Resource) -> Value {
    let id = derived::guid(&["capture", &machine.id.to_lowercase()]);
    let part = |name: &str| machine.properties.get(name).cloned().unwrap_or_default();
    json!({
        "id": format!("{}/captures/{id}", machine.id),
        "$schema": "http://schema.management.azure.com/schemas/2014-04-01-preview/VM_IP.json",
        "contentVersion": "1.0.0.0",
        "parameters": { "vmName": { "type": "string" }, "networkInterfaceId": { "type": "string" } },
        "resources": [{
            "apiVersion": "2025-04-01",
            "type": TYPE,
            "name": "[parameters('vmName')]",
            "location": machine.location,
            "properties": {
                "hardwareProfile": part("hardwareProfile"),
                "storageProfile": part("storageProfile"),
                "networkProfile": { "networkInterfaces": [{ "id": "[parameters('networkInterfaceId')]" }] },
            },
        }],
    })
}

/// Runs a script in a machine that runs.
fn run_command(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = calls::asked(request, tx, "runCommand")?;
    at_rest(&asked.resource)?;
    let windows = text(&asked.resource, "storageProfile.osDisk.osType") == Some("Windows");
    let command = command(&asked.body, windows)?;
    if power::of(&asked.resource) != "running" {
        let why = "not running";
        return Err(action_not_allowed("runCommand", asked.id.name(), why));
    }
    power::begin(tx, &asked.id.key(), "running", "running");
    let time = write(tx.now());
    let result = OperationResult::Body(json!({ "value": printed(&command, windows, &time) }));
    Ok(asked.begin(request, tx, long(Links::Both, 15), result))
}

/// Returns the lines of the script.
fn command(asked: &Map<String, Value>, windows: bool) -> Result<Vec<String>, Refusal> {
    let known = if windows {
        "RunPowerShellScript"
    } else {
        "RunShellScript"
    };
    one_of("commandId", need(asked, "commandId")?, &[known])?;
    for parameter in super::objects(asked, "parameters")? {
        need(&parameter, "name")?;
        need(&parameter, "value")?;
    }
    let Some(Value::Array(lines)) = asked.get("script") else {
        return Err(absent("script"));
    };
    let lines = lines.iter().map(|line| line.as_str().map(str::to_owned));
    let lines: Option<Vec<String>> = lines.collect();
    lines
        .filter(|lines| !lines.is_empty())
        .ok_or_else(|| parameter("script", "The script is a list of texts, its lines."))
}

/// What the script has printed. There is no machine in which it could run: only lines that print a
/// text do what they say.
fn printed(lines: &[String], windows: bool, time: &str) -> Value {
    let word = if windows { "Write-Output " } else { "echo " };
    let texts = lines
        .iter()
        .filter_map(|line| line.trim().strip_prefix(word));
    let texts = texts.map(|text| text.trim_matches(['"', '\'']));
    let out = texts.collect::<Vec<_>>().join("\n");
    let status = |code: &str, message: String| {
        json!({
            "code": code,
            "level": "Info",
            "displayStatus": "Provisioning succeeded",
            "message": message,
            "time": time,
        })
    };
    if windows {
        return json!([
            status("ComponentStatus/StdOut/succeeded", out),
            status("ComponentStatus/StdErr/succeeded", String::new()),
        ]);
    }
    let message = format!("Enable succeeded: \n[stdout]\n{out}\n\n[stderr]\n");
    json!([status("ProvisioningState/succeeded", message)])
}
