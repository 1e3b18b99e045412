//! From a script's arguments to the parts of a request: which argument is which parameter, what a
//! record stands for, and what is wrong with it.

mod condition;
mod target;
mod value;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use rhai::{Dynamic, Map};

use value::{each, text};

use super::azure::Filled;
use super::error::{argument, describe};
use super::filter::Condition;
use super::host::{Host, Op};
use super::record::{Record, kind_of};
use super::{azure, options, poller, usage};
use crate::api::filter::Filter;
use crate::api::model::{Job, Kind, Level, Param, Place};
use crate::api::{Principal, ids};
use crate::base::text::did_you_mean;
use crate::error::Error;

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
    /// How far the work is followed, where the call says.
    pub(super) level: Option<Level>,
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
        if op.operation.job.is_some()
            && let Some(word) = given.remove(Job::OPTION).filter(|word| !word.is_unit())
        {
            self.level = Some(level(op, &word)?);
        }
        for param in op.operation.optional() {
            match given.remove(param.name).filter(|value| !value.is_unit()) {
                Some(value) => {
                    let value = options::named(op, param, value, &mut self.select)?;
                    self.place(op, param, value)?;
                    if let (Kind::Filter, Some(initial)) =
                        (kind_of(op.service, param.ty), param.initial)
                    {
                        self.complete(param, initial);
                    }
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
                    let Some(initial) = param.initial else {
                        continue;
                    };
                    if kind_of(op.service, param.ty) == Kind::Filter {
                        // It stands as the service writes it.
                        self.query.push((param.wire, initial.to_owned()));
                    } else {
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

/// Reads how far the work is followed.
fn level(op: Op, given: &Dynamic) -> Result<Level, Error> {
    let word = given.as_immutable_string_ref().ok();
    word.and_then(|word| Level::parse(&word)).ok_or_else(|| {
        argument(format!(
            "{}: `{}` is \"lro\" or \"job\", not {}",
            op.full_name(),
            Job::OPTION,
            describe(given)
        ))
        .help(
            "\"lro\" waits until the operation is done, \"job\" until the job is that it has made",
        )
    })
}

fn unknown_option(op: Op, name: &str) -> Error {
    let mut known: Vec<&str> = op.operation.optional().map(|param| param.name).collect();
    known.push("principal");
    known.extend(op.operation.host_options());
    let error = argument(format!("{} has no option `{name}`", op.full_name()));
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("it has: {}", known.join(", "))),
    }
}
