//! The days of the guide (limits `guide2015`): Recovery Services also speak the api-versions of 2015,
//! whose calls are those of today with another form of errors, and look at the header with which
//! agents on premises know their vault. Source: recovery reference §1, §7, §8.
//!
//! A call of such a version is turned into one of today before its handler runs, its answer back.

mod agent;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::vault;
use crate::sandbox::arm::access;
use crate::sandbox::derived;
use crate::sandbox::reply::{Content, Refusal, Reply};
use crate::sandbox::route::{Request, Service};
use crate::sandbox::store::Conditions;

/// One of the three kinds of calls of Recovery Services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Surface {
    Vaults,
    Replication,
    Backup,
    /// An address that follows an operation, of whatever kind.
    Operation,
}

impl Surface {
    /// Returns the kind of the call of a path; `None` for other providers.
    fn of(path: &str) -> Option<Self> {
        let path = path.to_ascii_lowercase();
        let mut words = path.split('/').filter(|word| !word.is_empty());
        words.find(|word| *word == "microsoft.recoveryservices")?;
        let kind = words.next()?;
        let below = words.nth(1).unwrap_or_default();
        match (kind, below) {
            ("locations", _) | ("vaults", "" | "replicationusages") => Some(Self::Vaults),
            // What hangs on a vault and is another provider's.
            ("vaults", "providers") => None,
            ("vaults", "operationresults" | "operationstatus") => Some(Self::Operation),
            ("vaults", _) if below.starts_with("replication") => Some(Self::Replication),
            ("vaults", _) if below.starts_with("backup") => Some(Self::Backup),
            ("vaults", _) => Some(Self::Vaults),
            _ => None,
        }
    }

    /// The api-versions of 2015: that of the kind, and the one that all share.
    fn then(self) -> &'static [&'static str] {
        match self {
            Self::Vaults => &["2015-03-15", "2015-11-10"],
            Self::Replication => &["2015-08-10", "2015-11-10"],
            Self::Backup => &["2015-11-10"],
            Self::Operation => &["2015-03-15", "2015-08-10", "2015-11-10"],
        }
    }

    /// The api-versions of today.
    fn now(self) -> &'static [&'static str] {
        match self {
            Self::Vaults | Self::Operation => vault::VERSIONS,
            Self::Replication => super::REPLICATION,
            Self::Backup => vault::BACKUP,
        }
    }
}

/// The version that all kinds serve today.
const TODAY: &str = "2025-08-01";

/// In which form a call is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Era {
    /// Today's.
    Today,
    /// That of an api-version of 2015, and the path of the request.
    Then { version: String, path: String },
}

impl Era {
    /// Returns the form of the answer to a call, which is turned into one of today; or the answer
    /// itself where the call is refused.
    pub(crate) fn of(
        service: Service,
        conditions: &Conditions,
        request: &mut Request,
    ) -> Result<Self, Box<Reply>> {
        let surface = Surface::of(&request.path);
        let (Service::Arm, true, Some(surface)) = (service, conditions.limits.is_guide(), surface)
        else {
            return Ok(Self::Today);
        };
        let era = Self::turn(request, surface);
        let era = era.map_err(|refusal| Box::new(refusal.into_reply(service)))?;
        if surface == Surface::Replication
            && let Err(refusal) = agent::check(request, conditions.now)
        {
            return Err(Box::new(era.answer(refusal.into_reply(service))));
        }
        Ok(era)
    }

    fn turn(request: &mut Request, surface: Surface) -> Result<Self, Refusal> {
        let is_version = |name: &str| name.eq_ignore_ascii_case("api-version");
        let given = request.query("api-version").unwrap_or_default().to_owned();
        if surface.then().contains(&given.as_str()) {
            for (_, value) in request
                .query
                .iter_mut()
                .filter(|(name, _)| is_version(name))
            {
                TODAY.clone_into(value);
            }
            return Ok(Self::Then {
                version: given,
                path: request.path.clone(),
            });
        }
        if given.starts_with("2015-") {
            let all: Vec<&str> = [surface.then(), surface.now()].concat();
            access::version_of(request, "Microsoft.RecoveryServices/vaults", &all)?;
        }
        Ok(Self::Today)
    }

    /// Brings an answer into the form of the era.
    pub(crate) fn answer(&self, mut reply: Reply) -> Reply {
        let Self::Then { version, path } = self else {
            return reply;
        };
        let then = |text: &str| {
            let today = format!("api-version={TODAY}");
            text.replace(&today, &format!("api-version={version}"))
        };
        for name in ["location", "azure-asyncoperation"] {
            let old = reply
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok());
            if let Some(value) = old.and_then(|old| then(old).parse().ok()) {
                reply.headers.insert(name, value);
            }
        }
        if let Content::Json(body) = &mut reply.content {
            if let Some(error) = body.get("error").filter(|_| reply.status >= 400) {
                *body = flat(error, path);
            } else if let Some(Value::String(next)) = body.get_mut("nextLink") {
                *next = then(next);
            }
        }
        reply
    }
}

/// Writes an error in the form of 2015: all of it at the top. What is no diagnosis has neither causes
/// nor an action.
fn flat(error: &Value, path: &str) -> Value {
    let details = error["details"].as_array().into_iter().flatten();
    let found = details.clone().find(|one| one["activityId"].is_string());
    let of = |name: &str| found.and_then(|one| one[name].as_str()).unwrap_or_default();
    let code = error["code"].to_string();
    let activity = match of("activityId") {
        "" => derived::guid(&["activity", path, &code]),
        known => known.to_owned(),
    };
    json!({
        "code": error["code"],
        "message": error["message"],
        "possibleCauses": of("possibleCauses"),
        "recommendedAction": of("recommendedAction"),
        "activityId": activity,
    })
}
