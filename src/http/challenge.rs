//! What a service says in refusing a token with 401: which tenant it wanted a token of, or which
//! claims it demands. A token of another tenant is never tried: the error names both tenants and the
//! script decides. Demanded claims are asked for. Sources: Azure Resource Manager's
//! `InvalidAuthenticationTokenTenant`; RFC 6750, section 3; Microsoft identity platform, "Claims
//! challenges, claims requests, and client capabilities".

use std::sync::Arc;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use super::response::Response;
use super::tokens::Ask;
use crate::base::text::is_guid;

/// Before the tenant that is wanted, in a challenge and in a message.
const MARKS: [&str; 2] = ["authorization_uri=\"", "must match the tenant '"];

/// Returns the tenant that a 401 asks for, if it is another than the token's.
pub(crate) fn other_tenant(ask: &Ask, answer: &Response) -> Option<Arc<str>> {
    if answer.status != StatusCode::UNAUTHORIZED || !is_guid(&ask.tenant) {
        return None;
    }
    let challenges = answer.headers.get_all(WWW_AUTHENTICATE).iter();
    let challenges = challenges.filter_map(|challenge| challenge.to_str().ok());
    let body = String::from_utf8_lossy(&answer.body);
    let wanted = challenges
        .chain([body.as_ref()])
        .find_map(|text| MARKS.iter().find_map(|mark| wanted(text, mark)))?;
    (*wanted != *ask.tenant).then_some(wanted)
}

/// Returns the claims that a challenge demands, as JSON text. They stand in any of the challenges,
/// in either base64 alphabet.
pub(crate) fn demanded_claims(headers: &HeaderMap) -> Option<String> {
    let challenges = headers.get_all(WWW_AUTHENTICATE).iter();
    challenges
        .filter_map(|challenge| challenge.to_str().ok())
        .filter(|challenge| challenge.contains("insufficient_claims"))
        .find_map(|challenge| {
            let (_, after) = challenge.split_once("claims=\"")?;
            decoded(after.split('"').next()?)
        })
}

fn decoded(text: &str) -> Option<String> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let bytes = [&STANDARD, &URL_SAFE]
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())?;
    let text = String::from_utf8(bytes).ok()?;
    serde_json::from_str::<Map<String, Value>>(&text).ok()?;
    Some(text)
}

/// Returns the tenant in the address that follows a mark.
fn wanted(text: &str, mark: &str) -> Option<Arc<str>> {
    let (_, after) = text.split_once(mark)?;
    let address = after.split(['"', '\'', '\\']).next()?;
    let id = address.split('/').find(|part| is_guid(part))?;
    Some(id.to_ascii_lowercase().into())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderValue;
    use url::Url;

    use super::*;
    use crate::api::{Principal, ServiceName};

    const OWN: &str = "0a1b2c3d-0000-4000-8000-000000000001";
    const OTHER: &str = "0a1b2c3d-0000-4000-8000-000000000002";

    #[test]
    fn demanded_claims_stand_in_any_challenge_and_either_alphabet() {
        let json = r#"{"access_token":{"nbf":{"essential":true,"value":"1~~?>"}}}"#;
        let config = GeneralPurposeConfig::new();
        let standard = GeneralPurpose::new(&STANDARD, config).encode(json);
        let url_safe = GeneralPurpose::new(&URL_SAFE, config).encode(json);
        let bare = url_safe.trim_end_matches('=');
        assert_ne!(standard, url_safe, "the alphabets differ here");
        let check = |challenges: &[String], expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            for challenge in challenges {
                let value = HeaderValue::from_str(challenge).expect("a header");
                headers.append(WWW_AUTHENTICATE, value);
            }
            let found = demanded_claims(&headers);
            assert_eq!(found.as_deref(), expected, "{challenges:?}");
        };
        let challenge = |claims: &str| {
            format!(r#"Bearer realm="", error="insufficient_claims", claims="{claims}""#)
        };
        check(&[challenge(&standard)], Some(json));
        check(&["Basic".to_owned(), challenge(&url_safe)], Some(json));
        let first = format!(r#"Bearer claims="{bare}", error="insufficient_claims""#);
        check(&[first], Some(json));
        check(&[challenge("bm8gSlNPTg==")], None);
        check(&[challenge("%%%")], None);
        let expired = format!(r#"Bearer error="invalid_token", claims="{standard}""#);
        check(&[expired], None);
        check(&[], None);
    }

    #[test]
    fn the_wanted_tenant_stands_in_the_challenge_or_the_message() {
        let check = |status, challenge: &str, body: String, expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            let challenge = HeaderValue::from_str(challenge).expect("a header");
            headers.insert(WWW_AUTHENTICATE, challenge);
            let url = Url::parse("http://localhost/").expect("a URL");
            let answer = Response::new(status, headers, Bytes::from(body.clone()), url);
            let ask = Ask {
                tenant: OWN.into(),
                service: ServiceName::Arm,
                principal: Principal::App,
            };
            assert_eq!(other_tenant(&ask, &answer).as_deref(), expected, "{body}");
        };
        let refused = StatusCode::UNAUTHORIZED;
        let uri = |tenant: &str| {
            format!(
                r#"Bearer authorization_uri="https://login.windows.net/{tenant}", error="invalid_token""#
            )
        };
        let message = |tenant: &str| {
            format!(
                "The access token is from the wrong issuer 'https://sts.windows.net/{OWN}/'. It must match the tenant 'https://sts.windows.net/{tenant}/' associated with this subscription."
            )
        };
        check(refused, &uri(OTHER), String::new(), Some(OTHER));
        check(
            refused,
            &uri(&OTHER.to_uppercase()),
            String::new(),
            Some(OTHER),
        );
        check(refused, "Bearer", message(OTHER), Some(OTHER));
        check(refused, &uri(OWN), String::new(), None);
        check(
            refused,
            &uri("common/oauth2/authorize"),
            String::new(),
            None,
        );
        check(refused, "Bearer", message(OWN), None);
        check(StatusCode::FORBIDDEN, &uri(OTHER), String::new(), None);
    }
}
