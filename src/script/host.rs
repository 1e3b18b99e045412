//! What all functions of the host share while a session lives.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rhai::{Dynamic, EvalAltResult, Position};

use super::Settings;
use super::azure::Seen;
use super::error::raise;
use super::readers::Readers;
use super::sources::Sources;
use crate::api::ServiceName;
use crate::api::model::{Operation, Service};
use crate::base::clock::Clock;
use crate::error::Error;

/// An operation together with its service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Op {
    pub(super) service: &'static Service,
    pub(super) operation: &'static Operation,
}

/// What all functions of the host share.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) settings: Settings,
    /// Methods by (service, schema, name).
    pub(super) methods: HashMap<(&'static str, u16, &'static str), Op>,
    /// The runbook's parameters, as `params`.
    pub(super) params: Dynamic,
    /// The texts of the scripts that were read.
    pub(super) sources: Sources,
    /// The closures that only read a property.
    pub(super) readers: Readers,
    /// The subscriptions that the run has seen.
    pub(super) seen: Seen,
    /// Failed items of fan-outs that the script did not look at.
    overlooked: Mutex<Vec<Error>>,
}

impl Host {
    pub(super) fn new(settings: Settings) -> Arc<Self> {
        let mut methods = HashMap::new();
        for service in &settings.services {
            let service: &'static Service = service;
            for operation in service.operations.iter() {
                if let Some((schema, name)) = operation.method_of {
                    methods.insert((service.name, schema, name), Op { service, operation });
                }
            }
        }
        let params = super::params::map(&settings.params);
        Arc::new(Self {
            settings,
            methods,
            params,
            sources: Sources::default(),
            readers: Readers::default(),
            seen: Seen::default(),
            overlooked: Mutex::default(),
        })
    }

    /// Keeps failures that the script did not look at.
    pub(super) fn overlook(&self, error: Error) {
        let mut kept = self
            .overlooked
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        kept.push(error);
    }

    /// Returns the failures that the script did not look at, once.
    pub(super) fn overlooked(&self) -> Option<Error> {
        let mut kept = self
            .overlooked
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut all = std::mem::take(&mut *kept).into_iter();
        Some(all.next()?.related(all))
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        self.settings.door.clock()
    }

    /// Says a line on stderr.
    pub(super) fn say(&self, line: &str) {
        self.settings.progress.say(line);
    }

    /// Holds up the lane that runs here; a cancelled run ends the wait.
    pub(super) fn wait(&self, time: Duration) -> Result<(), Error> {
        self.settings.door.pause(time)
    }

    /// Gives an error its place, if it is one that nothing catches: the engine ends such a script
    /// without telling in which module it was.
    pub(super) fn placed(&self, error: Error, source: Option<&str>, at: Position) -> Error {
        if error.code().catchable() {
            return error;
        }
        match self.sources.at(source.unwrap_or_default(), at) {
            Some(at) => error.at(at),
            None => error,
        }
    }

    /// Returns the operation of that name.
    pub(super) fn operation(&self, service: &str, name: &str) -> Option<Op> {
        let service: &'static Service = self
            .settings
            .services
            .iter()
            .find(|one| one.name == service)?;
        let operation = service.operation(name)?;
        Some(Op { service, operation })
    }
}

impl Op {
    /// Returns the name as scripts write it.
    pub(super) fn full_name(&self) -> String {
        format!("{}::{}", self.service.name, self.operation.name)
    }

    /// Returns the service whose host and tokens it uses.
    pub(super) fn service_name(&self) -> ServiceName {
        service_name(self.service.on)
    }
}

/// Returns the service of that name.
pub(super) fn service_name(name: &str) -> ServiceName {
    let mut all = ServiceName::ALL.into_iter();
    all.find(|one| one.as_str() == name)
        .unwrap_or(ServiceName::Arm)
}

/// What native functions return.
pub(super) type Answer<T> = Result<T, Box<EvalAltResult>>;

/// Returns the engine's form of a result.
pub(super) fn answer<T>(result: Result<T, Error>) -> Answer<T> {
    result.map_err(raise)
}
