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
    /// What the names of the operations about it begin with.
    group: String,
}

/// Lets records stand for their own part of the paths, and makes methods of the operations at a
/// record's own path and beneath it. A record of Azure knows all parts of its path by its id; any
/// other one only knows the path that led to it.
pub(super) fn infer(shapes: &Shapes<'_, '_>, azure: bool, drafts: &mut [Draft<'_>]) {
    let items: Vec<Item> = drafts
        .iter()
        .filter_map(|draft| item(shapes, draft))
        .collect();
    let mut taken = HashSet::new();
    for draft in drafts.iter_mut() {
        for item in &items {
            if item.leads_to(&draft.operation) {
                stand_for_last(&mut draft.operation, item);
            }
        }
        if let Some((schema, name)) = draft.operation.method_of {
            if azure {
                let schema = shapes.name(schema);
                let covered = covered_by(&draft.operation, schema);
                draft.operation.covered = covered.unwrap_or(draft.operation.covered);
            }
            take(&mut taken, schema, name, &draft.operation);
        }
    }
    for draft in drafts.iter_mut() {
        let mut operation = draft.operation;
        let owner = items.iter().filter(|item| item.leads_to(&operation));
        let Some(owner) = owner.max_by_key(|item| item.path.len()) else {
            continue;
        };
        let reads_it = operation.verb == Verb::Get && operation.path == owner.path;
        let count = parameters(owner.path);
        let knows_all = azure || parameters(operation.path) == count;
        if operation.method_of.is_some() || reads_it || !knows_all {
            continue;
        }
        operation.covered = count;
        let schema = owner.schema.0;
        let names = [short_name(draft, &owner.group), Some(operation.name)];
        let free = names.into_iter().flatten().find(|name| {
            let mut called = called(name, &operation).into_iter();
            is_legal(name)
                && !OF_EVERY_RECORD.contains(name)
                && called.all(|name| {
                    arities(&operation).all(|count| !taken.contains(&(schema, name, count)))
                })
        });
        if let Some(name) = free {
            take(&mut taken, schema, name, &operation);
            operation.method_of = Some((schema, name));
            draft.operation = operation;
        }
    }
}

impl Item {
    /// Returns whether an operation is about such an item: its path is the item's, or goes on from it.
    fn leads_to(&self, operation: &Operation) -> bool {
        operation
            .path
            .strip_prefix(self.path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    }
}

/// Returns how many parameters a path has.
fn parameters(path: &str) -> usize {
    path.matches('{').count()
}

/// Returns how many parameters of the path a record stands for.
fn covered_by(operation: &Operation, schema: &str) -> Option<usize> {
    let path: Vec<_> = operation.in_path().collect();
    let own = path
        .iter()
        .rposition(|param| param.scope.is_some_and(|scope| scope.schema == schema));
    own.map(|at| at + 1)
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
    for name in called(name, operation) {
        taken.extend(arities(operation).map(|count| (schema, name, count)));
    }
}

/// Returns what a method is called by: its name and, if its work goes on after the answer, `begin_…`.
fn called(name: &'static str, operation: &Operation) -> Vec<&'static str> {
    let begin = operation.is_long();
    let begin = begin.then(|| text(&format!("{}{name}", Operation::BEGIN)));
    [Some(name), begin].into_iter().flatten().collect()
}

/// Lets the record stand for the last part of its own path.
fn stand_for_last(operation: &mut Operation, item: &Item) {
    let last = item.path.rsplit('/').next().unwrap_or_default();
    let wire = last.trim_start_matches('{').trim_end_matches('}');
    let mut params = operation.params.to_vec();
    for param in &mut params {
        if param.place == Place::Path && param.wire == wire {
            param.scope = Some(Scope {
                schema: item.schema.1,
                property: "id",
            });
        }
    }
    operation.params = list(params);
}
