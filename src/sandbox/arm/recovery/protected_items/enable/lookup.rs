//! What the fields of a body about protection name: resources, groups and networks that are there, and
//! machines that nothing else protects.

use serde_json::{Map, Value};

use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::calls::Asked;
use crate::sandbox::arm::recovery::protected_items::input::{self, text};
use crate::sandbox::arm::recovery::protected_items::item::KIND;
use crate::sandbox::arm::recovery::protected_items::wrong::Wrong;
use crate::sandbox::store::{Diagnosis, JobState, JobWork, Tx, VaultObject};

/// Returns the item that protects something already, or is about to.
pub(super) fn protected<'a>(
    tx: &'a Tx<'_>,
    asked: &Asked,
    is: impl Fn(&VaultObject) -> bool,
) -> Option<&'a VaultObject> {
    let own = asked.id.key();
    let drafts = tx
        .recovery
        .jobs
        .iter()
        .filter_map(|(_, job)| match &job.work {
            JobWork::Put(draft) if job.state == JobState::InProgress => Some(&**draft),
            _ => None,
        });
    let objects = tx.recovery.objects.iter().map(|(_, one)| one);
    let mut all = objects.chain(drafts);
    all.find(|one| one.kind == KIND && one.id.to_lowercase() != own && is(one))
}

/// Says that something is protected already.
pub(super) fn twice(name: &str, by: &VaultObject) -> Wrong {
    Wrong::conflict(Diagnosis::new(
        "150012",
        format!("The machine '{name}' is protected already, as '{}'.", by.id),
        "Protection was enabled before, perhaps in another vault.",
        "Disable that protection first.",
    ))
}

/// Returns the id of a resource that a field names, which must be there.
pub(super) fn resource_at(
    tx: &Tx<'_>,
    details: &Map<String, Value>,
    field: &str,
    kind: &str,
) -> Result<Option<String>, Wrong> {
    let Some(id) = text(details, field)? else {
        return Ok(None);
    };
    let found = Id::parse(id).and_then(|id| tx.arm.resources.get(&id.key()));
    match found.filter(|found| found.kind.eq_ignore_ascii_case(kind)) {
        Some(found) => Ok(Some(found.id.clone())),
        None => Err(Wrong::absent(field, id)),
    }
}

/// Returns the id of a group that is there.
pub(super) fn group_at(
    tx: &Tx<'_>,
    details: &Map<String, Value>,
    field: &str,
) -> Result<Option<String>, Wrong> {
    let Some(id) = text(details, field)? else {
        return Ok(None);
    };
    let parsed = Id::parse(id).filter(|id| id.group.is_some() && id.sections.is_empty());
    match parsed.filter(|parsed| tx.arm.groups.has(&parsed.key())) {
        Some(parsed) => Ok(Some(parsed.text())),
        None => Err(Wrong::absent(field, id)),
    }
}

/// Returns the id of a network that is there and lies in a region.
pub(super) fn network_at(
    tx: &Tx<'_>,
    details: &Map<String, Value>,
    field: &str,
    location: &str,
) -> Result<String, Wrong> {
    let kind = "Microsoft.Network/virtualNetworks";
    let Some(id) = resource_at(tx, details, field, kind)? else {
        return Ok(String::new());
    };
    input::in_region(tx, field, &id, location)?;
    Ok(id)
}
