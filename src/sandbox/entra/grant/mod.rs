//! The grants of the token endpoint, one file each, and what they share: the request under way, what
//! is wanted, and the answer to a user's sign-in. Source: identity reference §4, §6–§9.

mod app;
mod code;
mod device;
mod refresh;

use serde_json::{Value, json};

use super::aadsts::Aadsts;
use super::claims::{Access, IdToken, LIFETIME, Proof, Target, client_info};
use super::client::{Must, authenticate};
use super::consent::scopes;
use super::directory::{named_tenant, roles_in};
use super::form::{Form, Version};
use super::scope::{GRAPH, Grant, Wanted, of_resource, of_scope};
use super::seed::digest_of;
use crate::base::clock::Timestamp;
use crate::sandbox::route::Request;
use crate::sandbox::store::{App, RefreshToken, Signed, Staff, Tx};

/// A token request under way.
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) form: &'a Form,
    pub(super) version: Version,
}

/// Issues what a request asks for, by its `grant_type`.
pub(super) fn issue(call: &Call<'_>, tx: &mut Tx<'_>, grant: &str) -> Result<Value, Aadsts> {
    match grant {
        "client_credentials" => app::issue(call, tx),
        "authorization_code" => code::issue(call, tx),
        "refresh_token" => refresh::issue(call, tx),
        // One library uses the short name.
        "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => device::issue(call, tx),
        "password" => Err(refuse(
            grant,
            "A password alone never satisfies multi-factor authentication: use another flow.",
        )),
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => Err(refuse(
            grant,
            "This sandbox does not act on behalf of the user of another application.",
        )),
        "urn:ietf:params:oauth:grant-type:saml2-bearer"
        | "urn:ietf:params:oauth:grant-type:saml1_1-bearer" => Err(refuse(
            grant,
            "This sandbox has no federated identity providers.",
        )),
        other => Err(refuse(other, "")),
    }
}

fn refuse(grant: &str, why: &str) -> Aadsts {
    let text = format!("The app requested an unsupported grant type '{grant}'. {why}");
    Aadsts::new(70_003, text.trim_end())
}

impl Call<'_> {
    /// Returns the tenant of the address; none for `common` and its like.
    fn tenant(&self, tx: &Tx<'_>) -> Result<Option<String>, Aadsts> {
        let tenant = named_tenant(tx, self.request.param("tenant"))?;
        Ok(tenant.map(|tenant| tenant.id))
    }

    /// Finds the application and checks how it proves itself.
    fn client(
        &self,
        tx: &mut Tx<'_>,
        tenant: Option<&str>,
        must: Must,
    ) -> Result<(App, Proof), Aadsts> {
        authenticate(self.request, tx, self.form, tenant, must)
    }

    /// Reads what is wanted from the parameter that the endpoint's version has for it.
    fn wanted(&self, grant: Grant) -> Result<Wanted, Aadsts> {
        let wanted = match self.version {
            Version::V1 => of_resource(self.form.need("resource")?),
            Version::V2 => of_scope(self.form.need("scope")?, grant),
        };
        wanted.map_err(|refusal| self.for_itself(refusal))
    }

    /// An application that asks for a token for itself is told so.
    fn for_itself(&self, refusal: Aadsts) -> Aadsts {
        let id = self.form.get("client_id").unwrap_or_default();
        let name = match self.version {
            Version::V1 => self.form.get("resource"),
            Version::V2 => self.form.get("scope"),
        };
        let own = name.is_some_and(|name| name.contains(id));
        if [50_001, 500_011].contains(&refusal.code) && own && !id.is_empty() {
            Aadsts::of(90_009)
        } else {
            refusal
        }
    }

    /// Tells whether the application answers claims challenges: `claims` of this request, or of the
    /// one before, declares `cp1`.
    fn is_capable(&self, before: Option<&str>) -> bool {
        let claims = self.form.get("claims").or(before).unwrap_or("{}");
        let claims: Value = serde_json::from_str(claims).unwrap_or_default();
        let declared = claims["access_token"]["xms_cc"]["values"].as_array();
        declared.is_some_and(|values| values.iter().any(|value| value == "cp1"))
    }

    /// Returns the second from which the token is wanted to be: `nbf` of `claims`.
    fn since(&self) -> Option<i64> {
        let claims: Value = serde_json::from_str(self.form.get("claims")?).ok()?;
        let value = &claims["access_token"]["nbf"]["value"];
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }
}

/// A user for whom tokens are issued.
struct Session<'a> {
    app: &'a App,
    proof: Proof,
    user: &'a Staff,
    tenant: &'a str,
    amr: &'a [String],
    wanted: &'a Wanted,
    capable: bool,
    nonce: Option<&'a str>,
    signed_in: Option<Timestamp>,
}

impl<'a> Session<'a> {
    /// Describes a sign-in that has just taken place.
    fn new(
        app: &'a App,
        proof: Proof,
        user: &'a Staff,
        signed: &'a Signed,
        wanted: &'a Wanted,
    ) -> Self {
        Self {
            app,
            proof,
            user,
            tenant: &signed.tenant,
            amr: &signed.amr,
            wanted,
            capable: false,
            nonce: None,
            signed_in: Some(signed.at),
        }
    }
}

/// Issues a user's tokens; a refresh token is put in by the grant.
fn for_user(call: &Call<'_>, tx: &mut Tx<'_>, session: &Session<'_>) -> Result<Value, Aadsts> {
    let Session {
        app,
        user,
        tenant,
        wanted,
        ..
    } = *session;
    let scopes = scopes(tx, app, user, tenant, wanted)?;
    let id = tx.guid();
    let target = Target {
        tenant,
        app: &app.id,
        audience: &wanted.audience,
        now: tx.now(),
        id: &id,
        proof: session.proof,
        capable: session.capable,
        since: call.since(),
        lifetime: LIFETIME,
    };
    let access = Access {
        scopes: &scopes,
        amr: session.amr,
        roles: &roles_in(tx, user, tenant),
    };
    let token = target.user_token(user, &access);
    let mut answer = body(call.version, &target, token);
    answer["scope"] = match call.version {
        Version::V1 => scopes.join(" ").into(),
        Version::V2 => qualified(wanted, &scopes).into(),
    };
    if wanted.has("openid") {
        let about = IdToken {
            origin: &call.request.origin,
            version: call.version,
            nonce: session.nonce,
            signed_in: session.signed_in,
            email: wanted.has("email"),
        };
        answer["id_token"] = target.id_token(user, about).into();
    }
    if call.form.get("client_info") == Some("1") {
        answer["client_info"] = client_info(user).into();
    }
    Ok(answer)
}

/// Makes an opaque text that nobody guesses.
pub(super) fn opaque(tx: &mut Tx<'_>, prefix: &str) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    format!("{prefix}{}", tx.random().text(alphabet, 64))
}

/// Issues the first refresh token of a sign-in.
fn fresh_token(tx: &mut Tx<'_>, app: &App, signed: &Signed, ends: Option<Timestamp>) -> String {
    let row = RefreshToken {
        user: signed.user.clone(),
        tenant: signed.home.clone(),
        app: app.id.clone(),
        amr: signed.amr.clone(),
        used: tx.now(),
        ends,
        revoked: None,
    };
    refresh_token(tx, row)
}

/// Issues a refresh token.
fn refresh_token(tx: &mut Tx<'_>, row: RefreshToken) -> String {
    let token = opaque(tx, "0.");
    tx.entra.refresh_tokens.put(&digest_of(&token), row);
    token
}

/// Writes scopes as the v2 endpoint does: with the resource, except Microsoft Graph's.
fn qualified(wanted: &Wanted, scopes: &[String]) -> String {
    let named = |scope: &String| match wanted.resource {
        GRAPH => scope.clone(),
        _ => format!("{}/{scope}", wanted.audience),
    };
    scopes.iter().map(named).collect::<Vec<_>>().join(" ")
}

/// Returns the fields that every success has; v1 writes numbers as strings.
fn body(version: Version, target: &Target<'_>, token: String) -> Value {
    let seconds = target.lifetime - 1;
    match version {
        Version::V2 => json!({
            "token_type": "Bearer",
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": token,
        }),
        Version::V1 => json!({
            "token_type": "Bearer",
            "expires_in": seconds.to_string(),
            "ext_expires_in": seconds.to_string(),
            "expires_on": (target.now.as_second() + seconds).to_string(),
            "not_before": (target.now.as_second() - 300).to_string(),
            "resource": target.audience,
            "access_token": token,
        }),
    }
}
