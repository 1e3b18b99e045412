//! Licences of users: ids in, one update out.

use std::sync::Arc;

use rhai::{Array, Dynamic, Map};

use crate::error::Error;
use crate::script::effects::at_path;
use crate::script::error::{argument, describe};
use crate::script::host::Host;
use crate::script::invoke::by_name;

/// `assign_licenses(customer, user, skus)`.
pub(super) fn assign(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    update(host, args, "licensesToAssign", |id| {
        let mut license = Map::new();
        license.insert("skuId".into(), id);
        license.into()
    })
}

/// `remove_licenses(customer, user, skus)`.
pub(super) fn remove(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    update(host, args, "licensesToRemove", |id| id)
}

fn update(
    host: &Arc<Host>,
    args: Vec<Dynamic>,
    field: &str,
    entry: fn(Dynamic) -> Dynamic,
) -> Result<Dynamic, Error> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Dynamic::UNIT);
    let (customer, user, skus) = (next(), next(), next());
    let ids = match skus.as_array_ref() {
        Ok(items) => items.iter().map(sku_id).collect::<Result<Vec<_>, _>>()?,
        Err(_) => vec![sku_id(&skus)?],
    };
    let mut changes = Map::new();
    let entries: Array = ids.into_iter().map(entry).collect();
    changes.insert(field.into(), entries.into());
    by_name(
        host,
        "partner",
        "update_licenses",
        vec![customer, user, changes.into()],
    )
}

/// Returns the id of a licence's kind: a text, or the property of a record that holds it.
fn sku_id(value: &Dynamic) -> Result<Dynamic, Error> {
    if value.is_string() {
        return Ok(value.clone());
    }
    ["productSku.id", "skuId", "id"]
        .iter()
        .find_map(|path| at_path(value, path))
        .ok_or_else(|| {
            let what = describe(value);
            argument(format!("a licence is named by its SKU id or a record of `partner::subscribed_skus`, not {what}"))
        })
}
