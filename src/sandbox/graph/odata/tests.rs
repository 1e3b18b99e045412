//! Whole queries against a list of made objects.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::*;
use crate::sandbox::reply::{Content, Refusal};
use crate::sandbox::route::Principal;
use crate::sandbox::testing;

const KIND: Kind = Kind {
    name: "User",
    usual: &["displayName"],
    filter: &[("displayName", "eq startsWith; ne"), ("city", "eq")],
    order: (&["displayName"], &["city"]),
    search: &["displayName"],
    expand: &["manager"],
    directory: true,
    ..Kind::PLAIN
};

fn rows() -> Vec<Value> {
    (1..=9)
        .rev()
        .map(|n| json!({ "id": n.to_string(), "displayName": format!("n{}", n % 3), "city": "x" }))
        .collect()
}

fn request(query: &str, headers: &[(&'static str, &'static str)]) -> Request {
    let mut request = testing::request("/v1.0/users", query, None);
    let headers = headers.iter().map(|(name, value)| {
        let name = HeaderName::from_static(name);
        (name, HeaderValue::from_static(value))
    });
    request.headers = headers.collect::<HeaderMap>();
    request
}

const EVENTUAL: &[(&str, &str)] = &[("consistencylevel", "eventual")];

fn asked(
    kind: &Kind,
    query: &str,
    headers: &[(&'static str, &'static str)],
) -> Result<Value, Refusal> {
    let reply = listed(&request(query, headers), kind, "users", rows())?;
    match reply.content {
        Content::Json(value) => Ok(value),
        other => panic!("no JSON: {other:?}"),
    }
}

fn ids(answer: &Value) -> Vec<&str> {
    let values = answer["value"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    values
        .iter()
        .filter_map(|value| value["id"].as_str())
        .collect()
}

/// Follows the next links and returns the ids of every page.
fn pages(kind: &Kind, query: &str, headers: &[(&'static str, &'static str)]) -> Vec<Vec<String>> {
    let (mut query, mut pages) = (query.to_owned(), Vec::new());
    loop {
        let answer = asked(kind, &query, headers).expect("a page");
        pages.push(ids(&answer).into_iter().map(str::to_owned).collect());
        assert_eq!(
            answer.get("@odata.count").is_some(),
            pages.len() == 1 && query.contains("count")
        );
        match answer["@odata.nextLink"].as_str() {
            Some(link) => link
                .split_once('?')
                .expect("a query")
                .1
                .clone_into(&mut query),
            None => return pages,
        }
    }
}

#[test]
fn pages_hold_every_object_once_in_order() {
    assert_eq!(
        pages(&KIND, "$top=4", &[]),
        [
            vec!["1", "2", "3", "4"],
            vec!["5", "6", "7", "8"],
            vec!["9"]
        ]
    );
    assert_eq!(
        pages(
            &KIND,
            "$top=5&$orderby=displayName desc&$count=true",
            EVENTUAL
        ),
        [vec!["2", "5", "8", "1", "4"], vec!["7", "3", "6", "9"]]
    );
    let given = Kind {
        directory: false,
        ..KIND
    };
    assert_eq!(
        pages(&given, "$filter=displayName eq 'n1'&$top=2", &[]),
        [vec!["7", "4"], vec!["1"]],
        "the handler's order"
    );
    assert_eq!(
        pages(&KIND, "", &[("prefer", "odata.maxpagesize=8")]).len(),
        2
    );
}

#[test]
fn a_token_fits_its_query_only() {
    let first = asked(&KIND, "$top=4", &[]).expect("a page");
    let link = first["@odata.nextLink"].as_str().expect("a link");
    assert!(link.starts_with("http://host/graph/v1.0/users?%24top=4&%24skiptoken="));
    let (_, token) = link.rsplit_once('=').expect("a token");
    for query in [
        format!("$top=5&$skiptoken={token}"),
        format!("$skiptoken={token}"),
        "$top=4&$skiptoken=abc".to_owned(),
    ] {
        let refusal = asked(&KIND, &query, &[]).expect_err("another query");
        assert_eq!(refusal.code, "Directory_ExpiredPageToken");
    }
    let of = |tenant: &str| {
        let caller = testing::caller(tenant, (Principal::App, "app"), &[]);
        let query = format!("$top=4&$skiptoken={token}");
        let request = testing::request("/v1.0/users", &query, Some(caller));
        listed(&request, &KIND, "users", rows())
    };
    assert!(of("").is_ok() && of("other").is_err(), "another tenant");
}

#[test]
fn an_advanced_query_needs_the_header_and_the_count() {
    let may = |query: &str, headers| asked(&KIND, query, headers).is_ok();
    for query in [
        "$filter=displayName ne 'n1'",
        "$filter=displayName eq 'n1'&$orderby=displayName",
        "$orderby=city",
    ] {
        let counted = format!("{query}&$count=true");
        assert!(!may(query, EVENTUAL), "{query}");
        assert!(!may(&counted, &[]), "{query}");
        assert!(may(&counted, EVENTUAL), "{query}");
    }
    let counted = asked(&KIND, "$count=true", &[]).expect("ignored");
    assert!(counted.get("@odata.count").is_none());
    let counted = asked(
        &KIND,
        "$count=true&$filter=displayName ne 'n1'&$top=1",
        EVENTUAL,
    );
    assert_eq!(counted.expect("counted")["@odata.count"], 6);
    let refusal = asked(&KIND, "$search=\"displayName:n1\"", &[]).expect_err("no header");
    assert!(
        refusal.text.contains("special request header"),
        "{}",
        refusal.text
    );
    let found = asked(&KIND, "$search=\"displayName:n1\"", EVENTUAL).expect("found");
    assert_eq!(ids(&found), ["1", "4", "7"]);
}

#[test]
fn options_that_are_not_taken_are_refused() {
    for query in [
        "$skip=5",
        "$top=0",
        "$top=1000",
        "$apply=x",
        "$count=yes",
        "$expand=owners",
        "$expand=manager&$count=true",
        "$select=nothing",
        "$select=nothing&$filter=displayName eq 'n9'",
    ] {
        let refusal = asked(&KIND, query, EVENTUAL).expect_err(query);
        assert_eq!(refusal.status, 400, "{query}");
    }
    let refusal = asked(&KIND, "$top=1000", &[]).expect_err("too many");
    assert_eq!(
        refusal.text,
        "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive."
    );
    let one = Kind { most: 0, ..KIND };
    assert!(asked(&one, "$top=5", &[]).is_err());
    assert_eq!(ids(&asked(&one, "", &[]).expect("all")).len(), 9);
    assert!(asked(&Kind::PLAIN, "$filter=city eq 'x'", &[]).is_err());
}

#[test]
fn what_is_selected_stands_in_the_context() {
    let shown = asked(&KIND, "$select=id,city&$top=1", &[]).expect("a page");
    assert_eq!(
        shown["@odata.context"],
        "http://host/graph/v1.0/$metadata#users(id,city)"
    );
    assert_eq!(shown["value"][0], json!({ "id": "1", "city": "x" }));
    let shown = asked(&KIND, "$top=1", &[]).expect("a page");
    assert_eq!(shown["value"][0], json!({ "id": "1", "displayName": "n1" }));
}

#[test]
fn a_number_needs_the_header() {
    let number = |query: &str, headers| number(&request(query, headers), &KIND, rows());
    let refusal = number("", &[]).expect_err("no header");
    assert_eq!(
        (refusal.status, refusal.text.as_str()),
        (400, "$count is not currently supported.")
    );
    let reply = number("$filter=displayName ne 'n1'", EVENTUAL).expect("a number");
    assert_eq!(reply.content, Content::Bytes("text/plain", "6".into()));
}
