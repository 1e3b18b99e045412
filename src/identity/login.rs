//! Signing a user in and out: what `login` and `logout` do. A refresh token is kept before anybody is
//! told that all went well, and nothing is kept of a sign-in that does not fit the profile.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use oauth2::TokenResponse;

use super::authority::Authority;
use super::desk::Desk;
use super::entra::Wanted;
use super::flow::{Answer, code, device};
use super::id_token::{self, Expected, Who};
use super::loopback::Loopback;
use super::page::Page;
use super::proof::Prover;
use super::resource;
use super::safe::{Safe, off_thread};
use super::surroundings::Surroundings;
use super::tenants::Tenants;
use super::time::ServiceTime;
use super::turn::Turn;
use crate::api::{Principal, ServiceName};
use crate::base::clock::Clock;
use crate::base::secret::Secret;
use crate::config::{Account, AppCredential, SecretName};
use crate::error::{Code, Error, Sent};
use crate::http::{Claims, TokenWire};

/// How long somebody may take in the browser, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(300);

/// How somebody signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// With the browser of this machine.
    Browser,
    /// With a code, on any device.
    Device,
    /// With the browser and several factors, so that the application may call Partner Center
    /// unattended from then on (the CSP secure application model).
    PartnerConsent,
}

/// Leads a person through a sign-in.
pub trait Guide: Send + Sync + fmt::Debug {
    /// Shows the address at which to sign in.
    fn visit(&self, url: &str);

    /// Shows what to enter where, in the service's words.
    fn enter(&self, message: &str);
}

/// A sign-in that went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Name to sign in with.
    pub name: String,
    /// Id of the tenant.
    pub tenant: String,
    /// Whether several factors were used, where the service says so.
    pub mfa: Option<bool>,
    /// Where the refresh token is kept.
    pub place: String,
}

/// What became of a stored sign-in at the identity service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// It is worth nothing any more.
    Yes,
    /// The service has no way to revoke it.
    NotHere,
}

/// Signs users in and out of one profile.
#[derive(Debug)]
pub struct Login {
    desk: Desk,
    tenants: Tenants,
    turn: Turn,
    wire: TokenWire,
}

impl Login {
    /// Takes the profile with its vault, and the way of identity's requests.
    pub fn new(account: Account, clock: Arc<dyn Clock>, wire: TokenWire) -> Self {
        let Account { profile, vault } = account;
        Self {
            tenants: Tenants::new(profile.endpoints.login.clone(), &profile.tenant),
            turn: Turn::new(vault.lock_file()),
            desk: Desk {
                profile,
                safe: Safe::new(vault),
                time: ServiceTime::new(clock),
                surroundings: Surroundings::default(),
                prover: Prover::default(),
            },
            wire,
        }
    }

    #[cfg(test)]
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        self.desk.time.clock()
    }

    /// Signs somebody in and keeps the refresh token. Ends early when everyone is told to stop, and
    /// then listens no more.
    pub async fn sign_in(
        &self,
        way: Way,
        patience: Option<Duration>,
        guide: &dyn Guide,
    ) -> Result<SignedIn, Error> {
        tokio::select! {
            biased;
            error = self.wire.stopped() => Err(error),
            done = self.led(way, patience, guide) => done,
        }
    }

    async fn led(
        &self,
        way: Way,
        patience: Option<Duration>,
        guide: &dyn Guide,
    ) -> Result<SignedIn, Error> {
        let Desk { profile, .. } = &self.desk;
        if way == Way::PartnerConsent && !is_confidential(profile.app.as_ref()) {
            return Err(not_confidential(&profile.name));
        }
        let clock = &**self.desk.time.clock();
        let home = self.tenants.home();
        let home = self.tenants.resolve(home, clock, &self.wire).await?;
        let login = &profile.endpoints.login;
        let authority = Authority::discover(login, &home, &self.wire).await?;
        // A certificate that cannot be used is found before anybody is sent anywhere.
        let audience = authority.token.as_str();
        self.desk
            .prover
            .proof(&self.desk, &self.wire, audience)
            .await?;
        match way {
            Way::Device => self.by_device(&authority, &home, patience, guide).await,
            Way::Browser | Way::PartnerConsent => {
                self.by_browser(way, &authority, &home, patience, guide)
                    .await
            }
        }
    }

    async fn by_browser(
        &self,
        way: Way,
        authority: &Authority,
        home: &str,
        patience: Option<Duration>,
        guide: &dyn Guide,
    ) -> Result<SignedIn, Error> {
        let (resource, scope) = self.scope(way, authority);
        let mut loopback = Loopback::bind().await?;
        let consent = code::Consent {
            scope: &scope,
            prompt: self.prompt(way, authority),
        };
        let begun = code::begin(&self.desk, authority, &loopback, consent)?;
        guide.visit(&begun.url);
        let patience = patience.unwrap_or(PATIENCE);
        let arrival = tokio::time::timeout(patience, loopback.arrival())
            .await
            .map_err(|_| unfinished(patience))??;
        let nonce = begun.nonce.clone();
        let redeemed = async {
            let code = code::code(&begun, &arrival)?;
            let wanted = self.wanted(home, resource);
            let (desk, wire) = (&self.desk, &self.wire);
            let answer =
                code::redeem(desk, authority, &wanted, (begun, code), &scope, wire).await?;
            self.keep(way, &answer, authority, home, Some(&nonce)).await
        };
        let done = redeemed.await;
        arrival.show(match &done {
            Ok(signed_in) => Page::signed_in(&signed_in.name),
            Err(error) => Page::failed(&error.to_string()),
        });
        loopback.close().await;
        done
    }

    async fn by_device(
        &self,
        authority: &Authority,
        home: &str,
        patience: Option<Duration>,
        guide: &dyn Guide,
    ) -> Result<SignedIn, Error> {
        let (resource, scope) = self.scope(Way::Device, authority);
        let (desk, wire) = (&self.desk, &self.wire);
        let wanted = self.wanted(home, resource);
        let pending = device::begin(desk, authority, &wanted, &scope, wire).await?;
        guide.enter(&pending.said());
        let answer = device::finish(desk, authority, &wanted, &pending, patience, wire).await?;
        self.keep(Way::Device, &answer, authority, home, None).await
    }

    /// Returns the resource that the first token is for, and the scopes to ask for: with those of
    /// the other resources where later tokens would lack them.
    fn scope(&self, way: Way, authority: &Authority) -> (&'static str, String) {
        let (service, permission) = match way {
            Way::PartnerConsent => (ServiceName::Partner, "user_impersonation"),
            Way::Browser | Way::Device => (ServiceName::Graph, ".default"),
        };
        let endpoints = &self.desk.profile.endpoints;
        let resource = resource::of(endpoints, service);
        let first = format!("{resource}/{permission}");
        let mut scopes = vec![first.as_str()];
        let listed = authority.listed(endpoints);
        scopes.extend(
            listed
                .iter()
                .filter(|other| **other != first)
                .map(String::as_str),
        );
        scopes.extend(["openid", "profile", "offline_access"]);
        (resource, scopes.join(" "))
    }

    /// Returns what the person is asked in any case. A service that grants by scopes gives no refresh
    /// token without asking for consent (`OpenID` Connect Core 1.0, section 11); Microsoft's does, and
    /// would ask again what an administrator has consented to.
    fn prompt(&self, way: Way, authority: &Authority) -> Option<&'static str> {
        let by_scopes = !authority.listed(&self.desk.profile.endpoints).is_empty();
        match (way == Way::PartnerConsent, by_scopes) {
            (true, true) => Some("login consent"),
            (true, false) => Some("login"),
            (false, true) => Some("consent"),
            (false, false) => None,
        }
    }

    fn wanted<'a>(&'a self, home: &'a str, resource: &'a str) -> Wanted<'a> {
        Wanted {
            profile: &self.desk.profile,
            tenant: home,
            resource,
            principal: Principal::User,
        }
    }

    /// Looks who signed in, and keeps the refresh token if it is somebody of the profile.
    async fn keep(
        &self,
        way: Way,
        answer: &Answer,
        authority: &Authority,
        home: &str,
        nonce: Option<&str>,
    ) -> Result<SignedIn, Error> {
        let Desk {
            profile,
            safe,
            time,
            ..
        } = &self.desk;
        let expected = Expected {
            client: &profile.client_id,
            nonce,
            issuer: authority.issuer.as_deref(),
            now: time.now(),
        };
        let id_token = answer
            .id_token()
            .ok_or_else(|| not_given("ID token", "openid"))?;
        let Who { name, tenant } = id_token::read(id_token.text(), expected)?;
        if tenant.as_deref().is_some_and(|tenant| tenant != home) {
            let tenant = tenant.unwrap_or_default();
            return Err(other_tenant(&name, &tenant, &profile.name, home));
        }
        let mfa = Claims::of(answer.access_token().secret())
            .ok()
            .and_then(|claims| claims.mfa());
        if way == Way::PartnerConsent && mfa == Some(false) {
            return Err(without_mfa(&name));
        }
        let refresh = answer
            .refresh_token()
            .ok_or_else(|| not_given("refresh token", "offline_access"))?;
        let refresh = Secret::new(refresh.secret().clone());
        let _turn = self.turn.take(&**time.clock(), &self.wire).await?;
        safe.set(SecretName::RefreshToken, refresh).await?;
        Ok(SignedIn {
            name,
            tenant: home.to_owned(),
            mfa,
            place: safe.vault().place(),
        })
    }

    /// Revokes the stored refresh token where the identity service has an address for it (RFC 7009).
    /// Microsoft's has none.
    pub async fn revoke(&self) -> Result<Revoked, Error> {
        let Some(token) = self.desk.safe.get(SecretName::RefreshToken).await? else {
            return Ok(Revoked::NotHere);
        };
        let clock = &**self.desk.time.clock();
        let home = self.tenants.home();
        let home = self.tenants.resolve(home, clock, &self.wire).await?;
        let login = &self.desk.profile.endpoints.login;
        let authority = Authority::discover(login, &home, &self.wire).await?;
        let wanted = self.wanted(&home, "");
        let (desk, wire) = (&self.desk, &self.wire);
        super::flow::revocation::ask(desk, &authority, &wanted, &token, wire).await
    }

    /// Forgets stored secrets; returns those that there were.
    pub async fn forget(&self, names: &[SecretName]) -> Result<Vec<SecretName>, Error> {
        let _turn = self
            .turn
            .take(&**self.desk.time.clock(), &self.wire)
            .await?;
        let (vault, names) = (Arc::clone(self.desk.safe.vault()), names.to_vec());
        off_thread(move || {
            let mut found = Vec::new();
            for name in names {
                if vault.remove(name)? {
                    found.push(name);
                }
            }
            Ok(found)
        })
        .await
    }
}

/// Returns whether the application can prove that it is itself when a user signs in through it.
fn is_confidential(app: Option<&AppCredential>) -> bool {
    matches!(
        app,
        Some(AppCredential::Secret | AppCredential::Certificate(_) | AppCredential::Federated(_))
    )
}

fn not_confidential(profile: &str) -> Error {
    Error::new(
        Code::AuthClient,
        format!("the profile `{profile}` has no application credential, which a partner's consent needs: unattended runs redeem what it brings with it"),
    )
    .help(format!(
        "give the profile a client secret or a certificate (`tenantry profile add {profile} --replace --app secret …`), or sign in without --partner-consent"
    ))
}

fn unfinished(patience: Duration) -> Error {
    let seconds = patience.as_secs();
    Error::new(
        Code::AuthUnfinished,
        format!("nobody signed in within {seconds} seconds"),
    )
    .help("start again and give more time: `tenantry login --timeout 15m`")
}

fn other_tenant(name: &str, tenant: &str, profile: &str, home: &str) -> Error {
    Error::new(
        Code::AuthTenant,
        format!("{name} signed in to the tenant {tenant}, but the profile `{profile}` is of {home}; nothing was kept"),
    )
    .help("sign in with an account of the profile's tenant, or add a profile for the other one")
    .sent(Sent::Yes)
}

fn without_mfa(name: &str) -> Error {
    Error::new(
        Code::AuthMfaMissing,
        format!("{name} signed in without multi-factor authentication, which Partner Center demands of every user; nothing was kept"),
    )
    .help("register a second factor for the account and require it (security defaults or conditional access), then sign in again")
    .sent(Sent::Yes)
}

fn not_given(what: &str, scope: &str) -> Error {
    Error::new(
        Code::AuthRefused,
        format!("the identity service gave no {what}, though `{scope}` was asked for; nothing was kept"),
    )
    .help("look at the application's registration: it must allow a signed-in user with offline access")
    .sent(Sent::Yes)
}
