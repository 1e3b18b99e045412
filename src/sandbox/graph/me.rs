//! The signed-in user, the groups and directory roles it belongs to, and the end of its sessions.
//! Source: graph reference §1, §2.1, §8, §9, §15.16.

use serde_json::{Value, json};

use super::access::{Person, Standing, delegated, missing, permitted, standing};
use super::odata::{context, list, only, page, select};
use crate::sandbox::entra::{self, groups, roles};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Caller, Outcome, Principal, Request, Route};
use crate::sandbox::sessions;
use crate::sandbox::store::{Group, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/me", get),
    Route::graph("GET", "/v1.0/me/memberOf", direct),
    Route::graph("GET", "/v1.0/me/transitiveMemberOf", transitive),
    Route::graph("POST", "/v1.0/me/revokeSignInSessions", revoke),
];

const READ: [&str; 4] = [
    "User.Read",
    "User.ReadWrite",
    "User.Read.All",
    "User.ReadWrite.All",
];

const REVOKE: [&str; 2] = ["User.ReadWrite.All", "Directory.ReadWrite.All"];

/// The properties that come without `$select`.
const USUAL: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];

/// Returns the user that asks about itself. A user of another directory is none of this one's.
fn own<'r>(request: &'r Request, tx: &Tx<'_>) -> Result<(&'r Caller, Person), Refusal> {
    let caller = request.caller()?;
    if caller.principal == Principal::App {
        let text = "/me request is only valid with delegated authentication flow.";
        return Err(Refusal::new(400, "BadRequest", text));
    }
    permitted(request, &READ)?;
    match standing(tx, caller)? {
        Standing::Member(person) => Ok((caller, person)),
        Standing::Delegated | Standing::App => Err(missing(&caller.object)),
    }
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    only(request, &["$select"])?;
    let (_, person) = own(request, tx)?;
    let phones: Vec<&String> = person.phone.iter().collect();
    let whole = json!({
        "@odata.context": context(request, "users/$entity"),
        "businessPhones": phones,
        "displayName": person.display_name,
        "givenName": person.given_name,
        "jobTitle": null,
        "mail": null,
        "mobilePhone": null,
        "officeLocation": null,
        "preferredLanguage": null,
        "surname": person.surname,
        "userPrincipalName": person.upn,
        "id": person.id,
        "accountEnabled": true,
        "userType": "Member",
        "usageLocation": person.usage_location,
    });
    Ok(Reply::ok(select(request, whole, &USUAL)?))
}

fn direct(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    member_of(request, tx, groups::direct)
}

fn transitive(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    member_of(request, tx, groups::transitive)
}

fn member_of(
    request: &Request,
    tx: &Tx<'_>,
    groups: for<'w> fn(&'w crate::sandbox::store::World, &str, &str) -> Vec<&'w Group>,
) -> Outcome {
    only(request, &["$top", "$select", "$skiptoken"])?;
    let (caller, person) = own(request, tx)?;
    let wanted = page(request, 999)?;
    let roles = caller
        .directory_roles
        .iter()
        .map(|role| (role.clone(), role_shown(&caller.tenant, role)));
    let groups = groups(tx, &caller.tenant, &person.id).into_iter();
    let mut all: Vec<(String, Value)> = groups
        .map(|group| (group.id.clone(), group_shown(group)))
        .chain(roles)
        .collect();
    all.sort_by(|left, right| left.0.cmp(&right.0));
    let after = all
        .into_iter()
        .filter(|(key, _)| wanted.after.as_ref().is_none_or(|after| key > after));
    let items: Vec<(String, Value)> = after
        .map(|(key, value)| Ok((key, select(request, value, &[])?)))
        .collect::<Result<_, Refusal>>()?;
    Ok(Reply::ok(list(
        request,
        "directoryObjects",
        &wanted,
        items.into_iter(),
    )))
}

/// Ends every sign-in of the user: its refresh tokens, and the access tokens of before.
fn revoke(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    only(request, &[])?;
    let (_, person) = own(request, tx)?;
    delegated(request, &REVOKE)?;
    entra::revoke(tx, Some(&person.id));
    sessions::revoke(tx, Some(&person.id));
    Ok(Reply::ok(json!({
        "@odata.context": context(request, "Edm.Boolean"),
        "value": true,
    })))
}

fn role_shown(tenant: &str, role: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.directoryRole",
        "id": crate::sandbox::derived::guid(&[tenant, role]),
        "deletedDateTime": null,
        "description": null,
        "displayName": roles::title(role),
        "roleTemplateId": role,
    })
}

fn group_shown(group: &Group) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.group",
        "id": group.id,
        "deletedDateTime": null,
        "classification": null,
        "createdDateTime": group.created,
        "description": group.description,
        "displayName": group.name,
        "expirationDateTime": null,
        "groupTypes": [],
        "isAssignableToRole": null,
        "mail": null,
        "mailEnabled": false,
        "mailNickname": group.name.replace(' ', ""),
        "membershipRule": null,
        "membershipRuleProcessingState": null,
        "preferredLanguage": null,
        "proxyAddresses": [],
        "renewedDateTime": group.created,
        "securityEnabled": true,
        "theme": null,
        "uniqueName": null,
        "visibility": null,
    })
}
