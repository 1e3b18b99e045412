//! Which operations of a document of others are methods of a record, and under which name. Ours say
//! so themselves.

use std::collections::HashSet;

use super::check::arities;
use super::model::{Operation, Output, Place, Scope, Verb};
use super::names::{is_legal, snake_case};
use super::operation::Draft;
use super::schema::Shapes;
use super::words::{list, text};

/// Methods that every record has.
const OF_EVERY_RECORD: [&str; 4] = ["contains", "keys", "to_json", "to_map"];

/// A path at which one record can be read.
struct Item {
    /// Its template.
    path: &'static str,
    /// The record type, and its name.
    schema: (u16, &'static str),
    /// What the ids of the operations about it begin with.
    group: String,
}

/// Makes methods of the operations at a record's own path and beneath it. A record of Azure knows
/// all parts of its path by its id, another one its own part.
pub(super) fn infer(shapes: &Shapes<'_, '_>, azure: bool, drafts: &mut [Draft<'_>]) {
    let items: Vec<Item> = drafts
        .iter()
        .filter_map(|draft| item(shapes, draft))
        .collect();
    let mut taken = HashSet::new();
    for draft in drafts.iter() {
        if let Some((schema, name)) = draft.operation.method_of {
            take(&mut taken, schema, name, &draft.operation);
        }
    }
    for draft in drafts.iter_mut() {
        let operation = &draft.operation;
        let is_item = operation.verb == Verb::Get && ends_with_parameter(operation.path);
        let owner = items
            .iter()
            .filter(|item| is_beneath(operation.path, item.path));
        let Some(owner) = owner.max_by_key(|item| item.path.len()) else {
            continue;
        };
        if operation.method_of.is_some() || (is_item && operation.path == owner.path) {
            continue;
        }
        let schema = owner.schema.0;
        let names = [short_name(draft, &owner.group), Some(operation.name)];
        let free = names.into_iter().flatten().find(|name| {
            is_legal(name)
                && !OF_EVERY_RECORD.contains(name)
                && arities(operation).all(|count| !taken.contains(&(schema, *name, count)))
        });
        let Some(name) = free else { continue };
        take(&mut taken, schema, name, operation);
        draft.operation.method_of = Some((schema, name));
        if !azure {
            scope_last(&mut draft.operation, owner);
        }
    }
}

/// Returns the record that an operation reads, if it is the one at its path.
fn item(shapes: &Shapes<'_, '_>, draft: &Draft<'_>) -> Option<Item> {
    let operation = &draft.operation;
    let Output::One(ty) = operation.output else {
        return None;
    };
    if operation.verb != Verb::Get || !ends_with_parameter(operation.path) {
        return None;
    }
    let (index, schema) = shapes.record_of(ty)?;
    schema.field("id")?;
    Some(Item {
        path: operation.path,
        schema: (index, schema.name),
        group: group(draft).to_owned(),
    })
}

fn ends_with_parameter(path: &str) -> bool {
    path.ends_with('}')
        && path
            .rsplit('/')
            .next()
            .is_some_and(|last| last.starts_with('{'))
}

/// Returns whether a path is that of an item, or goes on from it.
fn is_beneath(path: &str, item: &str) -> bool {
    path.strip_prefix(item)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns what stands before the `_` of an operation's id: the objects it is about.
fn group<'a>(draft: &Draft<'a>) -> &'a str {
    let id = draft.node.text_of("operationId").unwrap_or_default();
    id.split_once('_').map_or("", |(group, _)| group)
}

/// Returns the part of the name that says what is done, if it is done to the objects of that group.
fn short_name(draft: &Draft<'_>, of: &str) -> Option<&'static str> {
    let id = draft.node.text_of("operationId")?;
    let (group, verb) = id.split_once('_')?;
    (group == of).then(|| text(&snake_case(verb)))
}

fn take(
    taken: &mut HashSet<(u16, &'static str, usize)>,
    schema: u16,
    name: &'static str,
    operation: &Operation,
) {
    taken.extend(arities(operation).map(|count| (schema, name, count)));
}

/// Lets the record stand for the last part of its own path.
fn scope_last(operation: &mut Operation, owner: &Item) {
    let last = owner.path.rsplit('/').next().unwrap_or_default();
    let wire = last.trim_start_matches('{').trim_end_matches('}');
    let mut params = operation.params.to_vec();
    for param in &mut params {
        if param.place == Place::Path && param.wire == wire && param.scope.is_none() {
            param.scope = Some(Scope {
                schema: owner.schema.1,
                property: "id",
            });
        }
    }
    operation.params = list(params);
}
