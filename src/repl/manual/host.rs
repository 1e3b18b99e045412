//! The pages of the host's own functions and methods.

use super::page::{Page, Row};
use super::words;
use crate::script::check::known::{HostFunction, HostParam, Known, Receiver, Type};

/// Returns the functions of a host module, or the global ones.
pub(super) fn rows(known: &Known, module: Option<&str>) -> Vec<Row> {
    known
        .functions
        .iter()
        .filter(|function| function.module == module)
        .map(|function| Row::new(words::host_function(function), "", function.doc))
        .collect()
}

/// Returns the host's modules.
pub(super) fn modules(known: &Known) -> Vec<Row> {
    let mut names: Vec<&str> = known.functions.iter().filter_map(|it| it.module).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| {
            let functions = known.functions.iter();
            let inside: Vec<&str> = functions
                .filter(|it| it.module == Some(name))
                .map(|it| it.name)
                .collect();
            Row::new(name, "", inside.join(", "))
        })
        .collect()
}

/// Returns what methods can be called on, with the names of the methods.
pub(super) fn receivers(known: &Known) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for method in &known.methods {
        let of = receiver(method.of);
        match rows.iter_mut().find(|row| row.name == of) {
            Some(row) => {
                row.about.push_str(", ");
                row.about.push_str(method.name);
            }
            None => rows.push(Row::new(of, "", method.name)),
        }
    }
    rows
}

/// Returns the page of a host function.
pub(super) fn function(function: &HostFunction) -> Page {
    let module = function
        .module
        .map_or(String::new(), |it| format!("{it}::"));
    Page {
        name: format!("{module}{}", function.name),
        calls: vec![words::host_function(function)],
        about: function.doc.to_owned(),
        tables: [tables(function.params), returned(function.returns)].concat(),
        example: Some(function.example.to_owned()).filter(|example| !example.is_empty()),
        ..Page::default()
    }
}

/// Returns the pages of the host methods of that name.
pub(super) fn methods(known: &Known, name: &str) -> Vec<Page> {
    known
        .methods
        .iter()
        .filter(|method| method.name == name)
        .map(|method| Page {
            name: format!("{}.{}", receiver(method.of), method.name),
            calls: vec![format!(
                "{}.{}",
                receiver(method.of),
                words::host_method(method)
            )],
            about: method.doc.to_owned(),
            tables: tables(method.params),
            ..Page::default()
        })
        .collect()
}

fn tables(params: &[HostParam]) -> Vec<(&'static str, Vec<Row>)> {
    let row = |param: &HostParam| {
        let about = if param.optional {
            "may be left out"
        } else {
            ""
        };
        Row::new(param.name, words::host_type(param.ty), about)
    };
    let mut tables = vec![("Parameters", params.iter().map(row).collect())];
    for param in params {
        if let Type::Keys(keys) = param.ty {
            tables.push((
                "Options (one map, the last argument)",
                keys.iter().map(row).collect(),
            ));
        }
    }
    tables
}

/// Returns the keys of the map that a function returns, if they are told.
fn returned(ty: Type) -> Vec<(&'static str, Vec<Row>)> {
    let Type::Keys(keys) = ty else {
        return Vec::new();
    };
    let row = |key: &HostParam| {
        let about = if key.optional { "may be `()`" } else { "" };
        Row::new(key.name, words::host_type(key.ty), about)
    };
    vec![("Returns", keys.iter().map(row).collect())]
}

/// Returns the word for what a method is called on.
pub(crate) fn receiver(of: Receiver) -> &'static str {
    match of {
        Receiver::Record => "record",
        Receiver::Pager => "list",
        Receiver::Array => "array",
        Receiver::Outcomes => "outcomes",
        Receiver::Outcome => "outcome",
        Receiver::Text => "string",
        Receiver::Number => "number",
        Receiver::Date => "date",
        Receiver::Map => "map",
        Receiver::Host(name) => name,
    }
}
