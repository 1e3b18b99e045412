//! What `parallel` returns: one outcome per item, in the order of the items. A failure is data here;
//! it becomes an error when the script asks, with `check()`, or when nobody looks at it at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rhai::{Array, Dynamic, Engine, EvalAltResult, Map};

use super::error::{Thrown, argument, raise};
use super::host::Host;
use super::output;
use crate::error::{Code, Error};

/// How many failures are told one by one.
const TOLD: usize = 20;

/// Columns of a table of outcomes.
pub(super) const COLUMNS: [&str; 3] = ["key", "state", "message"];

/// What became of one item.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    /// Name of the lane: the item's key.
    pub(super) key: String,
    /// The item itself.
    pub(super) item: Dynamic,
    /// What the function returned, or why it failed.
    pub(super) result: Result<Dynamic, Thrown>,
}

/// All outcomes of a fan-out.
#[derive(Debug, Clone)]
pub(super) struct Outcomes(Arc<All>);

#[derive(Debug)]
struct All {
    outcomes: Vec<Outcome>,
    /// Whether the script has looked at what failed.
    looked: AtomicBool,
    host: Arc<Host>,
}

impl Drop for All {
    /// Failures that nobody has looked at must not pass unseen: `values()` leaves them out.
    fn drop(&mut self) {
        if self.looked.load(Ordering::Acquire) || thread::panicking() {
            return;
        }
        if let Some(error) = failed(&self.outcomes) {
            self.host.overlook(
                error.help("look at them: `failures()` gives them, `check()` ends the script"),
            );
        }
    }
}

/// Returns the error that failed outcomes are together, the first of them one by one.
fn failed(all: &[Outcome]) -> Option<Error> {
    let failed: Vec<&Outcome> = all.iter().filter(|one| one.result.is_err()).collect();
    if failed.is_empty() {
        return None;
    }
    let related = failed.iter().take(TOLD).filter_map(|one| {
        let error = one.result.as_ref().err()?;
        let mut error = Error::clone(&error.0);
        let message = format!("{}: {error}", one.key);
        error.parts_mut().message = message;
        Some(error)
    });
    let message = format!("{} of {} items failed", failed.len(), all.len());
    let error = Error::new(Code::ItemsFailed, message).related(related);
    Some(match failed.len().checked_sub(TOLD) {
        Some(more) if more > 0 => error.help(format!("{more} more failures are not shown")),
        _ => error,
    })
}

impl Outcome {
    fn to_map(&self) -> Map {
        let mut map = Map::new();
        map.insert("key".into(), self.key.clone().into());
        map.insert("ok".into(), self.result.is_ok().into());
        match &self.result {
            Ok(value) => map.insert("value".into(), value.clone()),
            Err(error) => map.insert("error".into(), Dynamic::from(error.clone())),
        };
        map
    }

    /// Returns a row for people: the key, whether it went well, and why not.
    fn row(&self) -> Map {
        let mut map = Map::new();
        map.insert("key".into(), self.key.clone().into());
        let (state, message) = match &self.result {
            Ok(_) => ("ok", String::new()),
            Err(error) => ("failed", format!("{} [{}]", error.0, error.0.code())),
        };
        map.insert("state".into(), state.into());
        map.insert("message".into(), message.into());
        map
    }
}

impl Outcomes {
    /// Takes the outcomes of a fan-out.
    pub(super) fn new(host: &Arc<Host>, outcomes: Vec<Outcome>) -> Self {
        Self(Arc::new(All {
            outcomes,
            looked: AtomicBool::new(false),
            host: Arc::clone(host),
        }))
    }

    /// Returns all of them to somebody who looks at the failures, too.
    fn all(&self) -> &[Outcome] {
        self.0.looked.store(true, Ordering::Release);
        &self.0.outcomes
    }

    /// Returns the outcomes as an array of maps.
    pub(super) fn to_array(&self) -> Array {
        self.all()
            .iter()
            .map(|outcome| outcome.to_map().into())
            .collect()
    }

    /// Returns a row for people per outcome.
    pub(super) fn rows(&self) -> Array {
        self.all().iter().map(|one| one.row().into()).collect()
    }

    fn values(&self) -> Array {
        let values = self
            .0
            .outcomes
            .iter()
            .filter_map(|one| one.result.as_ref().ok());
        values.cloned().collect()
    }

    fn failures(&self) -> Array {
        let failed = self.all().iter().filter(|one| one.result.is_err());
        failed.cloned().map(Dynamic::from).collect()
    }

    fn get(&self, index: i64) -> Result<Dynamic, Box<EvalAltResult>> {
        let length = i64::try_from(self.0.outcomes.len()).unwrap_or(i64::MAX);
        let at = if index < 0 { length + index } else { index };
        usize::try_from(at)
            .ok()
            .and_then(|at| self.all().get(at))
            .map(|outcome| Dynamic::from(outcome.clone()))
            .ok_or_else(|| {
                raise(argument(format!(
                    "there are {length} outcomes, and no [{index}]"
                )))
            })
    }

    /// Returns an error that tells the failures, if there are any.
    fn check(&self) -> Result<(), Error> {
        failed(self.all()).map_or(Ok(()), Err)
    }
}

/// Registers both types.
pub(super) fn register(engine: &mut Engine, host: &Arc<Host>) {
    engine.register_type_with_name::<Outcome>("Outcome");
    engine.register_get("key", |one: &mut Outcome| one.key.clone());
    engine.register_get("item", |one: &mut Outcome| one.item.clone());
    engine.register_get("ok", |one: &mut Outcome| one.result.is_ok());
    engine.register_get("value", |one: &mut Outcome| {
        one.result.clone().unwrap_or(Dynamic::UNIT)
    });
    engine.register_get("error", |one: &mut Outcome| {
        one.result
            .as_ref()
            .err()
            .map_or(Dynamic::UNIT, |error| Dynamic::from(error.clone()))
    });
    let words = |one: &mut Outcome| match &one.result {
        Ok(_) => format!("{}: ok", one.key),
        Err(error) => format!("{}: {} [{}]", one.key, error.0, error.0.code()),
    };
    engine.register_fn("to_map", |one: &mut Outcome| one.to_map());
    engine.register_fn("to_string", words);
    engine.register_fn("to_debug", words);
    outcomes(engine, host);
}

fn outcomes(engine: &mut Engine, host: &Arc<Host>) {
    engine.register_type_with_name::<Outcomes>("Outcomes");
    engine.register_iterator::<Outcomes>();
    engine.register_indexer_get(|all: &mut Outcomes, index: i64| all.get(index));
    engine.register_fn("len", |all: &mut Outcomes| {
        i64::try_from(all.0.outcomes.len()).unwrap_or(i64::MAX)
    });
    engine.register_fn("values", |all: &mut Outcomes| all.values());
    engine.register_fn("failures", |all: &mut Outcomes| all.failures());
    engine.register_fn("check", |all: &mut Outcomes| all.check().map_err(raise));
    engine.register_fn("to_array", |all: &mut Outcomes| {
        let each = all.all().iter().cloned();
        each.map(Dynamic::from).collect::<Array>()
    });
    let host = Arc::clone(host);
    engine.register_fn("table", move |all: &mut Outcomes| {
        output::table(&host, &Dynamic::from(all.clone()), &Dynamic::UNIT).map_err(raise)
    });
    let words = |all: &mut Outcomes| {
        let all = all.all();
        let failed = all.iter().filter(|one| one.result.is_err()).count();
        format!("{} outcomes, {failed} failed", all.len())
    };
    engine.register_fn("to_string", words);
    engine.register_fn("to_debug", words);
}

impl IntoIterator for Outcomes {
    type Item = Dynamic;
    type IntoIter = std::vec::IntoIter<Dynamic>;

    fn into_iter(self) -> Self::IntoIter {
        let each: Vec<_> = self.all().iter().cloned().map(Dynamic::from).collect();
        each.into_iter()
    }
}
