//! Composite names: `IaasVMContainer;iaasvmcontainerv2;{rg};{vm}` and `VM;iaasvmcontainerv2;{rg};{vm}`.
//! Casing does not count. Source: recovery reference §6.1, §9.7.

use super::refusal::{input, unserved};
use crate::sandbox::arm::id::Id;
use crate::sandbox::reply::Refusal;

/// The one fabric.
const FABRIC: &str = "Azure";
const CONTAINER: &str = "IaasVMContainer";
const ITEM: &str = "VM";
/// Machines of today, and those of the time before.
const TODAY: &str = "iaasvmcontainerv2";
const CLASSIC: &str = "iaasvmcontainer";
/// What else may be contained; their spellings are not confirmed.
const OTHERS: [&str; 3] = ["StorageContainer", "VMAppContainer", "Windows"];

/// The machine that a pair of names says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) group: String,
    pub(super) machine: String,
}

impl Named {
    /// Returns the machine of an id of a resource.
    pub(super) fn of(machine: &Id) -> Self {
        Self {
            group: machine.group.clone().unwrap_or_default(),
            machine: machine.name().to_owned(),
        }
    }

    /// Returns the name of its container.
    pub(super) fn container(&self) -> String {
        format!("{CONTAINER};{}", self.short())
    }

    /// Returns the name of its item.
    pub(super) fn item(&self) -> String {
        format!("{ITEM};{}", self.short())
    }

    /// Returns `containerName`, which omits the first word.
    pub(super) fn short(&self) -> String {
        format!("{TODAY};{}", self.pair())
    }

    fn pair(&self) -> String {
        format!("{};{}", self.group, self.machine)
    }

    /// Returns the id of the machine in a subscription.
    pub(super) fn id(&self, subscription: &str) -> Id {
        let group = Id::of_group(subscription, &self.group);
        group.extended("Microsoft.Compute", "virtualMachines", &self.machine)
    }

    /// Returns the id of its item in a vault.
    pub(super) fn item_id(&self, vault: &Id) -> Id {
        self.container_id(vault)
            .child("protectedItems", &self.item())
    }

    /// Returns the id of its container in a vault.
    pub(super) fn container_id(&self, vault: &Id) -> Id {
        fabric_id(vault).child("protectionContainers", &self.container())
    }
}

/// Returns the id of the fabric of a vault.
pub(super) fn fabric_id(vault: &Id) -> Id {
    vault.child("backupFabrics", FABRIC)
}

/// Refuses another fabric than the one there is.
pub(super) fn fabric(id: &Id) -> Result<(), Refusal> {
    match part(id, 1) {
        Some(name) if !name.eq_ignore_ascii_case(FABRIC) => {
            let text = format!("There is no fabric '{name}': it is always '{FABRIC}'.");
            Err(input("fabricName", text))
        }
        _ => Ok(()),
    }
}

/// Reads the container of a path.
pub(super) fn container(id: &Id) -> Result<Named, Refusal> {
    fabric(id)?;
    let name = part(id, 2).unwrap_or_default();
    read(name, CONTAINER, "containerName")
}

/// Reads the container and the item of a path, which must be those of one machine.
pub(super) fn item(id: &Id) -> Result<Named, Refusal> {
    let container = container(id)?;
    let name = part(id, 3).unwrap_or_default();
    let item = read(name, ITEM, "protectedItemName")?;
    if item.pair().to_lowercase() != container.pair().to_lowercase() {
        let text = format!(
            "The container '{}' and the protected item '{name}' are not of the same virtual machine.",
            part(id, 2).unwrap_or_default()
        );
        return Err(input("protectedItemName", text));
    }
    Ok(item)
}

fn part(id: &Id, at: usize) -> Option<&str> {
    let (_, name) = id.sections.first()?.parts.get(at)?;
    Some(name)
}

fn read(name: &str, first: &str, field: &str) -> Result<Named, Refusal> {
    let parts: Vec<&str> = name.split(';').collect();
    let is = |word: &str, known: &str| word.eq_ignore_ascii_case(known);
    if let Some(other) = OTHERS.iter().find(|other| is(parts[0], other)) {
        return Err(unserved(other));
    }
    match parts.as_slice() {
        [head, kind, group, machine]
            if is(head, first) && is(kind, TODAY) && !group.is_empty() && !machine.is_empty() =>
        {
            Ok(Named {
                group: (*group).to_owned(),
                machine: (*machine).to_owned(),
            })
        }
        [head, kind, _, _] if is(head, first) && is(kind, CLASSIC) => {
            Err(unserved("classic virtual machines"))
        }
        _ => {
            let text = format!(
                "The name '{name}' is not of the form '{first};{TODAY};<resource group>;<virtual machine>'."
            );
            Err(input(field, text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn container_and_item_have_four_parts_and_match() {
        let check = |container: &str, item: &str, expected: Result<&str, u16>| {
            let path = format!(
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v/backupFabrics/Azure/protectionContainers/{container}/protectedItems/{item}"
            );
            let seen = super::item(&Id::parse(&path).expect("an id"));
            let seen = seen
                .map(|named| named.pair())
                .map_err(|refusal| refusal.status);
            assert_eq!(seen, expected.map(str::to_owned), "{container} {item}");
        };
        let right = "IaasVMContainer;iaasvmcontainerv2;rg;vm1";
        check(right, "VM;iaasvmcontainerv2;rg;vm1", Ok("rg;vm1"));
        check(right, "vm;IAASVMCONTAINERV2;RG;VM1", Ok("RG;VM1"));
        check(right, "VM%3Biaasvmcontainerv2%3Brg%3Bvm1", Ok("rg;vm1"));
        check(right, "VM%253Biaasvmcontainerv2%253Brg%253Bvm1", Err(400));
        check(right, "VM;iaasvmcontainerv2;rg;vm2", Err(400));
        check(right, "VM;iaasvmcontainerv2;vm1", Err(400));
        check(
            "iaasvmcontainerv2;rg;vm1",
            "VM;iaasvmcontainerv2;rg;vm1",
            Err(400),
        );
        check(right, "VM;iaasvmcontainerv2;rg;", Err(400));
        check(
            "IaasVMContainer;iaasvmcontainer;rg;vm1",
            "VM;iaasvmcontainer;rg;vm1",
            Err(501),
        );
        check(
            "StorageContainer;Storage;rg;acc",
            "AzureFileShare;s",
            Err(501),
        );
    }
}
