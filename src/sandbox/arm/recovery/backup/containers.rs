//! Containers: what a vault knows of the machines of its subscription (`refreshContainers`), and those
//! that it has registered. Source: recovery reference §6.1, §6.2, §6.3.

use serde_json::{Map, Value, json};

use super::filter::Filter;
use super::items::{MANAGEMENT, in_region};
use super::names::{self, Named};
use super::operations::{self, About, Begin};
use super::refusal::{in_use, no_machine, one_of, unserved};
use super::{VERSIONS, items};
use crate::sandbox::arm::access;
use crate::sandbox::arm::body;
use crate::sandbox::arm::calls as arm_calls;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind;
use crate::sandbox::arm::page;
use crate::sandbox::arm::recovery::calls::{Asked, ask, get as get_part, place};
use crate::sandbox::arm::recovery::object;
use crate::sandbox::arm::recovery::part::Part;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{BackupResult, BackupStep, Resource, Tx, VaultObject};

/// The types of a container below its vault.
const KIND: &str = "backupFabrics/protectionContainers";
const MACHINE: &str = "Microsoft.Compute/virtualMachines";
/// What contains. Source: recovery reference §6.1.
const TYPES: [&str; 5] = [
    MACHINE,
    "Microsoft.ClassicCompute/virtualMachines",
    "StorageContainer",
    "VMAppContainer",
    "Windows",
];

#[derive(Debug)]
pub(super) struct Containers;

impl Part for Containers {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }
}

/// Lets the vault look for machines that may be protected.
pub(super) fn refresh(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, VERSIONS, "refreshContainers/action")?;
    names::fabric(&asked.id)?;
    management(&Filter::of(request, &["backupManagementType"])?)?;
    let begin = Begin {
        vault: &asked.vault.id,
        about: About::Fabric,
        id: &asked.id,
        step: BackupStep::Discover,
        result: BackupResult::Nothing,
    };
    Ok(operations::begin(tx, request, begin))
}

fn management(filter: &Filter) -> Result<Option<&'static str>, Refusal> {
    let given = filter.get("backupManagementType");
    given
        .map(|given| one_of("$filter", given, &MANAGEMENT))
        .transpose()
}

/// Notes which machines there are now.
pub(super) fn discover(tx: &mut Tx<'_>, vault: &str) {
    let Some(vault) = Id::parse(vault) else {
        return;
    };
    let found = tx.arm.resources.get(&vault.key()).cloned();
    let machines = kind::find(MACHINE).expect("machines are served");
    let scope = Id::of_subscription(vault.subscription.as_deref().unwrap_or_default());
    let all = arm_calls::of_kind(tx, &scope, machines);
    let all = all.filter(|one| {
        found
            .as_ref()
            .is_some_and(|vault| in_region(vault, one).is_ok())
    });
    let known: Vec<Value> = all.map(|one| one.id.to_lowercase().into()).collect();
    let fabric = names::fabric_id(&vault);
    let mut row = object::draft(tx, &fabric, Map::new());
    row.hidden.insert("machines".to_owned(), known.into());
    tx.recovery.objects.put(&fabric.key(), row);
}

/// Returns the machines that a vault has learnt of and that are there.
pub(super) fn known(tx: &Tx<'_>, vault: &Resource) -> Vec<Resource> {
    let fabric = names::fabric_id(&Id::parse(&vault.id).unwrap_or_default());
    let fabric = tx.recovery.objects.get(&fabric.key());
    let keys = fabric.and_then(|fabric| fabric.hidden.get("machines")?.as_array());
    let keys = keys.into_iter().flatten().filter_map(Value::as_str);
    keys.filter_map(|key| tx.arm.resources.get(key).cloned())
        .collect()
}

/// Registers the container of an item.
pub(super) fn register(tx: &mut Tx<'_>, item: &VaultObject) {
    let Some(container) = Id::parse(&item.id).map(|id| id.parent()) else {
        return;
    };
    let machine = Id::parse(items::text(item, "sourceResourceId")).unwrap_or_default();
    let row = object::draft(tx, &container, properties(&machine));
    tx.recovery.objects.put(&container.key(), row);
}

fn properties(machine: &Id) -> Map<String, Value> {
    let properties = json!({
        "containerType": MACHINE,
        "backupManagementType": "AzureIaasVM",
        "friendlyName": machine.name(),
        "healthStatus": "Healthy",
        "protectableObjectType": MACHINE,
        "registrationStatus": "Registered",
        "resourceGroup": machine.group,
        "virtualMachineId": machine.text(),
        "virtualMachineVersion": "Compute",
    });
    properties.as_object().cloned().unwrap_or_default()
}

/// Lists the registered containers of one kind of management.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (vault, _) = place(request)?;
    let kind = "Microsoft.RecoveryServices/vaults/backupProtectionContainers";
    access::version_of(request, kind, VERSIONS)?;
    access::pass(request, tx, &vault, &format!("{kind}/read"))?;
    let vault = arm_calls::found(tx, &vault)?;
    let fields = ["backupManagementType", "friendlyName", "status"];
    let filter = Filter::of(request, &fields)?;
    filter.need("backupManagementType")?;
    let wanted = management(&filter)?;
    let rows = object::of_kind(tx, &vault.id, KIND).filter(|one| {
        wanted == Some("AzureIaasVM")
            && filter.fits("friendlyName", items::text(one, "friendlyName"))
            && filter.fits("status", "Registered")
    });
    let rows = rows.cloned().collect();
    page::of(request, rows, |one| object::shown(tx, &one, Some(request)))
}

/// Reads a container.
pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    names::container(&place(request)?.0)?;
    get_part(request, tx)
}

/// Registers a container.
pub(super) fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, VERSIONS, "write")?;
    let kind = body::need(&asked.properties, "containerType")?;
    let kind = one_of("containerType", kind, &TYPES)?;
    if kind != MACHINE {
        return Err(unserved(kind));
    }
    let machine = machine(tx, &asked)?;
    let vault = Id::parse(&asked.vault.id).unwrap_or_default();
    let id = Named::of(&machine).container_id(&vault);
    let draft = object::draft(tx, &id, properties(&machine));
    let begin = Begin {
        vault: &asked.vault.id,
        about: About::Container,
        id: &id,
        step: BackupStep::Put(Box::new(draft)),
        result: BackupResult::Object(id.key()),
    };
    Ok(operations::begin(tx, request, begin))
}

/// Returns the machine of a container's name, which is there and in the vault's region.
fn machine(tx: &Tx<'_>, asked: &Asked) -> Result<Id, Refusal> {
    let named = names::container(&asked.id)?;
    let machine = named.id(asked.id.subscription.as_deref().unwrap_or_default());
    let row = tx.arm.resources.get(&machine.key());
    let row = row.ok_or_else(|| no_machine(&machine.text()))?;
    in_region(&asked.vault, row)?;
    Ok(Id::parse(&row.id).unwrap_or(machine))
}

/// Unregisters a container that has no items.
pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, VERSIONS, "delete")?;
    names::container(&asked.id)?;
    let Some(container) = &asked.object else {
        return Ok(Reply::empty(204));
    };
    if let Some((_, item)) = tx.recovery.objects.under(&asked.id.key()).next() {
        let text = format!(
            "The container '{}' has the protected item '{}': delete its data first.",
            container.name, item.name
        );
        return Err(in_use(text));
    }
    let begin = Begin {
        vault: &asked.vault.id,
        about: About::Container,
        id: &asked.id,
        step: BackupStep::Remove(asked.id.key()),
        result: BackupResult::Nothing,
    };
    Ok(operations::begin(tx, request, begin))
}

/// Looks for workloads in a container; machines have none.
pub(super) fn inquire(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, VERSIONS, "inquire/action")?;
    names::container(&asked.id)?;
    asked.found()?;
    Filter::of(request, &["backupManagementType", "workloadType"])?;
    let begin = Begin {
        vault: &asked.vault.id,
        about: About::Container,
        id: &asked.id,
        step: BackupStep::Nothing,
        result: BackupResult::Nothing,
    };
    Ok(operations::begin(tx, request, begin))
}

/// Lists what may be registered: machines that the vault has learnt of and that are not. The
/// reference has no form of it: this one is after that of a container.
pub(super) fn protectable(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (fabric, _) = place(request)?;
    names::fabric(&fabric)?;
    let kind = "Microsoft.RecoveryServices/vaults/backupFabrics/protectableContainers";
    access::version_of(request, kind, VERSIONS)?;
    access::pass(request, tx, &fabric, &format!("{kind}/read"))?;
    let vault_id = object::vault(&fabric);
    let vault = arm_calls::found(tx, &vault_id)?;
    let wanted = management(&Filter::of(request, &["backupManagementType"])?)?;
    let mut rows = known(tx, &vault);
    rows.retain(|machine| {
        let named = Named::of(&Id::parse(&machine.id).unwrap_or_default());
        let is_free = !tx
            .recovery
            .objects
            .has(&named.container_id(&vault_id).key());
        is_free && wanted.is_none_or(|wanted| wanted == "AzureIaasVM")
    });
    page::of(request, rows, |machine| {
        let id = Id::parse(&machine.id).unwrap_or_default();
        let named = Named::of(&id);
        let own = fabric.child("protectableContainers", &named.container());
        json!({
            "id": object::shown_id(&own),
            "name": named.container(),
            "type": kind,
            "properties": {
                "protectableContainerType": MACHINE,
                "backupManagementType": "AzureIaasVM",
                "friendlyName": machine.name,
                "healthStatus": "Healthy",
                "containerId": machine.id,
            },
        })
    })
}

/// Counts the containers of a vault.
pub(super) fn count(tx: &Tx<'_>, vault: &str) -> usize {
    object::of_kind(tx, vault, KIND).count()
}
