//! The table of everything callable in scripts besides the services' operations. Checker, help and
//! completion read it; a test holds it against what the engine really has.

mod auth;
mod functions;
mod methods;

use std::collections::BTreeSet;

use rhai::Engine;

use super::check::known::{HostFunction, HostMethod, HostParam, Known, Type};
use super::{compose, params, raw};
use crate::api::ids;
use crate::api::model::{Effect, Service, Verb};

/// Functions that the engine knows without a package.
const KEYWORDS: [&str; 8] = [
    "print",
    "debug",
    "type_of",
    "Fn",
    "call",
    "curry",
    "eval",
    "is_shared",
];

/// Returns the functions of the host, those of modules included.
pub(super) fn functions() -> impl Iterator<Item = &'static HostFunction> + Clone {
    functions::ALL.iter().chain(auth::ALL)
}

/// Returns the methods that the host adds to types.
fn methods() -> &'static [HostMethod] {
    methods::ALL
}

/// Returns all names of functions and methods.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let functions = functions().filter(|one| one.module.is_none());
    functions
        .map(|one| one.name)
        .chain(methods().iter().map(|one| one.name))
}

/// Returns the whole table for scripts that can call these services, with the engine's own
/// functions.
pub fn known(services: &[&'static Service]) -> Known {
    let mut all = functions().copied().collect::<Vec<_>>();
    for service in services.iter().filter(|service| !service.is_added()) {
        let composed = compose::functions();
        all.extend(composed.filter(|one| one.module == Some(service.name)));
        all.extend(raw_functions(service));
    }
    Known {
        functions: all,
        methods: methods().to_vec(),
        native: native(),
        constants: vec![
            (params::PARAMS.to_owned(), Type::Map),
            (params::RUNBOOK.to_owned(), Type::Map),
        ],
    }
}

/// Returns Rhai's own functions: name and number of arguments, the receiver counted.
pub(super) fn native() -> Vec<(String, usize)> {
    let found = Engine::new().collect_fn_metadata(
        None,
        |info| {
            let name = info.metadata.name.as_str();
            let named = name.starts_with(|first: char| first.is_alphabetic());
            (named && !name.contains('$')).then(|| (name.to_owned(), info.metadata.num_params))
        },
        true,
    );
    let found: BTreeSet<(String, usize)> = found.into_iter().collect();
    let keywords = KEYWORDS.map(|name| (name.to_owned(), 1));
    found.into_iter().chain(keywords).collect()
}

/// Returns `use retry(times, f)` for a function or method of the host; empty if there is none.
pub(super) fn usage(module: Option<&str>, name: &str) -> String {
    let mut all = functions().copied().chain(compose::functions());
    let function = all.find(|one| one.module == module && one.name == name);
    if let Some(function) = function {
        let module = module.map_or_else(String::new, |module| format!("{module}::"));
        return format!("use `{module}{name}({})`", arguments(function.params));
    }
    let method = methods()
        .iter()
        .find(|one| one.name == name && module.is_none());
    method.map_or_else(String::new, |method| {
        if method.property {
            return format!("`{name}` is read without parentheses");
        }
        format!(
            "`{name}({})` is a method of {:?}",
            arguments(method.params),
            method.of
        )
    })
}

fn arguments(params: &[HostParam]) -> String {
    let names: Vec<String> = params
        .iter()
        .map(|param| {
            if param.optional {
                format!("[{}]", param.name)
            } else {
                param.name.to_owned()
            }
        })
        .collect();
    names.join(", ")
}

const TENANT: HostParam = HostParam::required("tenant", Type::Any);
const PATH: HostParam = HostParam::required("path", Type::Text);
const BODY: HostParam = HostParam::required("body", Type::Any);
const METHOD: HostParam = HostParam::required("method", Type::Text);
const ANY_BODY: HostParam = HostParam::optional("body", Type::Any);
const OPTIONS: HostParam = HostParam::optional("options", Type::Keys(RAW_KEYS));
const RAW_KEYS: &[HostParam] = &[
    HostParam::optional("principal", Type::Text),
    HostParam::optional("headers", Type::Map),
];

/// Returns the raw calls of a service.
fn raw_functions(service: &'static Service) -> Vec<HostFunction> {
    let module = service.name;
    let mut all = Vec::new();
    for (name, verb, body) in raw::VERBS {
        let params: &'static [HostParam] = match (raw::takes_tenant(module), body) {
            (false, false) => &[PATH, OPTIONS],
            (false, true) => &[PATH, BODY, OPTIONS],
            (true, false) => &[TENANT, PATH, OPTIONS],
            (true, true) => &[TENANT, PATH, BODY, OPTIONS],
        };
        let (returns, doc) = match name {
            "get" => (Type::Any, "Reads any path of the service."),
            "list" => (Type::Pager, "Lists any path of the service, page by page."),
            "head" => (Type::Bool, "Tells whether any path of the service exists."),
            "delete" => (Type::Any, "Deletes what is at any path of the service."),
            "post" => (Type::Any, "Posts a body to any path of the service."),
            "put" => (Type::Any, "Puts a body at any path of the service."),
            _ => (Type::Any, "Changes what is at any path of the service."),
        };
        all.push(HostFunction {
            module: Some(module),
            name,
            params,
            returns,
            effects: match verb {
                Verb::Get | Verb::Head => &[Effect::Read],
                _ => &[],
            },
            doc,
            example: "",
        });
    }
    if ids::are_paths(service) {
        all.push(HostFunction {
            module: Some(module),
            name: raw::REQUEST,
            params: &[TENANT, METHOD, PATH, ANY_BODY, OPTIONS],
            returns: Type::Any,
            effects: &[],
            doc: "Makes a request of any method; the version stays as the path says it.",
            example: "",
        });
    }
    all
}

#[cfg(test)]
mod tests;
