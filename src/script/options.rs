//! Options of lists in the words of the service: names of properties are checked before they are
//! sent, and a query that the service only reads with certain marks gets them.

use percent_encoding::percent_decode_str;
use rhai::{Dynamic, ImmutableString};

use super::args::Parts;
use super::error::argument;
use super::host::Op;
use super::record::kind_of;
use crate::api::ServiceName;
use crate::api::dialect::{self, Query};
use crate::api::model::{Kind, Operation, Output, Param, Schema, Service};
use crate::base::text::did_you_mean;
use crate::error::Error;
use crate::http::Call;

/// A record type that stands for several: a list of such holds users, groups and others.
const MIXED: &str = "DirectoryObject";

/// Returns whether a record of type `kind` may stand where one of type `schema` is meant: a mixed
/// list holds objects of all types, and some calls take an object of any.
pub(super) fn stands_for(kind: &str, schema: &str) -> bool {
    kind == schema || kind == MIXED || schema == MIXED
}

/// Returns an option's value with its names checked; what it asks for is added to `asked`.
pub(super) fn named(
    op: Op,
    param: &Param,
    value: Dynamic,
    asked: &mut Option<Vec<String>>,
) -> Result<Dynamic, Error> {
    match param.wire {
        "$select" => {
            let names = names(&value);
            for name in &names {
                known(op, param, name)?;
            }
            let asked = asked.get_or_insert_default();
            asked.extend(names.iter().map(|name| first(name).to_owned()));
            let paths = names.iter().map(|name| name.replace('.', "/").into());
            Ok(Dynamic::from_array(paths.collect()))
        }
        "$orderby" => {
            for name in names(&value) {
                known(
                    op,
                    param,
                    name.split_whitespace().next().unwrap_or_default(),
                )?;
            }
            Ok(value)
        }
        "$search" => {
            let Ok(text) = value.as_immutable_string_ref().map(|text| text.clone()) else {
                return Ok(value);
            };
            let text: ImmutableString = dialect::of(op.service_name()).search(&text).into();
            Ok(text.into())
        }
        _ => {
            if param.name == "select" {
                *asked = Some(names(&value));
            }
            Ok(value)
        }
    }
}

/// Gives a query the marks that the service wants of it.
pub(super) fn mark(op: Op, parts: &mut Parts) -> Result<(), Error> {
    if !op.operation.advanced {
        return Ok(());
    }
    let query = Query {
        filter: parts.filter.as_ref(),
        options: &parts.query,
    };
    let marks = dialect::of(op.service_name())
        .marks(query)
        .map_err(|why| argument(format!("{}: {why}", op.full_name())))?;
    for (name, value) in marks.options {
        parts.query.retain(|(given, _)| given != name);
        parts.query.push((name, (*value).to_owned()));
    }
    let headers = marks.headers.iter();
    parts
        .headers
        .extend(headers.map(|(name, value)| ((*name).into(), (*value).to_owned())));
    Ok(())
}

/// Parameters that decide which marks a query needs.
const MARKING: [&str; 5] = ["$filter", "$search", "$count", "$orderby", "$expand"];

/// Gives the query of a path that a script wrote the marks that the service wants of it.
pub(super) fn mark_path(
    service: ServiceName,
    operation: &Operation,
    call: &mut Call,
) -> Result<(), Error> {
    let query = call.target.split_once('?').map(|(_, query)| query);
    let Some(query) = query.filter(|_| operation.advanced) else {
        return Ok(());
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let (name, value) = (decoded(name), decoded(&value.replace('+', " ")));
        let name = MARKING.into_iter().find(|known| *known == name)?;
        Some((name, value))
    });
    let options: Vec<_> = pairs.collect();
    let query = Query {
        filter: None,
        options: &options,
    };
    let marks = dialect::of(service)
        .marks(query)
        .map_err(|why| argument(format!("{}: {why}", call.operation)))?;
    for (name, value) in marks.options {
        if options.iter().all(|(given, _)| given != name) {
            call.target.extend(["&", name, "=", value]);
        }
    }
    let headers = marks.headers.iter();
    call.headers
        .extend(headers.map(|(name, value)| ((*name).into(), (*value).to_owned())));
    Ok(())
}

/// Returns the relations that are asked for.
pub(super) fn expanded(parts: &Parts) -> impl Iterator<Item = String> {
    let all = parts.query.iter().filter(|(name, _)| *name == "$expand");
    all.map(|(_, value)| first(value).to_owned())
}

/// Returns the names in an array, or in a text between commas.
fn names(value: &Dynamic) -> Vec<String> {
    match value.as_array_ref() {
        Ok(items) => items.iter().map(Dynamic::to_string).collect(),
        Err(_) => value
            .to_string()
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect(),
    }
}

/// Returns the property that a path begins with: `manager($select=id)` is of `manager`.
pub(super) fn first(path: &str) -> &str {
    path.split(['/', '.', '(']).next().unwrap_or(path)
}

fn known(op: Op, param: &Param, name: &str) -> Result<(), Error> {
    let Some(known) = properties(op.service, op.operation) else {
        return Ok(());
    };
    if known.contains(&first(name)) {
        return Ok(());
    }
    let error = argument(format!(
        "`{}` of {} names `{name}`, which is no property of what it lists",
        param.name,
        op.full_name()
    ));
    Err(match did_you_mean(first(name), known) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("nothing was sent"),
    })
}

/// Returns the properties that an operation's answer can have, where they are known.
pub(super) fn properties(service: &Service, operation: &Operation) -> Option<Vec<&'static str>> {
    let (Output::One(ty) | Output::Many(ty)) = operation.output else {
        return None;
    };
    let Kind::Rec(index) = kind_of(service, ty) else {
        return None;
    };
    let fields = |schema: &Schema| schema.fields.0.iter().map(|field| field.name);
    let own = service.schemas.get(usize::from(index))?;
    Some(if own.name == MIXED {
        service.schemas.iter().flat_map(fields).collect()
    } else {
        fields(own).collect()
    })
}
