//! A person signs in on any other device: a code is shown here and entered there, while this one
//! asks again and again whether it was. The `oauth2` crate's own loop loses what the service says,
//! so it is written out. Sources: RFC 8628; Microsoft identity platform, "OAuth 2.0 device
//! authorization grant flow".

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use super::answer::seconds;
use super::{Answer, no_promise, refused};
use crate::base::clock::{Timestamp, later};
use crate::base::secret::Secret;
use crate::error::{Code, Error, Sent};
use crate::http::{Response, TokenWire};
use crate::identity::authority::Authority;
use crate::identity::claims;
use crate::identity::desk::Desk;
use crate::identity::entra::{EntraError, Wanted};
use crate::identity::proof::Proof;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// How often is asked when the service does not say.
const INTERVAL: Duration = Duration::from_secs(5);
/// What `slow_down` adds to it. Source: RFC 8628, section 3.5.
const SLOWER: Duration = Duration::from_secs(5);
/// The longest pause after failures of the network.
const LONGEST: Duration = Duration::from_secs(60);
/// How long a code lives when the service does not say.
const LIFE: Duration = Duration::from_secs(900);

/// A code that waits to be entered. Its `Debug` does not show the device's own code.
#[derive(Debug, Deserialize)]
pub(crate) struct Pending {
    /// What the person enters.
    pub user_code: String,
    /// Where.
    #[serde(alias = "verification_url")]
    pub verification_uri: Url,
    /// The service's own words for both.
    pub message: Option<String>,
    #[serde(deserialize_with = "secret")]
    device_code: Secret<String>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    #[serde(default, deserialize_with = "seconds")]
    interval: Option<u64>,
}

impl Pending {
    /// Returns what the person is told: the service's words, or our own where it has none.
    pub(crate) fn said(&self) -> String {
        let (url, code) = (&self.verification_uri, &self.user_code);
        let told = self
            .message
            .clone()
            .filter(|said| said.contains(code.as_str()));
        told.unwrap_or_else(|| {
            format!("To sign in, open {url} in a browser and enter the code {code}")
        })
    }
}

fn secret<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Secret<String>, D::Error> {
    String::deserialize(from).map(Secret::new)
}

/// Asks for a code.
pub(crate) async fn begin(
    desk: &Desk,
    authority: &Authority,
    wanted: &Wanted<'_>,
    scope: &str,
    wire: &TokenWire,
) -> Result<Pending, Error> {
    let own = [("scope", scope)];
    let (answer, proof) = post(desk, authority, &authority.device, wanted, &own, wire).await?;
    if answer.status == StatusCode::OK {
        return serde_json::from_slice(&answer.body)
            .map_err(|why| no_promise(&answer, &why.to_string()));
    }
    Err(refused(&answer, wanted, &proof))
}

/// Asks until the code was entered, declined, or has expired; at most until `deadline`.
pub(crate) async fn finish(
    desk: &Desk,
    authority: &Authority,
    wanted: &Wanted<'_>,
    pending: &Pending,
    deadline: Option<Duration>,
    wire: &TokenWire,
) -> Result<Answer, Error> {
    let clock = desk.time.clock();
    let life = pending.expires_in.map_or(LIFE, Duration::from_secs);
    let end = later(clock.now(), deadline.unwrap_or(life).min(life));
    let mut interval = pending.interval.map_or(INTERVAL, Duration::from_secs);
    loop {
        let left = Duration::try_from(end.duration_since(clock.now())).unwrap_or_default();
        wire.wait(&**clock, interval.min(left)).await?;
        if clock.now() >= end {
            return Err(unfinished(end));
        }
        match poll(desk, authority, wanted, pending, wire).await {
            Ok(Polled::Done(answer)) => return Ok(*answer),
            Ok(Polled::Pending) => {}
            Ok(Polled::SlowDown) => interval += SLOWER,
            Err(error) if is_passing(&error) => interval = (interval * 2).min(LONGEST),
            Err(error) => return Err(error),
        }
    }
}

enum Polled {
    Done(Box<Answer>),
    Pending,
    SlowDown,
}

async fn poll(
    desk: &Desk,
    authority: &Authority,
    wanted: &Wanted<'_>,
    pending: &Pending,
    wire: &TokenWire,
) -> Result<Polled, Error> {
    let own = [
        ("grant_type", GRANT),
        ("device_code", pending.device_code.expose().as_str()),
    ];
    let (answer, proof) = post(desk, authority, &authority.token, wanted, &own, wire).await?;
    if answer.status == StatusCode::OK {
        let read = serde_json::from_slice(&answer.body);
        return match read {
            Ok(read) => Ok(Polled::Done(Box::new(read))),
            Err(why) => Err(no_promise(&answer, &why.to_string())),
        };
    }
    let refusal: Option<EntraError> = serde_json::from_slice(&answer.body).ok();
    match refusal.as_ref().map(|refusal| refusal.error.as_str()) {
        Some("authorization_pending") => Ok(Polled::Pending),
        Some("slow_down") => Ok(Polled::SlowDown),
        _ => Err(refused(&answer, wanted, &proof)),
    }
}

/// Posts a form with what every request has, and returns the answer with the proof that was given.
async fn post(
    desk: &Desk,
    authority: &Authority,
    url: &Url,
    wanted: &Wanted<'_>,
    own: &[(&str, &str)],
    wire: &TokenWire,
) -> Result<(Response, Proof), Error> {
    let audience = authority.token.as_str();
    let proof = desk.prover.proof(desk, wire, audience).await?;
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("client_id", &desk.profile.client_id)
        .append_pair("claims", &claims::asked(None))
        .extend_pairs(own)
        .extend_pairs(proof.fields());
    if let Proof::Secret(secret) = &proof {
        form.append_pair("client_secret", secret.expose());
    }
    let body = form.finish();
    let mut headers = HeaderMap::new();
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert(CONTENT_TYPE, kind);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let sent = wire.post(url.clone(), wanted.tenant, headers, body.into());
    let answer = sent.await?;
    desk.time.learn(&answer.headers);
    Ok((answer, proof))
}

/// Returns whether the next question may have more luck.
fn is_passing(error: &Error) -> bool {
    matches!(error.code().family(), "http" | "throttle") && error.code() != Code::HttpTls
}

fn unfinished(end: Timestamp) -> Error {
    Error::new(
        Code::AuthUnfinished,
        format!(
            "nobody entered the code in time, which was until {}",
            end.strftime("%Y-%m-%d %H:%M:%SZ")
        ),
    )
    .help("sign in again and enter the code at once: `tenantry login --device`")
    .sent(Sent::Yes)
}
