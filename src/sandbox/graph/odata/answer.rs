//! The answers of lists and objects: the handler gives whole objects, the query decides what is
//! left of them. Source: graph reference §2, §3.

use serde_json::{Value, json};

use super::kind::Kind;
use super::page::{expired, list as page_of, preferred, sized};
use super::query::Query;
use super::select::{Expansion, fragment, select};
use super::{Wanted, context, only};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};

/// Returns what a relationship of an object leads to, for `$expand`: a whole object, a list of them,
/// or `null`.
pub(crate) type Expand<'e> = &'e dyn Fn(&str, &Value) -> Value;

/// Answers a list: filtered, ordered, counted, cut into pages and projected as the query asks.
/// `rows` are whole objects in the order of the list, each with its `id`.
pub(crate) fn list(
    request: &Request,
    kind: &Kind,
    part: &str,
    rows: impl IntoIterator<Item = Value>,
) -> Outcome {
    list_expanded(request, kind, part, rows, &|_, _| Value::Null)
}

/// The same for a kind with relationships that can be expanded.
pub(crate) fn list_expanded(
    request: &Request,
    kind: &Kind,
    part: &str,
    rows: impl IntoIterator<Item = Value>,
    expand: Expand<'_>,
) -> Outcome {
    let query = Query::read(request, kind)?;
    let wanted = match kind.most {
        0 => Wanted {
            top: usize::MAX,
            after: None,
        },
        most => sized(request, most, kind.page)?,
    };
    let mut rows = rows.into_iter().peekable();
    if let Some(any) = rows.peek() {
        // What is unknown in `$select` is refused even where nothing is found.
        select(request, any.clone(), kind.usual)?;
    }
    let found = query.found(rows)?;
    let count = found.len();
    let rest = rest(&query, kind, &wanted, found)?;
    let shown = rest
        .into_iter()
        .take(wanted.top.saturating_add(1))
        .map(|(key, row)| {
            let shown = shown(request, kind, query.expand.as_ref(), row, expand)?;
            Ok((key, shown))
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let mut answer = page_of(
        request,
        &fragment(request, part),
        &wanted,
        shown.into_iter(),
    );
    if query.count && wanted.after.is_none() {
        answer["@odata.count"] = count.into();
    }
    let reply = Reply::ok(answer);
    Ok(match preferred(request) {
        Some(_) if request.query("$top").is_none() && kind.most > 0 => {
            let applied = format!("odata.maxpagesize={}", wanted.top);
            reply.header("preference-applied", &applied)
        }
        _ => reply,
    })
}

/// Returns the objects from the page's first on, with the keys that tokens hold: what they are
/// ordered by, or their place and id where the handler has ordered them.
fn rest(
    query: &Query,
    kind: &Kind,
    wanted: &Wanted,
    found: Vec<Value>,
) -> Result<Vec<(String, Value)>, Refusal> {
    let after: Option<Vec<Value>> = match &wanted.after {
        Some(key) => Some(serde_json::from_str(key).map_err(|_| expired())?),
        None => None,
    };
    let text = |key: &[Value]| json!(key).to_string();
    if !kind.directory && query.order.is_none() {
        let from = after.map_or(0, |after| from(&found, &after));
        let rows = found.into_iter().enumerate().skip(from);
        let rows = rows.map(|(place, row)| (text(&[place.into(), row["id"].clone()]), row));
        return Ok(rows.collect());
    }
    let keyed = found.into_iter().map(|row| (query.order.key(&row), row));
    let mut rows: Vec<(Vec<Value>, Value)> = keyed
        .filter(|(key, _)| {
            let later = |after: &Vec<Value>| query.order.compare(key, after).is_gt();
            after.as_ref().is_none_or(later)
        })
        .collect();
    rows.sort_by(|(left, _), (right, _)| query.order.compare(left, right));
    let rows = rows.into_iter().map(|(key, row)| (text(&key), row));
    Ok(rows.collect())
}

/// Returns the place after an object, or where it stood if it is gone.
fn from(found: &[Value], after: &[Value]) -> usize {
    let id = after.get(1).unwrap_or(&Value::Null);
    let place = after.first().and_then(Value::as_u64).unwrap_or_default();
    match found.iter().position(|row| row["id"] == *id) {
        Some(place) => place + 1,
        None => usize::try_from(place).unwrap_or(usize::MAX),
    }
}

/// Answers one object, projected as the query asks. `part` is its part of the metadata:
/// `users/$entity`.
pub(crate) fn entity(request: &Request, kind: &Kind, part: &str, row: Value) -> Outcome {
    entity_expanded(request, kind, part, row, &|_, _| Value::Null)
}

/// The same for a kind with relationships that can be expanded.
pub(crate) fn entity_expanded(
    request: &Request,
    kind: &Kind,
    part: &str,
    mut row: Value,
    expand: Expand<'_>,
) -> Outcome {
    only(request, &["$select", "$expand"])?;
    let expansion = request.query("$expand");
    let expansion = expansion
        .map(|text| Expansion::read(text, kind))
        .transpose()?;
    row["@odata.context"] = context(request, &fragment(request, part)).into();
    let shown = shown(request, kind, expansion.as_ref(), row, expand)?;
    Ok(Reply::ok(shown))
}

fn shown(
    request: &Request,
    kind: &Kind,
    expansion: Option<&Expansion>,
    row: Value,
    expand: Expand<'_>,
) -> Result<Value, Refusal> {
    let Some(expansion) = expansion else {
        return select(request, row, kind.usual);
    };
    let mut shown = select(request, row.clone(), kind.usual)?;
    expansion.add(&mut shown, &row, expand)?;
    Ok(shown)
}

/// Answers 201 with the new object and its address (`path` below the version: `users/{id}`).
pub(crate) fn created(
    request: &Request,
    kind: &Kind,
    part: &str,
    mut row: Value,
    path: &str,
) -> Outcome {
    row["@odata.context"] = context(request, part).into();
    let location = format!("{}/graph/v1.0/{path}", request.origin);
    let row = select(request, row, kind.usual)?;
    Ok(Reply::json(201, row).header("location", &location))
}

/// Answers `/$count`: a number as plain text.
pub(crate) fn number(
    request: &Request,
    kind: &Kind,
    rows: impl IntoIterator<Item = Value>,
) -> Outcome {
    let query = Query::of_number(request, kind)?;
    let count = query.found(rows)?.len();
    Ok(Reply::bytes("text/plain", count.to_string()))
}
