//! Finding operations: by a path, for raw calls; and what a misspelt function may have meant.

use super::ids::ResourceId;
use super::model::{Operation, Service, Verb};
use super::{service, services};
use crate::base::text::nearest;

/// Returns the operation that a raw call to this path is. The path may have a query; its literal
/// parts are compared without regard to case, as the service does. Of several templates, the one
/// that is literal first wins; one that begins with a whole id is the last to be meant. Functions
/// with a fixed body are never meant.
pub fn matching(service: &'static Service, verb: Verb, path: &str) -> Option<&'static Operation> {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let segments: Vec<_> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let plain = format!("/{}", segments.join("/"));
    let may_fit = |operation: &&Operation| {
        operation.verb == verb
            && operation.preset_of.is_none()
            && begins_alike(operation.path, &plain)
    };
    service
        .operations
        .0
        .iter()
        .filter(may_fit)
        .filter_map(|operation| Some((fit_all(operation, &segments)?, operation)))
        .min_by(|a, b| a.0.cmp(&b.0))
        .map(|(_, operation)| operation)
}

/// How a path fits a template, the best first: without a whole id, else with as little in it as can
/// be; then by its segments.
type Fits = (usize, Vec<Fit>);

/// Returns, if a template fits, how well it does.
fn fit_all(operation: &Operation, segments: &[&str]) -> Option<Fits> {
    if !operation.in_path().next().is_some_and(|param| param.whole) {
        return Some((0, fit(operation.path, segments)?));
    }
    let rest = operation
        .path
        .get(1..)?
        .split_once('/')
        .map_or("", |(_, rest)| rest);
    let behind = rest.split('/').filter(|part| !part.is_empty()).count();
    let whole = segments.len().checked_sub(behind)?;
    let id = ResourceId::parse(&segments[..whole].join("/"));
    id.ok()
        .and_then(|_| Some((whole, fit(rest, &segments[whole..])?)))
}

/// How a segment of a path fits one of a template, the best first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// Literally.
    Same,
    /// It holds a parameter: `find(name='{name}')`.
    Around,
    /// It is a parameter.
    Open,
}

/// Returns whether a path agrees with a template up to its first parameter: most differ early.
fn begins_alike(template: &str, path: &str) -> bool {
    let literal = template.bytes().take_while(|byte| *byte != b'{');
    literal
        .zip(path.bytes())
        .all(|(wanted, given)| wanted.eq_ignore_ascii_case(&given))
}

/// Returns, if a template fits, how each of its segments does.
fn fit(template: &str, segments: &[&str]) -> Option<Vec<Fit>> {
    let parts: Vec<_> = template
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    if parts.len() != segments.len() {
        return None;
    }
    let fits = |(part, segment): (&&str, &&str)| fit_segment(part, segment);
    parts.iter().zip(segments).map(fits).collect()
}

fn fit_segment(part: &str, segment: &str) -> Option<Fit> {
    let Some((before, rest)) = part.split_once('{') else {
        return part.eq_ignore_ascii_case(segment).then_some(Fit::Same);
    };
    let after = rest.rsplit('}').next().unwrap_or_default();
    if before.is_empty() && after.is_empty() {
        // `$count`, `$ref`, `$value` and `delta` are words of OData and no keys.
        let is_word = segment.starts_with('$') || segment.eq_ignore_ascii_case("delta");
        return (!is_word).then_some(Fit::Open);
    }
    let (part, segment) = (before.to_lowercase(), segment.to_lowercase());
    let inner = segment
        .strip_prefix(&part)?
        .strip_suffix(&after.to_lowercase())?;
    (!inner.is_empty()).then_some(Fit::Around)
}

/// Returns what to try instead of `module::name`, which does not exist: the same name in another
/// module, or the name that is spelt most alike, of equals the one in the same module. `others` are
/// functions beside the operations (composites, raw calls) as `(module, name)`.
pub fn suggestion(module: &str, name: &str, others: &[(&str, &str)]) -> Option<String> {
    let composed = |wanted: &str| {
        let names = others
            .iter()
            .filter(|(of, _)| *of == wanted)
            .map(|(_, name)| *name);
        names.collect::<Vec<_>>()
    };
    let names_of = |wanted: &str| {
        let described = service(wanted)
            .into_iter()
            .flat_map(|found| found.operations.iter());
        let described: Vec<_> = described.map(|operation| operation.name).collect();
        described
            .into_iter()
            .chain(composed(wanted))
            .collect::<Vec<_>>()
    };
    let elsewhere = services()
        .iter()
        .map(|found| found.name)
        .filter(|other| *other != module);
    for other in elsewhere.clone() {
        if names_of(other).contains(&name) {
            return Some(format!("there is `{other}::{name}`"));
        }
    }
    let modules = elsewhere.chain([module]);
    modules
        .filter_map(|of| nearest(name, names_of(of)).map(|(score, near)| (score, of, near)))
        // Of equals the last one: the module that was written.
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, of, near)| format!("did you mean `{of}::{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partner() -> &'static Service {
        service("partner").expect("a built-in service")
    }

    #[test]
    fn raw_paths_are_matched_to_operations() {
        let check = |verb, path: &str, expected: Option<&str>| {
            let found = matching(partner(), verb, path).map(|operation| operation.name);
            assert_eq!(found, expected, "{path}");
        };
        check(Verb::Get, "/v1/customers", Some("customers"));
        check(Verb::Get, "/V1/Customers?size=2", Some("customers"));
        check(Verb::Get, "/v1/customers/c1", Some("customer"));
        check(
            Verb::Get,
            "/v1/customers/relationshiprequests",
            Some("relationship_request_url"),
        );
        check(
            Verb::Patch,
            "/v1/customers/c1/subscriptions/s1",
            Some("update_subscription"),
        );
        check(Verb::Post, "/v1//customers", Some("create_customer"));
        check(Verb::Delete, "/v1/customers", None);
        check(Verb::Get, "/v1/nothing", None);
    }

    #[test]
    fn a_whole_id_is_meant_where_nothing_else_is() {
        let azure = crate::api::testing::azure();
        let check = |verb: Verb, path: &str, expected: Option<&str>| {
            let found = matching(azure, verb, path).map(|operation| operation.name);
            assert_eq!(found, expected, "{path}");
        };
        let group = "/subscriptions/s/resourceGroups/rg";
        let vm = format!("{group}/providers/Microsoft.Compute/virtualMachines/web1");
        check(Verb::Get, &vm.to_uppercase(), Some("vm"));
        check(
            Verb::Get,
            &vm.replace("virtualMachines", "galleries"),
            Some("resource"),
        );
        let lock = format!("{vm}/providers/Microsoft.Authorization/locks/keep");
        check(Verb::Delete, &lock, Some("delete_lock"));
        check(Verb::Get, lock.trim_end_matches("/keep"), Some("locks"));
        check(
            Verb::Post,
            &format!("{vm}/start?api-version=2020-01-01"),
            Some("start_vm"),
        );
        check(Verb::Post, &format!("{vm}/reapply"), None);
        check(Verb::Get, "/metadata/endpoints", None);
        check(
            Verb::Get,
            &format!("{group}/providers/Microsoft.Compute/galleries"),
            None,
        );
    }

    #[test]
    fn a_segment_may_hold_a_parameter() {
        let check = |part: &str, segment: &str, expected: Option<Fit>| {
            assert_eq!(fit_segment(part, segment), expected, "{part} {segment}");
        };
        let find = "findTenant(domainName='{domain}')";
        check(
            find,
            "findtenant(domainname='a.example')",
            Some(Fit::Around),
        );
        check(find, "findTenant(domainName='')", None);
        check(find, "findTenant", None);
        check("{id}", "x", Some(Fit::Open));
        check("$ref", "$Ref", Some(Fit::Same));
        check("{user}", "$count", None);
        check("{user}", "delta", None);
    }

    #[test]
    fn misspelt_functions_get_a_suggestion() {
        let check = |module: &str, name: &str, expected: Option<&str>| {
            let found = suggestion(module, name, &[("partner", "wait_order")]);
            assert_eq!(found.as_deref(), expected, "{module}::{name}");
        };
        check(
            "partner",
            "custmers",
            Some("did you mean `partner::customers`?"),
        );
        check(
            "partner",
            "wait_ordr",
            Some("did you mean `partner::wait_order`?"),
        );
        check("graph", "customers", Some("there is `partner::customers`"));
        check(
            "arm",
            "custmers",
            Some("did you mean `partner::customers`?"),
        );
        check("partner", "zzz", None);
    }
}
