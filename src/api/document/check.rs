//! What can be judged only when all operations of a service are known: names that must be unique,
//! operations that name each other, and the read that goes before a write.

use std::collections::HashMap;

use super::job;
use super::model::{Merge, Operation, Verb, Waiting};
use super::names::is_legal;
use super::node::Source;
use super::operation::Draft;

/// Fills `before` where the same path can be read: for changes and deletions, not for POST, whose
/// path is a collection.
pub(super) fn defaults(drafts: &mut [Draft<'_>]) {
    let reads: HashMap<_, _> = drafts
        .iter()
        .filter(|draft| draft.operation.verb == Verb::Get)
        .map(|draft| (draft.operation.path, draft.operation.name))
        .collect();
    for draft in drafts {
        let operation = &mut draft.operation;
        let changes = matches!(operation.verb, Verb::Put | Verb::Patch | Verb::Delete);
        if changes && operation.before.is_none() {
            operation.before = reads.get(operation.path).copied();
        }
    }
}

/// Checks all operations together.
pub(super) fn all(source: &Source<'_>, drafts: &[Draft<'_>]) {
    let mut names = HashMap::new();
    let mut routes = HashMap::new();
    for draft in drafts {
        let operation = &draft.operation;
        legal(source, draft);
        if let Some(first) = names.insert(operation.name, draft) {
            let text = format!(
                "`{}` is described already at {}",
                operation.name,
                first.node.path()
            );
            source.problems.add(&draft.node, text);
        }
        // Others may describe a request twice, which matters only to those who look for it by its path.
        if source.foreign.is_some() {
            continue;
        }
        let route = (operation.verb.as_str(), without_names(operation.path));
        if operation.preset_of.is_none()
            && let Some(first) = routes.insert(route, draft)
            && twin_of(draft) != Some(first.operation.name)
            && twin_of(first) != Some(operation.name)
        {
            let text = format!("`{}` has the same method and path", first.operation.name);
            source.problems.add(&draft.node, text);
        }
    }
    for draft in drafts {
        related(source, draft, &names);
    }
    methods(source, drafts);
}

/// Returns the operation named by `twin_of`: the same request on another kind of object, under a
/// name of its own (`/directory/deletedItems/{id}/restore` restores users and groups).
fn twin_of<'a>(draft: &Draft<'a>) -> Option<&'a str> {
    let words = draft.node.value().get("x-tenantry")?;
    words.get("twin_of")?.as_str()
}

fn legal(source: &Source<'_>, draft: &Draft<'_>) {
    let operation = &draft.operation;
    let method = operation.method_of.map(|(_, name)| name);
    for name in [Some(operation.name), method].into_iter().flatten() {
        if !is_legal(name) {
            source.problems.add(
                &draft.node,
                format!("`{name}` cannot be a name in a script"),
            );
        }
    }
    let mut arguments: Vec<_> = operation.positional().map(|param| param.name).collect();
    arguments.extend(operation.body.map(|body| body.name));
    let mut sorted = arguments.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() < arguments.len() {
        source.problems.add(
            &draft.node,
            format!("two arguments have one name: {}", arguments.join(", ")),
        );
    }
}

/// Checks that operations named by other operations exist.
fn related(source: &Source<'_>, draft: &Draft<'_>, names: &HashMap<&str, &Draft<'_>>) {
    let operation = &draft.operation;
    let created = operation.creates.map(|(list, _)| list);
    let read = match operation.waiting {
        Waiting::Read(reading) => Some(reading.operation),
        _ => None,
    };
    let named = operation
        .before
        .into_iter()
        .chain(created)
        .chain(read)
        .chain(operation.job.map(|job| job.read))
        .chain(operation.cancel)
        .chain(operation.also.iter().copied());
    for name in named.filter(|name| !names.contains_key(name)) {
        source
            .problems
            .add(&draft.node, format!("there is no operation `{name}`"));
    }
    if let Some(read) = operation.job.and_then(|job| names.get(job.read)) {
        job::check(source, draft, read);
    }
    if operation.merge == Merge::Full && operation.before.is_none() {
        source.problems.add(
            &draft.node,
            "`merge: full` needs the read that returns the object: `before`",
        );
    }
}

/// Checks that a method's name and number of arguments mean one operation.
fn methods(source: &Source<'_>, drafts: &[Draft<'_>]) {
    let mut seen = HashMap::new();
    for draft in drafts {
        let Some((schema, method)) = draft.operation.method_of else {
            continue;
        };
        for arity in arities(&draft.operation) {
            let first = seen.insert((schema, method, arity), draft.operation.name);
            if let Some(first) = first.filter(|first| *first != draft.operation.name) {
                let text = format!("method `{method}` with {arity} arguments is `{first}` already");
                source.problems.add(&draft.node, text);
            }
        }
    }
}

/// Returns how many arguments a method may have: the object's place comes from the record, optional
/// parameters travel in one last map, an optional body may be left out.
pub(super) fn arities(operation: &Operation) -> std::ops::RangeInclusive<usize> {
    let given = operation
        .positional()
        .filter(|param| !operation.of_record(param))
        .count();
    let (least, most) = match operation.body {
        Some(body) => (given + usize::from(body.required), given + 1),
        None => (given, given),
    };
    least..=most + usize::from(operation.optional().next().is_some())
}

/// Returns a path with its parameters unnamed, in lower case: the service sees no difference.
fn without_names(path: &str) -> String {
    let mut parts = path.split('{');
    let mut out = parts.next().unwrap_or_default().to_lowercase();
    for part in parts {
        let after = part.split_once('}').map_or("", |(_, after)| after);
        out.push_str("{}");
        out.push_str(&after.to_lowercase());
    }
    out
}
