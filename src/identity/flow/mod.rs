//! The ways to sign in, one file each, and what they share: the `oauth2` crate's client over the
//! pipeline's own wire.

mod answer;
mod client_credentials;
pub(crate) mod code;
pub(crate) mod device;
mod managed;
mod refresh_token;
pub(crate) mod revocation;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse};
use oauth2::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, RequestTokenError, Scope, StandardRevocableToken, TokenResponse, TokenUrl,
};
use url::Url;

pub(crate) use self::answer::Answer;
use super::cache::Issued;
use super::desk::Desk;
use super::entra::{EntraError, Wanted};
use super::proof::Proof;
use super::remedy;
use super::time::ServiceTime;
use crate::api::Principal;
use crate::base::clock::BoxFuture;
use crate::base::random;
use crate::base::secret::Secret;
use crate::config::{AppCredential, Profile};
use crate::error::{Code, Error, Sent};
use crate::http::{Response, Token, TokenWire};

/// How long a token lives when the service does not say.
const UNSAID: Duration = Duration::from_secs(600);
/// Tells the service which request it is.
const REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
/// Seconds of difference between two clocks that may make an assertion worthless.
const WRONG_CLOCK: i64 = 60;

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

/// How the `oauth2` crate says that no token came.
type Refusal = RequestTokenError<Error, EntraError>;

/// What a token is given for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Grant<'a> {
    /// The application's own proof.
    App,
    /// A refresh token.
    Refresh(&'a Secret<String>),
}

/// What a sign-in brought.
#[derive(Debug)]
pub(crate) struct Brought {
    /// The access token.
    pub issued: Issued,
    /// The refresh token that takes the place of the one that was used.
    pub refresh: Option<Secret<String>>,
}

/// Asks for a token as `wanted` says, with these claims.
pub(crate) async fn sign_in(
    desk: &Desk,
    wanted: &Wanted<'_>,
    grant: Grant<'_>,
    claims: &str,
    wire: &TokenWire,
) -> Result<Brought, Error> {
    if let (Principal::App, Some(AppCredential::ManagedIdentity(client))) =
        (wanted.principal, &desk.profile.app)
    {
        let issued = managed::ask(desk, wire, wanted, client.as_deref()).await?;
        return Ok(Brought {
            issued,
            refresh: None,
        });
    }
    brought(&ask(desk, wanted, grant, claims, wire).await?)
}

/// Asks the token endpoint of the tenant. An assertion that was dated by a wrong clock is made once
/// more, now that the service's time is known.
async fn ask(
    desk: &Desk,
    wanted: &Wanted<'_>,
    grant: Grant<'_>,
    claims: &str,
    wire: &TokenWire,
) -> Result<Answer, Error> {
    let ahead = desk.time.ahead();
    let asked = attempt(desk, wanted, grant, claims, wire).await;
    match asked {
        Err(error)
            if error.code() == Code::AuthClient
                && matches!(desk.profile.app, Some(AppCredential::Certificate(_)))
                && (desk.time.ahead() - ahead).abs() > WRONG_CLOCK =>
        {
            attempt(desk, wanted, grant, claims, wire).await
        }
        asked => asked,
    }
}

async fn attempt(
    desk: &Desk,
    wanted: &Wanted<'_>,
    grant: Grant<'_>,
    claims: &str,
    wire: &TokenWire,
) -> Result<Answer, Error> {
    let url = token_url(&desk.profile, wanted.tenant);
    let proof = desk.prover.proof(desk, wire, url.as_str()).await?;
    let client = client(&desk.profile, url, &proof);
    let post = Post::new(desk, &client, wanted, wire);
    let mut fields = proof.fields();
    fields.push(("claims".to_owned(), claims.to_owned()));
    let scope = Scope::new(format!("{}/.default", wanted.resource));
    let result = match grant {
        Grant::App => client_credentials::ask(&client, scope, &fields, &post).await,
        Grant::Refresh(token) => refresh_token::ask(&client, token, scope, &fields, &post).await,
    };
    result.map_err(|refusal| post.failed(refusal, wanted, &proof))
}

/// Returns the address of a tenant's token endpoint: the root with a longer path, so that the host is
/// not parsed again.
fn token_url(profile: &Profile, tenant: &str) -> TokenUrl {
    let mut url = profile.endpoints.login.clone();
    let root = url.path().trim_end_matches('/');
    let path = format!("{root}/{tenant}/oauth2/v2.0/token");
    url.set_path(&path);
    TokenUrl::from_url(url)
}

/// Returns a client of a token endpoint.
fn client(profile: &Profile, url: TokenUrl, proof: &Proof) -> EntraClient {
    let client = oauth2::Client::new(ClientId::new(profile.client_id.clone()))
        .set_token_uri(url)
        .set_auth_type(AuthType::RequestBody);
    match proof {
        Proof::Secret(secret) => {
            client.set_client_secret(ClientSecret::new(secret.expose().clone()))
        }
        Proof::None | Proof::Assertion(_) => client,
    }
}

/// Carries the crate's requests over the pipeline's wire, and keeps the last answer: the crate's
/// errors hold the parsed body alone.
struct Post<'a> {
    wire: &'a TokenWire,
    time: &'a ServiceTime,
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

impl<'a> Post<'a> {
    fn new(
        desk: &'a Desk,
        client: &'a EntraClient,
        wanted: &Wanted<'a>,
        wire: &'a TokenWire,
    ) -> Self {
        Self {
            wire,
            time: &desk.time,
            url: client.token_uri().url(),
            tenant: wanted.tenant,
            last: Mutex::new(None),
        }
    }

    /// Returns the error of a request that brought no token.
    fn failed(&self, refusal: Refusal, wanted: &Wanted<'_>, proof: &Proof) -> Error {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        failure(refusal, wanted, proof, last.as_ref())
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let (parts, body) = request.into_parts();
        let mut headers: HeaderMap = parts.headers;
        if let Ok(id) = HeaderValue::try_from(random::guid().to_string()) {
            headers.insert(REQUEST_ID, id);
        }
        let answer = self
            .wire
            .post(self.url.clone(), self.tenant, headers, body.into())
            .await?;
        self.time.learn(&answer.headers);
        let mut response = HttpResponse::new(answer.body.to_vec());
        *response.status_mut() = answer.status;
        // Of the headers the crate looks at this one alone.
        if let Some(kind) = answer.headers.get(CONTENT_TYPE) {
            response.headers_mut().insert(CONTENT_TYPE, kind.clone());
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        Ok(response)
    }
}

fn brought(answer: &Answer) -> Result<Brought, Error> {
    let issued = Issued {
        token: Token::new(answer.access_token().secret())?,
        lives: answer.expires_in().unwrap_or(UNSAID),
        soon: answer.refresh_in(),
    };
    let refresh = answer
        .refresh_token()
        .map(|token| Secret::new(token.secret().clone()));
    Ok(Brought { issued, refresh })
}

fn failure(
    refusal: Refusal,
    wanted: &Wanted<'_>,
    proof: &Proof,
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
        RequestTokenError::ServerResponse(refusal) => {
            let error = refusal.into_error(wanted, answer);
            match proof {
                Proof::Secret(secret) if error.code() == Code::AuthClient => {
                    match remedy::looks_like_an_id(secret) {
                        Some(note) => error.help(note),
                        None => error,
                    }
                }
                _ => error,
            }
        }
        RequestTokenError::Parse(error, _) => unreadable(answer, &error.to_string()),
        RequestTokenError::Other(why) => unreadable(answer, &why),
    }
}

/// Returns the error for a refusal that did not come by way of the `oauth2` crate.
fn refused(answer: &Response, wanted: &Wanted<'_>, proof: &Proof) -> Error {
    let refusal = match serde_json::from_slice(&answer.body) {
        Ok(refusal) => RequestTokenError::ServerResponse(refusal),
        Err(why) => RequestTokenError::Other(why.to_string()),
    };
    failure(refusal, wanted, proof, Some(answer))
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
        .help("look whether the login address (TENANTRY_ENDPOINT_LOGIN, or `login` of the profile's endpoints) is right, and whether a proxy or a sign-in page stands between")
        .sent(Sent::Yes)
}
