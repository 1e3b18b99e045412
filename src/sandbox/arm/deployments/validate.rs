//! A deployment is checked beforehand: the template, the caller's rights, and what providers find
//! before anything is made. Source: arm reference §10.5.

use std::time::Duration;

use serde_json::{Value, json};

use super::draft::{self, Asker};
use super::simulate::{simulate, steps};
use super::{asked, begin, refusal, shown};
use crate::sandbox::arm::access::Azure;
use crate::sandbox::arm::{body, group};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Deployment, StepState, Tx};

/// From how many resources on a validation takes its time (202); the reference says only that it may.
const MANY: usize = 8;
/// How long it takes then.
const TIME: Duration = Duration::from_secs(3);

/// What keeps a deployment from being taken on, in the provider's own words and status.
const PLAIN: [&str; 12] = [
    "AuthorizationFailed",
    "InvalidContentLink",
    "InvalidDeployment",
    "InvalidDeploymentName",
    "InvalidResourceNamespace",
    "InvalidResourceType",
    "InvalidTemplate",
    "LinkedAuthorizationFailed",
    "MissingSubscriptionRegistration",
    "NoRegisteredProviderFound",
    "NotImplemented",
    "ReadOnlyDisabledSubscription",
];

/// What providers find beforehand. The reference shows `AccountNameInvalid`; the others are the
/// checks of names, places and quotas. What else they refuse lets the deployment fail as it runs.
const PREFLIGHT: [&str; 9] = [
    "AccountNameInvalid",
    "InvalidResourceGroupLocation",
    "InvalidResourceLocation",
    "InvalidResourceName",
    "LocationNotAvailableForResourceType",
    "LocationRequired",
    "QuotaExceeded",
    "SkuNotAvailable",
    "StorageAccountAlreadyTaken",
];

/// Checks a deployment.
pub(super) fn validate(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = asked(request, tx, "validate/action")?;
    let body = body::object(request)?;
    group::open(tx, &asked.id)?;
    let asker = Asker {
        id: &asked.id,
        azure: &asked.azure,
        caller: request.caller()?,
        parent: None,
    };
    let row = draft::read(tx, &asker, &body)?;
    preflight(tx, &asked.azure, &row)?;
    let result = shown::valid(tx, &row);
    if row.steps.len() <= MANY {
        return Ok(Reply::ok(result));
    }
    let about = (&asked.azure, &asked.id);
    Ok(begin::answer_later(request, tx, about, (TIME, result)))
}

/// Refuses a deployment that could not be taken on.
pub(super) fn preflight(tx: &mut Tx<'_>, azure: &Azure, row: &Deployment) -> Result<(), Refusal> {
    let failed = simulate(tx, azure, row.clone(), |tx, ended| {
        let all = steps(tx, ended).into_iter();
        let failed = all.filter(|step| step.state == StepState::Failed);
        failed.collect::<Vec<_>>()
    });
    let code = |error: &Option<Value>| {
        let code = error.as_ref().and_then(|error| error["code"].as_str());
        code.unwrap_or_default().to_owned()
    };
    let plain = failed
        .iter()
        .find(|step| PLAIN.contains(&code(&step.error).as_str()));
    if let Some(step) = plain {
        return Err(refusal::of_step(step));
    }
    let findings: Vec<Value> = failed
        .into_iter()
        .filter(|step| PREFLIGHT.contains(&code(&step.error).as_str()))
        .map(|step| {
            let mut finding = step.error.unwrap_or_default();
            if finding.get("target").is_none() {
                finding["target"] = json!(step.name);
            }
            finding
        })
        .collect();
    if findings.is_empty() {
        return Ok(());
    }
    Err(refusal::preflight(&row.name, &row.correlation, findings))
}
