//! The header `Agent-Authentication`, with which calls reach agents on premises: absent, empty or
//! well-formed and in force. Source: recovery reference §8. Its signature cannot be checked: agents
//! know the key, the service only keeps it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde_json::Value;

use crate::base::clock::Timestamp;
use crate::sandbox::partner::dates;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::Diagnosis;

/// Bytes of an HMAC-SHA256.
const LENGTH: usize = 32;

/// Refuses a header that no agent would take: malformed 401, not in force 403. The reference names
/// both and no codes.
pub(super) fn check(request: &Request, now: Timestamp) -> Result<(), Refusal> {
    let Some(value) = request.headers.get("agent-authentication") else {
        return Ok(());
    };
    if value.is_empty() {
        return Ok(());
    }
    let text = value.to_str().unwrap_or_default();
    let (from, to) = read(text).map_err(|why| {
        let diagnosis = Diagnosis::new(
            "AgentAuthenticationInvalid",
            format!("The header Agent-Authentication is malformed: {why}."),
            "The header was not made from the integrity key of the vault's extended information.",
            "Make the header anew, or leave it out.",
        );
        diagnosis.refuse(request, 401)
    })?;
    if (from..=to).contains(&now) {
        return Ok(());
    }
    let diagnosis = Diagnosis::new(
        "AgentAuthenticationExpired",
        "The header Agent-Authentication is not in force.",
        format!(
            "It is in force from {} to {}.",
            dates::write(from),
            dates::write(to)
        ),
        "Make the header anew.",
    );
    Err(diagnosis.refuse(request, 403))
}

/// Returns from when to when a header is in force, or what is wrong with its form.
fn read(text: &str) -> Result<(Timestamp, Timestamp), String> {
    let all: Value = serde_json::from_str(text).map_err(|_| "it is no JSON".to_owned())?;
    let member = |name: &str| {
        let found = all[name].as_str();
        found.ok_or_else(|| format!("`{name}` is missing or no text"))
    };
    let time = |name: &str| moment(member(name)?).ok_or_else(|| format!("`{name}` is no time"));
    member("ClientRequestId")?;
    if member("HashFunction")? != "HMACSHA256" {
        return Err("`HashFunction` is not HMACSHA256".to_owned());
    }
    let signature = BASE64.decode(member("Hmac")?).unwrap_or_default();
    if signature.len() != LENGTH {
        return Err("`Hmac` is no base64 of 32 bytes".to_owned());
    }
    if all.get("Version").is_none_or(Value::is_null) {
        return Err("`Version` is missing".to_owned());
    }
    let (from, to) = (time("NotBeforeTimestamp")?, time("NotAfterTimestamp")?);
    if to <= from {
        return Err("it ends before it begins".to_owned());
    }
    Ok((from, to))
}

/// Reads a time as clients write it: ISO, or milliseconds since 1970 as .NET's serializer has them. The
/// reference names no form.
fn moment(text: &str) -> Option<Timestamp> {
    let millis = text
        .strip_prefix("/Date(")
        .and_then(|rest| rest.strip_suffix(")/"));
    match millis {
        Some(millis) => Timestamp::from_millisecond(millis.parse().ok()?).ok(),
        None => dates::parse(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_or_told_what_is_wrong() {
        let good = serde_json::json!({
            "NotBeforeTimestamp": "2026-03-02T08:00:00Z",
            "NotAfterTimestamp": "2026-03-09T09:00:00Z",
            "ClientRequestId": "b7c1-2026-03-01 10:00:00Z-P",
            "HashFunction": "HMACSHA256",
            "Hmac": BASE64.encode([7; LENGTH]),
            "Version": { "Major": 1, "Minor": 2 },
            "PropertyBag": {},
        });
        assert!(read(&good.to_string()).is_ok());
        let mut dotnet = good.clone();
        dotnet["NotBeforeTimestamp"] = "/Date(1772438400000)/".into();
        assert_eq!(read(&dotnet.to_string()), read(&good.to_string()));
        let check = |name: &str, value: Value, expected: &str| {
            let mut bad = good.clone();
            bad[name] = value;
            assert_eq!(read(&bad.to_string()), Err(expected.to_owned()));
        };
        check("Hmac", "AAAA".into(), "`Hmac` is no base64 of 32 bytes");
        check("Version", Value::Null, "`Version` is missing");
        check(
            "NotAfterTimestamp",
            "2026-03-01".into(),
            "it ends before it begins",
        );
        check(
            "NotBeforeTimestamp",
            "soon".into(),
            "`NotBeforeTimestamp` is no time",
        );
        check(
            "HashFunction",
            "MD5".into(),
            "`HashFunction` is not HMACSHA256",
        );
        check(
            "ClientRequestId",
            7.into(),
            "`ClientRequestId` is missing or no text",
        );
        assert_eq!(read("abc"), Err("it is no JSON".to_owned()));
    }
}
