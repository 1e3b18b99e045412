//! How relationships, assignments, requests and operations are written down.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::sandbox::derived;
use crate::sandbox::entra::tenants;
use crate::sandbox::store::{
    AccessAssignment, GdapChange, GdapOperation, GdapRequest, Relationship, Tx,
};

/// Returns the entity tag of a version of something.
pub(super) fn etag(id: &str, version: u64) -> String {
    let guid = derived::guid(&["etag", id, &version.to_string()]);
    format!("W/\"{}\"", BASE64_STANDARD.encode(format!("'\"{guid}\"'")))
}

fn roles(ids: &[String]) -> Value {
    let roles: Vec<Value> = ids
        .iter()
        .map(|id| json!({ "roleDefinitionId": id }))
        .collect();
    json!({ "unifiedRoles": roles })
}

fn extension(extends: bool) -> &'static str {
    if extends { "P180D" } else { "PT0S" }
}

pub(super) fn relationship(tx: &Tx<'_>, row: &Relationship) -> Value {
    let customer = tenants::find(tx, &row.customer).map(|tenant| tenant.name);
    let customer = (!row.customer.is_empty())
        .then(|| json!({ "tenantId": row.customer, "displayName": customer }));
    json!({
        "@odata.etag": etag(&row.id, row.version),
        "id": row.id,
        "displayName": row.name,
        "duration": format!("P{}D", row.days),
        "autoExtendDuration": extension(row.extends),
        "customer": customer,
        "accessDetails": roles(&row.roles),
        "status": row.status_at(tx.now()),
        "createdDateTime": row.created,
        "lastModifiedDateTime": row.modified,
        "activatedDateTime": row.activated,
        "endDateTime": row.end_at(tx.now()),
    })
}

pub(super) fn assignment(row: &AccessAssignment) -> Value {
    json!({
        "@odata.etag": etag(&row.id, row.version),
        "id": row.id,
        "status": row.status,
        "createdDateTime": row.created,
        "lastModifiedDateTime": row.modified,
        "accessContainer": { "accessContainerId": row.group, "accessContainerType": "securityGroup" },
        "accessDetails": roles(&row.roles),
    })
}

pub(super) fn request(row: &GdapRequest) -> Value {
    json!({
        "@odata.etag": etag(&row.id, row.version),
        "id": row.id,
        "action": row.action,
        "status": row.status,
        "createdDateTime": row.created,
        "lastModifiedDateTime": row.modified,
    })
}

/// Shows an operation. What its `data` tells is not documented, apart from being JSON in a string:
/// here it is what was asked for.
pub(super) fn operation(row: &GdapOperation) -> Value {
    let (kind, data) = match &row.change {
        GdapChange::Assignment {
            assignment,
            roles: wanted,
        } => (
            "delegatedAdminAccessAssignmentUpdate",
            json!({ "accessAssignmentId": assignment, "accessDetails": roles(wanted) }),
        ),
        GdapChange::Relationship {
            extends,
            roles: wanted,
        } => (
            "delegatedAdminRelationshipUpdate",
            json!({ "autoExtendDuration": extension(*extends), "accessDetails": roles(wanted) }),
        ),
    };
    json!({
        "@odata.etag": etag(&row.id, row.version),
        "id": row.id,
        "operationType": kind,
        "data": data.to_string(),
        "status": row.status,
        "createdDateTime": row.created,
        "lastModifiedDateTime": row.modified,
    })
}
