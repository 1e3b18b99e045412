//! A session whose services are canned answers, for tests.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};
use rhai::Engine;
use url::Url;

use super::door::{Door, Pages};
use super::host::Host;
use super::params::Header;
use super::record::{Origin, Record, Secrets, Shape};
use super::texts::Names;
use super::{Prompt, Settings, engine as engines, scan};
use crate::api::ServiceName;
use crate::api::model::{Operation, Paging, Ty};
use crate::base::cancel::Cancel;
use crate::base::clock::{self, Clock, Timestamp, VirtualClock};
use crate::base::fiber;
use crate::error::Error;
use crate::http::{
    Allowance, Call, Claims, Ended, Looks, Page, Part, Response, Tenant, Wait, Watch,
};
use crate::report::{Output, Progress, Task};

const ROOT: &str = "http://127.0.0.1:1/pc";

/// An answer: status, headers and body.
type Canned = (u16, HeaderMap, String);

/// A door to nowhere: it keeps what was sent, and answers what it was told to.
#[derive(Debug)]
pub(super) struct Canning {
    clock: Arc<dyn Clock>,
    answers: Mutex<VecDeque<Canned>>,
    /// Whether the profile manages its own tenant alone.
    pub(super) alone: AtomicBool,
    pub(super) sent: Mutex<Vec<Call>>,
}

impl Canning {
    /// Answers a call; a refusal is an error with what the service says.
    fn judged(&self, call: &Call) -> Result<Response, Error> {
        let answer = self.answer(call);
        if answer.status.is_success() || call.absent_is_answer {
            return Ok(answer);
        }
        let dialect = crate::api::dialect::of(call.service);
        let fault = dialect.fault(answer.status.as_u16(), &answer.headers, &answer.body);
        Err(Error::new(dialect.code(&fault), fault.message.clone()).fault(fault))
    }

    /// Returns the pages that begin with this body.
    fn paged(&self, call: &Call, paging: Paging, mut body: Bytes) -> Box<dyn Pages> {
        let mut pages = VecDeque::new();
        loop {
            let dialect = crate::api::dialect::of(call.service);
            let split = dialect.page(&body, paging).expect("a page");
            pages.push_back(Ok(Page {
                body,
                items: split.items,
            }));
            if split.next.is_none() {
                return Box::new(Ready(pages));
            }
            body = self.answer(call).body;
        }
    }

    fn waited(&self, wait: Wait) -> Ended {
        let mut poller = wait.poller;
        let mut looks = 0;
        while let Some((look, at)) = poller.next() {
            if wait.looks == Looks::One && looks == 1 {
                break;
            }
            let pause = at.duration_since(self.clock.now());
            let pause = Duration::try_from(pause).unwrap_or_default();
            self.pause(pause).expect("a pause");
            let answer = self.answer(look);
            poller.step(answer, self.clock.now());
            looks += 1;
        }
        let result = poller.result();
        Ended { poller, result }
    }

    fn answer(&self, call: &Call) -> Response {
        self.sent.lock().expect("no panic").push(call.clone());
        let canned = self.answers.lock().expect("no panic").pop_front();
        let (status, headers, body) =
            canned.unwrap_or_else(|| panic!("no answer is left for {call:?}"));
        Response {
            status: StatusCode::from_u16(status).expect("a status"),
            headers,
            body: Bytes::from(body),
            url: Url::parse(&format!("{ROOT}{}", call.target)).expect("a URL"),
        }
    }
}

impl Door for Canning {
    fn granted(&self, _call: &Call) -> Result<(), Error> {
        Ok(())
    }

    fn call(&self, call: &Call) -> Result<Response, Error> {
        self.judged(call)
    }

    fn pages(&self, call: Call, paging: Paging) -> Box<dyn Pages> {
        match self.judged(&call) {
            Ok(first) => self.paged(&call, paging, first.body),
            Err(error) => Box::new(Ready([Err(error)].into())),
        }
    }

    fn pages_after(&self, call: Call, paging: Paging, first: Response) -> Box<dyn Pages> {
        self.paged(&call, paging, first.body)
    }

    fn batch(&self, parts: &[Part]) -> Result<Vec<Result<Response, Error>>, Error> {
        Ok(parts.iter().map(|part| self.judged(&part.call)).collect())
    }

    fn root(&self, _service: ServiceName) -> Result<Url, Error> {
        Ok(Url::parse(ROOT).expect("a URL"))
    }

    /// One after the other: what waits longest holds up the rest.
    fn wait(&self, all: Vec<Wait>, _watch: Watch) -> Vec<Ended> {
        all.into_iter().map(|one| self.waited(one)).collect()
    }

    fn pause(&self, time: Duration) -> Result<(), Error> {
        let sleep = clock::sleep(&*self.clock, time);
        if fiber::inside() {
            fiber::wait(sleep);
        } else {
            block_on(sleep);
        }
        Ok(())
    }

    fn home(&self) -> Result<Arc<str>, Error> {
        Ok("c0000000-0000-4000-8000-000000000000".into())
    }

    fn only_tenant(&self) -> bool {
        self.alone.load(Ordering::Relaxed)
    }

    /// The answer's body are the claims.
    fn claims(&self, call: &Call) -> Result<Claims, Error> {
        let body = BASE64URL.encode(self.answer(call).body);
        Claims::of(&format!("e30.{body}.c2ln"))
    }

    fn consent_address(&self, tenant: &Tenant) -> Result<Url, Error> {
        let url = format!("http://127.0.0.1:1/login/{tenant:?}");
        Ok(Url::parse(&url).expect("a URL"))
    }

    fn look(&self, _service: ServiceName, _url: Url) -> Result<Response, Error> {
        panic!("nobody is looked for here")
    }

    fn allowances(&self) -> Vec<Allowance> {
        Vec::new()
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn drive(&self, fibers: Pin<&mut dyn Future<Output = ()>>) -> Result<(), Error> {
        block_on(fibers);
        Ok(())
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future)
}

/// Pages that are known already.
struct Ready(VecDeque<Result<Page, Error>>);

impl Pages for Ready {
    fn next_page(&mut self) -> Result<Option<Page>, Error> {
        self.0.pop_front().transpose()
    }
}

/// Keeps what a script says and emits.
#[derive(Debug, Default)]
pub(super) struct Ears(Mutex<Vec<String>>);

impl Ears {
    fn hear(&self, what: String) {
        self.0.lock().expect("no panic").push(what);
    }

    /// Returns all that was heard so far, by lines.
    pub(super) fn heard(&self) -> String {
        self.0.lock().expect("no panic").join("\n")
    }
}

impl Output for Ears {
    fn emit(&self, json: &str) -> std::io::Result<()> {
        self.hear(format!("emit {json}"));
        Ok(())
    }
    fn table(&self, title: Option<&str>, rows: &[String]) -> std::io::Result<()> {
        self.hear(format!("table {} {}", title.unwrap_or("-"), rows.join(" ")));
        Ok(())
    }
    fn result(&self, json: &str) -> std::io::Result<()> {
        self.hear(format!("result {json}"));
        Ok(())
    }
    fn finish(&self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Progress for Ears {
    fn say(&self, line: &str) {
        self.hear(format!("say {line}"));
    }
    fn start(&self, _label: &str) -> Box<dyn Task> {
        Box::new(Silent)
    }
}

struct Silent;

impl Task for Silent {
    fn set(&self, _done: u64, _of: Option<u64>) {}
    fn note(&self, _words: &str) {}
}

#[derive(Debug)]
struct Yes;

impl Prompt for Yes {
    fn approve(&self, text: &str) -> Result<bool, Error> {
        Ok(text != "refuse")
    }
}

/// A session with canned answers.
pub(super) struct Stage {
    pub(super) settings: Settings,
    pub(super) door: Arc<Canning>,
    pub(super) ears: Arc<Ears>,
}

/// Creates a session that answers with these, in order.
pub(super) fn session(answers: &[(u16, &str)]) -> Stage {
    let answers: Vec<_> = answers
        .iter()
        .map(|(status, body)| (*status, "", *body))
        .collect();
    with_headers(&answers)
}

/// Creates a session that answers with these, in order: status, headers as `name: value` in lines,
/// body.
pub(super) fn with_headers(answers: &[(u16, &str, &str)]) -> Stage {
    let canned = |(status, lines, body): &(u16, &str, &str)| {
        let header = |line: &str| {
            let (name, value) = line.trim().split_once(": ").expect("a header");
            let name: HeaderName = name.parse().expect("a name");
            (name, value.parse().expect("a value"))
        };
        let headers: HeaderMap = lines.lines().map(header).collect();
        (*status, headers, (*body).to_owned())
    };
    let answers: VecDeque<Canned> = answers.iter().map(canned).collect();
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::jumping(
        Timestamp::from_second(1_750_000_000).expect("a time"),
    ));
    let door = Arc::new(Canning {
        clock,
        answers: Mutex::new(answers),
        alone: AtomicBool::default(),
        sent: Mutex::default(),
    });
    let ears = Arc::new(Ears::default());
    let settings = Settings {
        door: Arc::clone(&door) as Arc<dyn Door>,
        services: crate::api::services().to_vec(),
        output: Arc::clone(&ears) as Arc<dyn Output>,
        progress: Arc::clone(&ears) as Arc<dyn Progress>,
        prompt: Arc::new(Yes),
        params: Vec::new(),
        cancel: Cancel::default(),
        lanes: 8,
        files: Vec::new(),
    };
    Stage {
        settings,
        door,
        ears,
    }
}

/// Returns the engine of a session.
pub(super) fn engine(stage: &Stage) -> Engine {
    let host = Host::new(stage.settings.clone());
    engines::create(&host, "", Header::default(), &Names::any())
}

/// Returns an operation of Partner Center.
pub(super) fn operation(name: &str) -> &'static Operation {
    let service = crate::api::service("partner").expect("described");
    service.operation(name).expect("described")
}

/// Returns a record of Partner Center.
pub(super) fn record(schema: &str, text: &str) -> Record {
    let service = crate::api::service("partner").expect("described");
    let (index, _) = service.schema(schema).expect("described");
    let kind = crate::api::model::Kind::Rec(index);
    let ty = service
        .kinds
        .iter()
        .position(|one| *one == kind)
        .expect("interned");
    let origin = Origin {
        service,
        operation: "test",
        keys: Vec::new(),
        tenant: None,
        asked: None,
        secrets: Secrets::of(service, Ty(u16::try_from(ty).expect("small"))),
    };
    let page = Bytes::copy_from_slice(text.as_bytes());
    let at = scan::whole(&page);
    Record::new(page, at, Shape::Rec(index), Arc::new(origin))
}
