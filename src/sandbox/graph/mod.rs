//! Microsoft Graph: its routes, one file per resource. Written from the reference alone; what is not
//! served answers 501.

mod access;
mod alerts;
mod apps;
mod audit;
mod batch;
#[cfg(test)]
mod bench;
mod body;
mod conditional_access;
mod contracts;
mod delta;
mod devices;
mod domains;
mod gdap;
pub(super) mod groups;
mod invitations;
pub(crate) mod lag;
mod licences;
mod mailbox;
mod managed_devices;
mod me;
pub(crate) mod meter;
mod methods;
mod objects;
mod odata;
mod organization;
mod people;
mod registration;
mod roles;
mod scores;
mod tenants;
#[cfg(test)]
mod tests;
pub(super) mod trail;
mod users;

use super::entra;
use super::partner::group_seats;
use super::route::Route;
use super::store::{PolicyDue, Tx, key};

/// Returns every route of Microsoft Graph.
pub(crate) fn routes() -> Vec<&'static [Route]> {
    let mut routes = vec![
        batch::ROUTES,
        delta::ROUTES,
        me::ROUTES,
        organization::ROUTES,
        gdap::ROUTES,
        contracts::ROUTES,
        tenants::ROUTES,
        domains::ROUTES,
        devices::ROUTES,
        managed_devices::ROUTES,
        audit::ROUTES,
        alerts::ROUTES,
        scores::ROUTES,
        conditional_access::ROUTES,
        objects::ROUTES,
        groups::ROUTES,
        roles::ROUTES,
        roles::MANAGEMENT,
        invitations::ROUTES,
        mailbox::ROUTES,
        methods::ROUTES,
        registration::ROUTES,
    ];
    routes.extend(groups::MORE);
    routes.extend(apps::ROUTES);
    routes.extend(users::ROUTES);
    routes.extend(licences::ROUTES);
    routes
}

/// Does what lay in the queue about domains, devices and licences of groups.
pub(crate) fn run_policy(tx: &mut Tx<'_>, due: PolicyDue) {
    match due {
        PolicyDue::RemoveDomain {
            tenant,
            domain,
            disable,
        } => entra::domains::remove_by_force(tx, &tenant, &domain, disable),
        PolicyDue::RemoveDevice(tenant, device) => {
            tx.policy.managed_devices.remove(&key(&[&tenant, &device]));
        }
        PolicyDue::LicenseMembers(tenant, group) => group_seats::process(tx, &tenant, &group),
    }
}
