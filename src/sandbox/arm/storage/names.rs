//! Names of storage accounts: each there is once in all of Azure.

use serde_json::json;

use super::VERSIONS;
use super::accounts::NAME;
use crate::sandbox::arm::body::{self, need, parameter};
use crate::sandbox::arm::{access, id::Id};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[Route::arm(
    "POST",
    "/subscriptions/{subscription}/providers/Microsoft.Storage/checkNameAvailability",
    ask,
)];

/// Refuses what cannot be a name. The reference names the rule and the code, not the text.
pub(super) fn check(name: &str) -> Result<(), Refusal> {
    let fits = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit();
    if (3..=24).contains(&name.len()) && name.chars().all(fits) {
        return Ok(());
    }
    let text = format!(
        "{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only."
    );
    Err(Refusal::new(400, "AccountNameInvalid", text))
}

/// Says that another account has a name, wherever it is; `own` is the id of the one that may.
pub(super) fn taken(tx: &Tx<'_>, name: &str, own: Option<&str>) -> Option<Refusal> {
    let mut all = tx.arm.resources.iter().map(|(_, one)| one);
    let found = all.any(|one| {
        one.kind == NAME
            && one.name.eq_ignore_ascii_case(name)
            && own.is_none_or(|own| !own.eq_ignore_ascii_case(&one.id))
    });
    let text = format!("The storage account named {name} is already taken.");
    found.then(|| Refusal::new(409, "StorageAccountAlreadyTaken", text))
}

fn ask(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version_of(request, "Microsoft.Storage/checkNameAvailability", VERSIONS)?;
    let scope = Id::of_subscription(request.param("subscription"));
    access::pass(
        request,
        tx,
        &scope,
        "Microsoft.Storage/checkNameAvailability/read",
    )?;
    let body = body::object(request)?;
    let name = need(&body, "name")?;
    let kind = need(&body, "type")?;
    if !kind.eq_ignore_ascii_case(NAME) {
        let text = format!("The value '{kind}' of parameter 'type' is not '{NAME}'.");
        return Err(parameter("type", text));
    }
    let (reason, text) = match (check(name), taken(tx, name, None)) {
        (Err(refusal), _) => ("AccountNameInvalid", refusal.text),
        (Ok(()), Some(refusal)) => ("AlreadyExists", refusal.text),
        (Ok(()), None) => return Ok(Reply::ok(json!({ "nameAvailable": true }))),
    };
    Ok(Reply::ok(
        json!({ "nameAvailable": false, "reason": reason, "message": text }),
    ))
}
