//! The network interfaces of a machine: there, in its region, free, one of them primary. Source: arm
//! reference §10.8, §12.13.

use serde_json::{Map, Value, json};

use super::super::refusal::{absent, unknown};
use super::objects;
use crate::sandbox::arm::body::{self, one_of, parameter};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::Tx;

/// Full type of network interfaces.
const TYPE: &str = "Microsoft.Network/networkInterfaces";

/// Checks the interfaces that a machine wants.
pub(super) fn check(tx: &Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    const LIST: &str = "networkProfile.networkInterfaces";
    let properties = &draft.resource.properties;
    let own = objects(properties, "networkProfile.networkInterfaceConfigurations")?;
    if !own.is_empty() {
        let text = "This sandbox makes no network interfaces of a machine's own: make them first, and name them in 'networkInterfaces'.";
        let field = "networkProfile.networkInterfaceConfigurations";
        return Err(Refusal::new(501, "NotImplemented", text).target(field));
    }
    let all = objects(properties, LIST)?;
    if all.is_empty() {
        return Err(absent(LIST));
    }
    let mut seen: Vec<String> = Vec::new();
    for one in &all {
        let id = body::need(one, "id")?;
        if seen.contains(&id.to_lowercase()) {
            let text = format!("The network interface '{id}' is named twice.");
            return Err(parameter(LIST, text));
        }
        if let Some(option) = body::text(one, "properties.deleteOption")? {
            one_of("deleteOption", option, &["Delete", "Detach"])?;
        }
        usable(tx, draft, id)?;
        seen.push(id.to_lowercase());
    }
    let is_primary =
        |one: &&Map<String, Value>| body::at(one, "properties.primary") == Some(&json!(true));
    if all.len() > 1 && all.iter().filter(is_primary).count() != 1 {
        let text = "Virtual machine must have exactly one network interface marked as primary.";
        return Err(Refusal::new(
            400,
            "VirtualMachineMustHaveOneNetworkInterfaceAsPrimary",
            text,
        ));
    }
    Ok(())
}

/// Refuses an interface that is not there, in another region, or in use.
fn usable(tx: &Tx<'_>, draft: &Draft<'_>, id: &str) -> Result<(), Refusal> {
    let parsed = Id::parse(id).filter(|id| {
        id.kind()
            .is_some_and(|kind| kind.eq_ignore_ascii_case(TYPE))
    });
    let Some(parsed) = parsed else {
        let text = format!("'{id}' is not the id of a network interface.");
        return Err(parameter("networkProfile.networkInterfaces.id", text));
    };
    let found = tx.arm.resources.get(&parsed.key());
    let found = found.filter(|_| parsed.subscription == draft.id.subscription);
    let Some(found) = found else {
        return Err(unknown("networkProfile.networkInterfaces", id));
    };
    if found.location != draft.resource.location {
        let text = format!(
            "Resource {id} referenced by the virtual machine {} is not in the same region.",
            draft.id.name()
        );
        return Err(Refusal::new(400, "InvalidResourceReference", text));
    }
    let user = body::at(&found.properties, "virtualMachine.id").and_then(Value::as_str);
    match user.filter(|user| user.to_lowercase() != draft.id.key()) {
        None => Ok(()),
        Some(user) => {
            let text = format!(
                "Network Interface {id} is used by existing resource {user}. In order to use the network interface, it must be dissociated from that resource."
            );
            Err(Refusal::new(400, "NicInUse", text))
        }
    }
}
