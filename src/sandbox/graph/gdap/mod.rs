//! Granular delegated admin privileges (GDAP), as the partner works with them: delegated only, in its
//! own tenant, for admin agents. Approving is the customer's: see the admin center's page in `entra`.
//! Source: graph reference §12.

mod assignments;
mod body;
mod customers;
mod operations;
mod refusal;
mod relationships;
mod requests;
mod shown;
#[cfg(test)]
mod tests;

use super::access::{delegated, denied, missing};
use crate::sandbox::entra::gdap::{self, Related};
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::Tx;

/// Where the relationships are.
const ALL: &str = "/v1.0/tenantRelationships/delegatedAdminRelationships";
/// Their part of the metadata, and their path below the version.
const PART: &str = "tenantRelationships/delegatedAdminRelationships";

macro_rules! below {
    ($rest:literal) => {
        concat!(
            "/v1.0/tenantRelationships/delegatedAdminRelationships/{relationship}",
            $rest
        )
    };
}

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", ALL, relationships::list),
    Route::graph("POST", ALL, relationships::create),
    Route::graph("GET", below!(""), relationships::get),
    Route::graph("PATCH", below!(""), relationships::update),
    Route::graph("DELETE", below!(""), relationships::delete),
    Route::graph("GET", below!("/requests"), requests::list),
    Route::graph("POST", below!("/requests"), requests::create),
    Route::graph("GET", below!("/requests/{request}"), requests::get),
    Route::graph("GET", below!("/accessAssignments"), assignments::list),
    Route::graph("POST", below!("/accessAssignments"), assignments::create),
    Route::graph(
        "GET",
        below!("/accessAssignments/{assignment}"),
        assignments::get,
    ),
    Route::graph(
        "PATCH",
        below!("/accessAssignments/{assignment}"),
        assignments::update,
    ),
    Route::graph(
        "DELETE",
        below!("/accessAssignments/{assignment}"),
        assignments::delete,
    ),
    Route::graph("GET", below!("/operations"), operations::list),
    Route::graph("GET", below!("/operations/{operation}"), operations::get),
    Route::graph(
        "GET",
        "/v1.0/tenantRelationships/delegatedAdminCustomers",
        customers::list,
    ),
    Route::graph(
        "GET",
        "/v1.0/tenantRelationships/delegatedAdminCustomers/{customer}",
        customers::get,
    ),
    Route::graph(
        "GET",
        "/v1.0/tenantRelationships/delegatedAdminCustomers/{customer}/serviceManagementDetails",
        customers::services,
    ),
];

const READ: &[&str] = &[
    "DelegatedAdminRelationship.Read.All",
    "DelegatedAdminRelationship.ReadWrite.All",
];
const WRITE: &[&str] = &["DelegatedAdminRelationship.ReadWrite.All"];

/// The greatest `$top` of these lists.
const MOST: usize = 300;

/// Refuses everybody but admin agents of the partner.
fn admit(request: &Request, permissions: &[&str]) -> Result<(), Refusal> {
    let caller = delegated(request, permissions)?;
    if caller.tenant != HOME {
        return Err(denied());
    }
    if caller.roles.iter().any(|role| role == "AdminAgent") && caller.mfa {
        return Ok(());
    }
    Err(refusal::no_agent())
}

/// Finds the relationship of a path.
fn find(request: &Request, tx: &Tx<'_>) -> Result<Related, Refusal> {
    let id = request.param("relationship");
    gdap::find(tx, &id.to_lowercase()).ok_or_else(|| missing(id))
}

/// Returns the part of the metadata of something below a relationship.
fn part(relationship: &str, below: &str) -> String {
    format!("{PART}('{relationship}')/{below}")
}
