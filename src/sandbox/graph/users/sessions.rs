//! Ends every sign-in of a user: its refresh tokens, and the access tokens of before.
//! Source: graph reference §8.

use serde_json::json;

use super::RESET;
use crate::sandbox::entra;
use crate::sandbox::graph::access::admit;
use crate::sandbox::graph::odata::{context, only};
use crate::sandbox::graph::people;
use crate::sandbox::partner::accounts;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::seed::numbered;
use crate::sandbox::sessions;
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[Route::graph(
    "POST",
    "/v1.0/users/{user}/revokeSignInSessions",
    revoke,
)];

fn revoke(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    only(request, &[])?;
    let tenant = admit(request, tx, &RESET)?.tenant.clone();
    let person = people::need(tx, &tenant, request.param("user"))?;
    end(request, tx, &tenant, &person.user.id)
}

/// Ends the sign-ins of a user and says so.
pub(in crate::sandbox::graph) fn end(
    request: &Request,
    tx: &mut Tx<'_>,
    tenant: &str,
    user: &str,
) -> Outcome {
    numbered::keep(tx, tenant);
    entra::revoke(tx, Some(user));
    sessions::revoke(tx, Some(user));
    let now = tx.now();
    accounts::change_profile(tx, tenant, user, |profile| {
        profile.sessions_from = Some(now);
    });
    Ok(Reply::ok(json!({
        "@odata.context": context(request, "Edm.Boolean"),
        "value": true,
    })))
}
