//! Names of servers: they are hosts, so that no two servers of the world have one. Source: arm
//! reference §10.11, §12.12.

use serde_json::json;

use super::VERSIONS;
use super::refusal::{absent, value};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::{access, body};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = &[Route::arm(
    "POST",
    "/subscriptions/{subscription}/providers/Microsoft.Sql/checkNameAvailability",
    check,
)];

/// Full type of servers.
pub(super) const SERVER: &str = "Microsoft.Sql/servers";

/// What a server's name is.
pub(super) const RULE: &str =
    "it has 1 to 63 small letters, digits and hyphens, and neither begins nor ends with a hyphen";

/// Tells whether a server can have that name.
pub(super) fn is_one(name: &str) -> bool {
    let fits =
        |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    (1..=63).contains(&name.len())
        && name.bytes().all(fits)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Returns the server that has a name, whoever's it is.
pub(super) fn holder<'a>(tx: &'a Tx<'_>, name: &str) -> Option<&'a Resource> {
    let all = tx.arm.resources.iter().map(|(_, one)| one);
    let mut servers = all.filter(|one| one.kind == SERVER);
    servers.find(|one| one.name.eq_ignore_ascii_case(name))
}

/// Tells whether a name is free.
fn check(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version(request, VERSIONS)?;
    let scope = Id::of_subscription(request.param("subscription"));
    let action = "Microsoft.Sql/checkNameAvailability/action";
    access::pass(request, tx, &scope, action)?;
    let asked = body::object(request)?;
    let name = body::text(&asked, "name")?.ok_or_else(|| absent("name"))?;
    let kind = body::text(&asked, "type")?.ok_or_else(|| absent("type"))?;
    if !kind.eq_ignore_ascii_case(SERVER) {
        return Err(value("type", "It is 'Microsoft.Sql/servers'."));
    }
    let why = if !is_one(name) {
        Some((
            "Invalid",
            format!("Specified server name '{name}' is invalid: {RULE}."),
        ))
    } else if holder(tx, name).is_some() {
        Some((
            "AlreadyExists",
            format!("Specified server name '{name}' is already used."),
        ))
    } else {
        None
    };
    let mut answer = json!({ "name": name, "available": why.is_none() });
    if let Some((reason, message)) = why {
        (answer["reason"], answer["message"]) = (reason.into(), message.into());
    }
    Ok(Reply::ok(answer))
}
