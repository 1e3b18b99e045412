//! Security defaults: whether a tenant has the simple protection that excludes policies of its own.

use serde_json::json;

use super::READ;
use crate::sandbox::entra::roles::SECURITY_ADMINISTRATOR;
use crate::sandbox::graph::access::{Rule, admit};
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::odata::{Kind, entity, only};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::Tx;

/// Who may switch them is unconfirmed.
const WRITE: Rule = Rule {
    scopes: &[
        "Policy.ReadWrite.SecurityDefaults",
        "Policy.ReadWrite.ConditionalAccess",
    ],
    apps: &[
        "Policy.ReadWrite.SecurityDefaults",
        "Policy.ReadWrite.ConditionalAccess",
    ],
    roles: &[SECURITY_ADMINISTRATOR],
    members: false,
};

const DEFAULTS: Kind = Kind {
    name: "IdentitySecurityDefaultsEnforcementPolicy",
    ..Kind::PLAIN
};

/// Tells whether they are on in a tenant.
pub(super) fn are_on(tx: &Tx<'_>, tenant: &str) -> bool {
    tx.policy.defaults.get(tenant).copied().unwrap_or_default()
}

pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let row = json!({
        "id": "00000000-0000-0000-0000-000000000005",
        "displayName": "Security Defaults",
        "description": "Security defaults protect a tenant that has no conditional access policies of its own.",
        "isEnabled": are_on(tx, &caller.tenant),
    });
    let part = "policies/identitySecurityDefaultsEnforcementPolicy/$entity";
    entity(request, &DEFAULTS, part, row)
}

pub(super) fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    only(request, &[])?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["@odata.type", "isEnabled"])?;
    let enabled = body.need_flag("isEnabled")?;
    let mut policies = tx.policy.access.under(&tenant);
    if enabled && policies.any(|(_, row)| super::policy::is_enabled(row)) {
        let text = "A Conditional Access policy is enabled in the tenant. You must disable it before enabling Security defaults.";
        return Err(bad(text));
    }
    drop(policies);
    tx.policy.defaults.put(&tenant, enabled);
    Ok(Reply::empty(204))
}
