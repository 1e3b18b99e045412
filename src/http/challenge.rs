//! Which tenant a service wanted a token of, when it refused one with 401. Such a refusal is never
//! answered with another tenant's token: the error names both tenants and the script decides.
//! Source: Azure Resource Manager's `InvalidAuthenticationTokenTenant`; RFC 6750, section 3.

use std::sync::Arc;

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;

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
    use http::{HeaderMap, HeaderValue};
    use url::Url;

    use super::*;
    use crate::api::{Principal, ServiceName};

    const OWN: &str = "0a1b2c3d-0000-4000-8000-000000000001";
    const OTHER: &str = "0a1b2c3d-0000-4000-8000-000000000002";

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
