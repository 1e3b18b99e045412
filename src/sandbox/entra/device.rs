//! The device flow: a code for the device, and the page where its user enters the other one.
//! Source: identity reference §7.

use std::time::Duration;

use serde_json::{Value, json};

use super::aadsts::Aadsts;
use super::access::Flow;
use super::authorize::{Wish, admit, permissions};
use super::client;
use super::directory::named_tenant;
use super::form::{Form, Version};
use super::grant::opaque;
use super::page::{self, SignInPage};
use super::scope::{of_asked, resources_asked};
use super::seed::digest_of;
use super::sign_in::Login;
use super::token::dress;
use crate::base::clock::later;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Asked, DeviceCode, DeviceState, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::login("POST", "/{tenant}/oauth2/devicecode", v1),
    Route::login("POST", "/{tenant}/oauth2/v2.0/devicecode", v2),
    Route::login("GET", "/device", show),
    Route::login("POST", "/device", submit),
];

/// How long both codes live.
const LIFETIME: Duration = Duration::from_secs(900);
/// How long an expired code is still known as one.
const KEPT: Duration = Duration::from_secs(3600);
/// Seconds that the device waits between its questions.
const INTERVAL: u64 = 5;

fn v1(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let made = make(request, tx, Version::V1);
    Ok(dress(request, tx, made))
}

fn v2(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let made = make(request, tx, Version::V2);
    Ok(dress(request, tx, made))
}

fn make(request: &Request, tx: &mut Tx<'_>, version: Version) -> Result<Value, Aadsts> {
    let form = Form::read(request);
    let tenant = named_tenant(tx, request.param("tenant"))?.map(|tenant| tenant.id);
    let app = client::find(tx, form.need("client_id")?, tenant.as_deref())?;
    let (scope, resource) = match version {
        Version::V2 => (Some(form.need("scope")?), None),
        Version::V1 => (None, Some(form.need("resource")?)),
    };
    let asked = Asked {
        app: app.id,
        tenant,
        scope: scope.map(str::to_owned),
        resource: resource.map(str::to_owned),
    };
    of_asked(&asked)?;
    let device_code = opaque(tx, "2.");
    let user_code = tx.random().text("BCDFGHJKLMNPQRSTVWXZ23456789", 9);
    let row = DeviceCode {
        user_code: user_code.clone(),
        asked,
        ends: later(tx.now(), LIFETIME),
        state: DeviceState::Pending,
    };
    let now = tx.now();
    tx.entra
        .device_codes
        .forget(|row| later(row.ends, KEPT) <= now);
    tx.entra.device_codes.put(&digest_of(&device_code), row);
    let address = format!("{}/login/device", request.origin);
    let message = format!(
        "To sign in, use a web browser to open the page {address} and enter the code {user_code} to authenticate."
    );
    let seconds = LIFETIME.as_secs();
    Ok(match version {
        Version::V2 => json!({
            "user_code": user_code,
            "device_code": device_code,
            "verification_uri": address,
            "expires_in": seconds,
            "interval": INTERVAL,
            "message": message,
        }),
        Version::V1 => json!({
            "user_code": user_code,
            "device_code": device_code,
            "verification_url": address,
            "expires_in": seconds.to_string(),
            "interval": INTERVAL.to_string(),
            "message": message,
        }),
    })
}

fn show(request: &Request, _: &mut Tx<'_>) -> Outcome {
    // Microsoft's page takes the code in the address too.
    let code = request.query("user_code").or_else(|| request.query("otc"));
    Ok(enter(code.unwrap_or_default(), None))
}

/// Shows the page where the code is entered.
fn enter(user_code: &str, problem: Option<(&str, &Aadsts)>) -> Reply {
    SignInPage {
        action: "/login/device",
        user_code: Some(user_code),
        username: problem.map_or("", |(username, _)| username),
        problem: problem.map(|(_, refusal)| refusal),
        ..SignInPage::default()
    }
    .reply()
}

fn submit(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let form = Form::read(request);
    let typed = form.get("user_code").unwrap_or_default();
    let typed = typed.trim().to_uppercase().replace('-', "");
    let pending = pending(tx, &typed);
    let (Some(login), Some((place, row))) = (Login::read(&form), pending) else {
        let text = "That code didn't work. Check the code and try again.";
        return Ok(enter(&typed, Some(("", &Aadsts::new(70_018, text)))));
    };
    match decide(tx, &row, &login) {
        Ok(state) => {
            let reply = told(tx, &row, &state);
            if let Some(row) = tx.entra.device_codes.edit(&place) {
                row.state = state;
            }
            Ok(reply)
        }
        Err(refusal) => Ok(enter(&typed, Some((login.username(), &refusal)))),
    }
}

/// Finds a code that waits for somebody to enter it.
fn pending(tx: &Tx<'_>, typed: &str) -> Option<(String, DeviceCode)> {
    let mut codes = tx.entra.device_codes.iter();
    codes
        .find(|(_, row)| {
            let waits = matches!(row.state, DeviceState::Pending) && row.ends > tx.now();
            waits && row.user_code == typed
        })
        .map(|(place, row)| (place.to_owned(), row.clone()))
}

/// Signs the user in and decides what the device is told. What the user can mend is refused.
fn decide(tx: &mut Tx<'_>, row: &DeviceCode, login: &Login) -> Result<DeviceState, Aadsts> {
    if !login.accepts {
        return Ok(DeviceState::Declined);
    }
    let tenant = row.asked.tenant.as_deref();
    let app = client::find(tx, &row.asked.app, tenant)?;
    let (user, signed) = login.check(tx, tenant, (&app.id, &app.name))?;
    let wish = Wish {
        asked: &row.asked,
        resources: &resources_asked(&row.asked)?,
    };
    match admit(tx, &app, &user, &signed, &wish, Flow::Device) {
        Ok(()) => Ok(DeviceState::Approved(signed)),
        Err(refusal) if refusal.code == 53_003 => Ok(DeviceState::Blocked(refusal.code)),
        Err(refusal) => Err(refusal),
    }
}

/// Tells the user what has become of it.
fn told(tx: &Tx<'_>, row: &DeviceCode, state: &DeviceState) -> Reply {
    let app = tx.entra.apps.get(&row.asked.app);
    let app = app.map_or("the application", |app| app.name.as_str());
    match state {
        DeviceState::Approved(_) => {
            let what = resources_asked(&row.asked)
                .map(|named| permissions(&named))
                .unwrap_or_default();
            let text = format!(
                "You have signed in to {app} on your device ({}). You may now close this window.",
                what.join("; ")
            );
            page::message(200, "Signed in", &text)
        }
        DeviceState::Blocked(code) => {
            let text = Aadsts::of(*code).text;
            page::message(
                200,
                "You cannot access this right now",
                &format!("AADSTS{code}: {text}"),
            )
        }
        DeviceState::Pending | DeviceState::Declined | DeviceState::Redeemed => {
            let text =
                format!("You have declined to sign in to {app}. You may now close this window.");
            page::message(200, "Not signed in", &text)
        }
    }
}
