//! What every call about what a vault says itself passes: its version, the caller's rights, a vault
//! that is there and stays. Source: recovery reference §4, §10.

use crate::sandbox::arm::recovery::calls::place;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::arm::{access, calls};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Resource, Tx};

/// Returns the vault of the path, whose caller may do `right` (`read`, `write`) to what hangs on it
/// and is called `what`: `usages`, `certificates`.
pub(in crate::sandbox::arm::recovery) fn enter(
    request: &Request,
    tx: &Tx<'_>,
    versions: &[&str],
    (what, right): (&str, &str),
) -> Result<Resource, Refusal> {
    let kind = format!("Microsoft.RecoveryServices/vaults/{what}");
    access::version_of(request, &kind, versions)?;
    let (id, _) = place(request)?;
    access::pass(request, tx, &id, &format!("{kind}/{right}"))?;
    let vault = calls::found(tx, &object::vault(&id))?;
    if right != "read" {
        not_going(&vault)?;
    }
    Ok(vault)
}

/// Refuses to change a vault that is being deleted. The reference names no code.
pub(in crate::sandbox::arm::recovery) fn not_going(vault: &Resource) -> Result<(), Refusal> {
    if vault.state != "Deleting" {
        return Ok(());
    }
    let text = format!("The vault '{}' is being deleted.", vault.name);
    Err(Refusal::new(409, "Conflict", text))
}
