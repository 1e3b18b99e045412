//! Finds the route of a request: paths are compared without casing, literal segments win over
//! parameters. The table is built at the first request.

use std::collections::HashMap;
use std::sync::OnceLock;

use percent_encoding::percent_decode_str;

use super::route::{Route, Service};

/// All routes, by service, verb and number of segments.
#[derive(Debug)]
pub(crate) struct Router {
    groups: HashMap<(Service, &'static str, usize), Vec<&'static Route>>,
    /// Routes with a parameter that takes several segments (`{*scope}`), the most literal first.
    open: HashMap<(Service, &'static str), Vec<&'static Route>>,
}

/// A route that was found, with the decoded values of its parameters.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) route: &'static Route,
    pub(crate) params: Vec<(&'static str, String)>,
}

/// Returns every route that is served.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    let mut groups = super::entra::routes();
    groups.extend(super::partner::routes());
    groups.extend(super::graph::routes());
    groups.extend(super::arm::routes());
    groups.into_iter().flatten()
}

/// A route that the sandbox serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// The service.
    pub service: Service,
    /// The method.
    pub method: &'static str,
    /// The path below the service's prefix, as documented.
    pub template: &'static str,
}

/// Returns every route that the sandbox serves.
pub fn routes() -> Vec<Served> {
    let served = |route: &Route| Served {
        service: route.service,
        method: route.verb,
        template: route.template,
    };
    all().map(served).collect()
}

/// Returns the table of all routes.
pub(crate) fn router() -> &'static Router {
    static ROUTER: OnceLock<Router> = OnceLock::new();
    ROUTER.get_or_init(|| {
        #[cfg(test)]
        return Router::new(all().chain(super::testing::ROUTES));
        #[cfg(not(test))]
        Router::new(all())
    })
}

impl Router {
    fn new(routes: impl Iterator<Item = &'static Route>) -> Self {
        let mut groups: HashMap<_, Vec<&'static Route>> = HashMap::new();
        let mut open: HashMap<_, Vec<&'static Route>> = HashMap::new();
        for route in routes {
            if route.template.contains("{*") {
                open.entry((route.service, route.verb))
                    .or_default()
                    .push(route);
                continue;
            }
            let count = segments(route.template).count();
            groups
                .entry((route.service, route.verb, count))
                .or_default()
                .push(route);
        }
        for group in groups.values_mut() {
            // Where two templates fit, the one whose earlier segment is literal wins.
            group.sort_by_key(|route| {
                segments(route.template)
                    .map(|part| part.starts_with('{'))
                    .collect::<Vec<_>>()
            });
        }
        for routes in open.values_mut() {
            routes.sort_by_key(|route| {
                std::cmp::Reverse(
                    segments(route.template)
                        .filter(|part| !part.starts_with('{'))
                        .count(),
                )
            });
        }
        Self { groups, open }
    }

    /// Finds the route of a verb and a path below the service's prefix.
    pub(crate) fn find(&self, service: Service, verb: &str, path: &str) -> Option<Found> {
        let parts: Vec<&str> = segments(path).collect();
        let verb = known_verb(verb)?;
        let group = self.groups.get(&(service, verb, parts.len()));
        let found = group.into_iter().flatten().find_map(|route| {
            let params = match_template(route.template, &parts)?;
            Some(Found { route, params })
        });
        found.or_else(|| {
            let open = self.open.get(&(service, verb))?;
            open.iter().find_map(|route| {
                let params = match_open(route.template, &parts)?;
                Some(Found { route, params })
            })
        })
    }
}

/// Matches a template one of whose parameters takes several segments, at least one.
fn match_open(template: &'static str, parts: &[&str]) -> Option<Vec<(&'static str, String)>> {
    let patterns: Vec<&'static str> = segments(template).collect();
    let at = patterns.iter().position(|part| part.starts_with("{*"))?;
    let taken = parts
        .len()
        .checked_sub(patterns.len() - 1)
        .filter(|taken| *taken > 0)?;
    let (before, rest) = parts.split_at_checked(at)?;
    let (inner, after) = rest.split_at_checked(taken)?;
    let name = patterns[at].trim_start_matches("{*").trim_end_matches('}');
    let mut params = match_segments(patterns[..at].iter().copied(), before)?;
    let inner = percent_decode_str(&inner.join("/"))
        .decode_utf8()
        .ok()?
        .into_owned();
    params.push((name, inner));
    params.extend(match_segments(patterns[at + 1..].iter().copied(), after)?);
    Some(params)
}

/// Verbs that routes may have.
fn known_verb(verb: &str) -> Option<&'static str> {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
        .into_iter()
        .find(|known| *known == verb)
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

fn match_template(template: &'static str, parts: &[&str]) -> Option<Vec<(&'static str, String)>> {
    match_segments(segments(template), parts)
}

fn match_segments(
    patterns: impl Iterator<Item = &'static str>,
    parts: &[&str],
) -> Option<Vec<(&'static str, String)>> {
    let mut params = Vec::new();
    for (pattern, part) in patterns.zip(parts) {
        let decoded = percent_decode_str(part).decode_utf8().ok()?;
        match split(pattern) {
            Some((before, name, after)) => {
                params.push((name, between(&decoded, before, after)?.to_owned()));
            }
            None if pattern.eq_ignore_ascii_case(&decoded) => {}
            None => return None,
        }
    }
    Some(params)
}

/// Splits a segment with a parameter: what stands before it, its name, and what stands after it, as
/// in `applications(appId='{app}')`.
fn split(pattern: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let (before, rest) = pattern.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// Returns what stands between a beginning and an end, which are compared without casing.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(before.len())?;
    let (inner, tail) = rest.split_at_checked(rest.len().checked_sub(after.len())?)?;
    let fits = head.eq_ignore_ascii_case(before) && tail.eq_ignore_ascii_case(after);
    fits.then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::reply::Reply;
    use crate::sandbox::route::Auth;

    const ROUTES: [Route; 5] = [
        Route::partner("GET", "/v1/{*scope}/locks/{lock}", Auth::Either, |_, _| {
            Ok(Reply::empty(200))
        }),
        Route::partner("GET", "/v1/things(key='{key}')", Auth::Either, |_, _| {
            Ok(Reply::empty(200))
        }),
        Route::partner("GET", "/v1/things/{id}", Auth::Either, |_, _| {
            Ok(Reply::empty(200))
        }),
        Route::partner("GET", "/v1/things/special", Auth::Either, |_, _| {
            Ok(Reply::empty(200))
        }),
        Route::partner("POST", "/v1/things", Auth::Either, |_, _| {
            Ok(Reply::empty(200))
        }),
    ];

    fn check(verb: &str, path: &str, expected: Option<(&str, &str)>) {
        static TABLE: [Route; 5] = ROUTES;
        let router = Router::new(TABLE.iter());
        let found = router.find(Service::Partner, verb, path);
        let seen = found.as_ref().map(|found| {
            (
                found.route.template,
                found.params.first().map_or("", |(_, value)| value.as_str()),
            )
        });
        assert_eq!(seen, expected, "{verb} {path}");
    }

    #[test]
    fn every_route_is_told_from_every_other() {
        let mut seen = std::collections::HashSet::new();
        for route in all() {
            let shape: Vec<String> = segments(route.template)
                .map(str::to_lowercase)
                .map(|part| {
                    if part.starts_with("{*") {
                        "{*}".to_owned()
                    } else if part.starts_with('{') {
                        "{}".to_owned()
                    } else {
                        part
                    }
                })
                .collect();
            let fresh = seen.insert((route.service, route.verb, shape));
            assert!(fresh, "{} {} is served twice", route.verb, route.template);
            assert!(known_verb(route.verb).is_some() && route.template.starts_with('/'));
        }
    }

    #[test]
    fn paths_are_matched_without_casing_and_literals_first() {
        check("GET", "/v1/things/a%20b", Some(("/v1/things/{id}", "a b")));
        check(
            "GET",
            "/V1/Things/SPECIAL",
            Some(("/v1/things/special", "")),
        );
        check("GET", "/v1//things/X", Some(("/v1/things/{id}", "X")));
        check("POST", "/v1/things/", Some(("/v1/things", "")));
        check(
            "GET",
            "/v1/a/b/c/locks/keep",
            Some(("/v1/{*scope}/locks/{lock}", "a/b/c")),
        );
        check("GET", "/v1/locks/keep", None);
        check("PUT", "/v1/things", None);
        check("GET", "/v1/things/a/b", None);
        check(
            "GET",
            "/v1/things(Key='a%27b')",
            Some(("/v1/things(key='{key}')", "a'b")),
        );
        check("GET", "/v1/things(key='a'", None);
        check("GET", "/v1/things(", None);
    }
}
