//! Deployments are read: one, all of a place, their templates.

use serde_json::json;

use super::{asked, found, scope, shown};
use crate::sandbox::arm::page;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Deployment, Tx};

/// Lists the deployments to a group or a subscription, the latest first.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    asked(request, tx, "read")?;
    let wanted = request.query("$filter").map(state).transpose()?;
    let scope = scope(request);
    let fits = |row: &&Deployment| {
        let state = format!("{:?}", row.state);
        row.group.is_some() == scope.group.is_some()
            && wanted
                .as_ref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(&state))
    };
    let below = tx.arm.deployments.under(&scope.key());
    let mut rows: Vec<&Deployment> = below.map(|(_, row)| row).filter(fits).collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.started, row.changed)));
    let shown = rows.into_iter().map(|row| shown::deployment(tx, row));
    page::list(request, shown.collect())
}

/// Reads `provisioningState eq 'Failed'`.
fn state(filter: &str) -> Result<String, Refusal> {
    let words: Vec<&str> = filter.split_whitespace().collect();
    let state = match words[..] {
        [field, operator, value]
            if field.eq_ignore_ascii_case("provisioningState")
                && operator.eq_ignore_ascii_case("eq") =>
        {
            value
                .strip_prefix('\'')
                .and_then(|value| value.strip_suffix('\''))
        }
        _ => None,
    };
    state.map(str::to_owned).ok_or_else(|| {
        let text = format!("The filter '{filter}' is not supported.");
        Refusal::new(400, "InvalidFilterInQueryString", text)
    })
}

/// Reads a deployment.
pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (_, row) = found(request, tx, "read")?;
    Ok(Reply::ok(shown::deployment(tx, &row)))
}

/// Tells whether there is such a deployment.
pub(super) fn exists(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    found(request, tx, "read").map(|_| Reply::empty(204))
}

/// Gives the template of a deployment.
pub(super) fn export(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (_, row) = found(request, tx, "exportTemplate/action")?;
    Ok(Reply::ok(json!({ "template": row.template })))
}
