//! Names of vaults, and whether one is free. The reference names no rule and no reasons: the rule is
//! that of the service's portal, the words are those of other providers.

use serde_json::json;

use crate::sandbox::arm::access;
use crate::sandbox::arm::body::{self, need, one_of};
use crate::sandbox::arm::group;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::locations;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[Route::arm(
    "POST",
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.RecoveryServices/locations/{location}/checkNameAvailability",
    available,
)];

const VAULTS: &str = "Microsoft.RecoveryServices/vaults";

/// Refuses a name that no vault may have.
pub(super) fn check(name: &str) -> Result<(), Refusal> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let begins = name.starts_with(|first: char| first.is_ascii_alphabetic());
    if begins && (2..=50).contains(&name.len()) && name.chars().all(fits) {
        return Ok(());
    }
    let text = format!(
        "The vault name '{name}' is invalid: it has 2 to 50 letters, digits and hyphens, and begins with a letter."
    );
    Err(Refusal::new(400, "InvalidResourceName", text).target("name"))
}

fn available(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let kind = "Microsoft.RecoveryServices/locations/checkNameAvailability";
    access::version_of(request, kind, super::VERSIONS)?;
    let group = Id::of_group(request.param("subscription"), request.param("group"));
    access::pass(request, tx, &group, &format!("{kind}/action"))?;
    group::open(tx, &group)?;
    locations::check(&locations::normal(request.param("location")))?;
    let body = body::object(request)?;
    let name = need(&body, "name")?;
    one_of("type", need(&body, "type")?, &[VAULTS])?;
    let vault = group.extended("Microsoft.RecoveryServices", "vaults", name);
    let (reason, message) = match check(name) {
        Err(refusal) => ("Invalid", refusal.text),
        Ok(()) if tx.arm.resources.has(&vault.key()) => (
            "AlreadyExists",
            format!("The vault '{name}' already exists in the resource group."),
        ),
        Ok(()) => return Ok(Reply::ok(json!({ "nameAvailable": true }))),
    };
    Ok(Reply::ok(
        json!({ "nameAvailable": false, "reason": reason, "message": message }),
    ))
}
