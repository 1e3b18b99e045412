//! Ids of Azure among the arguments: a record or the text of an id fills all parameters of the path
//! that it covers.

use rhai::Dynamic;

use crate::api::ids::{self, ResourceId};
use crate::api::model::{Param, Place};
use crate::error::{Code, Error};
use crate::script::error::{a_record, argument};
use crate::script::host::Op;
use crate::script::record::Record;

/// Parameters with their values, in the order of the path.
pub(in crate::script) type Filled = Vec<(&'static Param, String)>;

/// Returns what an argument for a parameter of the path fills, if it is a record or an id; a plain
/// name fills the parameter alone.
pub(in crate::script) fn of_value(
    op: Op,
    param: &'static Param,
    value: &Dynamic,
) -> Result<Option<Filled>, Error> {
    if param.place != Place::Path {
        return Ok(None);
    }
    if let Some(record) = value.read_lock::<Record>() {
        // A region, say, is told by its name.
        let by_another = param
            .scope
            .is_some_and(|scope| scope.property != "id" && scope.schema == record.kind());
        if by_another {
            return Ok(None);
        }
        return of_record(op, param, &record).map(Some);
    }
    let Ok(text) = value.as_immutable_string_ref() else {
        return Ok(None);
    };
    if text.is_empty() || !(param.whole || ids::is_id(&text)) {
        return Ok(None);
    }
    if param.whole {
        ResourceId::parse(&text).map_err(|why| malformed(op, param, &text, &why))?;
    }
    match (reaching(op, param, &text), ResourceId::parse(&text)) {
        (Some(filled), _) => Ok(Some(filled)),
        (None, Ok(id)) => Err(unfit(op, param, &format!("an id of {}", id.kind()))),
        (None, Err(why)) => Err(malformed(op, param, &text, &why)),
    }
}

/// Returns what the record of a method fills, if its id leads to what the path is about.
pub(in crate::script) fn of_receiver(op: Op, record: &Record) -> Option<Filled> {
    if !ids::are_paths(record.service()) {
        return None;
    }
    let id = record.at_path("id")?;
    let filled = ids::walk(op.operation, &id.into_immutable_string().ok()?)?;
    (filled.len() >= op.operation.covered).then_some(filled)
}

fn of_record(op: Op, param: &'static Param, record: &Record) -> Result<Filled, Error> {
    if !ids::are_paths(record.service()) {
        return Err(foreign(op, param, record));
    }
    let id = record
        .at_path("id")
        .and_then(|id| id.into_immutable_string().ok());
    let Some(id) = id else {
        let message = format!(
            "this {} has no `id`, which `{}` of {} needs",
            record.kind(),
            param.name,
            op.full_name()
        );
        return Err(Error::new(Code::ScopeWrongKind, message).help(wanted(param)));
    };
    reaching(op, param, &id).ok_or_else(|| unfit(op, param, &a_record(record.kind())))
}

/// Walks an id; it must fill the parameter in whose place it stands.
fn reaching(op: Op, param: &Param, id: &str) -> Option<Filled> {
    let filled = ids::walk(op.operation, id)?;
    let reached = filled.iter().any(|(one, _)| one.wire == param.wire);
    reached.then_some(filled)
}

fn wanted(param: &Param) -> String {
    match param.scope {
        Some(scope) if scope.is_any() => {
            "give a record of Azure with an `id`, or its id".to_owned()
        }
        Some(scope) => format!("give {} or its id", a_record(scope.schema)),
        None => format!("give the {} by its name", param.name),
    }
}

fn unfit(op: Op, param: &Param, what: &str) -> Error {
    let message = format!(
        "`{}` of {} cannot be {what}: what the call is about is at `{}`",
        param.name,
        op.full_name(),
        op.operation.path
    );
    Error::new(Code::ScopeWrongKind, message).help(fitting(op, param))
}

/// Says what fits in the place of a parameter: in the shortest form of a call, a record that stands
/// for those behind it, too.
fn fitting(op: Op, param: &Param) -> String {
    let folded = ids::folded(op.service, op.operation);
    let before = op.operation.in_path().take(folded);
    let stands = before.into_iter().any(|one| one.wire == param.wire);
    let natural = op.operation.in_path().nth(folded).filter(|_| stands);
    match (natural.and_then(|one| one.scope), param.scope) {
        (Some(natural), Some(own)) => format!(
            "give {} or its id, or {} and the rest by name",
            a_record(natural.schema),
            a_record(own.schema)
        ),
        _ => wanted(param),
    }
}

fn malformed(op: Op, param: &Param, text: &str, why: &str) -> Error {
    let text = crate::base::text::shorten(text, 80);
    let message = format!(
        "`{}` of {} is no id of Azure: {text:?}: {why}",
        param.name,
        op.full_name()
    );
    argument(message).help(
        "an id reads like `/subscriptions/…/resourceGroups/…/providers/Microsoft.Compute/virtualMachines/…`",
    )
}

/// Partner Center calls what it sells a subscription, too.
fn foreign(op: Op, param: &Param, record: &Record) -> Error {
    let message = format!(
        "`{}` of {} must be of Azure, and is {} of {}",
        param.name,
        op.full_name(),
        a_record(record.kind()),
        record.service().name
    );
    let error = Error::new(Code::ScopeWrongKind, message);
    if record.service().name == "partner" && record.kind() == "Subscription" {
        error.help(super::whose::SOLD)
    } else {
        error.help(wanted(param))
    }
}
