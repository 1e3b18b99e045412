//! The principal's role in a customer's Azure subscriptions. Source: arm reference §2, "CSP access
//! model"; Azure, "Reinstate admin privileges for a customer's Azure CSP subscriptions".

use serde_json::Value;

use super::partner::{ADMIN_AGENTS, Group};
use super::reader::Reader;
use super::verdict::Verdict;
use crate::api::{Principal, ServiceName};
use crate::error::{Code, Error};
use crate::http::Tenant;

/// How many subscriptions are looked at.
const MOST: usize = 5;

/// A subscription with its role assignments.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Subscription {
    id: String,
    name: String,
    assignments: Vec<Assignment>,
}

/// That somebody has a role.
#[derive(Debug, Clone, PartialEq)]
struct Assignment {
    principal: String,
    role: String,
}

/// Returns the subscriptions that the principal sees in a tenant, with who has which role there.
pub(super) fn subscriptions(
    reader: &Reader,
    tenant: &Tenant,
    principal: Principal,
) -> Result<Vec<Subscription>, Error> {
    let list = |path: &str| reader.list(ServiceName::Arm, tenant, principal, path);
    let mut all = Vec::new();
    for found in list("/subscriptions?api-version=2022-12-01")?
        .iter()
        .take(MOST)
    {
        let id = text(&found["subscriptionId"]);
        let path = format!(
            "/subscriptions/{id}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"
        );
        let assignments = list(&path)?;
        all.push(Subscription {
            id,
            name: text(&found["displayName"]),
            assignments: assignments.iter().map(assignment).collect(),
        });
    }
    Ok(all)
}

fn assignment(json: &Value) -> Assignment {
    let of = &json["properties"];
    let role = text(&of["roleDefinitionId"]);
    Assignment {
        principal: text(&of["principalId"]),
        role: role.rsplit('/').next().unwrap_or_default().to_owned(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Names of the built-in roles that matter here, by id. Source: Azure, "built-in roles".
const ROLES: [(&str, &str); 4] = [
    ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner"),
    ("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor"),
    ("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader"),
    (
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
    ),
];

/// Judges which roles the principal has: by its own id in that tenant, or through one of its groups.
pub(super) fn judge(
    subscriptions: &Result<Vec<Subscription>, Error>,
    own: &str,
    groups: &[Group],
) -> Verdict {
    let subscriptions = match subscriptions {
        Ok(all) if all.is_empty() => {
            return Verdict::skip(
                "the customer has no Azure subscription that can be seen from here",
            );
        }
        Ok(all) => all,
        Err(error) => return Verdict::of(error),
    };
    let mine = |one: &&Assignment| {
        let mut ids = groups.iter().map(|group| group.id.as_str()).chain([own]);
        ids.any(|id| id.eq_ignore_ascii_case(&one.principal))
    };
    let mut told = Vec::new();
    for one in subscriptions {
        let roles = one.assignments.iter().filter(mine);
        let mut roles: Vec<&str> = roles.map(|one| named(&one.role)).collect();
        roles.sort_unstable();
        roles.dedup();
        let name = &one.name;
        if roles.is_empty() {
            let detail = format!("no role in the subscription `{name}` ({})", one.id);
            return Verdict::fail(detail, give(one, groups, own)).code(Code::ArmRefused);
        }
        told.push(format!("{} in `{name}`", roles.join(", ")));
    }
    Verdict::pass(told.join("; "))
}

fn named(role: &str) -> &str {
    let known = ROLES.iter().find(|(id, _)| id.eq_ignore_ascii_case(role));
    known.map_or(role, |(_, name)| name)
}

/// Returns how an owner of a subscription gives the role: to the admin agents, or to the principal.
fn give(subscription: &Subscription, groups: &[Group], own: &str) -> String {
    let agents = groups.iter().find(|group| group.name == ADMIN_AGENTS);
    let (id, kind) = match agents {
        Some(group) => (group.id.as_str(), " -ObjectType ForeignGroup"),
        None => (own, ""),
    };
    format!(
        "an owner of the subscription runs in Azure PowerShell: New-AzRoleAssignment -ObjectId {id} -RoleDefinitionName Owner -Scope /subscriptions/{}{kind}",
        subscription.id
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::verdict::Status;
    use super::*;

    #[test]
    fn a_role_is_the_principals_own_or_a_groups() {
        let one = |principal: &str, role: &str| Subscription {
            id: "s".to_owned(),
            name: "Azure plan".to_owned(),
            assignments: vec![assignment(&json!({ "properties": {
                "principalId": principal,
                "roleDefinitionId": format!("/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{role}"),
            } }))],
        };
        let groups = [Group {
            id: "agents".to_owned(),
            name: ADMIN_AGENTS.to_owned(),
        }];
        let owner = ROLES[0].0;
        let check = |all: Vec<Subscription>, groups: &[Group], status, words: &str| {
            let verdict = judge(&Ok(all), "me", groups);
            assert_eq!(verdict.status, status, "{verdict:?}");
            let told = format!("{} {:?}", verdict.detail, verdict.mend);
            assert!(told.contains(words), "{told}");
        };
        let (pass, fail) = (Status::Pass, Status::Fail);
        check(vec![one("me", owner)], &[], pass, "Owner in `Azure plan`");
        check(vec![one("AGENTS", owner)], &groups, pass, "Owner in");
        check(vec![one("me", "x")], &groups, pass, "x in");
        check(vec![one("other", owner)], &groups, fail, "-ObjectId agents");
        check(vec![one("other", owner)], &[], fail, "-ObjectId me");
        check(vec![], &groups, Status::Skip, "no Azure subscription");
    }
}
