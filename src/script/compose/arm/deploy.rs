//! Deployments of templates from maps or files, to a resource group or a subscription.

use std::sync::Arc;

use rhai::Dynamic;

use super::{id, map, parameters};
use crate::base::text::is_guid;
use crate::error::Error;
use crate::script::error::{argument, describe};
use crate::script::host::Host;
use crate::script::invoke::by_name;
use crate::script::module::read_json;

/// The operations that do the same in a resource group and in a subscription.
struct Twins {
    function: &'static str,
    group: &'static str,
    subscription: &'static str,
}

const CREATE: Twins = Twins {
    function: "arm::deploy",
    group: "create_deployment",
    subscription: "create_subscription_deployment",
};
const WHAT_IF: Twins = Twins {
    function: "arm::what_if",
    group: "what_if_deployment",
    subscription: "what_if_subscription_deployment",
};
const VALIDATE: Twins = Twins {
    function: "arm::validate",
    group: "validate_deployment",
    subscription: "validate_subscription_deployment",
};

/// `deploy(scope, name, template[, parameters[, #{ mode, location, timeout }]])`.
pub(super) fn deploy(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    CREATE.call(host, args)
}

/// `what_if(scope, name, template[, parameters[, #{ mode, location, timeout }]])`.
pub(super) fn what_if(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    WHAT_IF.call(host, args)
}

/// `validate(scope, name, template[, parameters[, #{ mode, location, timeout }]])`.
pub(super) fn validate(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    VALIDATE.call(host, args)
}

impl Twins {
    fn call(&self, host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
        let mut args = args.into_iter();
        let mut next = || args.next().unwrap_or(Dynamic::UNIT);
        let (scope, name, template, values, options) = (next(), next(), next(), next(), next());
        let in_group = self.in_group(&scope)?;
        let options = Options::read(self.function, &options)?;
        if !in_group && options.location.is_unit() {
            let message = format!(
                "{} of a subscription needs a `location`, in which its record is kept",
                self.function
            );
            return Err(argument(message).help("add the option `#{ location: \"westeurope\" }`"));
        }
        let template = self.document(host, "template", template)?;
        let values = if values.is_string() {
            self.document(host, "parameters", values)?
        } else {
            values
        };
        let values = parameters::of(self.function, &template, &values)?;
        let properties = map([
            ("mode", options.mode),
            ("template", template),
            ("parameters", values.into()),
        ]);
        let mut body = map([("properties", properties.into())]);
        if !options.location.is_unit() {
            body.insert("location".into(), options.location);
        }
        let operation = if in_group {
            self.group
        } else {
            self.subscription
        };
        let mut args = vec![scope, name, body.into()];
        if !options.timeout.is_unit() {
            args.push(map([("timeout", options.timeout)]).into());
        }
        by_name(host, "arm", operation, args)
    }

    /// Returns whether a scope is a resource group, and no subscription.
    fn in_group(&self, scope: &Dynamic) -> Result<bool, Error> {
        let bare = scope.as_immutable_string_ref();
        if bare.is_ok_and(|text| is_guid(&text)) {
            return Ok(false);
        }
        let found = id::of("`scope`", scope)?;
        match (&found.subscription, &found.resource_group, &found.parts[..]) {
            (Some(_), Some(_), []) => Ok(true),
            (Some(_), None, []) => Ok(false),
            _ => Err(argument(format!(
                "{} deploys to a resource group or a subscription, not to {found}",
                self.function
            ))),
        }
    }

    /// Returns a template or parameters: a map, or what a file holds.
    fn document(&self, host: &Host, what: &str, given: Dynamic) -> Result<Dynamic, Error> {
        let path = given
            .as_immutable_string_ref()
            .ok()
            .map(|path| path.to_string());
        let found = match path {
            Some(path) => read_json(host, &path)?,
            None => given,
        };
        if found.is_map() {
            return Ok(found);
        }
        let given = describe(&found);
        Err(argument(format!(
            "the {what} of {} must be a map or the path of a file that holds one, not {given}",
            self.function
        )))
    }
}

/// What the last map says.
struct Options {
    mode: Dynamic,
    location: Dynamic,
    timeout: Dynamic,
}

impl Options {
    fn read(function: &str, given: &Dynamic) -> Result<Self, Error> {
        let mut options = Self {
            mode: "Incremental".into(),
            location: Dynamic::UNIT,
            timeout: Dynamic::UNIT,
        };
        if given.is_unit() {
            return Ok(options);
        }
        let map = given.as_map_ref().map_err(|_| {
            let what = describe(given);
            argument(format!("{function}: the options must be a map, not {what}"))
        })?;
        for (name, value) in map.iter().filter(|(_, value)| !value.is_unit()) {
            match name.as_str() {
                "mode" => options.mode = mode(function, value)?,
                "location" => options.location = value.clone(),
                "timeout" => options.timeout = value.clone(),
                _ => {
                    let message = format!("{function} has no option `{name}`");
                    return Err(argument(message).help("it has: mode, location, timeout"));
                }
            }
        }
        Ok(options)
    }
}

fn mode(function: &str, value: &Dynamic) -> Result<Dynamic, Error> {
    let given = value.to_string();
    let mut known = ["Incremental", "Complete"].into_iter();
    match known.find(|mode| mode.eq_ignore_ascii_case(&given)) {
        Some(mode) => Ok(mode.into()),
        None => Err(argument(format!(
            "{function}: `mode` is \"Incremental\" or \"Complete\", not {}",
            describe(value)
        ))),
    }
}
