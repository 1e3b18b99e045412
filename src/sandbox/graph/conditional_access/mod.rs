//! Conditional access policies and security defaults, which exclude each other.
//! Source: graph reference §13.

mod defaults;
mod policy;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::access::{Rule, admit, missing};
use super::body::{self, bad};
use super::odata::{Kind, created, entity, listed, only};
use crate::sandbox::entra::roles::{GLOBAL_READER, SECURITY_ADMINISTRATOR};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{AccessPolicy, Tx, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/identity/conditionalAccess/policies", list),
    Route::graph("POST", "/v1.0/identity/conditionalAccess/policies", create),
    Route::graph(
        "GET",
        "/v1.0/identity/conditionalAccess/policies/{policy}",
        get,
    ),
    Route::graph(
        "PATCH",
        "/v1.0/identity/conditionalAccess/policies/{policy}",
        update,
    ),
    Route::graph(
        "DELETE",
        "/v1.0/identity/conditionalAccess/policies/{policy}",
        delete,
    ),
    Route::graph(
        "GET",
        "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy",
        defaults::get,
    ),
    Route::graph(
        "PATCH",
        "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy",
        defaults::update,
    ),
];

const READ: Rule = Rule {
    scopes: &["Policy.Read.All"],
    apps: &["Policy.Read.All"],
    roles: &[SECURITY_ADMINISTRATOR, GLOBAL_READER],
    members: false,
};

const WRITE: Rule = Rule {
    scopes: &["Policy.ReadWrite.ConditionalAccess"],
    apps: &["Policy.ReadWrite.ConditionalAccess"],
    roles: &[SECURITY_ADMINISTRATOR],
    members: false,
};

const POLICY: Kind = Kind {
    name: "ConditionalAccessPolicy",
    filter: &[
        ("displayName", "eq startsWith"),
        ("state", "eq"),
        ("createdDateTime", "eq ge le gt lt"),
        ("modifiedDateTime", "eq ge le gt lt"),
    ],
    order: (
        &[
            "displayName",
            "state",
            "createdDateTime",
            "modifiedDateTime",
        ],
        &[],
    ),
    ..Kind::PLAIN
};

/// Their part of the metadata, and their path below the version.
const PART: &str = "identity/conditionalAccess/policies";

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let rows = tx.policy.access.under(&caller.tenant);
    let rows: Vec<Value> = rows.map(|(_, row)| policy::shown(row)).collect();
    listed(request, &POLICY, PART, rows)
}

/// Finds the policy of a path.
fn find<'t>(request: &Request, tx: &'t Tx<'_>, tenant: &str) -> Result<&'t AccessPolicy, Refusal> {
    let id = request.param("policy");
    let row = tx.policy.access.get(&key(&[tenant, id]));
    row.ok_or_else(|| missing(id))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let row = policy::shown(find(request, tx, &caller.tenant)?);
    entity(request, &POLICY, &format!("{PART}/$entity"), row)
}

/// Refuses a policy that is enabled beside security defaults.
fn alone(tx: &Tx<'_>, tenant: &str, row: &AccessPolicy) -> Result<(), Refusal> {
    if policy::is_enabled(row) && defaults::are_on(tx, tenant) {
        let text = "Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a Conditional Access policy.";
        return Err(bad(text));
    }
    Ok(())
}

fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    only(request, &[])?;
    let written = body::read(request)?;
    policy::check(&written)?;
    policy::complete(&written)?;
    let row = AccessPolicy {
        id: tx.guid(),
        created: tx.now(),
        modified: None,
        written,
    };
    alone(tx, &tenant, &row)?;
    let value = policy::shown(&row);
    let path = format!("{PART}/{}", row.id);
    tx.policy.access.put(&key(&[&tenant, &row.id]), row);
    created(request, &POLICY, &format!("{PART}/$entity"), value, &path)
}

fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    only(request, &[])?;
    let mut row = find(request, tx, &tenant)?.clone();
    let written = body::read(request)?;
    policy::check(&written)?;
    row.written.extend(written);
    policy::complete(&row.written)?;
    row.modified = Some(tx.now());
    alone(tx, &tenant, &row)?;
    tx.policy.access.put(&key(&[&tenant, &row.id]), row);
    Ok(Reply::empty(204))
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    let id = find(request, tx, &tenant)?.id.clone();
    tx.policy.access.remove(&key(&[&tenant, &id]));
    Ok(Reply::empty(204))
}
