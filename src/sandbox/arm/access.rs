//! What every call of Azure Resource Manager passes: the api-version, the subscription that the path
//! names, and whether the caller has a role on it. Source: arm reference §4, §12.

use crate::sandbox::derived;
use crate::sandbox::entra::{gdap, groups, roles};
use crate::sandbox::partner::scope;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Caller, Principal, Request};
use crate::sandbox::store::{Ending, Status, Subscription, Tx};
use serde_json::{Value, json};

use super::id::Id;

/// The product of an Azure plan.
const AZURE_PLAN: &str = "DZH318Z0BPS6:";

/// Refuses a call without an api-version that the resource has.
pub(super) fn version(request: &Request, supported: &[&str]) -> Result<(), Refusal> {
    match request.query("api-version") {
        None | Some("") => {
            let text =
                "The api-version query parameter (?api-version=) is required for all requests.";
            Err(Refusal::new(400, "MissingApiVersionParameter", text))
        }
        Some(version) if supported.contains(&version) => Ok(()),
        Some(version) => {
            let text = format!(
                "The api-version '{version}' is invalid. The supported versions are '{}'.",
                supported.join(",")
            );
            Err(Refusal::new(400, "InvalidApiVersionParameter", text))
        }
    }
}

/// Refuses a call of a type without an api-version that the type has. Source: arm reference §4, §9.
pub(super) fn version_of(request: &Request, kind: &str, supported: &[&str]) -> Result<(), Refusal> {
    match request.query("api-version") {
        Some(version) if !version.is_empty() && !supported.contains(&version) => {
            let text = format!(
                "No registered resource provider found for location '' and API version '{version}' for type '{kind}'. The supported api-versions are '{}'. The supported locations are ''.",
                supported.join(", ")
            );
            Err(Refusal::new(400, "NoRegisteredProviderFound", text))
        }
        _ => version(request, supported),
    }
}

/// Refuses a path that names nothing: it is routed to Azure Resource Manager itself, which has no
/// such version.
pub(super) fn misrouted(request: &Request) -> Refusal {
    match version(request, &[]) {
        Err(refusal) => refusal,
        Ok(()) => Refusal::new(404, "NotFound", "The path names nothing."),
    }
}

/// Returns the subscription of what an id names, if the caller may do `action` there now.
pub(super) fn pass(
    request: &Request,
    tx: &Tx<'_>,
    id: &Id,
    action: &str,
) -> Result<Azure, Refusal> {
    let subscription = id.subscription.clone().unwrap_or_default();
    enter(request, tx, &subscription, action)
}

/// Forgets what hung on something that is gone: nothing does yet.
pub(super) fn forget_below(_tx: &mut Tx<'_>, _key: &str) {}

/// Returns the error of an operation that a control lets fail.
pub(super) fn told_error(ending: &Ending) -> Value {
    let plain = json!({ "code": "InternalOperationError", "message": "An internal operation error occurred." });
    ending.error.clone().unwrap_or(plain)
}

/// The Azure subscription that an Azure plan has.
#[derive(Debug, Clone)]
pub(super) struct Azure {
    pub(super) id: String,
    pub(super) tenant: String,
    pub(super) plan: Subscription,
}

impl Azure {
    fn of(plan: &Subscription) -> Option<Self> {
        let shown = plan.offer.starts_with(AZURE_PLAN) && plan.status != Status::Deleted;
        shown.then(|| Self {
            id: derived::guid(&["azure", &plan.id]),
            tenant: plan.customer.clone(),
            plan: plan.clone(),
        })
    }

    /// Returns its path.
    pub(super) fn path(&self) -> String {
        format!("/subscriptions/{}", self.id)
    }
}

/// Returns the subscriptions of a tenant.
pub(super) fn subscriptions(tx: &Tx<'_>, tenant: &str) -> Vec<Azure> {
    let plans = scope::rows::<Subscription>(tx, tenant);
    plans.iter().filter_map(Azure::of).collect()
}

/// Tells whether the caller has a role on the subscriptions of its token's tenant: the partner's
/// admin agents own what the partner sells. Nobody else has been given any.
pub(super) fn owns(tx: &Tx<'_>, caller: &Caller) -> bool {
    if caller.principal == Principal::App {
        return false;
    }
    let staff = gdap::partner_user(tx, &caller.tenant, &caller.object);
    staff.is_some_and(|staff| groups::is_admin_agent(tx, &staff.id))
}

/// Returns the subscription of the path, if the caller may do `action` on it.
pub(super) fn subscription(request: &Request, tx: &Tx<'_>, action: &str) -> Result<Azure, Refusal> {
    enter(request, tx, request.param("subscription"), action)
}

fn enter(request: &Request, tx: &Tx<'_>, id: &str, action: &str) -> Result<Azure, Refusal> {
    let caller = request.caller()?;
    let id = id.to_lowercase();
    let plans = tx.partner.subscriptions.iter();
    let found = plans
        .filter_map(|(_, plan)| Azure::of(plan))
        .find(|azure| azure.id == id);
    let Some(azure) = found else {
        let text = format!("The subscription '{id}' could not be found.");
        return Err(Refusal::new(404, "SubscriptionNotFound", text));
    };
    if azure.tenant != caller.tenant {
        return Err(other_tenant(&azure.tenant, &caller.tenant));
    }
    if !owns(tx, caller) {
        let text = format!(
            "The client '{}' with object id '{}' does not have authorization to perform action '{action}' over scope '{}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
            if caller.upn.is_empty() {
                &caller.app
            } else {
                &caller.upn
            },
            caller.object,
            azure.path()
        );
        return Err(Refusal::new(403, "AuthorizationFailed", text));
    }
    Ok(azure)
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

/// The full id of the role that the admin agents have.
pub(super) fn owner(azure: &Azure) -> String {
    format!(
        "{}/providers/Microsoft.Authorization/roleDefinitions/{}",
        azure.path(),
        roles::AZURE_OWNER
    )
}
