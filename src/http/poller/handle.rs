//! The text by which another process goes on waiting: what was called and where to look, never a
//! token, a secret or a body. `tenantry-operation:1:…`: kind, version, the content as base64url, a
//! checksum.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use serde::{Deserialize, Serialize};
use url::Url;

use super::azure::{Algorithm, Azure, Link};
use super::condition::Condition;
use super::job::{Job, JobsAt};
use super::pace::Pace;
use super::place::Place;
use super::{Kind, Next, Poller, REQUEST_ID};
use crate::api::model::{Auth, Effect, Final, Idempotency, Verb};
use crate::api::{Principal, ServiceName};
use crate::base::clock::{Timestamp, later};
use crate::error::{Code, Error};
use crate::http::call::{Call, StepKey, Tenant};

const KIND: &str = "tenantry-operation";
const VERSION: u32 = 1;
/// The longest time that a handle may put the next look off: the clocks of two processes need not
/// agree. Source: Azure Resource Manager RPC, `Retry-After` of at most ten minutes.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(600);

/// The content.
#[derive(Debug, Serialize, Deserialize)]
struct Content {
    service: String,
    operation: String,
    /// The root of the service, which tells the cloud.
    endpoint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    principal: Option<String>,
    auth: String,
    method: String,
    url: String,
    /// The id of the accepted request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<String>,
    way: Way,
    /// Where to look next, not before `due`.
    look: String,
    due: Timestamp,
    /// Whether the work is done and only its result is still to be read.
    last: bool,
    state: String,
}

/// How the end is found.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "algorithm", rename_all = "snake_case")]
enum Way {
    State {
        via: Via,
        location: Option<(String, String)>,
        /// Where the job is read that the operation will name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        jobs: Option<(String, String)>,
    },
    Job {
        found: bool,
    },
    Location {
        via: Via,
        accepted: bool,
    },
    Body,
    Operation,
    Until {
        field: String,
        value: String,
        reads: bool,
    },
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Via {
    Unsaid,
    AzureAsyncOperation,
    Location,
    OriginalUri,
}

impl Poller {
    /// Returns the text by which another process goes on waiting; `None` for what has ended, and for
    /// what can be told only by the one who made the call.
    pub fn handle(&self) -> Option<String> {
        let (look, due, last) = match &self.next {
            Next::Look(call, at) => (call, *at, false),
            Next::Final(call, at) => (call, *at, true),
            Next::Done(_) | Next::Failed(_) => return None,
        };
        let call = &self.call;
        let mut headers = call.headers.iter();
        let request = headers.find(|(name, _)| name.eq_ignore_ascii_case(REQUEST_ID));
        let content = Content {
            service: call.service.as_str().to_owned(),
            operation: call.operation.clone().into_owned(),
            endpoint: self.root.to_string(),
            tenant: match &call.tenant {
                Tenant::Of(tenant) => Some(tenant.clone()),
                Tenant::Home => None,
            },
            about: call.about.clone(),
            principal: call.principal.map(|one| word(one, PRINCIPALS)),
            auth: word(call.auth, AUTHS),
            method: call.verb.as_str().to_owned(),
            url: call.target.clone(),
            request: request.map(|(_, id)| id.clone()),
            way: self.way()?,
            look: look.target.clone(),
            due,
            last,
            state: self.state.clone(),
        };
        let text = serde_json::to_string(&content).ok()?;
        let text = BASE64URL.encode(text);
        Some(format!("{KIND}:{VERSION}:{text}:{:08x}", checksum(&text)))
    }

    /// Goes on from a handle. `root` gives the root of a service as this run knows it.
    pub fn resume(
        handle: &str,
        root: impl FnOnce(ServiceName) -> Result<Url, Error>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let content = read(handle)?;
        let service = ServiceName::ALL
            .into_iter()
            .find(|one| one.as_str() == content.service)
            .ok_or_else(damaged)?;
        let root = root(service)?;
        if root.as_str() != content.endpoint {
            let (theirs, ours) = (&content.endpoint, root.as_str());
            let text = format!("the handle is of {theirs}, and this run speaks with {ours}");
            return Err(wrong(&text).help("use the profile that made the call"));
        }
        let call = content.call(service)?;
        let mut poller = Self {
            kind: content.kind()?,
            state: content.state.clone(),
            jobs: content.jobs(),
            ..Self::unanswered(call, &root)
        };
        let look = poller.look(beneath(&content.look)?);
        let at = content.due.clamp(now, later(now, LONGEST));
        poller.next = if content.last {
            Next::Final(look, at)
        } else {
            Next::Look(look, at)
        };
        Ok(poller)
    }

    fn way(&self) -> Option<Way> {
        Some(match &self.kind {
            Kind::Azure(azure) => match azure.algorithm {
                Algorithm::State => Way::State {
                    via: Via::of(azure.via),
                    location: azure
                        .location
                        .as_ref()
                        .map(|link| (link.base.to_string(), link.link.clone())),
                    jobs: self
                        .jobs
                        .as_ref()
                        .map(|jobs| (jobs.before.clone(), jobs.behind.clone())),
                },
                Algorithm::Location => Way::Location {
                    via: Via::of(azure.via),
                    accepted: azure.accepted,
                },
                Algorithm::Body => Way::Body,
            },
            Kind::Job(job) => Way::Job {
                found: job.absent.is_none(),
            },
            Kind::Operation => Way::Operation,
            Kind::Arrival(Condition::Is { field, value }, pace) => Way::Until {
                field: field.clone().into_owned(),
                value: value.clone().into_owned(),
                reads: *pace == Pace::READ,
            },
            Kind::Arrival(Condition::AsSent(_), _) | Kind::Repeat => return None,
        })
    }

    /// Returns the tenant that the call is for, where it is not the partner's own.
    pub(super) fn tenant(&self) -> Option<String> {
        match (&self.call.about, &self.call.tenant) {
            (Some(customer), _) => Some(customer.clone()),
            (None, Tenant::Of(tenant)) => Some(tenant.clone()),
            (None, Tenant::Home) => None,
        }
    }
}

impl Content {
    fn call(&self, service: ServiceName) -> Result<Call, Error> {
        let verbs = [Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete];
        let mut verbs = verbs.into_iter();
        let verb = verbs.find(|verb| verb.as_str() == self.method);
        let principal = self.principal.as_deref();
        Ok(Call {
            service,
            operation: Cow::Owned(self.operation.clone()),
            verb: verb.ok_or_else(damaged)?,
            target: beneath(&self.url)?.to_owned(),
            headers: self
                .request
                .iter()
                .map(|id| (Cow::Borrowed(REQUEST_ID), id.clone()))
                .collect(),
            body: None,
            effect: Effect::Read,
            idempotency: Idempotency::Idempotent,
            auth: meaning(&self.auth, AUTHS).ok_or_else(damaged)?,
            principal: principal
                .map(|one| meaning(one, PRINCIPALS).ok_or_else(damaged))
                .transpose()?,
            tenant: self.tenant.clone().map_or(Tenant::Home, Tenant::Of),
            about: self.about.clone(),
            absent_is_answer: false,
            step: StepKey(String::new()),
        })
    }

    fn kind(&self) -> Result<Kind, Error> {
        let azure = |algorithm, via: Via, location: Option<Link>, accepted| {
            Kind::Azure(Azure {
                algorithm,
                via: via.meant(),
                place: Place {
                    link: String::new(),
                    target: self.look.clone(),
                },
                location,
                accepted,
            })
        };
        Ok(match &self.way {
            Way::State { via, location, .. } => {
                let link = |(base, link): &(String, String)| {
                    let base = Url::parse(base).map_err(|_| damaged())?;
                    let link = link.clone();
                    Ok::<_, Error>(Link { base, link })
                };
                let location = location.as_ref().map(link).transpose()?;
                azure(Algorithm::State, *via, location, true)
            }
            Way::Job { found } => Kind::Job(Job {
                target: self.look.clone(),
                absent: (!found).then_some(0),
            }),
            Way::Location { via, accepted } => azure(Algorithm::Location, *via, None, *accepted),
            Way::Body => azure(Algorithm::Body, Via::Unsaid, None, true),
            Way::Operation => Kind::Operation,
            Way::Until {
                field,
                value,
                reads,
            } => {
                let condition = Condition::Is {
                    field: field.clone().into(),
                    value: value.clone().into(),
                };
                Kind::Arrival(condition, if *reads { Pace::READ } else { Pace::OURS })
            }
        })
    }
}

impl Content {
    fn jobs(&self) -> Option<JobsAt> {
        let Way::State {
            jobs: Some((before, behind)),
            ..
        } = &self.way
        else {
            return None;
        };
        Some(JobsAt {
            before: before.clone(),
            behind: behind.clone(),
        })
    }
}

impl Via {
    fn of(via: Final) -> Self {
        match via {
            Final::Unsaid => Self::Unsaid,
            Final::AsyncOperation => Self::AzureAsyncOperation,
            Final::Location => Self::Location,
            Final::OriginalUri => Self::OriginalUri,
        }
    }

    fn meant(self) -> Final {
        match self {
            Self::Unsaid => Final::Unsaid,
            Self::AzureAsyncOperation => Final::AsyncOperation,
            Self::Location => Final::Location,
            Self::OriginalUri => Final::OriginalUri,
        }
    }
}

const AUTHS: &[(&str, Auth)] = &[
    ("app", Auth::App),
    ("user", Auth::User),
    ("either", Auth::Either),
];
const PRINCIPALS: &[(&str, Principal)] = &[("app", Principal::App), ("user", Principal::User)];

fn word<T: PartialEq + Copy>(meant: T, words: &[(&str, T)]) -> String {
    let mut words = words.iter();
    let found = words.find(|(_, one)| *one == meant);
    found.map_or_else(String::new, |(word, _)| (*word).to_owned())
}

fn meaning<T: Copy>(word: &str, words: &[(&str, T)]) -> Option<T> {
    let mut words = words.iter();
    words.find(|(one, _)| *one == word).map(|(_, meant)| *meant)
}

/// Takes a handle apart.
fn read(handle: &str) -> Result<Content, Error> {
    let mut parts = handle.trim().split(':');
    let (Some(KIND), Some(version)) = (parts.next(), parts.next()) else {
        let text = format!("this is no handle of an operation: one begins with `{KIND}:`");
        return Err(wrong(&text));
    };
    match version.parse::<u32>() {
        Ok(VERSION) => {}
        Ok(other) => {
            let text = format!(
                "the handle is of version {other}, and this program knows version {VERSION}"
            );
            return Err(wrong(&text).help("go on with the program that made the handle"));
        }
        Err(_) => return Err(damaged()),
    }
    let (Some(text), Some(sum), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(damaged());
    };
    if format!("{:08x}", checksum(text)) != sum {
        return Err(damaged());
    }
    let text = BASE64URL.decode(text).map_err(|_| damaged())?;
    serde_json::from_slice(&text).map_err(|_| damaged())
}

/// Fails unless a target lies beneath the root by itself.
fn beneath(target: &str) -> Result<&str, Error> {
    if target.starts_with('/') && !target.starts_with("//") {
        return Ok(target);
    }
    Err(damaged())
}

fn wrong(text: &str) -> Error {
    Error::new(Code::ScriptArgument, text)
}

fn damaged() -> Error {
    wrong("the handle of an operation is damaged").help("give it whole, as it was printed")
}

/// FNV-1a.
fn checksum(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
