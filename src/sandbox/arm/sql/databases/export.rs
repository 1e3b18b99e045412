//! A database written to a file of a storage account. Source: arm reference §10.11.

use serde_json::{Map, json};

use super::super::refusal::{absent, not_allowed, value};
use super::{actions, at_rest, long, status};
use crate::sandbox::arm::body::{self, one_of};
use crate::sandbox::arm::calls;
use crate::sandbox::partner::dates::{plus_seconds, write};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{OperationResult, Tx};

/// How many seconds it takes; the reference names no time.
const TIME: u32 = 60;

/// Begins to write a database to a file.
pub(super) fn export(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let mut asked = calls::asked(request, tx, "export")?;
    at_rest(&asked.resource)?;
    let server = asked.id.owner();
    let server = server.and_then(|id| tx.arm.resources.get(&id.key()).cloned());
    let login = server
        .as_ref()
        .and_then(|server| server.properties.get("administratorLogin"));
    let uri = check(&asked.body)?;
    if login.is_some_and(|login| *login != asked.body["administratorLogin"]) {
        let why = "It is not the login of the server's administrator.";
        return Err(value("administratorLogin", why));
    }
    if status(&asked.resource) != "Online" {
        let text = format!("The database '{}' is not online.", asked.resource.name);
        return Err(not_allowed(text));
    }
    let id = tx.guid();
    let end = plus_seconds(tx.now(), TIME.into());
    let result = json!({
        "id": format!("{}/importExportOperationResults/{id}", asked.resource.id),
        "name": id,
        "type": "Microsoft.Sql/servers/databases/importExportOperationResults",
        "properties": {
            "requestId": id,
            "requestType": "Export",
            "queuedTime": write(tx.now()),
            "lastModifiedTime": write(end),
            "blobUri": uri,
            "serverName": server.as_ref().map(|server| &server.name),
            "databaseName": asked.resource.name,
            "status": "Completed",
        },
    });
    let key = asked.id.key();
    actions::begin(tx, &key, "Online");
    // Nobody needs the key and the password any more.
    asked.body.clear();
    let result = OperationResult::Body(result);
    Ok(asked.begin(request, tx, long(TIME.into()), result))
}

/// Checks what is asked for, and returns the address of the file.
fn check(asked: &Map<String, serde_json::Value>) -> Result<String, Refusal> {
    for field in [
        "storageKeyType",
        "storageKey",
        "storageUri",
        "administratorLogin",
    ] {
        body::text(asked, field)?
            .filter(|given| !given.is_empty())
            .ok_or_else(|| absent(field))?;
    }
    let kind = body::need(asked, "storageKeyType")?;
    let known = &["ManagedIdentity", "SharedAccessKey", "StorageAccessKey"];
    one_of("storageKeyType", kind, known)?;
    let kind = body::text(asked, "authenticationType")?.unwrap_or("SQL");
    let kind = one_of(
        "authenticationType",
        kind,
        &["SQL", "ADPassword", "ManagedIdentity"],
    )?;
    if kind != "ManagedIdentity" && body::text(asked, "administratorLoginPassword")?.is_none() {
        return Err(absent("administratorLoginPassword"));
    }
    let uri = body::need(asked, "storageUri")?;
    let parsed = url::Url::parse(uri).ok();
    let host = parsed.as_ref().and_then(url::Url::host_str);
    let is_blob = host.is_some_and(|host| host.contains(".blob."));
    let is_file = parsed
        .as_ref()
        .is_some_and(|uri| uri.path().ends_with(".bacpac"));
    if !is_blob || !is_file {
        let why = "It is the address of a blob whose name ends with '.bacpac'.";
        return Err(value("storageUri", why));
    }
    Ok(uri.to_owned())
}
