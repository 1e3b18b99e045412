//! Mappings of storage classifications: where the disks of a machine lie on the other side. Source:
//! recovery reference §5.6.

use serde_json::json;

use super::KIND;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::calls::{Asked, ask};
use crate::sandbox::arm::recovery::input::Input;
use crate::sandbox::arm::recovery::job::{self, Start, Step};
use crate::sandbox::arm::recovery::part::Part;
use crate::sandbox::arm::recovery::{REPLICATION, below, object, site};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{JobWork, Tx};

pub(super) const MANY: &str = below!(
    "/replicationFabrics/{fabric}/replicationStorageClassifications/{class}/replicationStorageClassificationMappings"
);

pub(super) const ONE: &str = below!(
    "/replicationFabrics/{fabric}/replicationStorageClassifications/{class}/replicationStorageClassificationMappings/{mapping}"
);

/// What a job of a mapping does, and how long it takes; the reference names neither.
const TASKS: &[Step] = &[("StorageMappingTask", "Configuring the storage mapping", 20)];

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
    site::fabric(tx, &asked.id)?;
    site::above(tx, &asked)?;
    site::at_rest(request, tx, &asked)?;
    let target = target(request, tx, &asked)?;
    let kept = json!({ "targetStorageClassificationId": target });
    let kept = kept.as_object().cloned().unwrap_or_default();
    let draft = object::draft(tx, &asked.id, kept);
    let start = Start {
        target_kind: "StorageClassificationMapping",
        ..Start::new(
            "AddStorageMapping",
            "Create storage mapping",
            TASKS,
            JobWork::Put(Box::new(draft)),
        )
    };
    Ok(job::begin(tx, request, &asked, start).1)
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
    let id = Id::parse(text).filter(|id| object::vault(id).key() == asked.vault.id.to_lowercase());
    let found = id.and_then(|id| tx.recovery.objects.get(&id.key()));
    let found = found.filter(|found| found.kind == KIND);
    let found = found.ok_or_else(|| input.absent(FIELD, "storage classification", text))?;
    if found.id.to_lowercase() == asked.id.parent().key() {
        return Err(input.wrong(FIELD, "A storage classification is not mapped to itself."));
    }
    Ok(found.id.clone())
}

/// Takes a mapping away: 204 when there is none.
pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "delete")?;
    site::at_rest(request, tx, &asked)?;
    if asked.object.is_none() {
        return Ok(Reply::empty(204));
    }
    let start = Start {
        target_kind: "StorageClassificationMapping",
        shows: false,
        ..Start::new(
            "DeleteStorageMapping",
            "Delete storage mapping",
            TASKS,
            JobWork::Remove(asked.id.key()),
        )
    };
    Ok(job::begin(tx, request, &asked, start).1)
}
