//! The api-version of a call. Source: arm reference §4, §9.

use crate::sandbox::arm::group::VERSIONS;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;

/// Refuses a call without an api-version that the resource has.
pub(in crate::sandbox::arm) fn version(
    request: &Request,
    supported: &[&str],
) -> Result<(), Refusal> {
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

/// Refuses a call of a type without an api-version that the type has.
pub(in crate::sandbox::arm) fn version_of(
    request: &Request,
    kind: &str,
    supported: &[&str],
) -> Result<(), Refusal> {
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

/// Refuses a path that names nothing: it is routed to Azure Resource Manager itself, which serves
/// nothing there in any version.
pub(in crate::sandbox::arm) fn misrouted(request: &Request) -> Refusal {
    let given = request.query("api-version").unwrap_or_default();
    let others: Vec<&str> = VERSIONS
        .iter()
        .copied()
        .filter(|known| *known != given)
        .collect();
    match version(request, &others) {
        Err(refusal) => refusal,
        Ok(()) => Refusal::new(404, "NotFound", "The path names nothing."),
    }
}
