//! Virtual machines. `check` and its neighbours say what may be written, `links` holds disks and
//! network interfaces, `power` runs the machine, `view` shows how it is. Source: arm reference
//! §10.8.

mod actions;
mod check;
mod fields;
mod links;
mod network;
mod os;
mod password;
mod power;
mod storage;
#[cfg(test)]
mod tests;
mod view;

use std::time::Duration;

use serde_json::{Map, Value};

use super::sizes::Size;
use super::{VERSIONS, refusal};
use crate::sandbox::arm::body::{self, parameter};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::{Draft, Kind, Links, Long};
use crate::sandbox::arm::{calls, kind};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) use actions::ROUTES as ACTIONS;
pub(super) use fields::{STORAGE, members};
pub(in crate::sandbox::arm) use links::{disks_of, interfaces_of};
pub(in crate::sandbox::arm) use power::{is_running, put_into_service, take_out_of_service};

/// Full type of machines.
const TYPE: &str = "Microsoft.Compute/virtualMachines";
const GROUP: &str = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines";
const ONE: &str = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{vm}";

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/providers/Microsoft.Compute/virtualMachines",
        view::list,
    ),
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{location}/virtualMachines",
        view::list_of_location,
    ),
    Route::arm("GET", GROUP, view::list),
    Route::arm("GET", ONE, view::get),
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{vm}/instanceView",
        view::instance_view,
    ),
    Route::arm("PUT", ONE, calls::put),
    Route::arm("PATCH", ONE, calls::patch),
    Route::arm("DELETE", ONE, calls::delete),
];

/// Work on a machine. The reference names no times: they are this sandbox's choice.
const fn long(links: Links, seconds: u64) -> Long {
    Long {
        accepted: false,
        links,
        time: Duration::from_secs(seconds),
        retry_after: 10,
    }
}

#[derive(Debug)]
pub(super) struct Machines;

impl Kind for Machines {
    fn name(&self) -> &'static str {
        TYPE
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn members(&self) -> &'static [&'static str] {
        &["plan", "identity", "zones", "extendedLocation", "placement"]
    }

    fn shows_etag(&self) -> bool {
        true
    }

    fn put(&self, draft: &Draft<'_>) -> Option<Long> {
        let seconds = if draft.before.is_none() { 60 } else { 20 };
        Some(long(Links::Status, seconds))
    }

    fn patch(&self, _draft: &Draft<'_>) -> Option<Long> {
        Some(long(Links::Both, 20))
    }

    fn delete(&self, _resource: &Resource) -> Option<Long> {
        Some(long(Links::Both, 45))
    }

    fn check_name(&self, name: &str) -> Result<(), Refusal> {
        os::check_name(name)
    }

    fn check(&self, tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        check::check(tx, draft)
    }

    fn written(&self, tx: &mut Tx<'_>, resource: &Resource) {
        links::written(tx, resource);
    }

    fn settled(&self, tx: &mut Tx<'_>, key: &str) {
        power::settled(tx, key);
    }

    fn removed(&self, tx: &mut Tx<'_>, resource: &Resource) {
        links::removed(tx, resource);
    }

    fn acted(&self, tx: &mut Tx<'_>, key: &str, _action: &str, _asked: &Value) {
        power::ended(tx, key, true);
    }

    fn undone(&self, tx: &mut Tx<'_>, key: &str, _action: &str) {
        power::ended(tx, key, false);
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        resource: &Resource,
        request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        view::show(tx, resource, request, shown);
    }
}

/// Returns the machines below a scope.
pub(super) fn all<'a>(tx: &'a Tx<'_>, scope: &Id) -> impl Iterator<Item = &'a Resource> + use<'a> {
    let machines = kind::find(TYPE).expect("machines are served");
    calls::of_kind(tx, scope, machines)
}

/// Returns the size of a machine.
pub(super) fn size(machine: &Resource) -> Option<&'static Size> {
    let name = body::at(&machine.properties, "hardwareProfile.vmSize")?;
    Size::find(name.as_str()?)
}

/// Returns the id of the availability set of a machine.
pub(super) fn availability_set(machine: &Resource) -> Option<&str> {
    body::at(&machine.properties, "availabilitySet.id")?.as_str()
}

/// Returns a text at a dotted path of what a machine has.
fn text<'a>(machine: &'a Resource, path: &str) -> Option<&'a str> {
    body::at(&machine.properties, path)?.as_str()
}

/// Returns the objects of a list at a dotted path; anything else is refused.
fn objects(
    properties: &Map<String, Value>,
    path: &str,
) -> Result<Vec<Map<String, Value>>, Refusal> {
    let refused = || parameter(path, format!("'{path}' is not a list of objects."));
    match body::at(properties, path) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(all)) => all
            .iter()
            .map(|one| one.as_object().cloned().ok_or_else(refused))
            .collect(),
        Some(_) => Err(refused()),
    }
}

/// Tells whether a machine is being written, or something else is done with it.
fn is_busy(machine: &Resource) -> bool {
    ["Creating", "Updating", "Deleting"].contains(&machine.state.as_str())
        || machine.hidden.contains_key("doing")
}

/// Refuses while something else is done with a machine.
fn at_rest(machine: &Resource) -> Result<(), Refusal> {
    if is_busy(machine) {
        return Err(refusal::busy());
    }
    Ok(())
}
