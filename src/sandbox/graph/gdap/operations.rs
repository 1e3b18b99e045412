//! Changes that take their time: what is answered when one begins, and how far it has got.

use std::time::Duration;

use serde_json::{Value, json};

use super::{READ, admit, find, part, shown};
use crate::sandbox::entra::gdap;
use crate::sandbox::graph::access::missing;
use crate::sandbox::graph::odata::{Kind, entity, listed};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{GdapChange, Tx, key};

const OPERATION: Kind = Kind {
    name: "DelegatedAdminRelationshipOperation",
    filter: &[("operationType", "eq"), ("status", "eq")],
    order: (&["createdDateTime"], &[]),
    most: super::MOST,
    ..Kind::PLAIN
};

/// After how long a client is told to ask how far a change has got.
const ASK_AFTER: Duration = Duration::from_secs(10);

/// Begins a change, and answers where it is to be watched.
pub(super) fn begin(request: &Request, tx: &mut Tx<'_>, id: &str, change: GdapChange) -> Reply {
    let row = gdap::begin_change(tx, id, change);
    let wait = tx.scaled(ASK_AFTER);
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let location = format!(
        "{}/graph/v1.0/{}/{id}/operations/{}",
        request.origin,
        super::PART,
        row.id
    );
    Reply::json(202, json!({}))
        .header("location", &location)
        .header("retry-after", &seconds.to_string())
}

pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, READ)?;
    let id = find(request, tx)?.relationship.id;
    let rows = tx.gdap.operations.under(&id);
    let rows: Vec<Value> = rows.map(|(_, row)| shown::operation(row)).collect();
    listed(request, &OPERATION, &part(&id, "operations"), rows)
}

pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, READ)?;
    let id = find(request, tx)?.relationship.id;
    let wanted = request.param("operation");
    let row = tx.gdap.operations.get(&key(&[&id, wanted]));
    let row = row.ok_or_else(|| missing(wanted))?;
    let part = part(&id, "operations/$entity");
    entity(request, &OPERATION, &part, shown::operation(row))
}
