//! Microsoft.Consumption: budgets and usage of subscriptions and groups. Source: arm reference §10.12.

mod body;
mod budgets;
mod usage;

#[cfg(test)]
mod tests;

pub(super) use budgets::write as write_budget;
pub(super) use usage::capped;

use super::access::{self, pass, version};
use super::group;
use super::id::Id;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::Tx;

/// The routes.
pub(super) const ROUTES: &[&[Route]] = &[budgets::ROUTES, usage::ROUTES];

/// Api-versions of budgets and usage.
pub(super) const VERSIONS: &[&str] = &["2019-10-01", "2021-10-01", "2023-05-01", "2024-08-01"];

/// Returns the scope of the path, if the caller may do `action` there: a subscription or a group.
/// Others (billing accounts, management groups) are not served.
fn admitted(request: &Request, tx: &Tx<'_>, action: &str) -> Result<Id, Refusal> {
    version(request, VERSIONS)?;
    let scope = access::scope(request)?;
    pass(
        request,
        tx,
        &scope,
        &format!("Microsoft.Consumption/{action}"),
    )?;
    if !scope.sections.is_empty() {
        let text = format!(
            "The scope '{}' is not supported: it is a subscription or a resource group.",
            scope.text()
        );
        return Err(Refusal::new(400, "InvalidScope", text));
    }
    match scope.group_key() {
        Some(key) if !tx.arm.groups.has(&key) => Err(group::missing(&scope)),
        _ => Ok(scope),
    }
}
