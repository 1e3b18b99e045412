//! The pipeline's source of tokens for one profile.

use std::sync::Arc;

use url::Url;

use super::cache::{Cache, Issued, Key};
use super::consent;
use super::entra::{self, Wanted};
use super::flow;
use super::principal::choose;
use super::tenants::Tenants;
use crate::api::Principal;
use crate::base::clock::{BoxFuture, Clock};
use crate::config::{Account, Profile, SecretName, Vault};
use crate::error::Error;
use crate::http::{Ask, Call, Tenant, Token, TokenSource, TokenWire};

/// The tokens of one profile.
#[derive(Debug)]
pub struct Identity {
    profile: Profile,
    vault: Arc<dyn Vault>,
    clock: Arc<dyn Clock>,
    cache: Cache,
    tenants: Tenants,
}

impl Identity {
    /// Creates a source of tokens; nothing is asked for yet.
    pub fn new(account: Account, clock: Arc<dyn Clock>) -> Self {
        let Account { profile, vault } = account;
        Self {
            tenants: Tenants::new(profile.endpoints.login.clone(), &profile.tenant),
            profile,
            vault,
            clock,
            cache: Cache::default(),
        }
    }

    /// Returns a tenant as it was named, in lower case.
    fn name(&self, tenant: &Tenant) -> Arc<str> {
        match tenant {
            Tenant::Home => Arc::clone(self.tenants.home()),
            Tenant::Of(name) => name.to_lowercase().into(),
        }
    }

    async fn sign_in(&self, key: &Key, wire: &TokenWire) -> Result<Issued, Error> {
        let wanted = Wanted {
            tenant: &key.tenant,
            resource: key.resource,
            principal: key.principal,
        };
        let brought = match flow::sign_in(&self.profile, &*self.vault, &wanted, wire).await {
            Err(error)
                if entra::application_is_unknown(&error) && !self.is_own(key, wire).await =>
            {
                return Err(entra::without_consent(error));
            }
            brought => brought?,
        };
        let home = self.tenants.known(self.tenants.home());
        // Only the profile's own tenant renews the refresh token, so that a failure at a customer
        // cannot overwrite it.
        if let (Some(newer), true) = (brought.refresh, home.as_ref() == Some(&key.tenant)) {
            self.vault.set(SecretName::RefreshToken, &newer)?;
        }
        Ok(brought.issued)
    }

    /// Tells whether a token is of the profile's own tenant; so it is taken when nobody can say.
    async fn is_own(&self, key: &Key, wire: &TokenWire) -> bool {
        let home = self.tenants.home();
        let home = self.tenants.resolve(home, &*self.clock, wire).await;
        home.map_or(true, |home| home == key.tenant)
    }
}

impl TokenSource for Identity {
    fn principal(&self, call: &Call) -> Result<Principal, Error> {
        choose(&self.profile, &call.operation, call.auth, call.principal)
    }

    fn known(&self, tenant: &Tenant) -> Option<Arc<str>> {
        self.tenants.known(&self.name(tenant))
    }

    fn resolve<'a>(
        &'a self,
        tenant: &'a Tenant,
        wire: &'a TokenWire,
    ) -> BoxFuture<'a, Result<Arc<str>, Error>> {
        Box::pin(async move {
            let name = self.name(tenant);
            self.tenants.resolve(&name, &*self.clock, wire).await
        })
    }

    fn token<'a>(
        &'a self,
        ask: &'a Ask,
        wire: &'a TokenWire,
    ) -> BoxFuture<'a, Result<Token, Error>> {
        Box::pin(async move {
            let key = key(ask);
            let ask = Box::pin(self.sign_in(&key, wire));
            self.cache.get(&key, &*self.clock, wire, ask).await
        })
    }

    fn consent_address(&self, tenant: &Tenant) -> Option<Url> {
        consent::address(&self.profile, &self.name(tenant))
    }

    fn refused(&self, ask: &Ask, token: &Token) {
        self.cache.forget(&key(ask), token);
    }
}

fn key(ask: &Ask) -> Key {
    Key {
        tenant: Arc::clone(&ask.tenant),
        resource: ask.service.resource(),
        principal: ask.principal,
    }
}
