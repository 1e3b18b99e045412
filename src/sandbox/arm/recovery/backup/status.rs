//! What is known of a machine before anything is begun: whether some vault protects it, and whether a
//! vault could. Source: recovery reference §6.2.

use serde_json::{Map, Value, json};

use super::items::{elsewhere, in_region, policy_of, status_of};
use super::names::Named;
use super::refusal::{input, one_of, unserved};
use super::{VERSIONS, items};
use crate::sandbox::arm::access;
use crate::sandbox::arm::body::{self, need};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::locations;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::Tx;

/// Kinds of what may be protected. Source: recovery reference §6.2 (`WorkloadType`).
const WORKLOADS: [&str; 15] = [
    "VM",
    "AzureFileShare",
    "AzureSqlDb",
    "Client",
    "Exchange",
    "FileFolder",
    "GenericDataSource",
    "SAPAseDatabase",
    "SAPHanaDBInstance",
    "SAPHanaDatabase",
    "SQLDB",
    "SQLDataBase",
    "Sharepoint",
    "SystemState",
    "VMwareVM",
];

/// Reads the body of a question about a machine that the caller may ask in that region.
fn asked(request: &Request, tx: &Tx<'_>, what: &str) -> Result<(Map<String, Value>, Id), Refusal> {
    let kind = "Microsoft.RecoveryServices/locations";
    access::version_of(request, kind, VERSIONS)?;
    access::subscription(request, tx, &format!("{kind}/{what}/action"))?;
    locations::check(&locations::normal(request.param("location")))?;
    let body = body::object(request)?;
    let workload = one_of("resourceType", need(&body, "resourceType")?, &WORKLOADS)?;
    if workload != "VM" {
        return Err(unserved(workload));
    }
    let given = need(&body, "resourceId")?;
    let machine = Id::parse(given).filter(|id| {
        let kind = id.kind().unwrap_or_default();
        kind.eq_ignore_ascii_case("Microsoft.Compute/virtualMachines")
            && id.subscription == Some(request.param("subscription").to_lowercase())
    });
    let machine = machine.ok_or_else(|| {
        let text = format!("'{given}' is not the id of a virtual machine of the subscription.");
        input("resourceId", text)
    })?;
    Ok((body, machine))
}

/// Tells which vault protects a machine.
pub(super) fn protection(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (_, machine) = asked(request, tx, "backupStatus")?;
    let (status, item) = status_of(tx, &machine);
    let mut shown = json!({
        "protectionStatus": status,
        "fabricName": "Invalid",
        "errorCode": "Success",
        "errorMessage": "",
    });
    if let Some(item) = item {
        let id = Id::parse(&item.id).unwrap_or_default();
        let policy = policy_of(tx, item);
        shown["vaultId"] = object::vault(&id).text().into();
        shown["fabricName"] = "Azure".into();
        shown["containerName"] = id.parent().name().into();
        shown["protectedItemName"] = item.name.as_str().into();
        shown["policyName"] = policy.map_or("", |policy| &policy.name).into();
        shown["registrationStatus"] = "Registered".into();
    }
    Ok(Reply::ok(shown))
}

/// Tells whether a vault could protect a machine, and why not. The codes are not confirmed.
pub(super) fn prevalidate(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (body, machine) = asked(request, tx, "backupPreValidateProtection")?;
    let given = need(&body, "vaultId")?;
    let vault = Id::parse(given).and_then(|id| tx.arm.resources.get(&id.key()));
    let vault = vault.filter(|vault| vault.kind == "Microsoft.RecoveryServices/vaults");
    let row = tx.arm.resources.get(&machine.key());
    let (_, item) = status_of(tx, &machine);
    let problem = match (vault, row) {
        (None, _) => Some((
            "VaultNotFound",
            format!("The vault '{given}' was not found."),
        )),
        (_, None) => {
            let text = format!("The virtual machine '{}' was not found.", machine.text());
            Some(("UserErrorVmNotFound", text))
        }
        (Some(vault), Some(row)) => match in_region(vault, row) {
            Err(refusal) => Some(("VaultInOtherRegion", refusal.text)),
            Ok(()) if elsewhere(tx, vault, &machine).is_some() => {
                let text = "The virtual machine is protected in another vault.".to_owned();
                Some(("ProtectedInOtherVault", text))
            }
            Ok(()) => item.map(|item| {
                let name = items::text(item, "friendlyName");
                (
                    "AlreadyProtected",
                    format!("'{name}' is protected in this vault."),
                )
            }),
        },
    };
    let named = Named::of(&machine);
    let (code, text) = problem.unwrap_or(("", String::new()));
    let advice = match code {
        "" => "",
        "AlreadyProtected" => "Change its protection instead.",
        "ProtectedInOtherVault" => "Stop its protection there, and delete its data, first.",
        _ => "Use a machine and a vault that are there, in one region.",
    };
    Ok(Reply::ok(json!({
        "status": if code.is_empty() { "Succeeded" } else { "Failed" },
        "errorCode": code,
        "errorMessage": text,
        "recommendation": advice,
        "containerName": named.container(),
        "protectedItemName": named.item(),
    })))
}
