//! Change tracking: all objects first, and after that what has become of them since. Each round keeps
//! what the objects were like when it began, and the next one compares. Source: graph reference §3.

mod round;
mod routes;
#[cfg(test)]
mod tests;

pub(super) use routes::ROUTES;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use serde_json::{Value, json};

use super::odata::{Kind, context, expired, fragment, only, preferred};
use crate::base::clock::{Timestamp, later};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Round, Tx};

/// How long a token is good (unconfirmed).
const KEPT: Duration = Duration::from_secs(7 * 86_400);

/// Objects whose changes are tracked.
pub(super) struct Tracked {
    /// The last part of their address: `users`.
    pub(super) part: &'static str,
    /// How they behave in queries.
    pub(super) kind: &'static Kind,
    /// Relationships that are tracked when `$select` names them: `members`.
    pub(super) links: &'static [&'static str],
    /// Returns all objects of a tenant, whole.
    pub(super) rows: fn(&Tx<'_>, &str) -> Vec<Value>,
    /// Tells whether an object of a tenant that is gone can be restored.
    pub(super) restorable: fn(&Tx<'_>, &str, &str) -> bool,
    /// Returns what a relationship of an object leads to: tenant, object id, relationship. Each has
    /// its `@odata.type` and `id`.
    pub(super) linked: fn(&Tx<'_>, &str, &str, &str) -> Vec<Value>,
}

/// Where a request stands in a round.
#[derive(Debug)]
struct Place {
    /// The round before, against which this one is compared.
    base: Option<String>,
    /// This round, which the next one is compared with.
    next: String,
    /// The id after which the page begins.
    after: String,
}

/// Answers `…/delta`. Who may ask is the caller's matter.
pub(super) fn answer(request: &Request, tx: &mut Tx<'_>, tracked: &Tracked) -> Outcome {
    only(
        request,
        &["$select", "$filter", "$deltatoken", "$skiptoken"],
    )?;
    let tenant = request.caller()?.tenant.clone();
    let token = request.query("$deltatoken");
    let place = match (request.query("$skiptoken"), token) {
        (Some(token), _) => {
            let place = Place::read(token).ok_or_else(expired)?;
            find(request, tx, tracked, &place.next)?;
            place
        }
        (None, Some("latest")) => {
            let (select, filter) = (request.query("$select"), request.query("$filter"));
            let next = round::begin(tx, tracked, &tenant, select, filter)?;
            let link = link(request, "deltatoken", &next);
            return Ok(Reply::ok(json!({
                "@odata.context": context(request, &fragment(request, tracked.part)),
                "@odata.deltaLink": link,
                "value": [],
            })));
        }
        (None, Some(token)) => {
            let Round { select, filter, .. } = find(request, tx, tracked, token)?;
            let next = round::begin(tx, tracked, &tenant, select.as_deref(), filter.as_deref())?;
            Place {
                base: Some(token.to_owned()),
                next,
                after: String::new(),
            }
        }
        (None, None) => {
            let (select, filter) = (request.query("$select"), request.query("$filter"));
            Place {
                base: None,
                next: round::begin(tx, tracked, &tenant, select, filter)?,
                after: String::new(),
            }
        }
    };
    page(request, tx, tracked, &place)
}

/// Answers the page at a place.
fn page(request: &Request, tx: &Tx<'_>, tracked: &Tracked, place: &Place) -> Outcome {
    let base = match &place.base {
        Some(token) => Some(find(request, tx, tracked, token)?),
        None => None,
    };
    let next = find(request, tx, tracked, &place.next)?;
    let size = preferred(request)
        .unwrap_or(tracked.kind.page)
        .clamp(1, 999);
    let changes = round::changes(tx, tracked, base.as_ref(), &next)?;
    let mut rest = changes
        .into_iter()
        .filter(|(id, _)| *id > place.after)
        .peekable();
    let page: Vec<(String, Value)> = rest.by_ref().take(size).collect();
    let mut answer = json!({
        "@odata.context": context(request, &fragment(request, tracked.part)),
    });
    match (rest.peek(), page.last()) {
        (Some(_), Some((last, _))) => {
            let token = place.token(last);
            answer["@odata.nextLink"] = link(request, "skiptoken", &token).into();
        }
        _ => answer["@odata.deltaLink"] = link(request, "deltatoken", &place.next).into(),
    }
    answer["value"] = page.into_iter().map(|(_, item)| item).collect();
    Ok(Reply::ok(answer))
}

/// Finds the round of a token, which must be of this tenant and of these objects, and not too old.
fn find(request: &Request, tx: &Tx<'_>, tracked: &Tracked, token: &str) -> Result<Round, Refusal> {
    let Some(round) = tx.system.deltas.get(token) else {
        return Err(gone(request));
    };
    if round.tenant != request.caller()?.tenant || round.part != tracked.part {
        return Err(expired());
    }
    if is_over(round, tx.now()) {
        return Err(gone(request));
    }
    Ok(round.clone())
}

fn is_over(round: &Round, now: Timestamp) -> bool {
    later(round.made, KEPT) <= now
}

/// Refuses a token whose round is no longer known: everything is to be read again.
fn gone(request: &Request) -> Refusal {
    let text = "The sync state generation is not found; a full synchronization is required.";
    let fresh = format!("{}/graph{}", request.origin, request.path);
    Refusal::new(410, "syncStateNotFound", text).header("location", &fresh)
}

fn link(request: &Request, name: &str, token: &str) -> String {
    format!("{}/graph{}?%24{name}={token}", request.origin, request.path)
}

impl Place {
    /// Reads the token of a page.
    fn read(token: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64URL.decode(token).ok()?).ok()?;
        let mut parts = text.split('\n').map(str::to_owned);
        let (base, next, after) = (parts.next()?, parts.next()?, parts.next()?);
        let base = (!base.is_empty()).then_some(base);
        Some(Self { base, next, after })
    }

    /// Returns the token of the page after an object.
    fn token(&self, last: &str) -> String {
        let base = self.base.as_deref().unwrap_or_default();
        BASE64URL.encode(format!("{base}\n{}\n{last}", self.next))
    }
}
