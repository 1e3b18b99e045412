//! The database that every server has. Source: arm reference §10.11.

use serde_json::{Map, json};

use super::TYPE;
use crate::sandbox::derived;
use crate::sandbox::partner::dates::write;
use crate::sandbox::store::{Resource, Tx};

/// Makes the `master` of a server that is ready, unless it is there.
pub(in super::super) fn make(tx: &mut Tx<'_>, server: &str) {
    let Some(server) = tx.arm.resources.get(server) else {
        return;
    };
    let id = format!("{}/databases/master", server.id);
    if tx.arm.resources.has(&id) {
        return;
    }
    let own = json!({ "name": "System", "tier": "System", "capacity": 0 });
    let properties = json!({
        "collation": "SQL_Latin1_General_CP1_CI_AS",
        "maxSizeBytes": 32_212_254_720_u64,
        "databaseId": derived::guid(&["database", &id.to_lowercase()]),
        "creationDate": write(tx.now()),
        "currentServiceObjectiveName": "System0",
        "requestedServiceObjectiveName": "System0",
        "currentSku": own,
        "catalogCollation": "SQL_Latin1_General_CP1_CI_AS",
        "zoneRedundant": false,
        "readScale": "Disabled",
    });
    let mut hidden = Map::new();
    hidden.insert("system".to_owned(), true.into());
    let mut members = Map::new();
    members.insert("sku".to_owned(), own);
    let mut master = Resource {
        id: id.clone(),
        kind: TYPE.to_owned(),
        name: "master".to_owned(),
        members,
        properties: properties.as_object().cloned().unwrap_or_default(),
        hidden,
        version: 1,
        ..server.clone()
    };
    master.tags.clear();
    "Succeeded".clone_into(&mut master.state);
    tx.arm.resources.put(&id, master);
}
