//! Entity tags (§19.9, §19.10): a signed number for billing profiles, base64 of a small JSON for
//! subscriptions, and how `If-Match` is read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::sandbox::route::Request;
use crate::sandbox::store::{Subscription, Tx};

/// Returns the entity tag of a subscription.
pub(crate) fn of_subscription(subscription: &Subscription) -> String {
    STANDARD.encode(format!(
        r#"{{"id":"{}","version":{}}}"#,
        subscription.id, subscription.version
    ))
}

/// Returns a fresh signed number.
pub(crate) fn fresh(tx: &mut Tx<'_>) -> i64 {
    i64::from_be_bytes(tx.random().below(u64::MAX).to_be_bytes())
}

/// Returns what `If-Match` names, without its quotes.
pub(crate) fn if_match(request: &Request) -> Option<&str> {
    let text = request.header("if-match")?.trim();
    let text = text.strip_prefix("W/").unwrap_or(text);
    Some(text.trim_matches('"'))
}
