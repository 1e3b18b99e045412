//! What a description says is enough, is enough: every permission and every directory role listed for
//! an operation of Graph lets a user of the partner call it, with nothing else. The grid of refusals
//! (`grid`) shows the other side.

use std::collections::BTreeMap;

use tenantry::api::model::{Operation, Output, Param, Place, Verb};

use crate::stage::Stage;

const FABRIKAM: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";
const CLIENT_ID: &str = "0f3d9c1a-7b52-4e8e-a1c6-5d2e8f904b17";
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

const KIM: &str = "\"kim@fabrikam.onmicrosoft.com\"";
const KIM_S_ID: &str = "\"fab71ca0-0001-4000-8000-000000000002\"";
const PAT: &str = "\"fab71ca0-0001-4000-8000-000000000005\"";
const SALES: &str = "\"fab71ca0-0009-4000-8000-000000000001\"";
const SAM: &str = "#{ \"@odata.id\": \"https://graph.microsoft.com/v1.0/directoryObjects/fab71ca0-0001-4000-8000-000000000004\" }";

/// Calls that are no plain reads, by operation: what stands after the tenant.
const GIVEN: &[(&str, &[&str])] = &[
    (
        "create_user",
        &[
            "#{ accountEnabled: true, displayName: \"Zoe\", mailNickname: \"zoe\", userPrincipalName: \"zoe@fabrikam.onmicrosoft.com\", passwordProfile: #{ password: \"Brisk-Otter-4182\" } }",
        ],
    ),
    ("update_user", &[KIM, "#{ department: \"Sales\" }"]),
    ("delete_user", &[KIM]),
    ("restore_user", &[PAT]),
    ("purge_user", &[PAT]),
    ("revoke_sessions", &[KIM]),
    ("set_manager_ref", &[KIM, SAM]),
    ("remove_manager", &[KIM]),
    ("check_member_groups", &[KIM, "#{ groupIds: [] }"]),
    (
        "change_licenses",
        &[
            KIM,
            "#{ addLicenses: [], removeLicenses: [\"3b555118-da6a-4418-894f-7df1e2096870\"] }",
        ],
    ),
    ("reprocess_licenses", &[KIM]),
    (
        "create_group",
        &[
            "#{ displayName: \"Desk\", mailNickname: \"desk\", mailEnabled: false, securityEnabled: true }",
        ],
    ),
    (
        "update_group",
        &[SALES, "#{ description: \"Those who sell\" }"],
    ),
    ("delete_group", &[SALES]),
    ("add_group_member_ref", &[SALES, SAM]),
    ("remove_group_member_ref", &[SALES, KIM_S_ID]),
    ("add_group_owner_ref", &[SALES, SAM]),
    (
        "remove_group_owner_ref",
        &[SALES, "\"fab71ca0-0001-4000-8000-000000000003\""],
    ),
    (
        "assign_group_license",
        &[
            SALES,
            "#{ addLicenses: [#{ skuId: \"f245ecc8-75af-4f8e-b61f-27d8114de5f3\" }], removeLicenses: [] }",
        ],
    ),
    ("mfa_registration", &[KIM_S_ID]),
];

/// Returns a call of an operation for Fabrikam: one of the above, or a read of users, groups or
/// whatever needs no more than the tenant.
fn call(operation: &Operation) -> Option<String> {
    let name = operation.name;
    let mut params = operation.positional();
    // Nobody of the partner is a user of Fabrikam.
    if params.next()?.place != Place::Token || name == "me" {
        return None;
    }
    let given = GIVEN.iter().find(|(given, _)| *given == name);
    let arguments: Vec<&str> = match given {
        Some((_, arguments)) => arguments.to_vec(),
        None if operation.verb != Verb::Get => return None,
        None => params.map(read_argument).collect::<Option<_>>()?,
    };
    let all = [&["fabrikam"], &arguments[..]].concat().join(", ");
    let rest = match operation.output {
        Output::Many(_) => ".count()",
        _ => "",
    };
    Some(format!("graph::{name}({all}){rest};"))
}

fn read_argument(param: &Param) -> Option<&'static str> {
    match param.name {
        "user" => Some(KIM),
        "group" => Some(SALES),
        _ => None,
    }
}

/// Tries every operation with everything it lists, reads of one permission or role in one sandbox,
/// what is given above in a sandbox of its own; returns how many were tried. `alone` is the script
/// that leaves the user nothing else.
fn try_all(
    listed: impl Fn(&Operation) -> &'static [&'static str],
    alone: impl Fn(&str) -> String,
) -> usize {
    let graph = tenantry::api::service("graph").expect("a built-in service");
    let mut reads: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut groups = Vec::new();
    for operation in graph.operations.iter() {
        let Some(call) = call(operation) else {
            continue;
        };
        for &one in listed(operation) {
            if GIVEN.iter().any(|(given, _)| *given == operation.name) {
                groups.push((one, vec![call.clone()]));
            } else {
                reads.entry(one).or_default().push(call.clone());
            }
        }
    }
    groups.extend(reads);
    let mut refused = Vec::new();
    for (one, calls) in &groups {
        let stage = Stage::new(0);
        let fabrikam = format!("let fabrikam = \"{FABRIKAM}\";\n");
        stage.value(&format!("{fabrikam}{}", alone(one)));
        for call in calls {
            if let Err(error) = stage.run(&format!("{fabrikam}{call}")) {
                refused.push(format!("{one}: {call} {error}"));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    groups.iter().map(|(_, calls)| calls.len()).sum()
}

#[test]
fn every_permission_that_is_listed_is_enough() {
    let tried = try_all(
        |operation| operation.permissions.0,
        |permission| {
            let grant =
                format!("#{{ enterpriseApplicationId: \"{GRAPH}\", scope: \"{permission}\" }}");
            format!(
                "partner::remove_application_consent(fabrikam, \"{CLIENT_ID}\");
                 partner::consent_application(fabrikam, #{{ applicationId: \"{CLIENT_ID}\", displayName: \"Tenantry\", applicationGrants: [{grant}] }});"
            )
        },
    );
    assert!(tried > 100, "{tried}");
}

#[test]
fn every_role_that_is_listed_is_enough() {
    let tried = try_all(
        |operation| operation.roles.0,
        |role| {
            format!(
                "let relationship = graph::gdap_relationships().find(|r| r.customer.tenantId == fabrikam);
                 let assignment = graph::gdap_assignments(relationship).first();
                 let role = graph::role_definitions(partner::home()).find(|r| r.displayName == \"{role}\");
                 // A role that the customer has not given cannot be tried alone.
                 if role != () && relationship.accessDetails.unifiedRoles.some(|r| r.roleDefinitionId == role.id) {{
                     graph::update_gdap_assignment(relationship, assignment, #{{ accessDetails: #{{ unifiedRoles: [#{{ roleDefinitionId: role.id }}] }} }});
                 }}"
            )
        },
    );
    assert!(tried > 100, "{tried}");
}
