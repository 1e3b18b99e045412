//! A person signs in with the browser: authorization code with PKCE, the browser being sent back to
//! a listener of this machine. State ties what comes back to this sign-in, the nonce the ID token.
//! Sources: RFC 6749, section 4.1; RFC 7636; RFC 8252; Microsoft identity platform, "OAuth 2.0
//! authorization code flow".

use std::borrow::Cow;

use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, TokenUrl,
};

use super::{Answer, Post, client};
use crate::base::random;
use crate::error::{Code, Error, Fault, Sent};
use crate::http::TokenWire;
use crate::identity::authority::Authority;
use crate::identity::claims;
use crate::identity::desk::Desk;
use crate::identity::entra::Wanted;
use crate::identity::loopback::{Arrival, Loopback};

/// A sign-in that has begun: what must come back with the browser.
#[derive(Debug)]
pub(crate) struct Begun {
    /// Where the person signs in.
    pub url: String,
    /// What the ID token must hold.
    pub nonce: String,
    state: String,
    redirect: RedirectUrl,
    verifier: PkceCodeVerifier,
}

/// What is asked of the person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Consent<'a> {
    /// The scopes, separated by blanks.
    pub scope: &'a str,
    /// What the person is asked even if they were before, as `OpenID` Connect has it.
    pub prompt: Option<&'static str>,
}

/// Prepares a sign-in whose browser comes back to `loopback`.
pub(crate) fn begin(
    desk: &Desk,
    authority: &Authority,
    loopback: &Loopback,
    consent: Consent<'_>,
) -> Result<Begun, Error> {
    let unfit = |reason: url::ParseError| Error::new(Code::Internal, reason.to_string());
    let redirect = RedirectUrl::new(loopback.redirect()).map_err(unfit)?;
    let (state, nonce) = (random::guid().to_string(), random::guid().to_string());
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let client = oauth2::basic::BasicClient::new(ClientId::new(desk.profile.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(authority.authorize.clone()));
    let mut request = client
        .authorize_url(|| CsrfToken::new(state.clone()))
        .set_redirect_uri(Cow::Borrowed(&redirect))
        .set_pkce_challenge(challenge)
        .add_scopes(
            consent
                .scope
                .split(' ')
                .map(|scope| Scope::new(scope.to_owned())),
        )
        .add_extra_param("nonce", &nonce)
        .add_extra_param("claims", claims::asked(None));
    if let Some(prompt) = consent.prompt {
        request = request.add_extra_param("prompt", prompt);
    }
    let (url, _) = request.url();
    Ok(Begun {
        url: url.into(),
        nonce,
        state,
        redirect,
        verifier,
    })
}

/// Returns the code that the browser brought; fails if it is not of this sign-in, or brought an
/// error.
pub(crate) fn code(begun: &Begun, arrival: &Arrival) -> Result<AuthorizationCode, Error> {
    if arrival.field("state") != Some(&begun.state) {
        return Err(Error::new(
            Code::AuthDeclined,
            "the state that came back does not match the one that was sent: the answer belongs to another sign-in, and nothing was redeemed",
        )
        .help("sign in again, and use only the window that opens then"));
    }
    if let Some(error) = arrival.field("error") {
        return Err(declined(error, arrival));
    }
    let code = arrival.field("code").unwrap_or_default();
    Ok(AuthorizationCode::new(code.to_owned()))
}

/// Returns the error of a sign-in that the service ended.
fn declined(error: &str, arrival: &Arrival) -> Error {
    let text = arrival.field("error_description").unwrap_or(error);
    let said = text.split("Trace ID:").next().unwrap_or(text).trim();
    let fault = Fault {
        service: "identity".to_owned(),
        operation: "authorize".to_owned(),
        code: error.to_owned(),
        message: said.to_owned(),
        target: arrival.field("error_subcode").map(str::to_owned),
        ..Fault::default()
    };
    let message = format!("the identity service ended the sign-in: {error} ({said})");
    Error::new(Code::AuthDeclined, message)
        .help("sign in again and accept, or ask an administrator of the tenant for consent")
        .sent(Sent::Yes)
        .fault(fault)
}

/// Redeems the code.
pub(crate) async fn redeem(
    desk: &Desk,
    authority: &Authority,
    wanted: &Wanted<'_>,
    (begun, code): (Begun, AuthorizationCode),
    scope: &str,
    wire: &TokenWire,
) -> Result<Answer, Error> {
    let url = TokenUrl::from_url(authority.token.clone());
    let proof = desk.prover.proof(desk, wire, url.as_str()).await?;
    let client = client(&desk.profile, url, &proof);
    let post = Post::new(desk, &client, wanted, wire);
    let mut request = client
        .exchange_code(code)
        .set_pkce_verifier(begun.verifier)
        .set_redirect_uri(Cow::Owned(begun.redirect))
        .add_extra_param("scope", scope)
        .add_extra_param("claims", claims::asked(None));
    for (name, value) in proof.fields() {
        request = request.add_extra_param(name, value);
    }
    let result = request.request_async(&post).await;
    result.map_err(|refusal| post.failed(refusal, wanted, &proof))
}
