//! What no relationship can be, who may not, and customers by the thousand.

use serde_json::{Value, json};

use super::{ALL, details, wanted};
use crate::sandbox::entra::roles::GLOBAL_ADMINISTRATOR;
use crate::sandbox::entra::seed::{HOME, REFRESH_WITHOUT_MFA};
use crate::sandbox::graph::bench::{Megan, refused, text};
use crate::sandbox::limits::Limits;
use crate::sandbox::seed::{FABRIKAM, TAILSPIN, WIDE_WORLD, numbered};
use crate::sandbox::testing::Bench;

#[test]
fn a_body_that_no_relationship_can_have_is_refused() {
    let bench = Bench::new();
    let megan = Megan::at_home(&bench);
    let check = |change: Value, code: &str, expected: &str| {
        let mut body = wanted("A name", FABRIKAM);
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let seen = megan.post(ALL, &body);
        let status = if code == "Conflict" { 409 } else { 400 };
        assert_eq!(refused(&seen), (status, code, expected), "{change}");
    };
    let bad = "Request_BadRequest";
    let long = "x".repeat(51);
    let name = "The property 'displayName' must have 1 to 50 characters.";
    check(json!({ "displayName": long }), bad, name);
    check(json!({ "displayName": "" }), bad, name);
    let required = "The property 'displayName' is required.";
    check(json!({ "displayName": null }), bad, required);
    let required = "The property 'duration' is required.";
    check(json!({ "duration": null }), bad, required);
    let required = "The property 'accessDetails' is required.";
    check(json!({ "accessDetails": null }), bad, required);
    check(
        json!({ "duration": "P731D" }),
        bad,
        "The duration 'P731D' is invalid: it must be from P1D to P730D.",
    );
    check(
        json!({ "autoExtendDuration": "P90D" }),
        bad,
        "The autoExtendDuration 'P90D' is invalid: it must be P0D, PT0S or P180D.",
    );
    check(
        json!({ "autoExtendDuration": "P180D", "accessDetails": details(&[GLOBAL_ADMINISTRATOR]) }),
        bad,
        "A delegated admin relationship with the role Global Administrator cannot be extended automatically.",
    );
    check(
        json!({ "accessDetails": { "unifiedRoles": [] } }),
        bad,
        "A value is required for property 'accessDetails.unifiedRoles' of resource.",
    );
    check(
        json!({ "displayName": "tailspin FULL" }),
        "Conflict",
        "A delegated admin relationship with the display name 'tailspin FULL' exists already.",
    );
    let nobody = "00000000-0000-4000-8000-000000000001";
    let text = format!("The customer tenant '{nobody}' does not exist.");
    check(json!({ "customer": { "tenantId": nobody } }), bad, &text);
    check(
        json!({ "status": "active" }),
        bad,
        "Invalid property 'status'.",
    );
}

#[test]
fn one_of_a_customer_by_number_is_changed_too() {
    let bench = Bench::with(Limits::Current, 50);
    let megan = Megan::at_home(&bench);
    let customer = numbered::id(7);
    let own = format!("{ALL}/00000007-0007-4000-8000-000000000001-{HOME}");
    let tag = text(&megan.get(&own), "@odata.etag");
    assert!(!tag.is_empty());
    let stop = json!({ "autoExtendDuration": "PT0S" });
    assert_eq!(megan.tagged("PATCH", &own, Some(&tag), &stop).status, 202);
    megan.waits(60);
    let seen = megan.get(&own);
    assert_eq!(text(&seen, "autoExtendDuration"), "PT0S");
    assert_eq!(seen.json["customer"]["tenantId"], customer.as_str());
    let second = megan.active(&wanted("Second of seven", &customer));
    let filter = format!("customer/tenantId%20eq%20'{customer}'");
    let seen = megan.get(&format!("{ALL}?$filter={filter}"));
    assert_eq!(seen.json["value"].as_array().map(Vec::len), Some(2));
    assert_eq!(megan.status(&second), "active");
    let name = format!("Tenantry {}", numbered::id(9));
    let seen = megan.post(ALL, &wanted(&name, FABRIKAM));
    assert_eq!(
        refused(&seen).0,
        409,
        "that name is taken, though it is in no table"
    );
}

#[test]
fn customers_are_those_with_an_active_relationship_each_once() {
    let bench = Bench::with(Limits::Current, 5);
    let megan = Megan::at_home(&bench);
    let all = "/v1.0/tenantRelationships/delegatedAdminCustomers";
    let mut link = Some(format!("{all}?$top=2"));
    let mut ids: Vec<String> = Vec::new();
    while let Some(path) = link {
        let seen = megan.get(&path);
        let page = seen.json["value"].as_array().into_iter().flatten();
        ids.extend(page.filter_map(|row| Some(row["tenantId"].as_str()?.to_owned())));
        let next = seen.json["@odata.nextLink"].as_str();
        link = next.and_then(|next| Some(next.split_once("/graph")?.1.to_owned()));
    }
    assert_eq!(ids.len(), 9, "{ids:?}");
    assert!(ids.is_sorted() && !ids.iter().any(|id| id == WIDE_WORLD));
    let seen = megan.get(&format!("{all}/{TAILSPIN}"));
    assert_eq!(text(&seen, "displayName"), "Tailspin Toys");
    assert_eq!(refused(&megan.get(&format!("{all}/{WIDE_WORLD}"))).0, 404);
    let seen = megan.get(&format!("{all}/{TAILSPIN}/serviceManagementDetails"));
    let address = seen.json["value"][0]["serviceManagementUrl"].as_str();
    assert!(address.is_some_and(|address| address.contains(TAILSPIN)));
}

#[test]
fn nobody_but_admin_agents_works_with_relationships() {
    let bench = Bench::new();
    let body = wanted("Refused", FABRIKAM).to_string();
    let post = |tenant: &str, grant: &str| {
        let bearer = bench.bearer(tenant, grant, "https://graph.microsoft.com");
        let headers = [("authorization", bearer.as_str())];
        bench.send(
            "POST",
            &format!("/graph{ALL}"),
            &headers,
            body.clone().into(),
        )
    };
    let denied = "Insufficient privileges to complete the operation.";
    let code = "Authorization_RequestDenied";
    assert_eq!(refused(&post(HOME, Bench::itself())), (403, code, denied));
    assert_eq!(
        refused(&post(FABRIKAM, Bench::refreshed())),
        (403, code, denied)
    );
    let sam = format!("grant_type=refresh_token&refresh_token={REFRESH_WITHOUT_MFA}");
    let text = "The user (principal) does not have the required permissions to perform the specified action on the resource.";
    assert_eq!(refused(&post(HOME, &sam)), (403, code, text));
}
