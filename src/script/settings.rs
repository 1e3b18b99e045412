//! Everything a session needs from outside: who calls services, where results go, who is asked.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::Value;
use super::door::Door;
use crate::api::model::Service;
use crate::base::cancel::Cancel;
use crate::error::Error;
use crate::report::{Output, Progress};

/// Somebody who can be asked while a script runs.
pub trait Prompt: Send + Sync + fmt::Debug {
    /// Asks whether to go on; `false` is a refusal. An error when nobody can be asked.
    fn approve(&self, text: &str) -> Result<bool, Error>;
}

/// Everything a session needs from outside.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The way to the services: a [`Pipeline`](super::Pipeline) over a client.
    pub door: Arc<dyn Door>,
    /// The services that scripts can call.
    pub services: Vec<&'static Service>,
    /// Where results go.
    pub output: Arc<dyn Output>,
    /// Where notes and progress go.
    pub progress: Arc<dyn Progress>,
    /// Who is asked by `approve`.
    pub prompt: Arc<dyn Prompt>,
    /// The runbook's parameters.
    pub params: Vec<(String, Value)>,
    /// Ends the run.
    pub cancel: Cancel,
    /// How many items a fan-out works on at once, unless it says otherwise.
    pub lanes: usize,
    /// Folders and files that scripts may read and write.
    pub files: Vec<PathBuf>,
}
