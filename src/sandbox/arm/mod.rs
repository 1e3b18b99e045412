//! Azure Resource Manager: its routes, one file per resource. Written from the reference alone; what
//! is not served answers 501.

mod access;
mod role_assignments;
mod subscriptions;
#[cfg(test)]
mod tests;

use super::route::Route;

/// Returns every route of Azure Resource Manager.
pub(crate) fn routes() -> Vec<&'static [Route]> {
    vec![subscriptions::ROUTES, role_assignments::ROUTES]
}
