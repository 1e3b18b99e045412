//! `OData` of the lists and objects served here: which options a resource takes, filters, orders,
//! pages with an opaque token, and what is shown of an object. Source: graph reference §2, §3, §15.

mod answer;
mod filter;
mod kind;
mod order;
mod page;
mod query;
mod search;
mod select;
#[cfg(test)]
mod tests;

pub(super) use answer::{created, entity, entity_expanded, list as listed, list_expanded, number};
pub(super) use filter::Filter;
pub(super) use kind::{GROUP_USUAL, Kind, USER_USUAL};
pub(super) use page::{Wanted, expired, list, page, preferred};
pub(super) use select::{fragment, project, select};

use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;

/// Refuses an option of the query.
pub(super) fn unsupported(text: String) -> Refusal {
    Refusal::new(400, "Request_UnsupportedQuery", text)
}

/// Refuses options that the resource does not take.
pub(super) fn only(request: &Request, options: &[&str]) -> Result<(), Refusal> {
    let unknown = request.query.iter().map(|(name, _)| name).find(|name| {
        let known = |option: &&str| option.eq_ignore_ascii_case(name);
        name.starts_with('$') && !options.iter().any(known)
    });
    match unknown {
        None => Ok(()),
        Some(name) => Err(unsupported(format!(
            "The query option '{name}' is not supported for this resource."
        ))),
    }
}

/// Returns the address of a part of the metadata.
pub(super) fn context(request: &Request, part: &str) -> String {
    format!("{}/graph/v1.0/$metadata#{part}", request.origin)
}
