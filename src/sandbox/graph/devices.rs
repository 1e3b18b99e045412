//! Devices of the directory. Source: graph reference §11, §2.1.

use serde_json::{Value, json};

use super::access::{Rule, admit, missing};
use super::body::{self, Body};
use super::odata::{Kind, entity, listed, only};
use crate::sandbox::entra::roles::{
    CLOUD_DEVICE_ADMINISTRATOR, DIRECTORY_READERS, DIRECTORY_WRITERS, GLOBAL_READER,
    INTUNE_ADMINISTRATOR,
};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Device, Tx, World, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/devices", list),
    Route::graph("GET", "/v1.0/devices/{device}", get),
    Route::graph("PATCH", "/v1.0/devices/{device}", update),
    Route::graph("DELETE", "/v1.0/devices/{device}", delete),
    Route::graph("GET", "/v1.0/devices(deviceId='{own}')", get),
    Route::graph("PATCH", "/v1.0/devices(deviceId='{own}')", update),
    Route::graph("DELETE", "/v1.0/devices(deviceId='{own}')", delete),
];

pub(super) const READ: Rule = Rule {
    scopes: &[
        "Device.Read.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &[
        "Device.Read.All",
        "Device.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    roles: &[
        CLOUD_DEVICE_ADMINISTRATOR,
        INTUNE_ADMINISTRATOR,
        GLOBAL_READER,
        DIRECTORY_READERS,
        DIRECTORY_WRITERS,
    ],
    members: true,
};

/// Which permissions change devices is unconfirmed.
const WRITE: Rule = Rule {
    scopes: &["Directory.AccessAsUser.All"],
    apps: &["Device.ReadWrite.All"],
    roles: &[CLOUD_DEVICE_ADMINISTRATOR, INTUNE_ADMINISTRATOR],
    members: false,
};

pub(super) const DEVICE: Kind = Kind {
    name: "Device",
    filter: &[
        ("id", "eq"),
        ("deviceId", "eq"),
        ("displayName", "eq startsWith ne not"),
        ("accountEnabled", "eq ne not"),
        ("operatingSystem", "eq startsWith ne not"),
        ("operatingSystemVersion", "eq startsWith ne not"),
        ("trustType", "eq"),
        ("isCompliant", "eq"),
        ("isManaged", "eq"),
        ("approximateLastSignInDateTime", "eq ge le gt lt"),
        ("registrationDateTime", "eq ge le gt lt"),
    ],
    order: (&["displayName"], &["approximateLastSignInDateTime"]),
    search: &["displayName"],
    directory: true,
    ..Kind::PLAIN
};

fn shown(row: &Device) -> Value {
    json!({
        "id": row.id,
        "deletedDateTime": null,
        "accountEnabled": row.enabled,
        "approximateLastSignInDateTime": row.seen,
        "deviceId": row.own_id,
        "displayName": row.name,
        "isCompliant": row.compliant,
        "isManaged": row.managed,
        "operatingSystem": row.system,
        "operatingSystemVersion": row.version,
        "physicalIds": [],
        "profileType": "RegisteredDevice",
        "registrationDateTime": row.registered,
        "trustType": row.trust,
    })
}

/// Returns a device of a tenant by its object id, with its type.
pub(super) fn device(world: &World, tenant: &str, id: &str) -> Option<Value> {
    let mut row = shown(world.policy.devices.get(&key(&[tenant, id]))?);
    row["@odata.type"] = "#microsoft.graph.device".into();
    Some(row)
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let rows = rows(tx, &caller.tenant);
    listed(request, &DEVICE, "devices", rows)
}

/// Returns the devices of a tenant, whole.
pub(super) fn rows(tx: &Tx<'_>, tenant: &str) -> Vec<Value> {
    let rows = tx.policy.devices.under(tenant);
    rows.map(|(_, row)| shown(row)).collect()
}

/// Finds the device of a path: by its object id, or by the id that it knows of itself.
fn find(request: &Request, tx: &Tx<'_>, tenant: &str) -> Result<Device, Refusal> {
    let (id, own) = (request.param("device"), request.param("own"));
    let mut rows = tx.policy.devices.under(tenant).map(|(_, row)| row);
    let found =
        rows.find(|row| row.id.eq_ignore_ascii_case(id) || row.own_id.eq_ignore_ascii_case(own));
    let named = if id.is_empty() { own } else { id };
    found.cloned().ok_or_else(|| missing(named))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let row = find(request, tx, &caller.tenant)?;
    entity(request, &DEVICE, "devices/$entity", shown(&row))
}

/// Changes what an administrator may: the rest is the device's own to say.
fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    only(request, &[])?;
    let mut row = find(request, tx, &tenant)?;
    let members = body::read(request)?;
    let known = ["@odata.type", "accountEnabled", "isCompliant", "isManaged"];
    let body = Body::of(&members, &known)?;
    row.enabled = body.flag("accountEnabled")?.unwrap_or(row.enabled);
    row.compliant = body.flag("isCompliant")?.or(row.compliant);
    row.managed = body.flag("isManaged")?.or(row.managed);
    tx.policy.devices.put(&key(&[&tenant, &row.id]), row);
    Ok(Reply::empty(204))
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    let row = find(request, tx, &tenant)?;
    tx.policy.devices.remove(&key(&[&tenant, &row.id]));
    Ok(Reply::empty(204))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::graph::bench::{Megan, ids, refused};
    use crate::sandbox::seed::FABRIKAM;
    use crate::sandbox::testing::Bench;

    #[test]
    fn a_device_is_switched_off_and_deleted() {
        let bench = Bench::new();
        let roles = [CLOUD_DEVICE_ADMINISTRATOR];
        let megan = Megan::with(&bench, FABRIKAM, &["Directory.AccessAsUser.All"], &roles);
        let seen = megan.get("/v1.0/devices");
        assert_eq!(ids(&seen).len(), 2, "{}", seen.json);
        let own = format!("/v1.0/devices/{}", ids(&seen)[0]);
        let off = json!({ "accountEnabled": false });
        assert_eq!(megan.patch(&own, &off).status, 204);
        let seen = megan.get(&own);
        let shown = ["accountEnabled", "isCompliant"].map(|name| seen.json[name].clone());
        assert_eq!(shown, [json!(false), json!(true)]);
        let odd = json!({ "operatingSystem": "Plan 9" });
        assert_eq!(refused(&megan.patch(&own, &odd)).0, 400);
        let known = seen.json["deviceId"].as_str().unwrap_or_default();
        let known = format!("/v1.0/devices(deviceId='{known}')");
        assert_eq!(megan.get(&known).json["id"], seen.json["id"]);
        let round = megan.get("/v1.0/devices/delta?$deltatoken=latest");
        let link = round.json["@odata.deltaLink"].as_str().unwrap_or_default();
        let (_, link) = link.split_once("/graph").expect("a link to here");
        assert_eq!(megan.delete(&known).status, 204);
        let round = megan.get(link);
        let gone = &round.json["value"][0];
        assert_eq!(
            (&gone["id"], &gone["@removed"]["reason"]),
            (&seen.json["id"], &json!("deleted"))
        );
        assert_eq!(megan.delete(&own).status, 404);
    }
}
