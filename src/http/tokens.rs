//! What the pipeline needs of identity: a token for exactly one (tenant, service, principal), and
//! the way that identity's own requests take.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use url::Url;

use super::call::{Call, Tenant};
use super::claims::Claims;
use super::pipeline::{Pipeline, Wire};
use super::request::{Request, until_stopped, wait};
use super::response::Response;
use super::settings::Settings;
use crate::api::model::Effect;
use crate::api::{Principal, ServiceName};
use crate::base::cancel::Cancel;
use crate::base::clock::{BoxFuture, Clock};
use crate::error::{Code, Error};

/// Whose token is asked for, for which service and as whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ask {
    /// Id of the tenant that issues it: its GUID, as [`TokenSource::resolve`] found it.
    pub tenant: Arc<str>,
    /// The service that accepts it.
    pub service: ServiceName,
    /// As whom.
    pub principal: Principal,
}

/// What stands before a token in its header.
const BEARER: &str = "Bearer ";

/// A bearer token, as the header that carries it. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(HeaderValue);

impl Token {
    /// Wraps an access token. Fails if it cannot stand in a header.
    pub fn new(access_token: &str) -> Result<Self, Error> {
        let mut header = HeaderValue::try_from([BEARER, access_token].concat()).map_err(|_| {
            Error::new(
                Code::AuthRefused,
                "the identity service issued a token that cannot stand in a header",
            )
        })?;
        header.set_sensitive(true);
        Ok(Self(header))
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// Returns what the token says about itself. Fails if it is opaque.
    pub(crate) fn claims(&self) -> Result<Claims, Error> {
        let header = self.0.to_str().unwrap_or_default();
        Claims::of(header.strip_prefix(BEARER).unwrap_or_default())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Where tokens come from.
pub trait TokenSource: Send + Sync + fmt::Debug {
    /// Returns as whom a call is made. Nothing is asked for yet.
    fn principal(&self, call: &Call) -> Result<Principal, Error>;

    /// Returns the id of a tenant, its GUID in lower case, if nobody has to be asked for it.
    fn known(&self, tenant: &Tenant) -> Option<Arc<str>>;

    /// Returns the id of a tenant; finds out through `wire` which one a domain means. The caller
    /// holds a [`Work`](crate::base::clock::Work).
    fn resolve<'a>(
        &'a self,
        tenant: &'a Tenant,
        wire: &'a TokenWire,
    ) -> BoxFuture<'a, Result<Arc<str>, Error>>;

    /// Returns a token that is good for some time yet; asks for one through `wire` if it must. The
    /// caller holds a [`Work`](crate::base::clock::Work).
    fn token<'a>(
        &'a self,
        ask: &'a Ask,
        wire: &'a TokenWire,
    ) -> BoxFuture<'a, Result<Token, Error>>;

    /// Returns whether the profile manages its own tenant alone, so that a call that names none can
    /// only be for that one.
    fn only_tenant(&self) -> bool {
        false
    }

    /// Returns the address at which an administrator of a tenant consents to the application, if the
    /// identity service has such a page. Nothing is asked for.
    fn consent_address(&self, _tenant: &Tenant) -> Option<Url> {
        None
    }

    /// Forgets a token that a service did not accept. Another token for the same ask is kept. The
    /// next one is asked for with `claims`, if the service demanded some (JSON text).
    fn refused(&self, ask: &Ask, token: &Token, claims: Option<String>);
}

/// The way of identity's own requests: retry, throttle, log, transport.
#[derive(Debug, Clone)]
pub struct TokenWire {
    pub(crate) wire: Arc<Wire>,
    pub(crate) cancel: Cancel,
}

impl TokenWire {
    /// Makes the way of identity's requests outside of a run: for signing in and out.
    pub fn new(settings: &Settings) -> Self {
        Self {
            wire: Pipeline::new(settings).for_tokens,
            cancel: settings.cancel.clone(),
        }
    }

    /// Posts a form to `url` for `tenant` and returns whatever comes back. Asking for a token
    /// changes nothing, so it may be repeated.
    pub async fn post(
        &self,
        url: Url,
        tenant: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response, Error> {
        let mut request = Request {
            headers,
            body: Some(body),
            ..self.request(Method::POST, "token", url, tenant)
        };
        self.wire.send(&mut request).await
    }

    /// Gets what `tenant` says about itself at `url` and returns whatever comes back.
    pub async fn get(&self, url: Url, tenant: &str) -> Result<Response, Error> {
        let mut request = self.request(Method::GET, "tenant", url, tenant);
        self.wire.send(&mut request).await
    }

    /// Gets a token or an assertion at `url` from `whom` and returns whatever comes back.
    pub async fn get_with(
        &self,
        url: Url,
        whom: &str,
        headers: HeaderMap,
    ) -> Result<Response, Error> {
        let mut request = Request {
            headers,
            ..self.request(Method::GET, "token", url, whom)
        };
        self.wire.send(&mut request).await
    }

    /// Does the same, but leaves it to the caller to repeat what failed.
    pub async fn get_once(
        &self,
        url: Url,
        whom: &str,
        headers: HeaderMap,
    ) -> Result<Response, Error> {
        let mut request = Request {
            headers,
            repeatable: false,
            ..self.request(Method::GET, "token", url, whom)
        };
        self.wire.send(&mut request).await
    }

    /// Waits by the clock, or fails when everyone is told to stop.
    pub async fn wait(&self, clock: &dyn Clock, duration: Duration) -> Result<(), Error> {
        wait(clock, duration, &self.cancel).await
    }

    fn request(&self, method: Method, operation: &'static str, url: Url, tenant: &str) -> Request {
        Request {
            service: "identity",
            operation: operation.into(),
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            effect: Effect::Read,
            repeatable: true,
            quota: tenant.into(),
            ask: None,
            cancel: self.cancel.clone(),
        }
    }

    /// Waits until everyone is told to stop, and returns the error that says so.
    pub async fn stopped(&self) -> Error {
        until_stopped(&self.cancel).await
    }
}
