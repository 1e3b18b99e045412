//! Methods of lists and what arrays gain: they run at once, natively, and return arrays or values.

use std::cmp::Ordering;
use std::sync::Arc;

use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, Map, NativeCallContext};
use rust_decimal::Decimal;

use super::error::{argument, describe, raise};
use super::host::{Answer, Host, answer};
use super::key::Key;
use super::pager::{Items, List};
use super::{date, number};
use crate::error::Error;

/// Registers the methods of lists.
pub(super) fn lists(engine: &mut Engine, host: &Arc<Host>) {
    engine.register_type_with_name::<List>("List");
    engine.register_iterator_result::<List, Dynamic>();
    engine.register_fn("to_string", |list: &mut List| list_words(list));
    engine.register_fn("to_debug", |list: &mut List| list_words(list));
    engine.register_fn("to_array", |list: &mut List| {
        answer(list.read().collect::<Result<Array, _>>())
    });
    engine.register_fn("count", |list: &mut List| {
        let count = answer(list.count())?;
        Ok::<_, Box<rhai::EvalAltResult>>(i64::try_from(count).unwrap_or(i64::MAX))
    });
    engine.register_fn("first", |list: &mut List| {
        answer(list.read().next().unwrap_or(Ok(Dynamic::UNIT)))
    });
    engine.register_fn("take", |list: &mut List, count: i64| {
        let count = usize::try_from(count).unwrap_or_default();
        answer(list.read().take(count).collect::<Result<Array, _>>())
    });
    let own = Arc::clone(host);
    engine.register_fn(
        "map",
        move |ctx: NativeCallContext, list: &mut List, f: FnPtr| {
            let key = Key::by_function(&own, f);
            list.clone()
                .into_iter()
                .map(|item| key.of(&ctx, item?))
                .collect::<Answer<Array>>()
        },
    );
    let own = Arc::clone(host);
    engine.register_fn(
        "filter",
        move |ctx: NativeCallContext, list: &mut List, f: FnPtr| {
            let key = Key::by_function(&own, f);
            let mut kept = Array::new();
            for item in list.clone() {
                let item = item?;
                if holds(&key.of(&ctx, item.clone())?)? {
                    kept.push(item);
                }
            }
            Ok::<_, Box<rhai::EvalAltResult>>(kept)
        },
    );
    searches(engine);
}

fn searches(engine: &mut Engine) {
    let find = |ctx: &NativeCallContext,
                list: &List,
                f: &FnPtr,
                wanted: bool|
     -> Answer<Option<Dynamic>> {
        for item in list.clone() {
            let item = item?;
            let verdict = f.call_within_context::<Dynamic>(ctx, (item.clone(),))?;
            if holds(&verdict)? == wanted {
                return Ok(Some(item));
            }
        }
        Ok(None)
    };
    engine.register_fn(
        "find",
        move |ctx: NativeCallContext, list: &mut List, f: FnPtr| {
            Ok::<_, Box<rhai::EvalAltResult>>(find(&ctx, list, &f, true)?.unwrap_or(Dynamic::UNIT))
        },
    );
    engine.register_fn(
        "some",
        move |ctx: NativeCallContext, list: &mut List, f: FnPtr| {
            Ok::<_, Box<rhai::EvalAltResult>>(find(&ctx, list, &f, true)?.is_some())
        },
    );
    engine.register_fn(
        "all",
        move |ctx: NativeCallContext, list: &mut List, f: FnPtr| {
            Ok::<_, Box<rhai::EvalAltResult>>(find(&ctx, list, &f, false)?.is_none())
        },
    );
}

fn list_words(list: &List) -> String {
    format!("{}: a list that is still to be read", list.operation())
}

/// Registers what arrays gain, and what lists have in common with them.
pub(super) fn arrays(engine: &mut Engine, host: &Arc<Host>) {
    both(engine, "each", |ctx, items, f: FnPtr| {
        for item in items {
            let _ = f.call_within_context::<Dynamic>(ctx, (answer(item)?,))?;
        }
        Ok(Dynamic::UNIT)
    });
    keyed(engine, host, "sum_by", |ctx, items, key: Key| {
        let mut sum = Sum::default();
        for item in items {
            let value = key.of(ctx, answer(item)?)?;
            sum.add(&value)?;
        }
        Ok(sum.value())
    });
    keyed(engine, host, "group_by", |ctx, items, key: Key| {
        let mut groups = Map::new();
        for item in items {
            let item = answer(item)?;
            let name = key.of(ctx, item.clone())?.to_string();
            let group = groups
                .entry(name.into())
                .or_insert_with(|| Array::new().into());
            if let Ok(mut group) = group.as_array_mut() {
                group.push(item);
            }
        }
        Ok(groups.into())
    });
    keyed(engine, host, "sort_by", |ctx, items, key: Key| {
        let mut keyed = Vec::new();
        for item in items {
            let item = answer(item)?;
            keyed.push((key.of(ctx, item.clone())?, item));
        }
        sorted(keyed)
    });
    both(engine, "join", |_, items, between: ImmutableString| {
        let mut text = String::new();
        for (number, item) in items.enumerate() {
            if number > 0 {
                text.push_str(&between);
            }
            text.push_str(&answer(item)?.to_string());
        }
        Ok(text.into())
    });
    let own = Arc::clone(host);
    engine.register_fn(
        "map",
        move |ctx: NativeCallContext, items: &mut Array, f: FnPtr| {
            let key = Key::by_function(&own, f);
            let mut mapped = Array::with_capacity(items.len());
            for (number, item) in items.iter_mut().enumerate() {
                mapped.push(key.of_item("map", &ctx, item, number)?);
            }
            Ok::<_, Box<EvalAltResult>>(mapped)
        },
    );
    let own = Arc::clone(host);
    engine.register_fn(
        "filter",
        move |ctx: NativeCallContext, items: &mut Array, f: FnPtr| {
            let key = Key::by_function(&own, f);
            let mut kept = Array::new();
            for (number, item) in items.iter_mut().enumerate() {
                let verdict = key.of_item("filter", &ctx, item, number)?;
                if verdict.as_bool().unwrap_or(false) {
                    kept.push(item.clone());
                }
            }
            Ok::<_, Box<EvalAltResult>>(kept)
        },
    );
    engine.register_fn("first", |items: &mut Array| {
        items.first().cloned().unwrap_or(Dynamic::UNIT)
    });
    engine.register_fn("take", |items: &mut Array, count: i64| {
        let count = usize::try_from(count).unwrap_or_default();
        items.iter().take(count).cloned().collect::<Array>()
    });
    engine.register_fn("count", |items: &mut Array| {
        i64::try_from(items.len()).unwrap_or(i64::MAX)
    });
    engine.register_fn("flatten", |items: &mut Array| flatten(items));
}

/// The items that a method goes through. Those of an array are copied one by one, not all at once.
type Each<'a> = &'a mut dyn Iterator<Item = Result<Dynamic, Error>>;

/// Registers a method of one argument for arrays and lists.
fn both<A, F>(engine: &mut Engine, name: &str, method: F)
where
    A: rhai::Variant + Clone,
    F: Fn(&NativeCallContext, Each<'_>, A) -> Answer<Dynamic> + Send + Sync + Clone + 'static,
{
    let lists = method.clone();
    engine.register_fn(
        name,
        move |ctx: NativeCallContext, list: &mut List, argument: A| {
            lists(&ctx, &mut list.read(), argument)
        },
    );
    engine.register_fn(
        name,
        move |ctx: NativeCallContext, items: &mut Array, argument: A| {
            method(&ctx, &mut items.iter().cloned().map(Ok), argument)
        },
    );
}

/// Registers a method whose argument is a key: a function or the name of a property. Both are named
/// to the engine, since its own methods of these names would win over one that takes anything.
fn keyed<F>(engine: &mut Engine, host: &Arc<Host>, name: &str, method: F)
where
    F: Fn(&NativeCallContext, Each<'_>, Key) -> Answer<Dynamic> + Send + Sync + Clone + 'static,
{
    let (own, by_function) = (Arc::clone(host), method.clone());
    both(engine, name, move |ctx, items, f: FnPtr| {
        by_function(ctx, items, Key::by_function(&own, f))
    });
    both(engine, name, move |ctx, items, path: ImmutableString| {
        method(ctx, items, Key::by_path(path))
    });
}

fn flatten(items: &[Dynamic]) -> Answer<Array> {
    let mut flat = Array::new();
    for item in items {
        match Items::of(item) {
            Some(inner) => {
                for item in inner {
                    flat.push(answer(item)?);
                }
            }
            None => flat.push(item.clone()),
        }
    }
    Ok(flat)
}

fn holds(verdict: &Dynamic) -> Answer<bool> {
    verdict.as_bool().map_err(|_| {
        let what = describe(verdict);
        raise(argument(format!(
            "the function must return `true` or `false`, and returned {what}"
        )))
    })
}

/// A sum that stays exact as long as it can.
#[derive(Default)]
struct Sum {
    exact: Decimal,
    decimal: bool,
    float: Option<f64>,
}

impl Sum {
    fn add(&mut self, value: &Dynamic) -> Answer<()> {
        if value.is_unit() {
            return Ok(());
        }
        if let Ok(float) = value.as_float() {
            *self.float.get_or_insert(0.0) += float;
            return Ok(());
        }
        let exact = number::as_decimal(value).ok_or_else(|| {
            let what = describe(value);
            raise(argument(format!("`sum_by` needs numbers, and got {what}")))
        })?;
        self.decimal |= value.is_decimal();
        self.exact = self
            .exact
            .checked_add(exact)
            .ok_or_else(|| raise(argument("the sum is too large")))?;
        Ok(())
    }

    fn value(&self) -> Dynamic {
        if let Some(float) = self.float {
            let exact = number::as_float(&Dynamic::from_decimal(self.exact));
            return (float + exact.unwrap_or_default()).into();
        }
        match i64::try_from(self.exact) {
            Ok(whole) if !self.decimal => whole.into(),
            _ => Dynamic::from_decimal(self.exact),
        }
    }
}

fn sorted(mut keyed: Vec<(Dynamic, Dynamic)>) -> Answer<Dynamic> {
    let mut unlike = None;
    keyed.sort_by(|(a, _), (b, _)| {
        order(a, b).unwrap_or_else(|| {
            unlike.get_or_insert_with(|| (describe(a), describe(b)));
            Ordering::Equal
        })
    });
    if let Some((a, b)) = unlike {
        return Err(raise(argument(format!("{a} cannot be ordered with {b}"))));
    }
    let items: Array = keyed.into_iter().map(|(_, item)| item).collect();
    Ok(items.into())
}

/// Orders two keys; what is absent comes last. `None` if the two are of different kinds.
fn order(a: &Dynamic, b: &Dynamic) -> Option<Ordering> {
    match (a.is_unit(), b.is_unit()) {
        (true, true) => return Some(Ordering::Equal),
        (true, false) => return Some(Ordering::Greater),
        (false, true) => return Some(Ordering::Less),
        (false, false) => {}
    }
    if let (Ok(a), Ok(b)) = (a.as_int(), b.as_int()) {
        return Some(a.cmp(&b));
    }
    if let (Some(a), Some(b)) = (number::as_decimal(a), number::as_decimal(b)) {
        return Some(a.cmp(&b));
    }
    if let (Ok(a), Ok(b)) = (a.as_immutable_string_ref(), b.as_immutable_string_ref()) {
        return Some(a.as_str().cmp(b.as_str()));
    }
    if let (Ok(a), Ok(b)) = (a.as_bool(), b.as_bool()) {
        return Some(a.cmp(&b));
    }
    match (date::of(a), date::of(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        _ => None,
    }
}
