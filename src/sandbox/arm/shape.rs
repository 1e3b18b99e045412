//! What Azure Resource Manager refuses before any provider sees it: paths that name nothing, verbs that
//! a path does not take, bodies that are not JSON or of no length. Source: arm reference §4, §12.1, §13;
//! the codes and texts of 405, 411 and 415 are not confirmed.

use super::access::misrouted;
use super::id::Place;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Route;
use crate::sandbox::wire::Incoming;

/// What may follow a subscription.
const IN_SUBSCRIPTION: [&str; 6] = [
    "resourceGroups",
    "providers",
    "resources",
    "locations",
    "operationresults",
    "tagNames",
];

/// What may follow a group.
const IN_GROUP: [&str; 5] = [
    "providers",
    "resources",
    "moveResources",
    "validateMoveResources",
    "exportTemplate",
];

static NOWHERE: Route = Route::arm("GET", "/{*path}", |request, _| Err(misrouted(request)));

static OTHER_VERB: Route = Route::arm("GET", "/subscriptions", |request, _| {
    let text = format!("The HTTP method '{}' is not supported here.", request.verb);
    Err(Refusal::new(405, "MethodNotAllowed", text))
});

/// Tells whether a route takes every path, so that it does not say that a path is right.
pub(crate) fn takes_all(route: &Route) -> bool {
    route.template.starts_with("/{*") && route.template.matches('/').count() == 1
}

/// Returns what answers a path that no route of the verb fits, unless it may be one that is
/// documented and not served.
pub(crate) fn astray(path: &str) -> Option<&'static Route> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let is = |at: usize, words: &[&str]| {
        let part = parts.get(at);
        part.is_none_or(|part| words.iter().any(|word| word.eq_ignore_ascii_case(part)))
    };
    let named = |at: usize, word: &str| parts.get(at).is_some() && is(at, &[word]);
    // What there is to be done with these is all served.
    let whole = match parts.len() {
        1 => is(0, &["subscriptions", "tenants"]),
        2 => is(0, &["subscriptions"]),
        3 => is(0, &["subscriptions"]) && is(2, &["locations", "providers"]),
        _ => false,
    };
    if whole {
        return Some(&OTHER_VERB);
    }
    let is_broken = named(0, "subscriptions")
        && (!is(2, &IN_SUBSCRIPTION)
            || (named(2, "resourceGroups") && !is(4, &IN_GROUP))
            || (named(2, "providers") && Place::parse(path).is_none())
            || (named(4, "providers") && Place::parse(path).is_none()));
    is_broken.then_some(&NOWHERE)
}

/// Refuses a body that is no JSON, and one whose length is not said though there is none.
pub(crate) fn misshapen(incoming: &Incoming) -> Option<Refusal> {
    let header = |name: &str| incoming.headers.get(name)?.to_str().ok();
    let has_body = ["PUT", "PATCH", "POST"].contains(&incoming.method.as_str());
    if incoming.body.is_empty() {
        let is_said = header("content-length").or_else(|| header("transfer-encoding"));
        let text = "A request without a body must say Content-Length: 0.";
        return (has_body && is_said.is_none()).then(|| Refusal::new(411, "LengthRequired", text));
    }
    // A body of which nothing is said is read as JSON.
    let kind = header("content-type").unwrap_or("application/json");
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_json = kind.eq_ignore_ascii_case("application/json")
        || kind.eq_ignore_ascii_case("text/json")
        || kind.to_ascii_lowercase().ends_with("+json");
    let text = format!(
        "The content media type '{kind}' is not supported. Only 'application/json' is supported."
    );
    (has_body && !is_json).then(|| Refusal::new(415, "UnsupportedMediaType", text))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::sandbox::arm::tests::{call, refused, root};
    use crate::sandbox::seed::FABRIKAM;
    use crate::sandbox::testing::Bench;

    #[test]
    fn a_path_is_broken_of_another_verb_or_perhaps_not_served() {
        let check = |path: &str, expected: Option<&str>| {
            let seen = astray(path).map(|route| route.template);
            assert_eq!(seen, expected, "{path}");
        };
        let (broken, verb) = (Some("/{*path}"), Some("/subscriptions"));
        check("/subscriptions", verb);
        check("/subscriptions/s//locations/", verb);
        check("/subscriptions/s/resourceGroup/rg", broken);
        check("/subscriptions/s/resourceGroups//providers/A.B/c/d", broken);
        check(
            "/subscriptions/s/resourceGroups/rg/provider/A.B/c/d",
            broken,
        );
        check("/subscriptions/s/resourceGroups/rg/providers/A.B", broken);
        check("/subscriptions/s/resourceGroups/rg/moveResources", None);
        check("/subscriptions/s/tagNames/a", None);
        check("/subscriptions/s/providers/A.B/c/d/start", None);
        check("/providers/Microsoft.Billing/billingAccounts", None);
    }

    #[test]
    fn wrong_paths_verbs_and_bodies_are_refused_after_the_token() {
        let bench = Bench::new();
        let root = root(&bench);
        let version = "api-version=2025-04-01";
        let typo = format!("{root}/resourceGroup/rg-shop?{version}");
        let seen = call(&bench, "GET", &typo, None);
        assert_eq!(refused(&seen), (400, "InvalidApiVersionParameter"));
        let nobody = bench.send("GET", &format!("/arm{typo}"), &[], Bytes::new());
        assert_eq!(refused(&nobody), (401, "AuthenticationFailed"));
        let seen = call(&bench, "DELETE", &format!("{root}?{version}"), None);
        assert_eq!(refused(&seen), (405, "MethodNotAllowed"));
        let bearer = bench.bearer(FABRIKAM, Bench::refreshed(), "https://management.azure.com");
        let group = format!("/arm/{root}//resourcegroups/RG-EMPTY/?{version}");
        let put = |headers: &[(&str, &str)], body: &str| {
            let mut all = vec![("authorization", bearer.as_str())];
            all.extend_from_slice(headers);
            bench.send("PUT", &group, &all, Bytes::from(body.to_owned()))
        };
        assert_eq!(refused(&put(&[], "")), (411, "LengthRequired"));
        let form = [("content-type", "application/x-www-form-urlencoded")];
        assert_eq!(refused(&put(&form, "a=b")), (415, "UnsupportedMediaType"));
        let json_type = [("content-type", "application/json; charset=utf-8")];
        let body = json!({ "location": "westeurope" }).to_string();
        assert_eq!(put(&json_type, &body).status, 200);
    }
}
