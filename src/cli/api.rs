//! `api list`: every operation of the services, and whether the sandbox serves it.

use std::collections::HashSet;

use serde_json::json;

use super::args::{Api, OutputFormat};
use super::console::Console;
use crate::api;
use crate::api::model::{Operation, Service};
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};
use crate::repl::manual;
use crate::sandbox;

/// Runs a command of `api`.
pub(super) fn api(console: &Console, args: &Api) -> u8 {
    let Api::List { module } = args;
    let services = api::services();
    if let Some(module) = module
        && api::service(module).is_none()
    {
        let names = services.iter().map(|service| service.name);
        return console.fail(&unknown(module, names), None);
    }
    let served = Served::read();
    let rows: Vec<String> = services
        .iter()
        .filter(|service| module.as_ref().is_none_or(|name| service.name == name))
        .flat_map(|service| {
            let row = |operation| row(service, operation, &served, console.globals.output);
            service.operations.iter().map(row)
        })
        .collect();
    console.finish(|output| output.table(None, &rows))
}

/// People get what tells operations apart; programs get everything.
fn row(service: &Service, operation: &Operation, served: &Served, format: OutputFormat) -> String {
    let sandbox = if served.has(operation) {
        "served"
    } else {
        "missing"
    };
    let auth = manual::principal(operation.auth);
    let row = match format {
        OutputFormat::Table => json!({
            "function": format!("{}::{}", service.name, operation.name),
            "effect": operation.gravest().as_str(),
            "method": operation.verb.as_str(),
            "path": operation.path,
            "auth": auth,
            "sandbox": sandbox,
        }),
        _ => json!({
            "module": service.name,
            "function": operation.name,
            "effect": operation.gravest().as_str(),
            "method": operation.verb.as_str(),
            "path": operation.path,
            "needs": operation.needs,
            "auth": auth,
            "source": operation.source,
            "sandbox": sandbox,
        }),
    };
    row.to_string()
}

/// The routes of the sandbox, by method and path.
struct Served(HashSet<(String, String)>);

impl Served {
    fn read() -> Self {
        let key = |route: sandbox::Served| (route.method.to_owned(), normal(route.template));
        Self(sandbox::routes().into_iter().map(key).collect())
    }

    fn has(&self, operation: &Operation) -> bool {
        let key = (operation.verb.as_str().to_owned(), normal(operation.path));
        self.0.contains(&key)
    }
}

/// Returns a path without the names of its parameters and without its query: both sides name them
/// as they like.
fn normal(template: &str) -> String {
    let path = template.split('?').next().unwrap_or(template);
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') {
            "{}".to_owned()
        } else {
            segment.to_lowercase()
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

fn unknown<'a>(module: &str, names: impl Iterator<Item = &'a str> + Clone) -> Error {
    let error = Error::new(
        Code::UsageArgument,
        format!("there is no module `{module}`"),
    );
    match did_you_mean(module, names.clone()) {
        Some(meant) => error.help(format!("did you mean `{meant}`?")),
        None => error.help(format!(
            "there are {}",
            names.collect::<Vec<_>>().join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_without_the_names_of_their_parameters() {
        assert_eq!(
            normal("/v1/Customers/{customer}/orders?size=1"),
            normal("/v1/customers/{customer-id}/orders")
        );
        assert_ne!(normal("/v1/customers"), normal("/v1/customers/{id}"));
    }
}
