//! One argument as it travels: the text of a value, or of the record that stands for it.

use rhai::Dynamic;

use crate::api::model::{Kind, Param, Place};
use crate::api::{dialect, ids};
use crate::error::{Code, Error};
use crate::script::error::{a_record, argument, describe};
use crate::script::filter::Condition;
use crate::script::host::Op;
use crate::script::record::{Record, kind_of};
use crate::script::secret::SecretText;
use crate::script::{options, tenant, validate};

/// Returns a parameter's value as it travels.
pub(super) fn text(op: Op, param: &Param, mut value: Dynamic) -> Result<String, Error> {
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
    if let Some(secret) = value.read_lock::<SecretText>() {
        return Ok(secret.expose().to_owned());
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
pub(super) fn each(op: Op, param: &Param, value: Dynamic) -> Result<Vec<String>, Error> {
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
    // What Azure Resource Manager describes, other services of Azure speak of too.
    let of_arm = record.service().name == "arm" && ids::are_paths(op.service);
    let same_service = std::ptr::eq(record.service(), op.service) || of_arm;
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
