//! Directory roles as a caller sees them, and what tokens say of them.

use serde_json::{Value, json};

use crate::sandbox::entra::roles::{
    GLOBAL_ADMINISTRATOR, HELPDESK_ADMINISTRATOR, USER_ADMINISTRATOR,
};
use crate::sandbox::entra::seed::{ADMIN, HOME, SELLER};
use crate::sandbox::graph::groups::tests::{all, ask, get, refused};
use crate::sandbox::seed::{FABRIKAM, id_of, numbered};
use crate::sandbox::testing::{Bench, Seen};

const BAD: &str = "Request_BadRequest";
const NONE: &str = "Request_ResourceNotFound";
const ASSIGNMENTS: &str = "/roleManagement/directory/roleAssignments";

fn assign(bench: &Bench, principal: &str, role: &str) -> Seen {
    let body =
        json!({ "roleDefinitionId": role, "principalId": principal, "directoryScopeId": "/" });
    ask(bench, FABRIKAM, ("POST", ASSIGNMENTS), &body)
}

fn user(number: u32) -> String {
    id_of(FABRIKAM, 1, number)
}

fn reference(id: &str) -> Value {
    json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}") })
}

#[test]
fn the_seeded_administrators_have_their_role_by_an_assignment() {
    let bench = Bench::with(crate::sandbox::limits::Limits::Current, 3);
    let number = numbered::id(3);
    for (tenant, admin) in [
        (HOME, ADMIN.to_owned()),
        (FABRIKAM, user(1)),
        (&number, id_of(&number, 1, 1)),
    ] {
        let seen = get(&bench, tenant, ASSIGNMENTS);
        assert_eq!(all(&seen, "principalId"), [admin], "{tenant}");
        assert_eq!(all(&seen, "roleDefinitionId"), [GLOBAL_ADMINISTRATOR]);
        let roles = get(&bench, tenant, "/directoryRoles");
        assert_eq!(all(&roles, "displayName"), ["Global Administrator"]);
    }
}

#[test]
fn assignments_come_and_go() {
    let bench = Bench::new();
    let seen = assign(&bench, &user(2), USER_ADMINISTRATOR);
    assert_eq!(seen.status, 201, "{}", seen.json);
    let id = seen.json["id"].as_str().expect("an id").to_owned();
    let path = format!("{ASSIGNMENTS}/{id}");
    assert_eq!(
        get(&bench, FABRIKAM, &path).json["principalId"],
        user(2).as_str()
    );
    let conflict = "A conflicting object with one or more of the specified property values";
    refused(
        &assign(&bench, &user(2), USER_ADMINISTRATOR),
        400,
        BAD,
        conflict,
    );
    let nobody = "00000000-0000-4000-8000-000000000000";
    refused(
        &assign(&bench, nobody, USER_ADMINISTRATOR),
        404,
        NONE,
        "Resource '0000",
    );
    refused(
        &assign(&bench, &user(2), nobody),
        404,
        NONE,
        "Resource '0000",
    );
    let group = id_of(FABRIKAM, 9, 1);
    refused(
        &assign(&bench, &group, USER_ADMINISTRATOR),
        400,
        BAD,
        "The group is not assignable",
    );
    let body = json!({ "roleDefinitionId": USER_ADMINISTRATOR, "principalId": user(3), "directoryScopeId": "/x" });
    let seen = ask(&bench, FABRIKAM, ("POST", ASSIGNMENTS), &body);
    refused(
        &seen,
        400,
        BAD,
        "Invalid value specified for property 'directoryScopeId'",
    );
    let delete = || ask(&bench, FABRIKAM, ("DELETE", &path), &Value::Null);
    assert_eq!(delete().status, 204);
    refused(&delete(), 404, NONE, "");
}

#[test]
fn roles_are_activated_once_and_have_members() {
    let bench = Bench::new();
    let body = json!({ "roleTemplateId": HELPDESK_ADMINISTRATOR });
    let activate = || ask(&bench, FABRIKAM, ("POST", "/directoryRoles"), &body);
    let by_template = format!("/directoryRoles(roleTemplateId='{HELPDESK_ADMINISTRATOR}')");
    refused(&get(&bench, FABRIKAM, &by_template), 404, NONE, "");
    let seen = activate();
    assert_eq!(seen.status, 201, "{}", seen.json);
    refused(&activate(), 400, BAD, "A conflicting object");
    let odd = json!({ "roleTemplateId": "none" });
    let seen_odd = ask(&bench, FABRIKAM, ("POST", "/directoryRoles"), &odd);
    refused(&seen_odd, 404, NONE, "Resource 'none'");
    let id = seen.json["id"].as_str().expect("an id");
    assert_eq!(get(&bench, FABRIKAM, &by_template).json["id"], id);
    let refs = format!("/directoryRoles/{id}/members/$ref");
    let add = || ask(&bench, FABRIKAM, ("POST", &refs), &reference(&user(2)));
    assert_eq!(add().status, 204);
    refused(
        &add(),
        400,
        BAD,
        "One or more added object references already exist",
    );
    let members = get(&bench, FABRIKAM, &format!("{by_template}/members"));
    assert_eq!(all(&members, "displayName"), ["Kim Abe"]);
    let path = format!("/directoryRoles/{id}/members/{}/$ref", user(2));
    let remove = || ask(&bench, FABRIKAM, ("DELETE", &path), &Value::Null);
    assert_eq!(remove().status, 204);
    refused(&remove(), 404, NONE, "");
    assert_eq!(
        all(&get(&bench, FABRIKAM, "/directoryRoles"), "id").len(),
        2,
        "it stays active"
    );
}

#[test]
fn definitions_are_the_built_in_roles() {
    let bench = Bench::new();
    let path = "/roleManagement/directory/roleDefinitions";
    let seen = get(&bench, FABRIKAM, path);
    assert!(all(&seen, "displayName").contains(&"Exchange Administrator".to_owned()));
    let one = get(&bench, FABRIKAM, &format!("{path}/{GLOBAL_ADMINISTRATOR}"));
    assert_eq!(
        (&one.json["displayName"], &one.json["isBuiltIn"]),
        (&json!("Global Administrator"), &json!(true))
    );
    refused(
        &get(&bench, FABRIKAM, &format!("{path}/none")),
        404,
        NONE,
        "",
    );
}

#[test]
fn roles_in_tokens_follow_the_assignments() {
    let bench = Bench::new();
    let sam = "grant_type=refresh_token&refresh_token=0.sandbox-refresh-token-sam";
    let roles = || {
        let seen = bench.graph(HOME, sam, "/v1.0/me/transitiveMemberOf");
        let values = seen.json["value"].as_array().cloned().unwrap_or_default();
        let roles = values
            .into_iter()
            .map(|value| value["roleTemplateId"].clone());
        roles.filter(|role| !role.is_null()).collect::<Vec<_>>()
    };
    assert!(roles().is_empty());
    let body = json!({ "roleDefinitionId": USER_ADMINISTRATOR, "principalId": SELLER, "directoryScopeId": "/" });
    let seen = ask(&bench, HOME, ("POST", ASSIGNMENTS), &body);
    assert_eq!(seen.status, 201, "{}", seen.json);
    assert_eq!(roles(), [USER_ADMINISTRATOR]);
    let admins = json!({
        "displayName": "Admins", "mailNickname": "admins", "mailEnabled": false, "securityEnabled": true,
        "isAssignableToRole": true, "members@odata.bind": [format!("https://graph.microsoft.com/v1.0/users/{SELLER}")],
    });
    let group = ask(&bench, HOME, ("POST", "/groups"), &admins);
    assert_eq!(group.status, 201, "{}", group.json);
    let body = json!({ "roleDefinitionId": HELPDESK_ADMINISTRATOR, "principalId": group.json["id"], "directoryScopeId": "/" });
    assert_eq!(ask(&bench, HOME, ("POST", ASSIGNMENTS), &body).status, 201);
    assert_eq!(roles().len(), 2, "through the group, too");
}

#[test]
fn who_may_not_give_roles_is_refused() {
    let bench = Bench::new();
    let grant = "grant_type=refresh_token&refresh_token=0.sandbox-refresh-token-sam";
    let bearer = bench.bearer(HOME, grant, "https://graph.microsoft.com");
    let headers = [("authorization", bearer.as_str())];
    let body = json!({ "roleDefinitionId": USER_ADMINISTRATOR, "principalId": SELLER, "directoryScopeId": "/" });
    let path = format!("/graph/v1.0{ASSIGNMENTS}");
    let seen = bench.send("POST", &path, &headers, body.to_string().into());
    let text = "Insufficient privileges to complete the operation.";
    refused(&seen, 403, "Authorization_RequestDenied", text);
    let seen = bench.send("GET", &path, &headers, "".into());
    assert_eq!(seen.status, 200, "a member sees them");
}
