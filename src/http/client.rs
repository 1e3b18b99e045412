//! The door to the services for scripts: a lane waits where it calls, on its own stack.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use url::Url;

use super::answer;
use super::call::{Call, StepKey, Tenant};
use super::claims::Claims;
use super::pager::Pager;
use super::pipeline::Pipeline;
use super::policy::allowance::Allowance;
use super::policy::journal::Act;
use super::refusal;
use super::request::{Request, stopped, wait};
use super::response::Response;
use super::runtime::Runtime;
use super::settings::Settings;
use super::tokens::{Ask, TokenSource, TokenWire};
use crate::api::model::{Effect, Idempotency, Paging, Verb};
use crate::api::{ServiceName, dialect};
use crate::base::cancel::Cancel;
use crate::base::clock::Clock;
use crate::error::{Code, Error};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Sends calls through the pipeline.
#[derive(Debug)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
    pub(crate) cancel: Cancel,
}

/// What all clients of a session share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) pipeline: Arc<Pipeline>,
    pub(crate) runtime: Runtime,
    pub(crate) clock: Arc<dyn Clock>,
    tokens: Arc<dyn TokenSource>,
    roots: BTreeMap<ServiceName, Url>,
}

impl Client {
    /// Creates a client. No thread is started and nothing is opened before the first call.
    pub fn new(settings: Settings) -> Self {
        Self {
            cancel: settings.cancel.clone(),
            shared: Arc::new(Shared {
                pipeline: Arc::new(Pipeline::new(&settings)),
                runtime: Runtime::default(),
                clock: settings.clock,
                tokens: settings.tokens,
                roots: settings.roots,
            }),
        }
    }

    /// Returns a client that shares everything with this one but is stopped by another token: for
    /// what still has to be done after the run was told to stop.
    #[must_use]
    pub fn stopped_by(&self, cancel: Cancel) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            cancel,
        }
    }

    /// Makes a call and waits for its answer; blocks the calling lane, which must hold a
    /// [`Work`](crate::base::clock::Work). An answer is 2xx (or 404 where that is an answer), and
    /// JSON unless the call accepts something else; everything else is an error with the service's
    /// whole fault.
    pub fn call(&self, call: &Call) -> Result<Response, Error> {
        let request = self.admit(call)?;
        let answered = self.step(&call.step, call.effect, &|| {
            let answer = answer::accept(call, &request, self.send(request.clone())?)?;
            if answer::promises_json(call) {
                answer.promised_json()?;
            }
            Ok(answer)
        });
        answered.map_err(|error| self.advised(call, error))
    }

    /// Returns an error of a call with what would be enough, where the service forbade it or no token
    /// was issued for want of consent.
    pub(super) fn advised(&self, call: &Call, error: Error) -> Error {
        let error = refusal::of_tenant(error);
        let Some(operation) = refusal::needs(call) else {
            return error;
        };
        if error.code() == Code::AuthConsentMissing {
            return refusal::without_consent(operation, error);
        }
        if !refusal::is_denied(error.parts().fault.as_ref()) {
            return error;
        }
        match (self.claims(call), self.home()) {
            (Ok(claims), Ok(home)) => refusal::told_apart(operation, &claims, &home, error),
            _ => error,
        }
    }

    /// Returns a pager that makes the call when its first page is asked for.
    pub fn pages(self: &Arc<Self>, call: Call, paging: Paging) -> Pager {
        Pager::new(Arc::clone(self), call, paging)
    }

    /// Returns a pager of a list whose first page is here already.
    pub fn pages_after(self: &Arc<Self>, call: Call, paging: Paging, first: Response) -> Pager {
        Pager::after(Arc::clone(self), call, paging, first)
    }

    /// Waits for a duration of the clock's time; blocks the calling lane, which must hold a
    /// [`Work`](crate::base::clock::Work). Ends early with an error when the run is told to stop.
    pub fn pause(&self, duration: Duration) -> Result<(), Error> {
        let (clock, cancel) = (Arc::clone(&self.shared.clock), self.cancel.clone());
        self.shared
            .runtime
            .run(async move { wait(&*clock, duration, &cancel).await })
    }

    /// Returns the clock that calls are made by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.clock
    }

    /// Returns the id of the profile's own tenant. A domain is resolved when it is met for the first
    /// time, which blocks the calling lane; it must hold a [`Work`](crate::base::clock::Work).
    pub fn home(&self) -> Result<Arc<str>, Error> {
        self.tenant(&Tenant::Home)
    }

    /// Returns whether the profile manages its own tenant alone.
    pub fn only_tenant(&self) -> bool {
        self.shared.tokens.only_tenant()
    }

    /// Fails if the run may not make this call; nothing is sent.
    pub fn granted(&self, call: &Call) -> Result<(), Error> {
        self.shared.pipeline.access.check(call)
    }

    /// Returns what the token says about itself that the call would be made with. The call is not
    /// made; blocks like one.
    pub fn claims(&self, call: &Call) -> Result<Claims, Error> {
        stopped(&self.cancel)?;
        let ask = self.ask(call)?;
        let (tokens, wire) = (Arc::clone(&self.shared.tokens), self.token_wire());
        let token = self
            .shared
            .runtime
            .run(async move { tokens.token(&ask, &wire).await })?;
        token.claims()
    }

    /// Gets an address of a service once, without a token, and returns whatever comes back: to see
    /// who is there. Blocks like a call.
    pub fn look(&self, service: &'static str, url: Url) -> Result<Response, Error> {
        stopped(&self.cancel)?;
        let mut request = Request {
            service,
            operation: "look".into(),
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: None,
            effect: Effect::Read,
            repeatable: false,
            quota: "nobody".into(),
            ask: None,
            cancel: self.cancel.clone(),
        };
        let pipeline = Arc::clone(&self.shared.pipeline);
        self.shared
            .runtime
            .run(async move { pipeline.bare.send(&mut request).await })
    }

    /// Returns what services have said is left of their limits.
    pub fn allowances(&self) -> Vec<Allowance> {
        self.shared.pipeline.throttle.allowances.all()
    }

    /// Returns the address at which an administrator of a tenant consents to the application.
    pub fn consent_address(&self, tenant: &Tenant) -> Result<Url, Error> {
        let found = self.shared.tokens.consent_address(tenant);
        found.ok_or_else(|| {
            let message = "the identity service has no page for an administrator's consent";
            Error::new(Code::AuthConsentMissing, message)
        })
    }

    /// Returns the token that a call needs.
    fn ask(&self, call: &Call) -> Result<Ask, Error> {
        Ok(Ask {
            principal: self.shared.tokens.principal(call)?,
            tenant: self.tenant(&call.tenant)?,
            service: call.service,
        })
    }

    fn token_wire(&self) -> TokenWire {
        TokenWire {
            wire: Arc::clone(&self.shared.pipeline.for_tokens),
            cancel: self.cancel.clone(),
        }
    }

    /// Fails unless the call may be made; decides as whom and for which tenant, and returns its
    /// request. No token has been asked for yet; a domain is resolved when it is met for the first
    /// time.
    pub(crate) fn admit(&self, call: &Call) -> Result<Request, Error> {
        stopped(&self.cancel)?;
        self.shared.pipeline.access.check(call)?;
        let ask = self.ask(call)?;
        Ok(Request {
            service: call.service.as_str(),
            operation: call.operation.clone(),
            method: method(call.verb),
            url: self.url(call)?,
            headers: headers(call)?,
            body: call.body.clone(),
            effect: call.effect,
            repeatable: repeatable(call),
            quota: quota(call, &ask),
            ask: Some(ask),
            cancel: self.cancel.clone(),
        })
    }

    /// Does a step of the run: it is answered from the journal, or done by `perform`.
    pub(crate) fn step(
        &self,
        key: &StepKey,
        effect: Effect,
        perform: &dyn Fn() -> Result<Response, Error>,
    ) -> Result<Response, Error> {
        let act = Sending { effect, perform };
        self.shared.pipeline.journal.step(key, &act)
    }

    /// Sends a request over the wire and waits for whatever comes back.
    pub(crate) fn send(&self, mut request: Request) -> Result<Response, Error> {
        let pipeline = Arc::clone(&self.shared.pipeline);
        self.shared
            .runtime
            .run(async move { pipeline.wire.send(&mut request).await })
    }

    /// Runs fibers on this thread until all have ended; their calls are made here meanwhile.
    pub fn drive_here(&self, fibers: Pin<&mut dyn Future<Output = ()>>) -> Result<(), Error> {
        self.shared.runtime.drive(fibers)
    }

    /// Returns the root of a service.
    pub(crate) fn root(&self, service: ServiceName) -> Result<&Url, Error> {
        self.shared.roots.get(&service).ok_or_else(|| {
            Error::new(
                Code::UsageEnvironment,
                format!("the profile has no address for {}", service.as_str()),
            )
        })
    }

    /// Returns where a call goes: the root with another path, so that the host is neither parsed again
    /// nor can be another one.
    pub(crate) fn url(&self, call: &Call) -> Result<Url, Error> {
        Ok(url_beneath(self.root(call.service)?, &call.target))
    }

    /// Returns the id of a tenant; blocks when it has to be asked for, and must then hold a
    /// [`Work`](crate::base::clock::Work).
    pub fn tenant(&self, tenant: &Tenant) -> Result<Arc<str>, Error> {
        let tokens = &self.shared.tokens;
        if let Some(id) = tokens.known(tenant) {
            return Ok(id);
        }
        let wire = self.token_wire();
        let (tokens, tenant) = (Arc::clone(tokens), tenant.clone());
        self.shared
            .runtime
            .run(async move { tokens.resolve(&tenant, &wire).await })
    }
}

/// Returns the address of path and query beneath a root. They are set, not joined, so that nothing in
/// them leads elsewhere: neither `//host` nor `/a:`.
pub(super) fn url_beneath(root: &Url, target: &str) -> Url {
    let mut url = root.clone();
    let before = root.path().trim_end_matches('/');
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    url.set_path(&format!("{before}{path}"));
    url.set_query(query);
    url
}

/// Returns whose limits the call counts against.
fn quota(call: &Call, ask: &Ask) -> Arc<str> {
    match &call.about {
        Some(id) => id.as_str().into(),
        None => Arc::clone(&ask.tenant),
    }
}

/// The rest of the pipeline beneath a step.
struct Sending<'a> {
    effect: Effect,
    perform: &'a dyn Fn() -> Result<Response, Error>,
}

impl Act for Sending<'_> {
    fn effect(&self) -> Effect {
        self.effect
    }

    fn admit(&self) -> Result<(), Error> {
        Ok(()) // the place of limits, plan and approval
    }

    fn perform(&self) -> Result<Response, Error> {
        (self.perform)()
    }
}

fn method(verb: Verb) -> Method {
    match verb {
        Verb::Get => Method::GET,
        Verb::Head => Method::HEAD,
        Verb::Post => Method::POST,
        Verb::Put => Method::PUT,
        Verb::Patch => Method::PATCH,
        Verb::Delete => Method::DELETE,
    }
}

/// Returns whether the call may be made twice: it changes nothing, twice is as good as once, or the
/// service recognises it.
fn repeatable(call: &Call) -> bool {
    call.effect == Effect::Read
        || match call.idempotency {
            Idempotency::Idempotent => true,
            Idempotency::RequestId => call.service == ServiceName::Partner,
            Idempotency::None | Idempotency::NaturalKey(_) => false,
        }
}

/// Returns the headers of a call: what the service always wants, then the call's own.
fn headers(call: &Call) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::with_capacity(12);
    for (name, value) in dialect::of(call.service).request_headers() {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if call.body.is_some() {
        headers.insert(CONTENT_TYPE, JSON);
    }
    for (name, value) in &call.headers {
        let (name, value) = header(name, value)?;
        headers.insert(name, value);
    }
    Ok(headers)
}

/// Returns a header, if its name and value can be sent.
pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    match (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
        (Ok(name), Ok(value)) => Ok((name, value)),
        _ => Err(Error::new(
            Code::ScriptArgument,
            format!("the header `{name}` cannot carry that value"),
        )),
    }
}
