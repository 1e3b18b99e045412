//! What tokens say. Access tokens of the services served here are of the v1.0 format, whichever
//! endpoint issued them. Source: identity reference §4.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use ring::digest;
use serde_json::{Value, json};

use super::form::Version;
use super::jwt;
use crate::base::clock::Timestamp;
use crate::sandbox::store::Staff;

/// Seconds that an access token lives, that of a client with the capability `cp1` too: its longer
/// life is not confirmed.
pub(crate) const LIFETIME: i64 = 3600;

/// How an application has proved itself; tokens tell the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Not at all: a public client.
    Nothing,
    /// By a secret.
    Secret,
    /// By a certificate or another issuer's token.
    Assertion,
}

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
    /// How the application has proved itself.
    pub(crate) proof: Proof,
    /// Whether the application has declared that it answers claims challenges (`cp1`).
    pub(crate) capable: bool,
    /// The second from which a claims challenge wants the token to be, as the client repeats it.
    pub(crate) since: Option<i64>,
    /// Seconds that the token lives.
    pub(crate) lifetime: i64,
}

/// What a user's access token allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access<'a> {
    /// Delegated permissions.
    pub(crate) scopes: &'a [String],
    /// Authentication methods of the sign-in.
    pub(crate) amr: &'a [String],
    /// Template ids of the user's directory roles in the tenant.
    pub(crate) roles: &'a [String],
}

/// What an id token says besides who it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdToken<'a> {
    /// Scheme, host and port of the sandbox.
    pub(crate) origin: &'a str,
    /// The format: that of the endpoint.
    pub(crate) version: Version,
    /// The nonce of the request.
    pub(crate) nonce: Option<&'a str>,
    /// When the user signed in.
    pub(crate) signed_in: Option<Timestamp>,
    /// Whether the e-mail address was asked for.
    pub(crate) email: bool,
}

impl Target<'_> {
    fn claims(&self, object: &str) -> Value {
        let issued = self.now.as_second();
        let mut claims = json!({
            "aud": self.audience,
            "iss": format!("https://sts.windows.net/{}/", self.tenant),
            "iat": issued,
            "nbf": issued - 300,
            "exp": issued + self.lifetime,
            "appid": self.app,
            "appidacr": match self.proof {
                Proof::Nothing => "0",
                Proof::Secret => "1",
                Proof::Assertion => "2",
            },
            "idp": format!("https://sts.windows.net/{}/", self.tenant),
            "oid": object,
            "sub": pairwise(&[self.app, object, self.tenant]),
            "tid": self.tenant,
            "uti": self.id,
            "ver": "1.0",
        });
        if self.capable {
            claims["xms_cc"] = json!(["cp1"]);
        }
        if let Some(since) = self.since {
            claims["asked_nbf"] = since.into();
        }
        claims
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
    pub(crate) fn user_token(&self, user: &Staff, access: &Access<'_>) -> String {
        let mut claims = self.claims(&object_in(user, self.tenant));
        claims["acr"] = "1".into();
        claims["amr"] = access.amr.into();
        claims["scp"] = access.scopes.join(" ").into();
        claims["upn"] = user.upn.as_str().into();
        claims["unique_name"] = user.upn.as_str().into();
        claims["name"] = user.name().into();
        claims["given_name"] = user.given_name.as_str().into();
        claims["family_name"] = user.family_name.as_str().into();
        claims["ipaddr"] = "127.0.0.1".into();
        if !access.roles.is_empty() {
            claims["wids"] = access.roles.into();
        }
        jwt::sign(&claims)
    }

    /// Signs an id token of the endpoint's format; its issuer is the one of the metadata.
    pub(crate) fn id_token(&self, user: &Staff, about: IdToken<'_>) -> String {
        let issued = self.now.as_second();
        let object = object_in(user, self.tenant);
        let mut claims = json!({
            "aud": self.app,
            "iss": issuer(about.origin, self.tenant, about.version),
            "iat": issued,
            "nbf": issued,
            "exp": issued + LIFETIME,
            "name": user.name(),
            "sub": pairwise(&[self.app, &object, self.tenant]),
            "oid": object,
            "tid": self.tenant,
        });
        if let Some(nonce) = about.nonce {
            claims["nonce"] = nonce.into();
        }
        if let Some(at) = about.signed_in {
            claims["auth_time"] = at.as_second().into();
        }
        if about.email {
            claims["email"] = user.upn.as_str().into();
        }
        match about.version {
            Version::V1 => {
                claims["upn"] = user.upn.as_str().into();
                claims["unique_name"] = user.upn.as_str().into();
                claims["ver"] = "1.0".into();
                jwt::sign(&claims)
            }
            Version::V2 => {
                claims["preferred_username"] = user.upn.as_str().into();
                claims["ver"] = "2.0".into();
                jwt::sign_v2(&claims)
            }
        }
    }
}

/// Returns the issuer of a tenant's id tokens, as its metadata says it.
pub(crate) fn issuer(origin: &str, tenant: &str, version: Version) -> String {
    match version {
        Version::V1 => format!("https://sts.windows.net/{tenant}/"),
        Version::V2 => format!("{origin}/login/{tenant}/v2.0"),
    }
}

/// Returns `client_info`: who signed in, in the form that client libraries key their caches by.
pub(crate) fn client_info(user: &Staff) -> String {
    BASE64URL.encode(json!({ "uid": user.id, "utid": user.tenant }).to_string())
}

/// Returns the object id of a user in a tenant: its own at home, another one elsewhere.
pub(crate) fn object_in(user: &Staff, tenant: &str) -> String {
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

/// Returns the subject of a user or service principal for one application.
pub(super) fn pairwise(parts: &[&str]) -> String {
    BASE64URL.encode(digest(parts))
}

fn digest(parts: &[&str]) -> digest::Digest {
    digest::digest(&digest::SHA256, parts.join("/").as_bytes())
}
