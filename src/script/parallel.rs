//! `parallel(items, f)`: a function over many items at once. Each item has its own copies of what
//! the function captured; what comes back is data, in the order of the items.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rhai::{Dynamic, Engine, FnPtr, Map, NativeCallContext};

use super::error::{Thrown, argument, describe, raise};
use super::host::{Answer, Host};
use super::key::key_of;
use super::outcome::{Outcome, Outcomes};
use super::pager::{Items, lane_name, within};
use super::{defer, rewrite};
use crate::base::fiber;
use crate::error::{Code, Error};
use crate::run::fan_out::{Item, fan_out};

/// Registers `parallel`.
pub(super) fn register(engine: &mut Engine, host: &Arc<Host>) {
    let own = Arc::clone(host);
    engine.register_fn(
        "parallel",
        move |ctx: NativeCallContext, items: Dynamic, f: FnPtr| {
            parallel(&own, &ctx, &items, f, &Map::new())
        },
    );
    let own = Arc::clone(host);
    engine.register_fn(
        "parallel",
        move |ctx: NativeCallContext, items: Dynamic, f: FnPtr, options: Map| {
            parallel(&own, &ctx, &items, f, &options)
        },
    );
}

fn parallel(
    host: &Arc<Host>,
    ctx: &NativeCallContext,
    items: &Dynamic,
    f: FnPtr,
    options: &Map,
) -> Answer<Outcomes> {
    let Some(source) = Items::of(items) else {
        let what = describe(items);
        return Err(raise(argument(format!(
            "`parallel` takes an array, a list or a range, not {what}"
        ))));
    };
    let options = Options::read(host, options)?;
    let of = source.known().and_then(|count| u64::try_from(count).ok());
    let task = host.settings.progress.start("parallel");
    let done = AtomicU64::new(0);
    let f = own_function(f);
    let mut names = HashMap::new();
    let named = source.map(|item| {
        let item = item?;
        let name = options.name(host, ctx, &item)?;
        let name = unique(&mut names, name);
        let value = (name.clone(), item);
        Ok(Item { name, value })
    });
    let work = |_, (key, item)| {
        let outcome = one(host, ctx, &f, key, item);
        task.set(done.fetch_add(1, Ordering::Relaxed) + 1, of);
        outcome
    };
    let outcomes = driven(host, fan_out(host.clock(), options.lanes, named, work));
    let outcomes = outcomes.and_then(|outcomes| outcomes);
    outcomes.map(|all| Outcomes::new(host, all)).map_err(raise)
}

/// Runs a fan-out to its end: on this thread, or beside the other fibers where one runs already.
fn driven<T>(host: &Host, fan_out: impl Future<Output = T>) -> Result<T, Error> {
    if fiber::inside() {
        return Ok(fiber::wait(fan_out));
    }
    let mut result = None;
    {
        let fibers = pin!(async { result = Some(fan_out.await) });
        host.settings.door.drive(fibers)?;
    }
    result.ok_or_else(|| Error::new(Code::Internal, "a fan-out did not end"))
}

/// Runs one item. An error that ends the run is an error here; any other is the item's outcome.
fn one(
    host: &Arc<Host>,
    ctx: &NativeCallContext,
    f: &FnPtr,
    key: String,
    item: Dynamic,
) -> Result<Outcome, Error> {
    let engine = ctx.engine();
    let result = defer::scope(engine, host, || {
        let value = f.call_within_context::<Dynamic>(ctx, (item.clone(),))?;
        let value = own(value);
        if within(&value) {
            return Err(raise(
                argument("a list that is still to be read may not leave `parallel`")
                    .help("read it there: `.to_array()`"),
            ));
        }
        Ok(value)
    });
    let result = match result {
        Ok(value) => Ok(value),
        Err(error) => {
            let error = rewrite::error(host, error);
            if !error.code().catchable() {
                return Err(error);
            }
            Err(Thrown(Arc::new(error)))
        }
    };
    Ok(Outcome { key, item, result })
}

struct Options {
    lanes: usize,
    key: Option<Dynamic>,
}

impl Options {
    fn read(host: &Host, map: &Map) -> Answer<Self> {
        let mut options = Self {
            lanes: host.settings.lanes,
            key: None,
        };
        for (name, value) in map {
            match (name.as_str(), value.as_int()) {
                ("lanes", Ok(lanes @ 1..=256)) => {
                    options.lanes = usize::try_from(lanes).unwrap_or(1);
                }
                ("lanes", _) => {
                    let what = describe(value);
                    return Err(raise(argument(format!(
                        "`lanes` is a number from 1 to 256, not {what}"
                    ))));
                }
                ("key", _) => options.key = Some(own(value.clone())),
                _ => {
                    return Err(raise(
                        argument(format!("`parallel` has no option `{name}`"))
                            .help("it has: lanes, key"),
                    ));
                }
            }
        }
        Ok(options)
    }

    fn name(&self, host: &Host, ctx: &NativeCallContext, item: &Dynamic) -> Result<String, Error> {
        match &self.key {
            None => Ok(lane_name(item)),
            Some(key) => key_of(ctx, key, item.clone())
                .map(|key| lane_name(&key))
                .map_err(|error| rewrite::error(host, error)),
        }
    }
}

/// The second of one name is `name~2`.
pub(super) fn unique(names: &mut HashMap<String, u32>, name: String) -> String {
    let count = names.entry(name.clone()).or_default();
    *count += 1;
    match *count {
        1 => name,
        count => format!("{name}~{count}"),
    }
}

/// Returns a copy of a value that shares nothing: the engine locks shared values, and lanes would
/// meet at the lock.
fn own(value: Dynamic) -> Dynamic {
    let value = value.flatten();
    if value.is_array() {
        let items = value.into_array().unwrap_or_default();
        return items.into_iter().map(own).collect::<rhai::Array>().into();
    }
    if value.is_map() {
        let map = value.cast::<Map>();
        return map
            .into_iter()
            .map(|(name, value)| (name, own(value)))
            .collect::<Map>()
            .into();
    }
    if value.is_fnptr() {
        return own_function(value.cast::<FnPtr>()).into();
    }
    value
}

fn own_function(mut f: FnPtr) -> FnPtr {
    let captured: Vec<Dynamic> = f.curry().iter().cloned().map(own).collect();
    f.set_curry(captured);
    f
}
