//! Customers' tenants as the directory service sees them: other services make and remove them. The
//! tenants and consents of customers by number are made when they are looked at.

use super::scope::{GRAPH, known};
use super::seed::{CLIENT, CONSENTED, GRAPH_ROLES};
use super::{domains, gdap, groups, roles};
use crate::sandbox::seed::{id_of, numbered};
use crate::sandbox::store::{Consent, PrincipalSettings, Tenant, Tx, World, key};

/// The application permissions that are consented.
const ROLES: [(&str, &[&str]); 1] = [(GRAPH, GRAPH_ROLES)];

/// Finds a tenant by its id or one of its verified domains, in lower case.
pub(crate) fn find(world: &World, name: &str) -> Option<Tenant> {
    let known = world.entra.tenants.get(name).or_else(|| {
        let mut tenants = world.entra.tenants.iter().map(|(_, tenant)| tenant);
        tenants.find(|tenant| tenant.domains.iter().any(|domain| domain == name))
    });
    known.cloned().or_else(|| {
        let customer = numbered::find(world, name)?;
        Some(Tenant {
            domains: vec![customer.domain],
            name: customer.billing.company_name,
            id: customer.id,
        })
    })
}

/// Makes a customer's tenant. Nobody but its own users reaches it yet.
pub(crate) fn add_tenant(tx: &mut Tx<'_>, id: &str, name: &str, domains: &[&str]) {
    let tenant = Tenant {
        id: id.to_lowercase(),
        name: name.to_owned(),
        domains: domains.iter().map(|domain| domain.to_lowercase()).collect(),
    };
    tx.entra.tenants.put(id, tenant);
}

/// Returns the consent that an application has in a tenant.
pub(crate) fn consent_of(world: &World, tenant: &str, app: &str) -> Option<Consent> {
    if app == CLIENT && numbered::since(world, tenant).is_some() {
        return Some(whole(id_of(tenant, 6, 1)));
    }
    world.entra.consents.get(&key(&[tenant, app])).cloned()
}

/// Returns the consents of a tenant, each with its application.
pub(crate) fn consents(world: &World, tenant: &str) -> Vec<(String, Consent)> {
    if let Some(consent) = numbered::since(world, tenant).and(consent_of(world, tenant, CLIENT)) {
        return vec![(CLIENT.to_owned(), consent)];
    }
    let app = |key: &str| key.rsplit('/').next().unwrap_or_default().to_owned();
    let rows = world.entra.consents.under(tenant);
    rows.map(|(key, consent)| (app(key), consent.clone()))
        .collect()
}

/// Returns the consent of an application, or one to nothing yet with a principal of its own.
pub(crate) fn consent_or_new(tx: &mut Tx<'_>, tenant: &str, app: &str) -> Consent {
    consent_of(tx, tenant, app).unwrap_or_else(|| Consent {
        principal: tx.guid(),
        scopes: Vec::new(),
        roles: Vec::new(),
        set: PrincipalSettings::default(),
        created: Some(tx.now()),
    })
}

/// Consents to the partner's application in a tenant.
pub(crate) fn consent(tx: &mut Tx<'_>, tenant: &str) {
    let consent = whole(tx.guid());
    tx.entra.consents.put(&key(&[tenant, CLIENT]), consent);
}

/// Returns the service of an application id or App ID URI, as consents name it.
pub(crate) fn service(name: &str) -> Option<&'static str> {
    known(name)
}

/// Consents to delegated permissions of an application for everybody in a tenant. Refuses, without
/// a change, when one of the services has been consented before.
pub(crate) fn grant(
    tx: &mut Tx<'_>,
    tenant: &str,
    app: &str,
    scopes: Vec<(String, Vec<String>)>,
) -> bool {
    let mut consent = consent_or_new(tx, tenant, app);
    for (service, permissions) in scopes {
        if consent.scopes.iter().any(|(known, _)| *known == service) {
            return false;
        }
        consent.scopes.push((service, permissions));
    }
    tx.entra.consents.put(&key(&[tenant, app]), consent);
    true
}

/// Takes the consent of an application in a tenant away; false if it had none.
pub(crate) fn withdraw(tx: &mut Tx<'_>, tenant: &str, app: &str) -> bool {
    tx.entra.consents.remove(&key(&[tenant, app])).is_some()
}

/// Puts the tenant of a customer by number into the tables, with all that belongs to it.
pub(crate) fn keep(tx: &mut Tx<'_>, id: &str) {
    let (Some(tenant), Some(since)) = (find(tx, id), numbered::since(tx, id)) else {
        return;
    };
    if let Some(consent) = consent_of(tx, id, CLIENT) {
        tx.entra.consents.put(&key(&[id, CLIENT]), consent);
    }
    roles::keep(tx, id);
    gdap::seed(tx, id, since);
    tx.entra.tenants.put(id, tenant);
}

/// Returns a consent to everything that the partner's application wants.
fn whole(principal: String) -> Consent {
    let owned = |(resource, permissions): &(&str, &[&str])| {
        let permissions = permissions.iter().map(|one| (*one).to_owned()).collect();
        ((*resource).to_owned(), permissions)
    };
    Consent {
        principal,
        scopes: CONSENTED.iter().map(owned).collect(),
        roles: ROLES.iter().map(owned).collect(),
        set: PrincipalSettings::default(),
        created: None,
    }
}

/// Removes a tenant with everything that names it.
pub(crate) fn remove_tenant(tx: &mut Tx<'_>, id: &str) {
    gdap::remove(tx, id);
    domains::forget(tx, id);
    roles::remove(tx, id);
    groups::remove(tx, id);
    tx.entra.tenants.remove(id);
    let consents: Vec<String> = tx
        .entra
        .consents
        .under(id)
        .map(|(key, _)| key.to_owned())
        .collect();
    for key in consents {
        tx.entra.consents.remove(&key);
    }
}
