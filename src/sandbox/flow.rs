//! The way of a request through the sandbox, in one place: due work, faults, route, token,
//! throttling, recognised repeats, handler, commit, answer.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use http::Method;

use super::answers::recognise;
use super::arm;
use super::distort;
use super::engine::{Engine, State};
use super::entra::Trace;
use super::gate;
use super::graph::{meter, trail};
use super::render::{self, Ids};
use super::reply::{Content, Refusal, Reply};
use super::route::{Caller, Request, Route, Service};
use super::router::{Found, router};
use super::store::{Conditions, Tx};
use super::throttle::{self, Told};
use super::wire::{Incoming, Outgoing};
use crate::base::clock::Work;

/// A request on its way: what is known about it before its route is found.
struct Way<'a> {
    service: Service,
    path: &'a str,
    incoming: &'a Incoming,
    ids: &'a Ids,
    conditions: &'a Conditions,
}

impl Engine {
    /// Answers a request to a service.
    pub(crate) fn handle(&self, incoming: &Incoming) -> Outgoing {
        let _work = Work::begin(self.clock());
        let mut state = self.lock();
        let conditions = self.conditions(&state);
        let prepared = catch_unwind(AssertUnwindSafe(|| state.prepare(&conditions)))
            .unwrap_or_else(|_| Err(io::Error::other("work that was due has failed")));
        match prepared {
            Ok(()) => self.pass(&mut state, &conditions, incoming),
            Err(error) => self.unready(&conditions, incoming, &error),
        }
    }

    /// Answers a request, or a part of one, once the work that was due is done.
    pub(super) fn pass(
        &self,
        state: &mut State,
        conditions: &Conditions,
        incoming: &Incoming,
    ) -> Outgoing {
        let Some((service, path)) = split(&incoming.path) else {
            return Outgoing::Answer(render::no_such_host(&incoming.path));
        };
        let ids = Ids::read(service, &incoming.headers, &self.ids);
        let way = Way {
            service,
            path,
            incoming,
            ids: &ids,
            conditions,
        };
        let fault = state.faults.strike(service, incoming.method.as_str(), path);
        let mut reply = match fault {
            Some(fault) if fault.instead() => {
                way.count(state);
                distort::instead(fault, service, conditions.now, &way.trace(self))
            }
            _ => way.serve(state),
        };
        if let Content::Parts(parts) = &reply.content {
            reply = self.run_parts(state, conditions, (service, incoming), parts);
        }
        distort::after(fault, &way.page(), reply, |reply| {
            render::answer(service, conditions, &ids, &incoming.headers, reply)
        })
    }

    /// Answers when the work that was due could not be done.
    fn unready(&self, conditions: &Conditions, incoming: &Incoming, error: &io::Error) -> Outgoing {
        let Some((service, _)) = split(&incoming.path) else {
            return Outgoing::Answer(render::no_such_host(&incoming.path));
        };
        let ids = Ids::read(service, &incoming.headers, &self.ids);
        let reply = unkept(service, error);
        let answer = render::answer(service, conditions, &ids, &incoming.headers, reply);
        Outgoing::Answer(answer)
    }
}

impl Way<'_> {
    /// Describes the page asked for, for links that lead back to it.
    fn page(&self) -> distort::Page {
        let query = match self.incoming.query.as_str() {
            "" => String::new(),
            query => format!("?{query}"),
        };
        let token = self.incoming.headers.get("ms-continuationtoken");
        let origin = match self.service {
            Service::Partner => String::new(),
            other => format!("{}/{}", self.incoming.origin, other.as_str()),
        };
        distort::Page {
            service: self.service,
            uri: format!("{origin}{}{query}", self.path),
            continuation: token
                .and_then(|token| token.to_str().ok())
                .map(str::to_owned),
        }
    }

    /// Returns the ids of a refusal in place of Entra ID's own.
    fn trace(&self, engine: &Engine) -> Trace {
        let id = engine.ids.guid().to_string();
        let correlation = self.ids.request().to_owned();
        Trace::new(id, correlation, self.conditions.now, &self.incoming.origin)
    }

    /// Counts a request that a fault kept from its route.
    fn count(&self, state: &mut State) {
        let verb = self.incoming.method.as_str();
        let found = router().find(self.service, verb, self.path);
        let template = found.map_or(self.path, |found| found.route.template);
        state.stats.of(self.service, verb, template).requests += 1;
    }

    /// Puts what answers a path that Azure Resource Manager refuses without any provider in the place
    /// of no route, and of the one that takes every path.
    fn astray(&self, found: Option<Found>) -> Option<Found> {
        let is_exact = found
            .as_ref()
            .is_some_and(|found| !arm::takes_all(found.route));
        if self.service != Service::Arm || is_exact {
            return found;
        }
        match arm::astray(self.path) {
            Some(route) => Some(Found {
                route,
                params: Vec::new(),
            }),
            None => found,
        }
    }

    fn serve(&self, state: &mut State) -> Reply {
        let verb = self.incoming.method.as_str();
        self.count(state);
        let found = router().find(self.service, verb, self.path);
        let Some(Found { route, params }) = self.astray(found) else {
            return render::unserved(self.service, &self.incoming.method, self.path);
        };
        let headers = &self.incoming.headers;
        let admitted = gate::admit(&state.world, self.conditions, route, headers, self.ids);
        let caller = match admitted {
            Ok(caller) => caller,
            Err(refusal) => return refusal.into_reply(self.service),
        };
        let told = match self.counted(state, route, caller.as_ref()) {
            Ok(told) => told,
            Err(reply) => return *reply,
        };
        if self.service == Service::Arm
            && let Some(refusal) = arm::misshapen(self.incoming)
        {
            return refusal.into_reply(self.service);
        }
        let query = url::form_urlencoded::parse(self.incoming.query.as_bytes());
        let mut request = Request {
            verb: self.incoming.method.clone(),
            path: self.path.to_owned(),
            params,
            query: query.into_owned().collect(),
            headers: headers.clone(),
            body: self.incoming.body.clone(),
            caller,
            origin: self.incoming.origin.clone(),
        };
        let reply = match arm::Era::of(self.service, self.conditions, &mut request) {
            Ok(era) => era.answer(self.replicated(state, route, &request)),
            Err(reply) => *reply,
        };
        let reply = told
            .into_iter()
            .fold(reply, |reply, (name, value)| reply.header(name, &value));
        match gate::mfa_report(self.service, &request) {
            Some(compliant) => reply.header("ismfacompliant", compliant),
            None => reply,
        }
    }

    /// Runs the handler, unless the request is for an object that has not arrived everywhere.
    fn replicated(&self, state: &mut State, route: &Route, request: &Request) -> Reply {
        if self.service != Service::Graph {
            return self.handled(state, route, request);
        }
        if let Some(reply) = state.lag.refuse(request, self.conditions) {
            return reply;
        }
        let mut reply = self.handled(state, route, request);
        state.lag.spoil(request, self.conditions, &mut reply);
        reply
    }

    /// Counts a call against what its caller may use; gives back what the answer tells of it, or the
    /// refusal.
    fn counted(
        &self,
        state: &mut State,
        route: &Route,
        caller: Option<&Caller>,
    ) -> Result<Told, Box<Reply>> {
        let Some(caller) = caller else {
            return Ok(Vec::new());
        };
        let throttle = &mut state.throttle;
        if self.service == Service::Graph {
            let query = &self.incoming.query;
            return meter::count(throttle, self.conditions, route, query, caller);
        }
        if self.service == Service::Arm {
            let (verb, path) = (&self.incoming.method, self.path);
            return arm::count(throttle, self.conditions, (verb, path), caller);
        }
        let key = throttle::key(&caller.tenant, self.path);
        match throttle.count(key, self.conditions) {
            Some(wait) => Err(Box::new(throttle::refuse(throttle::seconds(wait)))),
            None => Ok(Vec::new()),
        }
    }

    /// Runs the handler in a transaction, unless the request repeats one that was answered.
    fn handled(&self, state: &mut State, route: &Route, request: &Request) -> Reply {
        let mut tx = Tx::begin(&state.world, self.conditions);
        let repeatable = recognise(self.service, request);
        if let Some(reply) = repeatable
            .as_ref()
            .and_then(|repeatable| repeatable.find(&tx))
        {
            state
                .stats
                .of(self.service, route.verb, route.template)
                .repeats += 1;
            return reply;
        }
        // The transaction is thrown away on a panic, so nothing half-changed is ever seen.
        let outcome = catch_unwind(AssertUnwindSafe(|| (route.handler)(request, &mut tx)));
        let reply = match outcome {
            Ok(Ok(reply)) => {
                if self.service == Service::Graph && request.verb != Method::GET {
                    trail::record(&state.world, &mut tx, (route, request, &reply));
                }
                reply
            }
            Ok(Err(refusal)) => {
                if !refusal.keeps_changes() {
                    tx = Tx::begin(&state.world, self.conditions);
                }
                refusal.into_reply(self.service)
            }
            Err(_) => {
                let refusal = Refusal::new(500, 800_003, "An unexpected error occurred.");
                return refusal.into_reply(self.service);
            }
        };
        if let Some(repeatable) = repeatable {
            repeatable.remember(&mut tx, &reply);
        }
        match state.commit(tx) {
            Ok(touched) => {
                let count = state.stats.of(self.service, route.verb, route.template);
                count.effects += u64::from(touched > 0);
                reply
            }
            Err(error) => unkept(self.service, &error),
        }
    }
}

/// Answers that a change could not be made or kept, so that nothing was changed.
fn unkept(service: Service, error: &io::Error) -> Reply {
    let text = format!("The sandbox could not go on, so nothing was changed: {error}.");
    Refusal::new(500, 800_003, text).into_reply(service)
}

/// Splits a path into its service and the rest, which begins with a slash. The hosts that give
/// workloads their tokens, and the admin center, belong to the sign-in, with all of their path; the
/// metadata of the cloud is found without the service's prefix, too.
fn split(path: &str) -> Option<(Service, &str)> {
    if path
        .trim_end_matches('/')
        .eq_ignore_ascii_case(arm::METADATA)
    {
        return Some((Service::Arm, path));
    }
    let rest = path.strip_prefix('/')?;
    let end = rest.find('/').unwrap_or(rest.len());
    match &rest[..end] {
        "github" | "metadata" | "AdminPortal" => Some((Service::Login, path)),
        name => Some((Service::parse(name)?, &rest[end..])),
    }
}
