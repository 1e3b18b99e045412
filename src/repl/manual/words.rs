//! Types and signatures in the words that users read: for the manual, completion and hints.

use crate::api::ids;
use crate::api::model::{Kind, Operation, Output, Param, Place, Service, Ty};
use crate::script::check::known::{HostFunction, HostMethod, HostParam, Type};

/// Returns the word for a type of a service.
pub(crate) fn ty(service: &Service, of: Ty) -> String {
    kind(service, service.kind(of))
}

/// Returns the word for a kind of a service.
pub(crate) fn kind(service: &Service, kind: Kind) -> String {
    let item = |index: u16| ty(service, Ty(index));
    match kind {
        Kind::Any => "any".to_owned(),
        Kind::Bool => "bool".to_owned(),
        Kind::Int => "int".to_owned(),
        Kind::Num => "number".to_owned(),
        Kind::Text | Kind::Guid | Kind::Enum(_) => "string".to_owned(),
        Kind::Date | Kind::Day => "date".to_owned(),
        Kind::Filter => "filter".to_owned(),
        Kind::Secret => "secret".to_owned(),
        Kind::Array(index) => format!("array of {}", item(index)),
        Kind::Dict(index) => format!("map of {}", item(index)),
        Kind::Rec(index) => service.schemas[usize::from(index)].name.to_owned(),
    }
}

/// Returns what a parameter takes: its type, a record that may stand for it, or a
/// tenant in any of its forms.
pub(super) fn takes(service: &Service, param: &Param) -> String {
    match param.scope {
        _ if param.place == Place::Token => "tenant".to_owned(),
        Some(scope) if scope.is_any() => format!("any record | {}", ty(service, param.ty)),
        Some(scope) => format!("{} | {}", scope.schema, ty(service, param.ty)),
        None => ty(service, param.ty),
    }
}

/// Returns what an operation gives, or `None` when it gives nothing.
pub(super) fn gives(service: &Service, operation: &Operation) -> Option<String> {
    match service.answering(operation).output {
        Output::Nothing => None,
        Output::One(of) => Some(ty(service, of)),
        Output::Many(of) => Some(format!("list of {}", ty(service, of))),
        Output::Bytes => Some("blob".to_owned()),
        Output::Exists | Output::Absent => Some("bool".to_owned()),
    }
}

/// Returns the call of an operation as a function, with its module.
pub(crate) fn function(service: &Service, operation: &Operation) -> String {
    let (module, name) = (service.name, operation.name);
    format!("{module}::{name}{}", arguments(service, operation, false))
}

/// Returns the call that only begins what a call does.
pub(crate) fn begun(call: &str) -> String {
    let end = call.find('(').unwrap_or(call.len());
    let name = call[..end].rfind(['.', ':']).map_or(0, |at| at + 1);
    let (before, call) = call.split_at(name);
    let call = call.split(" -> ").next().unwrap_or(call);
    format!("{before}{}{call} -> Poller", Operation::BEGIN)
}

/// Returns the call of an operation as a method of the record of that name.
pub(crate) fn method(service: &Service, operation: &Operation, name: &str) -> String {
    format!("{name}{}", arguments(service, operation, true))
}

/// Returns the argument list and what comes back. A method's record stands for all parameters of
/// the path.
fn arguments(service: &Service, operation: &Operation, method: bool) -> String {
    let mut parts: Vec<String> = ids::shown(service, operation, method)
        .map(|param| format!("{}: {}", param.name, takes(service, param)))
        .collect();
    let mut optional = String::new();
    if let Some(body) = operation.body.filter(|_| operation.preset.is_empty()) {
        let part = format!("{}: {}", body.name, ty(service, body.ty));
        if body.required {
            parts.push(part);
        } else {
            optional = bracket(parts.is_empty(), &part);
        }
    }
    let mut options: Vec<&str> = operation.optional().map(|param| param.name).collect();
    options.extend(operation.host_options());
    if !options.is_empty() {
        let map = format!("#{{ {} }}", options.join(", "));
        optional.push_str(&bracket(parts.is_empty() && optional.is_empty(), &map));
    }
    let gives = gives(service, operation).map_or(String::new(), |gives| format!(" -> {gives}"));
    format!("({}{optional}){gives}", parts.join(", "))
}

/// Returns the call of a host function, with its module if it has one.
pub(crate) fn host_function(function: &HostFunction) -> String {
    let module = function.module.map_or(String::new(), |m| format!("{m}::"));
    let arguments = host_arguments(function.params, function.returns);
    format!("{module}{}{arguments}", function.name)
}

/// Returns the call of a host method, without its receiver.
pub(crate) fn host_method(method: &HostMethod) -> String {
    if method.property {
        return format!("{}: {}", method.name, host_type(method.returns));
    }
    let arguments = host_arguments(method.params, method.returns);
    format!("{}{arguments}", method.name)
}

fn host_arguments(params: &[HostParam], returns: Type) -> String {
    let mut text = String::new();
    for param in params {
        let part = match param.ty {
            Type::Keys(_) | Type::Any => match param.ty {
                Type::Keys(_) => host_type(param.ty),
                _ => param.name.to_owned(),
            },
            ty => format!("{}: {}", param.name, host_type(ty)),
        };
        match (param.optional, text.is_empty()) {
            (true, first) => text.push_str(&bracket(first, &part)),
            (false, true) => text.push_str(&part),
            (false, false) => {
                text.push_str(", ");
                text.push_str(&part);
            }
        }
    }
    match returns {
        Type::Unit => format!("({text})"),
        returns => format!("({text}) -> {}", host_type(returns)),
    }
}

fn bracket(first: bool, part: &str) -> String {
    if first {
        format!("[{part}]")
    } else {
        format!("[, {part}]")
    }
}

/// Returns the word for a type of the host's table.
pub(crate) fn host_type(of: Type) -> String {
    let word = match of {
        Type::Any | Type::Result | Type::Awaited | Type::Receiver => "any",
        Type::Item => "item",
        Type::Unit => "()",
        Type::Bool => "bool",
        Type::Int => "int",
        Type::Number => "number",
        Type::Text => "string",
        Type::Date => "date",
        Type::DateLike => "date | string",
        Type::Record => "record",
        Type::Host(name) => name,
        Type::Map => "map",
        Type::Keys(keys) => {
            let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
            return format!("#{{ {} }}", names.join(", "));
        }
        Type::ArrayOf(item) => return format!("array of {}", host_type(*item)),
        Type::Array | Type::ItemArray | Type::ResultArray | Type::Flattened => "array",
        Type::Pager => "list",
        Type::Items => "array | list | range",
        Type::Outcomes | Type::ResultOutcomes => "outcomes",
        Type::Function(_) => "function",
    };
    word.to_owned()
}
