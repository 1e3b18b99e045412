//! Availability sets: `Classic` for machines with unmanaged disks, `Aligned` for managed ones.

use serde_json::json;

use super::VERSIONS;
use crate::sandbox::arm::body::{self, one_of, parameter};
use crate::sandbox::arm::calls::routes;
use crate::sandbox::arm::kind::{Draft, Kind, Long};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Route;
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = routes!("Microsoft.Compute/availabilitySets", "avset");

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

    fn delete(&self, _resource: &Resource) -> Option<Long> {
        None
    }

    fn check(&self, _tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let resource = &mut draft.resource;
        let sku = body::text(&resource.members, "sku.name")?.unwrap_or("Classic");
        let sku = one_of("sku.name", sku, &["Classic", "Aligned"])?;
        resource
            .members
            .insert("sku".to_owned(), json!({ "name": sku }));
        for (field, most, usual) in [
            ("platformFaultDomainCount", 3, 2),
            ("platformUpdateDomainCount", 20, 5),
        ] {
            let given = resource
                .properties
                .entry(field)
                .or_insert_with(|| usual.into());
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
}
