//! Access to the bytes of a disk by an address that is good for a while. Source: arm reference
//! §10.8.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::refusal::{absent, busy, not_allowed};
use super::{attach, long, shape};
use crate::base::clock::{Timestamp, later};
use crate::sandbox::arm::body::{self, need, one_of, parameter};
use crate::sandbox::arm::calls;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{OperationResult, Resource, Tx};

pub(in super::super) const ROUTES: &[Route] = &[
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/disks/{disk}/beginGetAccess",
        begin,
    ),
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/disks/{disk}/endGetAccess",
        end,
    ),
];

const HEX: &str = "0123456789abcdef";
const SIGNATURE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Tells whether there is an address that is still good.
pub(super) fn is_open(tx: &Tx<'_>, disk: &Resource) -> bool {
    let until = disk.hidden.get("openUntil").and_then(Value::as_str);
    let until = until.and_then(|until| until.parse::<Timestamp>().ok());
    until.is_some_and(|until| until > tx.now())
}

fn begin(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = calls::asked(request, tx, "beginGetAccess")?;
    let disk = &asked.resource;
    let access = need(&asked.body, "access")?;
    let access = one_of("access", access, &["None", "Read", "Write"])?;
    let seconds = asked.body.get("durationInSeconds");
    let seconds = seconds.ok_or_else(|| absent("durationInSeconds"))?;
    if !seconds
        .as_u64()
        .is_some_and(|seconds| (1..=4_294_967_295).contains(&seconds))
    {
        let text = "The value of parameter 'durationInSeconds' is out of range: a number of seconds from 1 on.";
        return Err(parameter("durationInSeconds", text));
    }
    if let Some(format) = body::text(&asked.body, "fileFormat")? {
        one_of("fileFormat", format, &["VHD", "VHDX"])?;
    }
    may_be_read(tx, disk, access)?;
    let signature = address(tx);
    let result = OperationResult::Body(json!({ "accessSAS": signature }));
    Ok(asked.begin(request, tx, long(15), result))
}

fn may_be_read(tx: &Tx<'_>, disk: &Resource, access: &str) -> Result<(), Refusal> {
    if disk.state != "Succeeded" {
        return Err(busy());
    }
    let refused = |why: &str| {
        let text = format!("Access to disk {} cannot be granted: {why}.", disk.name);
        Err(not_allowed(text))
    };
    if is_open(tx, disk) {
        return refused("there is an active shared access signature");
    }
    if attach::user(disk).is_some() && !shape::is_reserved(tx, disk) {
        return refused("it is attached to a virtual machine that is not deallocated");
    }
    let option = body::at(&disk.properties, "creationData.createOption");
    let is_upload = option == Some(&json!("Upload"));
    match access {
        "Write" if !is_upload => refused("only a disk that is made by Upload is written"),
        "None" => refused("it is asked for no access"),
        _ => Ok(()),
    }
}

/// Returns a fresh address; nothing listens there.
fn address(tx: &mut Tx<'_>) -> String {
    let name = tx.random().text(HEX, 12);
    let path = tx.random().text(HEX, 32);
    let signature = tx.random().text(SIGNATURE, 43);
    let grant = tx.guid();
    format!(
        "https://md-{name}.z1.blob.storage.azure.net/{path}/abcd?sv=2018-03-28&sr=b&si={grant}&sig={signature}%3D"
    )
}

fn end(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = calls::asked(request, tx, "endGetAccess")?;
    let result = OperationResult::Empty(200);
    Ok(asked.begin(request, tx, long(10), result))
}

/// Opens or closes a disk when the operation has ended.
pub(super) fn acted(tx: &mut Tx<'_>, key: &str, action: &str, asked: &Value) {
    let seconds = asked["durationInSeconds"].as_u64().unwrap_or_default();
    let until = later(tx.now(), Duration::from_secs(seconds));
    let Some(disk) = tx.arm.resources.edit(key) else {
        return;
    };
    if action == "beginGetAccess" {
        let until = until.to_string().into();
        disk.hidden.insert("openUntil".to_owned(), until);
        if asked["access"]
            .as_str()
            .is_some_and(|access| access.eq_ignore_ascii_case("Write"))
        {
            disk.hidden.insert("uploaded".to_owned(), true.into());
        }
    } else {
        disk.hidden.remove("openUntil");
    }
}
