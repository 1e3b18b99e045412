//! Extended information of a vault: the keys of the channel to agents on premises, which the client
//! makes. Source: recovery reference §3, §4.1.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde_json::{Map, Value, json};

use super::{VERSIONS, enter};
use crate::sandbox::arm::body::{self, parameter, text};
use crate::sandbox::arm::recovery::below;
use crate::sandbox::arm::resource::merged;
use crate::sandbox::derived;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Diagnosis, Resource, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/extendedInformation/vaultExtendedInfo"), get),
    Route::arm("PUT", below!("/extendedInformation/vaultExtendedInfo"), put),
    Route::arm(
        "PATCH",
        below!("/extendedInformation/vaultExtendedInfo"),
        patch,
    ),
];

/// What a vault's row keeps it under.
const MEMBER: &str = "extendedInfo";

const FIELDS: [&str; 4] = [
    "algorithm",
    "encryptionKey",
    "encryptionKeyThumbprint",
    "integrityKey",
];

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, VERSIONS, ("extendedInformation", "read"))?;
    let kept = vault.hidden.get(MEMBER).and_then(Value::as_object);
    match kept {
        Some(kept) => Ok(Reply::ok(shown(&vault, kept))),
        None => Err(missing(request)),
    }
}

fn missing(request: &Request) -> Refusal {
    let diagnosis = Diagnosis::new(
        "ResourceExtendedInfoNotFound",
        "The extended information of the vault was not found.",
        "No extended information has been set for the vault yet.",
        "Set it by PUT and retry.",
    );
    diagnosis.refuse(request, 404)
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    write(request, tx, false)
}

fn patch(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    write(request, tx, true)
}

fn write(request: &Request, tx: &mut Tx<'_>, patch: bool) -> Outcome {
    let vault = enter(request, tx, VERSIONS, ("extendedInformation", "write"))?;
    let body = body::object(request)?;
    let mut given = body::member(&body, "properties")?;
    given.retain(|name, _| FIELDS.contains(&name.as_str()));
    let before = vault.hidden.get(MEMBER).and_then(Value::as_object);
    if patch {
        let before = before.ok_or_else(|| missing(request))?;
        given = merged(before, given);
    }
    check(&given)?;
    if let Some(row) = tx.arm.resources.edit(&vault.id) {
        row.hidden.insert(MEMBER.to_owned(), given.clone().into());
    }
    Ok(Reply::ok(shown(&vault, &given)))
}

/// Refuses keys that are no base64.
fn check(given: &Map<String, Value>) -> Result<(), Refusal> {
    for name in FIELDS {
        let Some(value) = text(given, name)? else {
            continue;
        };
        let is_key = ["encryptionKey", "integrityKey"].contains(&name);
        if is_key && (value.is_empty() || BASE64.decode(value).is_err()) {
            let text = format!("The value of 'properties.{name}' is not base64.");
            return Err(parameter(&format!("properties.{name}"), text));
        }
    }
    Ok(())
}

fn shown(vault: &Resource, kept: &Map<String, Value>) -> Value {
    let content = Value::Object(kept.clone()).to_string();
    let tag = derived::guid(&["extended information", &vault.id, &content]);
    json!({
        "id": format!("{}/extendedInformation/vaultExtendedInfo", vault.id),
        "name": "vaultExtendedInfo",
        "type": "Microsoft.RecoveryServices/vaults/extendedInformation",
        "etag": tag,
        "properties": kept,
    })
}
