//! How Azure Backup refuses. Source: recovery reference §3: it uses names as codes; which ones for
//! which refusal is not confirmed, so those chosen stand here alone.

use crate::sandbox::reply::Refusal;
use crate::sandbox::store::BackupFault;

/// Refuses the value of a field.
pub(super) fn input(field: &str, text: impl Into<String>) -> Refusal {
    Refusal::new(400, "BMSUserErrorInvalidInput", text).target(field)
}

/// Refuses a value that is none of a closed set; casing does not count, and the set's is kept.
pub(super) fn one_of(
    field: &str,
    given: &str,
    known: &[&'static str],
) -> Result<&'static str, Refusal> {
    let found = known.iter().find(|known| known.eq_ignore_ascii_case(given));
    found.copied().ok_or_else(|| {
        let text = format!(
            "The value '{given}' of '{field}' is not known. Known are: {}.",
            known.join(", ")
        );
        input(field, text)
    })
}

/// Refuses what Azure Backup takes and this sandbox does not.
pub(super) fn unserved(what: &str) -> Refusal {
    let text = format!("This sandbox backs up virtual machines of today only, not {what}.");
    Refusal::new(501, "NotImplemented", text)
}

/// Refuses an action that the state of a thing does not allow, and says which it does.
pub(super) fn not_allowed(what: &str, action: &str, why: &str, allowed: &[&str]) -> Refusal {
    let allowed = match allowed {
        [] => "none".to_owned(),
        some => some.join(", "),
    };
    let text = format!(
        "The operation '{action}' is not allowed on '{what}': {why}. Operations allowed now: {allowed}."
    );
    Refusal::new(409, "BMSUserErrorOperationNotAllowed", text)
}

/// Refuses what something else still uses.
pub(super) fn in_use(text: impl Into<String>) -> Refusal {
    Refusal::new(409, "BMSUserErrorObjectInUse", text)
}

/// Refuses a machine that is not there.
pub(super) fn no_machine(id: &str) -> Refusal {
    let text = format!("The virtual machine '{id}' was not found.");
    Refusal::new(404, "UserErrorVmNotFound", text)
}

/// Writes why a job fails.
pub(super) fn fault(code: i64, title: &str, text: String, advice: &str) -> BackupFault {
    BackupFault {
        code,
        title: title.to_owned(),
        text,
        advice: vec![advice.to_owned()],
    }
}
