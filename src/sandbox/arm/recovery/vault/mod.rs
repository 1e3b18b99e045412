//! Vaults: resources of Azure Resource Manager on which everything else hangs. Source: recovery
//! reference §4.

mod operation;
mod seed;

pub(in crate::sandbox::arm::recovery) use operation::result as operation_result;
pub(in crate::sandbox::arm) use seed::fill;

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::sandbox::arm::body::{self, one_of, parameter};
use crate::sandbox::arm::calls::routes;
use crate::sandbox::arm::kind::{Draft, Kind, Links, Long};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = routes!("Microsoft.RecoveryServices/vaults", "vault");

/// How long it takes until a vault is there or gone; the reference names no time.
const LONG: Long = Long {
    accepted: false,
    links: Links::Both,
    time: Duration::from_secs(20),
    retry_after: 10,
};

#[derive(Debug)]
pub(super) struct Vaults;

impl Kind for Vaults {
    fn name(&self) -> &'static str {
        "Microsoft.RecoveryServices/vaults"
    }

    fn versions(&self) -> &'static [&'static str] {
        &["2025-08-01", "2026-11-01"]
    }

    fn members(&self) -> &'static [&'static str] {
        &["sku", "identity"]
    }

    fn put(&self, draft: &Draft<'_>) -> Option<Long> {
        draft.before.is_none().then_some(LONG)
    }

    fn delete(&self, _resource: &Resource) -> Option<Long> {
        Some(LONG)
    }

    fn check(&self, _tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let members = &mut draft.resource.members;
        let Some(name) = body::text(members, "sku.name")? else {
            return Err(parameter(
                "sku",
                "Required parameter 'sku' is missing (null).",
            ));
        };
        one_of("sku.name", name, &["Standard", "RS0"])?;
        members.insert(
            "sku".to_owned(),
            json!({ "name": "RS0", "tier": "Standard" }),
        );
        Ok(())
    }

    fn show(
        &self,
        _tx: &Tx<'_>,
        resource: &Resource,
        _request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        let etag = crate::sandbox::arm::resource::etag(resource);
        shown.insert("etag".to_owned(), etag.into());
    }
}
