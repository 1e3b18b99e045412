//! A token as the identity service sends it. The `oauth2` crate's own type wants numbers where
//! answers of the older kind hold text: `"expires_in": "3599"`.

use std::time::Duration;

use oauth2::basic::BasicTokenType;
use oauth2::helpers::deserialize_untagged_enum_case_insensitive;
use oauth2::{AccessToken, RefreshToken, Scope, TokenResponse};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// A token as the identity service sends it. Its `Debug` shows no token.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    access_token: AccessToken,
    #[serde(deserialize_with = "deserialize_untagged_enum_case_insensitive")]
    token_type: BasicTokenType,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    refresh_token: Option<RefreshToken>,
}

impl TokenResponse for Answer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
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
fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Seconds {
        Number(u64),
        Text(String),
    }
    match Option::<Seconds>::deserialize(from)? {
        None => Ok(None),
        Some(Seconds::Number(number)) => Ok(Some(number)),
        Some(Seconds::Text(text)) => text.trim().parse().map(Some).map_err(D::Error::custom),
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
