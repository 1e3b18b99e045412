//! What the partner asks of a relationship: to show it to the customer, or to end it.

use serde_json::Value;

use super::{READ, WRITE, admit, find, part, refusal, shown};
use crate::sandbox::entra::gdap;
use crate::sandbox::graph::access::missing;
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::odata::{Kind, created, entity, listed, only};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{RequestAction, Tx, key};

const REQUEST: Kind = Kind {
    name: "DelegatedAdminRelationshipRequest",
    filter: &[("action", "eq"), ("status", "eq")],
    order: (&["createdDateTime"], &[]),
    most: super::MOST,
    ..Kind::PLAIN
};

pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, READ)?;
    let id = find(request, tx)?.relationship.id;
    let rows = tx.gdap.requests.under(&id);
    let rows: Vec<Value> = rows.map(|(_, row)| shown::request(row)).collect();
    listed(request, &REQUEST, &part(&id, "requests"), rows)
}

pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, READ)?;
    let id = find(request, tx)?.relationship.id;
    let wanted = request.param("request");
    let row = tx.gdap.requests.get(&key(&[&id, wanted]));
    let row = row.ok_or_else(|| missing(wanted))?;
    let part = part(&id, "requests/$entity");
    entity(request, &REQUEST, &part, shown::request(row))
}

pub(super) fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, WRITE)?;
    only(request, &[])?;
    let id = find(request, tx)?.relationship.id;
    let members = body::read(request)?;
    let body = Body::of(&members, &["@odata.type", "action"])?;
    let (action, what) = match body.need_text("action")? {
        "lockForApproval" => (RequestAction::LockForApproval, "Locking for approval"),
        "terminate" => (RequestAction::Terminate, "Terminating"),
        // Only the customer approves and rejects.
        other => {
            return Err(bad(format!(
                "The action '{other}' is invalid: it must be lockForApproval or terminate."
            )));
        }
    };
    let row = gdap::ask(tx, &id, action).map_err(|status| refusal::wrong_state(what, status))?;
    let below = format!("requests/{}", row.id);
    let path = format!("{}/{id}/{below}", super::PART);
    let part = part(&id, "requests/$entity");
    created(request, &REQUEST, &part, shown::request(&row), &path)
}
