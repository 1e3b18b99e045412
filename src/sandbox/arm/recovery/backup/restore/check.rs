//! What a restore may ask for: the kind by its fields, targets that are there, in one region. Source:
//! recovery reference §6.2; it names the fields of `RestoreDisks`, those of the others follow from
//! what they make.

use serde_json::{Map, Value};

use crate::sandbox::arm::access;
use crate::sandbox::arm::body::{self, need};
use crate::sandbox::arm::group;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::locations;
use crate::sandbox::arm::recovery::backup::VERSIONS;
use crate::sandbox::arm::recovery::backup::items::{Action, check, machine_of};
use crate::sandbox::arm::recovery::backup::names;
use crate::sandbox::arm::recovery::backup::operations::{self, About, Begin};
use crate::sandbox::arm::recovery::backup::points;
use crate::sandbox::arm::recovery::backup::refusal::{input, no_machine, one_of};
use crate::sandbox::arm::recovery::calls::{Asked, ask};
use crate::sandbox::arm::resource;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{
    BackupRestore, BackupResult, BackupStep, BackupWork, Resource, Tx, VaultObject, key,
};

/// Kinds of requests. Source: recovery reference §6.2.
const REQUESTS: [&str; 3] = [
    "IaasVMRestoreRequest",
    "AzureFileShareRestoreRequest",
    "IaasVMRestoreWithRehydrationRequest",
];
const KINDS: [&str; 3] = ["AlternateLocation", "RestoreDisks", "OriginalLocation"];
const MACHINES: &str = "Microsoft.Compute/virtualMachines";

/// A restore that is being examined.
struct Wish<'a> {
    request: &'a Request,
    asked: &'a Asked,
    /// Normal form.
    region: String,
}

/// Begins a restore of a recovery point.
pub(in super::super) fn restore(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, VERSIONS, "restore/action")?;
    names::item(&asked.id)?;
    let item_id = asked.id.parent();
    let item = tx.recovery.objects.get(&item_id.key()).cloned();
    let item = item.ok_or_else(|| resource::missing(&item_id))?;
    let point = points::find(tx, &item, &asked.id)?;
    let sent = &asked.properties;
    let given = body::text(sent, "objectType")?.unwrap_or_default();
    if one_of("objectType", given, &REQUESTS)? != REQUESTS[0] {
        let text = format!(
            "A virtual machine is restored by {}, not by {given}.",
            REQUESTS[0]
        );
        return Err(input("objectType", text));
    }
    let kind = one_of("recoveryType", need(sent, "recoveryType")?, &KINDS)?;
    same_point(&asked, &point.name)?;
    same_source(sent, &item)?;
    let region = locations::normal(need(sent, "region")?);
    locations::check(&region)?;
    let wish = Wish {
        request,
        asked: &asked,
        region,
    };
    wish.account(tx)?;
    let mut restore = BackupRestore {
        kind: kind.to_owned(),
        point: key(&[&item.id, &point.name]),
        region: wish.region.clone(),
        machine: None,
        group: None,
        subnet: None,
    };
    match kind {
        "AlternateLocation" => wish.alternate(tx, &mut restore)?,
        "OriginalLocation" => wish.original(tx, &item, &mut restore)?,
        _ => wish.disks(tx, &mut restore)?,
    }
    check(tx, &asked, &item_id.key(), Action::Restore)?;
    let begin = Begin {
        vault: &asked.vault.id,
        about: About::Item,
        id: &item_id,
        step: BackupStep::Begin {
            item: item_id.key(),
            made: None,
            work: BackupWork::Restore(Box::new(restore)),
        },
        result: BackupResult::Nothing,
    };
    Ok(operations::begin(tx, request, begin))
}

/// The body names the point of the path: by its name, or by its whole id.
fn same_point(asked: &Asked, name: &str) -> Result<(), Refusal> {
    let given = need(&asked.properties, "recoveryPointId")?;
    if given.rsplit('/').next() == Some(name) {
        return Ok(());
    }
    let text = format!("The recovery point '{given}' is not that of the path, '{name}'.");
    Err(input("recoveryPointId", text))
}

fn same_source(sent: &Map<String, Value>, item: &VaultObject) -> Result<(), Refusal> {
    let given = need(sent, "sourceResourceId")?;
    if Id::parse(given).map(|id| id.key()) == Some(machine_of(item)) {
        return Ok(());
    }
    let text = format!("'{given}' is not the virtual machine of '{}'.", item.name);
    Err(input("sourceResourceId", text))
}

impl Wish<'_> {
    fn need(&self, field: &str) -> Result<&str, Refusal> {
        need(&self.asked.properties, field)
    }

    /// Returns the resource that a field names: of that type, in the region.
    fn target<'a>(&self, tx: &'a Tx<'_>, field: &str, kind: &str) -> Result<&'a Resource, Refusal> {
        let given = self.need(field)?;
        let found = Id::parse(given).and_then(|id| tx.arm.resources.get(&id.key()));
        let Some(found) = found.filter(|found| found.kind == kind) else {
            return Err(input(
                field,
                format!("'{given}' was not found as a {kind}."),
            ));
        };
        match &found.location {
            Some(location) if *location != self.region => {
                let text = format!(
                    "'{}' is in {location}, and the restore goes to {}.",
                    found.name, self.region
                );
                Err(input(field, text))
            }
            _ => Ok(found),
        }
    }

    /// The account that data passes through.
    fn account(&self, tx: &Tx<'_>) -> Result<(), Refusal> {
        let kind = "Microsoft.Storage/storageAccounts";
        self.target(tx, "storageAccountId", kind).map(drop)
    }

    /// Returns the group that takes what is made, where the caller may make it.
    fn group(&self, tx: &Tx<'_>, what: &str) -> Result<Id, Refusal> {
        const FIELD: &str = "targetResourceGroupId";
        let given = self.need(FIELD)?;
        let id = Id::parse(given).filter(|id| {
            id.sections.is_empty()
                && id.group.is_some()
                && id.subscription == self.asked.id.subscription
        });
        let Some(id) = id else {
            let text = format!("'{given}' is not the id of a resource group of the subscription.");
            return Err(input(FIELD, text));
        };
        if !tx.arm.groups.has(&id.key()) {
            return Err(group::missing(&id));
        }
        access::pass(self.request, tx, &id, &format!("{what}/write"))?;
        group::open(tx, &id)?;
        Ok(id)
    }

    /// A new machine, in a subnet.
    fn alternate(&self, tx: &Tx<'_>, restore: &mut BackupRestore) -> Result<(), Refusal> {
        const FIELD: &str = "targetVirtualMachineId";
        let group = self.group(tx, MACHINES)?;
        let given = self.need(FIELD)?;
        let machine = Id::parse(given).filter(|id| {
            id.kind()
                .is_some_and(|kind| kind.eq_ignore_ascii_case(MACHINES))
                && id.group_key().as_deref() == Some(&group.key())
        });
        let Some(machine) = machine else {
            let text = format!("'{given}' is not the id of a virtual machine in the target group.");
            return Err(input(FIELD, text));
        };
        if tx.arm.resources.has(&machine.key()) {
            let text = format!("There is a virtual machine '{given}' already.");
            return Err(input(FIELD, text));
        }
        let network = self.target(tx, "virtualNetworkId", "Microsoft.Network/virtualNetworks")?;
        let subnet = self.target(tx, "subnetId", "Microsoft.Network/virtualNetworks/subnets")?;
        let owner = Id::parse(&subnet.id).and_then(|id| id.owner());
        if owner.map(|owner| owner.key()) != Some(network.id.to_lowercase()) {
            let text = format!("The subnet '{}' is not in '{}'.", subnet.name, network.name);
            return Err(input("subnetId", text));
        }
        restore.machine = Some(machine.text());
        restore.group = Some(group.text());
        restore.subnet = Some(subnet.id.clone());
        Ok(())
    }

    /// The disks alone: as resources of a group, or as files of the account without one.
    fn disks(&self, tx: &Tx<'_>, restore: &mut BackupRestore) -> Result<(), Refusal> {
        if self.asked.properties.get("createNewCloudService") == Some(&Value::Bool(true)) {
            let text = "'createNewCloudService' is false for the machines of today.";
            return Err(input("createNewCloudService", text));
        }
        if body::text(&self.asked.properties, "targetResourceGroupId")?.is_some() {
            restore.group = Some(self.group(tx, "Microsoft.Compute/disks")?.text());
        }
        Ok(())
    }

    /// The machine itself gets the disks of the point.
    fn original(
        &self,
        tx: &Tx<'_>,
        item: &VaultObject,
        restore: &mut BackupRestore,
    ) -> Result<(), Refusal> {
        let key = machine_of(item);
        let Some(machine) = tx.arm.resources.get(&key) else {
            return Err(no_machine(&key));
        };
        if machine.location.as_deref() != Some(&self.region) {
            let text = format!(
                "The virtual machine '{}' is in {}, not in {}.",
                machine.name,
                machine.location.as_deref().unwrap_or_default(),
                self.region
            );
            return Err(input("region", text));
        }
        let id = Id::parse(&machine.id).unwrap_or_default();
        access::pass(self.request, tx, &id, &format!("{MACHINES}/write"))?;
        restore.machine = Some(machine.id.clone());
        Ok(())
    }
}
