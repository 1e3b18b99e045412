//! Whether a caller may use what a resource refers to: whoever puts an interface into a subnet needs
//! to be allowed to join that subnet. Source: arm reference §4; which action is asked for what, and the
//! text, are not confirmed.

use serde_json::{Map, Value};

use super::Who;
use super::rights::covers;
use crate::sandbox::arm::id::Id;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Caller;
use crate::sandbox::store::Tx;

/// Refuses a body that refers to what the caller has no right to use.
pub(in crate::sandbox::arm) fn linked(
    caller: &Caller,
    tx: &Tx<'_>,
    id: &Id,
    body: &Map<String, Value>,
) -> Result<(), Refusal> {
    let mut found = Vec::new();
    collect(body, &mut found);
    let who = Who::of(tx, caller);
    let own = id.key();
    for other in found {
        let (Some(kind), true) = (other.kind(), other.subscription == id.subscription) else {
            continue;
        };
        let action = if kind.to_ascii_lowercase().starts_with("microsoft.network/") {
            format!("{kind}/join/action")
        } else {
            format!("{kind}/read")
        };
        if covers(&own, &other.key()) || who.may(tx, &other, &action) {
            continue;
        }
        let text = format!(
            "The client with object id '{}' has permission to perform action '{}/write' on scope '{}'; however, it does not have permission to perform action(s) '{action}' on the linked scope(s) '{}' (respectively) or the linked scope(s) are invalid.",
            caller.object,
            id.kind().unwrap_or_default(),
            id.text(),
            other.text()
        );
        return Err(Refusal::new(403, "LinkedAuthorizationFailed", text));
    }
    Ok(())
}

/// Collects the ids of resources that stand anywhere in an object, under `id`.
fn collect(members: &Map<String, Value>, found: &mut Vec<Id>) {
    for (name, value) in members {
        match value {
            Value::String(text) if name.eq_ignore_ascii_case("id") => {
                found.extend(Id::parse(text).filter(|id| !id.sections.is_empty()));
            }
            Value::Object(inner) => collect(inner, found),
            Value::Array(items) => {
                for item in items.iter().filter_map(Value::as_object) {
                    collect(item, found);
                }
            }
            _ => {}
        }
    }
}
