//! The one place that opens sockets towards services: connections are reused, answers read whole,
//! failures told apart by what the service may have seen. Redirects are not followed, since they
//! would carry the token elsewhere. Loopback never goes through a proxy.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;

use http::Method;
use http::header::{CONTENT_LENGTH, HeaderValue, USER_AGENT};
use url::{Host, Url};

use super::tls::{self, Own};
use crate::error::{Code, Error, Sent};
use crate::http::request::{Request, stopped, until_stopped};
use crate::http::response::Response;
use crate::http::settings::{Settings, Timeouts};

const PRODUCT: HeaderValue =
    HeaderValue::from_static(concat!("tenantry/", env!("CARGO_PKG_VERSION")));
/// Connections that are kept open for a host; as many as lanes may usefully run.
const IDLE_CONNECTIONS: usize = 64;

/// Sends single attempts.
#[derive(Debug)]
pub(crate) struct Transport {
    timeouts: Timeouts,
    ca_file: Option<PathBuf>,
    /// What `ca_file` holds, once it was read.
    own: OnceLock<Option<Own>>,
    /// By [`Road`]; each is built when it is first taken.
    roads: [OnceLock<reqwest::Client>; 3],
}

/// How a host is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Road {
    /// On this machine or its own network segment (Azure's metadata service), in clear: no proxy, no
    /// certificates.
    Loopback,
    /// On this machine, encrypted.
    LoopbackTls,
    /// Anywhere else, perhaps through a proxy.
    World,
}

impl Road {
    fn to(url: &Url) -> Self {
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback() || address.is_link_local(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        match (loopback, url.scheme()) {
            (true, "http") => Self::Loopback,
            (true, _) => Self::LoopbackTls,
            (false, _) => Self::World,
        }
    }
}

impl Transport {
    /// Takes the settings; opens and reads nothing yet.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            timeouts: settings.timeouts,
            ca_file: settings.ca_file.clone(),
            own: OnceLock::new(),
            roads: Default::default(),
        }
    }

    /// Makes one attempt. When everyone is told to stop, a read ends at once; a write in flight is
    /// given some time, then nobody knows what became of it.
    pub(crate) async fn exchange(&self, request: &Request) -> Result<Response, Error> {
        stopped(&request.cancel)?;
        tokio::select! {
            biased;
            result = self.attempt(request) => result,
            error = self.give_up(request) => Err(error),
        }
    }

    async fn attempt(&self, request: &Request) -> Result<Response, Error> {
        self.own()?;
        let url = request.url.clone();
        let client = self.road(Road::to(&url))?;
        let mut outgoing = reqwest::Request::new(request.method.clone(), url);
        let headers = outgoing.headers_mut();
        headers.clone_from(&request.headers);
        headers.insert(USER_AGENT, PRODUCT);
        match &request.body {
            Some(body) => *outgoing.body_mut() = Some(body.clone().into()),
            // Partner Center refuses a bodiless POST without a length (411).
            None if request.method != Method::GET && request.method != Method::HEAD => {
                headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
            }
            None => {}
        }
        let mut answer = client
            .execute(outgoing)
            .await
            .map_err(|error| trouble(request, &error))?;
        let (status, url) = (answer.status(), answer.url().clone());
        let headers = std::mem::take(answer.headers_mut());
        let body = answer
            .bytes()
            .await
            .map_err(|error| trouble(request, &error))?;
        Ok(Response::new(status, headers, body, url))
    }

    /// Waits until everyone is told to stop, and as long after it as the request deserves.
    async fn give_up(&self, request: &Request) -> Error {
        let error = until_stopped(&request.cancel).await;
        if request.reads() {
            return error;
        }
        tokio::time::sleep(self.timeouts.grace).await;
        Error::new(
            Code::OperationUnknown,
            format!(
                "the run was stopped while {} was carrying out `{}`: it is not known whether it did",
                request.service, request.operation
            ),
        )
        .help("look at the object before you repeat the call")
        .sent(Sent::Unknown)
    }

    /// Returns the certificates that the profile trusts. They are read before anything is sent, on
    /// whichever road: a profile that names a file which cannot be used is wrong as a whole.
    fn own(&self) -> Result<Option<&Own>, Error> {
        if let Some(own) = self.own.get() {
            return Ok(own.as_ref());
        }
        let own = self.ca_file.as_deref().map(tls::own).transpose()?;
        Ok(self.own.get_or_init(|| own).as_ref())
    }

    fn road(&self, road: Road) -> Result<&reqwest::Client, Error> {
        let place = &self.roads[road as usize];
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let client = self.build(road)?;
        Ok(place.get_or_init(|| client))
    }

    fn build(&self, road: Road) -> Result<reqwest::Client, Error> {
        let tls = match road {
            Road::Loopback => tls::trusting_nobody()?,
            Road::LoopbackTls | Road::World => tls::trusting(self.own()?)?,
        };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.timeouts.connect)
            .timeout(self.timeouts.request)
            .pool_max_idle_per_host(IDLE_CONNECTIONS);
        if road != Road::World {
            builder = builder.no_proxy();
        }
        builder.build().map_err(|reason| {
            Error::new(
                Code::HttpTls,
                format!("connections cannot be set up: {}", deepest(&reason)),
            )
        })
    }
}

/// Returns the error of a failed attempt, by what the service may have seen of it.
fn trouble(request: &Request, error: &reqwest::Error) -> Error {
    let host = request.url.host_str().unwrap_or_default();
    let port = request
        .url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let (host, why) = (format!("{host}{port}"), deepest(error));
    if error.is_connect() && is_tls(error) {
        return Error::new(
            Code::HttpTls,
            format!("no trusted connection to {host} could be made: {why}"),
        )
        .help("if its certificate comes from an authority of your own, name the authority's certificates in the profile (`ca_file`) or in TENANTRY_CA_FILE");
    }
    if error.is_connect() {
        return Error::new(
            Code::HttpConnect,
            format!("no connection to {host} could be opened: {why}"),
        )
        .help("look whether the address is right and the service can be reached from here");
    }
    if error.is_timeout() {
        return Error::new(
            Code::HttpTimeout,
            format!("{host} did not answer `{}` in time", request.operation),
        )
        .help("try again later, or ask for less at once; if it happens at every call, look for a proxy or firewall that swallows it")
        .sent(Sent::Unknown);
    }
    Error::new(
        Code::HttpBroken,
        format!("the connection to {host} broke before the whole answer had arrived: {why}"),
    )
    .help("try again; if it happens at every call, look for a proxy or firewall that cuts connections")
    .sent(Sent::Unknown)
}

/// Returns the innermost reason, which says what really happened.
fn deepest(error: &dyn StdError) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// Returns whether a connection failed because no trusted encryption could be agreed on; the other
/// side may also just hang up.
fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    if let Some(io) = error.downcast_ref::<io::Error>() {
        // What an I/O error wraps is not its source.
        return io.kind() == io::ErrorKind::UnexpectedEof
            || io.get_ref().is_some_and(|inner| is_tls(inner));
    }
    error.is::<rustls::Error>() || error.source().is_some_and(is_tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_takes_no_proxy() {
        let check = |url: &str, expected| {
            assert_eq!(
                Road::to(&Url::parse(url).expect("a URL")),
                expected,
                "{url}"
            );
        };
        check("http://127.0.0.1:8080/pc", Road::Loopback);
        check("http://127.3.2.1/", Road::Loopback);
        check("http://169.254.169.254/metadata", Road::Loopback);
        check("http://[::1]:1/", Road::Loopback);
        check("http://localhost:1/", Road::Loopback);
        check("https://localhost:1/", Road::LoopbackTls);
        check("http://localhost.example.com/", Road::World);
        check("https://api.partnercenter.microsoft.com/", Road::World);
    }
}
