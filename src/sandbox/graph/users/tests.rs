//! Users as a caller sees them: what is read and written, every refusal, and that Partner Center sees
//! the same.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::entra::seed::{ADMIN, HOME, SELLER};
use crate::sandbox::graph::bench::{Megan, each, refused};
use crate::sandbox::limits::Limits;
use crate::sandbox::seed::{FABRIKAM, numbered};
use crate::sandbox::testing::Bench;

const FABRIKAM_ADMIN: &str = "/v1.0/users/admin@fabrikam.onmicrosoft.com";
const KIM: &str = "fab71ca0-0001-4000-8000-000000000002";
const LEE: &str = "fab71ca0-0001-4000-8000-000000000003";
const SAM: &str = "fab71ca0-0001-4000-8000-000000000004";
const PAT: &str = "fab71ca0-0001-4000-8000-000000000005";

fn new_user() -> Value {
    json!({
        "accountEnabled": true,
        "displayName": "Ines Karlo",
        "mailNickname": "ines",
        "userPrincipalName": "ines@fabrikam.onmicrosoft.com",
        "usageLocation": "hr",
        "department": "Sales",
        "passwordProfile": { "password": "Brisk-Otter-4182" },
    })
}

#[test]
fn users_are_listed_read_and_selected() {
    let bench = Bench::with(Limits::Current, 3);
    let graph = Megan::of(&bench, FABRIKAM);
    let all = graph.get("/v1.0/users");
    assert_eq!(
        each(&all, "userPrincipalName"),
        [
            "admin@fabrikam.onmicrosoft.com",
            "kim@fabrikam.onmicrosoft.com",
            "lee@fabrikam.onmicrosoft.com",
            "sam@fabrikam.onmicrosoft.com",
            "nora_litware.example#EXT#@fabrikam.onmicrosoft.com",
        ]
    );
    let usual = json!({
        "id": KIM,
        "businessPhones": [],
        "displayName": "Kim Abe",
        "givenName": "Kim",
        "jobTitle": null,
        "mail": "kim@fabrikam.onmicrosoft.com",
        "mobilePhone": null,
        "officeLocation": null,
        "preferredLanguage": null,
        "surname": "Abe",
        "userPrincipalName": "kim@fabrikam.onmicrosoft.com",
    });
    assert_eq!(all.json["value"][1], usual);
    let by_name =
        graph.get("/v1.0/users/KIM@fabrikam.onmicrosoft.com?$select=accountEnabled,userType");
    assert_eq!(
        (&by_name.json["accountEnabled"], &by_name.json["userType"]),
        (&json!(true), &json!("Member"))
    );
    let guest = graph.get("/v1.0/users/nora_litware.example%23EXT%23@fabrikam.onmicrosoft.com?$select=userType,mail,externalUserState,signInActivity");
    assert_eq!(
        (
            &guest.json["userType"],
            &guest.json["mail"],
            &guest.json["signInActivity"]
        ),
        (
            &json!("Guest"),
            &json!("nora@litware.example"),
            &Value::Null
        ),
        "{}",
        guest.json
    );
    let manager = graph.get(&format!("/v1.0/users/{KIM}?$select=id&$expand=manager"));
    assert_eq!(manager.json["manager"]["id"], LEE, "{}", manager.json);
    let count = graph.get("/v1.0/users/$count");
    assert_eq!(count.body.as_ref(), b"5");
    let filter = "/v1.0/users?$filter=userType%20eq%20'Guest'&$select=displayName";
    assert_eq!(each(&graph.get(filter), "displayName"), ["Nora Vale"]);

    let home = Megan::of(&bench, HOME).get("/v1.0/users?$select=id");
    let mut expected = vec![ADMIN, SELLER];
    expected.sort_unstable();
    assert_eq!(each(&home, "id"), expected);
    let id = numbered::id(2);
    let one = Megan::of(&bench, &id).get("/v1.0/users?$select=userPrincipalName");
    assert_eq!(
        each(&one, "userPrincipalName"),
        ["admin@customer000002.onmicrosoft.com"]
    );
}

#[test]
fn a_user_is_one_for_both_services() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, FABRIKAM);
    let partner = bench.user();
    let made = graph.send("POST", "/v1.0/users", new_user());
    assert_eq!(made.status, 201, "{}", made.json);
    assert!(made.json.get("usageLocation").is_none(), "the usual set");
    let id = made.json["id"].as_str().unwrap_or_default().to_owned();
    assert!(made.header("location").ends_with(&format!("/users/{id}")));
    let own = format!("/v1/customers/{FABRIKAM}/users/{id}");
    let seen = partner.get(&own).json;
    assert_eq!(
        (&seen["displayName"], &seen["usageLocation"]),
        (&json!("Ines Karlo"), &json!("HR"))
    );
    let graphs = format!("/v1.0/users/{id}");
    let change = json!({ "surname": "Karlo", "city": "Split", "department": null });
    let changed = graph.send("PATCH", &graphs, change);
    assert_eq!((changed.status, changed.body.len()), (204, 0));
    assert_eq!(partner.get(&own).json["lastName"], "Karlo");
    let body = json!({ "displayName": "Ines K." });
    assert_eq!(partner.send("PATCH", &own, &[], Some(body)).status, 200);
    let select = format!("{graphs}?$select=displayName,city,department,mailNickname");
    let seen = graph.get(&select).json;
    assert_eq!(
        (&seen["displayName"], &seen["city"], &seen["department"]),
        (&json!("Ines K."), &json!("Split"), &Value::Null)
    );

    assert_eq!(graph.send("DELETE", &graphs, Value::Null).status, 204);
    assert_eq!(partner.get(&own).status, 404);
    let again = graph.send("DELETE", &graphs, Value::Null);
    assert_eq!(refused(&again).0, 404);
    let deleted = graph.get("/v1.0/directory/deletedItems/microsoft.graph.user");
    let ids = each(&deleted, "id");
    assert!(ids.contains(&&json!(id)) && ids.contains(&&json!(PAT)));
    let bin = format!("/v1.0/directory/deletedItems/{id}");
    let restored = graph.send("POST", &format!("{bin}/restore"), Value::Null);
    assert_eq!(
        (restored.status, &restored.json["userPrincipalName"]),
        (200, &json!("ines@fabrikam.onmicrosoft.com")),
        "{}",
        restored.json
    );
    assert_eq!(partner.get(&own).json["displayName"], "Ines K.");
    assert_eq!(partner.send("DELETE", &own, &[], None).status, 204);
    assert_eq!(refused(&graph.get(&graphs)).0, 404);
    assert_eq!(graph.send("DELETE", &bin, Value::Null).status, 204);
    assert_eq!(refused(&graph.send("DELETE", &bin, Value::Null)).0, 404);
    bench.advance(Duration::from_secs(30 * 86_400));
    let late = Megan::of(&bench, FABRIKAM);
    let pat = format!("/v1.0/directory/deletedItems/{PAT}/restore");
    assert_eq!(refused(&late.send("POST", &pat, Value::Null)).0, 404);
}

#[test]
fn users_are_refused_in_the_services_words() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, FABRIKAM);
    let with = |name: &str, value: Value| {
        let mut body = new_user();
        body[name] = value;
        body
    };
    let needed = |name: &str| {
        let expected = format!("A value is required for property '{name}' of resource.");
        (with(name, Value::Null), expected)
    };
    let weak = "The specified password does not comply with password complexity requirements. Please provide a different password.";
    let domain = "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.";
    let wrong =
        |name: &str| format!("Invalid value specified for property '{name}' of resource 'User'.");
    let upn = |name: &str| with("userPrincipalName", json!(name));
    let password = |text: &str| with("passwordProfile", json!({ "password": text }));
    let cases = [
        needed("accountEnabled"),
        needed("displayName"),
        needed("mailNickname"),
        needed("userPrincipalName"),
        (
            with("passwordProfile", Value::Null),
            "Property passwordProfile.password value is required but is empty or missing.".into(),
        ),
        (password("short1A"), weak.into()),
        (password("alllowercase"), weak.into()),
        (password("Ines-4182-Otter"), weak.into()),
        (upn("ines@contoso.example"), domain.into()),
        (upn("ines"), wrong("userPrincipalName")),
        (
            upn("in es@fabrikam.onmicrosoft.com"),
            wrong("userPrincipalName"),
        ),
        (
            upn("KIM@fabrikam.onmicrosoft.com"),
            "Another object with the same value for property userPrincipalName already exists."
                .into(),
        ),
        (
            with("mailNickname", json!("kim")),
            "Another object with the same value for property mailNickname already exists.".into(),
        ),
        (with("mailNickname", json!("a b")), wrong("mailNickname")),
        (with("usageLocation", json!("XX")), wrong("usageLocation")),
        (with("userType", json!("Admin")), wrong("userType")),
        (
            with("mail", json!("a@b.example")),
            "Property 'mail' is read-only and cannot be set.".into(),
        ),
        (
            with("nickname", json!("x")),
            "Invalid property 'nickname'.".into(),
        ),
        (
            with("accountEnabled", json!("yes")),
            "Invalid value specified for property 'accountEnabled': Edm.Boolean was expected."
                .into(),
        ),
    ];
    for (body, expected) in cases {
        let seen = graph.send("POST", "/v1.0/users", body.clone());
        assert_eq!(
            refused(&seen),
            (400, "Request_BadRequest", expected.as_str()),
            "{body}"
        );
    }
    let taken = graph.send("POST", "/v1.0/users", upn("kim@fabrikam.onmicrosoft.com"));
    assert_eq!(
        taken.json["error"]["details"][0]["target"],
        "userPrincipalName"
    );
    let unknown = graph.send(
        "PATCH",
        "/v1.0/users/nobody@fabrikam.onmicrosoft.com",
        json!({}),
    );
    assert_eq!(refused(&unknown).1, "Request_ResourceNotFound");
}

#[test]
fn a_blocked_user_cannot_sign_in_and_a_reset_ends_its_sessions() {
    use crate::sandbox::store::SignInState;
    let bench = Bench::new();
    let graph = Megan::of(&bench, FABRIKAM);
    let sam = format!("/v1.0/users/{SAM}");
    let state = || bench.change(|tx| crate::sandbox::entra::sign_in(tx, SAM));
    let before = state().password;
    let blocked = graph.send("PATCH", &sam, json!({ "accountEnabled": false }));
    assert_eq!(
        (blocked.status, state().state),
        (204, SignInState::Disabled)
    );
    let seen = graph.get(&format!("{sam}?$select=accountEnabled"));
    assert_eq!(seen.json["accountEnabled"], false);
    graph.send("PATCH", &sam, json!({ "accountEnabled": true }));
    assert_eq!(state().state, SignInState::Active);
    let body = json!({ "passwordProfile": { "password": "Brisk-Otter-4182", "forceChangePasswordNextSignIn": false } });
    assert_eq!(graph.send("PATCH", &sam, body).status, 204);
    assert_ne!(state().password, before);
    let revoked = graph.send("POST", &format!("{sam}/revokeSignInSessions"), Value::Null);
    assert_eq!(
        (revoked.status, &revoked.json["value"]),
        (200, &json!(true))
    );
}

#[test]
fn an_application_may_read_but_not_touch() {
    let bench = Bench::new();
    let app = Megan::itself(&bench, FABRIKAM);
    assert_eq!(app.get("/v1.0/users").status, 200);
    let body = json!({ "passwordProfile": { "password": "Brisk-Otter-4182" } });
    let seen = app.send("PATCH", FABRIKAM_ADMIN, body);
    assert_eq!(refused(&seen).0, 403);
    assert_eq!(refused(&seen).1, "Authorization_RequestDenied");
}

#[test]
fn managers_are_named_changed_and_taken_away() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, FABRIKAM);
    let of = |user: &str| format!("/v1.0/users/{user}/manager");
    assert_eq!(graph.get(&of(KIM)).json["id"], LEE);
    assert_eq!(refused(&graph.get(&of(LEE))).0, 404);
    let reports = graph.get(&format!("/v1.0/users/{LEE}/directReports"));
    assert_eq!(each(&reports, "id"), [KIM]);
    let set = |url: &str| {
        let body = json!({ "@odata.id": url });
        graph.send("PUT", &format!("{}/$ref", of(KIM)), body)
    };
    let url = format!("https://graph.microsoft.com/v1.0/users/{SAM}");
    assert_eq!(set(&url).status, 204);
    assert_eq!(graph.get(&of(KIM)).json["id"], SAM);
    assert_eq!(refused(&set("https://x.example/y")).0, 400);
    let unknown = "https://graph.microsoft.com/v1.0/users/11111111-2222-4333-8444-555555555555";
    assert_eq!(refused(&set(unknown)).0, 404);
    let own = format!("{}/$ref", of(KIM));
    assert_eq!(graph.send("DELETE", &own, Value::Null).status, 204);
    assert_eq!(refused(&graph.send("DELETE", &own, Value::Null)).0, 404);
}

#[test]
fn groups_of_a_user_are_checked_twenty_at_a_time() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, HOME);
    let operators = crate::sandbox::entra::groups::OPERATORS;
    let path = format!("/v1.0/users/{ADMIN}/checkMemberGroups");
    let check = |ids: Vec<&str>| graph.send("POST", &path, json!({ "groupIds": ids }));
    assert_eq!(
        check(vec![operators, FABRIKAM]).json["value"],
        json!([operators])
    );
    assert_eq!(refused(&check(vec![operators; 21])).0, 400);
    assert_eq!(refused(&graph.send("POST", &path, json!({}))).0, 400);
    let path = format!("/v1.0/users/{ADMIN}/getMemberGroups");
    let all = graph.send("POST", &path, json!({ "securityEnabledOnly": false }));
    assert_eq!(all.json["value"].as_array().map(Vec::len), Some(4));
}

#[test]
fn changes_of_users_are_followed() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, FABRIKAM);
    let first = graph.get("/v1.0/users/delta?$select=displayName");
    assert_eq!(each(&first, "id").len(), 5);
    let link = first.json["@odata.deltaLink"].as_str().unwrap_or_default();
    let (_, link) = link.split_once("/graph").expect("a link to here");
    graph.send("DELETE", &format!("/v1.0/users/{SAM}"), Value::Null);
    let body = json!({ "displayName": "Kim B." });
    graph.send("PATCH", &format!("/v1.0/users/{KIM}"), body);
    let next = graph.get(link).json;
    assert_eq!(
        next["value"],
        json!([
            { "id": KIM, "displayName": "Kim B." },
            { "id": SAM, "@removed": { "reason": "changed" } },
        ])
    );
}

#[test]
fn a_name_that_was_taken_meanwhile_is_not_given_back() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, FABRIKAM);
    let mut body = new_user();
    body["userPrincipalName"] = json!("pat@fabrikam.onmicrosoft.com");
    assert_eq!(graph.send("POST", "/v1.0/users", body).status, 201);
    let restore = format!("/v1.0/directory/deletedItems/{PAT}/restore");
    let seen = graph.send("POST", &restore, Value::Null);
    let text = "Another object with the same value for property userPrincipalName already exists.";
    assert_eq!(refused(&seen), (400, "Request_BadRequest", text));
    let quoted = graph.get("/v1.0/users('pat@fabrikam.onmicrosoft.com')?$select=mailNickname");
    assert_eq!(quoted.json["mailNickname"], "ines", "{}", quoted.json);
}
