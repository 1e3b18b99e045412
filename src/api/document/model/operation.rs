//! One API call as described.

use serde::{Deserialize, Serialize};

use super::{
    Auth, Body, Effect, EffectRule, Idempotency, Job, List, Merge, Output, Paging, Param, Place,
    Verb, Waiting,
};

/// One API call as described.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Operation {
    /// The function's name in scripts, unique within the service.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Title of the document the facts come from.
    pub source: &'static str,
    /// Role or permission it needs, in words.
    pub needs: &'static str,
    /// Permissions of the application of which any suffices, the least first.
    pub permissions: List<&'static str>,
    /// Directory roles of which a user needs any, the least first; empty means none.
    pub roles: List<&'static str>,
    /// A line of script that holds in a fresh sandbox.
    pub example: &'static str,
    /// HTTP method.
    pub verb: Verb,
    /// Path template beneath the service's root, e.g. `/v1/customers/{customer}`.
    pub path: &'static str,
    /// Required first.
    pub params: List<Param>,
    /// Body, if the operation takes one.
    pub body: Option<Body>,
    /// Fields of a fixed body: a function with a preset is an entry of its own (`preset`). Values
    /// are JSON text, or the name of a parameter in braces (`{quantity}`).
    pub preset: List<(&'static str, &'static str)>,
    /// For presets: the operation whose body this fixes.
    pub preset_of: Option<&'static str>,
    /// What the script gets.
    pub output: Output,
    /// Whether the answer is a list of one, of which the script gets the item (`one`).
    pub one: bool,
    /// Media type that is asked for in `Accept`.
    pub accept: &'static str,
    /// How a list is paged.
    pub paging: Paging,
    /// Whether it lists directory objects, some of whose queries must be marked as advanced.
    pub advanced: bool,
    /// How an accepted answer is brought to an end.
    pub waiting: Waiting,
    /// The job that it makes, if it makes one.
    pub job: Option<Job>,
    /// The operation that cancels what this one has begun.
    pub cancel: Option<&'static str>,
    /// Effect rules, first match wins; never empty.
    pub effects: List<EffectRule>,
    /// As whom it may be called.
    pub auth: Auth,
    /// How a repeat is recognised.
    pub idempotency: Idempotency,
    /// What a body means for the fields it leaves out.
    pub merge: Merge,
    /// Dotted path of the property that is sent as `If-Match`.
    pub if_match: Option<&'static str>,
    /// The schema (index) this is a method of, with the method's name.
    pub method_of: Option<(u16, &'static str)>,
    /// How many path parameters such a record stands for: the first ones, up to its own.
    pub covered: usize,
    /// Properties that come without being asked for; empty means all.
    pub default_select: List<&'static str>,
    /// Properties that items of this list carry; empty means all.
    pub list_fields: List<&'static str>,
    /// The read that returns what this write changes.
    pub before: Option<&'static str>,
    /// Collection and key of what this write creates.
    pub creates: Option<(&'static str, &'static str)>,
    /// How the body changes the object.
    pub after: Option<&'static str>,
    /// Operations whose answers this write changes.
    pub also: List<&'static str>,
}

impl Operation {
    /// What the name of a function begins with that does not wait for the end of long work.
    pub const BEGIN: &'static str = "begin_";

    /// Returns the gravest effect that this operation can have.
    pub fn gravest(&self) -> Effect {
        self.effects
            .iter()
            .map(|rule| rule.is)
            .max()
            .unwrap_or(Effect::Destroy)
    }

    /// Returns the parameters of the path, in its order.
    pub fn in_path(&self) -> impl Iterator<Item = &'static Param> + Clone {
        let params = self.params.0.iter();
        params.filter(|param| param.place == Place::Path)
    }

    /// Returns whether a method takes a parameter from its record: the tenant, and the parts of the
    /// path that the record stands for.
    pub fn of_record(&self, param: &Param) -> bool {
        let covered = || {
            let mut all = self.in_path().take(self.covered);
            all.any(|one| one.wire == param.wire)
        };
        match param.place {
            Place::Token => true,
            Place::Path => covered(),
            _ => false,
        }
    }

    /// Returns whether its work may go on after the answer, so that it can be begun and waited for.
    pub fn is_long(&self) -> bool {
        !matches!(self.waiting, Waiting::None | Waiting::Repeat)
    }

    /// Returns the parameters that stand in the argument list, in order.
    pub fn positional(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| param.required)
    }

    /// Returns the api-version that is sent unless the call names one. `None`: the operation has no
    /// versions, or the version is that of the resource it is about.
    pub fn api_version(&self) -> Option<&'static str> {
        self.version()?.initial
    }

    /// Returns whether it is about a resource of any type, whose version it takes.
    pub fn versioned_by_type(&self) -> bool {
        self.version().is_some_and(|param| param.initial.is_none())
    }

    /// Returns whether it is one of Azure, whose operations all have a version.
    pub fn is_of_azure(&self) -> bool {
        self.version().is_some()
    }

    fn version(&self) -> Option<&Param> {
        self.params
            .iter()
            .find(|param| param.wire == Param::VERSION)
    }

    /// Returns the parameters that travel in the last map.
    pub fn optional(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| !param.required)
    }
}
