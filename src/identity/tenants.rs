//! Which tenant a name means: a domain is resolved to its GUID once, by what the identity service
//! says about itself there, so that tokens and limits are kept by the GUID. A GUID is taken as it
//! is and costs no request. Source: Microsoft identity platform, "`OpenID` Connect metadata".

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use url::Url;

use super::cache::take_off;
use super::entra::EntraError;
use crate::base::clock::Clock;
use crate::base::text::is_guid;
use crate::error::{Code, Error};
use crate::http::{Response, TokenWire};

/// The tenants that this process has heard of.
#[derive(Debug)]
pub(crate) struct Tenants {
    login: Url,
    /// The profile's own tenant as it was given, in lower case.
    home: Arc<str>,
    entries: Mutex<HashMap<Arc<str>, Arc<Entry>>>,
}

#[derive(Debug, Default)]
struct Entry {
    held: Mutex<Held>,
    /// Held by the one who asks.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Held {
    id: Option<Arc<str>>,
    /// Requests that have ended.
    flights: u64,
    failure: Option<Error>,
}

/// What a tenant says about itself, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
}

impl Tenants {
    /// Takes the identity service's address and the profile's own tenant.
    pub(crate) fn new(login: Url, home: &str) -> Self {
        Self {
            login,
            home: home.to_lowercase().into(),
            entries: Mutex::default(),
        }
    }

    /// Returns the profile's own tenant as it was given, in lower case.
    pub(crate) fn home(&self) -> &Arc<str> {
        &self.home
    }

    /// Returns the id of a tenant if nobody has to be asked for it.
    pub(crate) fn known(&self, name: &Arc<str>) -> Option<Arc<str>> {
        if is_guid(name) {
            return Some(Arc::clone(name));
        }
        let entry = lock(&self.entries).get(name).cloned()?;
        lock(&entry.held).id.clone()
    }

    /// Returns the id of a tenant; asks for it once, whoever else wants it meanwhile.
    pub(crate) async fn resolve(
        &self,
        name: &Arc<str>,
        clock: &dyn Clock,
        wire: &TokenWire,
    ) -> Result<Arc<str>, Error> {
        if let Some(id) = self.known(name) {
            return Ok(id);
        }
        let entry = Arc::clone(lock(&self.entries).entry(Arc::clone(name)).or_default());
        let flights = lock(&entry.held).flights;
        let _flight = take_off(&entry.flight, clock, wire).await?;
        {
            let held = lock(&entry.held);
            if let Some(id) = &held.id {
                return Ok(Arc::clone(id));
            }
            if let (true, Some(error)) = (held.flights != flights, &held.failure) {
                return Err(error.clone());
            }
        }
        let found = self.ask(name, wire).await;
        let mut held = lock(&entry.held);
        held.flights += 1;
        held.id = found.as_ref().ok().cloned();
        held.failure = found.as_ref().err().cloned();
        found
    }

    async fn ask(&self, name: &Arc<str>, wire: &TokenWire) -> Result<Arc<str>, Error> {
        let answer = wire.get(self.address(name)?, name).await?;
        match answer.status.as_u16() {
            200 => {
                let metadata: Metadata = serde_json::from_slice(&answer.body)
                    .map_err(|why| super::flow::no_promise(&answer, &why.to_string()))?;
                match issued_by(&metadata.issuer) {
                    Some(id) => Ok(id),
                    // `common` and `organizations` are issued by no tenant.
                    None => self.as_given(name, "it names no tenant as its issuer"),
                }
            }
            404 | 501 => self.as_given(name, &format!("its address answers {}", answer.status)),
            _ => Err(refused(name, &answer)),
        }
    }

    /// Returns where a tenant tells about itself.
    fn address(&self, name: &str) -> Result<Url, Error> {
        let is_domain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        if !name.chars().all(is_domain) || name.starts_with('.') {
            let message = format!("`{name}` is neither a tenant's GUID nor a domain");
            return Err(Error::new(Code::AuthTenant, message).help(GIVE));
        }
        let root = self.login.as_str().trim_end_matches('/');
        let text = format!("{root}/{name}/v2.0/.well-known/openid-configuration");
        Url::parse(&text).map_err(|reason| {
            let message = format!("`{name}` makes no address of an identity service: {reason}");
            Error::new(Code::AuthTenant, message)
        })
    }

    /// Where the identity service has no metadata, the profile's own tenant is taken as it was
    /// given; whatever else is a guess.
    fn as_given(&self, name: &Arc<str>, why: &str) -> Result<Arc<str>, Error> {
        if *name == self.home {
            return Ok(Arc::clone(name));
        }
        let host = self.login.host_str().unwrap_or_default();
        let message =
            format!("the identity service at {host} cannot say which tenant `{name}` is: {why}");
        Err(Error::new(Code::AuthTenant, message).help(GIVE))
    }
}

const GIVE: &str = "give the tenant's GUID, or one of its verified domains";

/// Returns the tenant in an issuer such as `https://login.microsoftonline.com/{guid}/v2.0`.
fn issued_by(issuer: &str) -> Option<Arc<str>> {
    let id = issuer.rsplit('/').find(|part| is_guid(part))?;
    Some(id.to_ascii_lowercase().into())
}

pub(super) fn refused(name: &str, answer: &Response) -> Error {
    match serde_json::from_slice::<EntraError>(&answer.body) {
        Ok(refusal) if answer.status.is_client_error() && !refusal.error.is_empty() => {
            refusal.about_tenant(name, answer)
        }
        _ => super::flow::no_promise(answer, &format!("the status is {}", answer.status)),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenant_stands_in_the_issuer() {
        let check = |issuer: &str, expected: Option<&str>| {
            assert_eq!(issued_by(issuer).as_deref(), expected, "{issuer}");
        };
        let id = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";
        check(&format!("https://login.example/{id}/v2.0"), Some(id));
        check(&format!("https://sts.windows.net/{id}/"), Some(id));
        let upper = id.to_uppercase();
        check(&format!("http://127.0.0.1:1/login/{upper}/v2.0"), Some(id));
        check("https://login.example/{tenantid}/v2.0", None);
        check("", None);
    }
}
