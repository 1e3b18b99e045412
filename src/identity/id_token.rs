//! Who signed in, by the ID token. It must be about this very sign-in; its signature need not be
//! checked, since it came straight from the token endpoint (`OpenID` Connect Core 1.0, section
//! 3.1.3.7, points 3 to 11).

use std::time::Duration;

use serde_json::Value;

use crate::base::clock::{Timestamp, later};
use crate::error::{Code, Error, Sent};
use crate::http::Claims;

/// How far two clocks may be apart.
const SKEW: Duration = Duration::from_secs(300);

/// What a sign-in must fit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// The application's id.
    pub client: &'a str,
    /// What was sent along, in flows that can send it.
    pub nonce: Option<&'a str>,
    /// Who issues the tenant's tokens, where that is known.
    pub issuer: Option<&'a str>,
    /// The service's time.
    pub now: Timestamp,
}

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Who {
    /// Name to sign in with, or what stands for it.
    pub name: String,
    /// The tenant, where the service has tenants.
    pub tenant: Option<String>,
}

/// Reads who signed in; fails unless the token is about this sign-in.
pub(crate) fn read(token: &str, expected: Expected<'_>) -> Result<Who, Error> {
    let claims = Claims::of(token).map_err(|_| unfit("it is no token"))?;
    let text = |name: &str| claims.text(name);
    let tenant = text("tid").map(str::to_lowercase);
    if !is_for(&claims, expected.client) {
        return Err(unfit("it is for another application (aud)"));
    }
    if expected.nonce.is_some() && text("nonce") != expected.nonce {
        return Err(unfit("it answers another request (nonce)"));
    }
    let tid = tenant.as_deref().unwrap_or_default();
    let issuer = expected
        .issuer
        .map(|issuer| issuer.replace("{tenantid}", tid));
    if issuer.is_some() && text("iss") != issuer.as_deref() {
        return Err(unfit("another service issued it (iss)"));
    }
    let expires = claims
        .expires()
        .ok_or_else(|| unfit("it never expires (exp)"))?;
    if later(expires, SKEW) <= expected.now {
        return Err(unfit("it has expired (exp)"));
    }
    let name = ["preferred_username", "upn", "email", "name", "sub"]
        .into_iter()
        .find_map(text);
    let name = name.ok_or_else(|| unfit("it names nobody (sub)"))?;
    Ok(Who {
        name: name.to_owned(),
        tenant,
    })
}

fn is_for(claims: &Claims, client: &str) -> bool {
    match claims.all().get("aud") {
        Some(Value::String(audience)) => audience == client,
        Some(Value::Array(_)) => claims.texts("aud").contains(&client),
        _ => false,
    }
}

fn unfit(why: &str) -> Error {
    Error::new(
        Code::AuthRefused,
        format!(
            "the identity service's ID token does not fit this sign-in: {why}; nothing was kept"
        ),
    )
    .help("sign in again; if it happens again, look whether the login address is right")
    .sent(Sent::Yes)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_must_be_about_this_sign_in() {
        let good = json!({
            "aud": "client-1", "nonce": "n-1", "iss": "https://login/T-1/v2.0", "tid": "T-1",
            "exp": 1000, "preferred_username": "megan@contoso.example", "sub": "s",
        });
        let check = |name: &str, value: Value, expected: Result<&str, &str>| {
            let mut claims = good.clone();
            claims[name] = value;
            let token = format!("e30.{}.s", URL_SAFE_NO_PAD.encode(claims.to_string()));
            let found = read(
                &token,
                Expected {
                    client: "client-1",
                    nonce: Some("n-1"),
                    issuer: Some("https://login/T-1/v2.0"),
                    now: Timestamp::from_second(1200).expect("a time"),
                },
            );
            match (found, expected) {
                (Ok(who), Ok(expected)) => assert_eq!(who.name, expected),
                (Err(error), Err(why)) => assert!(error.to_string().contains(why), "{error}"),
                (found, expected) => panic!("{name}: {found:?}, not {expected:?}"),
            }
        };
        check("amr", json!([]), Ok("megan@contoso.example"));
        check(
            "aud",
            json!(["other", "client-1"]),
            Ok("megan@contoso.example"),
        );
        check("preferred_username", Value::Null, Ok("s"));
        check("aud", json!("client-2"), Err("aud"));
        check("aud", Value::Null, Err("aud"));
        check("nonce", json!("n-2"), Err("nonce"));
        check("nonce", Value::Null, Err("nonce"));
        check("iss", json!("https://evil/T-1/v2.0"), Err("iss"));
        check("exp", json!(900), Err("expired"));
        check("exp", json!(901), Ok("megan@contoso.example"));
        check("exp", Value::Null, Err("never"));
        let template = Expected {
            client: "client-1",
            nonce: None,
            issuer: Some("https://login/{tenantid}/v2.0"),
            now: Timestamp::UNIX_EPOCH,
        };
        let mut lower = good.clone();
        lower["iss"] = json!("https://login/t-1/v2.0");
        let token = format!("e30.{}.s", URL_SAFE_NO_PAD.encode(lower.to_string()));
        let who = read(&token, template).expect("it fits");
        assert_eq!(who.tenant.as_deref(), Some("t-1"));
        assert!(read("opaque", template).is_err());
    }
}
