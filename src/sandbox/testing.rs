//! A sandbox without a socket for tests: real tokens, a clock that is moved by hand.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::clock::Pace;
use super::engine::{Engine, Setup};
use super::entra;
use super::entra::seed::{CLIENT, HOME, REFRESH, REFRESH_WITHOUT_MFA, SECRET};
use super::limits::Limits;
use super::reply::{Refusal, Reply};
use super::route::{Auth, Caller, Principal, Request, Route};
use super::store::Tx;
use super::wire::{Incoming, Outgoing};
use crate::base::clock::{Timestamp, VirtualClock};

/// Routes that exist in tests only: they change the directory, and fail in every way.
pub(crate) const ROUTES: &[Route] = &[
    Route::partner("POST", "/v1/test/{id}", Auth::Either, |request, tx| {
        entra::add_tenant(tx, request.param("id"), "made", &[]);
        Ok(Reply::json(201, json!({ "id": tx.guid(), "number": 7 })))
    }),
    Route::partner("PUT", "/v1/test/{id}", Auth::Either, |request, tx| {
        entra::add_tenant(tx, request.param("id"), "made", &[]);
        Err(Refusal::new(400, 3000, tx.guid()))
    }),
    Route::partner("PATCH", "/v1/test/{id}", Auth::Either, |request, tx| {
        entra::add_tenant(tx, request.param("id"), "made", &[]);
        Err(Refusal::new(400, 27_002, "noticed too late").keeping_changes())
    }),
    Route::partner("DELETE", "/v1/test/{id}", Auth::Either, |request, tx| {
        entra::add_tenant(tx, request.param("id"), "made", &[]);
        panic!("a handler panics, as this test wants it to")
    }),
    Route::partner("GET", "/v1/test", Auth::User, |_, _| {
        Ok(Reply::ok(
            json!({ "totalCount": 1, "items": [1], "at": "2026-03-02T09:00:00Z" }),
        ))
    }),
];

/// The sandbox of a test.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<VirtualClock>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body as JSON; `null` when it is none.
    pub(crate) json: Value,
}

impl Seen {
    /// Returns a header's first value.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// Somebody who calls Partner Center with a token (or without).
pub(crate) struct Client<'a> {
    bench: &'a Bench,
    token: Option<String>,
}

impl Bench {
    /// Makes a sandbox at 2026-03-02 09:00 UTC.
    pub(crate) fn new() -> Self {
        Self::with(Limits::Current, 0)
    }

    /// Makes a sandbox with given limits and more customers.
    pub(crate) fn with(limits: Limits, customers: usize) -> Self {
        let start: Timestamp = "2026-03-02T09:00:00Z".parse().expect("a time");
        let clock = Arc::new(VirtualClock::manual(start));
        let engine = Engine::new(Setup {
            seed: 1,
            customers,
            limits,
            clock: Arc::clone(&clock) as Arc<_>,
            pace: Pace::Virtual,
        });
        Self { engine, clock }
    }

    /// Moves the clock.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Changes the world from outside.
    pub(crate) fn change<T>(&self, f: impl FnOnce(&mut Tx<'_>) -> T) -> T {
        self.engine.change(f).expect("no state file")
    }

    /// Tells whether a test route has changed the directory.
    pub(crate) fn made(&self, id: &str) -> bool {
        self.change(|tx| tx.entra.tenants.has(id))
    }

    /// Returns a caller without a token.
    pub(crate) fn nobody(&self) -> Client<'_> {
        Client {
            bench: self,
            token: None,
        }
    }

    /// Returns Megan: an admin agent with multi-factor authentication.
    pub(crate) fn user(&self) -> Client<'_> {
        self.client(&format!("grant_type=refresh_token&refresh_token={REFRESH}"))
    }

    /// Returns Sam: a sales agent without multi-factor authentication.
    pub(crate) fn user_without_mfa(&self) -> Client<'_> {
        self.client(&format!(
            "grant_type=refresh_token&refresh_token={REFRESH_WITHOUT_MFA}"
        ))
    }

    /// Returns the application itself.
    pub(crate) fn app(&self) -> Client<'_> {
        self.client("grant_type=client_credentials")
    }

    fn client(&self, grant: &str) -> Client<'_> {
        let seen = self.token(HOME, &format!("{grant}&client_id={CLIENT}&client_secret={SECRET}&scope=https://api.partnercenter.microsoft.com/.default"));
        let token = seen.json["access_token"].as_str().map(str::to_owned);
        assert!(token.is_some(), "no token: {}", seen.json);
        Client { bench: self, token }
    }

    /// Returns the grant of Megan.
    pub(crate) fn refreshed() -> &'static str {
        static GRANT: std::sync::OnceLock<String> = std::sync::OnceLock::new();
        GRANT.get_or_init(|| format!("grant_type=refresh_token&refresh_token={REFRESH}"))
    }

    /// Returns the grant of the application itself.
    pub(crate) fn itself() -> &'static str {
        "grant_type=client_credentials"
    }

    /// Returns the header of somebody with a token of a tenant for a service.
    pub(crate) fn bearer(&self, tenant: &str, grant: &str, service: &str) -> String {
        let form =
            format!("{grant}&client_id={CLIENT}&client_secret={SECRET}&scope={service}/.default");
        let seen = self.token(tenant, &form);
        let token = seen.json["access_token"].as_str();
        format!(
            "Bearer {}",
            token.unwrap_or_else(|| panic!("no token: {}", seen.json))
        )
    }

    /// Gets a path of Microsoft Graph with a token of a tenant.
    pub(crate) fn graph(&self, tenant: &str, grant: &str, path: &str) -> Seen {
        let bearer = self.bearer(tenant, grant, "https://graph.microsoft.com");
        let headers = [("authorization", bearer.as_str())];
        self.send("GET", &format!("/graph{path}"), &headers, Bytes::new())
    }

    /// Gets a path of Azure Resource Manager with a token of a tenant.
    pub(crate) fn arm(&self, tenant: &str, grant: &str, path: &str) -> Seen {
        let bearer = self.bearer(tenant, grant, "https://management.azure.com");
        let headers = [("authorization", bearer.as_str())];
        self.send("GET", &format!("/arm{path}"), &headers, Bytes::new())
    }

    /// Sends any request to Azure Resource Manager as Megan, with a token of a tenant.
    pub(crate) fn arm_send(
        &self,
        tenant: &str,
        verb: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Seen {
        let bearer = self.bearer(tenant, Self::refreshed(), "https://management.azure.com");
        let body = body
            .map(|body| Bytes::from(body.to_string()))
            .unwrap_or_default();
        let length = body.len().to_string();
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("content-length", length.as_str()),
        ];
        self.send(verb, &format!("/arm{path}"), &headers, body)
    }

    /// Posts a form to the v2 token endpoint.
    pub(crate) fn token(&self, tenant: &str, form: &str) -> Seen {
        self.form(&format!("/login/{tenant}/oauth2/v2.0/token"), form)
    }

    /// Posts a form.
    pub(crate) fn form(&self, path: &str, form: &str) -> Seen {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", path, &headers, Bytes::from(form.to_owned()))
    }

    /// Sends any request; `path` may have a query.
    pub(crate) fn send(
        &self,
        verb: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Seen {
        match self.outgoing(verb, path, headers, body) {
            Outgoing::Answer(answer) => Seen {
                status: answer.status,
                json: serde_json::from_slice(&answer.body).unwrap_or_default(),
                headers: answer.headers,
                body: answer.body,
            },
            other => panic!("no answer: {other:?}"),
        }
    }

    /// Sends any request and returns what happens on the connection.
    pub(crate) fn outgoing(
        &self,
        verb: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Outgoing {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let headers = headers.iter().map(|(name, value)| {
            let name: HeaderName = name.parse().expect("a header name");
            (name, HeaderValue::from_str(value).expect("a header value"))
        });
        self.engine.handle(&Incoming {
            method: verb.parse().expect("a method"),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers.collect(),
            body,
            origin: "http://127.0.0.1:1".to_owned(),
        })
    }
}

impl Client<'_> {
    /// Returns the token, to be spoilt.
    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Gets a path of Partner Center, such as `/v1/customers`.
    pub(crate) fn get(&self, path: &str) -> Seen {
        self.send("GET", path, &[], None)
    }

    /// Posts JSON.
    pub(crate) fn post(&self, path: &str, body: Value) -> Seen {
        self.send("POST", path, &[], Some(body))
    }

    /// Sends any request to Partner Center.
    pub(crate) fn send(
        &self,
        verb: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Seen {
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let mut all = headers.to_vec();
        all.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        if body.is_some() {
            all.push(("content-type", "application/json"));
        }
        let body = body
            .map(|body| Bytes::from(body.to_string()))
            .unwrap_or_default();
        self.bench
            .send(verb, &format!("/partner{path}"), &all, body)
    }
}

/// Returns a request for a path as it reaches its handler.
pub(crate) fn request(path: &str, query: &str, caller: Option<Caller>) -> Request {
    let query = url::form_urlencoded::parse(query.as_bytes());
    Request {
        verb: Method::GET,
        path: path.to_owned(),
        params: Vec::new(),
        query: query.into_owned().collect(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
        caller,
        origin: "http://host".to_owned(),
    }
}

/// Returns a caller with permissions in a tenant.
pub(crate) fn caller(tenant: &str, who: (Principal, &str), permissions: &[&str]) -> Caller {
    Caller {
        principal: who.0,
        tenant: tenant.to_owned(),
        app: CLIENT.to_owned(),
        object: who.1.to_owned(),
        upn: String::new(),
        roles: Vec::new(),
        permissions: permissions.iter().map(|one| (*one).to_owned()).collect(),
        directory_roles: Vec::new(),
        mfa: true,
        capable: false,
        issued: 0,
        asked_since: None,
    }
}
