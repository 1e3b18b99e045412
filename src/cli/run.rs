//! `run SCRIPT [PARAMETERS]`: check, read the parameters, run.

use super::args::Run;
use super::check::{self, Found};
use super::console::Console;
use super::host::{Host, Wish};
use super::script_file;
use super::split::asks_for_help;
use crate::error::Error;
use crate::runbook::{ParamType, ParamValue, header_of, help, params};
use crate::script;

/// Runs a runbook and returns the exit code.
pub(super) fn run(console: &Console, args: Run) -> u8 {
    let source = match script_file::read(&args.script) {
        Ok(source) => source,
        Err(error) => return console.fail(&error, None),
    };
    if args.parameters.iter().any(asks_for_help) {
        return match header_of(&source) {
            Ok(header) => console.print(&help::text(&header, &source.name)),
            Err(error) => console.fail(&error, Some(&source)),
        };
    }
    let found = check::findings(console, &source);
    if found.exit != 0 {
        return found.exit;
    }
    let host = wish(found, &args.parameters)
        .and_then(|wish| Host::open(console, &args.flags, wish, || console.output()));
    match host {
        Ok(host) => {
            let exit = host.run(console, &source);
            // The process ends faster than an engine is torn down.
            std::mem::forget(host);
            exit
        }
        Err(error) => console.fail(&error, Some(&source)),
    }
}

fn wish(found: Found, arguments: &[String]) -> Result<Wish, Error> {
    let header = &found.header;
    let given = params::read(&header.params, arguments, &|name| std::env::var(name).ok())?;
    let files = given.iter().filter_map(|(_, value)| match value {
        ParamValue::File(path) => Some(path.clone()),
        _ => None,
    });
    let files = files.collect();
    let mut values: Vec<(String, script::Value)> = Vec::new();
    for param in &header.params {
        let value = given.iter().find(|(name, _)| *name == param.name);
        let value = value.map_or(script::Value::Unit, |(_, value)| convert(value, param.ty));
        values.push((param.name.clone(), value));
    }
    Ok(Wish {
        params: values,
        files,
        bound: header.bound(),
        services: found.services,
        log: None,
    })
}

/// Returns a parameter's value as scripts see it.
fn convert(value: &ParamValue, ty: ParamType) -> script::Value {
    match value {
        ParamValue::Text(text) => script::Value::Text(text.clone()),
        ParamValue::Int(number) => script::Value::Int(*number),
        ParamValue::Decimal(digits) => match digits.parse() {
            Ok(number) => script::Value::Decimal(number),
            Err(_) => script::Value::Text(digits.clone()),
        },
        ParamValue::Bool(value) => script::Value::Bool(*value),
        ParamValue::Date(at) => script::Value::Date(*at),
        ParamValue::List(items) => {
            let items = items.iter().cloned().map(script::Value::Text);
            script::Value::List(items.collect())
        }
        ParamValue::Secret(secret) => script::Value::Secret(secret.clone()),
        ParamValue::File(path) => {
            debug_assert_eq!(ty, ParamType::File);
            script::Value::Text(path.display().to_string())
        }
    }
}
