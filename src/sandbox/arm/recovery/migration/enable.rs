//! A migration is enabled, and its settings are changed. Source: recovery reference §5.6, §9.4.

use serde_json::{Map, Value, json};

use super::course::{Course, Running};
use super::settings;
use super::state::Stage;
use crate::sandbox::arm::recovery::calls::{Asked, ask};
use crate::sandbox::arm::recovery::input::Input;
use crate::sandbox::arm::recovery::job::{self, Start, Step};
use crate::sandbox::arm::recovery::refusal::{detailed, not_allowed};
use crate::sandbox::arm::recovery::{
    REPLICATION, chore, containers, mappings, object, policies, site, trouble,
};
use crate::sandbox::arm::{body, locations};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Diagnosis, JobWork, Tx, VaultObject};

/// What these jobs do, and how long they take; the reference names neither.
const ENABLING: &[Step] = &[
    ("PrepareTask", "Preparing the replication", 30),
    ("EnableTask", "Enabling the migration", 60),
];
const UPDATING: &[Step] = &[("UpdateTask", "Updating the migration", 20)];

/// What the jobs of an item are about: `targetInstanceType`.
pub(super) const TARGET_KIND: &str = "MigrationItem";

/// Enables a migration.
pub(super) fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let fabric = containers::above(tx, &asked).map_err(|refusal| detailed(request, refusal))?;
    on_vmware(request, fabric)?;
    site::above(request, tx, &asked)?;
    chore::free(tx, request, &asked, false)?;
    if let Some(item) = &asked.object {
        let words = Course::of(tx, item).map_or_else(Vec::new, |course| course.state.words());
        let refused = not_allowed(asked.id.name(), "EnableMigration", &words);
        return Err(refused.refuse(request, 409));
    }
    let kept = accepted(request, tx, &asked)?;
    let failure = trouble::hits(tx, &asked.id.key(), "cache_storage_missing").then(|| {
        let diagnosis = Diagnosis::new(
            "150171",
            "The storage account that the data is copied over cannot be used.",
            "It was deleted, or it cannot be reached from the appliance.",
            "See that the storage account is there, and enable the migration again.",
        );
        (0, diagnosis)
    });
    let draft = object::draft(tx, &asked.id, kept);
    let start = Start {
        target_kind: TARGET_KIND,
        failure,
        ..Start::new(
            "EnableMigration",
            "Enable migration",
            ENABLING,
            JobWork::Put(Box::new(draft)),
        )
    };
    Ok(job::begin(tx, request, &asked, start).1)
}

/// Refuses a fabric from which nothing is migrated. The reference names the type of the fabric
/// alone, not what is done there.
fn on_vmware(request: &Request, fabric: &VaultObject) -> Result<(), Refusal> {
    let kind = site::kind(fabric);
    if kind == "VMwareV2" {
        return Ok(());
    }
    let diagnosis = Diagnosis::new(
        "150173",
        format!("Nothing is migrated from the fabric '{}'.", fabric.name),
        format!("Its type is '{kind}'; machines are migrated from one of the type 'VMwareV2'."),
        "Enable the migration in a container of such a fabric.",
    );
    Err(diagnosis.refuse(request, 400))
}

fn accepted(request: &Request, tx: &Tx<'_>, asked: &Asked) -> Result<Map<String, Value>, Refusal> {
    let whole = Input {
        request,
        members: &asked.properties,
        path: "properties",
    };
    let policy = policy(tx, whole, asked)?;
    let Some(region) = region(tx, asked, policy) else {
        return Err(unmapped(policy, asked).refuse(request, 409));
    };
    let details = body::member(&asked.properties, "providerSpecificDetails")?;
    let details = details_of(request, &details);
    let details = settings::new(tx, details, &asked.id, &region)?;
    let machine = details.get("vmwareMachineId").and_then(Value::as_str);
    let machine = machine.and_then(|id| id.rsplit('/').next());
    let kept = json!({
        "machineName": machine,
        "policyId": policy.id,
        "targetLocation": region,
        "providerSpecificDetails": details,
    });
    Ok(kept.as_object().cloned().unwrap_or_default())
}

fn details_of<'a>(request: &'a Request, details: &'a Map<String, Value>) -> Input<'a> {
    Input {
        request,
        members: details,
        path: "properties.providerSpecificDetails",
    }
}

/// Returns the policy that is named: one for migrations.
fn policy<'a>(tx: &'a Tx<'_>, whole: Input<'_>, asked: &Asked) -> Result<&'a VaultObject, Refusal> {
    let text = whole.need("policyId")?;
    let found = object::referred(tx, &asked.vault.id, text);
    let found = found.filter(|one| one.kind == policies::KIND);
    let found = found.ok_or_else(|| whole.absent("policyId", "replication policy", text))?;
    if policies::instance(found) != settings::CBT {
        let why = format!("The policy '{}' is not for migrations.", found.name);
        return Err(whole.wrong("policyId", why));
    }
    Ok(found)
}

/// Returns where the container leads by a policy: `targetLocation` of its mapping.
fn region(tx: &Tx<'_>, asked: &Asked, policy: &VaultObject) -> Option<String> {
    let container = asked.id.parent().key();
    let mut mappings = object::of_kind(tx, &container, mappings::KIND);
    mappings.find_map(|mapping| {
        let path = "providerSpecificDetails.targetLocation";
        let region = body::at(&mapping.properties, path)?.as_str()?;
        object::names(mapping, "policyId", &policy.id.to_lowercase())
            .then(|| locations::normal(region))
    })
}

fn unmapped(policy: &VaultObject, asked: &Asked) -> Diagnosis {
    let container = asked.id.parent();
    Diagnosis::new(
        "150174",
        format!(
            "The container '{}' is not mapped to Azure by the policy '{}'.",
            container.name(),
            policy.name
        ),
        "There is no container mapping with the policy, or its job has not ended.",
        "Create the container mapping, wait for its job, and retry.",
    )
}

/// Changes the settings of a migration that has not been done yet.
pub(super) fn patch(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let item = asked.found()?;
    chore::free(tx, request, &asked, false)?;
    let Some(mut course) = Course::of(tx, item) else {
        return Err(crate::sandbox::arm::resource::missing(&asked.id));
    };
    if course.state.stage == Stage::MigrationSucceeded {
        let words = course.state.words();
        let refused = not_allowed(asked.id.name(), "UpdateMigration", &words);
        return Err(refused.refuse(request, 409));
    }
    let given = body::member(&asked.properties, "providerSpecificDetails")?;
    let before = body::member(&item.properties, "providerSpecificDetails")?;
    let region = body::text(&item.properties, "targetLocation")?.unwrap_or_default();
    let input = details_of(request, &given);
    let details = settings::changed(tx, input, (&asked.id, region), &before)?;
    let mut kept = item.properties.clone();
    kept.insert("providerSpecificDetails".to_owned(), details.into());
    let draft = object::draft(tx, &asked.id, kept);
    let title = "Update migration";
    let start = Start {
        target_kind: TARGET_KIND,
        ..Start::new(
            "UpdateMigration",
            title,
            UPDATING,
            JobWork::Put(Box::new(draft)),
        )
    };
    let (key, reply) = job::begin(tx, request, &asked, start);
    course.state = course.state.held();
    course.job = Running::of(tx, &key);
    course.keep(tx, &asked.id.key());
    Ok(reply)
}
