//! Microsoft Graph as a caller sees it: what is read, by whom, and every refusal.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::entra::groups::{ADMIN_AGENTS, OPERATORS};
use crate::sandbox::entra::seed::{ADMIN, CLIENT, HOME, SECRET};
use crate::sandbox::limits::Limits;
use crate::sandbox::seed::{FABRIKAM, NORTHWIND, TAILSPIN, WIDE_WORLD, numbered};
use crate::sandbox::store::key;
use crate::sandbox::testing::{Bench, Seen};

const ALL: &str = "/v1.0/tenantRelationships/delegatedAdminRelationships";

/// Gets a path as Megan, with a token of a tenant.
fn get(bench: &Bench, tenant: &str, path: &str) -> Seen {
    bench.graph(tenant, Bench::refreshed(), path)
}

fn refused(seen: &Seen) -> (u16, &str) {
    (
        seen.status,
        seen.json["error"]["code"].as_str().unwrap_or_default(),
    )
}

#[test]
fn the_user_sees_itself_and_its_groups_at_home() {
    let bench = Bench::new();
    let seen = get(&bench, HOME, "/v1.0/me");
    assert_eq!(seen.status, 200, "{}", seen.json);
    assert_eq!(
        (&seen.json["id"], &seen.json["displayName"]),
        (&json!(ADMIN), &json!("Megan Bowen"))
    );
    assert!(seen.json["usageLocation"].is_null() && seen.json["mail"].is_null());
    assert_eq!(seen.header("odata-version"), "4.0");
    let seen = get(&bench, HOME, "/v1.0/me?$select=usageLocation");
    assert_eq!(seen.json["usageLocation"], "US");
    assert!(seen.json.get("displayName").is_none());

    let names = |path: &str| -> Vec<Value> {
        let seen = get(&bench, HOME, path);
        let values = seen.json["value"].as_array().cloned().unwrap_or_default();
        values
            .iter()
            .filter(|value| value["@odata.type"] == "#microsoft.graph.group")
            .map(|value| value["displayName"].clone())
            .collect()
    };
    let expected = [
        "AdminAgents",
        "HelpdeskAgents",
        "SalesAgents",
        "Tenantry Operators",
    ];
    assert_eq!(names("/v1.0/me/transitiveMemberOf"), expected);
    assert_eq!(names("/v1.0/me/memberOf"), expected);
    assert_eq!(
        refused(&get(&bench, FABRIKAM, "/v1.0/me")),
        (404, "Request_ResourceNotFound"),
        "no user of that directory"
    );
}

#[test]
fn the_organization_is_that_of_the_token() {
    let bench = Bench::new();
    for (tenant, name, kind) in [
        (HOME, "Contoso", json!("resellerPartnerDelegatedAdmin")),
        (FABRIKAM, "Fabrikam, Inc.", Value::Null),
    ] {
        let seen = get(&bench, tenant, "/v1.0/organization");
        let one = &seen.json["value"][0];
        assert_eq!(
            (&one["id"], &one["displayName"], &one["partnerTenantType"]),
            (&json!(tenant), &json!(name), &kind),
            "{}",
            seen.json
        );
        assert_eq!(one["verifiedDomains"][0]["isInitial"], true);
    }
}

#[test]
fn relationships_are_filtered_paged_and_read_one_by_one() {
    let bench = Bench::with(Limits::Current, 400);
    let whole = get(&bench, HOME, &format!("{ALL}?$top=300"));
    assert_eq!(whole.json["value"].as_array().map(Vec::len), Some(300));
    let mut link = whole.json["@odata.nextLink"].as_str().map(str::to_owned);
    let mut count = 300;
    while let Some(next) = link {
        let (_, path) = next.split_once("/graph").expect("a link to here");
        let seen = get(&bench, HOME, path);
        count += seen.json["value"].as_array().map_or(0, Vec::len);
        link = seen.json["@odata.nextLink"].as_str().map(str::to_owned);
    }
    assert_eq!(
        count, 406,
        "four seeded customers are related, two of them twice"
    );

    for (customer, expected) in [
        (FABRIKAM.to_owned(), 1),
        (numbered::id(7), 1),
        (WIDE_WORLD.to_owned(), 0),
    ] {
        let filter =
            format!("customer/tenantId%20eq%20'{customer}'%20and%20status%20eq%20'active'");
        let seen = get(&bench, HOME, &format!("{ALL}?$filter={filter}"));
        let values = seen.json["value"].as_array().cloned().unwrap_or_default();
        assert_eq!(values.len(), expected, "{}", seen.json);
        for value in values {
            assert_eq!(value["customer"]["tenantId"], customer.as_str());
            let own = format!("{ALL}/{}", value["id"].as_str().unwrap_or_default());
            let one = get(&bench, HOME, &own);
            assert_eq!(one.json["displayName"], value["displayName"]);
            let assigned = get(&bench, HOME, &format!("{own}/accessAssignments"));
            let assigned = &assigned.json["value"][0];
            assert_eq!(
                (
                    &assigned["status"],
                    &assigned["accessContainer"]["accessContainerId"]
                ),
                (&json!("active"), &json!(OPERATORS))
            );
        }
    }
    let odd = format!("{ALL}?$filter=duration%20eq%20'P1D'");
    assert_eq!(
        refused(&get(&bench, HOME, &odd)),
        (400, "Request_UnsupportedQuery")
    );
    let named = format!("{ALL}?$filter=displayName%20eq%20'Tailspin%20full'");
    let seen = get(&bench, HOME, &named);
    assert_eq!(seen.json["value"][0]["customer"]["tenantId"], TAILSPIN);
    let many = format!("{ALL}?$top=301");
    assert_eq!(
        refused(&get(&bench, HOME, &many)),
        (400, "Request_UnsupportedQuery")
    );
    let unknown = format!("{ALL}/{HOME}");
    assert_eq!(
        refused(&get(&bench, HOME, &unknown)),
        (404, "Request_ResourceNotFound")
    );
}

#[test]
fn who_may_not_is_refused_with_the_ids_of_the_call() {
    let bench = Bench::new();
    let alone = bench.graph(HOME, Bench::itself(), ALL);
    assert_eq!(refused(&alone), (403, "Authorization_RequestDenied"));
    assert_eq!(
        alone.json["error"]["innerError"]["request-id"],
        alone.header("request-id")
    );
    let elsewhere = get(&bench, FABRIKAM, ALL);
    assert_eq!(refused(&elsewhere), (403, "Authorization_RequestDenied"));
    let alone = bench.graph(HOME, Bench::itself(), "/v1.0/me");
    assert_eq!(refused(&alone), (400, "BadRequest"));
    assert_eq!(
        bench
            .graph(HOME, Bench::itself(), "/v1.0/organization")
            .status,
        200
    );
    let nobody = bench.send("GET", "/graph/v1.0/me", &[], "".into());
    assert_eq!(refused(&nobody), (401, "InvalidAuthenticationToken"));
    assert!(
        nobody
            .header("www-authenticate")
            .contains("authorization_uri")
    );
    assert_eq!(get(&bench, HOME, "/v1.0/people").status, 501);
    bench.change(|tx| {
        let agents = tx.directory.groups.edit(&key(&[HOME, ADMIN_AGENTS]));
        agents.expect("seeded").members.clear();
    });
    assert_eq!(
        refused(&get(&bench, HOME, ALL)),
        (403, "Authorization_RequestDenied")
    );
}

#[test]
fn a_token_is_worth_nothing_once_the_relationship_is_over() {
    let bench = Bench::new();
    let token = bench.bearer(NORTHWIND, Bench::refreshed(), "https://graph.microsoft.com");
    let ask = || {
        let headers = [("authorization", token.as_str())];
        bench.send("GET", "/graph/v1.0/organization", &headers, "".into())
    };
    assert_eq!(ask().status, 200);
    bench.change(|tx| crate::sandbox::entra::gdap::remove(tx, NORTHWIND));
    assert_eq!(refused(&ask()), (403, "Authorization_RequestDenied"));
}

#[test]
fn a_user_ends_its_own_sessions() {
    let bench = Bench::new();
    let post = |token: &str| {
        let headers = [("authorization", token)];
        let path = "/graph/v1.0/me/revokeSignInSessions";
        bench.send("POST", path, &headers, "".into())
    };
    let bearer = |grant| bench.bearer(HOME, grant, "https://graph.microsoft.com");
    assert_eq!(refused(&post(&bearer(Bench::itself()))).0, 400);
    let token = bearer(Bench::refreshed());
    let seen = post(&token);
    assert_eq!((seen.status, &seen.json["value"]), (200, &json!(true)));
    assert!(
        seen.json["@odata.context"]
            .as_str()
            .is_some_and(|context| context.ends_with("$metadata#Edm.Boolean"))
    );
    assert_eq!(
        refused(&post(&token)),
        (401, "InvalidAuthenticationToken"),
        "the access tokens of before"
    );
    let form = format!(
        "{}&client_id={CLIENT}&client_secret={SECRET}&scope=https://graph.microsoft.com/.default",
        Bench::refreshed()
    );
    let seen = bench.token(HOME, &form);
    assert_eq!(seen.json["error_codes"], json!([50_173]));
}

#[test]
fn a_token_that_will_not_do_is_refused_in_the_services_words() {
    let bench = Bench::new();
    let own = bench.bearer(HOME, Bench::refreshed(), "https://graph.microsoft.com");
    let other = bench.bearer(HOME, Bench::refreshed(), "https://management.azure.com");
    let check = |bearer: &str, text: &str| {
        let headers = [("authorization", bearer)];
        let seen = bench.send("GET", "/graph/v1.0/me", &headers, "".into());
        assert_eq!(refused(&seen), (401, "InvalidAuthenticationToken"));
        assert_eq!(seen.json["error"]["message"], text);
        assert!(seen.header("www-authenticate").starts_with("Bearer "));
    };
    check("", "Access token is empty.");
    check(
        "Bearer a.b.c",
        "CompactToken parsing failed with error code: 80049217",
    );
    check(&other, "Access token validation failure. Invalid audience.");
    bench.advance(Duration::from_secs(86_400));
    check(&own, "Lifetime validation failed, the token is expired.");
}

#[test]
fn an_application_without_a_service_principal_is_nobody() {
    let bench = Bench::new();
    let bearer = bench.bearer(FABRIKAM, Bench::itself(), "https://graph.microsoft.com");
    let ask = || {
        let headers = [("authorization", &*bearer)];
        bench.send("GET", "/graph/v1.0/organization", &headers, "".into())
    };
    assert_eq!(ask().status, 200);
    bench.change(|tx| tx.entra.consents.remove(&key(&[FABRIKAM, CLIENT])));
    assert_eq!(refused(&ask()), (401, "Authorization_IdentityNotFound"));
}

#[test]
fn the_clients_id_comes_back_and_each_call_has_one_of_its_own() {
    let bench = Bench::new();
    let bearer = bench.bearer(HOME, Bench::refreshed(), "https://graph.microsoft.com");
    let ask = |path: &str| {
        let own = "0d410000-0000-4000-8000-000000000001";
        let headers = [("authorization", &*bearer), ("client-request-id", own)];
        let seen = bench.send("GET", path, &headers, "".into());
        assert_eq!(seen.header("client-request-id"), own);
        if seen.status != 200 {
            let inner = &seen.json["error"]["innerError"];
            assert_eq!(inner["client-request-id"], own);
            assert_eq!(inner["request-id"], seen.header("request-id"));
            assert_eq!(inner["date"], "2026-03-02T09:00:00", "no zone");
        }
        seen.header("request-id").to_owned()
    };
    let fine = ask("/graph/v1.0/me");
    let refused = [ask("/graph/v1.0/me?$top=5"), ask("/graph/v1.0/me?$top=5")];
    assert!(fine != refused[0] && refused[0] != refused[1] && fine != refused[1]);
}

#[test]
fn what_is_read_only_takes_no_other_method() {
    let bench = Bench::new();
    for (verb, path) in [
        ("POST", "/v1.0/contracts"),
        ("PATCH", "/v1.0/SubscribedSkus/a_b"),
        ("DELETE", "/v1.0/directory/subscriptions/a"),
    ] {
        let seen = bench.send(verb, &format!("/graph{path}"), &[], "".into());
        assert_eq!(refused(&seen), (405, "Request_BadRequest"), "{verb} {path}");
    }
    let seen = bench.send("POST", "/graph/v1.0/contractsOf", &[], "".into());
    assert_eq!(seen.status, 501);
}
