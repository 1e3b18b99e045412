//! Functions that are not one operation: each of their steps goes through the invoker, so that it is
//! checked, counted and journalled by itself.

mod arm;
mod catalog;
mod graph;
mod licenses;
mod order;
mod recovery;
mod resume;

use std::sync::Arc;

use rhai::{Dynamic, Module, NativeCallContext, Position, Shared};

use super::bind::{Native, raw_function, taken};
use super::check::known::{HostFunction, HostParam, Type};
use super::error::raise_at;
use super::host::Host;
use crate::api::model::Effect;
use crate::error::Error;

/// A composite function: what it is called with, and what it does.
struct Composite {
    shape: HostFunction,
    run: fn(&Arc<Host>, Vec<Dynamic>) -> Result<Dynamic, Error>,
}

const READ: &[Effect] = &[Effect::Read];
const WRITE: &[Effect] = &[Effect::Write];
const CUSTOMER: HostParam = HostParam::required("customer", Type::Any);
const USER: HostParam = HostParam::required("user", Type::Any);
const SKUS: HostParam = HostParam::required("skus", Type::Any);
const WAIT: HostParam = HostParam::optional(
    "options",
    Type::Keys(&[HostParam::optional("timeout", Type::Number)]),
);
const WANTED: &[HostParam] = &[
    HostParam::required("country", Type::Text),
    HostParam::optional("title", Type::Text),
    HostParam::optional("product", Type::Text),
    HostParam::optional("sku", Type::Text),
    HostParam::optional("term", Type::Text),
    HostParam::optional("cycle", Type::Text),
    HostParam::optional("segment", Type::Text),
    HostParam::optional("view", Type::Text),
];

/// The shape of a composite function of a module.
const fn shape(
    module: &'static str,
    name: &'static str,
    params: &'static [HostParam],
    returns: Type,
    effects: &'static [Effect],
    doc: &'static str,
) -> HostFunction {
    HostFunction {
        module: Some(module),
        name,
        params,
        returns,
        effects,
        doc,
        example: "",
    }
}

const PARTNER: &[Composite] = &[
    Composite {
        shape: shape(
            "partner",
            "home",
            &[],
            Type::Text,
            &[],
            "The id of the partner's own tenant, as a value to pass on.",
        ),
        run: |host, _| Ok(host.settings.door.home()?.as_ref().into()),
    },
    Composite {
        shape: shape(
            "partner",
            "find_catalog_item",
            &[HostParam::required("wanted", Type::Keys(WANTED))],
            Type::Map,
            READ,
            "Finds what to buy (product, SKU, availability) and how: `catalogItemId`, `termDuration`, `billingCycle`.",
        ),
        run: catalog::find,
    },
    Composite {
        shape: shape(
            "partner",
            "buy",
            &[CUSTOMER, HostParam::required("items", Type::Any), WAIT],
            Type::Array,
            &[Effect::Write, Effect::Spend],
            "Puts items into a cart, checks it out and waits until the orders are provisioned; returns the orders.",
        ),
        run: order::buy,
    },
    Composite {
        shape: shape(
            "partner",
            "wait_order",
            &[CUSTOMER, HostParam::required("order", Type::Any), WAIT],
            Type::Record,
            READ,
            "Waits until all lines of an order are provisioned; returns the order as it is then.",
        ),
        run: order::wait,
    },
    Composite {
        shape: shape(
            "partner",
            "assign_licenses",
            &[CUSTOMER, USER, SKUS],
            Type::Record,
            WRITE,
            "Assigns licences to a user: one or an array of SKU ids or of the customer's licences.",
        ),
        run: licenses::assign,
    },
    Composite {
        shape: shape(
            "partner",
            "remove_licenses",
            &[CUSTOMER, USER, SKUS],
            Type::Record,
            WRITE,
            "Takes licences away from a user.",
        ),
        run: licenses::remove,
    },
];

/// Returns all composite functions.
fn all() -> impl Iterator<Item = &'static Composite> {
    let parts = [PARTNER, graph::ALL, arm::ALL, recovery::ALL, resume::ALL];
    parts.into_iter().flatten()
}

/// Registers the composite functions of a service.
pub(super) fn register(module: &mut Module, host: &Arc<Host>, service: &str) {
    for composite in all().filter(|one| one.shape.module == Some(service)) {
        let host = Arc::clone(host);
        let call = move |ctx: Option<NativeCallContext>, args: &mut [&mut Dynamic]| {
            let at = ctx
                .as_ref()
                .map_or(Position::NONE, NativeCallContext::call_position);
            (composite.run)(&host, taken(args)).map_err(|error| {
                let source = ctx.as_ref().and_then(NativeCallContext::call_source);
                raise_at(host.placed(error, source, at), at)
            })
        };
        let call: Shared<Native> = Shared::new(call);
        let params = composite.shape.params;
        let least = params.iter().filter(|param| !param.optional).count();
        for count in least..=params.len() {
            raw_function(module, composite.shape.name, count, Shared::clone(&call));
        }
    }
}

/// Returns the table of composite functions.
pub(super) fn functions() -> impl Iterator<Item = HostFunction> {
    all().map(|one| one.shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::testing::operation;

    #[test]
    fn functions_have_the_effects_of_their_steps() {
        let check = |name: &str, steps: &[&str]| {
            let lightest = |step: &&str| {
                let rules = operation(step).effects.iter();
                rules.map(|rule| rule.is).min().expect("an effect")
            };
            let effects: Vec<Effect> = steps.iter().map(lightest).collect();
            let one = functions().find(|one| one.name == name);
            assert_eq!(one.expect("a function").effects, effects, "{name}");
        };
        check("home", &[]);
        check("find_catalog_item", &["skus"]);
        check("buy", &["create_cart", "checkout_cart"]);
        check("wait_order", &["order_provisioning_status"]);
        check("assign_licenses", &["update_licenses"]);
        check("remove_licenses", &["update_licenses"]);
    }
}
