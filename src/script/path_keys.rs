//! Path parameters read back out of a path that was called.

use percent_encoding::percent_decode_str;

use crate::api::document::snake_case;
use crate::api::model::Operation;

/// Returns the path parameters of an operation, out of a target that it fits.
pub(super) fn path_keys(operation: &Operation, target: &str) -> Vec<(&'static str, String)> {
    let path = target.split('?').next().unwrap_or_default();
    let template = operation.path.split('?').next().unwrap_or_default();
    let template: Vec<&str> = template.split('/').collect();
    let given: Vec<&str> = path.split('/').collect();
    // A whole id takes as many segments as the rest leaves.
    let more = given.len().saturating_sub(template.len());
    let mut keys = Vec::new();
    let mut at = 0;
    for part in template {
        let name = between(part, "{", "}").map(snake_case);
        let mut params = operation.params.iter();
        let param = params.find(|param| Some(param.name) == name.as_deref());
        let whole = param.is_some_and(|param| param.whole);
        let end = at + 1 + if whole { more } else { 0 };
        if let (Some(param), Some(given)) = (param, given.get(at..end)) {
            let (before, rest) = part.split_once('{').unwrap_or_default();
            let after = rest.split_once('}').unwrap_or_default().1;
            if let Some(value) = between(&given.join("/"), before, after) {
                let value = percent_decode_str(value).decode_utf8_lossy();
                keys.push((param.name, value.into_owned()));
            }
        }
        at = end;
    }
    keys
}

/// Returns what stands between the first of one text and the end of another.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = &text[text.find(before)? + before.len()..];
    if after.is_empty() {
        return Some(rest);
    }
    rest.rfind(after).map(|end| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::testing;

    #[test]
    fn what_a_path_holds_is_read_back() {
        let operation = testing::operation("subscription");
        let keys = path_keys(operation, "/v1/customers/c%201/subscriptions/s?x=/y/z");
        let values: Vec<&str> = keys.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["c 1", "s"]);
        assert_eq!(path_keys(operation, "/v1/customers").len(), 0);
    }
}
