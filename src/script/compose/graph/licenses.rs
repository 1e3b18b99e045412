//! Licences of users in Microsoft Graph: one SKU, named as people name it, in; both arrays that the
//! service wants, out.

use std::sync::Arc;

use rhai::{Array, Dynamic};
use uuid::Uuid;

use super::map;
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};
use crate::script::effects::at_path;
use crate::script::error::{argument, describe};
use crate::script::host::Host;
use crate::script::invoke::by_name;
use crate::script::pager::Items;

/// `assign_license(tenant, user, sku[, #{ disabled }])`.
pub(super) fn assign(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Dynamic::UNIT);
    let (tenant, user, sku, options) = (next(), next(), next(), next());
    let mut skus = Skus::new(host, &tenant);
    let disabled = disabled(&options)?;
    let id = skus.id(&sku)?;
    let plans = disabled.iter().map(|plan| skus.plan(&sku, &id, plan));
    let plans = plans.collect::<Result<Array, Error>>()?;
    let added = map([("skuId", id.into()), ("disabledPlans", plans.into())]);
    change(host, [tenant, user], vec![added.into()], Array::new())
}

/// `remove_license(tenant, user, sku)`.
pub(super) fn remove(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Dynamic::UNIT);
    let (tenant, user, sku) = (next(), next(), next());
    let id = Skus::new(host, &tenant).id(&sku)?;
    change(host, [tenant, user], Array::new(), vec![id.into()])
}

fn change(
    host: &Arc<Host>,
    [tenant, user]: [Dynamic; 2],
    add: Array,
    remove: Array,
) -> Result<Dynamic, Error> {
    let body = map([
        ("addLicenses", add.into()),
        ("removeLicenses", remove.into()),
    ]);
    let args = vec![tenant, user, body.into()];
    by_name(host, "graph", "change_licenses", args)
}

/// Returns the service plans to leave out, as they were named.
fn disabled(options: &Dynamic) -> Result<Vec<String>, Error> {
    if options.is_unit() {
        return Ok(Vec::new());
    }
    let map = options.as_map_ref().map_err(|_| {
        let what = describe(options);
        argument(format!("the options must be a map, not {what}"))
    })?;
    if let Some(name) = map.keys().find(|name| *name != "disabled") {
        let error = argument(format!("there is no option `{name}`"));
        return Err(error.help("there is: disabled"));
    }
    let Some(plans) = map.get("disabled").filter(|plans| !plans.is_unit()) else {
        return Ok(Vec::new());
    };
    let one = |plan: &Dynamic| {
        let named = at_path(plan, "servicePlanId").unwrap_or_else(|| plan.clone());
        if named.is_string() {
            return Ok(named.to_string());
        }
        let what = describe(plan);
        Err(argument(format!(
            "a service plan is named by its id or name, not {what}"
        )))
    };
    match plans.as_array_ref() {
        Ok(plans) => plans.iter().map(one).collect(),
        Err(_) => Ok(vec![one(plans)?]),
    }
}

/// What the tenant has bought, read when a name has to be looked up.
struct Skus<'a> {
    host: &'a Arc<Host>,
    tenant: &'a Dynamic,
    known: Option<Array>,
}

impl<'a> Skus<'a> {
    fn new(host: &'a Arc<Host>, tenant: &'a Dynamic) -> Self {
        Self {
            host,
            tenant,
            known: None,
        }
    }

    fn all(&mut self) -> Result<&[Dynamic], Error> {
        if self.known.is_none() {
            let list = by_name(self.host, "graph", "skus", vec![self.tenant.clone()])?;
            let items = Items::of(&list).map(Iterator::collect).transpose()?;
            self.known = Some(items.unwrap_or_default());
        }
        Ok(self.known.as_deref().unwrap_or_default())
    }

    /// Returns the id of a SKU: of a record, as given, or looked up by its part number.
    fn id(&mut self, sku: &Dynamic) -> Result<String, Error> {
        if let Some(id) = at_path(sku, "skuId") {
            return Ok(id.to_string());
        }
        let Ok(name) = sku.as_immutable_string_ref().map(|name| name.to_string()) else {
            let what = describe(sku);
            return Err(argument(format!(
                "a licence is named by the id or part number of its SKU, or by a record of `graph::skus`, not {what}"
            )));
        };
        if Uuid::try_parse(&name).is_ok() {
            return Ok(name.to_ascii_lowercase());
        }
        found(self.all()?, ("skuPartNumber", "skuId"), &name, "SKU")
    }

    /// Returns the id of a service plan of a SKU.
    fn plan(&mut self, sku: &Dynamic, id: &str, plan: &str) -> Result<Dynamic, Error> {
        if Uuid::try_parse(plan).is_ok() {
            return Ok(plan.to_ascii_lowercase().into());
        }
        let plans = if let Some(plans) = at_path(sku, "servicePlans") {
            plans
        } else {
            let is_it = |one: &&Dynamic| {
                at_path(one, "skuId").is_some_and(|own| own.to_string().eq_ignore_ascii_case(id))
            };
            let own = self.all()?.iter().find(is_it);
            let plans = own.and_then(|own| at_path(own, "servicePlans"));
            plans.unwrap_or(Dynamic::UNIT)
        };
        let plans = plans.into_array().unwrap_or_default();
        let fields = ("servicePlanName", "servicePlanId");
        Ok(found(&plans, fields, plan, "service plan")?.into())
    }
}

/// Returns the id of the one of that name, compared without regard to case.
fn found(
    all: &[Dynamic],
    (name, id): (&str, &str),
    wanted: &str,
    what: &str,
) -> Result<String, Error> {
    let word = |one: &Dynamic, path: &str| at_path(one, path).map(|word| word.to_string());
    let names: Vec<String> = all.iter().filter_map(|one| word(one, name)).collect();
    let is_it =
        |one: &&Dynamic| word(one, name).is_some_and(|own| own.eq_ignore_ascii_case(wanted));
    if let Some(id) = all.iter().find(is_it).and_then(|one| word(one, id)) {
        return Ok(id);
    }
    let message = format!("there is no {what} called {wanted:?}");
    let error = Error::new(Code::ScriptArgument, message);
    Err(
        match did_you_mean(wanted, names.iter().map(String::as_str)) {
            Some(near) => error.help(format!("did you mean {near:?}?")),
            None => error.help(format!(
                "there are: {}",
                crate::base::text::shorten(&names.join(", "), 300)
            )),
        },
    )
}
