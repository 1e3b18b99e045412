//! Claims that are asked for with a token: that this client understands challenges (`cp1`), and what
//! a service's challenge demands, merged into one. Source: Microsoft identity platform, "Claims
//! challenges, claims requests, and client capabilities".

use serde_json::{Value, json};

/// What this client can do, when nothing is demanded.
const CAPABLE: &str = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;

/// Returns the `claims` of a request: what this client can do, and what a challenge demands.
pub(crate) fn asked(challenge: Option<&str>) -> String {
    let Some(demanded) = challenge.and_then(|text| serde_json::from_str(text).ok()) else {
        return CAPABLE.to_owned();
    };
    let mut claims = json!({ "access_token": { "xms_cc": { "values": ["cp1"] } } });
    merge(&mut claims, demanded);
    claims.to_string()
}

/// Merges objects deeply; elsewhere what is demanded stands, but our capabilities are never lost.
fn merge(into: &mut Value, demanded: Value) {
    match (into, demanded) {
        (Value::Object(into), Value::Object(demanded)) => {
            for (name, value) in demanded {
                match into.get_mut(&name) {
                    Some(own) => merge(own, value),
                    None => drop(into.insert(name, value)),
                }
            }
        }
        (Value::Array(into), Value::Array(demanded)) => {
            for value in demanded {
                if !into.contains(&value) {
                    into.push(value);
                }
            }
        }
        (into, demanded) if !matches!(into, Value::Object(_)) => *into = demanded,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_merged_with_what_the_client_can_do() {
        let check = |challenge: Option<&str>, expected: Value| {
            let asked: Value = serde_json::from_str(&asked(challenge)).expect("JSON");
            assert_eq!(asked, expected, "{challenge:?}");
        };
        let alone = json!({ "access_token": { "xms_cc": { "values": ["cp1"] } } });
        check(None, alone.clone());
        check(Some("no JSON"), alone.clone());
        check(Some("{}"), alone.clone());
        check(Some(r#"{"access_token":"x"}"#), alone);
        check(
            Some(
                r#"{"access_token":{"nbf":{"essential":true,"value":"7"}},"id_token":{"a":null}}"#,
            ),
            json!({
                "access_token": { "xms_cc": { "values": ["cp1"] }, "nbf": { "essential": true, "value": "7" } },
                "id_token": { "a": null },
            }),
        );
        check(
            Some(r#"{"access_token":{"xms_cc":{"values":["other"]}}}"#),
            json!({ "access_token": { "xms_cc": { "values": ["cp1", "other"] } } }),
        );
    }
}
