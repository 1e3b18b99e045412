//! What every call of Azure Resource Manager passes, in this order: the subscription exists and is
//! the tenant's of the token, the caller has a role that allows the action there, and nothing closes
//! what is to be changed. Source: arm reference §4, §8, §12; the order is this sandbox's choice.

mod closed;
mod linked;
mod rights;
mod version;
mod view;

pub(super) use linked::linked;
pub(super) use rights::{Who, covers};
pub(super) use version::{misrouted, version, version_of};
pub(super) use view::View;

use serde_json::{Value, json};

use super::id::Id;
use super::{calls, group};
use crate::sandbox::derived;
use crate::sandbox::partner::scope;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Caller, Request};
use crate::sandbox::store::{AzureSubscription, Ending, Status, Subscription, Tx, World};

/// The product of an Azure plan.
const AZURE_PLAN: &str = "DZH318Z0BPS6:";

/// The Azure subscription that an Azure plan has.
#[derive(Debug, Clone)]
pub(super) struct Azure {
    pub(super) id: String,
    pub(super) tenant: String,
    pub(super) plan: Subscription,
    row: AzureSubscription,
}

impl Azure {
    /// Joins a subscription with its plan; one whose plan is gone is gone, too.
    fn of(world: &World, row: &AzureSubscription) -> Option<Self> {
        let plan = scope::row::<Subscription>(world, &row.tenant, &row.plan)?;
        (plan.status != Status::Deleted).then(|| Self {
            id: row.id.clone(),
            tenant: row.tenant.clone(),
            plan,
            row: row.clone(),
        })
    }

    /// Returns its path.
    pub(super) fn path(&self) -> String {
        format!("/subscriptions/{}", self.id)
    }

    /// Returns its name.
    pub(super) fn name(&self) -> &str {
        self.row.name.as_deref().unwrap_or(&self.plan.friendly_name)
    }

    /// Returns its row.
    pub(super) fn row(&self) -> &AzureSubscription {
        &self.row
    }

    /// Tells whether it can be changed: its plan is active, and it was not cancelled.
    pub(super) fn is_enabled(&self) -> bool {
        self.plan.status == Status::Active && !self.row.canceled
    }
}

/// Tells whether what was bought is an Azure plan.
pub(super) fn is_azure_plan(plan: &Subscription) -> bool {
    plan.offer.starts_with(AZURE_PLAN)
}

/// Returns the id of the subscription that an Azure plan has.
pub(super) fn id_of(plan: &Subscription) -> String {
    derived::guid(&["azure", &plan.id])
}

/// Returns the subscriptions of a tenant.
pub(super) fn subscriptions(world: &World, tenant: &str) -> Vec<Azure> {
    let rows = world.arm.subscriptions.iter().map(|(_, row)| row);
    rows.filter(|row| row.tenant == tenant)
        .filter_map(|row| Azure::of(world, row))
        .collect()
}

/// Returns the subscription of what an id names, if the caller may do `action` there now.
pub(super) fn pass(
    request: &Request,
    tx: &Tx<'_>,
    id: &Id,
    action: &str,
) -> Result<Azure, Refusal> {
    admit(request.caller()?, tx, id, action)
}

/// Returns the subscription of what an id names, if the caller may do `action` there now: for what
/// is done in a caller's name without a request of its own, such as a deployment's resources.
pub(super) fn admit(caller: &Caller, tx: &Tx<'_>, id: &Id, action: &str) -> Result<Azure, Refusal> {
    let Some(subscription) = &id.subscription else {
        // Nobody has been given anything above the subscriptions.
        return Err(refused(caller, action, &id.text()));
    };
    let azure = enter(tx, caller, subscription)?;
    if !Who::of(tx, caller).may(tx, id, action) {
        return Err(refused(caller, action, &id.text()));
    }
    closed::open(tx, &azure, id, action)?;
    Ok(azure)
}

/// Returns the subscription of the path, if the caller may do `action` on it.
pub(super) fn subscription(request: &Request, tx: &Tx<'_>, action: &str) -> Result<Azure, Refusal> {
    let id = Id::of_subscription(request.param("subscription"));
    pass(request, tx, &id, action)
}

/// Returns a subscription of the token's tenant, whatever the caller may do there.
pub(super) fn enter(tx: &Tx<'_>, caller: &Caller, id: &str) -> Result<Azure, Refusal> {
    let row = tx.arm.subscriptions.get(id);
    let Some(azure) = row.and_then(|row| Azure::of(tx, row)) else {
        let text = format!("The subscription '{id}' could not be found.");
        return Err(Refusal::new(404, "SubscriptionNotFound", text));
    };
    if azure.tenant != caller.tenant {
        return Err(other_tenant(&azure.tenant, &caller.tenant));
    }
    Ok(azure)
}

/// Refuses a caller without a role.
pub(super) fn refused(caller: &Caller, action: &str, scope: &str) -> Refusal {
    let client = match caller.upn.as_str() {
        "" => &caller.app,
        upn => upn,
    };
    let text = format!(
        "The client '{client}' with object id '{}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
        caller.object,
    );
    Refusal::new(403, "AuthorizationFailed", text)
}

fn other_tenant(wanted: &str, given: &str) -> Refusal {
    let text = format!(
        "The access token is from the wrong issuer 'https://sts.windows.net/{given}/'. It must match the tenant 'https://sts.windows.net/{wanted}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/{wanted}' to get the token."
    );
    let challenge = format!(
        "Bearer authorization_uri=\"https://login.windows.net/{wanted}\", error=\"invalid_token\", error_description=\"The access token is from the wrong issuer.\""
    );
    Refusal::new(401, "InvalidAuthenticationTokenTenant", text)
        .header("www-authenticate", &challenge)
}

/// Returns what `{*scope}` of the path names, or its `{subscription}`.
pub(super) fn scope(request: &Request) -> Result<Id, Refusal> {
    let subscription = request.param("subscription");
    if !subscription.is_empty() {
        return Ok(Id::of_subscription(subscription));
    }
    Id::parse(request.param("scope")).ok_or_else(|| misrouted(request))
}

/// Refuses a scope that is not there: a group or a resource.
pub(super) fn exists(tx: &Tx<'_>, id: &Id) -> Result<(), Refusal> {
    match id.group_key() {
        Some(key) if !tx.arm.groups.has(&key) => Err(group::missing(id)),
        _ if id.sections.is_empty() => Ok(()),
        _ => calls::found(tx, id).map(drop),
    }
}

/// Forgets what hung on something that is gone: roles, locks, budgets.
pub(super) fn forget_below(tx: &mut Tx<'_>, key: &str) {
    macro_rules! clear {
        ($($table:ident)*) => {
            $(let keys = tx.arm.$table.under(key);
            let keys: Vec<String> = keys.map(|(key, _)| key.to_owned()).collect();
            for key in keys {
                tx.arm.$table.remove(&key);
            })*
        };
    }
    clear!(roles locks budgets);
}

/// Returns the error of an operation that a control lets fail.
pub(super) fn told_error(ending: &Ending) -> Value {
    let plain = json!({ "code": "InternalOperationError", "message": "An internal operation error occurred." });
    ending.error.clone().unwrap_or(plain)
}
