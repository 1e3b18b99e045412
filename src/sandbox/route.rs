//! What a resource's file is written against: a route, the request that reaches its handler, and who
//! calls. Sockets, tokens, faults and throttling are dealt with before a handler runs.

use http::{HeaderMap, Method};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reply::{Refusal, Reply};
use super::store::Tx;

/// One of the hosts that the sandbox stands for; each has a path prefix on the one port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// `/login`: Entra ID.
    Login,
    /// `/partner`: Partner Center.
    Partner,
    /// `/graph`: Microsoft Graph.
    Graph,
    /// `/arm`: Azure Resource Manager, with Recovery Services.
    Arm,
}

impl Service {
    /// All services.
    pub const ALL: [Self; 4] = [Self::Login, Self::Partner, Self::Graph, Self::Arm];

    /// Returns the word used in paths, rules and listings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Partner => "partner",
            Self::Graph => "graph",
            Self::Arm => "arm",
        }
    }

    /// Returns the service of that word, in any casing.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|service| service.as_str().eq_ignore_ascii_case(text))
    }
}

/// As whom a route may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Auth {
    /// Without a token.
    Open,
    /// With an App or an App+User token.
    Either,
    /// With an App+User token only.
    User,
}

/// What a handler answers: a reply that is kept with its changes, or a refusal that undoes them.
pub(crate) type Outcome = Result<Reply, Refusal>;

/// A handler: it reads and changes the world through its transaction.
pub(crate) type Handler = fn(&Request, &mut Tx<'_>) -> Outcome;

/// One operation that is served.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    /// Whose it is.
    pub(crate) service: Service,
    /// The method, upper case.
    pub(crate) verb: &'static str,
    /// The path below the service's prefix, as documented: `/v1/customers/{customer}`.
    pub(crate) template: &'static str,
    /// As whom it may be called.
    pub(crate) auth: Auth,
    /// What it does.
    pub(crate) handler: Handler,
}

impl Route {
    /// Describes a Partner Center route.
    pub(crate) const fn partner(
        verb: &'static str,
        template: &'static str,
        auth: Auth,
        handler: Handler,
    ) -> Self {
        Self {
            service: Service::Partner,
            verb,
            template,
            auth,
            handler,
        }
    }

    /// Describes a route of Microsoft Graph; who may call it is the handler's matter.
    pub(crate) const fn graph(
        verb: &'static str,
        template: &'static str,
        handler: Handler,
    ) -> Self {
        Self {
            service: Service::Graph,
            verb,
            template,
            auth: Auth::Either,
            handler,
        }
    }

    /// Describes a route of Azure Resource Manager; who may call it is the handler's matter.
    pub(crate) const fn arm(verb: &'static str, template: &'static str, handler: Handler) -> Self {
        Self {
            service: Service::Arm,
            verb,
            template,
            auth: Auth::Either,
            handler,
        }
    }

    /// Describes a route of Entra ID.
    pub(crate) const fn login(
        verb: &'static str,
        template: &'static str,
        handler: Handler,
    ) -> Self {
        Self {
            service: Service::Login,
            verb,
            template,
            auth: Auth::Open,
            handler,
        }
    }
}

/// As whom a token was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Principal {
    /// The application itself.
    App,
    /// A user, through the application.
    User,
}

/// Who calls: what the verified token says, and the user's roles in Partner Center.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Caller {
    /// As whom.
    pub(crate) principal: Principal,
    /// Tenant of the token, lower-case GUID. On Partner Center routes it is the partner's own.
    pub(crate) tenant: String,
    /// The application (client id).
    pub(crate) app: String,
    /// Object id of the user or service principal.
    pub(crate) object: String,
    /// The user's principal name; empty for an application.
    pub(crate) upn: String,
    /// Partner Center roles of the user, such as `AdminAgent`; empty for an application.
    pub(crate) roles: Vec<String>,
    /// Permissions of the token: a user's scopes, an application's roles.
    pub(crate) permissions: Vec<String>,
    /// Template ids of the directory roles that the token names.
    pub(crate) directory_roles: Vec<String>,
    /// Whether the sign-in had multi-factor authentication.
    pub(crate) mfa: bool,
    /// Whether the client answers claims challenges (`cp1`).
    pub(crate) capable: bool,
    /// When the token was issued, in seconds.
    pub(crate) issued: i64,
    /// The second from which the client asked the token to be, where it did.
    pub(crate) asked_since: Option<i64>,
}

/// A request that has passed the gates.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) verb: Method,
    /// The path below the service's prefix, as it was sent (still encoded).
    pub(crate) path: String,
    /// Values of the template's parameters, decoded.
    pub(crate) params: Vec<(&'static str, String)>,
    /// Query parameters, decoded, in order.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: bytes::Bytes,
    /// Who calls; `None` on open routes only.
    pub(crate) caller: Option<Caller>,
    /// Scheme, host and port as the client sees them, for absolute links: `http://127.0.0.1:1234`.
    pub(crate) origin: String,
}

impl Request {
    /// Returns the value of a template's parameter, as it was sent.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value)
    }

    /// Returns a template's parameter that must be a GUID, in lower case; else 400/2000, as
    /// Partner Center words it. `what` is `Tenant Id` and the like.
    pub(crate) fn guid(&self, name: &str, what: &str) -> Result<String, Refusal> {
        let value = self.param(name);
        match uuid::Uuid::try_parse(value) {
            Ok(id) if !id.is_nil() && value.len() == 36 => Ok(id.to_string()),
            _ => Err(Refusal::new(400, 2000, format!("{what} must be a GUID."))),
        }
    }

    /// Returns a query parameter; names are compared without casing.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Returns a header that is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the body as JSON; a BOM is dropped. Anything else is 400/800002 (§19.6).
    pub(crate) fn json(&self) -> Result<Value, Refusal> {
        let bytes = self
            .body
            .strip_prefix(b"\xEF\xBB\xBF")
            .unwrap_or(&self.body);
        serde_json::from_slice(bytes)
            .map_err(|error| Refusal::new(400, 800_002, format!("Invalid request input: {error}.")))
    }

    /// Returns who calls. Routes that are not open always have a caller.
    pub(crate) fn caller(&self) -> Result<&Caller, Refusal> {
        self.caller
            .as_ref()
            .ok_or_else(|| Refusal::new(401, 800_001, "The partner token is missing."))
    }
}
