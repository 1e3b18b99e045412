//! Azure Resource Manager as a caller sees it.

mod walk;

use serde_json::{Value, json};

use crate::sandbox::entra::groups::ADMIN_AGENTS;
use crate::sandbox::entra::seed::{ADMIN, HOME, SELLER};
use crate::sandbox::seed::{FABRIKAM, TAILSPIN};
use crate::sandbox::store::key;
use crate::sandbox::testing::{Bench, Seen};

/// The group that reads the shop, and a member of it.
const FABRIKAM_SALES: &str = "fab71ca0-0009-4000-8000-000000000001";
const FABRIKAM_KIM: &str = "fab71ca0-0001-4000-8000-000000000002";

fn get(bench: &Bench, tenant: &str, path: &str) -> Seen {
    bench.arm(tenant, Bench::refreshed(), path)
}

/// Returns the status and the code of an answer.
pub(super) fn refused(seen: &Seen) -> (u16, &str) {
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
        (format!("principalId%20eq%20'{FABRIKAM_SALES}'"), 1),
        (format!("assignedTo('{FABRIKAM_KIM}')%20and%20atScope()"), 0),
        (format!("assignedTo('{FABRIKAM_KIM}')"), 1),
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

/// Returns the path of Fabrikam's subscription.
pub(super) fn root(bench: &Bench) -> String {
    subscription(bench)["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Sends a request as Megan, with a token of Fabrikam.
pub(super) fn call(bench: &Bench, verb: &str, path: &str, body: Option<&Value>) -> Seen {
    bench.arm_send(FABRIKAM, verb, path, body)
}

/// Follows a header of an answer, which is absolute.
pub(super) fn follow(bench: &Bench, seen: &Seen, header: &str) -> Seen {
    let link = seen.header(header).to_owned();
    let path = link.strip_prefix("http://127.0.0.1:1/arm");
    call(
        bench,
        "GET",
        path.unwrap_or_else(|| panic!("{header}: {link}")),
        None,
    )
}

#[test]
fn a_group_goes_with_all_that_is_in_it_as_the_clock_moves() {
    let bench = Bench::new();
    let group = format!("{}/resourceGroups/rg-New", root(&bench));
    let version = "api-version=2025-04-01";
    let body = json!({ "location": "West Europe", "tags": { "a": "b" } });
    let made = call(&bench, "PUT", &format!("{group}?{version}"), Some(&body));
    assert_eq!(
        (made.status, &made.json["location"]),
        (201, &json!("westeurope")),
        "{}",
        made.json
    );
    let again = call(
        &bench,
        "PUT",
        &format!("{}?{version}", group.to_uppercase()),
        Some(&body),
    );
    assert_eq!((again.status, &again.json["name"]), (200, &json!("rg-New")));
    let set = format!("{group}/providers/Microsoft.Compute/availabilitySets/as1?{version}");
    let put = call(
        &bench,
        "PUT",
        &set,
        Some(&json!({ "location": "westeurope" })),
    );
    assert_eq!(
        (put.status, &put.json["sku"]["name"]),
        (200, &json!("Classic")),
        "{}",
        put.json
    );
    let gone = call(&bench, "DELETE", &format!("{group}?{version}"), None);
    assert_eq!(
        (gone.status, gone.header("retry-after")),
        (202, "15"),
        "{}",
        gone.json
    );
    let refusal = call(
        &bench,
        "PUT",
        &set,
        Some(&json!({ "location": "westeurope" })),
    );
    assert_eq!(refused(&refusal), (409, "ResourceGroupBeingDeleted"));
    let early = follow(&bench, &gone, "location");
    assert_eq!(refused(&early), (429, "TooManyRequests"));
    bench.advance(std::time::Duration::from_secs(15));
    assert_eq!(follow(&bench, &gone, "location").status, 202);
    bench.advance(std::time::Duration::from_secs(45));
    assert_eq!(follow(&bench, &gone, "location").status, 200);
    let seen = call(&bench, "GET", &format!("{group}?{version}"), None);
    assert_eq!(refused(&seen), (404, "ResourceGroupNotFound"));
    let seen = call(&bench, "GET", &set, None);
    assert_eq!(refused(&seen), (404, "ResourceGroupNotFound"));
}
