//! What makes a fabric. Source: recovery reference §5.2, which has inputs for Azure and `InMageRcm`
//! alone; the other kinds are made by their name.

use serde_json::{Map, Value, json};

use super::kinds::{self, FabricKind};
use crate::sandbox::arm::recovery::calls::Asked;
use crate::sandbox::arm::recovery::refusal::detailed;
use crate::sandbox::arm::{body, locations};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Diagnosis, VaultObject};

/// What an identity of an `InMageRcm` fabric needs.
const IDENTITY: [&str; 5] = [
    "tenantId",
    "applicationId",
    "objectId",
    "audience",
    "aadAuthority",
];

/// Returns `customDetails` of the fabric that is asked for.
pub(super) fn details(request: &Request, asked: &Asked) -> Result<Value, Refusal> {
    let input = body::member(&asked.properties, "customDetails");
    let wanted = input.and_then(|input| read(&input));
    let wanted = wanted.map_err(|refusal| detailed(request, refusal))?;
    match &asked.object {
        Some(before) if !is_same(before, &wanted) => Err(taken(before).refuse(request, 409)),
        _ => Ok(wanted),
    }
}

fn read(input: &Map<String, Value>) -> Result<Value, Refusal> {
    if input.is_empty() {
        return Ok(json!({ "instanceType": "HyperVSite", "hyperVHosts": [] }));
    }
    let given = body::need(input, "instanceType")?;
    let Some(kind) = kinds::named(given) else {
        let text = format!(
            "'{given}' is no instanceType of a fabric; there are {}.",
            kinds::names().join(", ")
        );
        return Err(body::parameter("customDetails.instanceType", text));
    };
    of(kind, input)
}

fn of(kind: &FabricKind, input: &Map<String, Value>) -> Result<Value, Refusal> {
    match kind.name {
        "Azure" => {
            let location = locations::normal(body::need(input, "location")?);
            locations::check(&location)?;
            Ok(json!({ "instanceType": kind.name, "location": location }))
        }
        "HyperVSite" => Ok(json!({ "instanceType": kind.name, "hyperVHosts": [] })),
        "InMageRcm" => {
            let mut kept = json!({ "instanceType": kind.name });
            for name in ["vmwareSiteId", "physicalSiteId"] {
                kept[name] = body::need(input, name)?.into();
            }
            for name in IDENTITY {
                let path = format!("sourceAgentIdentity.{name}");
                body::need(input, &path)?;
            }
            Ok(kept)
        }
        _ => Ok(json!({ "instanceType": kind.name })),
    }
}

fn is_same(before: &VaultObject, wanted: &Value) -> bool {
    let kind = kinds::kind(before).map(|kind| kind.name);
    kind == wanted["instanceType"].as_str()
        && kinds::location(before) == wanted["location"].as_str()
}

/// The reference has no change of a fabric, so another one of its name is refused.
fn taken(before: &VaultObject) -> Diagnosis {
    let what = match (kinds::kind(before), kinds::location(before)) {
        (_, Some(location)) => location,
        (Some(kind), None) => kind.name,
        (None, None) => "another kind",
    };
    Diagnosis::new(
        "150042",
        format!("There is a fabric '{}' of {what} already.", before.name),
        "A fabric keeps its kind and its location.",
        "Use another name, or remove the fabric first.",
    )
}
