//! A token as the identity service sends it. The `oauth2` crate's own type wants numbers where
//! answers of the older kind hold text: `"expires_in": "3599"`.

use std::fmt;
use std::time::Duration;

use oauth2::{AccessToken, RefreshToken, Scope, TokenResponse, TokenType};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::base::clock::Timestamp;

/// A token as the identity service sends it. Its `Debug` shows no token.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    access_token: AccessToken,
    token_type: Kind,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    refresh_token: Option<RefreshToken>,
    #[serde(default, deserialize_with = "seconds")]
    refresh_in: Option<u64>,
    #[serde(default, deserialize_with = "seconds")]
    expires_on: Option<u64>,
    id_token: Option<IdToken>,
}

/// How a token is used, in the service's words: nothing depends on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Kind(String);

impl TokenType for Kind {}

/// Says who signed in. Its `Debug` does not show it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct IdToken(String);

impl IdToken {
    /// Returns the token's text.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdToken(..)")
    }
}

impl Answer {
    /// Returns after how long the service wants the token to be renewed.
    pub(super) fn refresh_in(&self) -> Option<Duration> {
        self.refresh_in.map(Duration::from_secs)
    }

    /// Returns when the token expires, by the service's clock.
    pub(super) fn expires_on(&self) -> Option<Timestamp> {
        Timestamp::from_second(i64::try_from(self.expires_on?).ok()?).ok()
    }

    /// Returns what says who signed in.
    pub(crate) fn id_token(&self) -> Option<&IdToken> {
        self.id_token.as_ref()
    }
}

impl TokenResponse for Answer {
    type TokenType = Kind;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &Kind {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// Reads seconds that are a number, or a number as text.
pub(super) fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    from.deserialize_any(Seconds)
}

struct Seconds;

impl Visitor<'_> for Seconds {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("seconds")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        text.trim().parse().map(Some).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_a_number_or_text() {
        let check = |field: &str, expected: Option<u64>| {
            let text = format!(r#"{{"token_type":"Bearer","access_token":"t"{field}}}"#);
            let answer: Answer = serde_json::from_str(&text).expect("an answer");
            assert_eq!(answer.expires_in, expected, "{field}");
        };
        check(r#","expires_in":3599"#, Some(3599));
        check(r#","expires_in":"3599","expires_on":"17""#, Some(3599));
        check(r#","expires_in":null"#, None);
        check("", None);
        let soon = r#"{"token_type":"Bearer","access_token":"t","expires_in":"soon"}"#;
        assert!(serde_json::from_str::<Answer>(soon).is_err());
    }
}
