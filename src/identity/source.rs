//! The pipeline's source of tokens for one profile.

use std::sync::Arc;

use url::Url;

use super::cache::{Cache, Issued, Key};
use super::desk::Desk;
use super::entra::{self, Wanted};
use super::flow::{self, Grant};
use super::principal::choose;
use super::proof::Prover;
use super::renewal::Renewal;
use super::safe::Safe;
use super::surroundings::Surroundings;
use super::tenants::Tenants;
use super::time::ServiceTime;
use super::turn::Turn;
use super::{claims, consent, resource, role};
use crate::api::Principal;
use crate::base::clock::{BoxFuture, Clock};
use crate::config::{Account, AppCredential, Role};
use crate::error::{Code, Error};
use crate::http::{Ask, Call, Tenant, Token, TokenSource, TokenWire};

/// The tokens of one profile.
#[derive(Debug)]
pub struct Identity {
    desk: Desk,
    cache: Cache,
    tenants: Tenants,
    renewal: Renewal,
}

impl Identity {
    /// Creates a source of tokens; nothing is asked for yet.
    pub fn new(account: Account, clock: Arc<dyn Clock>) -> Self {
        let Account { profile, vault } = account;
        Self {
            tenants: Tenants::new(profile.endpoints.login.clone(), &profile.tenant),
            renewal: Renewal::new(Turn::new(vault.lock_file())),
            desk: Desk {
                profile,
                safe: Safe::new(vault),
                time: ServiceTime::new(clock),
                surroundings: Surroundings::default(),
                prover: Prover::default(),
            },
            cache: Cache::default(),
        }
    }

    /// Takes whom to tell of what goes wrong without ending a run: a renewed refresh token that
    /// cannot be stored.
    #[must_use]
    pub fn telling(mut self, say: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.renewal.tell(Arc::new(say));
        self
    }

    /// Takes another environment than the process's.
    #[cfg(test)]
    pub(crate) fn surrounded_by(mut self, surroundings: Surroundings) -> Self {
        self.desk.surroundings = surroundings;
        self
    }

    fn clock(&self) -> &dyn Clock {
        &**self.desk.time.clock()
    }

    /// Returns a tenant as it was named, in lower case.
    fn name(&self, tenant: &Tenant) -> Arc<str> {
        match tenant {
            Tenant::Home => Arc::clone(self.tenants.home()),
            Tenant::Of(name) => name.to_lowercase().into(),
        }
    }

    async fn sign_in(
        &self,
        key: &Key,
        demanded: Option<String>,
        wire: &TokenWire,
    ) -> Result<Issued, Error> {
        self.check_tenant(key, wire).await?;
        let wanted = Wanted {
            profile: &self.desk.profile,
            tenant: &key.tenant,
            resource: key.resource,
            principal: key.principal,
        };
        let claims = claims::asked(demanded.as_deref());
        let home = self.tenants.known(self.tenants.home());
        let brought = match key.principal {
            Principal::App => {
                let app = flow::sign_in(&self.desk, &wanted, Grant::App, &claims, wire).await;
                app.map(|brought| brought.issued)
            }
            Principal::User if home.as_ref() == Some(&key.tenant) => {
                let renewal = &self.renewal;
                renewal.at_home(&self.desk, &wanted, &claims, wire).await
            }
            Principal::User => {
                let renewal = &self.renewal;
                renewal
                    .at_customer(&self.desk, &wanted, &claims, wire)
                    .await
            }
        };
        match brought {
            Err(error)
                if entra::application_is_unknown(&error) && !self.is_own(key, wire).await =>
            {
                Err(entra::without_consent(error))
            }
            brought => brought,
        }
    }

    /// Fails if a token of that tenant must not be asked for, or cannot be had.
    async fn check_tenant(&self, key: &Key, wire: &TokenWire) -> Result<(), Error> {
        let profile = &self.desk.profile;
        let managed = key.principal == Principal::App
            && matches!(profile.app, Some(AppCredential::ManagedIdentity(_)));
        if profile.role != Role::Customer && !managed {
            return Ok(());
        }
        let home = self.tenants.home();
        let home = self.tenants.resolve(home, self.clock(), wire).await?;
        role::check_tenant(profile, &key.tenant, &home)?;
        if managed && key.tenant != home {
            let message = format!(
                "a managed identity has tokens of its own tenant {home} alone, none of {}",
                key.tenant
            );
            return Err(Error::new(Code::AuthTenant, message).help(
                "reach customers with an application that has a secret or a certificate, or as a signed-in user",
            ));
        }
        Ok(())
    }

    /// Tells whether a token is of the profile's own tenant; so it is taken when nobody can say.
    async fn is_own(&self, key: &Key, wire: &TokenWire) -> bool {
        let home = self.tenants.home();
        let home = self.tenants.resolve(home, self.clock(), wire).await;
        home.map_or(true, |home| home == key.tenant)
    }

    fn key(&self, ask: &Ask) -> Key {
        Key {
            tenant: Arc::clone(&ask.tenant),
            resource: resource::of(&self.desk.profile.endpoints, ask.service),
            principal: ask.principal,
        }
    }
}

impl TokenSource for Identity {
    fn principal(&self, call: &Call) -> Result<Principal, Error> {
        let home = self.tenants.home();
        let id = self.tenants.known(home);
        let own = [&**home, id.as_deref().unwrap_or(home)];
        role::check(&self.desk.profile, call, &own)?;
        choose(
            &self.desk.profile,
            (call.service, &call.operation),
            call.auth,
            call.principal,
        )
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
            self.tenants.resolve(&name, self.clock(), wire).await
        })
    }

    fn token<'a>(
        &'a self,
        ask: &'a Ask,
        wire: &'a TokenWire,
    ) -> BoxFuture<'a, Result<Token, Error>> {
        Box::pin(async move {
            let key = self.key(ask);
            let wanted = key.clone();
            let ask = move |claims| -> BoxFuture<'a, _> {
                Box::pin(async move { self.sign_in(&wanted, claims, wire).await })
            };
            self.cache.get(&key, self.clock(), wire, ask).await
        })
    }

    fn only_tenant(&self) -> bool {
        self.desk.profile.role == Role::Customer
    }

    fn consent_address(&self, tenant: &Tenant) -> Option<Url> {
        consent::address(&self.desk.profile, &self.name(tenant))
    }

    fn refused(&self, ask: &Ask, token: &Token, claims: Option<String>) {
        self.cache.forget(&self.key(ask), token, claims);
    }
}
