//! How Microsoft.Sql refuses. The reference names the code of a taken name (`AlreadyExists`, as the
//! check of a name says it) and that a login cannot be changed; the codes of wrong values, passwords
//! and states are chosen here.

use crate::sandbox::reply::Refusal;

/// Refuses the value of a field.
pub(super) fn value(field: &str, why: &str) -> Refusal {
    let text = format!("Invalid value given for parameter {field}. {why}");
    Refusal::new(400, "InvalidParameterValue", text).target(field)
}

/// Refuses a field that must be there.
pub(super) fn absent(field: &str) -> Refusal {
    value(field, "Specify a valid parameter value.")
}

/// Refuses a name.
pub(super) fn name(what: &str, name: &str, rule: &str) -> Refusal {
    let text = format!("'{name}' is not a valid name of a {what}: {rule}.");
    Refusal::new(400, "InvalidResourceName", text).target("name")
}

/// Refuses a server's name that somebody has.
pub(super) fn taken(name: &str) -> Refusal {
    let text = format!("The name '{name}' already exists. Choose a different name.");
    Refusal::new(409, "NameAlreadyExists", text)
}

/// Refuses what the present state does not allow.
pub(super) fn not_allowed(text: impl Into<String>) -> Refusal {
    Refusal::new(409, "OperationNotAllowed", text)
}

/// Refuses because something else is being done.
pub(super) fn busy(what: &str, name: &str) -> Refusal {
    let text = format!(
        "An operation is currently in progress for the {what} '{name}'. Wait for it to end before another is begun."
    );
    Refusal::new(409, "ConflictingServerOperation", text)
}

/// Refuses because what a field names is not there.
pub(super) fn unknown(field: &str, id: &str) -> Refusal {
    let text = format!("The resource '{id}' that is referenced by '{field}' was not found.");
    Refusal::new(404, "NotFound", text).target(field)
}
