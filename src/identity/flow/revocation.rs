//! A refresh token is given back where the identity service takes it: RFC 7009, "OAuth 2.0 Token
//! Revocation".

use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};
use url::form_urlencoded;

use super::refused;
use crate::base::secret::Secret;
use crate::error::Error;
use crate::http::TokenWire;
use crate::identity::authority::Authority;
use crate::identity::desk::Desk;
use crate::identity::entra::Wanted;
use crate::identity::login::Revoked;
use crate::identity::proof::Proof;

/// Revokes a refresh token, if the service can.
pub(crate) async fn ask(
    desk: &Desk,
    authority: &Authority,
    wanted: &Wanted<'_>,
    token: &Secret<String>,
    wire: &TokenWire,
) -> Result<Revoked, Error> {
    let Some(url) = authority.revoke.clone() else {
        return Ok(Revoked::NotHere);
    };
    let proof = desk
        .prover
        .proof(desk, wire, authority.token.as_str())
        .await?;
    let proven = proof.fields();
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("client_id", &desk.profile.client_id)
        .append_pair("token", token.expose())
        .append_pair("token_type_hint", "refresh_token")
        .extend_pairs(&proven);
    if let Proof::Secret(secret) = &proof {
        form.append_pair("client_secret", secret.expose());
    }
    let mut headers = HeaderMap::new();
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert(CONTENT_TYPE, kind);
    let body = form.finish();
    let answer = wire.post(url, wanted.tenant, headers, body.into()).await?;
    if answer.status.is_success() {
        return Ok(Revoked::Yes);
    }
    Err(refused(&answer, wanted, &proof))
}
