//! A relationship from its creation to its end, by whatever way.

use serde_json::{Value, json};

use super::{ALL, assigned, details, wanted};
use crate::sandbox::entra::groups::OPERATORS;
use crate::sandbox::entra::roles::{
    GLOBAL_ADMINISTRATOR, HELPDESK_ADMINISTRATOR, USER_ADMINISTRATOR,
};
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::graph::bench::{Megan, refused, text};
use crate::sandbox::seed::{FABRIKAM, WIDE_WORLD};
use crate::sandbox::testing::Bench;

#[test]
fn a_relationship_lives_from_its_creation_to_its_end() {
    let bench = Bench::new();
    let megan = Megan::at_home(&bench);
    let seen = megan.post(ALL, &wanted("Wide World 2026", WIDE_WORLD));
    assert_eq!(seen.status, 201, "{}", seen.json);
    let id = text(&seen, "id");
    assert!(id.ends_with(&format!("-{HOME}")));
    assert!(
        seen.header("location")
            .ends_with(&format!("/graph{ALL}/{id}"))
    );
    assert!(text(&seen, "@odata.etag").starts_with("W/\""));
    let shown = ["status", "duration", "autoExtendDuration"].map(|name| text(&seen, name));
    assert_eq!(shown, ["created", "P365D", "PT0S"]);
    assert!(seen.json["activatedDateTime"].is_null() && seen.json["endDateTime"].is_null());

    let asked = megan.asks(&id, "lockForApproval");
    assert_eq!(asked.status, 201, "{}", asked.json);
    assert_eq!(text(&asked, "status"), "created");
    let (_, location) = asked
        .header("location")
        .split_once("/graph")
        .expect("a link");
    assert_eq!(megan.status(&id), "approvalPending");
    megan.waits(30);
    assert_eq!(text(&megan.get(location), "status"), "pending");
    megan.waits(30);
    assert_eq!(text(&megan.get(location), "status"), "succeeded");

    assert_eq!(megan.answers(&json!({ "relationship": id })), 200);
    assert_eq!(megan.status(&id), "approved");
    megan.waits(30);
    assert_eq!(megan.status(&id), "activating");
    megan.waits(30);
    let seen = megan.get(&format!("{ALL}/{id}"));
    let shown = ["status", "activatedDateTime", "endDateTime"].map(|name| text(&seen, name));
    assert_eq!(
        shown,
        ["active", "2026-03-02T09:02:00Z", "2027-03-02T09:02:00Z"]
    );
    let requests = megan.get(&format!("{ALL}/{id}/requests"));
    let mut actions: Vec<&str> = requests.json["value"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|request| request["action"].as_str())
        .collect();
    actions.sort_unstable();
    assert_eq!(actions, ["approve", "lockForApproval"]);

    assert_eq!(megan.asks(&id, "terminate").status, 201);
    assert_eq!(megan.status(&id), "terminationRequested");
    megan.waits(30);
    assert_eq!(megan.status(&id), "terminating");
    megan.waits(30);
    assert_eq!(megan.status(&id), "terminated");
    let seen = megan.asks(&id, "terminate");
    let text = "Terminating is not allowed while the relationship is in status 'terminated'.";
    assert_eq!(refused(&seen), (409, "Conflict", text));
}

#[test]
fn the_clock_ends_a_relationship_or_extends_it() {
    let bench = Bench::new();
    let megan = Megan::at_home(&bench);
    let mut body = wanted("Short", FABRIKAM);
    body["duration"] = json!("P1D");
    let short = megan.active(&body);
    body["displayName"] = json!("Long");
    body["autoExtendDuration"] = json!("P180D");
    let long = megan.active(&body);
    megan.waits(86_400);
    let megan = Megan::at_home(&bench);
    assert_eq!(megan.status(&short), "expiring");
    megan.waits(600);
    assert_eq!(megan.status(&short), "expired");
    let seen = megan.get(&format!("{ALL}/{long}"));
    assert_eq!(text(&seen, "status"), "active");
    assert_eq!(text(&seen, "endDateTime"), "2026-08-30T09:02:00Z");
    let own = format!("{ALL}/{long}");
    let stop = json!({ "autoExtendDuration": "PT0S" });
    let seen = megan.tagged("PATCH", &own, Some(&text(&seen, "@odata.etag")), &stop);
    assert_eq!((seen.status, &seen.json), (202, &json!({})));
    megan.waits(60);
    let seen = megan.get(&own);
    assert_eq!(text(&seen, "autoExtendDuration"), "PT0S");
    assert_eq!(text(&seen, "endDateTime"), "2026-08-30T09:02:00Z");
}

#[test]
fn only_a_new_one_is_changed_at_will_and_deleted() {
    let bench = Bench::new();
    let megan = Megan::at_home(&bench);
    let id = megan.made(&wanted("First", FABRIKAM));
    let own = format!("{ALL}/{id}");
    let tag = text(&megan.get(&own), "@odata.etag");
    let body = json!({ "displayName": "Second", "customer": null, "duration": "P2Y" });
    let missing = megan.tagged("PATCH", &own, None, &body);
    assert_eq!(
        refused(&missing),
        (
            428,
            "preconditionRequired",
            "The If-Match header is required for this request."
        )
    );
    let seen = megan.tagged("PATCH", &own, Some(&tag), &body);
    assert_eq!(seen.status, 200, "{}", seen.json);
    let shown = ["displayName", "duration"].map(|name| text(&seen, name));
    assert_eq!(shown, ["Second", "P730D"]);
    assert!(seen.json["customer"].is_null());
    let stale = megan.tagged("PATCH", &own, Some(&tag), &body);
    let text_of = "The entity tag in the If-Match header does not match the current one.";
    assert_eq!(refused(&stale), (412, "preconditionFailed", text_of));
    let other = text(&megan.get(&format!("{ALL}?$top=1")), "@odata.etag");
    assert_eq!(
        megan
            .tagged("DELETE", &own, Some(&other), &Value::Null)
            .status,
        412
    );

    let tag = text(&seen, "@odata.etag");
    assert_eq!(megan.asks(&id, "lockForApproval").status, 201);
    assert_eq!(
        megan
            .tagged("DELETE", &own, Some(&tag), &Value::Null)
            .status,
        412
    );
    let tag = text(&megan.get(&own), "@odata.etag");
    let seen = megan.tagged("DELETE", &own, Some(&tag), &Value::Null);
    let text_of =
        "Deleting it is not allowed while the relationship is in status 'approvalPending'.";
    assert_eq!(refused(&seen), (409, "Conflict", text_of));
    assert_eq!(
        megan.asks(&id, "approve").status,
        400,
        "that is the customer's"
    );
    assert_eq!(megan.answers(&json!({ "relationship": id })), 400, "whose?");
    let body =
        json!({ "relationship": id, "customer": "fabrikam.onmicrosoft.com", "reject": true });
    assert_eq!(megan.answers(&body), 200);
    assert_eq!(megan.answers(&body), 409);
    megan.waits(60);
    let seen = megan.get(&own);
    assert_eq!(text(&seen, "status"), "terminated");
    assert_eq!(seen.json["customer"]["tenantId"], FABRIKAM);

    let id = megan.made(&wanted("Third", FABRIKAM));
    let own = format!("{ALL}/{id}");
    let tag = text(&megan.get(&own), "@odata.etag");
    assert_eq!(
        megan
            .tagged("DELETE", &own, Some(&tag), &Value::Null)
            .status,
        204
    );
    assert_eq!(
        megan
            .tagged("DELETE", &own, Some(&tag), &Value::Null)
            .status,
        404
    );
}

#[test]
fn one_in_force_loses_global_administrator_and_then_extends_itself() {
    let bench = Bench::new();
    let megan = Megan::at_home(&bench);
    let own = format!("{ALL}/7a115b10-0007-4000-8000-000000000002-{HOME}");
    let tag = text(&megan.get(&own), "@odata.etag");
    let patch = |body: &Value| megan.tagged("PATCH", &own, Some(&tag), body);
    let extends = json!({ "autoExtendDuration": "P180D" });
    assert_eq!(refused(&patch(&extends)).0, 400);
    let other =
        json!({ "accessDetails": details(&[GLOBAL_ADMINISTRATOR, HELPDESK_ADMINISTRATOR]) });
    assert_eq!(refused(&patch(&other)).0, 409);
    let same = json!({ "displayName": "Tailspin full" });
    assert_eq!(patch(&same).status, 200);
    let renamed = json!({ "displayName": "Another" });
    assert_eq!(refused(&patch(&renamed)).0, 409);

    let mut body = wanted("Both", FABRIKAM);
    body["accessDetails"] = details(&[GLOBAL_ADMINISTRATOR, HELPDESK_ADMINISTRATOR]);
    let id = megan.active(&body);
    let own = format!("{ALL}/{id}");
    let all = format!("{own}/accessAssignments");
    let both = [GLOBAL_ADMINISTRATOR, HELPDESK_ADMINISTRATOR];
    assert_eq!(megan.post(&all, &assigned(OPERATORS, &both)).status, 201);
    let body = json!({
        "autoExtendDuration": "P180D",
        "accessDetails": details(&[HELPDESK_ADMINISTRATOR]),
    });
    let tag = text(&megan.get(&own), "@odata.etag");
    assert_eq!(megan.tagged("PATCH", &own, Some(&tag), &body).status, 202);
    megan.waits(60);
    let seen = megan.get(&own);
    assert_eq!(text(&seen, "autoExtendDuration"), "P180D");
    assert_eq!(seen.json["accessDetails"], body["accessDetails"]);
    let seen = megan.get(&all);
    let shown = &seen.json["value"][0]["accessDetails"];
    assert_eq!(*shown, body["accessDetails"], "no assignment keeps it");
}

#[test]
fn a_customers_administrator_approves_on_the_page() {
    let bench = Bench::new();
    let megan = Megan::at_home(&bench);
    let id = megan.made(&json!({
        "displayName": "For <anyone>",
        "duration": "P30D",
        "accessDetails": details(&[USER_ADMINISTRATOR]),
    }));
    let page = format!("/AdminPortal/Home/partners/invitation/granularAdminRelationships/{id}");
    let get = || bench.send("GET", &page, &[], "".into());
    assert_eq!(get().status, 409, "it was not shown yet");
    assert_eq!(megan.asks(&id, "lockForApproval").status, 201);
    let seen = get();
    let html = String::from_utf8_lossy(&seen.body);
    assert!(html.contains("For &lt;anyone&gt;") && html.contains("User Administrator"));
    let form = |user: &str, decision: &str| {
        let form = format!("username={user}&password=sandbox-password&mfa=on&decision={decision}");
        let seen = bench.form(&page, &form);
        (
            seen.status,
            String::from_utf8_lossy(&seen.body).into_owned(),
        )
    };
    for nobody in [
        "kim@fabrikam.onmicrosoft.com",
        "megan@contoso-partner.onmicrosoft.com",
    ] {
        let (_, html) = form(nobody, "accept");
        assert!(html.contains("Only a Global Administrator"), "{nobody}");
    }
    assert_eq!(megan.status(&id), "approvalPending");
    let (status, html) = form("admin@wideworldimporters.onmicrosoft.com", "accept");
    assert!(status == 200 && html.contains("Approved"), "{html}");
    megan.waits(60);
    let seen = megan.get(&format!("{ALL}/{id}"));
    assert_eq!(text(&seen, "status"), "active");
    assert_eq!(seen.json["customer"]["tenantId"], WIDE_WORLD);
    let home = bench.send("GET", "/AdminPortal/Home", &[], "".into());
    assert!(String::from_utf8_lossy(&home.body).contains("location.hash"));
}
