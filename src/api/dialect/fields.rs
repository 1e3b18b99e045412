//! What the description of a list says about its filter.

use crate::api::model::FilterField;
use crate::base::text::did_you_mean;

/// Words of [`FilterField::ops`] that are no comparison.
const JOINTS: [&str; 3] = ["and", "or", "not"];

/// Says what a list can do: `it can compare CompanyName (starts_with), Domain (starts_with)`.
pub(super) fn can(fields: &[FilterField]) -> String {
    let describe = |field: &FilterField| {
        let ops = field.ops.iter().copied();
        let ops: Vec<_> = ops.filter(|op| !JOINTS.contains(op)).collect();
        format!("{} ({})", field.name, ops.join(", "))
    };
    let all: Vec<_> = fields.iter().map(describe).collect();
    format!("it can compare {}", all.join(", "))
}

/// Says that a list has no such field, what may have been meant, and what it can do.
pub(super) fn unknown(name: &str, fields: &[FilterField]) -> String {
    let near = did_you_mean(name, fields.iter().map(|field| field.name));
    let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    format!(
        "this list cannot be filtered by `{name}`; {near}{}",
        can(fields)
    )
}
