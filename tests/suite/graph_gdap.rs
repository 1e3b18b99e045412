//! Delegated administration by a user's scripts: a relationship from its creation to its end, its
//! assignments, and changes that somebody else made in between.

use serde_json::{Value, json};
use tenantry::error::Code;

use crate::sandbox::control;
use crate::stage::Stage;

const NAMES: &str = r#"
const WORLD = "31de0b1d-4e6f-4a7b-8c9d-2b3c4d5e6f70";
const HELPDESK = "6a1c7b62-0009-4000-8000-000000000002";
const READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
const USERS = "fe930be7-5e62-47db-91af-98c3a49a38b1";
fn wanted(name) {
    #{
        displayName: name, duration: "P365D", customer: #{ tenantId: global::WORLD },
        accessDetails: #{ unifiedRoles: [#{ roleDefinitionId: global::READER }, #{ roleDefinitionId: global::USERS }] },
    }
}
fn container(group) { #{ accessContainerId: group, accessContainerType: "securityGroup" } }
fn roles(ids) { #{ unifiedRoles: ids.map(|id| #{ roleDefinitionId: id }) } }
"#;

#[track_caller]
fn found(stage: &Stage, script: &str) -> Value {
    stage.json(&format!("{NAMES}{script}"))
}

/// Creates a relationship, has it approved, and returns its id when it is active.
#[track_caller]
fn active(stage: &Stage) -> String {
    let id = found(
        stage,
        r#"let made = graph::create_gdap(wanted("Wide World desk")); graph::lock_gdap(made); made.id"#,
    );
    let (status, answer) = control(
        &stage.sandbox,
        "POST",
        "/gdap/approve",
        &json!({ "relationship": id }),
    );
    assert_eq!(status, 200, "{answer}");
    stage.value("sleep(90)");
    id.as_str().expect("an id").to_owned()
}

#[test]
fn a_relationship_lives_by_scripts() {
    let stage = Stage::new(0);
    let before = found(
        &stage,
        r#"
        let made = graph::create_gdap(wanted("Wide World desk"));
        let seen = [made.status, graph::update_gdap(made, #{ displayName: "Wide World help" }).displayName];
        let locked = graph::lock_gdap(made);
        seen.push(locked.action);
        made = graph::gdap_relationship(made);
        seen.push(made.status);
        seen.push(graph::gdap_approval_url(made).contains(made.id));
        try { graph::create_gdap_assignment(made, #{ accessContainer: container(HELPDESK), accessDetails: roles([READER]) }); } catch (e) { seen.push(e.code); }
        #{ id: made.id, seen: seen }
        "#,
    );
    let seen = json!([
        "created",
        "Wide World help",
        "lockForApproval",
        "approvalPending",
        true,
        "graph.refused"
    ]);
    assert_eq!(before["seen"], seen);
    let approval = json!({ "relationship": before["id"] });
    assert_eq!(
        control(&stage.sandbox, "POST", "/gdap/approve", &approval).0,
        200
    );
    let script = r"
        sleep(90);
        let own = graph::gdap_relationship(ID);
        let seen = [own.status, graph::gdap_customers().some(|c| c.tenantId == WORLD)];
        let made = graph::create_gdap_assignment(own, #{ accessContainer: container(HELPDESK), accessDetails: roles([READER, USERS]) });
        seen.push(made.status);
        sleep(60);
        made = graph::gdap_assignment(own, made);
        seen.push(made.status);
        let fewer = graph::update_gdap_assignment(own, made, #{ accessDetails: roles([READER]) });
        seen.push(fewer.accessDetails.unifiedRoles.len());
        seen.push(graph::gdap_operations(own).map(|o| [o.operationType, o.status]));
        try { graph::users(WORLD).count() } catch (e) { seen.push(e.code); }
        graph::extend_gdap(own);
        seen.push(graph::gdap_relationship(own).autoExtendDuration);
        graph::delete_gdap_assignment(own, graph::gdap_assignment(own, made));
        sleep(60);
        seen.push(graph::gdap_assignments(own).map(|a| a.status));
        seen.push(graph::gdap_relationship(own).terminate().action);
        sleep(90);
        seen.push(graph::gdap_relationship(own).status);
        seen.push(graph::gdap_requests(own).map(|r| r.action).len());
        seen
    "
    .replace("ID", &before["id"].to_string());
    let expected = json!([
        "active",
        true,
        "pending",
        "active",
        1,
        [["delegatedAdminAccessAssignmentUpdate", "succeeded"]],
        "auth.consent_missing",
        "P180D",
        ["deleted"],
        "terminate",
        "terminated",
        3,
    ]);
    assert_eq!(found(&stage, &script), expected);
}

#[test]
fn what_was_never_locked_can_be_deleted_and_nothing_else() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"
        let codes = [];
        let made = graph::create_gdap(wanted("First"));
        try { graph::create_gdap(wanted("First")); } catch (e) { codes.push([e.code, e.status]); }
        graph::delete_gdap(made);
        let made = graph::create_gdap(wanted("First"));
        graph::lock_gdap(made);
        try { graph::delete_gdap(made.id); } catch (e) { codes.push([e.code, e.status]); }
        try { graph::lock_gdap(made.id); } catch (e) { codes.push([e.code, e.status]); }
        let full = graph::gdap_relationships().find(|r| r.displayName == "Tailspin full");
        try { graph::extend_gdap(full); } catch (e) { codes.push([e.code, e.status]); }
        codes
        "#,
    );
    let expected = json!([
        ["graph.refused", 409],
        ["graph.refused", 409],
        ["graph.refused", 409],
        ["graph.refused", 400],
    ]);
    assert_eq!(told, expected);
}

#[test]
fn what_somebody_else_changed_meanwhile_is_not_overwritten() {
    let stage = Stage::new(0);
    let id = active(&stage);
    let told = found(
        &stage,
        &r"
        let own = graph::gdap_relationship(ID);
        let stale = graph::create_gdap_assignment(own, #{ accessContainer: container(HELPDESK), accessDetails: roles([READER, USERS]) });
        sleep(60);
        let made = graph::gdap_assignment(own, stale);
        graph::update_gdap_assignment(own, made, #{ accessDetails: roles([READER]) });
        let seen = [];
        try { graph::update_gdap_assignment(own, stale, #{ accessDetails: roles([USERS]) }); } catch (e) { seen.push([e.code, e.status]); }
        try { made.delete(); } catch (e) { seen.push([e.code, e.status]); }
        let now = graph::gdap_assignment(own, made);
        seen.push(now.accessDetails.unifiedRoles.map(|r| r.roleDefinitionId == READER));
        now.update(#{ accessDetails: roles([USERS]) });
        seen.push(now.refresh().accessDetails.unifiedRoles.map(|r| r.roleDefinitionId == USERS));
        graph::extend_gdap(own);
        try { own.stop_extending(); } catch (e) { seen.push([e.code, e.status]); }
        graph::stop_extending_gdap(own.id);
        seen.push(own.refresh().autoExtendDuration);
        seen
        "
        .replace("ID", &format!("{id:?}")),
    );
    let stale = json!(["graph.changed_meanwhile", 412]);
    let expected = json!([stale, stale, [true], [true], stale, "PT0S"]);
    assert_eq!(told, expected);
}

#[test]
fn a_part_of_a_batch_is_waited_for_like_the_call_alone() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"
        let own = graph::gdap_relationships().find(|r| r.displayName == "Northwind support");
        let outcome = graph::batch(partner::home(), [#{
            method: "PATCH", path: `/tenantRelationships/delegatedAdminRelationships/${own.id}`,
            headers: #{ "If-Match": own["@odata.etag"] }, body: #{ autoExtendDuration: "P180D" },
        }], #{ principal: "user" })[0];
        [outcome.value.autoExtendDuration, graph::gdap_operations(own).map(|o| o.status)]
        "#,
    );
    assert_eq!(told, json!(["P180D", ["succeeded"]]));
}

#[test]
fn the_application_cannot_speak_for_the_partner_s_people() {
    let stage = Stage::new(0);
    let script = "graph::get(partner::home(), \"/v1.0/tenantRelationships/delegatedAdminRelationships\", #{ principal: \"app\" })";
    let error = stage.run(script).expect_err("delegated only");
    assert!(
        matches!(
            error.code(),
            Code::AuthPrincipalMissing | Code::GraphRefused | Code::GraphPermission
        ),
        "{error:#?}"
    );
}
