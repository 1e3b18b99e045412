//! Ids of Azure are paths: an id that is walked beside an operation's path fills the parameters up
//! to the one it ends with, so that a record or an id stands for all of them. How many arguments a
//! call has, and how it is shown in the shortest form, follow from that. It sends nothing.

mod resource_id;

use super::model::{Operation, Param, Place, Scope, Service, Verb};

pub use resource_id::{Part, ResourceId};

/// Returns whether the ids of a service's records are paths: those of Azure, which users add to.
pub fn are_paths(service: &Service) -> bool {
    matches!(service.on, "arm" | "recovery")
}

/// Returns whether a text is an id and no plain name.
pub fn is_id(text: &str) -> bool {
    text.starts_with('/')
}

/// Returns the subscription that a path or an id is about.
pub fn subscription(path: &str) -> Option<&str> {
    let mut parts = segments(path.split('?').next().unwrap_or_default());
    let first = parts.next()?;
    parts
        .next()
        .filter(|_| first.eq_ignore_ascii_case("subscriptions"))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

/// Walks an id beside an operation's path. Returns the leading path parameters that it fills, with
/// their values; `None` if it is no id of what the path is about. The literal parts are compared
/// without regard to case, as the services do.
pub fn walk(operation: &Operation, id: &str) -> Option<Vec<(&'static Param, String)>> {
    let mut params = operation.in_path();
    let path = operation.path.split('?').next().unwrap_or_default();
    let template: Vec<&str> = segments(path).collect();
    let given: Vec<&str> = segments(id).collect();
    if given.is_empty() {
        return None;
    }
    let first = params.clone().next()?;
    if first.whole {
        return Some(whole(operation, &template, &given));
    }
    let mut filled = Vec::new();
    let (mut at, mut ends) = (0, false);
    for part in &template {
        let Some(segment) = given.get(at) else {
            break;
        };
        let Some(name) = name(part) else {
            at += skipped(part, &given[at..]);
            if !given.get(at)?.eq_ignore_ascii_case(part) {
                return None;
            }
            (at, ends) = (at + 1, false);
            continue;
        };
        let param = params.next().filter(|param| param.wire == name)?;
        filled.push((param, (*segment).to_owned()));
        (at, ends) = (at + 1, true);
    }
    (ends && at == given.len()).then_some(filled)
}

/// Returns how many segments of an id a path leaves out: routes of the resource manager itself
/// stand without `providers/Microsoft.Resources`, which the ids of its objects have.
fn skipped(part: &str, given: &[&str]) -> usize {
    let is = |at: usize, word: &str| {
        given
            .get(at)
            .is_some_and(|one: &&str| one.eq_ignore_ascii_case(word))
    };
    let own = is(0, "providers") && is(1, "Microsoft.Resources");
    if own && !part.eq_ignore_ascii_case("providers") {
        2
    } else {
        0
    }
}

/// Walks beside a path that begins with a whole id: one that ends as the path does is taken apart,
/// any other is the whole id itself.
fn whole(
    operation: &Operation,
    template: &[&str],
    given: &[&str],
) -> Vec<(&'static Param, String)> {
    let params: Vec<&'static Param> = operation.in_path().collect();
    let rest = template.get(1..).unwrap_or_default();
    // The longest part of the path that ends with a parameter.
    let ends = (1..=rest.len())
        .rev()
        .filter(|end| name(rest[end - 1]).is_some());
    for end in ends {
        let Some(begin) = given.len().checked_sub(end).filter(|begin| *begin > 0) else {
            continue;
        };
        let tail = &given[begin..];
        let fits = |(part, segment): (&&str, &&str)| {
            name(part).is_some() || part.eq_ignore_ascii_case(segment)
        };
        if !rest[..end].iter().zip(tail).all(fits) {
            continue;
        }
        let named = rest[..end]
            .iter()
            .zip(tail)
            .filter(|(part, _)| name(part).is_some());
        let mut values = vec![given[..begin].join("/")];
        values.extend(named.map(|(_, segment)| (*segment).to_owned()));
        return params.into_iter().zip(values).collect();
    }
    params
        .into_iter()
        .take(1)
        .map(|param| (param, given.join("/")))
        .collect()
}

/// Returns the name of the parameter that a segment of a path is.
fn name(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

/// Returns how many path parameters a record of that type stands for in a call, if the operation
/// names the type.
pub fn covered_by(operation: &Operation, schema: &str) -> Option<usize> {
    let of = |scope: &Scope| scope.schema == schema && scope.property == "id";
    let mut params = operation.in_path();
    let own = params
        .clone()
        .position(|param| param.scope.is_some_and(|scope| of(&scope)));
    own.or_else(|| params.position(|param| param.scope.is_some_and(|scope| scope.is_any())))
        .map(|at| at + 1)
}

/// Returns how many leading path parameters the shortest natural form of a call leaves out: those
/// that the first one shown stands for.
pub fn folded(service: &Service, operation: &Operation) -> usize {
    let path: Vec<_> = operation.in_path().collect();
    let is_record = |param: &Param| param.scope.is_some_and(|scope| scope.property == "id");
    if !are_paths(service) || path.len() < 2 {
        return 0;
    }
    let last = path.len() - 1;
    let mut shown = match operation.method_of {
        Some(_) => operation.covered.clamp(1, path.len()) - 1,
        None => last,
    };
    // What is read or put by its name is named beside what it is in.
    let by_name = matches!(operation.verb, Verb::Get | Verb::Head | Verb::Put)
        && operation
            .path
            .ends_with(&format!("{{{}}}", path[last].wire));
    if shown == last && (by_name || !is_record(path[last])) {
        shown -= 1;
    }
    if is_record(path[shown]) { shown } else { 0 }
}

/// Returns the parameters that the shortest natural form of a call shows.
pub fn shown(
    service: &Service,
    operation: &Operation,
    method: bool,
) -> impl Iterator<Item = &'static Param> {
    let folded = if method {
        0
    } else {
        folded(service, operation)
    };
    let folded: Vec<&str> = operation
        .in_path()
        .take(folded)
        .map(|param| param.wire)
        .collect();
    let positional = operation.params.0.iter().filter(|param| param.required);
    positional.filter(move |param| {
        let left_out = param.place == Place::Path && folded.contains(&param.wire);
        let of_record = method && operation.of_record(param);
        !left_out && !of_record
    })
}

/// Returns the numbers of arguments that stand for the parameters of a call: an id stands for as
/// many of the path as it covers.
pub fn positional(service: &Service, operation: &Operation, method: bool) -> [usize; 2] {
    let taken = |param: &&Param| !(method && operation.of_record(param));
    let most = operation.positional().filter(taken).count();
    let in_path = operation.in_path().filter(|param| taken(param)).count();
    let folds = !method && are_paths(service);
    let least = if folds {
        most - in_path + in_path.min(1)
    } else {
        most
    };
    [least, most]
}

#[cfg(test)]
mod tests;
