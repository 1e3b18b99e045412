//! Groups are made, changed and deleted.

use super::*;

#[test]
fn a_group_is_made_as_its_kind_wants_it() {
    let bench = Bench::new();
    let seen = make(
        &bench,
        "Buyers",
        &json!({ "members@odata.bind": [format!("{GRAPH}/v1.0/users/{}", user(2))] }),
    );
    assert_eq!(seen.status, 201, "{}", seen.json);
    let id = seen.json["id"].as_str().expect("an id").to_owned();
    assert!(seen.header("location").ends_with(&format!("/groups/{id}")));
    let members = get(&bench, FABRIKAM, &format!("/groups/{id}/members"));
    assert_eq!(all(&members, "id"), [user(2)]);
    let unified =
        json!({ "groupTypes": ["Unified"], "mailEnabled": true, "securityEnabled": false });
    assert_eq!(make(&bench, "team", &unified).status, 201);
    let taken = make(&bench, "team", &unified);
    let text = "Another object with the same value for property mailNickname already exists.";
    refused(&taken, 400, BAD, text);
    let twenty: Vec<String> = vec![format!("{GRAPH}/v1.0/users/{}", user(2)); 21];
    for (body, text) in [
        (
            json!({ "displayName": null }),
            "A value is required for property 'displayName'",
        ),
        (
            json!({ "mailEnabled": null }),
            "A value is required for property 'mailEnabled'",
        ),
        (
            json!({ "mailEnabled": true }),
            "The service does not currently support writes of mail-enabled groups.",
        ),
        (
            json!({ "mailEnabled": true, "securityEnabled": false }),
            "The service does not currently support writes",
        ),
        (
            json!({ "groupTypes": ["Unified"] }),
            "The property 'mailEnabled' must be true",
        ),
        (json!({ "groupTypes": ["Odd"] }), "Invalid value 'Odd'"),
        (
            json!({ "groupTypes": ["DynamicMembership"] }),
            "A value is required for property 'membershipRule'",
        ),
        (
            json!({ "membershipRule": "x" }),
            "The property 'membershipRule' is for groups",
        ),
        (
            json!({ "mailNickname": "a b" }),
            "Invalid value specified for property 'mailNickname'",
        ),
        (
            json!({ "visibility": "HiddenMembership" }),
            "Invalid value 'HiddenMembership'",
        ),
        (json!({ "surname": "x" }), "Invalid property 'surname'."),
        (
            json!({ "members@odata.bind": twenty }),
            "The number of references",
        ),
        (
            json!({ "isAssignableToRole": true, "groupTypes": ["DynamicMembership"], "membershipRule": "user.city -eq \"Oslo\"" }),
            "A group that is assignable to roles",
        ),
    ] {
        refused(&make(&bench, "Odd", &body), 400, BAD, text);
    }
    let assignable = make(&bench, "Admins", &json!({ "isAssignableToRole": true }));
    assert_eq!(
        assignable.json["isAssignableToRole"], true,
        "{}",
        assignable.json
    );
}

#[test]
fn a_patch_adds_all_members_or_none() {
    let bench = Bench::new();
    let path = format!("/groups/{}", group(1));
    let patch = |body: Value| ask(&bench, FABRIKAM, ("PATCH", &path), &body);
    let urls = |ids: &[String]| -> Value {
        let urls = ids
            .iter()
            .map(|id| format!("{GRAPH}/v1.0/directoryObjects/{id}"));
        json!({ "members@odata.bind": urls.collect::<Vec<_>>() })
    };
    refused(
        &patch(urls(&[user(4), user(2)])),
        400,
        BAD,
        "One or more added object references already exist",
    );
    let members = || all(&get(&bench, FABRIKAM, &format!("{path}/members")), "id").len();
    assert_eq!(members(), 2);
    assert_eq!(patch(urls(&[user(1), user(4)])).status, 204);
    assert_eq!(members(), 4);
    let seen = patch(json!({ "displayName": "Sellers", "description": null, "theme": "Teal" }));
    assert_eq!((seen.status, seen.body.len()), (204, 0));
    let now = get(&bench, FABRIKAM, &path).json;
    assert_eq!(
        (&now["displayName"], &now["theme"]),
        (&json!("Sellers"), &json!("Teal"))
    );
    assert!(now["description"].is_null());
    let fixed = patch(json!({ "isAssignableToRole": true }));
    refused(
        &fixed,
        400,
        BAD,
        "Property 'isAssignableToRole' is read-only",
    );
    let dynamic = format!("/groups/{}", group(3));
    let seen = ask(&bench, FABRIKAM, ("PATCH", &dynamic), &urls(&[user(1)]));
    refused(&seen, 400, BAD, "An invalid operation was included");
    let paused = json!({ "membershipRuleProcessingState": "Paused" });
    assert_eq!(
        ask(&bench, FABRIKAM, ("PATCH", &dynamic), &paused).status,
        204
    );
    refused(
        &patch(paused),
        400,
        BAD,
        "The property 'membershipRule' is for groups",
    );
}

#[test]
fn a_dynamic_group_has_as_members_whom_its_rule_fits() {
    let bench = Bench::new();
    let rule = json!({ "groupTypes": ["DynamicMembership"], "membershipRule": "user.department -eq \"Sales\"" });
    let made = make(&bench, "sellers", &rule);
    assert_eq!(made.status, 201, "{}", made.json);
    let path = format!("/groups/{}", made.json["id"].as_str().expect("an id"));
    let members = || all(&get(&bench, FABRIKAM, &format!("{path}/members")), "id");
    let sell = |number: u32, department: &str| {
        let path = format!("/users/{}", user(number));
        let body = json!({ "department": department });
        assert_eq!(ask(&bench, FABRIKAM, ("PATCH", &path), &body).status, 204);
    };
    let before = members();
    assert!(!before.contains(&user(4)), "{before:?}");
    sell(4, "sales");
    assert!(members().contains(&user(4)));
    sell(4, "Accounts");
    assert_eq!(members(), before);
    let patch = |rule: &str| {
        ask(
            &bench,
            FABRIKAM,
            ("PATCH", &path),
            &json!({ "membershipRule": rule }),
        )
    };
    assert_eq!(patch("user.accountEnabled -eq true").status, 204);
    assert!(members().contains(&user(1)));
    let wrong = patch("user.city -match \"x\"");
    let text = "Invalid value specified for property 'membershipRule' of resource 'Group': unsupported operator '-match'.";
    refused(&wrong, 400, BAD, text);
    let mut body = new("poor");
    body["groupTypes"] = rule["groupTypes"].clone();
    body["membershipRule"] = rule["membershipRule"].clone();
    let poor = ask(&bench, NORTHWIND, ("POST", "/groups"), &body);
    refused(&poor, 400, BAD, "Dynamic membership needs Entra ID P1");
}

#[test]
fn a_deleted_group_is_kept_for_a_while_and_gives_nothing() {
    let bench = Bench::new();
    let path = format!("/groups/{}", group(1));
    let delete = || ask(&bench, FABRIKAM, ("DELETE", &path), &Value::Null);
    assert_eq!(delete().status, 204);
    refused(&delete(), 404, NONE, "");
    refused(&get(&bench, FABRIKAM, &path), 404, NONE, "");
    let bin = "/directory/deletedItems/microsoft.graph.group";
    let seen = get(&bench, FABRIKAM, bin);
    assert_eq!(all(&seen, "displayName"), ["Sales"]);
    assert!(seen.json["value"][0]["deletedDateTime"].is_string());
    bench.advance(std::time::Duration::from_secs(31 * 86_400));
    bench.change(|tx| {
        let path = crate::sandbox::store::key(&[FABRIKAM, &group(1)]);
        let group = tx.directory.groups.get(&path).expect("kept");
        assert!(!super::super::shape::is_kept(group, tx.now()));
    });
    let bench = Bench::new();
    let agents = format!("/groups/{ADMIN_AGENTS}");
    assert_eq!(
        ask(&bench, HOME, ("DELETE", &agents), &Value::Null).status,
        204
    );
    let relationships = "/tenantRelationships/delegatedAdminRelationships";
    assert_eq!(
        get(&bench, HOME, relationships).status,
        403,
        "no admin agent any more"
    );
}

#[test]
fn a_customer_by_number_has_groups_once_one_is_made() {
    let bench = Bench::with(crate::sandbox::limits::Limits::Current, 3);
    let tenant = numbered::id(2);
    assert!(all(&get(&bench, &tenant, "/groups"), "id").is_empty());
    let seen = ask(&bench, &tenant, ("POST", "/groups"), &new("Buyers"));
    assert_eq!(seen.status, 201, "{}", seen.json);
    assert_eq!(
        all(&get(&bench, &tenant, "/groups"), "displayName"),
        ["Buyers"]
    );
    assert!(bench.change(|tx| tx.partner.customers.has(&tenant)));
}
