//! Credentials of applications: secrets, which are shown once and then work, and other issuers whose
//! tokens are taken. Source: graph reference §10.

use std::time::Duration;

use serde_json::{Value, json};

use super::applications::{named, put};
use super::{READ, WRITE};
use crate::base::clock::{Timestamp, later};
use crate::sandbox::derived;
use crate::sandbox::graph::access::{admit, missing};
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::objects::admit_to_change;
use crate::sandbox::graph::odata::{Kind, context, created, entity, listed};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{App, AppSecret, FederatedCredential, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("POST", "/v1.0/applications/{application}/addPassword", add),
    Route::graph("POST", "/v1.0/applications(appId='{app}')/addPassword", add),
    Route::graph(
        "POST",
        "/v1.0/applications/{application}/removePassword",
        remove,
    ),
    Route::graph(
        "POST",
        "/v1.0/applications(appId='{app}')/removePassword",
        remove,
    ),
    Route::graph(
        "GET",
        "/v1.0/applications/{application}/federatedIdentityCredentials",
        list,
    ),
    Route::graph(
        "POST",
        "/v1.0/applications/{application}/federatedIdentityCredentials",
        create,
    ),
    Route::graph(
        "GET",
        "/v1.0/applications/{application}/federatedIdentityCredentials/{credential}",
        get,
    ),
    Route::graph(
        "DELETE",
        "/v1.0/applications/{application}/federatedIdentityCredentials/{credential}",
        delete,
    ),
];

const FEDERATED: Kind = Kind {
    name: "FederatedIdentityCredential",
    filter: &[("name", "eq"), ("issuer", "eq"), ("subject", "eq")],
    ..Kind::PLAIN
};

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~.-";
const LENGTH: usize = 40;
/// How long a secret lives, unless the caller says otherwise: two years.
const LIFETIME: Duration = Duration::from_secs(2 * 365 * 86_400);

/// Shows a secret without its text.
pub(super) fn shown(secret: &AppSecret) -> Value {
    json!({
        "customKeyIdentifier": null,
        "displayName": secret.name,
        "endDateTime": secret.ends,
        "hint": secret.value.get(..3),
        "keyId": secret.id,
        "secretText": null,
        "startDateTime": secret.starts,
    })
}

fn add(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit_to_change(request, tx, &WRITE)?;
    let mut app = named(request, tx)?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["passwordCredential"])?;
    let known = ["displayName", "startDateTime", "endDateTime"];
    let wanted = body.object("passwordCredential", "passwordCredential.", &known)?;
    let now = tx.now();
    let (mut name, mut starts, mut ends) = (None, now, later(now, LIFETIME));
    if let Some(wanted) = wanted {
        name = wanted.text("displayName")?.map(str::to_owned);
        starts = time(&wanted, "startDateTime")?.unwrap_or(starts);
        ends = time(&wanted, "endDateTime")?.unwrap_or(ends);
    }
    if ends <= starts || ends <= now {
        let text =
            "Key credential end date is invalid: it must be after the start and in the future.";
        return Err(bad(text));
    }
    let secret = AppSecret {
        id: tx.guid(),
        value: tx.random().text(LETTERS, LENGTH),
        ends,
        name,
        starts: Some(starts),
    };
    let mut answer = shown(&secret);
    answer["secretText"] = secret.value.as_str().into();
    answer["@odata.context"] = context(request, "microsoft.graph.passwordCredential").into();
    app.secrets.push(secret);
    put(tx, app);
    Ok(Reply::ok(answer))
}

fn time(body: &Body<'_>, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let text = body.text(name)?;
    let read = |text: &str| {
        let odd = || {
            bad(format!(
                "Invalid value '{text}' specified for property '{name}'."
            ))
        };
        text.parse().map_err(|_| odd())
    };
    text.map(read).transpose()
}

fn remove(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit_to_change(request, tx, &WRITE)?;
    let mut app = named(request, tx)?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["keyId"])?;
    let id = body.need_text("keyId")?;
    let before = app.secrets.len();
    app.secrets
        .retain(|secret| !secret.id.eq_ignore_ascii_case(id));
    if app.secrets.len() == before {
        return Err(bad("No password credential found with keyId."));
    }
    put(tx, app);
    Ok(Reply::empty(204))
}

fn id_of(app: &App, row: &FederatedCredential) -> String {
    derived::guid(&["federated", &app.id, &row.name])
}

fn federated(request: &Request, app: &App, row: &FederatedCredential) -> Value {
    json!({
        "id": id_of(app, row),
        "audiences": [row.audience],
        "description": row.description,
        "issuer": row.issuer.replace("{origin}", &request.origin),
        "name": row.name,
        "subject": row.subject,
    })
}

/// Returns the credential that the path names, by its id or its name.
fn credential<'a>(request: &Request, app: &'a App) -> Result<&'a FederatedCredential, Refusal> {
    let name = request.param("credential");
    let mut rows = app.federated.iter();
    rows.find(|row| row.name == name || id_of(app, row).eq_ignore_ascii_case(name))
        .ok_or_else(|| missing(name))
}

fn part(app: &App) -> String {
    let id = super::applications::id_of(app);
    format!("applications('{id}')/federatedIdentityCredentials")
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, tx, &READ)?;
    let app = named(request, tx)?;
    let rows = app
        .federated
        .iter()
        .map(|row| federated(request, &app, row));
    listed(request, &FEDERATED, &part(&app), rows)
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, tx, &READ)?;
    let app = named(request, tx)?;
    let row = federated(request, &app, credential(request, &app)?);
    entity(request, &FEDERATED, &format!("{}/$entity", part(&app)), row)
}

fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit_to_change(request, tx, &WRITE)?;
    let mut app = named(request, tx)?;
    let members = body::read(request)?;
    let known = ["name", "issuer", "subject", "audiences", "description"];
    let body = Body::of(&members, &known)?;
    let audiences = body.texts("audiences")?;
    let audiences = audiences.ok_or_else(|| body.required("audiences"))?;
    let [audience] = audiences[..] else {
        return Err(bad("The property 'audiences' must have exactly one value."));
    };
    let row = FederatedCredential {
        name: body.need_text("name")?.to_owned(),
        issuer: body.need_text("issuer")?.to_owned(),
        subject: body.need_text("subject")?.to_owned(),
        audience: audience.to_owned(),
        description: body.text("description")?.map(str::to_owned),
    };
    let is_same = |known: &FederatedCredential| {
        known.name == row.name || (known.issuer == row.issuer && known.subject == row.subject)
    };
    if app.federated.iter().any(is_same) {
        let text = format!(
            "FederatedIdentityCredential with name {} already exists.",
            row.name
        );
        return Err(Refusal::new(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            text,
        ));
    }
    let answer = federated(request, &app, &row);
    let id = super::applications::id_of(&app);
    let path = format!(
        "applications/{id}/federatedIdentityCredentials/{}",
        id_of(&app, &row)
    );
    let part = format!("{}/$entity", part(&app));
    app.federated.push(row);
    put(tx, app);
    created(request, &FEDERATED, &part, answer, &path)
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit_to_change(request, tx, &WRITE)?;
    let mut app = named(request, tx)?;
    let name = credential(request, &app)?.name.clone();
    app.federated.retain(|row| row.name != name);
    put(tx, app);
    Ok(Reply::empty(204))
}
