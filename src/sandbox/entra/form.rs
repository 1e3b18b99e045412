//! The form of a token request, and the checks that every grant shares: tenant, client, secret.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;

use super::aadsts::Aadsts;
use super::tenants;
use crate::sandbox::route::Request;
use crate::sandbox::store::{App, Tenant, Tx};

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

    /// Returns a field.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value)
    }

    /// Returns a field that must be there and not be empty.
    pub(crate) fn need(&self, name: &str) -> Result<&str, Aadsts> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Aadsts::missing(name))
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

/// A tenant segment that stands for no tenant in particular.
pub(crate) const SHARED: [&str; 3] = ["common", "organizations", "consumers"];

/// Finds the tenant of a path segment: a GUID or a verified domain.
pub(crate) fn tenant(tx: &Tx<'_>, segment: &str) -> Result<Tenant, Aadsts> {
    let name = segment.to_lowercase();
    if uuid::Uuid::try_parse(&name).is_err() && !name.contains('.') {
        let text = format!(
            "Specified tenant identifier '{segment}' is neither a valid DNS name, nor a valid external domain."
        );
        return Err(Aadsts::new(900_023, text));
    }
    tenants::find(tx, &name).ok_or_else(|| {
        let text = format!("Tenant '{segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.");
        Aadsts::new(90_002, text)
    })
}

/// Finds the client and checks its secret.
pub(crate) fn client(tx: &Tx<'_>, form: &Form, tenant: &str) -> Result<App, Aadsts> {
    let id = form.need("client_id")?;
    let app = tx
        .entra
        .apps
        .get(id)
        .ok_or_else(|| unknown_client(id, tenant))?;
    let Some(given) = form
        .get("client_secret")
        .filter(|secret| !secret.is_empty())
    else {
        let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        return Err(Aadsts::new(7_000_218, text));
    };
    match app.secrets.iter().find(|secret| secret.value == given) {
        None => {
            let text = format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{}'.",
                app.id
            );
            Err(Aadsts::new(7_000_215, text))
        }
        Some(secret) if secret.ends <= tx.now() => {
            let text = format!(
                "The provided client secret keys for app '{}' are expired. Visit the Azure portal to create new keys for your app.",
                app.id
            );
            Err(Aadsts::new(7_000_222, text))
        }
        Some(_) => Ok(app.clone()),
    }
}

/// Refuses because no such application is known in the tenant.
pub(crate) fn unknown_client(id: &str, tenant: &str) -> Aadsts {
    let text = format!(
        "Application with identifier '{id}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant."
    );
    Aadsts::new(700_016, text)
}
