//! Calls of Microsoft Graph: whose directory, options of lists, entity tags; over a small description.

use serde_json::{Value as Json, json};

use super::*;
use crate::api::document::{Document, read};
use crate::api::model::Service;
use crate::http::{Call, Tenant};

const R: &str = "33333333-aaaa-4aaa-8aaa-333333333333";

fn answer(schema: Json) -> Json {
    json!({ "200": { "description": "ok", "content": { "application/json": { "schema": schema } } } })
}

fn of(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn list(name: &str) -> Json {
    answer(json!({ "type": "array", "items": of(name) }))
}

/// A small Graph.
fn graph() -> &'static Service {
    let link = json!({ "nextLinkName": "@odata.nextLink" });
    let tenant = json!({ "name": "tenant", "in": "query", "required": true, "schema": { "type": "string" },
        "x-tenantry": { "scope": "tenant", "carried_by": "token" } });
    let home = json!({ "name": "tenant", "in": "query", "schema": { "type": "string" },
        "x-tenantry": { "scope": "home", "carried_by": "token" } });
    let user = json!({ "name": "user", "in": "path", "required": true, "schema": { "type": "string" },
        "x-tenantry": { "scope": "User.id" } });
    let relationship = json!({ "name": "relationship", "in": "path", "required": true, "schema": { "type": "string" },
        "x-tenantry": { "scope": "DelegatedAdminRelationship.id" } });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let option =
        |name: &str, schema: Json| json!({ "name": name, "in": "query", "schema": schema });
    let options = json!([
        tenant, option("$select", texts), option("$top", json!({ "type": "integer" })),
        option("$orderby", json!({ "type": "string" })), option("$search", json!({ "type": "string" })),
        option("$count", json!({ "type": "boolean" })), option("$expand", json!({ "type": "string" })),
        { "name": "$filter", "in": "query", "schema": {}, "x-tenantry": { "filter": {
            "displayName": ["eq", "ne", "starts_with"], "assignedLicenses.skuId": ["any"] } } },
    ]);
    let document = json!({
        "openapi": "3.1.0", "info": { "title": "Graph", "version": "1" },
        "x-tenantry": { "module": "graph", "source": "Graph", "permissions": ["User.Read.All"] },
        "paths": {
            "/v1.0/users": { "get": { "operationId": "users", "parameters": options, "responses": list("User"),
                "x-ms-pageable": link, "x-tenantry": { "advanced": true, "default_select": ["id", "displayName"] } } },
            "/v1.0/users/{user}": { "parameters": [tenant, user],
                "get": { "operationId": "user", "responses": answer(of("User")), "x-tenantry": { "method_of": "User", "function_as": "refresh" } },
                "patch": { "operationId": "update_user", "requestBody": { "content": { "application/json": { "schema": of("User") } } },
                    "responses": { "204": { "description": "done" } },
                    "x-tenantry": { "method_of": "User", "function_as": "update", "merge": "partial" } } },
            "/v1.0/organization": { "get": { "operationId": "organization", "parameters": [tenant],
                "responses": list("Organization"), "x-tenantry": { "one": true } } },
            "/v1.0/find(name='{domainName}')": { "get": { "operationId": "find_tenant", "responses": answer(of("Organization")),
                "parameters": [home, { "name": "domainName", "in": "path", "required": true, "schema": { "type": "string" } }] } },
            "/v1.0/relationships": { "get": { "operationId": "relationships", "parameters": [home],
                "responses": list("DelegatedAdminRelationship"), "x-ms-pageable": link } },
            "/v1.0/relationships/{relationship}": { "parameters": [home, relationship],
                "get": { "operationId": "relationship", "responses": answer(of("DelegatedAdminRelationship")) },
                "delete": { "operationId": "delete_relationship", "responses": { "204": { "description": "done" } },
                    "x-tenantry": { "method_of": "DelegatedAdminRelationship", "function_as": "delete", "if_match": "@odata.etag" } } },
        },
        "components": { "schemas": {
            "User": { "type": "object", "properties": { "id": { "type": "string" }, "displayName": { "type": "string" },
                "accountEnabled": { "type": "boolean" }, "manager": {} , "assignedLicenses": {} } },
            "Organization": { "type": "object", "properties": { "id": { "type": "string" } } },
            "DelegatedAdminRelationship": { "type": "object", "properties": { "id": { "type": "string" },
                "customer": { "type": "object", "properties": { "tenantId": { "type": "string" } } } } },
        } }
    });
    let document = Document {
        name: "graph.yaml",
        value: &document,
    };
    let read = read("graph", &[document]).unwrap_or_else(|problems| panic!("{problems:?}"));
    Box::leak(Box::new(read))
}

fn stage(answers: &[(u16, &str)]) -> Stage {
    let mut stage = testing::session(answers);
    for service in &mut stage.settings.services {
        if service.name == "graph" {
            *service = graph();
        }
    }
    stage
}

fn sent(stage: &Stage) -> Vec<Call> {
    stage.door.sent.lock().expect("no panic").clone()
}

/// Runs a script and returns the target and tenant of its last call.
fn last(answers: &[(u16, &str)], script: &str) -> (String, String) {
    let stage = stage(answers);
    value(&stage, script);
    let call = sent(&stage).pop().expect("a call");
    let tenant = match call.tenant {
        Tenant::Of(tenant) => tenant,
        Tenant::Home => "home".to_owned(),
    };
    (call.target, tenant)
}

const USERS: &str = r#"{"value":[{"id":"u1","displayName":"Kim"}]}"#;

#[test]
fn records_guids_and_domains_say_whose_directory() {
    let check = |answers: &[(u16, &str)], script: &str, tenant: &str| {
        assert_eq!(last(answers, script).1, tenant, "{script}");
    };
    let one = &[(200, USERS)];
    check(
        one,
        &format!("graph::users(\"{}\").count()", A.to_uppercase()),
        A,
    );
    check(
        one,
        "graph::users(\"Fabrikam.onmicrosoft.com\").count()",
        "fabrikam.onmicrosoft.com",
    );
    let partner = customers();
    check(
        &[(200, partner.as_str()), (200, USERS)],
        "graph::users(partner::customers().first()).count()",
        A,
    );
    // A user is of the tenant it was read from, and its methods stay there.
    let of_user = &[(200, USERS), (200, USERS)];
    check(
        of_user,
        "let u = graph::users(\"b.example\").first(); graph::users(u).count()",
        "b.example",
    );
    let refreshed = last(
        &[(200, USERS), (200, "{}")],
        "graph::users(\"b.example\").first().refresh()",
    );
    assert_eq!(
        refreshed,
        ("/v1.0/users/u1".to_owned(), "b.example".to_owned())
    );
    let updated = last(
        &[(200, USERS), (204, "")],
        "graph::users(\"b.example\").first().update(#{ accountEnabled: false })",
    );
    assert_eq!(updated.1, "b.example");
    // A relationship names its customer, while its own methods stay with the partner.
    let relationships = format!(
        r#"{{"value":[{{"@odata.etag":"W/1","id":"{R}","customer":{{"tenantId":"{B}"}}}}]}}"#
    );
    check(
        &[(200, relationships.as_str()), (200, USERS)],
        "graph::users(graph::relationships().first()).count()",
        B,
    );
    let home = "c0000000-0000-4000-8000-000000000000";
    check(
        &[(200, relationships.as_str()), (204, "")],
        "graph::relationships().first().delete()",
        home,
    );
    let organization = format!(r#"{{"value":[{{"id":"{B}"}}]}}"#);
    check(
        &[(200, organization.as_str()), (200, USERS)],
        "let o = graph::organization(\"b.example\"); graph::users(o).count()",
        B,
    );
}

#[test]
fn nothing_and_the_wrong_thing_are_no_tenant() {
    let give = "give a Customer record, a GUID or a domain";
    let check = |script: &str, expected: &str| {
        fault(&stage(&[]), script, &format!("{expected} | {give}"));
    };
    check(
        "graph::users(())",
        "scope.missing 1:8+5 graph::users needs a tenant, and got nothing: `()`",
    );
    check(
        "graph::users(\" \")",
        "scope.missing 1:8+5 graph::users needs a tenant, and got the text \" \"",
    );
    check(
        "graph::users(7)",
        "scope.wrong_kind 1:8+5 graph::users needs a tenant, and got the number 7",
    );
    check(
        "graph::users(\"Fabrikam\")",
        "scope.tenant_unknown 1:8+5 graph::users cannot tell which tenant \"Fabrikam\" is: it is neither a GUID nor a domain",
    );
    let subscriptions = format!(r#"{{"totalCount":1,"items":[{{"id":"{R}"}}]}}"#);
    let stage = stage(&[(200, subscriptions.as_str())]);
    let script = format!("let s = partner::subscriptions(\"{A}\").first(); graph::users(s)");
    let error = failed(&stage, &script);
    assert_eq!(error.code(), Code::ScopeWrongKind, "{error}");
    let found = r#"{"value":[{"id":"r"}]}"#;
    let stage = self::stage(&[(200, found)]);
    let error = failed(&stage, "graph::users(graph::relationships().first())");
    assert_eq!(error.code(), Code::ScopeTenantUnknown, "{error}");
}

#[test]
fn options_travel_as_the_service_reads_them() {
    let check = |options: &str, query: &str, advanced: bool| {
        let stage = stage(&[(200, USERS)]);
        value(
            &stage,
            &format!("graph::users(\"b.example\", #{{ {options} }}).count()"),
        );
        let call = sent(&stage).pop().expect("a call");
        assert_eq!(call.target, format!("/v1.0/users?{query}"), "{options}");
        let header = ("ConsistencyLevel".into(), "eventual".to_owned());
        assert_eq!(call.headers.contains(&header), advanced, "{options}");
    };
    check(
        "select: [\"id\", \"displayName\"], top: 5",
        "$select=id,displayName&$top=5",
        false,
    );
    check(
        "orderby: \"displayName desc\"",
        "$orderby=displayName%20desc",
        false,
    );
    check(
        "orderby: [\"displayName\", \"id\"]",
        "$orderby=displayName,id&$count=true",
        true,
    );
    check(
        "search: \"displayName:o\"",
        "$search=%22displayName:o%22&$count=true",
        true,
    );
    check("count: true", "$count=true", true);
    check("expand: \"manager\"", "$expand=manager", false);
    check(
        "filter: where(\"displayName\").starts_with(\"O'N\")",
        "$filter=startswith(displayName,'O''N')",
        false,
    );
    check(
        "filter: where(\"displayName\").ne(\"a\"), count: false",
        "$filter=displayName%20ne%20'a'&$count=true",
        true,
    );
    check(
        "filter: where(\"displayName\").eq(\"a\"), orderby: \"displayName\"",
        "$orderby=displayName&$filter=displayName%20eq%20'a'&$count=true",
        true,
    );
    check(
        "filter: where(\"assignedLicenses.skuId\").any(\"s\")",
        "$filter=assignedLicenses%2Fany(x:x%2FskuId%20eq%20's')",
        false,
    );
}

#[test]
fn options_that_cannot_hold_are_refused_before_anything_is_sent() {
    let check = |options: &str, expected: &str| {
        let script = format!("graph::users(\"b.example\", #{{ {options} }})");
        fault(
            &stage(&[]),
            &script,
            &format!("script.argument 1:8+5 {expected}"),
        );
    };
    check(
        "select: [\"dispalyName\"]",
        "`select` of graph::users names `dispalyName`, which is no property of what it lists | did you mean `displayName`?",
    );
    check(
        "orderby: \"xyz\"",
        "`orderby` of graph::users names `xyz`, which is no property of what it lists | nothing was sent",
    );
    check(
        "filter: where(\"jobTitle\").eq(\"a\")",
        "graph::users: this list cannot be filtered by `jobTitle`; it can compare displayName (eq, ne, starts_with), assignedLicenses.skuId (any) | ",
    );
    check(
        "filter: where(\"displayName\").eq(\"a\").not()",
        "graph::users: this list cannot compare `displayName` with `not`; it can compare displayName (eq, ne, starts_with) | ",
    );
    let error = failed(
        &stage(&[]),
        "graph::users(\"b.example\", #{ count: true, expand: \"manager\" })",
    );
    assert!(
        error.to_string().contains("`expand` cannot stand beside"),
        "{error}"
    );
}

#[test]
fn what_was_not_asked_for_is_no_nothing() {
    let error = failed(
        &stage(&[(200, USERS)]),
        "graph::users(\"b.example\").first().accountEnabled",
    );
    assert_eq!(error.code(), Code::RecordNotAsked);
    let asked = |options: &str, property: &str| {
        let stage = stage(&[(200, USERS)]);
        let script = format!("graph::users(\"b.example\", #{{ {options} }}).first().{property}");
        run(&stage, &script)
    };
    assert_eq!(
        asked("select: [\"accountEnabled\"]", "accountEnabled").ok(),
        Some(None)
    );
    assert!(asked("select: [\"displayName\"]", "accountEnabled").is_err());
    assert_eq!(asked("expand: \"manager\"", "manager").ok(), Some(None));
    assert!(asked("top: 1", "manager").is_err());
}

#[test]
fn an_id_alone_is_read_first_for_its_tag() {
    let object = format!(r#"{{"@odata.etag":"W/7","id":"{R}"}}"#);
    let stage = stage(&[(200, object.as_str()), (204, "")]);
    value(&stage, &format!("graph::delete_relationship(\"{R}\")"));
    let calls = sent(&stage);
    assert_eq!(calls[0].operation, "graph::relationship");
    let tag = |tag: &str| vec![("If-Match".into(), tag.to_owned())];
    assert_eq!(calls[1].headers, tag("W/7"));

    let list = format!(r#"{{"value":[{object}]}}"#);
    let stage = self::stage(&[(200, list.as_str()), (204, "")]);
    value(&stage, "graph::relationships().first().delete()");
    let calls = sent(&stage);
    assert_eq!((calls.len(), &calls[1].headers), (2, &tag("W/7")));
}

#[test]
fn a_list_of_one_must_be_one_and_keys_may_stand_in_quotes() {
    let two = r#"{"value":[{"id":"1"},{"id":"2"}]}"#;
    let error = failed(&stage(&[(200, two)]), "graph::organization(\"b.example\")");
    assert_eq!(error.code(), Code::HttpAnswer);
    let found = last(&[(200, "{}")], "graph::find_tenant(\"o'neil.example\")");
    assert_eq!(found.0, "/v1.0/find(name='o''neil.example')");
}
