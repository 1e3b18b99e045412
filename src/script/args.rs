//! From a script's arguments to the parts of a request: which argument is which parameter, what a
//! record stands for, and what is wrong with it.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rhai::{Dynamic, Map};

use super::azure::Filled;
use super::error::{a_record, argument, describe};
use super::filter::Condition;
use super::host::{Host, Op};
use super::record::{Record, kind_of};
use super::{azure, options, poller, tenant, usage, validate};
use crate::api::document::snake_case;
use crate::api::filter::Filter;
use crate::api::model::{Kind, Operation, Param, Place};
use crate::api::{Principal, dialect, ids};
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};

/// What stands as it is in a path segment or a query value.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b':')
    .remove(b',')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*');

/// The arguments of a call, each in its place.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Path parameters and the like, by name: what the answer's records remember.
    pub(super) keys: Vec<(&'static str, String)>,
    /// Query, encoded.
    pub(super) query: Vec<(&'static str, String)>,
    /// Headers.
    pub(super) headers: Vec<(Cow<'static, str>, String)>,
    /// The tenant whose token is needed, where a parameter says so.
    pub(super) tenant: Option<String>,
    /// The customer it is about.
    pub(super) about: Option<String>,
    /// What fills the names of a preset.
    pub(super) preset: Map,
    /// The body.
    pub(super) body: Option<Dynamic>,
    /// The records that were given, to be compared with the service's present ones.
    pub(super) records: Vec<Record>,
    /// Properties that are asked for.
    pub(super) select: Option<Vec<String>>,
    /// The condition that the service applies.
    pub(super) filter: Option<Filter>,
    /// As whom.
    pub(super) principal: Option<Principal>,
    /// How long the end of a long operation is waited for.
    pub(super) patience: Option<Duration>,
}

/// Returns the number of arguments that must be given.
pub(super) fn required(op: Op, method: bool) -> usize {
    let [positional, _] = ids::positional(op.service, op.operation, method);
    positional + usize::from(op.operation.body.is_some_and(|body| body.required))
}

/// Returns the number of arguments that can be given: with an optional body, and options.
pub(super) fn most(op: Op, method: bool) -> usize {
    let [_, positional] = ids::positional(op.service, op.operation, method);
    positional + usize::from(op.operation.body.is_some()) + 1
}

/// Puts the arguments in their places.
pub(super) fn sort(
    host: &Arc<Host>,
    op: Op,
    receiver: Option<&Record>,
    args: &mut [Dynamic],
) -> Result<Parts, Error> {
    let mut parts = Parts::default();
    let paths = ids::are_paths(op.service);
    let count = args.len();
    let mut args = args.iter_mut().map(std::mem::take);
    if let Some(record) = receiver {
        parts.records.push(record.clone());
        let filled = paths.then(|| azure::of_receiver(op, record)).flatten();
        parts.fill(op, filled.unwrap_or_default())?;
    }
    for param in op.operation.params.0.iter().filter(|param| param.required) {
        if param.place == Place::Path && parts.keys.iter().any(|(name, _)| *name == param.name) {
            continue;
        }
        let value = match receiver {
            Some(record) if op.operation.of_record(param) => from_receiver(op, param, record)?,
            _ => args
                .next()
                .ok_or_else(|| missing_argument(op, receiver, param.name, count))?,
        };
        if paths && param.place == Place::Path {
            if value.is_map() {
                return Err(missing_argument(op, receiver, param.name, count));
            }
            if let Some(filled) = azure::of_value(op, param, &value)? {
                parts.records.extend(value.try_cast::<Record>());
                parts.fill(op, filled)?;
                continue;
            }
        }
        parts.place(op, param, value)?;
    }
    let mut left: Vec<Dynamic> = args.collect();
    let body = op.operation.body;
    if let (Some(body), true) = (body.filter(|body| body.required), left.is_empty()) {
        return Err(missing_argument(op, receiver, body.name, count));
    }
    if left.len() > usize::from(body.is_some()) + 1 {
        let message = format!(
            "{} got {count} arguments, which are too many",
            op.full_name()
        );
        return Err(argument(message).help(how(op, receiver)));
    }
    if let Some(body) = op.operation.body {
        // With an optional body and one argument left, a map is the body: options come after it.
        if body.required || !left.is_empty() {
            parts.body = Some(if left.is_empty() {
                Dynamic::UNIT
            } else {
                left.remove(0)
            });
        }
    }
    let options = left.into_iter().next().unwrap_or_else(|| Map::new().into());
    parts.options(host, op, receiver, options)?;
    options::mark(op, &mut parts)?;
    if paths {
        azure::of_subscription(host, op, &mut parts)?;
        azure::choose_version(host, op, &mut parts)?;
    }
    Ok(parts)
}

fn missing_argument(op: Op, receiver: Option<&Record>, name: &str, count: usize) -> Error {
    let message = format!(
        "{} got {count} argument(s), and no `{name}`",
        op.full_name()
    );
    argument(message).help(how(op, receiver))
}

fn how(op: Op, receiver: Option<&Record>) -> String {
    match receiver {
        Some(_) => usage::method(op),
        None => format!("use {}", usage::function(op)),
    }
}

/// Returns what a method's record knows of a parameter that comes from it: its own property where it
/// is the object meant, else what its own call knew.
fn from_receiver(op: Op, param: &Param, record: &Record) -> Result<Dynamic, Error> {
    if let Some(scope) = param.scope
        && scope.schema == record.kind()
        && let Some(value) = record.at_path(scope.property)
    {
        return Ok(value);
    }
    let origin = record.origin();
    let known = if param.place == Place::Token {
        origin.tenant.as_ref()
    } else {
        let known = origin.keys.iter().find(|(name, _)| *name == param.name);
        known.map(|(_, value)| value)
    };
    known.map(|value| value.clone().into()).ok_or_else(|| {
        argument(format!(
            "this {} does not know its `{}`",
            record.kind(),
            param.name
        ))
        .help(format!(
            "call `{}(…)` and name the {}",
            op.full_name(),
            param.name
        ))
    })
}

impl Parts {
    fn place(&mut self, op: Op, param: &'static Param, value: Dynamic) -> Result<(), Error> {
        if param.place == Place::Preset {
            self.preset.insert(param.name.into(), value);
            return Ok(());
        }
        if let Some(record) = value.read_lock::<Record>() {
            self.records.push(record.clone());
        }
        if let Some(condition) = value.read_lock::<Condition>() {
            self.filter = Some(condition.0.clone());
        }
        if param.place == Place::Query && value.is_array() {
            let texts = each(op, param, value)?;
            match param.between {
                Some(between) => self.query.push((param.wire, texts.join(between))),
                None => self
                    .query
                    .extend(texts.into_iter().map(|text| (param.wire, text))),
            }
            return Ok(());
        }
        let text = text(op, param, value)?;
        if param.scope.is_some_and(|scope| scope.schema == "Customer") {
            self.about = Some(text.clone());
        }
        // A URL would take these as steps to another path: `DELETE …/users/..` deletes the customer.
        if matches!(param.place, Place::Path | Place::Token) && matches!(text.as_str(), "." | "..")
        {
            let what = format!("`{}` of {} cannot be {text:?}", param.name, op.full_name());
            return Err(argument(what).help("give an id"));
        }
        match param.place {
            Place::Path => self.keys.push((param.name, text)),
            Place::Query => self.query.push((param.wire, text)),
            Place::Header => self.headers.push((param.wire.into(), text)),
            Place::Token => {
                self.tenant = Some(text.clone());
                self.keys.push((param.name, text));
            }
            Place::Preset => {}
        }
        Ok(())
    }

    fn options(
        &mut self,
        host: &Arc<Host>,
        op: Op,
        receiver: Option<&Record>,
        options: Dynamic,
    ) -> Result<(), Error> {
        let Ok(options) = options.as_map_ref().map(|map| map.clone()) else {
            return Err(argument(format!(
                "{}: the options must be a map, not {}",
                op.full_name(),
                describe(&options)
            )));
        };
        let mut given = options;
        self.principal = principal(op, given.remove("principal"))?;
        if op.operation.is_long()
            && let Some(time) = given.remove("timeout").filter(|time| !time.is_unit())
        {
            self.patience = Some(poller::patience(&op.full_name(), &time)?);
        }
        for param in op.operation.optional() {
            match given.remove(param.name).filter(|value| !value.is_unit()) {
                Some(value) => {
                    let value = options::named(op, param, value, &mut self.select)?;
                    self.place(op, param, value)?;
                }
                None if param.place == Place::Token
                    && receiver.is_some_and(|record| record.origin().tenant.is_some()) =>
                {
                    if let Some(record) = receiver {
                        self.place(op, param, from_receiver(op, param, record)?)?;
                    }
                }
                None if param.home => {
                    let home = host.settings.door.home()?;
                    self.place(op, param, home.as_ref().into())?;
                }
                None => {
                    if let Some(initial) = param.initial {
                        self.place(op, param, initial.to_owned().into())?;
                    }
                }
            }
        }
        match given.keys().next() {
            Some(name) => Err(unknown_option(op, name)),
            None => Ok(()),
        }
    }

    /// Takes the values of path parameters that an id holds; those that are known already must be
    /// the same.
    fn fill(&mut self, op: Op, filled: Filled) -> Result<(), Error> {
        for (param, value) in filled {
            if value.split('/').any(|part| matches!(part, "." | "..")) {
                let what = format!("`{}` of {} cannot be {value:?}", param.name, op.full_name());
                return Err(argument(what).help("give an id"));
            }
            let known = self.keys.iter().find(|(name, _)| *name == param.name);
            match known {
                None => self.keys.push((param.name, value)),
                Some((_, known)) if known.eq_ignore_ascii_case(&value) => {}
                Some((_, known)) => {
                    let message = format!(
                        "{} got two values of `{}`: {known:?}, and {value:?} by an id",
                        op.full_name(),
                        param.name
                    );
                    return Err(argument(message).help("an id says it alone: leave the first out"));
                }
            }
        }
        Ok(())
    }

    /// Adds the version in which an operation is described.
    pub(super) fn versioned(&mut self, op: Op) {
        let version = op.operation.api_version();
        self.query
            .extend(version.map(|version| (Param::VERSION, version.to_owned())));
    }

    /// Returns the path and query beneath the service's root.
    pub(super) fn target(&self, operation: &Operation) -> String {
        let path = operation.path;
        let mut target = String::with_capacity(path.len() + 40);
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('{') {
            target.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let param = operation.in_path().find(|param| param.wire == name);
            let name = param.map_or_else(|| snake_case(name), |param| param.name.to_owned());
            let known = self.keys.iter().find(|(key, _)| *key == name);
            match known {
                // A key in quotes: its own are doubled.
                Some((_, value)) if before.ends_with('\'') => {
                    let value = value.replace('\'', "''");
                    target.extend(utf8_percent_encode(&value, PLAIN));
                }
                Some((_, value)) if param.is_some_and(|param| param.whole) => {
                    let parts = value.split('/').filter(|part| !part.is_empty());
                    let parts = parts.map(|part| utf8_percent_encode(part, PLAIN).to_string());
                    target.push_str(&parts.collect::<Vec<_>>().join("/"));
                }
                Some((_, value)) => target.extend(utf8_percent_encode(value, PLAIN)),
                None => {}
            }
            rest = after;
        }
        target.push_str(rest);
        for (name, value) in &self.query {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(name);
            target.push('=');
            target.extend(utf8_percent_encode(value, PLAIN));
        }
        target
    }
}

fn principal(op: Op, given: Option<Dynamic>) -> Result<Option<Principal>, Error> {
    let Some(given) = given.filter(|value| !value.is_unit()) else {
        return Ok(None);
    };
    match given.to_string().as_str() {
        "app" => Ok(Some(Principal::App)),
        "user" => Ok(Some(Principal::User)),
        _ => Err(argument(format!(
            "{}: `principal` is \"app\" or \"user\", not {}",
            op.full_name(),
            describe(&given)
        ))),
    }
}

fn unknown_option(op: Op, name: &str) -> Error {
    let mut known: Vec<&str> = op.operation.optional().map(|param| param.name).collect();
    known.push("principal");
    if op.operation.is_long() {
        known.push("timeout");
    }
    let error = argument(format!("{} has no option `{name}`", op.full_name()));
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("it has: {}", known.join(", "))),
    }
}

/// Returns a parameter's value as it travels.
fn text(op: Op, param: &Param, mut value: Dynamic) -> Result<String, Error> {
    if param.place == Place::Token {
        return tenant::named(&op.full_name(), &value);
    }
    if let Some(scope) = param.scope {
        value = scoped(op, param, scope.schema, scope.property, value)?;
    }
    if kind_of(op.service, param.ty) == Kind::Filter {
        return filter(op, param, &value);
    }
    if value.is_unit()
        || value
            .as_immutable_string_ref()
            .is_ok_and(|text| text.is_empty())
    {
        return Err(missing(op, param, &value));
    }
    if let Some(fault) = validate::fault(op.service, param.ty, &mut value) {
        return Err(unfit(op, param, &value, &fault));
    }
    let text = match value.as_array_ref() {
        Ok(items) => items
            .iter()
            .map(Dynamic::to_string)
            .collect::<Vec<_>>()
            .join(param.between.unwrap_or(",")),
        Err(_) => value.to_string(),
    };
    Ok(match kind_of(op.service, param.ty) {
        Kind::Guid => text.to_ascii_lowercase(),
        _ => text,
    })
}

/// Returns the values of an array as they travel.
fn each(op: Op, param: &Param, value: Dynamic) -> Result<Vec<String>, Error> {
    let lists = matches!(kind_of(op.service, param.ty), Kind::Array(_));
    let items = value.into_array().unwrap_or_default().into_iter();
    items
        .map(|item| text(op, param, if lists { vec![item].into() } else { item }))
        .collect()
}

/// Returns the property of a record that stands for a parameter; other values stay as they are.
fn scoped(
    op: Op,
    param: &Param,
    schema: &str,
    property: &str,
    value: Dynamic,
) -> Result<Dynamic, Error> {
    let Some(record) = value.read_lock::<Record>().map(|record| record.clone()) else {
        return Ok(value);
    };
    let same_service = std::ptr::eq(record.service(), op.service);
    if same_service && options::stands_for(record.kind(), schema) {
        return record.at_path(property).ok_or_else(|| {
            argument(format!(
                "this {schema} has no `{property}`, which `{}` needs",
                op.full_name()
            ))
        });
    }
    Err(Error::new(
        Code::ScopeWrongKind,
        format!(
            "`{}` of {} must be {}, and is {}",
            param.name,
            op.full_name(),
            a_record(schema),
            a_record(record.kind())
        ),
    )
    .help(format!("give {} or its `{property}`", a_record(schema))))
}

fn missing(op: Op, param: &Param, value: &Dynamic) -> Error {
    let what = if value.is_unit() {
        "nothing: `()`"
    } else {
        "an empty text"
    };
    let message = format!("{} got {what} as `{}`", op.full_name(), param.name);
    match param.scope {
        Some(scope) => Error::new(Code::ScopeMissing, message).help(format!(
            "give {} or its id; there is no default",
            a_record(scope.schema)
        )),
        None => argument(message),
    }
}

fn unfit(op: Op, param: &Param, value: &Dynamic, fault: &str) -> Error {
    let message = format!("`{}` of {}: {fault}", param.name, op.full_name());
    let Some(scope) = param.scope else {
        return argument(message);
    };
    let code = match (scope.schema, value.is_string()) {
        ("Customer", true) => Code::ScopeTenantUnknown,
        (_, true) => Code::ScriptArgument,
        _ => Code::ScopeWrongKind,
    };
    Error::new(code, message).help(format!("give {} or its id", a_record(scope.schema)))
}

fn filter(op: Op, param: &Param, value: &Dynamic) -> Result<String, Error> {
    let Some(condition) = value.read_lock::<Condition>() else {
        return Err(argument(format!(
            "`{}` of {} must be a condition, not {}",
            param.name,
            op.full_name(),
            describe(value)
        ))
        .help("write `where(\"field\").eq(value)`"));
    };
    let dialect = dialect::of(op.service_name());
    dialect
        .filter(&condition.0, &param.filter)
        .map_err(|why| argument(format!("{}: {why}", op.full_name())))
}
