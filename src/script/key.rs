//! What methods of lists and arrays ask of each item: a function of it, or the property at a path.

use std::sync::Arc;

use rhai::{Dynamic, EvalAltResult, FnPtr, ImmutableString, NativeCallContext, Position};

use super::error::{argument, describe, raise};
use super::host::{Answer, Host};
use super::readers;
use super::record::Record;
use crate::error::Error;

/// What a method asks of each item: a function of it or a property, resolved once.
pub(super) struct Key {
    key: Dynamic,
    /// The property that the function comes to, if it does nothing but read one.
    reads: Option<Arc<str>>,
}

impl Key {
    /// Asks for a property at a dotted path.
    pub(super) fn by_path(path: ImmutableString) -> Self {
        Self {
            key: path.into(),
            reads: None,
        }
    }

    /// Asks what a function comes to.
    pub(super) fn by_function(host: &Host, f: FnPtr) -> Self {
        Self {
            reads: host.readers.of(&f),
            key: f.into(),
        }
    }

    fn read(&self, item: &Dynamic) -> Option<Dynamic> {
        readers::read(item, self.reads.as_deref()?)
    }

    /// Returns what an item comes to.
    pub(super) fn of(&self, ctx: &NativeCallContext, item: Dynamic) -> Answer<Dynamic> {
        match self.read(&item) {
            Some(value) => Ok(value),
            None => key_of(ctx, &self.key, item),
        }
    }

    /// Returns what an item of an array comes to.
    pub(super) fn of_item(
        &self,
        method: &str,
        ctx: &NativeCallContext,
        item: &mut Dynamic,
        number: usize,
    ) -> Answer<Dynamic> {
        match (self.read(item), self.key.read_lock::<FnPtr>()) {
            (Some(value), _) => Ok(value),
            (None, Some(f)) => of_item(method, ctx, &f, item, number),
            (None, None) => key_of(ctx, &self.key, item.clone()),
        }
    }
}

/// Calls a function with an item of an array. The engine's own methods first offer the item as
/// `this`, which for most functions ends in an error that is written out and dropped, item by item;
/// here it is the last that is tried.
fn of_item(
    method: &str,
    ctx: &NativeCallContext,
    f: &FnPtr,
    item: &mut Dynamic,
    number: usize,
) -> Answer<Dynamic> {
    match f.call_raw(ctx, None, [item.clone()]) {
        Err(error) if matches!(*error, EvalAltResult::ErrorFunctionNotFound(..)) => {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            f.call_raw_with_extra_args(method, ctx, Some(item), [], [number.into()], Some(0))
        }
        Err(error) => {
            let source = ctx.call_source().unwrap_or_default().to_owned();
            let within = EvalAltResult::ErrorInFunctionCall(
                method.to_owned(),
                source,
                error,
                Position::NONE,
            );
            Err(within.into())
        }
        done => done,
    }
}

/// Returns the key of an item: what a function returns, or the property at a dotted path.
pub(super) fn key_of(ctx: &NativeCallContext, key: &Dynamic, item: Dynamic) -> Answer<Dynamic> {
    if let Some(f) = key.read_lock::<FnPtr>() {
        return f.call_within_context(ctx, (item,));
    }
    let path = key.as_immutable_string_ref().map_err(|_| {
        let what = describe(key);
        raise(argument(format!(
            "a function or the name of a property is needed here, not {what}"
        )))
    })?;
    property(&item, &path).map_err(raise)
}

/// Returns the property of a record or map at a dotted path; `()` where a part is absent.
pub(super) fn property(item: &Dynamic, path: &str) -> Result<Dynamic, Error> {
    let mut value = item.clone();
    for name in path.split('.') {
        let next = if let Some(record) = value.read_lock::<Record>() {
            record.get(name)?
        } else if let Ok(map) = value.as_map_ref() {
            map.get(name).cloned().unwrap_or(Dynamic::UNIT)
        } else {
            Dynamic::UNIT
        };
        value = next;
    }
    Ok(value)
}
