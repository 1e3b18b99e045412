//! What the description of a list says about its filter.

use crate::api::model::FilterField;
use crate::base::text::did_you_mean;

/// Words of [`FilterField::ops`] that are no comparison.
const JOINTS: [&str; 3] = ["and", "or", "not"];

/// Of more fields than these, a message tells the names alone.
const MANY: usize = 8;

/// Says what a list can do: `it can compare CompanyName (starts_with), Domain (starts_with)`.
pub(super) fn can(fields: &[FilterField]) -> String {
    let all: Vec<_> = fields.iter().map(one).collect();
    format!("it can compare {}", all.join(", "))
}

/// Says how one field can be compared: `CompanyName (starts_with)`.
pub(super) fn one(field: &FilterField) -> String {
    let ops = field.ops.iter().copied();
    let ops: Vec<_> = ops.filter(|op| !JOINTS.contains(op)).collect();
    format!("{} ({})", field.name, ops.join(", "))
}

/// Says that a list has no such field, what may have been meant, and what it can do.
pub(super) fn unknown(name: &str, fields: &[FilterField]) -> String {
    let near = did_you_mean(name, fields.iter().map(|field| field.name));
    let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    format!(
        "this list cannot be filtered by `{name}`; {near}{}",
        if fields.len() > MANY {
            names(fields)
        } else {
            can(fields)
        }
    )
}

/// Says by which fields a list can be filtered at all.
fn names(fields: &[FilterField]) -> String {
    let all: Vec<_> = fields.iter().map(|field| field.name).collect();
    format!("it can be by {}", all.join(", "))
}
