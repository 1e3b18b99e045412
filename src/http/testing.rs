//! What the tests of this layer share: a tiny scripted service on loopback, calls, and a source of
//! tokens that needs no service.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use super::{Ask, Call, Client, Settings, StepKey, Tenant, Token, TokenSource, TokenWire};
use crate::api::model::{Auth, Effect, Idempotency, Verb};
use crate::api::{Principal, ServiceName};
use crate::base::clock::{BoxFuture, Clock, Timestamp, VirtualClock, Work};
use crate::error::Error;

/// A request as the service received it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    pub line: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// What the service does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Answers with status, headers and body.
    Answer(u16, Vec<(String, String)>, Vec<u8>),
    /// Writes these bytes and closes.
    Raw(Vec<u8>),
    /// Closes without a word.
    Drop,
    /// Says nothing and keeps the connection open.
    Hang,
}

/// Returns an answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> Reply {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Reply::Answer(status, headers, body.as_bytes().to_vec())
}

impl Reply {
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer(_, headers, _) = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

type Handler = dyn Fn(usize, &Received) -> Reply + Send + Sync;

/// A service on loopback that does what a function says.
pub(crate) struct Service {
    pub url: Url,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Service {
    /// Answers the n-th request (from 0) with what `handler` returns.
    pub(crate) fn new(handler: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let received = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&received);
        let handler: Arc<Handler> = Arc::new(handler);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (seen, handler) = (Arc::clone(&seen), Arc::clone(&handler));
                thread::spawn(move || serve(stream, &seen, &*handler));
            }
        });
        Self {
            url: Url::parse(&format!("http://{address}/pc")).expect("a URL"),
            received,
        }
    }

    /// Gives these answers, one after the other; then 500.
    pub(crate) fn scripted(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Mutex<VecDeque<Reply>> = Mutex::new(replies.into_iter().collect());
        Self::new(move |_, _| {
            let next = replies.lock().expect("no panic").pop_front();
            next.unwrap_or_else(|| json(500, ""))
        })
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no panic").clone()
    }
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Received>>, handler: &Handler) {
    let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
    while let Some(request) = read(&mut reader) {
        let number = {
            let mut seen = seen.lock().expect("no panic");
            seen.push(request.clone());
            seen.len() - 1
        };
        let head = request.line.starts_with("HEAD");
        match handler(number, &request) {
            Reply::Answer(status, headers, body) => {
                let mut text = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n", body.len());
                for (name, value) in headers {
                    text.extend([&name, ": ", &value, "\r\n"]);
                }
                let mut bytes = (text + "\r\n").into_bytes();
                if !head {
                    bytes.extend(body);
                }
                if stream.write_all(&bytes).is_err() {
                    return;
                }
            }
            Reply::Raw(bytes) => {
                let _ = stream.write_all(&bytes);
                return;
            }
            Reply::Drop => return,
            Reply::Hang => thread::sleep(Duration::from_secs(3600)),
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut request = Received::default();
    reader.read_line(&mut request.line).ok()?;
    if request.line.is_empty() {
        return None;
    }
    request.line = request.line.trim_end().to_owned();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        request
            .headers
            .insert(name.to_lowercase(), value.to_owned());
    }
    let length = request.headers.get("content-length");
    let mut body = vec![0; length.map_or(0, |text| text.parse().expect("a length"))];
    reader.read_exact(&mut body).ok()?;
    request.body = String::from_utf8(body).expect("text");
    Some(request)
}

/// Gives `token-1`, then, when that was refused, `token-2`, and so on.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<u32>);

impl TokenSource for Tokens {
    fn principal(&self, call: &Call) -> Result<Principal, Error> {
        Ok(call.principal.unwrap_or(Principal::App))
    }

    fn known(&self, tenant: &Tenant) -> Option<Arc<str>> {
        Some(match tenant {
            Tenant::Home => "home".into(),
            Tenant::Of(id) => id.as_str().into(),
        })
    }

    fn resolve<'a>(
        &'a self,
        _tenant: &'a Tenant,
        _wire: &'a TokenWire,
    ) -> BoxFuture<'a, Result<Arc<str>, Error>> {
        Box::pin(async { Ok("home".into()) })
    }

    fn token<'a>(
        &'a self,
        _ask: &'a Ask,
        _wire: &'a TokenWire,
    ) -> BoxFuture<'a, Result<Token, Error>> {
        let number = *self.0.lock().expect("no panic") + 1;
        Box::pin(async move { Token::new(&format!("token-{number}")) })
    }

    fn refused(&self, _ask: &Ask, _token: &Token, _claims: Option<String>) {
        *self.0.lock().expect("no panic") += 1;
    }
}

/// A clock that jumps when everyone waits.
pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(VirtualClock::jumping(Timestamp::UNIX_EPOCH))
}

/// Settings for a service, with a jumping clock and everything granted.
pub(crate) fn settings(service: &Url) -> Settings {
    let roots = ServiceName::ALL.map(|name| (name, service.clone()));
    let mut settings = Settings::new(roots.into(), clock(), Arc::new(Tokens::default()));
    settings.grants = vec![Effect::Write, Effect::Spend, Effect::Destroy];
    settings.seed = Some(1);
    settings
}

/// A client, and the work of the lane that uses it.
pub(crate) struct Lane {
    pub client: Arc<Client>,
    _work: Work,
}

impl Lane {
    pub(crate) fn new(settings: Settings) -> Self {
        let work = Work::begin(&settings.clock);
        Self {
            client: Arc::new(Client::new(settings)),
            _work: work,
        }
    }

    pub(crate) fn to(service: &Service) -> Self {
        Self::new(settings(&service.url))
    }

    /// Returns the seconds that have passed by the clock.
    pub(crate) fn seconds(&self) -> i64 {
        self.client.clock().now().as_second()
    }
}

/// A call that reads.
pub(crate) fn get(target: &str) -> Call {
    Call {
        service: ServiceName::Partner,
        operation: "partner::customers".into(),
        verb: Verb::Get,
        target: target.to_owned(),
        headers: Vec::new(),
        body: None,
        effect: Effect::Read,
        idempotency: Idempotency::None,
        auth: Auth::Either,
        principal: None,
        tenant: Tenant::Home,
        about: None,
        absent_is_answer: false,
        step: StepKey("run/main/1/customers".to_owned()),
    }
}

/// A call that writes, recognised as `idempotency` says.
pub(crate) fn post(target: &str, idempotency: Idempotency) -> Call {
    Call {
        verb: Verb::Post,
        operation: "partner::create_customer".into(),
        body: Some(Bytes::from_static(b"{\"a\":1}")),
        effect: Effect::Write,
        idempotency,
        ..get(target)
    }
}
