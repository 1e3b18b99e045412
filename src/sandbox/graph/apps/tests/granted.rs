//! What applications and users are granted, and what tokens make of it.

use super::*;

#[test]
fn a_grant_changes_what_a_users_token_may_do() {
    let bench = Bench::new();
    let (client, graph) = (
        principal(&bench, FABRIKAM, CLIENT),
        principal(&bench, FABRIKAM, GRAPH_APP),
    );
    let path = format!("/servicePrincipals/{client}/oauth2PermissionGrants");
    let grants = get(&bench, FABRIKAM, &path).json;
    let rows = grants["value"].as_array().expect("a list");
    let of_graph = rows
        .iter()
        .find(|row| row["resourceId"] == graph.as_str())
        .expect("seeded");
    assert!(
        of_graph["scope"]
            .as_str()
            .is_some_and(|scope| scope.contains("User.ReadWrite.All"))
    );
    let own = format!(
        "/oauth2PermissionGrants/{}",
        of_graph["id"].as_str().expect("an id")
    );
    let scopes = || {
        let form = format!(
            "{}&client_id={CLIENT}&client_secret={SECRET}&scope={GRAPH}",
            Bench::refreshed()
        );
        bench.token(FABRIKAM, &form).json["scope"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert!(!scopes().contains("Mail.Read"));
    let body = json!({ "scope": "Directory.AccessAsUser.All Mail.Read" });
    assert_eq!(ask(&bench, FABRIKAM, ("PATCH", &own), &body).status, 204);
    assert!(scopes().contains("Mail.Read") && !scopes().contains("User.ReadWrite.All"));
    let headers = bench.bearer(FABRIKAM, Bench::refreshed(), "https://graph.microsoft.com");
    assert_eq!(
        ask(&bench, FABRIKAM, ("DELETE", &own), &Value::Null).status,
        204
    );
    assert_eq!(scopes(), "", "nothing is consented any more");
    let path = format!("/graph/v1.0{own}");
    let seen = bench.send("DELETE", &path, &[("authorization", &headers)], "".into());
    refused(&seen, 404, NONE, "");
}

#[test]
fn a_grant_is_made_once_and_of_things_that_are_there() {
    let bench = Bench::new();
    let (client, graph) = (
        principal(&bench, FABRIKAM, CLIENT),
        principal(&bench, FABRIKAM, GRAPH_APP),
    );
    let body = json!({ "clientId": client, "consentType": "AllPrincipals", "resourceId": graph, "scope": "User.Read" });
    let create = |body: &Value| ask(&bench, FABRIKAM, ("POST", "/oauth2PermissionGrants"), body);
    refused(
        &create(&body),
        409,
        SAME,
        "Permission entry already exists.",
    );
    let with = |name: &str, value: Value| {
        let mut body = body.clone();
        body[name] = value;
        create(&body)
    };
    refused(
        &with("clientId", json!("none")),
        404,
        NONE,
        "Resource 'none'",
    );
    refused(
        &with("resourceId", json!("none")),
        404,
        NONE,
        "Resource 'none'",
    );
    refused(
        &with("consentType", json!("All")),
        400,
        BAD,
        "Invalid value 'All'",
    );
    refused(
        &with("consentType", json!("Principal")),
        400,
        BAD,
        "A value is required for property 'principalId'",
    );
    refused(
        &with("principalId", json!(id_of(FABRIKAM, 1, 2))),
        400,
        BAD,
        "The property 'principalId' must be null",
    );
    refused(
        &with("scope", Value::Null),
        400,
        BAD,
        "A value is required for property 'scope'",
    );
    let mut one = body.clone();
    one["consentType"] = "Principal".into();
    one["principalId"] = id_of(FABRIKAM, 1, 2).into();
    let seen = create(&one);
    assert_eq!(
        (seen.status, &seen.json["principalId"]),
        (201, &one["principalId"]),
        "{}",
        seen.json
    );
}

#[test]
fn an_application_role_is_named_by_the_next_token() {
    let bench = Bench::new();
    let (client, graph) = (
        principal(&bench, FABRIKAM, CLIENT),
        principal(&bench, FABRIKAM, GRAPH_APP),
    );
    let roles =
        get(&bench, FABRIKAM, &format!("/servicePrincipals/{graph}")).json["appRoles"].clone();
    let roles = roles.as_array().expect("a list");
    let role = roles
        .iter()
        .find(|role| role["value"] == "Group.ReadWrite.All");
    let role = role.expect("a role")["id"].clone();
    let path = format!("/servicePrincipals/{client}/appRoleAssignments");
    let assign = |body: &Value| ask(&bench, FABRIKAM, ("POST", &path), body);
    let body = json!({ "principalId": client, "resourceId": graph, "appRoleId": role });
    let groups = || {
        let bearer = bench.bearer(FABRIKAM, Bench::itself(), "https://graph.microsoft.com");
        let body = json!({ "displayName": "x", "mailNickname": "x", "mailEnabled": false, "securityEnabled": true });
        let headers = [("authorization", bearer.as_str())];
        bench.send(
            "POST",
            "/graph/v1.0/groups",
            &headers,
            body.to_string().into(),
        )
    };
    bench.change(|tx| {
        let consent = tx.entra.consents.edit(&key(&[FABRIKAM, CLIENT]));
        consent.expect("seeded").roles.clear();
    });
    assert_eq!(groups().status, 403);
    let seen = assign(&body);
    assert_eq!(seen.status, 201, "{}", seen.json);
    assert_eq!(groups().status, 201);
    refused(
        &assign(&body),
        400,
        BAD,
        "Permission being assigned already exists on the object",
    );
    let with = |name: &str, value: &str| {
        let mut body = body.clone();
        body[name] = value.into();
        assign(&body)
    };
    refused(
        &with("appRoleId", "none"),
        400,
        BAD,
        "Permission being assigned was not found on application",
    );
    refused(&with("principalId", "none"), 404, NONE, "Resource 'none'");
    refused(&with("resourceId", "none"), 404, NONE, "Resource 'none'");
    let kim = id_of(FABRIKAM, 1, 2);
    refused(
        &with("principalId", &kim),
        400,
        BAD,
        "The object of the path must be",
    );
    let given = get(
        &bench,
        FABRIKAM,
        &format!("/servicePrincipals/{graph}/appRoleAssignedTo"),
    );
    assert!(all(&given, "principalDisplayName").contains(&"Tenantry".to_owned()));
    let own = format!("{path}/{}", seen.json["id"].as_str().expect("an id"));
    assert_eq!(
        ask(&bench, FABRIKAM, ("DELETE", &own), &Value::Null).status,
        204
    );
    refused(
        &ask(&bench, FABRIKAM, ("DELETE", &own), &Value::Null),
        404,
        NONE,
        "",
    );
    assert_eq!(groups().status, 403);
}

#[test]
fn a_user_is_assigned_to_an_application() {
    let bench = Bench::new();
    let client = principal(&bench, FABRIKAM, CLIENT);
    let path = format!("/servicePrincipals/{client}/appRoleAssignedTo");
    let none = "00000000-0000-0000-0000-000000000000";
    let body =
        json!({ "principalId": id_of(FABRIKAM, 1, 2), "resourceId": client, "appRoleId": none });
    let seen = ask(&bench, FABRIKAM, ("POST", &path), &body);
    assert_eq!(seen.status, 201, "{}", seen.json);
    assert_eq!(
        (
            &seen.json["principalType"],
            &seen.json["principalDisplayName"]
        ),
        (&json!("User"), &json!("Kim Abe"))
    );
    let own = format!("{path}/{}", seen.json["id"].as_str().expect("an id"));
    assert_eq!(all(&get(&bench, FABRIKAM, &path), "principalId").len(), 1);
    assert_eq!(
        ask(&bench, FABRIKAM, ("DELETE", &own), &Value::Null).status,
        204
    );
}

#[test]
fn what_a_user_may_use_is_seen_from_the_user_too() {
    let bench = Bench::new();
    let client = principal(&bench, FABRIKAM, CLIENT);
    let kim = id_of(FABRIKAM, 1, 2);
    let path = "/users/kim@fabrikam.onmicrosoft.com/appRoleAssignments";
    let none = "00000000-0000-0000-0000-000000000000";
    let body = json!({ "principalId": kim, "resourceId": client, "appRoleId": none });
    let seen = ask(&bench, FABRIKAM, ("POST", path), &body);
    assert_eq!(seen.status, 201, "{}", seen.json);
    let again = ask(&bench, FABRIKAM, ("POST", path), &body);
    let text = "Permission being assigned already exists on the object";
    refused(&again, 400, BAD, text);
    let id = seen.json["id"].as_str().expect("an id");
    assert_eq!(all(&get(&bench, FABRIKAM, path), "id"), [id]);
    let side = format!("/servicePrincipals/{client}/appRoleAssignedTo");
    assert_eq!(all(&get(&bench, FABRIKAM, &side), "principalId"), [kim]);
    let lees = format!("/users/lee@fabrikam.onmicrosoft.com/appRoleAssignments/{id}");
    let of_another = ask(&bench, FABRIKAM, ("DELETE", &lees), &Value::Null);
    refused(&of_another, 404, NONE, "");
    let own = format!("{path}/{id}");
    let gone = ask(&bench, FABRIKAM, ("DELETE", &own), &Value::Null);
    assert_eq!(gone.status, 204);
    assert!(all(&get(&bench, FABRIKAM, path), "id").is_empty());
}

#[test]
fn grants_and_objects_are_tracked() {
    let bench = Bench::new();
    let begin = |part: &str| {
        let seen = get(&bench, FABRIKAM, &format!("/{part}/delta"));
        let ids = all(&seen, "id");
        let link = seen.json["@odata.deltaLink"].as_str().unwrap_or_default();
        let (_, path) = link.split_once("/graph/v1.0").expect("a link to here");
        (ids, path.to_owned())
    };
    let (grants, of_grants) = begin("oauth2PermissionGrants");
    let (objects, of_objects) = begin("directoryObjects");
    let kim = id_of(FABRIKAM, 1, 2);
    let client = principal(&bench, FABRIKAM, CLIENT);
    assert!(objects.contains(&kim) && objects.contains(&client));
    let bearer = bench.bearer(FABRIKAM, Bench::refreshed(), "https://graph.microsoft.com");
    for path in [
        format!("/oauth2PermissionGrants/{}", grants[0]),
        format!("/users/{kim}"),
    ] {
        let path = format!("/graph/v1.0{path}");
        let seen = bench.send("DELETE", &path, &[("authorization", &bearer)], "".into());
        assert_eq!(seen.status, 204, "{}", seen.json);
    }
    for (path, id, reason) in [
        (of_grants, &grants[0], "deleted"),
        (of_objects, &kim, "changed"),
    ] {
        let path = format!("/graph/v1.0{path}");
        let seen = bench.send("GET", &path, &[("authorization", &bearer)], "".into());
        let removed = json!([{ "id": id, "@removed": { "reason": reason } }]);
        assert_eq!(seen.json["value"], removed);
    }
}
