//! The older guide's way to Site Recovery: the feature first, which takes up to an hour, then the
//! provider, which refuses before. Source: the guide of 2015, "Register the provider"; today no
//! feature is needed.

use std::sync::Arc;

use rhai::{Dynamic, Map};

use crate::error::Error;
use crate::script::effects::at_path;
use crate::script::host::Host;
use crate::script::invoke::by_name;

const NAMESPACE: &str = "Microsoft.RecoveryServices";
const FEATURE: &str = "betaAccess";
/// How long the feature is waited for: the guide says up to one hour.
const PATIENCE: &str = "90m";

/// `register_beta_access(subscription)`.
pub(super) fn register(host: &Arc<Host>, mut args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let subscription = args.pop().unwrap_or(Dynamic::UNIT);
    let of = |rest: &[&str]| {
        let rest = rest.iter().map(|name| (*name).to_owned().into());
        let all: Vec<Dynamic> = [subscription.clone()].into_iter().chain(rest).collect();
        all
    };
    let feature = by_name(host, "arm", "feature", of(&[NAMESPACE, FEATURE]))?;
    let had = is_registered(&feature, "properties.state");
    if !had {
        let mut args = of(&[NAMESPACE, FEATURE]);
        let timeout: Map = [("timeout".into(), PATIENCE.into())].into();
        args.push(timeout.into());
        by_name(host, "arm", "register_feature", args).map(drop)?;
    }
    let provider = by_name(host, "arm", "provider", of(&[NAMESPACE]))?;
    // What the feature changes counts from the next registration on.
    if had && is_registered(&provider, "registrationState") {
        return Ok(provider);
    }
    by_name(host, "arm", "register_provider", of(&[NAMESPACE]))
}

fn is_registered(object: &Dynamic, path: &str) -> bool {
    let state = at_path(object, path).map(|state| state.to_string());
    state.is_some_and(|state| state.eq_ignore_ascii_case("Registered"))
}
