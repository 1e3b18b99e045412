//! What uses a domain, and removing one: only an unused one goes at once, by force any but the
//! default and the initial one.

use std::time::Duration;

use serde_json::Value;

use super::{READ, WRITE, find};
use crate::sandbox::entra::domains::{self, Known};
use crate::sandbox::graph::access::admit;
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::odata::only;
use crate::sandbox::graph::{apps, groups, objects};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Due, PolicyDue, Tx};

/// How long removing by force takes. The reference names no time.
const BY_FORCE: Duration = Duration::from_secs(120);

/// More objects than this are not renamed by force.
const MOST: usize = 1000;

/// Returns what uses a domain: users and groups whose names end in it, and applications with an
/// identifier of it.
fn used_by(tx: &Tx<'_>, tenant: &str, name: &str) -> Vec<Value> {
    let users = domains::users(tx, tenant, name);
    let users = users.iter().map(|user| objects::find(tx, tenant, &user.id));
    let groups = tx.directory.groups.under(tenant).map(|(_, group)| group);
    let groups = groups.filter(|group| group.deleted.is_none());
    let groups = groups.map(|group| groups::shown(tx, group)).filter(|row| {
        let mail = row["mail"].as_str().and_then(|mail| mail.rsplit_once('@'));
        mail.is_some_and(|(_, domain)| domain.eq_ignore_ascii_case(name))
    });
    let apps = apps::using(tx, tenant, name).map(|app| apps::shown(tx, app));
    users.flatten().chain(groups).chain(apps).collect()
}

pub(super) fn references(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let name = find(request, tx, &caller.tenant)?.domain.name;
    let rows = used_by(tx, &caller.tenant, &name);
    objects::list(request, "directoryObjects", rows)
}

/// Refuses to remove the domains that a tenant cannot do without.
fn removable(known: &Known) -> Result<(), Refusal> {
    let name = &known.domain.name;
    if known.initial {
        return Err(bad(format!(
            "The initial domain '{name}' cannot be deleted."
        )));
    }
    if known.domain.default {
        return Err(bad(format!(
            "The default domain '{name}' cannot be deleted."
        )));
    }
    Ok(())
}

pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    let known = find(request, tx, &tenant)?;
    removable(&known)?;
    let name = known.domain.name;
    if !used_by(tx, &tenant, &name).is_empty() {
        let text = format!("The domain '{name}' cannot be deleted: other objects refer to it.");
        return Err(bad(text));
    }
    domains::remove(tx, &tenant, &name);
    Ok(Reply::empty(204))
}

pub(super) fn by_force(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    only(request, &[])?;
    let known = find(request, tx, &tenant)?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["@odata.type", "disableUserAccounts"])?;
    let disable = body.flag("disableUserAccounts")?.unwrap_or(true);
    removable(&known)?;
    let name = known.domain.name;
    if used_by(tx, &tenant, &name).len() > MOST {
        let text = format!("More than {MOST} objects refer to the domain '{name}'.");
        return Err(bad(text));
    }
    if apps::using(tx, &tenant, &name).any(|app| app.multi_tenant) {
        let text = format!("An application of several tenants refers to the domain '{name}'.");
        return Err(bad(text));
    }
    let now = tx.now();
    if let Some(row) = domains::edit(tx, &tenant, &name) {
        row.leaving = Some(now);
    }
    let due = PolicyDue::RemoveDomain {
        tenant,
        domain: name,
        disable,
    };
    tx.later(BY_FORCE, Due::Policy(due));
    Ok(Reply::empty(204))
}
