//! Azure Resource Manager as a caller sees it.

use serde_json::{Value, json};

use crate::sandbox::entra::groups::ADMIN_AGENTS;
use crate::sandbox::entra::seed::{ADMIN, HOME, SELLER};
use crate::sandbox::seed::{FABRIKAM, TAILSPIN};
use crate::sandbox::store::key;
use crate::sandbox::testing::{Bench, Seen};

fn get(bench: &Bench, tenant: &str, path: &str) -> Seen {
    bench.arm(tenant, Bench::refreshed(), path)
}

fn refused(seen: &Seen) -> (u16, &str) {
    (
        seen.status,
        seen.json["error"]["code"].as_str().unwrap_or_default(),
    )
}

/// Returns Fabrikam's subscription.
fn subscription(bench: &Bench) -> Value {
    let seen = get(bench, FABRIKAM, "/subscriptions?api-version=2022-12-01");
    assert_eq!(seen.json["count"]["value"], 1, "{}", seen.json);
    seen.json["value"][0].clone()
}

#[test]
fn an_azure_plan_has_a_subscription_that_the_admin_agents_own() {
    let bench = Bench::new();
    let one = subscription(&bench);
    assert_eq!(
        (&one["tenantId"], &one["state"]),
        (&json!(FABRIKAM), &json!("Enabled"))
    );
    let path = one["id"].as_str().unwrap_or_default();
    let own = get(&bench, FABRIKAM, &format!("{path}?api-version=2022-12-01"));
    assert_eq!(own.json, one);
    let all =
        format!("{path}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01");
    let seen = get(&bench, FABRIKAM, &all);
    let properties = &seen.json["value"][0]["properties"];
    assert_eq!(
        (&properties["principalId"], &properties["principalType"]),
        (&json!(ADMIN_AGENTS), &json!("ForeignGroup")),
        "{}",
        seen.json
    );
    for (filter, expected) in [
        ("atScope()".to_owned(), 1),
        (format!("principalId%20eq%20'{ADMIN_AGENTS}'"), 1),
        (format!("principalId%20eq%20'{ADMIN}'"), 0),
        (format!("assignedTo('{ADMIN}')"), 1),
        (format!("assignedTo('{SELLER}')"), 0),
    ] {
        let seen = get(&bench, FABRIKAM, &format!("{all}&$filter={filter}"));
        let found = seen.json["value"].as_array().map(Vec::len);
        assert_eq!(found, Some(expected), "{filter}: {}", seen.json);
    }
}

#[test]
fn other_tenants_other_callers_and_other_versions_are_refused() {
    let bench = Bench::new();
    let one = subscription(&bench);
    let path = one["id"].as_str().unwrap_or_default();
    let versioned = format!("{path}?api-version=2022-12-01");
    let seen = get(&bench, TAILSPIN, &versioned);
    assert_eq!(refused(&seen), (401, "InvalidAuthenticationTokenTenant"));
    assert!(seen.header("www-authenticate").contains(FABRIKAM));
    let empty = get(&bench, TAILSPIN, "/subscriptions?api-version=2022-12-01");
    assert_eq!(empty.json["value"], json!([]));
    assert_eq!(
        refused(&get(&bench, FABRIKAM, "/subscriptions")),
        (400, "MissingApiVersionParameter")
    );
    assert_eq!(
        refused(&get(
            &bench,
            FABRIKAM,
            "/subscriptions?api-version=1999-01-01"
        )),
        (400, "InvalidApiVersionParameter")
    );
    let unknown = format!("/subscriptions/{HOME}?api-version=2022-12-01");
    assert_eq!(
        refused(&get(&bench, FABRIKAM, &unknown)),
        (404, "SubscriptionNotFound")
    );
    let alone = bench.arm(FABRIKAM, Bench::itself(), &versioned);
    assert_eq!(refused(&alone), (403, "AuthorizationFailed"));
    bench.change(|tx| {
        let agents = tx.directory.groups.edit(&key(&[HOME, ADMIN_AGENTS]));
        agents.expect("seeded").members.clear();
    });
    assert_eq!(
        refused(&get(&bench, FABRIKAM, &versioned)),
        (403, "AuthorizationFailed")
    );
    let nobody = bench.send("GET", "/arm/subscriptions", &[], "".into());
    assert_eq!(refused(&nobody), (401, "AuthenticationFailed"));
}
