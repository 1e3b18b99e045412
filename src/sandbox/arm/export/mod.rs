//! The template of a group: what is in it, written as a deployment would make it. All of a group takes
//! its time, single resources are answered at once. Source: arm reference §10.2.

mod template;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::{Map, Value, json};

use self::template::{Export, Literal, Options};
use super::group::{self, VERSIONS};
use super::id::Id;
use super::kind::{Links, Long};
use super::operation::{self, Begin};
use super::{access, body, kind};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{OperationResult, Resource, Tx, Work};

pub(super) const ROUTES: &[Route] = &[Route::arm(
    "POST",
    "/subscriptions/{subscription}/resourceGroups/{group}/exportTemplate",
    export,
)];

/// How long a whole group takes; the reference names no time.
const WHOLE: Long = Long {
    accepted: true,
    links: Links::Location,
    time: Duration::from_secs(20),
    retry_after: 10,
};

fn export(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version(request, VERSIONS)?;
    let id = Id::of_group(request.param("subscription"), request.param("group"));
    let action = "Microsoft.Resources/subscriptions/resourceGroups/exportTemplate/action";
    let azure = access::pass(request, tx, &id, action)?;
    if !tx.arm.groups.has(&id.key()) {
        return Err(group::missing(&id));
    }
    let body = body::object(request)?;
    let options = options(&body)?;
    let asked = asked(&body)?;
    let is_whole = asked.iter().any(|one| one == "*");
    let (chosen, errors) = chosen(tx, &id, if is_whole { None } else { Some(&asked) });
    let template = Export::of(tx, &id, options, &chosen).template();
    let mut result = json!({ "template": template });
    if !errors.is_empty() {
        // The reference names the code, not the text.
        result["error"] = json!({
            "code": "ExportTemplateCompletedWithErrors",
            "message": "Export template operation completed with errors. Some resources were not exported. Please see details for more information.",
            "details": errors,
        });
    }
    if !is_whole {
        return Ok(Reply::ok(result));
    }
    let begin = Begin {
        azure: &azure,
        about: &id,
        location: None,
        long: WHOLE,
        kind: None,
        result: OperationResult::Body(result),
        work: Work::None,
    };
    let operation = operation::begin(tx, begin);
    Ok(operation::lead(tx, request, &operation, Reply::empty(202)))
}

/// Returns what is to be exported: ids, or `*`.
fn asked(body: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    let Some(Value::Array(all)) = body.get("resources") else {
        return Err(body::invalid("'resources' is not an array"));
    };
    let text = |one: &Value| one.as_str().map(str::to_owned);
    let all: Option<Vec<String>> = all.iter().map(text).collect();
    let all = all.filter(|all| !all.is_empty());
    all.ok_or_else(|| body::invalid("'resources' is not a list of ids"))
}

fn options(body: &Map<String, Value>) -> Result<Options, Refusal> {
    let format = body::text(body, "outputFormat")?.unwrap_or("Json");
    if body::one_of("outputFormat", format, &["Json", "Bicep"])? == "Bicep" {
        let text = "The sandbox exports templates as Json only.";
        return Err(Refusal::new(501, "NotImplemented", text));
    }
    let mut options = Options::default();
    let words = body::text(body, "options")?.unwrap_or_default();
    for word in words
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
    {
        let known = [
            "IncludeParameterDefaultValue",
            "IncludeComments",
            "SkipResourceNameParameterization",
            "SkipAllParameterization",
        ];
        match body::one_of("options", word, &known)? {
            "IncludeParameterDefaultValue" => options.defaults = true,
            "IncludeComments" => options.comments = true,
            "SkipAllParameterization" => options.literal = Literal::All,
            _ if options.literal == Literal::Nothing => options.literal = Literal::Names,
            _ => {}
        }
    }
    Ok(options)
}

/// Returns the resources that are exported, in the order of their ids, and why others are not.
fn chosen(tx: &Tx<'_>, group: &Id, asked: Option<&[String]>) -> (Vec<Resource>, Vec<Value>) {
    let all = tx.arm.resources.under(&group.key());
    let all: Vec<(&str, &Resource)> = all.collect();
    let mut errors = Vec::new();
    let mut keys = Vec::new();
    for text in asked.into_iter().flatten() {
        let id = Id::parse(text).filter(|id| id.group_key() == Some(group.key()));
        match id.filter(|id| tx.arm.resources.has(&id.key())) {
            Some(id) => keys.push(id.key()),
            None => errors.push(json!({
                "code": "ResourceNotFound",
                "message": format!("The resource '{text}' was not found in the resource group '{}'.", group.name()),
                "target": text,
            })),
        }
    }
    let is_asked = |key: &str| {
        asked.is_none()
            || keys.iter().any(|asked| {
                let rest = key.strip_prefix(asked.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    };
    let is_alone = |one: &Resource, key: &str| {
        let inlined = kind::find(&one.kind).is_some_and(kind::Kind::inlined);
        !inlined || keys.iter().any(|asked| asked == key)
    };
    let all = all.into_iter();
    let chosen = all.filter(|(key, one)| is_asked(key) && is_alone(one, key));
    (chosen.map(|(_, one)| one.clone()).collect(), errors)
}
