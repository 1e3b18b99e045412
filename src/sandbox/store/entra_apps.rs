//! Applications of Entra ID with their credentials and redirect addresses.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::base::clock::Timestamp;

/// What kind of client a redirect address belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RedirectKind {
    /// A web application, which proves itself when it redeems a code.
    Web,
    /// A mobile or desktop application, which has nothing to prove itself with.
    Public,
    /// A page in a browser: as public, and it calls from its own origin.
    Spa,
}

/// A redirect address, as it is registered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Redirect {
    /// Its kind.
    pub(crate) kind: RedirectKind,
    /// The address.
    pub(crate) uri: String,
}

/// A certificate of an application.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AppCertificate {
    /// The certificate itself: DER in Base64.
    pub(crate) der: String,
    /// Its name.
    #[serde(default)]
    pub(crate) name: Option<String>,
}

/// That tokens of another issuer are taken as the application's credential.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FederatedCredential {
    /// Its name.
    pub(crate) name: String,
    /// The issuer; `{origin}` stands for the address of this sandbox.
    pub(crate) issuer: String,
    /// The subject.
    pub(crate) subject: String,
    /// The audience that the token must be for.
    pub(crate) audience: String,
    /// What it is for.
    #[serde(default)]
    pub(crate) description: Option<String>,
}

/// A secret of an application.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AppSecret {
    /// Its id, which people paste by mistake.
    pub(crate) id: String,
    /// Its value. The sandbox's secrets are worth nothing.
    pub(crate) value: String,
    /// When it ends.
    pub(crate) ends: Timestamp,
    /// Its name.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// When it begins, as far as that is known.
    #[serde(default)]
    pub(crate) starts: Option<Timestamp>,
}

/// An application, registered in one tenant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct App {
    /// Client id, lower-case GUID.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Tenant it is registered in.
    pub(crate) tenant: String,
    /// Whether other tenants may use it.
    pub(crate) multi_tenant: bool,
    /// Whether it is a public client, which has no credential.
    pub(crate) public: bool,
    /// Whether Microsoft or an administrator has switched it off.
    pub(crate) disabled: bool,
    /// Where it receives answers of the authorize endpoint.
    pub(crate) redirects: Vec<Redirect>,
    /// Its secrets.
    pub(crate) secrets: Vec<AppSecret>,
    /// Its certificates.
    pub(crate) certificates: Vec<AppCertificate>,
    /// Whose tokens it may present as its own credential.
    pub(crate) federated: Vec<FederatedCredential>,
    /// Delegated permissions that its registration lists, by resource.
    pub(crate) requires: Vec<(String, Vec<String>)>,
    /// Application permissions that its registration lists, by resource.
    pub(crate) requires_roles: Vec<(String, Vec<String>)>,
    /// Object ids of its owners.
    #[serde(default)]
    pub(crate) owners: Vec<String>,
    /// When it was registered, as far as that is known.
    #[serde(default)]
    pub(crate) created: Option<Timestamp>,
    /// What else was written, by the names of Microsoft Graph.
    #[serde(default)]
    pub(crate) more: Map<String, Value>,
}

impl App {
    /// Tells whether the application has an identifier of a domain.
    pub(crate) fn uses(&self, domain: &str) -> bool {
        let uris = self.more.get("identifierUris").and_then(Value::as_array);
        uris.is_some_and(|uris| uris.iter().any(|uri| is_of(uri, domain)))
    }

    /// Takes the identifiers of a domain away.
    pub(crate) fn leave(&mut self, domain: &str) {
        if let Some(Value::Array(uris)) = self.more.get_mut("identifierUris") {
            uris.retain(|uri| !is_of(uri, domain));
        }
    }
}

/// Tells whether an identifier is of a domain: `api://shop.example/orders`.
fn is_of(uri: &Value, domain: &str) -> bool {
    let uri = uri.as_str().and_then(|uri| url::Url::parse(uri).ok());
    let host = uri.as_ref().and_then(url::Url::host_str);
    host.is_some_and(|host| host.eq_ignore_ascii_case(domain))
}
