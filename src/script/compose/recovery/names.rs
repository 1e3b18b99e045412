//! The names of containers and items of Backup for machines of Azure Resource Manager, which are made
//! of four parts. Source: Azure REST API reference, Backup (protected items - create or update).

use rhai::Dynamic;

use crate::api::ids::ResourceId;
use crate::error::Error;
use crate::script::effects::at_path;
use crate::script::error::{argument, describe};

/// Returns a name that begins with that word: `(resource_group, vm)`, or of the machine alone.
pub(super) fn of_machine(function: &str, word: &str, args: &[Dynamic]) -> Result<Dynamic, Error> {
    let (group, machine) = match args {
        [machine] => both(function, machine)?,
        [group, machine] => (part(function, "resource_group", group)?, {
            part(function, "vm", machine)?
        }),
        _ => {
            return Err(argument(format!(
                "{function} takes a resource group and a machine"
            )));
        }
    };
    Ok(format!("{word};iaasvmcontainerv2;{group};{machine}").into())
}

/// Returns group and name of a machine that is given as a record or by its id.
fn both(function: &str, machine: &Dynamic) -> Result<(String, String), Error> {
    let id = at_path(machine, "id").unwrap_or_else(|| machine.clone());
    let id = id.as_immutable_string_ref().ok();
    let id = id.and_then(|id| ResourceId::parse(&id).ok());
    let found = id.and_then(|id| Some((id.resource_group.clone()?, id)));
    let found = found.filter(|(_, id)| {
        let kind = id.kind();
        kind.eq_ignore_ascii_case("Microsoft.Compute/virtualMachines")
    });
    found
        .map(|(group, id)| (group, id.name().to_owned()))
        .ok_or_else(|| {
            let what = describe(machine);
            argument(format!("{function} needs a machine of Azure, or its resource group and its name, and got {what}"))
        })
}

/// Returns a part of the name: a text, or a record's name.
fn part(function: &str, name: &str, given: &Dynamic) -> Result<String, Error> {
    let own = at_path(given, "name").unwrap_or_else(|| given.clone());
    let text = own.as_immutable_string_ref().ok();
    let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    let text = text.map(|text| last(&text));
    let fits = |text: &String| !text.is_empty() && !text.contains(';');
    text.filter(fits).ok_or_else(|| {
        let what = describe(given);
        argument(format!(
            "`{name}` of {function} is a record or a name, not {what}"
        ))
    })
}
