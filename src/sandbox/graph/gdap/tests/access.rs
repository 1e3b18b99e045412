//! Access assignments: their life, and what none can be.

use serde_json::{Value, json};

use super::{ALL, assigned, details, wanted};
use crate::sandbox::entra::groups::{HELPDESK_AGENTS, OPERATORS, SALES_AGENTS};
use crate::sandbox::entra::roles::{DIRECTORY_READERS, GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR};
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::graph::bench::{Megan, refused, text};
use crate::sandbox::seed::{FABRIKAM, TAILSPIN};
use crate::sandbox::store::{GroupKind, key};
use crate::sandbox::testing::Bench;

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
    let seen = megan.tagged("PATCH", &own, Some(&tag), &fewer);
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

    let stale = megan.tagged("PATCH", &own, Some(&tag), &fewer);
    assert_eq!(refused(&stale).0, 412, "the change has changed the tag");
    let seen = megan.get(&own);
    assert_eq!(seen.json["accessDetails"], fewer["accessDetails"]);
    let tag = text(&seen, "@odata.etag");
    let seen = megan.tagged("PATCH", &own, Some(&tag), &fewer);
    assert_eq!(
        (seen.status, text(&seen, "status").as_str()),
        (200, "active")
    );
    assert_eq!(megan.tagged("DELETE", &own, None, &Value::Null).status, 428);
    assert_eq!(
        megan
            .tagged("DELETE", &own, Some(&tag), &Value::Null)
            .status,
        204
    );
    assert_eq!(text(&megan.get(&own), "status"), "deleting");
    megan.waits(30);
    let seen = megan.get(&own);
    assert_eq!(text(&seen, "status"), "deleted");
    let tag = text(&seen, "@odata.etag");
    let again = megan.tagged("DELETE", &own, Some(&tag), &Value::Null);
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
    bench.change(|tx| {
        let row = tx.directory.groups.edit(&key(&[HOME, SALES_AGENTS]));
        row.expect("seeded").kind = GroupKind::Unified { secures: false };
    });
    let text = "The access container is not a security group.";
    check(
        &assigned(SALES_AGENTS, &[DIRECTORY_READERS]),
        (400, bad, text),
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
