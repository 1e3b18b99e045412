//! Mappings of storage classifications: where the disks of a machine lie on the other side. Source:
//! recovery reference §5.6.

use serde_json::json;

use super::KIND;
use crate::sandbox::arm::recovery::calls::{Asked, ask};
use crate::sandbox::arm::recovery::input::Input;
use crate::sandbox::arm::recovery::part::Part;
use crate::sandbox::arm::recovery::{REPLICATION, below, chore, object, site};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{JobWork, Tx};

pub(super) const MANY: &str = below!(
    "/replicationFabrics/{fabric}/replicationStorageClassifications/{class}/replicationStorageClassificationMappings"
);

pub(super) const ONE: &str = below!(
    "/replicationFabrics/{fabric}/replicationStorageClassifications/{class}/replicationStorageClassificationMappings/{mapping}"
);

#[derive(Debug)]
pub(super) struct Mappings;

impl Part for Mappings {
    fn kind(&self) -> &'static str {
        "replicationFabrics/replicationStorageClassifications/replicationStorageClassificationMappings"
    }
}

/// Maps a classification to another one of the vault.
pub(super) fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    site::above(request, tx, &asked)?;
    let target = target(request, tx, &asked)?;
    let kept = json!({ "targetStorageClassificationId": target });
    let kept = kept.as_object().cloned().unwrap_or_default();
    let draft = object::draft(tx, &asked.id, kept);
    let work = JobWork::Put(Box::new(draft));
    chore::begin(tx, request, &asked, &chore::MAP_STORAGE, work)
}

/// Returns the id of the classification that the body names, which must be there.
fn target(request: &Request, tx: &Tx<'_>, asked: &Asked) -> Result<String, Refusal> {
    const FIELD: &str = "targetStorageClassificationId";
    let input = Input {
        request,
        members: &asked.properties,
        path: "properties",
    };
    let text = input.need(FIELD)?;
    let found = object::referred(tx, &asked.vault.id, text).filter(|one| one.kind == KIND);
    let found = found.ok_or_else(|| input.absent(FIELD, "storage classification", text))?;
    if found.id.to_lowercase() == asked.id.parent().key() {
        return Err(input.wrong(FIELD, "A storage classification is not mapped to itself."));
    }
    Ok(found.id.clone())
}

/// Takes a mapping away: 204 when there is none.
pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "delete")?;
    chore::free(tx, request, &asked, true)?;
    if asked.object.is_none() {
        return Ok(Reply::empty(204));
    }
    let work = JobWork::Remove(asked.id.key());
    chore::begin(tx, request, &asked, &chore::UNMAP_STORAGE, work)
}
