//! Devices that are managed with Intune, and what is done to them from afar.
//! Source: graph reference §13.

use std::time::Duration;

use serde_json::{Value, json};

use super::access::{Rule, admit, missing};
use super::odata::{Kind, entity, listed, only};
use crate::sandbox::entra::roles::{GLOBAL_READER, INTUNE_ADMINISTRATOR};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Due, ManagedDevice, Management, PolicyDue, Tx, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/deviceManagement/managedDevices", list),
    Route::graph("GET", "/v1.0/deviceManagement/managedDevices/{device}", get),
    Route::graph(
        "POST",
        "/v1.0/deviceManagement/managedDevices/{device}/syncDevice",
        sync,
    ),
    Route::graph(
        "POST",
        "/v1.0/deviceManagement/managedDevices/{device}/retire",
        retire,
    ),
    Route::graph(
        "POST",
        "/v1.0/deviceManagement/managedDevices/{device}/wipe",
        wipe,
    ),
];

const READ: Rule = Rule {
    scopes: &[
        "DeviceManagementManagedDevices.Read.All",
        "DeviceManagementManagedDevices.ReadWrite.All",
    ],
    apps: &[
        "DeviceManagementManagedDevices.Read.All",
        "DeviceManagementManagedDevices.ReadWrite.All",
    ],
    roles: &[INTUNE_ADMINISTRATOR, GLOBAL_READER],
    members: false,
};

const ACT: Rule = Rule {
    scopes: &["DeviceManagementManagedDevices.PrivilegedOperations.All"],
    apps: &["DeviceManagementManagedDevices.PrivilegedOperations.All"],
    roles: &[INTUNE_ADMINISTRATOR],
    members: false,
};

const DEVICE: Kind = Kind {
    name: "ManagedDevice",
    filter: &[
        ("deviceName", "eq startsWith"),
        ("operatingSystem", "eq"),
        ("complianceState", "eq ne"),
        ("userPrincipalName", "eq"),
        ("serialNumber", "eq"),
        ("azureADDeviceId", "eq"),
        ("lastSyncDateTime", "ge le gt lt"),
    ],
    order: (&["deviceName", "lastSyncDateTime"], &[]),
    most: 1000,
    ..Kind::PLAIN
};

/// After how long a device that is retired or wiped is gone. The reference names no time.
const LEAVES: Duration = Duration::from_secs(300);

fn shown(row: &ManagedDevice) -> Value {
    json!({
        "id": row.id,
        "azureADDeviceId": row.device,
        "complianceState": row.compliance,
        "deviceName": row.name,
        "enrolledDateTime": row.enrolled,
        "lastSyncDateTime": row.synced,
        "managementState": row.state,
        "operatingSystem": row.system,
        "osVersion": row.version,
        "serialNumber": row.serial,
        "userPrincipalName": row.user,
    })
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let rows = tx.policy.managed_devices.under(&caller.tenant);
    let rows: Vec<Value> = rows.map(|(_, row)| shown(row)).collect();
    listed(request, &DEVICE, "deviceManagement/managedDevices", rows)
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let id = request.param("device");
    let row = tx.policy.managed_devices.get(&key(&[&caller.tenant, id]));
    let row = row.ok_or_else(|| missing(id))?;
    let part = "deviceManagement/managedDevices/$entity";
    entity(request, &DEVICE, part, shown(row))
}

/// Changes the device of a path; returns its tenant and id.
fn change(
    request: &Request,
    tx: &mut Tx<'_>,
    change: impl FnOnce(&mut ManagedDevice),
) -> Result<(String, String), Refusal> {
    let tenant = admit(request, tx, &ACT)?.tenant.clone();
    only(request, &[])?;
    let id = request.param("device");
    let row = tx.policy.managed_devices.edit(&key(&[&tenant, id]));
    let row = row.ok_or_else(|| missing(id))?;
    change(row);
    Ok((tenant, row.id.clone()))
}

fn sync(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let now = tx.now();
    change(request, tx, |row| row.synced = now)?;
    Ok(Reply::empty(204))
}

fn retire(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    leave(request, tx, Management::RetirePending)
}

fn wipe(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    leave(request, tx, Management::WipePending)
}

fn leave(request: &Request, tx: &mut Tx<'_>, state: Management) -> Outcome {
    let (tenant, device) = change(request, tx, |row| row.state = state)?;
    let due = PolicyDue::RemoveDevice(tenant, device);
    tx.later(LEAVES, Due::Policy(due));
    Ok(Reply::empty(204))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::graph::bench::{Megan, ids, refused, text};
    use crate::sandbox::seed::FABRIKAM;
    use crate::sandbox::testing::Bench;

    #[test]
    fn a_device_is_synced_and_retired() {
        let bench = Bench::new();
        let all = "/v1.0/deviceManagement/managedDevices";
        let reader = "DeviceManagementManagedDevices.Read.All";
        let megan = Megan::with(&bench, FABRIKAM, &[reader], &[INTUNE_ADMINISTRATOR]);
        let seen = megan.get(all);
        let own = format!("{all}/{}", ids(&seen)[0]);
        let act = |megan: &Megan<'_>, action: &str| {
            let seen = megan.post(&format!("{own}/{action}"), &Value::Null);
            refused(&seen).0
        };
        assert_eq!(act(&megan, "syncDevice"), 403);
        let acts = "DeviceManagementManagedDevices.PrivilegedOperations.All";
        let megan = Megan::with(&bench, FABRIKAM, &[reader, acts], &[INTUNE_ADMINISTRATOR]);
        assert_eq!(act(&megan, "syncDevice"), 204);
        let seen = megan.get(&own);
        assert_eq!(text(&seen, "lastSyncDateTime"), "2026-03-02T09:00:00Z");
        assert_eq!(act(&megan, "retire"), 204);
        assert_eq!(text(&megan.get(&own), "managementState"), "retirePending");
        assert_eq!(act(&megan, "wipe"), 204);
        megan.waits(300);
        assert_eq!(megan.get(&own).status, 404);
    }
}
