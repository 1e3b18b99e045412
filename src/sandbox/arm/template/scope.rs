//! What an expression is evaluated in: the place of the deployment, the world behind `reference`,
//! the template's parameters and variables (evaluated when first asked for), the loops around it, and
//! the stage, which decides what may be asked.

use std::cell::{Cell as Counter, RefCell};
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::document::Template;
use super::evaluate::Frame;
use super::fault::{Fault, circular_name, unknown_name};
use super::{parameters, variables};
use crate::base::clock::Timestamp;

/// What functions tell of the place of a deployment; it does not change during one.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// `subscription()`.
    pub(crate) subscription: Value,
    /// `resourceGroup()`; `None` for a deployment to a subscription.
    pub(crate) group: Option<Value>,
    /// `tenant()`.
    pub(crate) tenant: Value,
    /// `deployment()`.
    pub(crate) deployment: Value,
    /// `environment()`.
    pub(crate) environment: Value,
    /// `utcNow()`.
    pub(crate) now: Timestamp,
    /// What `newGuid()` follows from: a text that no other deployment has.
    pub(crate) seed: String,
}

impl Place {
    /// Returns the subscription's id.
    pub(crate) fn subscription_id(&self) -> &str {
        self.subscription["subscriptionId"]
            .as_str()
            .unwrap_or_default()
    }

    /// Returns the resource group's name.
    pub(crate) fn group_name(&self) -> Option<&str> {
        self.group.as_ref()?["name"].as_str()
    }

    /// Returns the path below which resources without a scope of their own are.
    pub(crate) fn path(&self) -> String {
        let subscription = self.subscription_id();
        match self.group_name() {
            Some(group) => format!("/subscriptions/{subscription}/resourceGroups/{group}"),
            None => format!("/subscriptions/{subscription}"),
        }
    }
}

/// What an expression may ask of the world while a deployment runs.
pub(crate) trait World {
    /// Returns the whole state of a resource, by its id or by its name in the template, as an
    /// api-version shows it (empty: the template's own).
    fn reference(&self, target: &str, version: &str) -> Result<Value, Fault>;

    /// Calls an action that begins with `list`, such as `listKeys`.
    fn list(&self, function: &str, target: &str, version: &str) -> Result<Value, Fault>;
}

/// A world that is not there: before a deployment runs, nothing is asked of it.
#[derive(Debug)]
pub(crate) struct Nowhere;

impl World for Nowhere {
    fn reference(&self, _: &str, _: &str) -> Result<Value, Fault> {
        Err(Fault::Deferred)
    }

    fn list(&self, _: &str, _: &str, _: &str) -> Result<Value, Fault> {
        Err(Fault::Deferred)
    }
}

/// When an expression is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// A parameter's default: the only place of `utcNow` and `newGuid`.
    Default,
    /// Before anything is deployed: names, conditions, counts, dependencies, variables.
    Start,
    /// The look ahead over properties and outputs: what refers to resources is put off and noted.
    Ahead,
    /// The deployment runs.
    Run,
}

/// A loop around an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Loop {
    /// Its name, for `copyIndex('name')`.
    pub(super) name: String,
    /// The present index.
    pub(super) index: i64,
    /// Whether `copyIndex()` without a name means it.
    pub(super) unnamed: bool,
}

/// A reference that was met in the look ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Met {
    /// An id, or a name in the template.
    pub(super) target: String,
    /// Whether an api-version is given, so that it may exist already.
    pub(super) versioned: bool,
}

#[derive(Debug, Clone)]
enum Cell {
    Busy,
    Done(Value),
}

/// Everything that expressions of one template share.
pub(crate) struct Scope<'a> {
    pub(super) template: &'a Template,
    pub(super) place: &'a Place,
    pub(super) world: &'a dyn World,
    /// What was given for the parameters, by name as declared.
    pub(super) supplied: Map<String, Value>,
    parameters: RefCell<BTreeMap<String, Cell>>,
    variables: RefCell<BTreeMap<String, Cell>>,
    met: RefCell<Vec<Met>>,
    guids: Counter<u32>,
}

impl<'a> Scope<'a> {
    /// Makes the scope of a template with the plain values of its parameters.
    pub(crate) fn new(
        template: &'a Template,
        place: &'a Place,
        world: &'a dyn World,
        supplied: Map<String, Value>,
    ) -> Self {
        Self {
            template,
            place,
            world,
            supplied,
            parameters: RefCell::default(),
            variables: RefCell::default(),
            met: RefCell::default(),
            guids: Counter::default(),
        }
    }

    /// Returns a frame without loops.
    pub(super) fn frame(&self, stage: Stage) -> Frame<'_> {
        Frame {
            scope: self,
            loops: &[],
            stage,
        }
    }

    /// Returns a parameter's value.
    pub(super) fn parameter(&self, name: &str) -> Result<Value, Fault> {
        let Some((name, declared)) = member(&self.template.parameters, name) else {
            return Err(unknown_name("parameter", name));
        };
        lazily(&self.parameters, "parameter", name, || {
            parameters::value(self, name, declared)
        })
    }

    /// Returns a variable's value.
    pub(super) fn variable(&self, name: &str) -> Result<Value, Fault> {
        lazily(&self.variables, "variable", name, || {
            variables::value(self, name)
        })
    }

    /// Counts the GUIDs that were asked for.
    pub(super) fn next_guid(&self) -> u32 {
        self.guids.set(self.guids.get() + 1);
        self.guids.get()
    }

    /// Notes a reference that was put off.
    pub(super) fn meet(&self, target: &str, versioned: bool) {
        self.met.borrow_mut().push(Met {
            target: target.to_owned(),
            versioned,
        });
    }

    /// Gives away the references that were put off since it was last asked.
    pub(super) fn take_met(&self) -> Vec<Met> {
        self.met.take()
    }
}

/// Returns a member of an object without regard to casing; the exact name wins.
pub(super) fn member<'v>(
    object: &'v Map<String, Value>,
    name: &str,
) -> Option<(&'v String, &'v Value)> {
    object.get_key_value(name).or_else(|| {
        object
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
    })
}

fn lazily(
    cells: &RefCell<BTreeMap<String, Cell>>,
    what: &str,
    name: &str,
    compute: impl FnOnce() -> Result<Value, Fault>,
) -> Result<Value, Fault> {
    let key = name.to_lowercase();
    match cells.borrow().get(&key) {
        Some(Cell::Done(value)) => return Ok(value.clone()),
        Some(Cell::Busy) => return Err(circular_name(what, name)),
        None => {}
    }
    cells.borrow_mut().insert(key.clone(), Cell::Busy);
    let computed = compute();
    let mut cells = cells.borrow_mut();
    match &computed {
        Ok(value) => drop(cells.insert(key, Cell::Done(value.clone()))),
        Err(_) => drop(cells.remove(&key)),
    }
    computed
}
