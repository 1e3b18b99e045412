//! Users of a customer's directory (reference §7, §19.15). User only. A deleted user keeps its place
//! for 30 days under another name and can be restored.

use serde_json::{Value, json};

use super::accounts;
use super::audit::{Written, record};
use super::body::Body;
use super::codes::{INVALID_PROPERTY, MISSING, NO_USER, PASSWORD_WEAK, UPN_SUFFIX, UPN_TAKEN};
use super::countries;
use super::dates::write;
use super::filter::{self, Filter};
use super::page::{seek, seek_page};
use super::scope::{Part, customer, customer_to_change, row, rows};
use super::shape::{attributes, lean, links};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{Customer, Tx, User, World};

pub(super) const ROUTES: &[Route] = &[
    Route::partner("GET", "/v1/customers/{customer}/users", Auth::User, list),
    Route::partner("POST", "/v1/customers/{customer}/users", Auth::User, create),
    Route::partner(
        "GET",
        "/v1/customers/{customer}/users/{user}",
        Auth::User,
        get,
    ),
    Route::partner(
        "PATCH",
        "/v1/customers/{customer}/users/{user}",
        Auth::User,
        update,
    ),
    Route::partner(
        "DELETE",
        "/v1/customers/{customer}/users/{user}",
        Auth::User,
        delete,
    ),
];

const MOST: usize = 500;

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Directory)?;
    let seek = seek(request, MOST)?;
    let deleted = match filter::read(request, &[("UserState", &["equals"])])? {
        Some(Filter::Simple { value, .. }) => value.eq_ignore_ascii_case("inactive"),
        _ => false,
    };
    let now = tx.now();
    let mut users: Vec<(String, User)> = rows::<User>(tx, &customer.id)
        .into_iter()
        .filter(|user| user.deleted.is_some() == deleted && accounts::is_kept(user, now))
        .map(|user| (place(request, &user), user))
        .collect();
    users.sort_by(|(left, _), (right, _)| left.cmp(right));
    let direction = request.query("sortDirection").unwrap_or_default();
    let descending = direction.to_lowercase().starts_with("desc");
    if descending {
        users.reverse();
    }
    // A user that has gone meanwhile leaves its place behind.
    let is_seen = |place: &str| match &seek.after {
        Some(after) if descending => place >= after.as_str(),
        Some(after) => place <= after.as_str(),
        None => false,
    };
    let rest = users
        .iter()
        .filter(|(place, _)| !is_seen(place))
        .map(|(place, user)| (place.clone(), shown(&customer, user)));
    Ok(Reply::ok(seek_page(request, &seek, rest)))
}

/// Returns the place of a user in the list: by `sortField`, then by id.
fn place(request: &Request, user: &User) -> String {
    let field = request.query("sortField").unwrap_or_default();
    let text = match field.to_lowercase().as_str() {
        "displayname" => user.display_name.to_lowercase(),
        "userprincipalname" => user.upn.to_lowercase(),
        _ => String::new(),
    };
    format!("{text}/{}", user.id)
}

/// Finds a user, deleted or not.
fn find_any(request: &Request, tx: &Tx<'_>, customer: &Customer) -> Result<User, Refusal> {
    let id = request.guid("user", "User Id")?;
    row::<User>(tx, &customer.id, &id)
        .filter(|user| accounts::is_kept(user, tx.now()))
        .ok_or_else(|| NO_USER.refuse())
}

/// Finds a user that is not deleted.
pub(super) fn find(request: &Request, tx: &Tx<'_>, customer: &Customer) -> Result<User, Refusal> {
    find_any(request, tx, customer).and_then(|user| match user.deleted {
        None => Ok(user),
        Some(_) => Err(NO_USER.refuse()),
    })
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Directory)?;
    Ok(Reply::ok(shown(&customer, &find(request, tx, &customer)?)))
}

fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer_to_change(request, tx, Part::Directory)?;
    let value = request.json()?;
    let body = Body::of(&value)?;
    let upn = body.need_text("userPrincipalName")?;
    let display_name = body.need_text("displayName")?.to_owned();
    let profile = body.need_object("passwordProfile")?;
    let password = profile.need_text("password")?;
    check_password(password, upn)?;
    check_upn(tx, &customer, upn, None)?;
    let user = User {
        id: tx.guid(),
        upn: upn.to_owned(),
        first_name: body.owned("firstName")?,
        last_name: body.owned("lastName")?,
        display_name,
        immutable_id: body.owned("immutableId")?,
        usage_location: location(&body)?,
        phone_number: body.owned("phoneNumber")?,
        change_password: profile.flag("forceChangePassword")?.unwrap_or(true),
        licences: Vec::new(),
        deleted: None,
    };
    let new = shown(&customer, &user);
    accounts::add(tx, &customer.id, &user, password);
    write_down(
        request,
        tx,
        &customer,
        "create_customer_user",
        (None, Some(&new)),
    )?;
    let mut answer = new;
    answer["passwordProfile"] =
        json!({ "password": password, "forceChangePassword": user.change_password });
    Ok(Reply::ok(answer))
}

fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer_to_change(request, tx, Part::Directory)?;
    let mut user = find_any(request, tx, &customer)?;
    let value = request.json()?;
    let body = Body::of(&value)?;
    let old = shown(&customer, &user);
    let wanted = body.word("state", &["active", "inactive"])?;
    if user.deleted.is_some() {
        if wanted != Some("active") {
            return Err(NO_USER.refuse());
        }
        accounts::restore(tx, &customer.id, &mut user).map_err(|_| UPN_TAKEN.refuse())?;
        let new = shown(&customer, &user);
        write_down(
            request,
            tx,
            &customer,
            "restore_customer_user",
            (Some(&old), Some(&new)),
        )?;
        return Ok(Reply::ok(new));
    }
    let operation = change(tx, &customer, &mut user, &body)?;
    let new = shown(&customer, &user);
    accounts::put(tx, &customer.id, &user);
    if let Some(profile) = body.object("passwordProfile")? {
        accounts::set_password(tx, &customer.id, &user.id, profile.need_text("password")?);
    }
    write_down(request, tx, &customer, operation, (Some(&old), Some(&new)))?;
    Ok(Reply::ok(new))
}

/// Lays the members of a body over a user; returns what the audit trail calls it.
fn change(
    tx: &Tx<'_>,
    customer: &Customer,
    user: &mut User,
    body: &Body<'_>,
) -> Result<&'static str, Refusal> {
    let mut operation = "update_customer_user";
    if let Some(upn) = body
        .text("userPrincipalName")?
        .filter(|upn| *upn != user.upn)
    {
        check_upn(tx, customer, upn, Some(&user.id))?;
        user.upn = upn.to_owned();
        operation = "update_customer_user_principal_name";
    }
    if let Some(name) = body.text("displayName")? {
        if name.trim().is_empty() {
            return Err(MISSING.about(&[&"displayName"]));
        }
        name.clone_into(&mut user.display_name);
    }
    if let Some(profile) = body.object("passwordProfile")? {
        check_password(profile.need_text("password")?, &user.upn)?;
        user.change_password = profile.flag("forceChangePassword")?.unwrap_or(true);
        operation = "reset_customer_user_password";
    }
    if let Some(location) = location(body)? {
        user.usage_location = Some(location);
    }
    for (name, place) in [
        ("firstName", &mut user.first_name),
        ("lastName", &mut user.last_name),
        ("immutableId", &mut user.immutable_id),
        ("phoneNumber", &mut user.phone_number),
    ] {
        if let Some(text) = body.owned(name)? {
            *place = Some(text);
        }
    }
    Ok(operation)
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer_to_change(request, tx, Part::Directory)?;
    let mut user = find(request, tx, &customer)?;
    let old = shown(&customer, &user);
    accounts::delete(tx, &customer.id, &mut user);
    write_down(
        request,
        tx,
        &customer,
        "delete_customer_user",
        (Some(&old), None),
    )?;
    Ok(Reply::empty(204))
}

fn write_down(
    request: &Request,
    tx: &mut Tx<'_>,
    customer: &Customer,
    operation: &'static str,
    (old, new): (Option<&Value>, Option<&Value>),
) -> Result<(), Refusal> {
    let written = Written {
        customer: Some(customer),
        resource: "customer_user",
        operation,
        old,
        new,
        data: &[],
    };
    record(request, tx, written)
}

/// Reads a usage location: a country of two letters.
fn location(body: &Body<'_>) -> Result<Option<String>, Refusal> {
    match body.text("usageLocation")? {
        None => Ok(None),
        Some(code) if countries::is_iso(code) => Ok(Some(code.to_uppercase())),
        Some(_) => Err(INVALID_PROPERTY.about(&[&"usageLocation", &"there is no such country"])),
    }
}

/// A principal name has a verified domain of the customer and is not another user's.
fn check_upn(
    world: &World,
    customer: &Customer,
    upn: &str,
    own: Option<&str>,
) -> Result<(), Refusal> {
    let (name, suffix) = upn.split_once('@').unwrap_or((upn, ""));
    if name.is_empty() || !accounts::is_verified(world, &customer.id, suffix) {
        return Err(UPN_SUFFIX.refuse());
    }
    if accounts::is_taken(world, &customer.id, upn, own) {
        return Err(UPN_TAKEN.refuse());
    }
    Ok(())
}

fn check_password(password: &str, upn: &str) -> Result<(), Refusal> {
    if accounts::is_strong(password, upn) {
        Ok(())
    } else {
        Err(PASSWORD_WEAK.refuse())
    }
}

fn shown(customer: &Customer, user: &User) -> Value {
    let state = if user.deleted.is_some() {
        "inactive"
    } else {
        "active"
    };
    lean(json!({
        "usageLocation": user.usage_location,
        "id": user.id,
        "userPrincipalName": user.upn,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "displayName": user.display_name,
        "immutableId": user.immutable_id,
        "phoneNumber": user.phone_number,
        "userDomainType": "none",
        "state": state,
        "softDeletionTime": user.deleted.as_ref().map(|(at, _)| write(*at)),
        "links": links(&format!("/customers/{}/users/{}", customer.id, user.id)),
        "attributes": attributes("CustomerUser"),
    }))
}
