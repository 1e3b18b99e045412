//! Azure Resource Manager: its routes, one folder per resource provider. Written from the reference
//! alone; what is not served answers 501.
//!
//! `id` names things, `kind` is what a provider says about a type, `resource` and `calls` are the way
//! that all of them go, `operation` is what takes its time, `access` is who may do what.

mod access;
mod body;
mod calls;
mod compute;
mod consumption;
mod deployments;
mod export;
mod features;
mod generic;
mod group;
mod id;
mod kind;
mod locations;
mod locks;
mod metadata;
mod meter;
mod moving;
mod network;
mod operation;
mod page;
mod password;
mod providers;
mod recovery;
mod resource;
mod roles;
mod seed;
mod shape;
mod sql;
mod storage;
mod subscription_changes;
mod subscriptions;
mod tags;
mod template;
mod tenants;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub(super) use metadata::PATH as METADATA;
pub(super) use meter::count;
pub(super) use recovery::{Era, Registration, TROUBLES, register_agent};
pub(super) use seed::fill;
pub(super) use shape::{astray, misshapen, takes_all};
pub(super) use subscriptions::begin;

use super::route::Route;
use super::store::{ArmDue, Tx};

/// The types of all resource providers.
const KINDS: &[&[&dyn kind::Kind]] = &[
    compute::KINDS,
    network::KINDS,
    recovery::KINDS,
    sql::KINDS,
    storage::KINDS,
];

/// Returns every route of Azure Resource Manager.
pub(crate) fn routes() -> Vec<&'static [Route]> {
    let mut routes = vec![
        metadata::ROUTES,
        tenants::ROUTES,
        subscriptions::ROUTES,
        subscription_changes::ROUTES,
        locations::ROUTES,
        providers::ROUTES,
        features::ROUTES,
        locks::ROUTES,
        tags::ROUTES,
        group::ROUTES,
        operation::ROUTES,
        moving::ROUTES,
        export::ROUTES,
    ];
    routes.extend(roles::ROUTES);
    routes.extend(consumption::ROUTES);
    routes.extend(generic::ROUTES);
    routes.extend(compute::ROUTES);
    routes.extend(network::ROUTES);
    routes.extend(storage::ROUTES);
    routes.extend(sql::ROUTES);
    routes.extend(recovery::routes());
    routes.extend(deployments::ROUTES);
    routes
}

/// Does what lay in the queue, as of its time.
pub(crate) fn run_due(tx: &mut Tx<'_>, due: ArmDue) {
    tx.in_time(|tx| match due {
        ArmDue::Finish(id) => operation::finish(tx, &id),
        ArmDue::Forget(id) => drop(tx.arm.operations.remove(&id)),
        ArmDue::Register(key, from, to) => providers::settle(tx, &key, &from, &to),
        ArmDue::Deploy(key) => deployments::go_on(tx, &key),
        ArmDue::Recovery(due) => recovery::run_due(tx, &due),
    });
}
