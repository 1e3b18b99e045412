//! Buying: cart, checkout, and waiting until what was bought is there.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, Dynamic, Map};

use crate::base::clock::later;
use crate::error::{Code, Error, Sent};
use crate::script::date::seconds;
use crate::script::effects::at_path;
use crate::script::error::{argument, describe};
use crate::script::host::Host;
use crate::script::invoke::by_name;
use crate::script::pager::Items;

/// How long to wait for an order, unless `timeout` says otherwise.
const PATIENCE: Duration = Duration::from_secs(60 * 60);
/// Between the first looks; later ones are farther apart.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LAST_PAUSE: Duration = Duration::from_secs(60);

/// `buy(customer, items[, #{ timeout }])`.
pub(super) fn buy(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Dynamic::UNIT);
    let (customer, items, options) = (next(), next(), next());
    let patience = patience(&options)?;
    let mut content = Map::new();
    content.insert("lineItems".into(), lines(&items)?.into());
    let cart = by_name(
        host,
        "partner",
        "create_cart",
        vec![customer.clone(), content.into()],
    )?;
    accepted(&cart)?;
    let result = by_name(
        host,
        "partner",
        "checkout_cart",
        vec![customer.clone(), cart],
    )?;
    ordered(&result)?;
    let orders = at_path(&result, "orders").unwrap_or(Dynamic::UNIT);
    let orders = orders.into_array().unwrap_or_default();
    let waited = orders
        .iter()
        .map(|order| provisioned(host, &customer, order, patience));
    waited
        .collect::<Result<Array, _>>()
        .map(Dynamic::from_array)
}

/// `wait_order(customer, order[, #{ timeout }])`.
pub(super) fn wait(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Dynamic::UNIT);
    let (customer, order, options) = (next(), next(), next());
    provisioned(host, &customer, &order, patience(&options)?)
}

fn patience(options: &Dynamic) -> Result<Duration, Error> {
    if options.is_unit() {
        return Ok(PATIENCE);
    }
    let map = options.as_map_ref().map_err(|_| {
        argument(format!(
            "the options must be a map, not {}",
            describe(options)
        ))
    })?;
    let mut patience = PATIENCE;
    for (name, value) in map.iter() {
        patience = match (name.as_str(), seconds(value)) {
            ("timeout", Some(time)) => time,
            ("timeout", None) => {
                return Err(argument(format!(
                    "`timeout` is a number of seconds, not {}",
                    describe(value)
                )));
            }
            _ => {
                return Err(
                    argument(format!("there is no option `{name}`")).help("there is: timeout")
                );
            }
        };
    }
    Ok(patience)
}

/// Returns the lines of the cart: as given, or with what `find_catalog_item` found as `item`.
fn lines(items: &Dynamic) -> Result<Array, Error> {
    if let Some(items) = items.as_array_ref().ok().filter(|items| !items.is_empty()) {
        return items.iter().map(line).collect();
    }
    if items.is_map() {
        return Ok(vec![line(items)?]);
    }
    let what = if items.is_array() {
        "an empty array".to_owned()
    } else {
        describe(items)
    };
    Err(argument(format!(
        "`buy` takes one or several items as maps, not {what}"
    )))
}

fn line(item: &Dynamic) -> Result<Dynamic, Error> {
    let map = item.as_map_ref().map_err(|_| {
        argument(format!(
            "an item to buy must be a map, not {}",
            describe(item)
        ))
    })?;
    let mut line = map.clone();
    if let Some(found) = line.remove("item") {
        for name in ["catalogItemId", "termDuration", "billingCycle"] {
            let value = at_path(&found, name);
            if let Some(value) = value.filter(|_| !line.contains_key(name)) {
                line.insert(name.into(), value);
            }
        }
    }
    Ok(line.into())
}

/// A cart is accepted although its items may have faults: these stand in the items.
fn accepted(cart: &Dynamic) -> Result<(), Error> {
    let faults = faults(
        cart,
        "lineItems",
        "error.errorDescription",
        "error.errorCode",
    );
    told("the cart cannot be bought", faults, Sent::No)
}

fn ordered(result: &Dynamic) -> Result<(), Error> {
    let faults = faults(result, "orderErrors", "description", "code");
    told("not everything in the cart was ordered", faults, Sent::Yes)
}

fn faults(of: &Dynamic, list: &str, message: &str, code: &str) -> Vec<String> {
    let list = at_path(of, list).unwrap_or(Dynamic::UNIT);
    let entries = list.into_array().unwrap_or_default();
    let fault = |entry: &Dynamic| {
        let message = at_path(entry, message)?;
        let code = at_path(entry, code).map_or_else(String::new, |code| format!("{code}: "));
        Some(format!("{code}{message}"))
    };
    entries.iter().filter_map(fault).collect()
}

fn told(what: &str, faults: Vec<String>, sent: Sent) -> Result<(), Error> {
    if faults.is_empty() {
        return Ok(());
    }
    let message = format!("{what}: {}", faults.join("; "));
    Err(Error::new(Code::PartnerRefused, message).sent(sent))
}

/// Waits until every line is fulfilled and names its subscription.
fn provisioned(
    host: &Arc<Host>,
    customer: &Dynamic,
    order: &Dynamic,
    patience: Duration,
) -> Result<Dynamic, Error> {
    let clock = host.clock();
    let deadline = later(clock.now(), patience);
    let task = host
        .settings
        .progress
        .start("waiting for the order to be provisioned");
    let mut pause = FIRST_PAUSE;
    for number in 1.. {
        if fulfilled(host, customer, order)? {
            let args = vec![customer.clone(), order.clone()];
            let now = by_name(host, "partner", "order", args)?;
            if ended(&now)? {
                return Ok(now);
            }
        }
        if clock.now() >= deadline {
            break;
        }
        task.set(number, None);
        host.wait(pause)?;
        pause = (pause * 2).min(LAST_PAUSE);
    }
    Err(Error::new(
        Code::OperationPending,
        format!(
            "the order is not provisioned after {} s",
            patience.as_secs()
        ),
    )
    .help("it goes on at the service: call `partner::wait_order(customer, order)` again later")
    .sent(Sent::Yes))
}

fn fulfilled(host: &Arc<Host>, customer: &Dynamic, order: &Dynamic) -> Result<bool, Error> {
    let args = vec![customer.clone(), order.clone()];
    let states = by_name(host, "partner", "order_provisioning_status", args)?;
    let states = match Items::of(&states) {
        Some(items) => items.collect::<Result<Vec<_>, _>>()?,
        None => Vec::new(),
    };
    let done = |state: &Dynamic| {
        at_path(state, "status")
            .is_some_and(|status| status.to_string().eq_ignore_ascii_case("fulfilled"))
    };
    Ok(!states.is_empty() && states.iter().all(done))
}

fn ended(order: &Dynamic) -> Result<bool, Error> {
    let status = at_path(order, "status").map_or_else(String::new, |status| status.to_string());
    if status.eq_ignore_ascii_case("cancelled") {
        return Err(Error::new(
            Code::OperationFailed,
            "the order was cancelled by the service",
        )
        .sent(Sent::Yes));
    }
    let lines = at_path(order, "lineItems").unwrap_or(Dynamic::UNIT);
    let lines = lines.into_array().unwrap_or_default();
    let named = lines
        .iter()
        .all(|line| at_path(line, "subscriptionId").is_some());
    Ok(named && !status.eq_ignore_ascii_case("pending"))
}
