//! The whole life of a relationship as the partner sees it, and every refusal with code and text.

use serde_json::{Value, json};

use crate::sandbox::entra::groups::{HELPDESK_AGENTS, OPERATORS};
use crate::sandbox::entra::roles::{
    DIRECTORY_READERS, GLOBAL_ADMINISTRATOR, HELPDESK_ADMINISTRATOR, USER_ADMINISTRATOR,
};
use crate::sandbox::entra::seed::{HOME, REFRESH_WITHOUT_MFA};
use crate::sandbox::graph::bench::{Megan, refused, text};
use crate::sandbox::limits::Limits;
use crate::sandbox::seed::{FABRIKAM, TAILSPIN, WIDE_WORLD, numbered};
use crate::sandbox::testing::{Bench, Seen};

const ALL: &str = "/v1.0/tenantRelationships/delegatedAdminRelationships";

impl Megan<'_> {
    fn made(&self, body: &Value) -> String {
        let seen = self.post(ALL, body);
        assert_eq!(seen.status, 201, "{}", seen.json);
        text(&seen, "id")
    }

    /// Makes a relationship that is in force.
    fn active(&self, body: &Value) -> String {
        let id = self.made(body);
        assert_eq!(self.asks(&id, "lockForApproval").status, 201);
        assert_eq!(self.answers(&json!({ "relationship": id })), 200);
        self.waits(60);
        assert_eq!(self.status(&id), "active");
        id
    }

    fn asks(&self, id: &str, action: &str) -> Seen {
        let body = json!({ "action": action });
        self.post(&format!("{ALL}/{id}/requests"), &body)
    }

    /// Answers in the customer's place.
    fn answers(&self, body: &Value) -> u16 {
        self.control("gdap/approve", body)
    }

    fn status(&self, id: &str) -> String {
        text(&self.get(&format!("{ALL}/{id}")), "status")
    }
}

fn details(roles: &[&str]) -> Value {
    let roles: Vec<Value> = roles
        .iter()
        .map(|role| json!({ "roleDefinitionId": role }))
        .collect();
    json!({ "unifiedRoles": roles })
}

fn wanted(name: &str, customer: &str) -> Value {
    json!({
        "displayName": name,
        "duration": "P365D",
        "customer": { "tenantId": customer },
        "accessDetails": details(&[USER_ADMINISTRATOR, DIRECTORY_READERS]),
    })
}

fn assigned(group: &str, roles: &[&str]) -> Value {
    json!({
        "accessContainer": { "accessContainerId": group, "accessContainerType": "securityGroup" },
        "accessDetails": details(roles),
    })
}

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
    let seen = megan.send("PATCH", &own, Some(&text(&seen, "@odata.etag")), &stop);
    assert_eq!((seen.status, &seen.json), (202, &json!({})));
    megan.waits(60);
    let seen = megan.get(&own);
    assert_eq!(text(&seen, "autoExtendDuration"), "PT0S");
    assert_eq!(text(&seen, "endDateTime"), "2026-08-30T09:02:00Z");
}

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
fn only_a_new_one_is_changed_at_will_and_deleted() {
    let bench = Bench::new();
    let megan = Megan::at_home(&bench);
    let id = megan.made(&wanted("First", FABRIKAM));
    let own = format!("{ALL}/{id}");
    let tag = text(&megan.get(&own), "@odata.etag");
    let body = json!({ "displayName": "Second", "customer": null, "duration": "P2Y" });
    let missing = megan.send("PATCH", &own, None, &body);
    assert_eq!(
        refused(&missing),
        (
            428,
            "preconditionRequired",
            "The If-Match header is required for this request."
        )
    );
    let seen = megan.send("PATCH", &own, Some(&tag), &body);
    assert_eq!(seen.status, 200, "{}", seen.json);
    let shown = ["displayName", "duration"].map(|name| text(&seen, name));
    assert_eq!(shown, ["Second", "P730D"]);
    assert!(seen.json["customer"].is_null());
    let stale = megan.send("PATCH", &own, Some(&tag), &body);
    let text_of = "The entity tag in the If-Match header does not match the current one.";
    assert_eq!(refused(&stale), (412, "preconditionFailed", text_of));
    let other = text(&megan.get(&format!("{ALL}?$top=1")), "@odata.etag");
    assert_eq!(
        megan
            .send("DELETE", &own, Some(&other), &Value::Null)
            .status,
        412
    );

    let tag = text(&seen, "@odata.etag");
    assert_eq!(megan.asks(&id, "lockForApproval").status, 201);
    assert_eq!(
        megan.send("DELETE", &own, Some(&tag), &Value::Null).status,
        412
    );
    let tag = text(&megan.get(&own), "@odata.etag");
    let seen = megan.send("DELETE", &own, Some(&tag), &Value::Null);
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
        megan.send("DELETE", &own, Some(&tag), &Value::Null).status,
        204
    );
    assert_eq!(
        megan.send("DELETE", &own, Some(&tag), &Value::Null).status,
        404
    );
}

#[test]
fn one_in_force_loses_global_administrator_and_then_extends_itself() {
    let bench = Bench::new();
    let megan = Megan::at_home(&bench);
    let own = format!("{ALL}/7a115b10-0007-4000-8000-000000000002-{HOME}");
    let tag = text(&megan.get(&own), "@odata.etag");
    let patch = |body: &Value| megan.send("PATCH", &own, Some(&tag), body);
    let extends = json!({ "autoExtendDuration": "P180D" });
    assert_eq!(refused(&patch(&extends)).0, 400);
    let other =
        json!({ "accessDetails": details(&[GLOBAL_ADMINISTRATOR, HELPDESK_ADMINISTRATOR]) });
    assert_eq!(refused(&patch(&other)).0, 409);
    let same = json!({ "displayName": "Tailspin full" });
    assert_eq!(patch(&same).status, 200);
    let renamed = json!({ "displayName": "Another" });
    assert_eq!(refused(&patch(&renamed)).0, 409);
}

#[test]
fn an_assignment_lives_from_pending_to_deleted() {
    let bench = Bench::new();
    let megan = Megan::at_home(&bench);
    let id = megan.active(&wanted("With access", FABRIKAM));
    let all = format!("{ALL}/{id}/accessAssignments");
    let seen = megan.post(
        &all,
        &assigned(OPERATORS, &[USER_ADMINISTRATOR, DIRECTORY_READERS]),
    );
    assert_eq!(
        (seen.status, text(&seen, "status").as_str()),
        (201, "pending")
    );
    let own = format!("{all}/{}", text(&seen, "id"));
    assert!(seen.header("location").ends_with(&own));
    megan.waits(30);
    let seen = megan.get(&own);
    assert_eq!(text(&seen, "status"), "active");

    let tag = text(&seen, "@odata.etag");
    let fewer = json!({ "accessDetails": details(&[DIRECTORY_READERS]) });
    let seen = megan.send("PATCH", &own, Some(&tag), &fewer);
    assert_eq!((seen.status, &seen.json), (202, &json!({})));
    assert_eq!(seen.header("retry-after"), "10");
    let (_, location) = seen
        .header("location")
        .split_once("/graph")
        .expect("a link");
    let seen = megan.get(location);
    assert_eq!(text(&seen, "status"), "notStarted");
    assert_eq!(
        text(&seen, "operationType"),
        "delegatedAdminAccessAssignmentUpdate"
    );
    assert!(serde_json::from_str::<Value>(&text(&seen, "data")).is_ok());
    megan.waits(30);
    assert_eq!(text(&megan.get(location), "status"), "running");
    megan.waits(30);
    assert_eq!(text(&megan.get(location), "status"), "succeeded");
    let operations = megan.get(&format!("{ALL}/{id}/operations"));
    assert_eq!(operations.json["value"].as_array().map(Vec::len), Some(1));

    let stale = megan.send("PATCH", &own, Some(&tag), &fewer);
    assert_eq!(refused(&stale).0, 412, "the change has changed the tag");
    let seen = megan.get(&own);
    assert_eq!(seen.json["accessDetails"], fewer["accessDetails"]);
    let tag = text(&seen, "@odata.etag");
    let seen = megan.send("PATCH", &own, Some(&tag), &fewer);
    assert_eq!(
        (seen.status, text(&seen, "status").as_str()),
        (200, "active")
    );
    assert_eq!(megan.send("DELETE", &own, None, &Value::Null).status, 428);
    assert_eq!(
        megan.send("DELETE", &own, Some(&tag), &Value::Null).status,
        204
    );
    assert_eq!(text(&megan.get(&own), "status"), "deleting");
    megan.waits(30);
    let seen = megan.get(&own);
    assert_eq!(text(&seen, "status"), "deleted");
    let tag = text(&seen, "@odata.etag");
    let again = megan.send("DELETE", &own, Some(&tag), &Value::Null);
    assert_eq!(refused(&again).0, 409);
    let again = megan.post(&all, &assigned(OPERATORS, &[DIRECTORY_READERS]));
    assert_eq!(again.status, 201, "the group is free again");
}

#[test]
fn an_assignment_that_cannot_be_is_refused() {
    let bench = Bench::new();
    let megan = Megan::at_home(&bench);
    let related = format!("{ALL}/7a115b10-0007-4000-8000-000000000001-{HOME}");
    let all = format!("{related}/accessAssignments");
    let check = |body: &Value, expected: (u16, &str, &str)| {
        assert_eq!(refused(&megan.post(&all, body)), expected, "{body}");
    };
    let bad = "Request_BadRequest";
    let unknown = "6a1c7b62-0009-4000-8000-0000000000ff";
    let text = "access container does not exist";
    check(&assigned(unknown, &[DIRECTORY_READERS]), (400, bad, text));
    let text = format!(
        "The role '{GLOBAL_ADMINISTRATOR}' is not one of the roles of the delegated admin relationship."
    );
    check(
        &assigned(HELPDESK_AGENTS, &[GLOBAL_ADMINISTRATOR]),
        (400, bad, &text),
    );
    let text = format!("The security group '{OPERATORS}' has an access assignment already.");
    check(
        &assigned(OPERATORS, &[DIRECTORY_READERS]),
        (409, "Conflict", &text),
    );
    let mut odd = assigned(HELPDESK_AGENTS, &[DIRECTORY_READERS]);
    odd["accessContainer"]["accessContainerType"] = json!("user");
    let text = "The accessContainerType 'user' is not supported: use securityGroup.";
    check(&odd, (400, bad, text));

    let id = megan.made(&wanted("New", TAILSPIN));
    let seen = megan.post(
        &format!("{ALL}/{id}/accessAssignments"),
        &assigned(OPERATORS, &[DIRECTORY_READERS]),
    );
    let text = "Assigning access is not allowed while the relationship is in status 'created'.";
    assert_eq!(refused(&seen), (409, "Conflict", text));
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
    assert_eq!(megan.send("PATCH", &own, Some(&tag), &stop).status, 202);
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
    let sam = format!(
        "grant_type=refresh_token&refresh_token={}",
        REFRESH_WITHOUT_MFA
    );
    let text = "The user (principal) does not have the required permissions to perform the specified action on the resource.";
    assert_eq!(refused(&post(HOME, &sam)), (403, code, text));
}
