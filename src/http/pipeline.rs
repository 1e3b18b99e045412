//! The order of everything that happens to a call, in one place. The first part runs on the lane's
//! own stack and may block (a journal writes to disk); the wire runs on the runtime. Below retry, a
//! policy runs once per attempt.

use std::fmt;
use std::sync::Arc;

use super::policy::access::Access;
use super::policy::auth::Auth;
use super::policy::correlation::Correlation;
use super::policy::journal::Journal;
use super::policy::log::Logging;
use super::policy::retry::Retry;
use super::policy::throttle::Throttle;
use super::policy::transport::Transport;
use super::request::Request;
use super::response::Response;
use super::settings::Settings;
use crate::base::clock::BoxFuture;
use crate::error::Error;

/// Everything that happens to a call, outermost first: access → journal (recall | limits → plan →
/// approve → intent) → the wire.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) access: Access,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) wire: Wire,
    /// The way of identity's own requests.
    pub(crate) for_tokens: Arc<Wire>,
    /// The way of requests that only look whether somebody is there.
    pub(crate) bare: Wire,
    /// The way of a request that carries others: repeating, pacing and logging are their own affair.
    pub(crate) batched: Wire,
    pub(crate) retry: Arc<Retry>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) logging: Option<Arc<Logging>>,
}

impl Pipeline {
    /// Puts the policies in their order.
    pub(crate) fn new(settings: &Settings) -> Self {
        let clock = &settings.clock;
        let retry = Arc::new(Retry::new(clock, settings.seed));
        let throttle = Arc::new(Throttle::new(clock));
        let logging = settings.log.clone();
        let logging = logging.map(|log| Arc::new(Logging::new(log)));
        let transport = Arc::new(Transport::new(settings));

        let correlate: Layer = Some(Arc::new(Correlation));
        let repeat: Layer = Some(Arc::clone(&retry) as _);
        let pace: Layer = Some(Arc::clone(&throttle) as _);
        let log: Layer = logging.clone().map(|logging| logging as _);
        let for_tokens = [repeat.clone(), pace.clone(), log.clone()];
        let for_tokens = Arc::new(Wire::new(for_tokens, &transport));
        let auth: Layer = Some(Arc::new(Auth::new(&settings.tokens, &for_tokens)));
        let batched = [correlate.clone(), auth.clone(), log.clone()];
        Self {
            access: Access::new(settings),
            journal: Arc::clone(&settings.journal),
            for_tokens,
            bare: Wire::new([log.clone()], &transport),
            batched: Wire::new(batched, &transport),
            wire: Wire::new([correlate, repeat, pace, auth, log], &transport),
            retry,
            throttle,
            logging,
        }
    }
}

/// A policy, or nothing where it is switched off.
type Layer = Option<Arc<dyn Policy>>;

/// One concern of sending a request.
pub(crate) trait Policy: Send + Sync + fmt::Debug {
    /// Does its part and has `next` do the rest, perhaps more than once.
    fn send<'a>(
        &'a self,
        request: &'a mut Request,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, Error>>;
}

/// Policies in their order, and the transport beneath them.
#[derive(Debug)]
pub(crate) struct Wire {
    policies: Vec<Arc<dyn Policy>>,
    transport: Arc<Transport>,
}

impl Wire {
    fn new(layers: impl IntoIterator<Item = Layer>, transport: &Arc<Transport>) -> Self {
        Self {
            policies: layers.into_iter().flatten().collect(),
            transport: Arc::clone(transport),
        }
    }

    /// Sends a request through all policies.
    pub(crate) fn send<'a>(
        &'a self,
        request: &'a mut Request,
    ) -> BoxFuture<'a, Result<Response, Error>> {
        let next = Next {
            policies: &self.policies,
            transport: &self.transport,
        };
        next.send(request)
    }
}

/// What lies beneath a policy.
#[derive(Clone, Copy)]
pub(crate) struct Next<'a> {
    policies: &'a [Arc<dyn Policy>],
    transport: &'a Transport,
}

impl<'a> Next<'a> {
    /// Sends the request on.
    pub(crate) fn send<'b>(self, request: &'b mut Request) -> BoxFuture<'b, Result<Response, Error>>
    where
        'a: 'b,
    {
        match self.policies.split_first() {
            Some((policy, policies)) => policy.send(request, Next { policies, ..self }),
            None => Box::pin(self.transport.exchange(request)),
        }
    }
}
