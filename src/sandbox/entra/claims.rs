//! What tokens say. Access tokens of the services served here are of the v1.0 format, whichever
//! endpoint issued them. Source: identity reference §4.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use ring::digest;
use serde_json::{Value, json};

use super::jwt;
use crate::base::clock::Timestamp;
use crate::sandbox::store::Staff;

/// Seconds that an access token lives.
pub(crate) const LIFETIME: i64 = 3600;

/// Where and for what a token is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    /// The tenant, lower-case GUID.
    pub(crate) tenant: &'a str,
    /// The application.
    pub(crate) app: &'a str,
    /// The audience, as it was requested.
    pub(crate) audience: &'a str,
    /// The present time.
    pub(crate) now: Timestamp,
    /// An opaque id of the token.
    pub(crate) id: &'a str,
}

impl Target<'_> {
    fn claims(&self, object: &str) -> Value {
        let issued = self.now.as_second();
        json!({
            "aud": self.audience,
            "iss": format!("https://sts.windows.net/{}/", self.tenant),
            "iat": issued,
            "nbf": issued - 300,
            "exp": issued + LIFETIME,
            "appid": self.app,
            "appidacr": "1",
            "idp": format!("https://sts.windows.net/{}/", self.tenant),
            "oid": object,
            "sub": pairwise(&[self.app, object, self.tenant]),
            "tid": self.tenant,
            "uti": self.id,
            "ver": "1.0",
        })
    }

    /// Signs an App token; `principal` is the object id of the service principal.
    pub(crate) fn app_token(&self, principal: &str, roles: &[String]) -> String {
        let mut claims = self.claims(principal);
        claims["idtyp"] = "app".into();
        if !roles.is_empty() {
            claims["roles"] = roles.into();
        }
        jwt::sign(&claims)
    }

    /// Signs an App+User token.
    pub(crate) fn user_token(&self, user: &Staff, scopes: &[String], amr: &[String]) -> String {
        let mut claims = self.claims(&object_in(user, self.tenant));
        claims["acr"] = "1".into();
        claims["amr"] = amr.into();
        claims["scp"] = scopes.join(" ").into();
        claims["upn"] = user.upn.as_str().into();
        claims["unique_name"] = user.upn.as_str().into();
        claims["name"] = format!("{} {}", user.given_name, user.family_name).into();
        claims["given_name"] = user.given_name.as_str().into();
        claims["family_name"] = user.family_name.as_str().into();
        claims["ipaddr"] = "127.0.0.1".into();
        jwt::sign(&claims)
    }

    /// Signs an id token of the v2.0 format; `issuer` is the one of the metadata.
    pub(crate) fn id_token(&self, user: &Staff, issuer: &str) -> String {
        let issued = self.now.as_second();
        jwt::sign(&json!({
            "aud": self.app,
            "iss": issuer,
            "iat": issued,
            "nbf": issued,
            "exp": issued + LIFETIME,
            "name": format!("{} {}", user.given_name, user.family_name),
            "oid": object_in(user, self.tenant),
            "preferred_username": user.upn,
            "sub": pairwise(&[self.app, &user.id, self.tenant]),
            "tid": self.tenant,
            "ver": "2.0",
        }))
    }
}

/// Returns `client_info`: who signed in, in the form that client libraries key their caches by.
pub(crate) fn client_info(user: &Staff) -> String {
    BASE64URL.encode(json!({ "uid": user.id, "utid": user.tenant }).to_string())
}

/// Returns the object id of a user in a tenant: its own at home, another one elsewhere.
fn object_in(user: &Staff, tenant: &str) -> String {
    if user.tenant == tenant {
        return user.id.clone();
    }
    let digest = digest(&[&user.id, tenant]);
    uuid::Builder::from_slice(&digest.as_ref()[..16])
        .map(|builder| {
            builder
                .with_version(uuid::Version::Random)
                .into_uuid()
                .to_string()
        })
        .unwrap_or_default()
}

fn pairwise(parts: &[&str]) -> String {
    BASE64URL.encode(digest(parts))
}

fn digest(parts: &[&str]) -> digest::Digest {
    digest::digest(&digest::SHA256, parts.join("/").as_bytes())
}
