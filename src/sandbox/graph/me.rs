//! The signed-in user: itself, the groups and directory roles it belongs to, and the end of its
//! sessions. Source: graph reference §1, §8, §15.16, §15.17.

use serde_json::Value;

use super::access::{Standing, delegated, missing, permitted, standing};
use super::objects;
use super::odata::{entity_expanded, only};
use super::people::{self, Person, USER};
use super::users;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Principal, Request, Route};
use crate::sandbox::store::Tx;

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

/// Returns the user that asks about itself. A user of another directory is none of this one's.
pub(super) fn own(request: &Request, tx: &Tx<'_>) -> Result<Person, Refusal> {
    let caller = request.caller()?;
    if caller.principal == Principal::App {
        let text = "/me request is only valid with delegated authentication flow.";
        return Err(Refusal::new(400, "BadRequest", text));
    }
    permitted(request, &READ)?;
    match standing(tx, caller)? {
        Standing::Member(own) => people::need(tx, &caller.tenant, &own.id),
        Standing::Delegated | Standing::App => Err(missing(&caller.object)),
    }
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let person = own(request, tx)?;
    let expand = |name: &str, row: &Value| users::expand(tx, &person.tenant, name, row);
    let row = people::shown(&person);
    entity_expanded(request, &USER, "users/$entity", row, &expand)
}

fn direct(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    member_of(request, tx, false)
}

fn transitive(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    member_of(request, tx, true)
}

fn member_of(request: &Request, tx: &Tx<'_>, is_transitive: bool) -> Outcome {
    let person = own(request, tx)?;
    let rows = objects::member_of(tx, &person.tenant, &person.user.id, is_transitive);
    objects::list(request, "directoryObjects", rows)
}

/// Ends every sign-in of the user.
fn revoke(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    only(request, &[])?;
    let person = own(request, tx)?;
    delegated(request, &REVOKE)?;
    users::end_sessions(request, tx, &person.tenant, &person.user.id)
}
