//! The run's memory, as the pipeline sees it: a step is answered from the record or performed once
//! and recorded. The engine that keeps no record passes every step through.

use std::fmt;

use crate::api::model::Effect;
use crate::error::Error;
use crate::http::call::StepKey;
use crate::http::response::Response;

/// What records the steps of a run. It is called on the lane's own thread and may block.
pub trait Journal: Send + Sync + fmt::Debug {
    /// Returns the recorded answer of the step, or performs `act` once and records its answer.
    fn step(&self, key: &StepKey, act: &dyn Act) -> Result<Response, Error>;
}

/// The rest of the pipeline beneath a step.
pub trait Act {
    /// Returns what the step does to the world: a read is one entry, anything else an intent and
    /// an outcome.
    fn effect(&self) -> Effect;

    /// Fails unless limits, plan and approval let the step happen; asked for when nothing is
    /// recorded, before the intent.
    fn admit(&self) -> Result<(), Error>;

    /// Sends the call and waits for its answer.
    fn perform(&self) -> Result<Response, Error>;
}

/// Records nothing.
#[derive(Debug, Clone, Copy)]
pub struct Unrecorded;

impl Journal for Unrecorded {
    fn step(&self, _key: &StepKey, act: &dyn Act) -> Result<Response, Error> {
        act.admit()?;
        act.perform()
    }
}
