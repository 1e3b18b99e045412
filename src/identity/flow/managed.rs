//! The machine's own identity: Azure's metadata service (IMDS), or App Service, Functions and
//! Container Apps. It serves the tenant that the machine belongs to and no other. Source: Microsoft
//! Entra, "How to use managed identities on an Azure VM to acquire an access token".

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use oauth2::TokenResponse;
use url::Url;

use super::answer::Answer;
use super::no_promise;
use crate::error::{Code, Error};
use crate::http::{Response, Token, TokenWire};
use crate::identity::cache::Issued;
use crate::identity::desk::Desk;
use crate::identity::entra::{EntraError, Wanted};

const IMDS: &str = "http://169.254.169.254";
const IMDS_HOST: &str = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
const ENDPOINT: &str = "IDENTITY_ENDPOINT";
const HEADER: &str = "IDENTITY_HEADER";
/// Waits before each repetition, in seconds; an identity that is being set up needs some time.
const WAITS: [u64; 5] = [0, 2, 6, 14, 30];
/// The metadata service itself is being renewed (410), which takes up to 70 seconds.
const RENEWING: Duration = Duration::from_secs(70);

/// Asks the machine for a token for `wanted.resource`.
pub(super) async fn ask(
    desk: &Desk,
    wire: &TokenWire,
    wanted: &Wanted<'_>,
    client: Option<&str>,
) -> Result<Issued, Error> {
    let (url, headers) = request(desk, wanted.resource, client)?;
    let mut waited = Duration::ZERO;
    let mut number = 0;
    let answer = loop {
        let sent = wire.get_once(url.clone(), "machine", headers.clone());
        let answer = sent.await.map_err(|error| absent(error, &url))?;
        let wait = match (answer.status.as_u16(), WAITS.get(number)) {
            (410, _) if waited < RENEWING => Duration::from_secs(10),
            (404 | 500..=599, Some(wait)) => Duration::from_secs(*wait),
            _ => break answer,
        };
        number += 1;
        waited += wait;
        wire.wait(&**desk.time.clock(), wait).await?;
    };
    desk.time.learn(&answer.headers);
    read(desk, wanted, &answer)
}

fn request(desk: &Desk, resource: &str, client: Option<&str>) -> Result<(Url, HeaderMap), Error> {
    let get = |name| desk.surroundings.get(name);
    let mut headers = HeaderMap::new();
    let (text, version) = if let (Some(endpoint), Some(secret)) = (get(ENDPOINT), get(HEADER)) {
        let mut secret = HeaderValue::from_str(&secret).map_err(|_| unfit(HEADER))?;
        secret.set_sensitive(true);
        headers.insert("x-identity-header", secret);
        (endpoint, "2019-08-01")
    } else {
        headers.insert("metadata", HeaderValue::from_static("true"));
        let host = get(IMDS_HOST).unwrap_or_else(|| IMDS.to_owned());
        let host = host.trim_end_matches('/');
        (
            format!("{host}/metadata/identity/oauth2/token"),
            "2018-02-01",
        )
    };
    let mut url = Url::parse(&text).map_err(|_| unfit(&text))?;
    let mut query = url.query_pairs_mut();
    query.append_pair("api-version", version);
    query.append_pair("resource", resource);
    if let Some(client) = client {
        query.append_pair("client_id", client);
    }
    drop(query);
    Ok((url, headers))
}

fn read(desk: &Desk, wanted: &Wanted<'_>, answer: &Response) -> Result<Issued, Error> {
    if answer.status.is_success() {
        let read: Answer = serde_json::from_slice(&answer.body)
            .map_err(|why| no_promise(answer, &why.to_string()))?;
        let until = read.expires_on().map(|until| {
            let left = until.duration_since(desk.time.now());
            Duration::try_from(left).unwrap_or_default()
        });
        let lives = read.expires_in().or(until).unwrap_or(super::UNSAID);
        return Ok(Issued {
            token: Token::new(read.access_token().secret())?,
            lives,
            // Renewed at half its life, as the identity's own libraries do.
            soon: Some(read.refresh_in().unwrap_or(lives / 2)),
        });
    }
    match serde_json::from_slice::<EntraError>(&answer.body) {
        Ok(refusal) if !refusal.error.is_empty() => {
            Err(refusal.into_error(wanted, Some(answer)).help(
                "look whether the machine has a managed identity, and the profile its client id",
            ))
        }
        _ => Err(no_promise(
            answer,
            &format!("the status is {}", answer.status),
        )),
    }
}

/// Returns the error of a machine that has no such service.
fn absent(error: Error, url: &Url) -> Error {
    if !matches!(error.code(), Code::HttpConnect | Code::HttpTimeout) {
        return error;
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    error.help(format!(
        "a managed identity exists on Azure machines only: nothing answers at {host} here; sign in with a secret or a certificate elsewhere"
    ))
}

fn unfit(what: &str) -> Error {
    Error::new(
        Code::AuthClient,
        format!("`{what}` makes no request for a managed identity"),
    )
    .help(format!(
        "look at the variables {ENDPOINT}, {HEADER} and {IMDS_HOST}"
    ))
}
