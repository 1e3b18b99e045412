//! A browser for tests: it opens the authorize endpoint, fills the page in and reads where it is sent.

use std::collections::HashMap;

use super::{MEGAN, PASSWORD};
use crate::sandbox::testing::{Bench, Seen};

/// A code verifier, and the `S256` challenge that it meets (the example of RFC 7636).
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Writes fields down as a query or a form.
pub(super) fn encode(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// Returns what a redirect says.
#[track_caller]
pub(super) fn redirected(seen: &Seen) -> HashMap<String, String> {
    let text = String::from_utf8_lossy(&seen.body);
    assert_eq!(seen.status, 302, "{text}");
    let url: url::Url = seen.header("location").parse().expect("a URL");
    url.query_pairs().into_owned().collect()
}

/// Somebody at the page of the authorize endpoint.
pub(super) struct Browser<'a> {
    pub(super) bench: &'a Bench,
    /// Tenant segment, then the rest of the path.
    pub(super) path: String,
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) username: String,
    pub(super) password: String,
    pub(super) mfa: bool,
}

impl<'a> Browser<'a> {
    /// Opens the v2 endpoint for Megan.
    pub(super) fn new(bench: &'a Bench, tenant: &str, client: &str, scope: &str) -> Self {
        let fields = [
            ("client_id", client),
            ("response_type", "code"),
            ("redirect_uri", "http://localhost:53123"),
            ("scope", scope),
            ("state", "some state"),
        ];
        Self {
            bench,
            path: format!("/login/{tenant}/oauth2/v2.0/authorize"),
            fields: fields.map(|(name, value)| (name, value.to_owned())).into(),
            username: MEGAN.to_owned(),
            password: PASSWORD.to_owned(),
            mfa: true,
        }
    }

    /// Sets a parameter, or takes it away when it is empty.
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.fields.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            self.fields.push((name, value.to_owned()));
        }
        self
    }

    /// Signs another user in.
    pub(super) fn user(mut self, username: &str) -> Self {
        username.clone_into(&mut self.username);
        self
    }

    fn address(&self) -> String {
        let fields = self
            .fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        format!("{}?{}", self.path, encode(&fields.collect::<Vec<_>>()))
    }

    /// Opens the page.
    pub(super) fn open(&self) -> Seen {
        self.bench.send("GET", &self.address(), &[], "".into())
    }

    /// Sends the page's form.
    pub(super) fn decide(&self, decision: &str) -> Seen {
        let mut fields = vec![
            ("username", self.username.as_str()),
            ("password", self.password.as_str()),
            ("decision", decision),
        ];
        if self.mfa {
            fields.push(("mfa", "on"));
        }
        self.bench.form(&self.address(), &encode(&fields))
    }

    /// Signs in and returns the code.
    #[track_caller]
    pub(super) fn code(&self) -> String {
        redirected(&self.decide("accept"))["code"].clone()
    }
}

/// Returns a page's text.
#[track_caller]
pub(super) fn page(seen: &Seen, status: u16) -> String {
    let text = String::from_utf8_lossy(&seen.body).into_owned();
    assert_eq!(seen.status, status, "{text}");
    assert!(
        seen.header("content-type").starts_with("text/html"),
        "{text}"
    );
    text
}
