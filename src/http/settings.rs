//! What a client is built from.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::policy::journal::{Journal, Unrecorded};
use super::policy::log::Log;
use super::tokens::TokenSource;
use crate::api::ServiceName;
use crate::api::model::Effect;
use crate::base::cancel::Cancel;
use crate::base::clock::Clock;

/// What a client is built from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Root of each service. A path in it is kept: requests go beneath it.
    pub roots: BTreeMap<ServiceName, Url>,
    /// The clock that calls are made by.
    pub clock: Arc<dyn Clock>,
    /// Where tokens come from.
    pub tokens: Arc<dyn TokenSource>,
    /// What records the steps of the run.
    pub journal: Arc<dyn Journal>,
    /// Effects granted to this run, beside reading.
    pub grants: Vec<Effect>,
    /// The effects that the runbook's header lists, if it has a header; an upper bound.
    pub bound: Option<Vec<(ServiceName, Effect)>>,
    /// Where the log goes; `None` is off.
    pub log: Option<Log>,
    /// Who may stop everything.
    pub cancel: Cancel,
    /// Certificates (PEM) that are trusted beside the system's.
    pub ca_file: Option<PathBuf>,
    /// How long the network may take, by the machine's clock.
    pub timeouts: Timeouts,
    /// Makes the jitter of back-off repeatable (the embedded sandbox).
    pub seed: Option<u64>,
}

impl Settings {
    /// Returns settings that grant reading only, record nothing and log nothing.
    pub fn new(
        roots: BTreeMap<ServiceName, Url>,
        clock: Arc<dyn Clock>,
        tokens: Arc<dyn TokenSource>,
    ) -> Self {
        Self {
            roots,
            clock,
            tokens,
            journal: Arc::new(Unrecorded),
            grants: Vec::new(),
            bound: None,
            log: None,
            cancel: Cancel::default(),
            ca_file: None,
            timeouts: Timeouts::default(),
            seed: None,
        }
    }
}

/// How long the network may take, by the machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// To open a connection.
    pub connect: Duration,
    /// From sending a request to the end of its answer.
    pub request: Duration,
    /// For a write in flight after the run was told to stop.
    pub grace: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            request: Duration::from_secs(100),
            grace: Duration::from_secs(30),
        }
    }
}
