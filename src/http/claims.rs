//! What an access token says about itself, for people who want to know who they are. Nothing of the
//! pipeline is decided by it: a token is meant for the service, and of some providers it is opaque.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use serde_json::{Map, Value};

use crate::base::clock::Timestamp;
use crate::error::{Code, Error};

/// The claims of one access token, without the token: nothing here can be replayed.
/// Source: Microsoft identity platform, "Access token claims reference".
#[derive(Clone, PartialEq)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Reads the claims of a token; its signature is the service's to verify.
    pub(crate) fn of(token: &str) -> Result<Self, Error> {
        let mut parts = token.split('.');
        let body = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(_), Some(body), Some(_), None) => body.trim_end_matches('='),
            _ => return Err(opaque()),
        };
        let bytes = BASE64URL.decode(body).map_err(|_| opaque())?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|_| opaque())
    }

    /// Returns all claims, as they are named in the token.
    pub fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Returns a claim that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// Returns the texts of a claim that is a list of them; empty where it is absent.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        let list = self.0.get(name).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Returns the delegated permissions; an application's own token has none.
    pub fn scopes(&self) -> Vec<&str> {
        self.text("scp")
            .map(|scopes| scopes.split_whitespace().collect())
            .unwrap_or_default()
    }

    /// Returns whether somebody is signed in, as opposed to the application alone.
    pub fn is_user(&self) -> bool {
        self.0.contains_key("scp")
    }

    /// Returns whether the user's sign-in had multi-factor authentication, where the token says how
    /// it was. Tokens of the v2.0 format do not.
    pub fn mfa(&self) -> Option<bool> {
        self.0.get("amr")?;
        Some(self.texts("amr").contains(&"mfa"))
    }

    /// Returns when the token ends.
    pub fn expires(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.0.get("exp")?.as_i64()?).ok()
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |name| self.text(name).unwrap_or_default();
        write!(f, "Claims({} for {})", name("oid"), name("aud"))
    }
}

fn opaque() -> Error {
    Error::new(
        Code::AuthOpaque,
        "the access token says nothing about itself: it is no JSON web token",
    )
    .help("only its service can read it; tokens of Microsoft's identity service can be read")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(body: &Value) -> Claims {
        let body = BASE64URL.encode(body.to_string());
        Claims::of(&format!("e30.{body}.c2ln")).expect("claims")
    }

    #[test]
    fn claims_are_read_without_the_signature() {
        let found = claims(&json!({
            "oid": "1", "scp": "A  B", "amr": ["pwd", "mfa"], "exp": 60, "wids": ["x", 5],
        }));
        assert_eq!(found.scopes(), ["A", "B"]);
        assert_eq!(found.mfa(), Some(true));
        assert!(found.is_user());
        assert_eq!(found.texts("wids"), ["x"]);
        assert_eq!(found.expires(), Timestamp::from_second(60).ok());
        assert!(!format!("{found:?}").contains("c2ln"));
        let app = claims(&json!({ "roles": ["R"] }));
        assert!(!app.is_user() && app.scopes().is_empty());
        assert_eq!((app.mfa(), app.expires()), (None, None));
        assert_eq!(claims(&json!({ "amr": ["pwd"] })).mfa(), Some(false));
    }

    #[test]
    fn a_token_of_another_kind_is_opaque() {
        for token in [
            "",
            "opaque",
            "a.b",
            "a.!.c",
            "a.W10.c",
            "a.e30.c.d",
            "a.e3.c",
        ] {
            let error = Claims::of(token).expect_err(token);
            assert_eq!(error.code(), Code::AuthOpaque, "{token}");
            let said = error.to_string();
            assert!(
                token.is_empty() || token.len() < 5 || !said.contains(token),
                "{said}"
            );
        }
    }
}
