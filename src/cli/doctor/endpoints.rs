//! Whether the services answer, and as what they are.

use serde_json::Value;
use url::Url;

use super::mend;
use super::verdict::Verdict;
use crate::config::Profile;
use crate::error::{Code, Error};
use crate::http::Response;

/// Returns where a tenant tells about itself.
pub(super) fn metadata(profile: &Profile) -> Option<Url> {
    let tenant = profile.tenant.to_lowercase();
    let parts = [&*tenant, "v2.0", ".well-known", "openid-configuration"];
    beneath(&profile.endpoints.login, &parts)
}

/// Returns an address beneath the root of a service.
pub(super) fn beneath(root: &Url, parts: &[&str]) -> Option<Url> {
    let mut url = root.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend(parts);
    Some(url)
}

/// Judges the answer to the question for a tenant's metadata.
pub(super) fn judge_login(profile: &Profile, answer: &Result<Response, Error>) -> Verdict {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Verdict::of(error),
    };
    let place = place(&answer.url);
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match answer.status.as_u16() {
        200 if body["issuer"].is_string() && body["token_endpoint"].is_string() => {
            Verdict::pass(format!("{place} knows the tenant {}", profile.tenant))
        }
        400 if body["error"].is_string() => {
            let said = body["error_description"].as_str().unwrap_or("refused");
            let said = said.split("Trace ID:").next().unwrap_or(said).trim();
            Verdict::fail(said, mend::tenant(profile)).code(Code::AuthTenant)
        }
        404 | 501 => Verdict::warn(
            format!("{place} tells nothing about its tenants"),
            mend::address(profile, "TENANTRY_ENDPOINT_LOGIN"),
        ),
        _ => other(profile, "TENANTRY_ENDPOINT_LOGIN", answer),
    }
}

/// Judges the answer of a service that was asked without a token: it must want one.
pub(super) fn judge_service(
    profile: &Profile,
    variable: &str,
    answer: &Result<Response, Error>,
) -> Verdict {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Verdict::of(error),
    };
    let page = answer
        .header("content-type")
        .is_some_and(|kind| kind.contains("html"));
    match answer.status.as_u16() {
        401 | 403 if !page => Verdict::pass(format!("{} asks for a token", place(&answer.url))),
        // A server that stands in for some of the services.
        501 if !page => Verdict::skip(format!(
            "{} does not serve this service",
            place(&answer.url)
        )),
        _ => other(profile, variable, answer),
    }
}

/// Returns the verdict on an answer that the service would not give.
fn other(profile: &Profile, variable: &str, answer: &Response) -> Verdict {
    let (place, status) = (place(&answer.url), answer.status);
    if answer.status.is_server_error() {
        let detail = format!("{place} fails: {status}");
        return Verdict::fail(detail, "try again later").code(Code::HttpServer);
    }
    let kind = answer.header("content-type").unwrap_or("nothing");
    let detail = format!("{place} does not answer as the service does: {status}, {kind}");
    Verdict::fail(detail, mend::address(profile, variable)).code(Code::HttpAnswer)
}

fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::super::machine::tests::profile;
    use super::super::verdict::Status;
    use super::*;

    fn answer(status: u16, kind: &'static str, body: &'static str) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static(kind));
        Response {
            status: StatusCode::from_u16(status).expect("a status"),
            headers,
            body: Bytes::from_static(body.as_bytes()),
            url: "https://login.example/x".parse().expect("a URL"),
        }
    }

    #[test]
    fn an_identity_service_is_known_by_its_metadata() {
        let check = |answer: Response, status, words: &str| {
            let verdict = judge_login(&profile(), &Ok(answer));
            assert_eq!(verdict.status, status, "{verdict:?}");
            assert!(verdict.detail.contains(words), "{verdict:?}");
            assert_eq!(verdict.mend.is_some(), status != Status::Pass);
        };
        let json = "application/json";
        let good = r#"{"issuer":"https://x","token_endpoint":"https://x"}"#;
        let unknown =
            r#"{"error":"invalid_tenant","error_description":"AADSTS90002: No. Trace ID: 1"}"#;
        check(answer(200, json, good), Status::Pass, "login.example knows");
        check(answer(400, json, unknown), Status::Fail, "AADSTS90002: No.");
        check(
            answer(200, "text/html", "<html>"),
            Status::Fail,
            "text/html",
        );
        check(answer(200, json, "{}"), Status::Fail, "does not answer as");
        check(answer(404, json, ""), Status::Warn, "nothing about");
        check(answer(503, json, ""), Status::Fail, "fails: 503");
        let down = Error::new(Code::HttpConnect, "no connection").help("look");
        let verdict = judge_login(&profile(), &Err(down));
        assert_eq!(verdict.mend.as_deref(), Some("look"));
    }

    #[test]
    fn a_service_asks_for_a_token() {
        let check = |answer: Response, status, words: &str| {
            let verdict = judge_service(&profile(), "TENANTRY_ENDPOINT_GRAPH", &Ok(answer));
            assert_eq!(verdict.status, status, "{verdict:?}");
            assert!(verdict.detail.contains(words), "{verdict:?}");
        };
        let json = "application/json";
        check(answer(401, json, "{}"), Status::Pass, "asks for a token");
        check(answer(401, "text/html", ""), Status::Fail, "text/html");
        check(answer(200, "text/html", ""), Status::Fail, "text/html");
        check(answer(404, json, ""), Status::Fail, "404");
        check(answer(501, json, "{}"), Status::Skip, "does not serve");
        check(answer(500, json, ""), Status::Fail, "fails: 500");
    }

    #[test]
    fn a_path_of_the_root_is_kept() {
        let root = "https://login.example/a/".parse().expect("a URL");
        let found = beneath(&root, &["t", "v2.0"]).expect("a URL");
        assert_eq!(found.as_str(), "https://login.example/a/t/v2.0");
    }
}
