//! Customers' tenants as the directory service sees them: other services make and remove them.

use super::seed::{CLIENT, CONSENTED};
use crate::sandbox::store::{Consent, Relationship, Tenant, Tx, key};

/// Makes a customer's tenant, which the partner reaches through an active relationship.
pub(crate) fn add_tenant(tx: &mut Tx<'_>, id: &str, name: &str, domains: &[&str]) {
    let tenant = Tenant {
        id: id.to_lowercase(),
        name: name.to_owned(),
        domains: domains.iter().map(|domain| domain.to_lowercase()).collect(),
    };
    tx.entra.tenants.put(id, tenant);
    tx.entra
        .relationships
        .put(id, Relationship { active: true });
}

/// Consents to the partner's application in a tenant.
pub(crate) fn consent(tx: &mut Tx<'_>, tenant: &str) {
    let owned = |(resource, permissions): &(&str, &[&str])| {
        let permissions = permissions.iter().map(|one| (*one).to_owned()).collect();
        ((*resource).to_owned(), permissions)
    };
    let consent = Consent {
        principal: tx.guid(),
        scopes: CONSENTED.iter().map(owned).collect(),
        roles: [(
            "https://graph.microsoft.com",
            ["Directory.Read.All"].as_slice(),
        )]
        .iter()
        .map(owned)
        .collect(),
    };
    tx.entra.consents.put(&key(&[tenant, CLIENT]), consent);
}

/// Removes a tenant with everything that names it.
pub(crate) fn remove_tenant(tx: &mut Tx<'_>, id: &str) {
    tx.entra.tenants.remove(id);
    tx.entra.relationships.remove(id);
    tx.entra.consents.remove(&key(&[id, CLIENT]));
}
