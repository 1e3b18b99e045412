//! Microsoft Graph: its routes, one file per resource. Written from the reference alone; what is not
//! served answers 501.

mod access;
mod batch;
mod body;
mod me;
pub(crate) mod meter;
mod odata;
mod organization;
mod relationships;
#[cfg(test)]
mod tests;

use super::route::Route;

/// Returns every route of Microsoft Graph.
pub(crate) fn routes() -> Vec<&'static [Route]> {
    vec![
        batch::ROUTES,
        me::ROUTES,
        organization::ROUTES,
        relationships::ROUTES,
    ]
}
