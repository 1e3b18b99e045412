//! Users are made and changed, deleted softly. Source: graph reference §4, §8, §15.7, §15.15.

use serde_json::{Map, Value};

use super::values::{check_nickname, check_password, check_upn, country, invalid};
use super::{ADMINISTER, RESET, WRITE, rank};
use crate::sandbox::entra;
use crate::sandbox::graph::access::admit;
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::odata::created;
use crate::sandbox::graph::people::{self, Person, TEXTS, USER};
use crate::sandbox::partner::accounts;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Profile, Tx, User};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("POST", "/v1.0/users", create),
    Route::graph("PATCH", "/v1.0/users/{user}", update),
    Route::graph("DELETE", "/v1.0/users/{user}", delete),
    Route::graph("PATCH", "/v1.0/users('{user}')", update),
    Route::graph("DELETE", "/v1.0/users('{user}')", delete),
];

/// What can be written of a user, besides [`TEXTS`].
const WRITABLE: [&str; 13] = [
    "@odata.type",
    "accountEnabled",
    "businessPhones",
    "displayName",
    "givenName",
    "mailNickname",
    "onPremisesImmutableId",
    "otherMails",
    "passwordProfile",
    "surname",
    "usageLocation",
    "userPrincipalName",
    "userType",
];

/// What every new user needs.
const REQUIRED: [&str; 4] = [
    "accountEnabled",
    "displayName",
    "mailNickname",
    "userPrincipalName",
];

const PASSWORD: [&str; 3] = [
    "password",
    "forceChangePasswordNextSignIn",
    "forceChangePasswordNextSignInWithMfa",
];

/// Reads a body; what is only read is refused as such.
fn read(members: &Map<String, Value>) -> Result<Body<'_>, Refusal> {
    const READ_ONLY: [&str; 16] = [
        "id",
        "assignedLicenses",
        "assignedPlans",
        "createdDateTime",
        "creationType",
        "deletedDateTime",
        "externalUserState",
        "identities",
        "lastPasswordChangeDateTime",
        "licenseAssignmentStates",
        "mail",
        "onPremisesSyncEnabled",
        "provisionedPlans",
        "proxyAddresses",
        "signInActivity",
        "signInSessionsValidFromDateTime",
    ];
    if let Some(name) = members
        .keys()
        .find(|name| READ_ONLY.contains(&name.as_str()))
    {
        return Err(bad(format!(
            "Property '{name}' is read-only and cannot be set."
        )));
    }
    let known: Vec<&str> = WRITABLE.iter().chain(TEXTS).copied().collect();
    Body::of(members, &known)
}

fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    let members = body::read(request)?;
    let body = read(&members)?;
    if let Some(name) = REQUIRED.iter().find(|name| body.get(name).is_none()) {
        return Err(body.required(name));
    }
    let enabled = body.need_flag("accountEnabled")?;
    let upn = body.need_text("userPrincipalName")?;
    let profile = body.object("passwordProfile", "passwordProfile.", &PASSWORD)?;
    let policies = body.text("passwordPolicies")?.unwrap_or_default();
    let password = profile
        .map(|profile| profile.text("password"))
        .transpose()?;
    let password = check_password(password.flatten(), upn, policies)?;
    check_upn(tx, &tenant, upn, None)?;
    let nickname = body.need_text("mailNickname")?;
    check_nickname(tx, &tenant, nickname, None)?;
    let mut user = User {
        id: tx.guid(),
        upn: upn.to_owned(),
        first_name: None,
        last_name: None,
        display_name: body.need_text("displayName")?.to_owned(),
        immutable_id: None,
        usage_location: None,
        phone_number: None,
        change_password: true,
        licences: Vec::new(),
        deleted: None,
    };
    change(&body, &mut user)?;
    accounts::add(tx, &tenant, &user, &password);
    entra::set_enabled(tx, &user.id, enabled);
    keep(tx, &tenant, &user.id, &body)?;
    let person = people::need(tx, &tenant, &user.id)?;
    let path = format!("users/{}", user.id);
    created(
        request,
        &USER,
        "users/$entity",
        people::shown(&person),
        &path,
    )
}

fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = request.caller()?.clone();
    let members = body::read(request)?;
    let resets = members.contains_key("passwordProfile");
    let blocks = members.contains_key("accountEnabled");
    let writes = members
        .keys()
        .any(|name| name != "passwordProfile" && name != "accountEnabled");
    for (is_meant, rule) in [(resets, &RESET), (blocks, &ADMINISTER), (writes, &WRITE)] {
        if is_meant {
            admit(request, tx, rule)?;
        }
    }
    if members.is_empty() {
        admit(request, tx, &WRITE)?;
    }
    let mut person = people::need(tx, &caller.tenant, request.param("user"))?;
    if resets || blocks {
        rank::check(tx, &caller, &person)?;
    }
    let body = read(&members)?;
    let tenant = &caller.tenant;
    rename(tx, &mut person, &body)?;
    change(&body, &mut person.user)?;
    let password = new_password(&body, &person)?;
    accounts::put(tx, tenant, &person.user);
    if let Some(password) = password {
        accounts::set_password(tx, tenant, &person.user.id, &password);
    }
    if let Some(enabled) = body.flag("accountEnabled")? {
        entra::set_enabled(tx, &person.user.id, enabled);
    }
    keep(tx, tenant, &person.user.id, &body)?;
    Ok(Reply::empty(204))
}

/// Gives a user the principal name and the nickname that a body names.
fn rename(tx: &Tx<'_>, person: &mut Person, body: &Body<'_>) -> Result<(), Refusal> {
    for name in ["userPrincipalName", "displayName", "mailNickname"] {
        if body.has(name) {
            body.need_text(name).map_err(|_| invalid(name))?;
        }
    }
    let own = person.user.id.clone();
    if let Some(upn) = body.text("userPrincipalName")? {
        check_upn(tx, &person.tenant, upn, Some(&own))?;
        upn.clone_into(&mut person.user.upn);
    }
    if let Some(nickname) = body.text("mailNickname")? {
        check_nickname(tx, &person.tenant, nickname, Some(&own))?;
    }
    Ok(())
}

/// Returns the password that a body sets; it may also say only that it must be changed.
fn new_password(body: &Body<'_>, person: &Person) -> Result<Option<String>, Refusal> {
    let Some(profile) = body.object("passwordProfile", "passwordProfile.", &PASSWORD)? else {
        return Ok(None);
    };
    if !profile.has("password") {
        return Ok(None);
    }
    let kept = person.profile.texts.get("passwordPolicies");
    let policies = body.text("passwordPolicies")?;
    let policies = policies.or(kept.map(String::as_str)).unwrap_or_default();
    check_password(profile.text("password")?, &person.user.upn, policies).map(Some)
}

/// Lays the members of a body over what Partner Center shows too.
fn change(body: &Body<'_>, user: &mut User) -> Result<(), Refusal> {
    if let Some(name) = body.text("displayName")? {
        name.clone_into(&mut user.display_name);
    }
    for (name, place) in [
        ("givenName", &mut user.first_name),
        ("surname", &mut user.last_name),
        ("onPremisesImmutableId", &mut user.immutable_id),
    ] {
        if body.has(name) {
            *place = body.text(name)?.map(str::to_owned);
        }
    }
    if body.has("usageLocation") {
        user.usage_location = body.text("usageLocation")?.map(country).transpose()?;
    }
    if let Some(phones) = body.texts("businessPhones")? {
        if phones.len() > 1 {
            return Err(invalid("businessPhones"));
        }
        user.phone_number = phones.first().map(|phone| (*phone).to_owned());
    }
    let profile = body.object("passwordProfile", "passwordProfile.", &PASSWORD)?;
    if let Some(profile) = profile {
        let plain = profile.flag("forceChangePasswordNextSignIn")?;
        let with_mfa = profile.flag("forceChangePasswordNextSignInWithMfa")?;
        user.change_password = plain.unwrap_or(true) || with_mfa.unwrap_or(false);
    }
    Ok(())
}

/// Lays the members of a body over what Graph keeps besides.
fn keep(tx: &mut Tx<'_>, tenant: &str, user: &str, body: &Body<'_>) -> Result<(), Refusal> {
    let nickname = body.text("mailNickname")?;
    let mails = body.texts("otherMails")?;
    let guest = match body.text("userType")? {
        None => None,
        Some("Member") => Some(false),
        Some("Guest") => Some(true),
        Some(_) => return Err(invalid("userType")),
    };
    let mut texts = Vec::new();
    for name in TEXTS.iter().filter(|name| body.has(name)) {
        texts.push((*name, body.text(name)?.map(str::to_owned)));
    }
    accounts::change_profile(tx, tenant, user, |profile: &mut Profile| {
        profile.guest = guest.unwrap_or(profile.guest);
        if let Some(nickname) = nickname {
            profile.nickname = Some(nickname.to_owned());
        }
        if let Some(mails) = mails {
            profile.other_mails = mails.into_iter().map(str::to_owned).collect();
        }
        for (name, text) in texts {
            match text {
                Some(text) => profile.texts.insert(name.to_owned(), text),
                None => profile.texts.remove(name),
            };
        }
    });
    Ok(())
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    remove(request, tx, request.param("user"))?;
    Ok(Reply::empty(204))
}

/// Deletes a user, by its id or its principal name; it can be restored for a while.
pub(in crate::sandbox::graph) fn remove(
    request: &Request,
    tx: &mut Tx<'_>,
    name: &str,
) -> Result<(), Refusal> {
    let caller = admit(request, tx, &ADMINISTER)?;
    let mut person = people::need(tx, &caller.tenant, name)?;
    rank::check(tx, caller, &person)?;
    accounts::delete(tx, &caller.tenant, &mut person.user);
    Ok(())
}
