//! What an item shows beside what was asked: its policy, its points, what remains until it goes.
//! Source: recovery reference §6.2.

use serde_json::{Map, Value, json};

use super::{Stand, policy_of, text};
use crate::base::clock::Timestamp;
use crate::sandbox::arm::recovery::backup::filter::Filter;
use crate::sandbox::arm::recovery::backup::points;
use crate::sandbox::partner::dates::write;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Tx, VaultObject};

/// Completes the properties of an item.
pub(super) fn complete(
    tx: &Tx<'_>,
    item: &VaultObject,
    request: Option<&Request>,
    properties: &mut Map<String, Value>,
) {
    let mut add = |name: &str, value: Value| drop(properties.insert(name.to_owned(), value));
    let policy = policy_of(tx, item);
    add(
        "policyName",
        policy.map_or("", |policy| &policy.name).into(),
    );
    let points = points::live(tx, item);
    if let Some(last) = points.last() {
        add("lastRecoveryPoint", write(last.time).into());
    }
    if Stand::of(item) == Stand::Deleted {
        let end = text(item, "deferredDeleteTimeInUTC").parse::<Timestamp>();
        let left = end.map(|end| end.duration_since(tx.now()).as_secs().max(0));
        let left = left.unwrap_or_default();
        let (days, hours, minutes) = (left / 86_400, left / 3600 % 24, left / 60 % 60);
        // The form is not confirmed.
        let text = format!("{days} days {hours} hours {minutes} minutes");
        add("deferredDeleteTimeRemaining", text.into());
    }
    let expand = request.and_then(|request| Filter::of(request, &["expand"]).ok());
    let expand = expand.as_ref().and_then(|filter| filter.get("expand"));
    if expand.is_some_and(|what| what.eq_ignore_ascii_case("extendedinfo")) {
        let oldest = points.first().map(|point| write(point.time));
        add(
            "extendedInfo",
            json!({
                "oldestRecoveryPoint": oldest,
                "oldestRecoveryPointInVault": oldest,
                "recoveryPointCount": points.len(),
                "policyInconsistent": false,
            }),
        );
    }
}
