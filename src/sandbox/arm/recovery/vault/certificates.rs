//! Certificates of a vault, the basis of its credentials file, and the identities registered with
//! them. Source: recovery reference §4.1; what is not confirmed there is named where it stands.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use ring::digest;
use serde_json::{Map, Value, json};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{VERSIONS, enter};
use crate::base::clock::Timestamp;
use crate::sandbox::arm::body::{self, need, one_of, parameter};
use crate::sandbox::arm::recovery::{below, object};
use crate::sandbox::derived;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Resource, Tx, VaultObject};

pub(super) const ROUTES: &[Route] = &[
    Route::arm("PUT", below!("/certificates/{certificate}"), put),
    Route::arm("DELETE", below!("/registeredIdentities/{identity}"), forget),
];

const FIELD: &str = "properties.certificate";

/// What stands in a certificate.
#[derive(Debug)]
struct Certificate {
    subject: String,
    issuer: String,
    thumbprint: String,
    from: Timestamp,
    to: Timestamp,
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, VERSIONS, ("certificates", "write"))?;
    let body = body::object(request)?;
    let properties = body::member(&body, "properties")?;
    let kind = body::text(&properties, "authType")?.unwrap_or("AzureActiveDirectory");
    let known = ["AAD", "ACS", "AccessControlService", "AzureActiveDirectory"];
    let kind = one_of("properties.authType", kind, &known)?;
    let content = need(&properties, "certificate")?;
    let read = read(content, tx.now())?;
    let name = request.param("certificate").to_owned();
    let mut shown = common(&read, content, &name);
    shown.extend(match kind {
        "ACS" | "AccessControlService" => access_control(&vault),
        _ => directory(tx, &vault, &read),
    });
    Ok(Reply::ok(json!({
        "id": format!("{}/certificates/{name}", vault.id),
        "name": name,
        "type": "Microsoft.RecoveryServices/vaults/certificates",
        "properties": shown,
    })))
}

/// Reads a certificate in base64 of DER, which must be in force.
fn read(content: &str, now: Timestamp) -> Result<Certificate, Refusal> {
    let wrong = |why: &str| parameter(FIELD, format!("The certificate is not valid: {why}."));
    let der = BASE64
        .decode(content.trim())
        .map_err(|_| wrong("it is not base64"))?;
    let (rest, parsed) =
        X509Certificate::from_der(&der).map_err(|_| wrong("it is no X.509 certificate in DER"))?;
    if !rest.is_empty() {
        return Err(wrong("something follows it"));
    }
    let time = |seconds: i64| Timestamp::from_second(seconds).map_err(|_| wrong("it has no time"));
    let from = time(parsed.validity().not_before.timestamp())?;
    let to = time(parsed.validity().not_after.timestamp())?;
    if to <= now {
        return Err(wrong("it has expired"));
    }
    let thumbprint = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
    let hex = |text: String, byte: &u8| text + format!("{byte:02X}").as_str();
    Ok(Certificate {
        subject: parsed.subject().to_string(),
        issuer: parsed.issuer().to_string(),
        thumbprint: thumbprint.as_ref().iter().fold(String::new(), hex),
        from,
        to,
    })
}

fn common(read: &Certificate, content: &str, name: &str) -> Map<String, Value> {
    let shown = json!({
        "certificate": content,
        "friendlyName": name,
        "subject": read.subject,
        "issuer": read.issuer,
        "thumbprint": read.thumbprint,
        "validFrom": write(read.from),
        "validTo": write(read.to),
    });
    shown.as_object().cloned().unwrap_or_default()
}

/// What an agent signs in to Entra ID with. The values of audience and endpoint are not confirmed.
fn directory(tx: &Tx<'_>, vault: &Resource, read: &Certificate) -> Map<String, Value> {
    let id = vault.id.to_lowercase();
    let subscription = id.split('/').nth(2).unwrap_or_default();
    let row = tx.arm.subscriptions.get(subscription);
    let tenant = row.map_or("", |row| row.tenant.as_str());
    let derived = |what: &str| derived::guid(&[what, &id, &read.thumbprint]);
    let shown = json!({
        "authType": "AzureActiveDirectory",
        "resourceId": number(&id),
        "aadAuthority": "https://login.microsoftonline.com",
        "aadTenantId": tenant,
        "aadAudience": "https://RecoveryServiceVault",
        "servicePrincipalClientId": derived("client"),
        "servicePrincipalObjectId": derived("object"),
        "azureManagementEndpointAudience": "https://management.core.windows.net/",
        "serviceResourceId": vault.id,
    });
    shown.as_object().cloned().unwrap_or_default()
}

/// What an agent signed in to the older service with; the names are not confirmed.
fn access_control(vault: &Resource) -> Map<String, Value> {
    let shown = json!({
        "authType": "AccessControlService",
        "resourceId": number(&vault.id.to_lowercase()),
        "globalAcsNamespace": "recoveryservices",
        "globalAcsHostName": "accesscontrol.windows.net",
        "globalAcsRPRealm": "http://windowscloudbackup/m3",
    });
    shown.as_object().cloned().unwrap_or_default()
}

/// Returns the number that stands for a vault.
fn number(id: &str) -> u64 {
    let digest = digest::digest(&digest::SHA256, id.as_bytes());
    let bytes = digest.as_ref().iter().take(6);
    bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Forgets a server that was registered with a certificate; one that is not there is gone.
fn forget(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, VERSIONS, ("registeredIdentities", "delete"))?;
    let name = request.param("identity");
    let kind = "backupFabrics/protectionContainers";
    let is_meant = |one: &&VaultObject| {
        let (_, server) = one.name.split_once(';').unwrap_or_default();
        one.name.eq_ignore_ascii_case(name) || server.eq_ignore_ascii_case(name)
    };
    let found = object::of_kind(tx, &vault.id, kind).find(is_meant);
    let Some(id) = found.map(|found| found.id.clone()) else {
        return Ok(Reply::empty(204));
    };
    let items = "backupFabrics/protectionContainers/protectedItems";
    if object::of_kind(tx, &id, items).next().is_some() {
        // The reference names no code.
        let text = format!("The server '{name}' has items that are protected.");
        return Err(Refusal::new(409, "Conflict", text));
    }
    object::remove(tx, &id.to_lowercase());
    Ok(Reply::empty(204))
}
