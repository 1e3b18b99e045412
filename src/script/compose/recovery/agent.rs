//! `Agent-Authentication`: what Site Recovery hands on to a server of the customer, signed with the
//! key that the server shares with the vault. Source: the clients of 2015 to 2017; the reference names
//! the members and what is signed. How times and version are written there it does not say: they
//! stand as .NET writes them, `\/Date(ms)\/` and all parts of a version.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use serde_json::json;

use crate::base::random;
use crate::base::secret::Secret;

/// Before it is made.
const SINCE: SignedDuration = SignedDuration::from_hours(1);
/// For how long it is valid.
const FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Returns the value of the header for a call that is known by `request_id`.
pub(super) fn header(key: &Secret<String>, request_id: &str, now: Timestamp) -> Secret<String> {
    let signed = token(request_id, now, None);
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose().as_bytes());
    let mac = BASE64.encode(hmac::sign(&key, signed.as_bytes()));
    Secret::new(token(request_id, now, Some(&mac)))
}

/// Returns the id of a request as those clients make it up: `<guid>-<yyyy-MM-dd HH:mm:ssZ>-P`.
pub(super) fn request_id(now: Timestamp) -> String {
    let guid = random::guid();
    format!("{guid}-{}-P", now.strftime("%Y-%m-%d %H:%M:%SZ"))
}

/// Writes the token; what is signed names neither function nor signature yet.
fn token(request_id: &str, now: Timestamp, mac: Option<&str>) -> String {
    let since = now.checked_sub(SINCE).unwrap_or(now);
    let until = since.checked_add(FOR).unwrap_or(since);
    let function = mac.map(|_| "HMACSHA256");
    let version = json!({ "Major": 1, "Minor": 2, "Build": -1, "Revision": -1, "MajorRevision": -1,
        "MinorRevision": -1 });
    format!(
        r#"{{"NotBeforeTimestamp":{},"NotAfterTimestamp":{},"ClientRequestId":{},"HashFunction":{},"Hmac":{},"Version":{version},"PropertyBag":{{}}}}"#,
        time(since),
        time(until),
        json!(request_id),
        json!(function),
        json!(mac),
    )
}

fn time(at: Timestamp) -> String {
    format!(r#""\/Date({})\/""#, at.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The signature was computed apart: Python's `hmac` over the text in `SIGNED`.
    #[test]
    fn the_signature_is_that_of_the_token_without_it() {
        const SIGNED: &str = r#"{"NotBeforeTimestamp":"\/Date(1772355600000)\/","NotAfterTimestamp":"\/Date(1772960400000)\/","ClientRequestId":"b7c1-2026-03-01 10:00:00Z-P","HashFunction":null,"Hmac":null,"Version":{"Major":1,"Minor":2,"Build":-1,"Revision":-1,"MajorRevision":-1,"MinorRevision":-1},"PropertyBag":{}}"#;
        const MAC: &str = "ya0D5zogd9fFbDVpeHaBEgXhA/Srjr6WtCZ2m7Vp09c=";
        let now: Timestamp = "2026-03-01T10:00:00Z".parse().expect("a time");
        let id = "b7c1-2026-03-01 10:00:00Z-P";
        assert_eq!(token(id, now, None), SIGNED);
        let found = header(&Secret::new("kéy/+=".to_owned()), id, now);
        let expected = SIGNED
            .replace(r#""HashFunction":null"#, r#""HashFunction":"HMACSHA256""#)
            .replace(r#""Hmac":null"#, &format!(r#""Hmac":"{MAC}""#));
        assert_eq!(found.expose(), &expected);
        let value: serde_json::Value = serde_json::from_str(found.expose()).expect("JSON");
        assert_eq!(value["NotBeforeTimestamp"], "/Date(1772355600000)/");
        let other = header(&Secret::new("key".to_owned()), id, now);
        assert_ne!(other.expose(), found.expose());
    }

    #[test]
    fn an_id_is_made_up_of_a_guid_and_the_time() {
        let now: Timestamp = "2026-03-01T09:14:07Z".parse().expect("a time");
        let id = request_id(now);
        assert!(
            id.ends_with("-2026-03-01 09:14:07Z-P") && id.len() == 36 + 23,
            "{id}"
        );
    }
}
