//! Where a tenant's identity service wants to be asked, by its own metadata; where it has none, by
//! Microsoft's paths. An address at another origin is refused: what is sent there are secrets.
//! Source: `OpenID` Connect Discovery 1.0; Microsoft identity platform, "`OpenID` Connect metadata".

use serde::Deserialize;
use url::Url;

use super::flow::no_promise;
use super::resource;
use crate::api::ServiceName;
use crate::config::Endpoints;
use crate::error::{Code, Error};
use crate::http::TokenWire;

/// The addresses of one tenant's identity service.
#[derive(Debug, Clone)]
pub(crate) struct Authority {
    /// Who issues its tokens, if it says so.
    pub issuer: Option<String>,
    /// Where a person signs in.
    pub authorize: Url,
    /// Where tokens are asked for.
    pub token: Url,
    /// Where a device asks for a code.
    pub device: Url,
    /// Where a refresh token is revoked, if that can be done.
    pub revoke: Option<Url>,
    /// The scopes that it lists.
    scopes: Vec<String>,
}

/// What a tenant says about itself.
#[derive(Debug, Default, Deserialize)]
struct Metadata {
    issuer: Option<String>,
    authorization_endpoint: Option<Url>,
    token_endpoint: Option<Url>,
    device_authorization_endpoint: Option<Url>,
    revocation_endpoint: Option<Url>,
    #[serde(default)]
    scopes_supported: Vec<String>,
}

impl Authority {
    /// Asks a tenant for its addresses.
    pub(crate) async fn discover(
        login: &Url,
        tenant: &str,
        wire: &TokenWire,
    ) -> Result<Self, Error> {
        let root = login.as_str().trim_end_matches('/');
        let address = |path: &str| {
            Url::parse(&format!("{root}/{tenant}/{path}")).map_err(|reason| {
                let message =
                    format!("`{tenant}` makes no address of an identity service: {reason}");
                Error::new(Code::AuthTenant, message)
            })
        };
        let answer = wire
            .get(address("v2.0/.well-known/openid-configuration")?, tenant)
            .await?;
        let told = match answer.status.as_u16() {
            200 => serde_json::from_slice(&answer.body)
                .map_err(|why| no_promise(&answer, &why.to_string()))?,
            404 | 501 => Metadata::default(),
            _ => return Err(super::tenants::refused(tenant, &answer)),
        };
        let place = |told: Option<Url>, path: &str| match told {
            Some(told) if told.origin() == login.origin() => Ok(told),
            Some(told) => Err(foreign(login, &told)),
            None => address(path),
        };
        Ok(Self {
            issuer: told.issuer,
            authorize: place(told.authorization_endpoint, "oauth2/v2.0/authorize")?,
            token: place(told.token_endpoint, "oauth2/v2.0/token")?,
            device: place(told.device_authorization_endpoint, "oauth2/v2.0/devicecode")?,
            revoke: match told.revocation_endpoint {
                Some(told) => Some(place(Some(told), "")?),
                None => None,
            },
            scopes: told.scopes_supported,
        })
    }

    /// Returns the scopes of our services' resources that the service lists. Microsoft's lists none:
    /// there a refresh token is good for every resource. Elsewhere it brings no scope that was not
    /// granted with it (RFC 6749, section 6).
    pub(crate) fn listed(&self, endpoints: &Endpoints) -> Vec<String> {
        let mut listed = Vec::new();
        for service in ServiceName::ALL {
            let scope = format!("{}/.default", resource::of(endpoints, service));
            if self.scopes.contains(&scope) && !listed.contains(&scope) {
                listed.push(scope);
            }
        }
        listed
    }
}

fn foreign(login: &Url, told: &Url) -> Error {
    let host = |url: &Url| url.host_str().unwrap_or_default().to_owned();
    Error::new(
        Code::HttpForeignLink,
        format!(
            "the identity service at {} sends sign-ins to {}; nothing was sent there",
            host(login),
            host(told)
        ),
    )
    .help("look whether the profile's login address is right, scheme and port included")
}
