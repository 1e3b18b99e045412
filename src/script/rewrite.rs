//! The engine's errors in our words: a stable code, the place in the script, and what to do.

use rhai::{EvalAltResult, Position};

use super::error::{Thrown, of_value};
use super::host::{Host, Op};
use super::{compose, interface, poller, usage};
use crate::api::model::Operation;
use crate::base::text::did_you_mean;
use crate::error::{At, Code, Error};

/// Returns the error that the engine's error means, with its place.
#[expect(clippy::boxed_local, reason = "the engine gives its errors boxed")]
pub(super) fn error(host: &Host, error: Box<EvalAltResult>) -> Error {
    let (inner, mut places) = unwound(*error);
    let place = places.pop();
    let error = translate(host, &inner, place.as_ref());
    let at = |place: Place| host.sources.at(&place.source, place.position);
    let error = match place.and_then(at) {
        Some(at) => error.at(at),
        None => error,
    };
    error.calls(places.into_iter().rev().filter_map(at).collect())
}

/// A position, and the source it is in; empty = the main script.
struct Place {
    source: String,
    position: Position,
}

/// Returns the error at the bottom of all calls, and the places that are known on the way there,
/// innermost last.
fn unwound(error: EvalAltResult) -> (EvalAltResult, Vec<Place>) {
    let mut error = error;
    let mut source = String::new();
    let mut places: Vec<Place> = Vec::new();
    loop {
        let position = error.position();
        let known = places
            .last()
            .is_some_and(|place| place.source == source && place.position == position);
        if !position.is_none() && !known {
            places.push(Place {
                source: source.clone(),
                position,
            });
        }
        error = match error {
            EvalAltResult::ErrorInFunctionCall(_, of, inner, _) => {
                source = of;
                *inner
            }
            EvalAltResult::ErrorInModule(path, inner, _) => {
                source = path;
                *inner
            }
            other => return (other, places),
        };
    }
}

fn translate(host: &Host, error: &EvalAltResult, place: Option<&Place>) -> Error {
    match error {
        EvalAltResult::ErrorRuntime(value, _) | EvalAltResult::ErrorTerminated(value, _) => {
            if let Some(Thrown(error)) = value.read_lock::<Thrown>().map(|thrown| thrown.clone()) {
                return Error::clone(&error);
            }
            match (error, super::error::cancelled(&host.settings.cancel)) {
                (EvalAltResult::ErrorTerminated(..), Some(cancelled)) => cancelled,
                _ => Error::clone(&of_value(value).0),
            }
        }
        EvalAltResult::ErrorParsing(kind, _) => syntax(kind),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => function(host, signature),
        EvalAltResult::ErrorDataRace(name, _) => captured(name),
        EvalAltResult::ErrorModuleNotFound(path, _) => {
            Error::new(Code::ScriptImport, format!("there is no module `{path}`"))
        }
        EvalAltResult::ErrorVariableNotFound(name, _) => Error::new(
            Code::ScriptRuntime,
            format!("there is no variable `{name}` here"),
        )
        .help("functions see only their parameters, `params` and `RUNBOOK`"),
        EvalAltResult::ErrorDotExpr(message, _) => property(host, message, place),
        EvalAltResult::ErrorIndexingType(of, _) => index(of),
        EvalAltResult::ErrorStackOverflow(_) => {
            Error::new(Code::ScriptRuntime, "functions call each other too deeply")
        }
        EvalAltResult::ErrorFor(_) => Error::new(
            Code::ScriptRuntime,
            "`for` needs a list, an array, a map's keys or a range",
        ),
        EvalAltResult::ErrorSystem(message, inner) if message.is_empty() => {
            Error::new(Code::ScriptRuntime, inner.to_string())
        }
        other => Error::new(Code::ScriptRuntime, plainly(other)),
    }
}

/// Returns the engine's words without its position, in lower case.
fn plainly(error: &EvalAltResult) -> String {
    let text = error.to_string();
    let end = format!(" ({})", error.position());
    lower_first(text.strip_suffix(&end).unwrap_or(&text))
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// Returns the error for a script that is no valid Rhai.
pub(super) fn syntax(kind: &rhai::ParseErrorType) -> Error {
    use rhai::ParseErrorType as Kind;
    match kind {
        Kind::VariableUndefined(name) => {
            let error = Error::new(Code::CheckName, format!("there is no variable `{name}`"));
            match did_you_mean(name, interface::functions().map(|one| one.name)) {
                Some(near) => error.help(format!("did you mean the function `{near}(…)`?")),
                None => error,
            }
        }
        Kind::ModuleUndefined(name) => {
            Error::new(Code::CheckName, format!("there is no module `{name}`"))
        }
        other => Error::new(Code::CheckSyntax, lower_first(&other.to_string())),
    }
}

fn captured(name: &str) -> Error {
    let name = name.trim_start_matches("variable ").trim_matches('\'');
    let what = if name.is_empty() {
        "a variable is used inside a chain that starts with it".to_owned()
    } else {
        format!("`{name}` is used inside a chain that starts with it")
    };
    Error::new(Code::ScriptCapturedRoot, what)
        .help("start the chain with the function form, such as `partner::subscriptions(customer)`, or put the start into a `let` of its own")
}

/// Properties that do not exist: on `()`, on records (which the record itself has explained), or
/// that cannot be set.
fn property(host: &Host, message: &str, place: Option<&Place>) -> Error {
    let name = message.split('\'').nth(1).unwrap_or_default();
    if message.starts_with("No writable property") && message.contains("'Record'") {
        return Error::new(Code::RecordReadOnly, format!("records do not change: `{name}` cannot be set"))
            .help(format!("use the record's method: `record.update(#{{ {name}: … }})`, which returns the new record"));
    }
    if message.contains("type '()'") {
        let owner = place.and_then(|place| host.sources.owner(&place.source, place.position, name));
        let what = owner.as_deref().unwrap_or("what stands before it");
        return Error::new(
            Code::ScriptRuntime,
            format!("`{name}` cannot be read: {what} is absent here, `()`"),
        )
        .help(format!(
            "use `?.{name}`, and `??` for a value to take instead"
        ));
    }
    Error::new(Code::ScriptRuntime, lower_first(message))
}

fn index(of: &str) -> Error {
    if of.contains("Record") {
        return Error::new(Code::RecordReadOnly, "records do not change")
            .help("use the record's `update` method");
    }
    Error::new(Code::ScriptRuntime, format!("{of} has no such entry"))
}

/// A call that no function can take.
fn function(host: &Host, signature: &str) -> Error {
    let (name, rest) = signature.split_once(" (").unwrap_or((signature, ")"));
    let types = rest.trim_end_matches(')');
    let given: Vec<&str> = if types.is_empty() {
        Vec::new()
    } else {
        types.split(", ").collect()
    };
    match name.rsplit_once("::") {
        Some((module, name)) => in_module(host, module, name, given.len()),
        None => global(host, name, &given),
    }
}

fn in_module(host: &Host, module: &str, name: &str, given: usize) -> Error {
    let full = format!("{module}::{name}");
    if let Some(op) = host.operation(module, name) {
        let message = format!("`{full}` takes {}, and got {given}", count(op));
        return Error::new(Code::ScriptFunction, message)
            .help(format!("use {}", usage::function(op)));
    }
    let service = host.settings.services.iter();
    let service = service.copied().find(|service| service.name == module);
    if let Some((service, operation)) = service.and_then(|of| Some((of, of.begun(name)?))) {
        let op = Op { service, operation };
        let message = format!("`{full}` takes {}, and got {given}", count(op));
        let begins = usage::function(op).replacen("::", &format!("::{}", Operation::BEGIN), 1);
        return Error::new(Code::ScriptFunction, message).help(format!("use {begins}"));
    }
    let all = interface::functions().copied().chain(compose::functions());
    let own: Vec<&str> = all
        .filter(|one| one.module == Some(module))
        .map(|one| one.name)
        .collect();
    if own.contains(&name) {
        return Error::new(
            Code::ScriptFunction,
            format!("`{full}` does not take {given} argument(s) of these kinds"),
        )
        .help(interface::usage(Some(module), name));
    }
    let services = &host.settings.services;
    let described = services.iter().filter(|service| service.name == module);
    let described = described.flat_map(|service| service.operations.iter().map(|one| one.name));
    let error = Error::new(
        Code::ScriptFunction,
        format!("there is no function `{full}`"),
    );
    if let Some(help) = service.and_then(|service| poller::no_begin(service, name)) {
        return error.help(help);
    }
    if let Some(near) = did_you_mean(name, described.chain(own)) {
        return error.help(format!("did you mean `{module}::{near}`?"));
    }
    let elsewhere = services
        .iter()
        .find(|service| service.operation(name).is_some());
    match elsewhere {
        Some(service) => error.help(format!("there is `{}::{name}`", service.name)),
        None => error,
    }
}

fn count(op: Op) -> String {
    let (least, most) = (
        super::args::required(op, false),
        super::args::most(op, false),
    );
    if least == most {
        format!("{least} argument(s)")
    } else {
        format!("{least} to {most} arguments")
    }
}

fn global(host: &Host, name: &str, given: &[&str]) -> Error {
    let types: Vec<&str> = given.iter().map(|ty| word(ty)).collect();
    let message = format!("there is no function `{name}({})`", types.join(", "));
    let error = Error::new(Code::ScriptFunction, message);
    let use_it = interface::usage(None, name);
    if !use_it.is_empty() {
        return error.help(use_it);
    }
    let method = given.first().is_some_and(|ty| *ty == "Record");
    let of_records = host.methods.keys().map(|(_, _, name)| *name);
    if method {
        let known: Vec<&str> = of_records.clone().collect();
        if known.contains(&name) {
            return error.help(format!(
                "`{name}` is a method, but not of this record or not with {} argument(s)",
                given.len() - 1
            ));
        }
    }
    let native = interface::native();
    let ours: Vec<&str> = interface::names().chain(of_records).collect();
    let known = native.iter().map(|(name, _)| name.as_str()).chain(ours);
    if let Some(near) = did_you_mean(name, known) {
        return error.help(format!("did you mean `{near}`?"));
    }
    let services = &host.settings.services;
    match services
        .iter()
        .find(|service| service.operation(name).is_some())
    {
        Some(service) => error.help(format!("there is `{}::{name}`", service.name)),
        None => error,
    }
}

/// Returns a script's word for the engine's name of a type.
fn word(ty: &str) -> &str {
    match ty {
        "&str | ImmutableString | String" => "text",
        "i64" => "int",
        "f64" => "float",
        "Fn" => "function",
        other => other,
    }
}

/// Returns a place as an [`At`] that covers the word there; the engine puts some errors about a
/// property at the dot before it.
pub(super) fn at(source: &str, text: Option<&str>, position: Position) -> Option<At> {
    let line = position.line()?;
    let mut column = position.position().unwrap_or(0);
    let mut length = 1;
    if let Some(text) = text.and_then(|text| text.lines().nth(line - 1)) {
        let letters: Vec<char> = text.chars().skip(column.saturating_sub(1)).collect();
        let dots = letters
            .iter()
            .take_while(|letter| matches!(letter, '.' | '?'))
            .count();
        let word = letters.iter().skip(dots);
        let word = word
            .take_while(|letter| letter.is_alphanumeric() || **letter == '_')
            .count();
        if word > 0 {
            column += dots;
            length = word;
        }
    }
    Some(At {
        source: source.to_owned(),
        line,
        column,
        length,
    })
}
