//! How Microsoft.Compute refuses. The reference names the codes of a size that is not offered, of
//! quotas and of an attached disk, and `InvalidParameter` or `NotFound` for what is missing; it
//! names no code for a field that cannot be changed, an action at the wrong time and a network
//! interface in use, which are chosen here.

use crate::sandbox::arm::body::parameter;
use crate::sandbox::reply::Refusal;

/// Refuses because something else is being done with a resource.
pub(super) fn busy() -> Refusal {
    let text = "The request failed due to conflict with a concurrent request. To resolve it, please refer to https://aka.ms/activitylog to get more details on the conflicting requests.";
    Refusal::new(409, "Conflict", text)
}

/// Refuses what the present state does not allow.
pub(super) fn not_allowed(text: impl Into<String>) -> Refusal {
    Refusal::new(409, "OperationNotAllowed", text)
}

/// Refuses an action of a machine, and says why.
pub(super) fn action_not_allowed(action: &str, machine: &str, why: &str) -> Refusal {
    not_allowed(format!(
        "Operation '{action}' is not allowed on VM '{machine}' since the VM is {why}."
    ))
}

/// Refuses a change of a field that is as it was made.
pub(super) fn unchangeable(field: &str) -> Refusal {
    let text = format!("Changing property '{field}' is not allowed.");
    Refusal::new(409, "PropertyChangeNotAllowed", text).target(field)
}

/// Refuses a field that does not go with the others.
pub(super) fn needless(field: &str) -> Refusal {
    parameter(field, format!("Parameter '{field}' is not allowed."))
}

/// Refuses a field that must be there.
pub(super) fn absent(field: &str) -> Refusal {
    parameter(
        field,
        format!("Required parameter '{field}' is missing (null)."),
    )
}

/// Refuses because what a field names is not there.
pub(super) fn unknown(field: &str, id: &str) -> Refusal {
    let text = format!("The entity '{id}' that is referenced by '{field}' was not found.");
    Refusal::new(404, "NotFound", text).target(field)
}

/// Refuses a size that a region does not offer.
pub(super) fn no_capacity(id: &str, location: &str) -> Refusal {
    let text = format!(
        "The requested size for resource '{id}' is currently not available in location '{location}'. Please try another size or deploy to a different location or zones. See https://aka.ms/azureskunotavailable for details."
    );
    Refusal::new(409, "SkuNotAvailable", text)
}

/// What a quota is about, and how it stands.
pub(super) struct Quota<'a> {
    /// `Total Regional`, or a family of sizes.
    pub(super) name: &'a str,
    pub(super) location: &'a str,
    pub(super) limit: u32,
    pub(super) used: u32,
    pub(super) wanted: u32,
}

/// Refuses what is over a quota; all cores of a region and those of a family differ in the code.
pub(super) fn over_quota(quota: &Quota<'_>) -> Refusal {
    let Quota {
        name,
        location,
        limit,
        used,
        wanted,
    } = quota;
    let text = format!(
        "Operation could not be completed as it results in exceeding approved {name} Cores quota. Additional details - Deployment Model: Resource Manager, Location: {location}, Current Limit: {limit}, Current Usage: {used}, Additional Required: {wanted}, (Minimum) New Limit Required: {}.",
        used + wanted
    );
    let code = if *name == "Total Regional" {
        "OperationNotAllowed"
    } else {
        "QuotaExceeded"
    };
    Refusal::new(409, code, text)
}
