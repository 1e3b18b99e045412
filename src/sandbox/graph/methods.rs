//! The ways in which a user signs in: listed, some registered for it, each taken away by its kind.
//! Source: graph reference §8. The fixed ids of telephones, addresses and passwords are
//! (unconfirmed), except that of the password.

use serde_json::{Value, json};

use super::access::{Rule, admit, missing};
use super::body::{self, Body, bad};
use super::odata::{Kind, created, listed};
use super::people::{self, Person};
use crate::base::clock::Timestamp;
use crate::sandbox::entra::roles::{GLOBAL_READER, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR};
use crate::sandbox::partner::accounts;
use crate::sandbox::partner::dates::plus_seconds;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::seed::numbered;
use crate::sandbox::store::{Method, MethodKind, Tx, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/users/{user}/authentication/methods", list),
    Route::graph(
        "POST",
        "/v1.0/users/{user}/authentication/phoneMethods",
        add_phone,
    ),
    Route::graph(
        "POST",
        "/v1.0/users/{user}/authentication/temporaryAccessPassMethods",
        add_pass,
    ),
    Route::graph(
        "DELETE",
        "/v1.0/users/{user}/authentication/{kind}/{method}",
        remove,
    ),
    Route::graph(
        "POST",
        "/v1.0/users/{user}/authentication/methods/{method}/resetPassword",
        reset_password,
    ),
];

const READ: Rule = Rule {
    scopes: &[
        "UserAuthenticationMethod.Read.All",
        "UserAuthenticationMethod.ReadWrite.All",
    ],
    apps: &[
        "UserAuthenticationMethod.Read.All",
        "UserAuthenticationMethod.ReadWrite.All",
    ],
    roles: &[GLOBAL_READER, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR],
    members: false,
};

const WRITE: Rule = Rule {
    scopes: &["UserAuthenticationMethod.ReadWrite.All"],
    apps: &["UserAuthenticationMethod.ReadWrite.All"],
    roles: &[PRIVILEGED_AUTHENTICATION_ADMINISTRATOR],
    members: false,
};

const METHOD: Kind = Kind {
    name: "AuthenticationMethod",
    ..Kind::PLAIN
};

/// Id of every user's password.
const PASSWORD: &str = "28c10230-6103-485e-b985-444c60001490";

/// Ids of telephones by their kind.
const PHONES: [(&str, &str); 3] = [
    ("mobile", "3179e48a-750b-4051-897c-87b9720928f7"),
    ("alternateMobile", "b6332ec1-7057-4abe-9331-3d72feddfe41"),
    ("office", "e37fc753-ff3b-4958-9484-eaa9425c82bc"),
];

/// How long a pass may live, and how long it does unless somebody says otherwise, in minutes.
const MINUTES: std::ops::RangeInclusive<i64> = 10..=43_200;
const USUAL_MINUTES: i64 = 60;

/// Returns the methods that somebody has registered, in order of their ids.
pub(super) fn of<'w>(tx: &'w Tx<'_>, person: &Person) -> Vec<&'w Method> {
    let place = key(&[&person.tenant, &person.user.id]);
    let rows = tx.people.methods.under(&place);
    rows.map(|(_, method)| method)
        .filter(|method| !is_over(method, tx.now()))
        .collect()
}

/// A pass ends by itself.
fn is_over(method: &Method, now: Timestamp) -> bool {
    match &method.kind {
        MethodKind::AccessPass {
            starts, minutes, ..
        } => plus_seconds(*starts, minutes * 60) <= now,
        _ => false,
    }
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let person = people::need(tx, tenant, request.param("user"))?;
    let password = json!({
        "@odata.type": "#microsoft.graph.passwordAuthenticationMethod",
        "id": PASSWORD,
        "password": null,
        "createdDateTime": person.profile.password_set.unwrap_or(person.created),
    });
    let methods = of(tx, &person).into_iter().map(typed);
    let rows = std::iter::once(password).chain(methods);
    let part = format!("users('{}')/authentication/methods", person.user.id);
    listed(request, &METHOD, &part, rows)
}

/// Returns the part of the paths and the type of a kind.
fn names(kind: &MethodKind) -> (&'static str, &'static str) {
    match kind {
        MethodKind::Phone { .. } => ("phoneMethods", "phone"),
        MethodKind::Authenticator { .. } => {
            ("microsoftAuthenticatorMethods", "microsoftAuthenticator")
        }
        MethodKind::Fido2 { .. } => ("fido2Methods", "fido2"),
        MethodKind::Email { .. } => ("emailMethods", "email"),
        MethodKind::AccessPass { .. } => ("temporaryAccessPassMethods", "temporaryAccessPass"),
    }
}

fn typed(method: &Method) -> Value {
    let (_, name) = names(&method.kind);
    let mut row = shown(method);
    row["@odata.type"] = format!("#microsoft.graph.{name}AuthenticationMethod").into();
    row
}

fn shown(method: &Method) -> Value {
    let mut row = match &method.kind {
        MethodKind::Phone { number, kind } => json!({
            "phoneNumber": number,
            "phoneType": kind,
            "smsSignInState": "notAllowedByPolicy",
        }),
        MethodKind::Authenticator { device } => json!({
            "displayName": device,
            "deviceTag": "SoftwareTokenActivated",
            "phoneAppVersion": null,
        }),
        MethodKind::Fido2 { name } => json!({ "displayName": name }),
        MethodKind::Email { address } => json!({ "emailAddress": address }),
        MethodKind::AccessPass {
            starts,
            minutes,
            once,
        } => json!({
            "temporaryAccessPass": null,
            "startDateTime": starts,
            "lifetimeInMinutes": minutes,
            "isUsableOnce": once,
            "isUsable": true,
            "methodUsabilityReason": "EnabledByPolicy",
        }),
    };
    row["id"] = method.id.as_str().into();
    row["createdDateTime"] = json!(method.created);
    row
}

fn add_phone(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    let person = people::need(tx, &tenant, request.param("user"))?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["phoneNumber", "phoneType"])?;
    let number = body.need_text("phoneNumber")?;
    let kind = body.need_text("phoneType")?;
    let known = PHONES.iter().find(|(name, _)| *name == kind);
    let (_, id) = known.ok_or_else(|| {
        bad(format!(
            "Cannot convert the literal '{kind}' to the expected type."
        ))
    })?;
    let digits = number.chars().filter(char::is_ascii_digit).count();
    if !number.starts_with('+') || digits < 7 {
        return Err(bad("Invalid value specified for property 'phoneNumber'."));
    }
    if of(tx, &person).iter().any(|method| method.id == *id) {
        return Err(bad(format!(
            "A phone method of type '{kind}' already exists for this user."
        )));
    }
    let method = Method {
        id: (*id).to_owned(),
        kind: MethodKind::Phone {
            number: number.to_owned(),
            kind: kind.to_owned(),
        },
        created: tx.now(),
    };
    answer(request, tx, &person, method, |_| ())
}

/// A new pass takes the place of an old one.
fn add_pass(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    let person = people::need(tx, &tenant, request.param("user"))?;
    let members = body::read(request)?;
    let known = ["startDateTime", "lifetimeInMinutes", "isUsableOnce"];
    let body = Body::of(&members, &known)?;
    let minutes = match body.get("lifetimeInMinutes") {
        None => USUAL_MINUTES,
        Some(value) => value
            .as_i64()
            .filter(|minutes| MINUTES.contains(minutes))
            .ok_or_else(|| bad("Invalid value specified for property 'lifetimeInMinutes'."))?,
    };
    let starts = match body.text("startDateTime")? {
        None => tx.now(),
        Some(text) => text
            .parse()
            .map_err(|_| bad("Invalid value specified for property 'startDateTime'."))?,
    };
    let former = of(tx, &person)
        .into_iter()
        .find(|method| matches!(method.kind, MethodKind::AccessPass { .. }))
        .map(|method| method.id.clone());
    if let Some(former) = former {
        forget(tx, &person, &former);
    }
    let method = Method {
        id: tx.guid(),
        kind: MethodKind::AccessPass {
            starts,
            minutes,
            once: body.flag("isUsableOnce")?.unwrap_or(false),
        },
        created: tx.now(),
    };
    let pass = tx.guid().replace('-', "");
    answer(request, tx, &person, method, |row| {
        row["temporaryAccessPass"] = pass[..8].into();
    })
}

/// Registers a method and answers with it; `more` adds what is told only now.
fn answer(
    request: &Request,
    tx: &mut Tx<'_>,
    person: &Person,
    method: Method,
    more: impl FnOnce(&mut Value),
) -> Outcome {
    numbered::keep(tx, &person.tenant);
    let user = &person.user.id;
    let (path, _) = names(&method.kind);
    let mut row = shown(&method);
    more(&mut row);
    let place = key(&[&person.tenant, user, &method.id]);
    let path = format!("users/{user}/authentication/{path}");
    let part = format!("{}/$entity", path.replacen(user, &format!("('{user}')"), 1));
    let part = part.replacen("users/(", "users(", 1);
    let own = format!("{path}/{}", method.id);
    tx.people.methods.put(&place, method);
    created(request, &METHOD, &part, row, &own)
}

fn forget(tx: &mut Tx<'_>, person: &Person, method: &str) {
    let place = key(&[&person.tenant, &person.user.id, method]);
    tx.people.methods.remove(&place);
}

fn remove(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    let person = people::need(tx, &tenant, request.param("user"))?;
    let (kind, id) = (request.param("kind"), request.param("method"));
    let is_meant = |method: &&&Method| {
        method.id.eq_ignore_ascii_case(id) && names(&method.kind).0.eq_ignore_ascii_case(kind)
    };
    let found = of(tx, &person)
        .iter()
        .find(is_meant)
        .map(|method| method.id.clone());
    let found = found.ok_or_else(|| missing_method(kind, id))?;
    forget(tx, &person, &found);
    Ok(Reply::empty(204))
}

/// A path that is no kind of method is none of the service's.
fn missing_method(kind: &str, id: &str) -> Refusal {
    if kind.to_lowercase().ends_with("methods") {
        return missing(id);
    }
    let text = format!("Resource not found for the segment '{kind}'.");
    Refusal::new(400, "BadRequest", text)
}

/// Sets the password that the body names, or one that is made here and told.
fn reset_password(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    let person = people::need(tx, &tenant, request.param("user"))?;
    let id = request.param("method");
    if !id.eq_ignore_ascii_case(PASSWORD) {
        return Err(missing(id));
    }
    let members = body::read(request)?;
    let body = Body::of(&members, &["newPassword"])?;
    let given = body.text("newPassword")?;
    if given.is_some_and(|password| !accounts::is_strong(password, &person.user.upn)) {
        return Err(bad(
            "The specified password does not comply with password complexity requirements. Please provide a different password.",
        ));
    }
    let made = format!("Aa1-{}", &tx.guid()[..12]);
    let password = given.unwrap_or(&made);
    accounts::set_password(tx, &tenant, &person.user.id, password);
    match given {
        Some(_) => Ok(Reply::empty(202)),
        None => Ok(Reply::json(202, json!({ "newPassword": made }))),
    }
}
