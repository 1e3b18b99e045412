//! The page where a customer's administrator answers a GDAP relationship, under the path of the
//! admin center's. There, the id stands behind `#`, which no server sees: the first page sends the
//! browser on. Source: graph reference §12, approval link.

use super::directory::roles_in;
use super::form::Form;
use super::gdap;
use super::page;
use super::roles::{GLOBAL_ADMINISTRATOR, title};
use super::seed::HOME;
use super::sign_in::Login;
use super::tenants;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Relationship, RelationshipStatus, RequestAction, Tx, World};

/// The admin center, as the log of sign-ins names it (unconfirmed).
const PORTAL: (&str, &str) = (
    "00000006-0000-0ff1-ce00-000000000000",
    "Microsoft Office 365 Portal",
);

const PAGE: &str =
    "/AdminPortal/Home/partners/invitation/granularAdminRelationships/{relationship}";

pub(super) const ROUTES: &[Route] = &[
    Route::login("GET", "/AdminPortal/Home", home),
    Route::login("GET", PAGE, ask),
    Route::login("POST", PAGE, decide),
];

fn home(_: &Request, _: &mut Tx<'_>) -> Outcome {
    Ok(page::follow_fragment())
}

fn ask(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    Ok(match find(request, tx) {
        Ok(row) => show(request, tx, &row, None),
        Err(nothing) => nothing.page(),
    })
}

/// Why there is nothing to answer.
struct Nothing {
    status: u16,
    text: String,
}

impl Nothing {
    fn page(&self) -> Reply {
        page::message(self.status, "Nothing to approve", &self.text)
    }
}

/// Finds the relationship of a path, if it waits for an answer.
fn find(request: &Request, world: &Tx<'_>) -> Result<Relationship, Nothing> {
    let id = request.param("relationship").to_lowercase();
    let Some(related) = gdap::find(world, &id) else {
        return Err(Nothing {
            status: 404,
            text: format!("There is no relationship {id}."),
        });
    };
    let row = related.relationship;
    if row.status_at(world.now()) == RelationshipStatus::ApprovalPending {
        return Ok(row);
    }
    let status = serde_json::json!(row.status_at(world.now()));
    let text = format!(
        "The relationship {} does not wait for approval: its status is {}.",
        row.name,
        status.as_str().unwrap_or_default()
    );
    Err(Nothing { status: 409, text })
}

fn show(request: &Request, world: &World, row: &Relationship, problem: Option<&str>) -> Reply {
    let name = |tenant: &str| tenants::find(world, tenant).map(|tenant| tenant.name);
    let named: Vec<&str> = row
        .roles
        .iter()
        .map(|role| title(role).unwrap_or(role))
        .collect();
    page::approval(&page::Approval {
        action: &request.path,
        name: &row.name,
        partner: &name(HOME).unwrap_or_default(),
        customer: &name(&row.customer).unwrap_or_else(|| "your organization".to_owned()),
        days: row.days,
        roles: &named,
        problem,
    })
}

fn decide(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let row = match find(request, tx) {
        Ok(row) => row,
        Err(nothing) => return Ok(nothing.page()),
    };
    let Some(login) = Login::read(&Form::read(request)) else {
        return Ok(show(request, tx, &row, None));
    };
    let customer = match administrator(tx, &row, &login) {
        Ok(customer) => customer,
        Err(problem) => return Ok(show(request, tx, &row, Some(&problem))),
    };
    let (action, title, text) = if login.accepts {
        (
            RequestAction::Approve,
            "Approved",
            "The partner can give the roles to its groups in a moment.",
        )
    } else {
        (
            RequestAction::Reject,
            "Rejected",
            "The partner gets no access.",
        )
    };
    Ok(match gdap::answer(tx, &row.id, &customer, action) {
        Ok(_) => page::message(200, title, text),
        Err(_) => show(request, tx, &row, None),
    })
}

/// Signs the customer's administrator in; returns the tenant, or what is wrong.
fn administrator(tx: &mut Tx<'_>, row: &Relationship, login: &Login) -> Result<String, String> {
    let tenant = Some(row.customer.as_str()).filter(|tenant| !tenant.is_empty());
    let (user, _) = login
        .check(tx, tenant, PORTAL)
        .map_err(|refusal| format!("AADSTS{}: {}", refusal.code, refusal.text))?;
    let is_customers = tenant.is_none_or(|tenant| tenant == user.tenant) && user.tenant != HOME;
    let roles = roles_in(tx, &user, &user.tenant);
    if is_customers && roles.iter().any(|role| role == GLOBAL_ADMINISTRATOR) {
        return Ok(user.tenant);
    }
    Err("Only a Global Administrator of the customer can approve this.".to_owned())
}
