//! Protected items: machines that a vault backs up. `state` says what may be asked, `protect` and
//! `calls` take what is asked, `../work` does it. Source: recovery reference §6.2.

mod calls;
mod protect;
mod protectable;
mod show;
mod state;

pub(super) use calls::{backup_now, check, delete, get, list};
pub(super) use protect::{fresh, put};
pub(super) use protectable::{
    MANAGEMENT, count, elsewhere, in_region, list as protectable, status_of,
};
pub(super) use state::{Action, Stand};

use serde_json::{Map, Value};

use super::names::Named;
use super::{VERSIONS, points};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::arm::recovery::part::Part;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Resource, Tx, VaultObject};

/// The types of an item below its vault.
pub(super) const KIND: &str = "backupFabrics/protectionContainers/protectedItems";

#[derive(Debug)]
pub(super) struct Items;

impl Part for Items {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn removed(&self, tx: &mut Tx<'_>, object: &VaultObject) {
        points::remove_all(tx, &object.id);
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        object: &VaultObject,
        request: Option<&Request>,
        properties: &mut Map<String, Value>,
    ) {
        show::complete(tx, object, request, properties);
    }
}

/// Returns a text among the properties of an item.
pub(super) fn text<'a>(item: &'a VaultObject, field: &str) -> &'a str {
    let text = item.properties.get(field).and_then(Value::as_str);
    text.unwrap_or_default()
}

/// Returns the key of the machine of an item.
pub(super) fn machine_of(item: &VaultObject) -> String {
    Id::parse(text(item, "sourceResourceId")).map_or_else(String::new, |id| id.key())
}

/// Returns the id of the item of a machine in a vault.
pub(super) fn id_of(vault: &Id, machine: &Resource) -> Id {
    Named::of(&Id::parse(&machine.id).unwrap_or_default()).item_id(vault)
}

/// Returns the policy of an item.
pub(super) fn policy_of<'a>(tx: &'a Tx<'_>, item: &VaultObject) -> Option<&'a VaultObject> {
    let id = Id::parse(text(item, "policyId"))?;
    tx.recovery.objects.get(&id.key())
}

/// Returns the items of a vault.
pub(super) fn all<'a>(
    tx: &'a Tx<'_>,
    vault: &str,
) -> impl Iterator<Item = &'a VaultObject> + use<'a> {
    object::of_kind(tx, vault, KIND)
}
