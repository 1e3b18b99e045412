//! The page of a service's operation.

use super::page::{Page, Row};
use super::words;
use crate::api::ids;
use crate::api::model::{
    Auth, Effect, EffectRule, Idempotency, Job, Kind, Merge, Operation, Output, Service, Ty,
};

/// Returns the page.
pub(super) fn page(service: &Service, operation: &Operation) -> Page {
    let mut calls = vec![words::function(service, operation)];
    if let Some((schema, name)) = operation.method_of {
        let owner = service.schemas[usize::from(schema)].name;
        calls.push(format!(
            "{owner}.{}",
            words::method(service, operation, name)
        ));
    }
    if operation.is_long() {
        calls.extend(calls.clone().iter().map(|call| words::begun(call)));
    }
    Page {
        name: format!("{}::{}", service.name, operation.name),
        calls,
        about: operation.doc.to_owned(),
        tables: vec![
            ("Parameters", parameters(service, operation)),
            (
                "Options (one map, the last argument)",
                options(service, operation),
            ),
            ("Body fields", body(service, operation)),
            ("Returns", returns(service, operation)),
        ],
        facts: facts(service, operation),
        example: Some(operation.example.to_owned()).filter(|example| !example.is_empty()),
    }
}

fn parameters(service: &Service, operation: &Operation) -> Vec<Row> {
    let mut rows: Vec<Row> = ids::shown(service, operation, false)
        .map(|param| Row::new(param.name, words::takes(service, param), param.doc))
        .collect();
    if let Some(body) = operation.body.filter(|_| operation.preset.is_empty()) {
        let ty = words::ty(service, body.ty);
        rows.push(Row::new(body.name, ty, body.doc));
    }
    rows
}

fn options(service: &Service, operation: &Operation) -> Vec<Row> {
    let timeout = Row::new(
        "timeout",
        "string | int",
        "How long the end is waited for, such as \"30m\", or in seconds. (default 1h)",
    );
    let timeout = operation.is_long().then_some(timeout);
    operation
        .optional()
        .map(|param| {
            let mut about = param.doc.to_owned();
            if let Some(initial) = param.initial {
                about = format!("{about} (default {initial})");
            }
            if !param.filter.is_empty() {
                let fields: Vec<&str> = param.filter.iter().map(|field| field.name).collect();
                about = format!("{about} Fields: {}", fields.join(", "));
            }
            Row::new(param.name, words::takes(service, param), about)
        })
        .chain(timeout)
        .chain(operation.job.map(waits))
        .collect()
}

/// The option that says how far the work is followed.
fn waits(job: Job) -> Row {
    let about = format!(
        "\"job\" waits for the job that it makes and returns it, \"lro\" for the operation alone. (default {})",
        job.wait.as_str()
    );
    Row::new(Job::OPTION, "string", about)
}

/// The fields that a body may have; what only the service sets is left out.
fn body(service: &Service, operation: &Operation) -> Vec<Row> {
    let Some(body) = operation.body.filter(|_| operation.preset.is_empty()) else {
        return Vec::new();
    };
    fields(service, body.ty, |field| !field.read_only())
        .into_iter()
        .flat_map(|schema| schema.fields.iter())
        .filter(|field| !field.read_only())
        .map(|field| {
            let must = if field.required() { "required. " } else { "" };
            let about = format!("{must}{}{}", field.doc, choices(service, field.ty));
            Row::new(field.name, words::ty(service, field.ty), about)
        })
        .collect()
}

fn returns(service: &Service, operation: &Operation) -> Vec<Row> {
    let answering = service.answering(operation);
    let (Output::One(ty) | Output::Many(ty)) = answering.output else {
        return Vec::new();
    };
    fields(service, ty, |_| true)
        .into_iter()
        .flat_map(|schema| schema.fields.iter())
        .map(|field| {
            let about = format!("{}{}", field.doc, choices(service, field.ty));
            Row::new(field.name, words::ty(service, field.ty), about)
        })
        .collect()
}

/// Returns the schema behind a type, if it has one with such a field.
fn fields(
    service: &Service,
    ty: Ty,
    wanted: impl Fn(&crate::api::model::Field) -> bool,
) -> Option<&crate::api::model::Schema> {
    let Kind::Rec(index) = service.kind(ty) else {
        return None;
    };
    let schema = &service.schemas[usize::from(index)];
    schema.fields.iter().any(wanted).then_some(schema)
}

/// Returns the texts that a field may have, as the end of its description.
pub(super) fn choices(service: &Service, ty: Ty) -> String {
    match service.kind(ty) {
        Kind::Enum(index) => format!(" [{}]", service.enums[usize::from(index)].join(" | ")),
        _ => String::new(),
    }
}

/// Says that an id stands for several parameters, where one does.
fn by_id(service: &Service, operation: &Operation) -> Option<String> {
    let whole: Vec<&str> = operation.in_path().map(|param| param.name).collect();
    let folded = ids::folded(service, operation);
    let first = whole.get(folded)?;
    if !ids::are_paths(service) || (whole.len() < 2 && folded == 0) {
        return None;
    }
    Some(format!(
        "`{first}` may be a record, its id, or the parts of it; all parts are: {}",
        whole.join(", ")
    ))
}

fn facts(service: &Service, operation: &Operation) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Effect", effects(&operation.effects))];
    if !operation.needs.is_empty() {
        facts.push(("Needs", operation.needs.to_owned()));
    }
    facts.push(("Signs in", principal(operation.auth).to_owned()));
    facts.push((
        "Calls",
        format!("{} {}", operation.verb.as_str(), operation.path),
    ));
    if let Some(parts) = by_id(service, operation) {
        facts.push(("Ids", parts));
    }
    if operation.gravest() != Effect::Read {
        facts.push(("Repeats", repeats(operation.idempotency)));
    }
    match operation.merge {
        Merge::None => {}
        Merge::Partial => facts.push(("Merge", "fields left out stay as they are".to_owned())),
        Merge::Full => facts.push((
            "Merge",
            "the object is read, the given fields are laid over it, all of it is sent".to_owned(),
        )),
    }
    if let Some(property) = operation.if_match {
        facts.push(("If-Match", property.to_owned()));
    }
    if let Some(of) = operation.preset_of {
        facts.push(("Same as", format!("{of} with a fixed body")));
    }
    facts.push(("Source", operation.source.to_owned()));
    facts
}

/// Returns the rules in order: `destroy if status = deleted, else write`.
fn effects(rules: &[EffectRule]) -> String {
    use crate::api::model::Test;
    let rule = |rule: &EffectRule| match rule.when {
        None => rule.is.as_str().to_owned(),
        Some(when) => {
            let test = match when.test {
                Test::Eq => "=",
                Test::Ne => "!=",
                Test::Lt => "<",
                Test::Gt => ">",
            };
            let (field, with) = (when.field, when.with.unwrap_or("before"));
            format!("{} if {field} {test} {with}", rule.is.as_str())
        }
    };
    rules.iter().map(rule).collect::<Vec<_>>().join(", else ")
}

/// Returns as whom an operation is called.
pub(crate) fn principal(auth: Auth) -> &'static str {
    match auth {
        Auth::App => "app",
        Auth::User => "user",
        Auth::Either => "app or user",
    }
}

fn repeats(idempotency: Idempotency) -> String {
    match idempotency {
        Idempotency::None => "never sent twice".to_owned(),
        Idempotency::Idempotent => "twice is the same as once".to_owned(),
        Idempotency::RequestId => "recognised by its request id".to_owned(),
        Idempotency::NaturalKey(fields) => format!("read back by {}", fields.join(", ")),
    }
}
