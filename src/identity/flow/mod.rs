//! The ways to sign in, one file each, and what they share: the `oauth2` crate's client over the
//! pipeline's own wire.

mod answer;
mod client_credentials;
mod refresh_token;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse};
use oauth2::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, RefreshToken, RequestTokenError, Scope, StandardRevocableToken, TokenResponse,
    TokenUrl,
};
use url::Url;

use self::answer::Answer;
use super::cache::Issued;
use super::entra::{EntraError, Wanted};
use crate::api::Principal;
use crate::base::clock::BoxFuture;
use crate::base::random;
use crate::base::secret::Secret;
use crate::config::{Profile, SecretName, Vault};
use crate::error::{Code, Error, Sent};
use crate::http::{Response, Token, TokenWire};

/// How long a token lives when the service does not say.
const UNSAID: Duration = Duration::from_secs(600);

type EntraClient = oauth2::Client<
    EntraError,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What a sign-in brought.
#[derive(Debug)]
pub(crate) struct Brought {
    /// The access token.
    pub issued: Issued,
    /// The refresh token that takes the place of the one that was used.
    pub refresh: Option<Secret<String>>,
}

/// Asks for a token as `wanted` says, with the secrets of `vault`.
pub(crate) async fn sign_in(
    profile: &Profile,
    vault: &dyn Vault,
    wanted: &Wanted<'_>,
    wire: &TokenWire,
) -> Result<Brought, Error> {
    let secret = vault.get(SecretName::ClientSecret)?;
    let client = client(profile, wanted.tenant, secret)?;
    let post = Post {
        wire,
        url: client.token_uri().url(),
        tenant: wanted.tenant,
        last: Mutex::new(None),
    };
    let scope = Scope::new(format!("{}/.default", wanted.resource));
    let result = match wanted.principal {
        Principal::App => client_credentials::ask(&client, scope, &post).await,
        Principal::User => {
            let token = vault.get(SecretName::RefreshToken)?;
            let token = token.ok_or_else(no_refresh_token)?;
            let token = RefreshToken::new(token.expose().clone());
            refresh_token::ask(&client, &token, scope, &post).await
        }
    };
    match result {
        Ok(answer) => brought(&answer),
        Err(refusal) => {
            let last = post.last.lock().unwrap_or_else(PoisonError::into_inner);
            Err(failure(refusal, wanted, last.as_ref()))
        }
    }
}

/// Returns a client for the token endpoint of a tenant. A path of the root is kept.
fn client(
    profile: &Profile,
    tenant: &str,
    secret: Option<Secret<String>>,
) -> Result<EntraClient, Error> {
    let root = profile.endpoints.login.as_str().trim_end_matches('/');
    let url = TokenUrl::new(format!("{root}/{tenant}/oauth2/v2.0/token")).map_err(|reason| {
        Error::new(
            Code::AuthTenant,
            format!("`{tenant}` makes no address of an identity service: {reason}"),
        )
    })?;
    let client = oauth2::Client::new(ClientId::new(profile.client_id.clone()))
        .set_token_uri(url)
        .set_auth_type(AuthType::RequestBody);
    Ok(match secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().clone())),
        None => client,
    })
}

/// Carries the crate's requests over the pipeline's wire, and keeps the last answer: the crate's
/// errors hold the parsed body alone.
struct Post<'a> {
    wire: &'a TokenWire,
    /// Where all of the crate's requests go.
    url: &'a Url,
    tenant: &'a str,
    last: Mutex<Option<Response>>,
}

impl<'c> AsyncHttpClient<'c> for Post<'_> {
    type Error = Error;
    type Future = BoxFuture<'c, Result<HttpResponse, Error>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl Post<'_> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let (parts, body) = request.into_parts();
        let mut headers: HeaderMap = parts.headers;
        if let Ok(id) = random::guid().to_string().parse() {
            headers.insert("client-request-id", id);
        }
        let answer = self
            .wire
            .post(self.url.clone(), self.tenant, headers, body.into())
            .await?;
        let mut response = HttpResponse::new(answer.body.to_vec());
        *response.status_mut() = answer.status;
        response.headers_mut().clone_from(&answer.headers);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        Ok(response)
    }
}

fn brought(answer: &Answer) -> Result<Brought, Error> {
    let issued = Issued {
        token: Token::new(answer.access_token().secret())?,
        lives: answer.expires_in().unwrap_or(UNSAID),
    };
    let refresh = answer
        .refresh_token()
        .map(|token| Secret::new(token.secret().clone()));
    Ok(Brought { issued, refresh })
}

fn failure(
    refusal: RequestTokenError<Error, EntraError>,
    wanted: &Wanted<'_>,
    answer: Option<&Response>,
) -> Error {
    let unreadable = |answer: Option<&Response>, why: &str| match answer {
        Some(answer) => no_promise(answer, why),
        None => Error::new(Code::HttpAnswer, why.to_owned()),
    };
    match refusal {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(refusal) if refusal.error.is_empty() => {
            unreadable(answer, "no OAuth error")
        }
        RequestTokenError::ServerResponse(refusal) => refusal.into_error(wanted, answer),
        RequestTokenError::Parse(error, _) => unreadable(answer, &error.to_string()),
        RequestTokenError::Other(why) => unreadable(answer, &why),
    }
}

/// Returns the error for an answer that no identity service gives. It names the address: nothing
/// else shows that it is the login address which is wrong.
pub(super) fn no_promise(answer: &Response, why: &str) -> Error {
    let mut place = answer.url.clone();
    place.set_query(None);
    if answer.status.is_server_error() {
        return Error::new(
            Code::HttpServer,
            format!("the identity service at {place} failed: {}", answer.status),
        )
        .help("try again later")
        .sent(Sent::Yes);
    }
    let error = answer.not_as_promised(why);
    let message = format!("{place} does not answer as an identity service does: {error}");
    Error::new(Code::HttpAnswer, message)
        .help("look whether the login address (TENANTRY_ENDPOINT_LOGIN) is right, and whether a proxy or a sign-in page stands between")
        .sent(Sent::Yes)
}

fn no_refresh_token() -> Error {
    Error::new(
        Code::AuthPrincipalMissing,
        "the profile has no signed-in user",
    )
    .help("set TENANTRY_REFRESH_TOKEN")
}
