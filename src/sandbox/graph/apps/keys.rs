//! Certificates of applications: shown without their keys unless they are asked for, and replaced as
//! a whole. With them an application signs in from then on. Source: graph reference §2.1, §10.

use serde_json::{Value, json};

use crate::sandbox::derived;
use crate::sandbox::entra::client;
use crate::sandbox::graph::body::{Body, bad};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{App, AppCertificate};

fn id_of(row: &AppCertificate) -> String {
    derived::guid(&["certificate", &row.der])
}

/// Shows the certificates of an application, without what they hold.
pub(super) fn shown(app: &App) -> Vec<Value> {
    let rows = app.certificates.iter().map(|row| {
        let times = client::times_of(&row.der);
        json!({
            "customKeyIdentifier": null,
            "displayName": row.name,
            "endDateTime": times.map(|(_, ends)| ends),
            "key": null,
            "keyId": id_of(row),
            "startDateTime": times.map(|(begins, _)| begins),
            "type": "AsymmetricX509Cert",
            "usage": "Verify",
        })
    });
    rows.collect()
}

/// Adds what the certificates hold to an application that is shown: of one alone, and if the query
/// names them.
pub(super) fn reveal(select: Option<&str>, app: &App, row: &mut Value) {
    let mut names = select.unwrap_or_default().split(',');
    if names.any(|name| name.trim() == "keyCredentials") {
        for (place, certificate) in app.certificates.iter().enumerate() {
            row["keyCredentials"][place]["key"] = certificate.der.as_str().into();
        }
    }
}

/// Replaces the certificates by those of a body. One that the application has may come without its
/// key.
pub(super) fn replace(body: &Body<'_>, app: &mut App) -> Result<(), Refusal> {
    let Some(wanted) = body.array("keyCredentials")? else {
        return Ok(());
    };
    let read = |value: &Value| read(value, app);
    let rows: Result<Vec<AppCertificate>, Refusal> = wanted.iter().map(read).collect();
    app.certificates = rows?;
    Ok(())
}

fn read(value: &Value, app: &App) -> Result<AppCertificate, Refusal> {
    const KNOWN: [&str; 9] = [
        "@odata.type",
        "customKeyIdentifier",
        "displayName",
        "endDateTime",
        "key",
        "keyId",
        "startDateTime",
        "type",
        "usage",
    ];
    let members = value
        .as_object()
        .ok_or_else(|| bad("Invalid value specified for property 'keyCredentials'."))?;
    let body = Body::of(members, &KNOWN)?;
    for (name, only) in [("type", "AsymmetricX509Cert"), ("usage", "Verify")] {
        let given = body.need_text(name)?;
        if given != only {
            return Err(bad(format!(
                "Invalid value '{given}' specified for property '{name}'."
            )));
        }
    }
    let name = body.text("displayName")?.map(str::to_owned);
    let (key, id) = (body.text("key")?, body.text("keyId")?.unwrap_or_default());
    let mut known = app.certificates.iter();
    let known = known.find(|row| id_of(row).eq_ignore_ascii_case(id));
    let der = match (key, known) {
        (Some(key), _) => key.to_owned(),
        (None, Some(known)) => known.der.clone(),
        (None, None) => return Err(body.required("key")),
    };
    if client::times_of(&der).is_none() {
        return Err(bad(
            "Key credential value is invalid: it is no X.509 certificate.",
        ));
    }
    Ok(AppCertificate { der, name })
}
