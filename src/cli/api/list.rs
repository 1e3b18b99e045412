//! `api list`: every operation of the services, and whether the sandbox serves it; or the APIs that
//! were added.

use serde_json::{Value, json};

use crate::api::added::About;
use crate::api::model::{Operation, Service};
use crate::base::text::did_you_mean;
use crate::cli::added;
use crate::cli::args::OutputFormat;
use crate::cli::console::Console;
use crate::error::{Code, Error};
use crate::repl::manual;
use crate::sandbox;

/// Lists the operations of all modules, or of one.
pub(super) fn operations(console: &Console, module: Option<&str>) -> u8 {
    let services = added::all(console);
    if let Some(module) = module
        && !services.iter().any(|service| service.name == module)
    {
        let names = services.iter().map(|service| service.name);
        return console.fail(&unknown(module, names), None);
    }
    let served = Served::read();
    let rows: Vec<String> = services
        .iter()
        .filter(|service| module.is_none_or(|name| service.name == name))
        .flat_map(|service| {
            let row = |operation| row(service, operation, &served, console.globals.output);
            service.operations.iter().map(row)
        })
        .collect();
    console.finish(|output| output.table(None, &rows))
}

/// Lists the APIs that were added.
pub(super) fn added(console: &Console) -> u8 {
    let store = added::store();
    let abouts = store.names().into_iter().filter_map(|name| {
        let about = store.about(&name);
        about.map_err(|error| added::note(&error, console)).ok()
    });
    let rows: Vec<String> = abouts
        .map(|about| row_of(&about, console.globals.output).to_string())
        .collect();
    console.finish(|output| output.table(None, &rows))
}

/// People get a short digest and day, programs everything.
pub(super) fn row_of(about: &About, format: OutputFormat) -> Value {
    if format != OutputFormat::Table {
        return serde_json::to_value(about).unwrap_or_default();
    }
    json!({
        "module": about.module,
        "on": about.on,
        "file": about.file,
        "sha256": about.sha256.get(..12),
        "version": about.api_version,
        "functions": about.operations,
        "added": about.added.split('T').next(),
    })
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

/// The routes of the sandbox, as method and path.
struct Served(Vec<(&'static str, String)>);

impl Served {
    fn read() -> Self {
        let pair = |route: sandbox::Served| (route.method, normal(route.template));
        Self(sandbox::routes().into_iter().map(pair).collect())
    }

    fn has(&self, operation: &Operation) -> bool {
        let (verb, path) = (operation.verb.as_str(), normal(operation.path));
        let mut routes = self.0.iter();
        routes.any(|(method, template)| *method == verb && takes(template, &path))
    }
}

/// Returns a path without the names of its parameters and without its query: both sides name them
/// as they like.
fn normal(template: &str) -> String {
    let path = template.split('?').next().unwrap_or(template);
    let mut parts = path.split('{');
    let mut out = parts.next().unwrap_or_default().to_lowercase();
    for part in parts {
        out.push_str("{}");
        let after = part.split_once('}').map_or("", |(_, after)| after);
        out.push_str(&after.to_lowercase());
    }
    out
}

/// Tells whether a route takes the requests of a path; a parameter of the route takes any segment.
fn takes(template: &str, path: &str) -> bool {
    let segments = || template.split('/').zip(path.split('/'));
    template.split('/').count() == path.split('/').count()
        && segments().all(|(route, segment)| route == "{}" || route == segment)
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
        assert_eq!(
            normal("/v1.0/find(domainName='{domain}')"),
            normal("/v1.0/Find(domainName='{name}')")
        );
    }

    #[test]
    fn a_parameter_of_a_route_takes_any_segment() {
        let check = |template: &str, path: &str, expected: bool| {
            assert_eq!(takes(&normal(template), &normal(path)), expected, "{path}");
        };
        check(
            "/users/{user}/{kind}/{id}",
            "/users/{u}/phoneMethods/{m}",
            true,
        );
        check(
            "/users/{user}/phoneMethods/{id}",
            "/users/{u}/{kind}/{m}",
            false,
        );
        check("/users/{user}", "/users/{u}/manager", false);
        check("/find(name='{name}')", "/find(id='{id}')", false);
    }
}
