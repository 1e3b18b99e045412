//! The report of sign-in methods, and the methods that it follows.

use serde_json::{Value, json};

use crate::sandbox::graph::bench::{Megan, each, refused};
use crate::sandbox::seed::{FABRIKAM, NORTHWIND, TAILSPIN};
use crate::sandbox::testing::Bench;

const ALL: &str = "/v1.0/reports/authenticationMethods/userRegistrationDetails";

#[test]
fn the_report_follows_the_methods_of_users() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, FABRIKAM);
    let admins = graph.get(&format!(
        "{ALL}?$filter=isAdmin%20eq%20true%20and%20isMfaRegistered%20eq%20false"
    ));
    assert_eq!(
        each(&admins, "userPrincipalName"),
        ["admin@fabrikam.onmicrosoft.com"],
        "{}",
        admins.json
    );
    let kim = "fab71ca0-0001-4000-8000-000000000002";
    let one = graph.get(&format!("{ALL}/{kim}"));
    assert_eq!(
        (&one.json["isMfaRegistered"], &one.json["methodsRegistered"]),
        (&json!(true), &json!(["microsoftAuthenticatorPush"]))
    );
    let lee = "/v1.0/users/lee@fabrikam.onmicrosoft.com/authentication";
    let phone = json!({ "phoneNumber": "+1 2065550123", "phoneType": "mobile" });
    let path = format!("{lee}/phoneMethods");
    let made = graph.send("POST", &path, phone.clone());
    assert_eq!(made.status, 201, "{}", made.json);
    assert_eq!(refused(&graph.send("POST", &path, phone)).0, 400);
    let sums = graph.get("/v1.0/reports/authenticationMethods/usersRegisteredByFeature");
    assert_eq!(
        (
            &sums.json["totalUserCount"],
            &sums.json["userRegistrationFeatureCounts"][4]
        ),
        (
            &json!(5),
            &json!({ "feature": "mfaCapable", "userCount": 2 })
        )
    );
    let sums = graph.get("/v1.0/reports/authenticationMethods/usersRegisteredByMethod");
    assert_eq!(
        sums.json["userRegistrationMethodCounts"][0],
        json!({ "authenticationMethod": "mobilePhone", "userCount": 1 })
    );
    let id = made.json["id"].as_str().unwrap_or_default();
    let own = format!("{path}/{id}");
    assert_eq!(graph.send("DELETE", &own, Value::Null).status, 204);
    assert_eq!(refused(&graph.send("DELETE", &own, Value::Null)).0, 404);
}

#[test]
fn a_pass_is_told_once_and_ends() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, FABRIKAM);
    let path = "/v1.0/users/lee@fabrikam.onmicrosoft.com/authentication";
    let passes = format!("{path}/temporaryAccessPassMethods");
    let body = json!({ "lifetimeInMinutes": 30, "isUsableOnce": true });
    let made = graph.send("POST", &passes, body);
    assert!(
        made.json["temporaryAccessPass"].is_string(),
        "{}",
        made.json
    );
    let methods = || graph.get(&format!("{path}/methods"));
    let seen = methods();
    assert_eq!(
        each(&seen, "@odata.type"),
        [
            "#microsoft.graph.passwordAuthenticationMethod",
            "#microsoft.graph.temporaryAccessPassAuthenticationMethod"
        ]
    );
    assert!(seen.json["value"][1]["temporaryAccessPass"].is_null());
    let wrong = graph.send("POST", &passes, json!({ "lifetimeInMinutes": 5 }));
    assert_eq!(refused(&wrong).0, 400);
    bench.advance(std::time::Duration::from_secs(31 * 60));
    assert_eq!(each(&methods(), "id").len(), 1);
}

#[test]
fn a_tenant_without_the_licence_is_told_so() {
    let bench = Bench::new();
    let seen = Megan::of(&bench, NORTHWIND).get(ALL);
    assert_eq!(
        refused(&seen),
        (
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Tenant is not a B2C tenant and doesn't have premium licenses"
        )
    );
    assert_eq!(Megan::of(&bench, TAILSPIN).get(ALL).status, 200);
}
