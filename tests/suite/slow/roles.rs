//! Every directory role that an operation's description names is enough for it, given alone to the
//! partner's user by delegated administration.

use crate::slow::wanted;
use crate::stage::Stage;

const FABRIKAM: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";

/// Roles that the relationship with Fabrikam does not hold.
const NOT_DELEGATED: [&str; 3] = ["Global Administrator", "Reports Reader", "Security Reader"];

/// Leaves one role in the access assignment of the partner's group.
fn assign(stage: &Stage, role: &str) {
    stage.value(&format!(
        "let relationship = graph::gdap_relationships(#{{ filter: where(\"customer.tenantId\").eq(\"{FABRIKAM}\") }}).first();
         let assignment = graph::gdap_assignments(relationship).first();
         let role = graph::role_definitions(partner::home()).find(|r| r.displayName == \"{role}\");
         graph::update_gdap_assignment(relationship, assignment, #{{ accessDetails: #{{ unifiedRoles: [#{{ roleDefinitionId: role.id }}] }} }});"
    ));
}

/// Returns the operation that was refused for what the caller is, if the script fails by that.
fn refused(stage: &Stage, script: &str) -> Option<String> {
    let error = stage.run(script).err()?;
    let fault = error.parts().fault.as_ref()?;
    let name = || fault.operation.trim_start_matches("graph::").to_owned();
    (fault.status == 403).then(name)
}

#[test]
fn every_role_that_is_named_is_enough() {
    if !wanted() {
        return;
    }
    let graph = tenantry::api::service("graph").expect("a built-in service");
    let mut wrong = Vec::new();
    for operation in graph.operations.iter() {
        let roles = operation.roles.iter();
        for role in roles.filter(|role| !NOT_DELEGATED.contains(role)) {
            let stage = Stage::new(0);
            assign(&stage, role);
            // An example may need more roles for its other steps: those do not count.
            if refused(&stage, operation.example).as_deref() == Some(operation.name) {
                wrong.push(format!("{} as {role}", operation.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
