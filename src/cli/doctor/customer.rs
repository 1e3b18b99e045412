//! The way into a customer's tenant: the application's consent, the GDAP relationship, and the groups
//! that its roles reach. Source: graph reference, "granular delegated admin privileges (GDAP)".

use serde_json::Value;

use super::partner::Group;
use super::reader::Reader;
use super::verdict::Verdict;
use crate::api::{Principal, ServiceName, directory_role};
use crate::base::clock::Timestamp;
use crate::error::{Code, Error};
use crate::http::{Claims, Tenant, Who};

/// Judges whether the application has consent in the customer's tenant, by the token it gets there;
/// `mend` is how it gets it.
pub(super) fn judge_consent(token: &Result<Claims, Error>, mend: &str) -> Verdict {
    let error = match token {
        Ok(claims) => {
            let who = Who::of(claims);
            let list = match who.principal {
                Principal::User => who.scopes,
                Principal::App => who.roles,
            };
            return match list.as_slice() {
                [] => Verdict::warn("a token without any permission", mend),
                list => Verdict::pass(list.join(", ")),
            };
        }
        Err(error) => error,
    };
    let fault = error.parts().fault.as_ref();
    match (error.code(), fault.map(|fault| fault.code.as_str())) {
        (Code::AuthConsentMissing, _) => Verdict::of(error).mend(mend),
        // Whether there is consent shows itself only once the user reaches the tenant.
        (Code::AuthTenant, Some(code @ ("AADSTS50020" | "AADSTS50177"))) => {
            Verdict::skip(format!("the user does not reach the tenant ({code})"))
        }
        (Code::AuthOpaque, _) => Verdict::pass("a token was issued"),
        _ => Verdict::of(error),
    }
}

/// Returns how an application gets consent: by the partner, or at the address of the page for an
/// administrator of the customer.
pub(super) fn consent(client_id: &str, address: Option<&str>) -> String {
    let run = format!(
        "`tenantry run scripts/consent_customers.rhai --application {client_id} --allow write`"
    );
    match address {
        Some(address) => format!("{run}, or an administrator of the customer opens {address}"),
        None => run,
    }
}

/// A GDAP relationship.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Relationship {
    pub(super) id: String,
    name: String,
    status: String,
    ends: Option<Timestamp>,
    extends: bool,
}

/// Returns the relationships with a customer, whatever their state.
pub(super) fn relationships(reader: &Reader, customer: &str) -> Result<Vec<Relationship>, Error> {
    let path = format!(
        "/v1.0/tenantRelationships/delegatedAdminRelationships?$filter=customer/tenantId%20eq%20'{customer}'"
    );
    let service = ServiceName::Graph;
    let found = reader.list(service, &Tenant::Home, Principal::User, &path)?;
    Ok(found.iter().map(relationship).collect())
}

fn relationship(json: &Value) -> Relationship {
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    let extends = json["autoExtendDuration"].as_str().unwrap_or_default();
    Relationship {
        id: text("id"),
        name: text("displayName"),
        status: text("status"),
        ends: text("endDateTime").parse().ok(),
        extends: !["", "PT0S", "P0D"].contains(&extends),
    }
}

/// Returns those that are in force.
pub(super) fn active(all: &[Relationship]) -> impl Iterator<Item = &Relationship> {
    all.iter().filter(|one| one.status == "active")
}

/// A relationship that ends within this many days is worth a word.
const SOON: i64 = 30;

/// Judges whether a relationship is in force.
pub(super) fn judge_gdap(all: &Result<Vec<Relationship>, Error>, now: Timestamp) -> Verdict {
    let all = match all {
        Ok(all) => all,
        Err(error) if error.code() == Code::GraphRefused => {
            return Verdict::of(error).mend(SEE);
        }
        Err(error) => return Verdict::of(error),
    };
    let last = active(all).max_by_key(|one| (one.extends, one.ends));
    if let Some(one) = last {
        let (name, day) = (&one.name, one.ends.map(day).unwrap_or_default());
        if one.extends {
            return Verdict::pass(format!("`{name}`, extended whenever it ends ({day})"));
        }
        let detail = format!("`{name}`, until {day}");
        let left = one
            .ends
            .map(|ends| ends.duration_since(now).as_hours() / 24);
        return match left {
            Some(days) if days < SOON => Verdict::warn(detail, REQUEST),
            _ => Verdict::pass(detail),
        };
    }
    if let Some(one) = all.iter().find(|one| one.status == "approvalPending") {
        let detail = format!("`{}` waits for the customer's approval", one.name);
        let mend = format!(
            "an administrator of the customer opens https://admin.microsoft.com/AdminPortal/Home#/partners/invitation/granularAdminRelationships/{}",
            one.id
        );
        return Verdict::fail(detail, mend).code(Code::AuthTenant);
    }
    let others: Vec<String> = all
        .iter()
        .map(|one| format!("`{}` is {}", one.name, one.status))
        .collect();
    let detail = match others.as_slice() {
        [] => "there is no GDAP relationship with the customer".to_owned(),
        others => format!("no GDAP relationship is active: {}", others.join(", ")),
    };
    Verdict::fail(detail, REQUEST).code(Code::AuthTenant)
}

const SEE: &str = "relationships are shown to admin agents who signed in with multi-factor authentication, where the application has the permission DelegatedAdminRelationship.Read.All";
const REQUEST: &str = "Partner Center > Customers > the customer > Admin relationships > Request admin relationship; the customer approves it";

fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// That a group has roles by a relationship.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Assignment {
    status: String,
    group: String,
    roles: Vec<String>,
}

/// Returns the access assignments of relationships.
pub(super) fn assignments<'a>(
    reader: &Reader,
    relationships: impl Iterator<Item = &'a Relationship>,
) -> Result<Vec<Assignment>, Error> {
    let mut all = Vec::new();
    for one in relationships {
        let id = &one.id;
        let path =
            format!("/v1.0/tenantRelationships/delegatedAdminRelationships/{id}/accessAssignments");
        let service = ServiceName::Graph;
        let found = reader.list(service, &Tenant::Home, Principal::User, &path)?;
        all.extend(found.iter().map(assignment));
    }
    Ok(all)
}

fn assignment(json: &Value) -> Assignment {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let roles = json["accessDetails"]["unifiedRoles"].as_array();
    let roles = roles.into_iter().flatten();
    Assignment {
        status: text(&json["status"]),
        group: text(&json["accessContainer"]["accessContainerId"]),
        roles: roles.map(|role| text(&role["roleDefinitionId"])).collect(),
    }
}

/// Judges which of the relationships' roles reach the user.
pub(super) fn judge_roles(
    assignments: &Result<Vec<Assignment>, Error>,
    groups: &Result<Vec<Group>, Error>,
) -> Verdict {
    let (assignments, groups) = match (assignments, groups) {
        (Ok(assignments), Ok(groups)) => (assignments, groups),
        (Err(error), _) | (_, Err(error)) => return Verdict::of(error),
    };
    let mine = |one: &&Assignment| groups.iter().any(|group| same(&group.id, &one.group));
    let in_force = |one: &&Assignment| one.status == "active";
    let mut roles: Vec<&str> = assignments
        .iter()
        .filter(in_force)
        .filter(mine)
        .flat_map(|one| &one.roles)
        .map(|id| directory_role(id).unwrap_or(id))
        .collect();
    roles.sort_unstable();
    roles.dedup();
    if !roles.is_empty() {
        return Verdict::pass(roles.join(", "));
    }
    let others: Vec<&str> = assignments
        .iter()
        .filter(in_force)
        .map(|one| one.group.as_str())
        .collect();
    if others.is_empty() {
        let detail = "no security group has roles by the relationship";
        return Verdict::fail(detail, ASSIGN).code(Code::AuthTenant);
    }
    let others = others.join(", ");
    let detail = format!("the roles reach groups that the user is no member of: {others}");
    let mend = format!(
        "Entra admin center > Groups > {others} > Members > Add members: the user; it takes effect within minutes"
    );
    Verdict::fail(detail, mend).code(Code::AuthTenant)
}

const ASSIGN: &str = "Partner Center > Customers > the customer > Admin relationships > the relationship > Add security groups";

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

#[cfg(test)]
mod tests;
