//! The details of an error of Azure, which nest: each becomes an error beside the first one, and the
//! deepest is what to mend. Source: Azure REST API guidelines, error condition responses.

use serde_json::Value;

use crate::base::text::shorten;
use crate::error::{Error, Sent};

/// Details that are told one by one.
const TOLD: usize = 10;
/// How deep details are followed.
const DEEPEST: usize = 8;
/// Characters of a detail's message.
const MESSAGE: usize = 300;

/// Adds the details of what the service calls `error` to an error.
pub(super) fn told(error: Error, said: &Value) -> Error {
    let mut details = Vec::new();
    collect(said, 0, &mut details);
    // Site Recovery says everything twice.
    let own = one(said);
    let repeats = |detail: &str| {
        let rest = own.as_ref().and_then(|own| own.strip_prefix(detail));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(", target "))
    };
    details.retain(|detail| !repeats(detail));
    let Some(last) = details.last() else {
        return error;
    };
    let advised = error.parts().fault.as_ref();
    let advised = advised.is_some_and(|fault| fault.recommended_action.is_some());
    let help = format!("mend what lies deepest: {last}");
    let code = error.code();
    let each = details.into_iter().take(TOLD);
    let error = if advised { error } else { error.help(help) };
    error.related(each.map(|one| Error::new(code, one).sent(Sent::Yes)))
}

/// Collects `details` from the outside in, each as `Code (message), target`. Deployments carry the
/// refusal of a resource as JSON text within the message.
fn collect(error: &Value, depth: usize, found: &mut Vec<String>) {
    if depth == DEEPEST {
        return;
    }
    let inner = error["message"]
        .as_str()
        .filter(|text| text.starts_with('{'));
    if let Some(inner) = inner.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
        let inner = inner.get("error").unwrap_or(&inner);
        found.extend(one(inner));
        collect(inner, depth + 1, found);
    }
    let details = error["details"].as_array();
    for detail in details.into_iter().flatten() {
        found.extend(one(detail));
        collect(detail, depth + 1, found);
    }
}

/// Returns a detail in one line.
fn one(detail: &Value) -> Option<String> {
    let word = |key: &str| detail[key].as_str().unwrap_or_default().trim();
    let (code, message, target) = (word("code"), word("message"), word("target"));
    let message = shorten(message, MESSAGE);
    let text = match (code, message.as_str()) {
        ("", "") => return None,
        ("", message) => message.to_owned(),
        (code, message) if message.is_empty() || message.starts_with('{') => code.to_owned(),
        (code, message) => format!("{code} ({message})"),
    };
    Some(if target.is_empty() {
        text
    } else {
        format!("{text}, target {target}")
    })
}
