//! Rounds of change tracking over the groups of the store.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::sandbox::entra::groups::OPERATORS;
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::reply::Content;
use crate::sandbox::route::Principal;
use crate::sandbox::store::key;
use crate::sandbox::testing::{self, Bench};

const KIND: Kind = Kind {
    name: "Group",
    directory: true,
    ..Kind::PLAIN
};

const GROUPS: Tracked = Tracked {
    part: "groups",
    kind: &KIND,
    links: &["members"],
    rows: |tx, tenant| {
        let rows = tx.directory.groups.under(tenant);
        rows.map(|(_, group)| json!({ "id": group.id, "displayName": group.name, "description": group.description }))
            .collect()
    },
    restorable: |_, _, id| id == OPERATORS,
    linked: |tx, tenant, id, _| {
        let group = tx.directory.groups.get(&key(&[tenant, id]));
        let members = group.into_iter().flat_map(|group| &group.members);
        members
            .map(|id| json!({ "@odata.type": "#microsoft.graph.user", "id": id }))
            .collect()
    },
};

fn request(tenant: &str, query: &str) -> Request {
    let caller = testing::caller(tenant, (Principal::App, "app"), &[]);
    testing::request("/v1.0/groups/delta", query, Some(caller))
}

fn ask(bench: &Bench, query: &str) -> Result<Value, Refusal> {
    let reply = bench.change(|tx| answer(&request(HOME, query), tx, &GROUPS))?;
    match reply.content {
        Content::Json(value) => Ok(value),
        other => panic!("no JSON: {other:?}"),
    }
}

/// Returns the query of a link.
fn link(answer: &Value, name: &str) -> String {
    let link = answer[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name}: {answer}"));
    let (path, query) = link.split_once('?').expect("a query");
    assert_eq!(path, "http://host/graph/v1.0/groups/delta");
    query.to_owned()
}

fn values(answer: &Value) -> Vec<Value> {
    answer["value"].as_array().cloned().unwrap_or_default()
}

#[test]
fn the_next_round_tells_what_has_changed() {
    let bench = Bench::new();
    let first = ask(&bench, "$select=displayName,members").expect("all");
    assert_eq!(values(&first).len(), 4);
    let members = |answer: &Value| answer["members@delta"].as_array().map(Vec::len);
    assert!(values(&first).iter().all(|group| members(group).is_some()));
    assert!(values(&first)[0].get("description").is_none());

    let token = link(&first, "@odata.deltaLink");
    let none = ask(&bench, &token).expect("nothing");
    assert!(values(&none).is_empty());
    let operators = key(&[HOME, OPERATORS]);
    let group = bench.change(|tx| {
        let group = tx.directory.groups.edit(&operators).expect("seeded");
        group.description = "not tracked".to_owned();
        group.clone()
    });
    assert!(values(&ask(&bench, &token).expect("nothing")).is_empty());
    bench.change(|tx| {
        let group = tx.directory.groups.edit(&operators).expect("seeded");
        group.name = "Renamed".to_owned();
        group.members = vec!["new".to_owned()];
    });
    let changed = ask(&bench, &token).expect("one");
    let one = &values(&changed)[0];
    assert_eq!(
        (values(&changed).len(), &one["displayName"]),
        (1, &json!("Renamed"))
    );
    let delta = one["members@delta"].as_array().cloned().unwrap_or_default();
    assert_eq!(delta.len(), group.members.len() + 1);
    assert_eq!(
        delta[0],
        json!({ "@odata.type": "#microsoft.graph.user", "id": "new" })
    );
    assert_eq!(delta[1]["@removed"]["reason"], "deleted");

    let token = link(&changed, "@odata.deltaLink");
    bench.change(|tx| tx.directory.groups.remove(&operators));
    let removed = ask(&bench, &token).expect("one");
    assert_eq!(
        values(&removed),
        [json!({ "id": OPERATORS, "@removed": { "reason": "changed" } })]
    );
}

#[test]
fn pages_follow_each_other_and_only_the_last_has_the_token() {
    let bench = Bench::new();
    let mut request = request(HOME, "$filter=id ne 'x'");
    let refusal = bench.change(|tx| answer(&request, tx, &GROUPS));
    assert_eq!(refusal.expect_err("no id").code, "Request_UnsupportedQuery");
    request.query.clear();
    let prefer = http::HeaderValue::from_static("odata.maxpagesize=3");
    request.headers.insert("prefer", prefer);
    let mut sizes = Vec::new();
    loop {
        let reply = bench
            .change(|tx| answer(&request, tx, &GROUPS))
            .expect("a page");
        let Content::Json(page) = reply.content else {
            panic!("no JSON");
        };
        sizes.push(values(&page).len());
        if page.get("@odata.nextLink").is_none() {
            link(&page, "@odata.deltaLink");
            break;
        }
        let query = link(&page, "@odata.nextLink");
        request.query = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
    }
    assert_eq!(sizes, [3, 1]);
    let one = ask(&bench, &format!("$filter=id eq '{OPERATORS}'")).expect("one");
    assert_eq!(values(&one).len(), 1);
    let latest = ask(&bench, "$deltatoken=latest").expect("a token");
    assert!(values(&latest).is_empty());
    let later = ask(&bench, &link(&latest, "@odata.deltaLink")).expect("nothing new");
    assert!(values(&later).is_empty());
}

#[test]
fn a_token_that_is_too_old_or_foreign_is_refused() {
    let bench = Bench::new();
    let token = link(&ask(&bench, "").expect("all"), "@odata.deltaLink");
    let elsewhere = request("another tenant", &token);
    let refusal = bench.change(|tx| answer(&elsewhere, tx, &GROUPS));
    assert_eq!(refusal.expect_err("foreign").status, 400);
    bench.advance(Duration::from_secs(7 * 86_400));
    let refusal = ask(&bench, &token).expect_err("too old");
    assert_eq!(
        (refusal.status, &refusal.code),
        (410, &json!("syncStateNotFound"))
    );
    let reply = refusal.into_reply(crate::sandbox::route::Service::Graph);
    assert_eq!(
        reply.headers["location"],
        "http://host/graph/v1.0/groups/delta"
    );
    for query in [
        "$top=5",
        "$orderby=id",
        "$expand=members",
        "$select=nothing",
    ] {
        assert_eq!(ask(&bench, query).expect_err(query).status, 400, "{query}");
    }
}

#[test]
fn whoever_may_read_the_objects_may_track_them() {
    let bench = Bench::new();
    for part in [
        "groups",
        "applications",
        "servicePrincipals",
        "devices",
        "directoryRoles",
    ] {
        let path = format!("/v1.0/{part}/delta");
        let seen = bench.graph(HOME, Bench::refreshed(), &path);
        assert_eq!(seen.status, 200, "{part}: {}", seen.json);
        let link = seen.json["@odata.deltaLink"]
            .as_str()
            .expect("the last page");
        let (_, next) = link.split_once("/graph").expect("a link to here");
        let seen = bench.graph(HOME, Bench::refreshed(), next);
        assert_eq!((seen.status, values(&seen.json).len()), (200, 0), "{part}");
    }
    let seen = bench.graph(
        HOME,
        Bench::refreshed(),
        "/v1.0/directoryRoles/delta?$select=members",
    );
    assert_eq!(
        values(&seen.json)[0]["members@delta"][0]["id"],
        crate::sandbox::entra::seed::ADMIN
    );
}
