//! An assertion that another issuer gives about the workload (workload identity federation): from a
//! file that is read each time, since its issuer renews it, or from GitHub Actions. Sources:
//! Microsoft identity platform, "Workload identity federation"; GitHub, "`OpenID` Connect reference".

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use serde::Deserialize;
use url::Url;

use crate::base::clock::{Timestamp, later};
use crate::base::file::read_text;
use crate::base::secret::Secret;
use crate::config::Assertion;
use crate::error::{Code, Error, Sent};
use crate::http::{Claims, TokenWire};
use crate::identity::desk::Desk;
use crate::identity::safe::off_thread;

const AUDIENCE: &str = "api://AzureADTokenExchange";
const URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
/// GitHub's token is asked for again when it has less than this left.
const MARGIN: Duration = Duration::from_secs(60);

/// The assertion that GitHub gave last, and until when it serves.
#[derive(Debug, Default)]
pub(super) struct Federated(Mutex<Option<(Secret<String>, Timestamp)>>);

#[derive(Deserialize)]
struct Given {
    value: String,
}

impl Federated {
    /// Returns an assertion from `source`.
    pub(super) async fn assertion(
        &self,
        source: &Assertion,
        desk: &Desk,
        wire: &TokenWire,
    ) -> Result<Secret<String>, Error> {
        match source {
            Assertion::File(path) => {
                let path = path.clone();
                off_thread(move || from_file(&path)).await
            }
            Assertion::GitHub => {
                if let Some(kept) = self.kept(desk.time.now()) {
                    return Ok(kept);
                }
                let given = from_github(desk, wire).await?;
                if let Some(until) = expiry(&given) {
                    *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
                        Some((given.clone(), until));
                }
                Ok(given)
            }
        }
    }

    fn kept(&self, now: Timestamp) -> Option<Secret<String>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (given, until) = kept.as_ref()?;
        (later(now, MARGIN) < *until).then(|| given.clone())
    }
}

fn expiry(assertion: &Secret<String>) -> Option<Timestamp> {
    Claims::of(assertion.expose()).ok()?.expires()
}

fn from_file(path: &Path) -> Result<Secret<String>, Error> {
    let text = read_text(path).map_err(|reason| {
        Error::new(
            Code::AuthClient,
            format!("the federated assertion cannot be read: {reason}"),
        )
        .help("look whether the workload's token is mounted where the profile says")
    })?;
    let text = text.trim();
    if text.is_empty() {
        let message = format!("the federated assertion `{}` is empty", path.display());
        return Err(Error::new(Code::AuthClient, message)
            .help("look whether the workload's issuer has written its token yet"));
    }
    Ok(Secret::new(text.to_owned()))
}

async fn from_github(desk: &Desk, wire: &TokenWire) -> Result<Secret<String>, Error> {
    let outside = || {
        Error::new(
            Code::AuthClient,
            format!("GitHub gives no token here: {URL} and {TOKEN} are not set"),
        )
        .help("run it in a GitHub Actions job with `permissions: id-token: write`")
    };
    let url = desk.surroundings.get(URL).ok_or_else(outside)?;
    let bearer = desk.surroundings.get(TOKEN).ok_or_else(outside)?;
    let unfit = |what: &str| Error::new(Code::AuthClient, format!("{what} cannot be used"));
    let mut url = Url::parse(&url).map_err(|_| unfit(URL))?;
    url.query_pairs_mut().append_pair("audience", AUDIENCE);
    let mut bearer =
        HeaderValue::from_str(&format!("Bearer {bearer}")).map_err(|_| unfit(TOKEN))?;
    bearer.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, bearer);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let answer = wire.get_with(url, "github", headers).await?;
    if !answer.status.is_success() {
        let message = format!("GitHub gave no token: it answered {}", answer.status);
        return Err(Error::new(Code::AuthClient, message)
            .help("look whether the job has `permissions: id-token: write`")
            .sent(Sent::Yes));
    }
    let given: Given = serde_json::from_slice(&answer.body)
        .map_err(|_| answer.not_as_promised("it holds no `value`"))?;
    Ok(Secret::new(given.value))
}
