//! The language of deployment templates: reading, evaluating, planning. It is pure: what it tells
//! of the place comes in as a [`Place`], what exists is asked of a [`World`]. Source: arm reference
//! §10.5 and the list of functions; what neither says is chosen in `fault` (texts) and beside
//! each function (formats, hashes).

mod copy;
mod declared;
mod document;
mod evaluate;
mod expression;
mod fault;
mod functions;
mod nested;
mod outputs;
mod parameters;
mod path;
mod plan;
mod resource;
mod scope;
#[cfg(test)]
mod tests;
mod variables;

pub(super) use document::{Level, Template};
pub(super) use fault::Fault;
pub(super) use nested::adopt;
pub(super) use outputs::outputs;
pub(super) use parameters::{bind, given, told};
pub(super) use plan::Plan;
pub(super) use scope::{Nowhere, Place, Scope, World};
