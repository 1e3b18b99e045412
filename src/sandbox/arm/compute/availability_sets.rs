//! Availability sets: `Classic` for machines with unmanaged disks, `Aligned` for managed ones. Source:
//! arm reference §10.8.

use serde_json::{Map, Value, json};

use super::refusal::{not_allowed, unchangeable};
use super::{VERSIONS, vm};
use crate::sandbox::arm::body::{self, one_of, parameter};
use crate::sandbox::arm::calls::routes;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::{Draft, Kind, Long};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = routes!("Microsoft.Compute/availabilitySets", "avset");

/// How many domains there are at most, and without a word. The reference names no limits.
const DOMAINS: [(&str, i64, i64); 2] = [
    ("platformFaultDomainCount", 3, 2),
    ("platformUpdateDomainCount", 20, 5),
];

#[derive(Debug)]
pub(super) struct AvailabilitySets;

impl Kind for AvailabilitySets {
    fn name(&self) -> &'static str {
        "Microsoft.Compute/availabilitySets"
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn members(&self) -> &'static [&'static str] {
        &["sku"]
    }

    fn put(&self, _draft: &Draft<'_>) -> Option<Long> {
        None
    }

    fn made(&self) -> u16 {
        200
    }

    fn delete(&self, _resource: &Resource) -> Option<Long> {
        None
    }

    fn check(&self, tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        sku(tx, draft)?;
        let is_used = draft
            .before
            .is_some_and(|set| machines(tx, set).next().is_some());
        let properties = &mut draft.resource.properties;
        for computed in ["virtualMachines", "statuses"] {
            properties.remove(computed);
        }
        for (field, most, usual) in DOMAINS {
            let before = draft.before.and_then(|set| set.properties.get(field));
            let usual = before.cloned().unwrap_or_else(|| usual.into());
            let given = properties.entry(field).or_insert(usual);
            if is_used && before.is_some_and(|before| before != given) {
                return Err(unchangeable(field));
            }
            if !given
                .as_i64()
                .is_some_and(|count| (1..=most).contains(&count))
            {
                let text = format!("The value of '{field}' must be between 1 and {most}.");
                return Err(parameter(field, text));
            }
        }
        Ok(())
    }

    fn held(&self, tx: &Tx<'_>, resource: &Resource) -> Option<Refusal> {
        machines(tx, resource).next()?;
        let text = format!(
            "Availability Set '{}' cannot be deleted. Before deleting an Availability Set please ensure that it does not contain any VM.",
            resource.name
        );
        Some(not_allowed(text))
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        resource: &Resource,
        request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        if !shows_machines(request) {
            return;
        }
        let machines = machines(tx, resource).map(|machine| json!({ "id": machine.id }));
        let machines: Vec<Value> = machines.collect();
        if let Some(Value::Object(properties)) = shown.get_mut("properties") {
            properties.insert("virtualMachines".to_owned(), machines.into());
        }
    }
}

/// The kind of a set stays what it is: a set of managed disks is no other again, and one with
/// machines does not change.
fn sku(tx: &Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let before = draft
        .before
        .and_then(|set| body::at(&set.members, "sku.name")?.as_str());
    let members = &mut draft.resource.members;
    let given = body::text(members, "sku.name")?;
    let given = given.or(before).unwrap_or("Classic");
    let name = one_of("sku.name", given, &["Classic", "Aligned"])?;
    if let Some(set) = draft.before.filter(|_| before != Some(name))
        && (name == "Classic" || machines(tx, set).next().is_some())
    {
        return Err(unchangeable("sku.name"));
    }
    members.insert("sku".to_owned(), json!({ "name": name }));
    Ok(())
}

/// Returns the machines of a set.
fn machines<'a>(tx: &'a Tx<'_>, set: &'a Resource) -> impl Iterator<Item = &'a Resource> {
    let subscription = Id::parse(&set.id).and_then(|id| id.subscription);
    let scope = Id::of_subscription(&subscription.unwrap_or_default());
    let of = |machine: &&Resource| {
        vm::availability_set(machine).is_some_and(|id| id.eq_ignore_ascii_case(&set.id))
    };
    vm::all(tx, &scope).filter(of)
}

/// The list of a whole subscription shows the machines only where it is asked to.
fn shows_machines(request: Option<&Request>) -> bool {
    let Some(request) = request else {
        return true;
    };
    let expand = request.query("$expand").unwrap_or_default();
    !request.param("group").is_empty() || expand.eq_ignore_ascii_case("virtualMachines/$ref")
}
