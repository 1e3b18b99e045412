//! What a vCenter has to say of itself. Source: recovery reference §5.6, which marks no field as
//! required: here the address is, since nothing can be discovered without it, and 443 is the port
//! where none is given.

use serde_json::{Map, Value};

use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::input::Input;
use crate::sandbox::arm::recovery::site;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Diagnosis, VaultObject};

/// Refuses a fabric whose type is not `VMware`.
pub(super) fn on_vmware(request: &Request, fabric: &VaultObject) -> Result<(), Refusal> {
    let kind = site::kind(fabric);
    if kind == "VMware" {
        return Ok(());
    }
    let diagnosis = Diagnosis::new(
        "150110",
        format!("The fabric '{}' has no vCenter servers.", fabric.name),
        format!("Its type is '{kind}'; only a fabric of the type 'VMware' has them."),
        "Add the vCenter server to a fabric of VMware.",
    );
    Err(diagnosis.refuse(request, 400))
}

/// Returns what is kept of a vCenter, or refuses it.
pub(super) fn accepted(
    request: &Request,
    id: &Id,
    wish: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let input = Input {
        request,
        members: wish,
        path: "properties",
    };
    let port = input.text("port")?.unwrap_or("443");
    if !port.parse::<u16>().is_ok_and(|port| port > 0) {
        return Err(input.wrong("port", format!("'{port}' is not the number of a port.")));
    }
    let name = input.text("friendlyName")?.unwrap_or_else(|| id.name());
    let mut kept = Map::new();
    for (field, value) in [
        ("friendlyName", Some(name)),
        ("ipAddress", Some(input.need("ipAddress")?)),
        ("port", Some(port)),
        ("processServerId", input.text("processServerId")?),
        ("runAsAccountId", input.text("runAsAccountId")?),
    ] {
        if let Some(value) = value {
            kept.insert(field.to_owned(), value.into());
        }
    }
    Ok(kept)
}
