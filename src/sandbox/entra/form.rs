//! The form of a request: fields of the body, and of a Basic header where there is one.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;

use super::aadsts::Aadsts;
use crate::sandbox::route::Request;

/// Which endpoint a request came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// `/oauth2/token`: `resource`, numbers as strings.
    V1,
    /// `/oauth2/v2.0/token`: `scope`.
    V2,
}

/// The decoded form of a token request.
#[derive(Debug)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the form; a body of another content type is an empty one.
    pub(crate) fn read(request: &Request) -> Self {
        let form = "application/x-www-form-urlencoded";
        let given = request.header("content-type").unwrap_or_default();
        let mut fields: Vec<(String, String)> = Vec::new();
        if given.trim().to_ascii_lowercase().starts_with(form) {
            fields.extend(url::form_urlencoded::parse(&request.body).into_owned());
        }
        if let Some((id, secret)) = basic(request) {
            fields.push(("client_id".to_owned(), id));
            fields.push(("client_secret".to_owned(), secret));
        }
        Self(fields)
    }

    /// Returns all fields, in order.
    pub(crate) fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    /// Returns a field.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value)
    }

    /// Returns a field that is there and not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Returns a field that must be there and not be empty.
    pub(crate) fn need(&self, name: &str) -> Result<&str, Aadsts> {
        self.filled(name).ok_or_else(|| Aadsts::missing(name))
    }
}

/// Reads id and secret from an `Authorization: Basic` header, whose parts are form-encoded.
fn basic(request: &Request) -> Option<(String, String)> {
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    Some((decode(id), decode(secret)))
}
