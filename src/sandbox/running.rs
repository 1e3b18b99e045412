//! Starting and stopping a sandbox, and its controls in process: the same as those under
//! `/sandbox`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::clock::Pace;
use super::config::Config;
use super::credentials::Credentials;
use super::engine::{Engine, Setup};
use super::fault::Rule;
use super::limits::Limits;
use super::server::Server;
use super::stats::Count;
use super::store::Begun;
use super::tls;
use crate::base::clock::Clock;
use crate::error::{Code, Error};

/// How a sandbox is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Seed of everything that is made up: ids, names, passwords.
    pub seed: u64,
    /// How many customers are seeded besides the small, named ones.
    pub customers: usize,
    /// The limits in force.
    pub limits: Limits,
    /// The clock that everything reads; the embedded sandbox shares it with the client.
    pub clock: Arc<dyn Clock>,
    /// How long the service's delays are.
    pub pace: Pace,
    /// A file that keeps the state between runs.
    pub state: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 for any.
    pub port: u16,
    /// A folder for the certificate, if the sandbox is to be served over HTTPS.
    pub tls: Option<PathBuf>,
}

/// A sandbox that runs until this is dropped.
#[derive(Debug)]
pub struct Running {
    engine: Arc<Engine>,
    credentials: Credentials,
    _server: Server,
}

/// Starts a sandbox. The state file is read at once; everything else waits for the first request.
///
/// # Errors
/// `usage.state` when the state file or the folder of the certificate cannot be used,
/// `usage.argument` when the port cannot be had.
pub fn start(options: Options) -> Result<Running, Error> {
    let engine = Engine::new(Setup {
        seed: options.seed,
        customers: options.customers,
        limits: options.limits,
        clock: options.clock,
        pace: options.pace,
    });
    if let Some(path) = &options.state {
        engine.keep_in(path)?;
    }
    let engine = Arc::new(engine);
    let kept = options.tls.map(|folder| tls::keep_in(&folder));
    let (tls, ca_file) = kept
        .transpose()?
        .map_or((None, None), |kept| (Some(kept.config), Some(kept.ca_file)));
    let server = Server::start(options.port, Arc::clone(&engine), tls).map_err(|error| {
        let message = format!(
            "the sandbox cannot listen on port {}: {error}",
            options.port
        );
        Error::new(Code::UsageArgument, message).help("choose another port, or 0 for any")
    })?;
    Ok(Running {
        credentials: Credentials {
            ca_file: ca_file.map(|path| path.display().to_string()),
            ..Credentials::at(server.origin())
        },
        engine,
        _server: server,
    })
}

impl Running {
    /// Returns where it is and how to sign in.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Returns what the world is made from: as asked for, unless a state file says otherwise.
    pub fn begun(&self) -> Begun {
        self.engine.begun()
    }

    /// Moves the clock.
    pub fn advance(&self, by: Duration) -> Result<(), Error> {
        self.engine.advance(by).map_err(unkept)
    }

    /// Throws the world away and seeds a fresh one, with another seed or number of customers where
    /// given.
    pub fn reset(&self, seed: Option<u64>, customers: Option<usize>) -> Result<(), Error> {
        self.engine.reset(seed, customers)
    }

    /// Adds a fault.
    pub fn add_fault(&self, rule: Rule) {
        self.engine.add_fault(rule);
    }

    /// Takes all faults away.
    pub fn clear_faults(&self) {
        self.engine.clear_faults();
    }

    /// Returns the switches.
    pub fn config(&self) -> Config {
        self.engine.config()
    }

    /// Sets the switches.
    pub fn configure(&self, config: Config) {
        self.engine.configure(config);
    }

    /// Revokes every refresh token and returns how many there were.
    pub fn revoke(&self) -> Result<usize, Error> {
        self.engine.revoke().map_err(unkept)
    }

    /// Revokes everybody's sessions: access tokens of before are refused, by a claims challenge
    /// where the client can answer one.
    pub fn revoke_sessions(&self) -> Result<(), Error> {
        let revoked = self.engine.change(|tx| super::sessions::revoke(tx, None));
        revoked.map(|_| ()).map_err(unkept)
    }

    /// Returns what was served, route by route, and how many writes took effect.
    pub fn stats(&self) -> (Vec<Count>, u64) {
        self.engine.stats()
    }

    /// Returns the rows of a table, such as `partner.customers`, as JSON by key.
    pub fn rows(&self, table: &str) -> Result<Vec<(String, Value)>, Error> {
        self.engine.rows(table).map_err(unkept)
    }
}

fn unkept(error: std::io::Error) -> Error {
    Error::new(
        Code::UsageState,
        format!("the sandbox cannot write its state file: {error}"),
    )
}
