//! The sandbox without its socket: the state behind one lock, how it is made, changed and kept, and
//! what the controls do to it. The way of a request through it stands in `flow`.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::clock::Pace;
use super::config::Config;
use super::fault::{Faults, Rule};
use super::graph::lag::Lag;
use super::limits::Limits;
use super::stats::{Count, Stats};
use super::store::{Begun, Conditions, Due, StateFile, Tx, World};
use super::throttle::Throttle;
use super::{arm, entra, graph, partner};
use crate::base::clock::Clock;
use crate::base::random::Random;
use crate::error::{Code, Error};

/// Counter that keeps how many seconds the clock was moved by hand.
const MOVED: &str = "clock.moved";

/// What the engine is told when it is made.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) seed: u64,
    pub(crate) customers: usize,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pace: Pace,
}

/// The sandbox without its socket.
#[derive(Debug)]
pub(crate) struct Engine {
    clock: Arc<dyn Clock>,
    pace: Pace,
    limits: Limits,
    /// Ids of answers, which are no part of the state.
    pub(super) ids: Random,
    state: Mutex<State>,
}

/// Everything that changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(super) world: World,
    /// Whether the world has been made; that waits for the first request.
    made: bool,
    seed: u64,
    customers: usize,
    file: Option<StateFile>,
    pub(super) config: Config,
    pub(super) faults: Faults,
    pub(super) throttle: Throttle,
    /// Objects of Microsoft Graph that have not arrived everywhere.
    pub(super) lag: Lag,
    pub(super) stats: Stats,
}

impl Engine {
    /// Makes a sandbox; its world is seeded when the first request comes.
    pub(crate) fn new(setup: Setup) -> Self {
        let state = State {
            world: World::default(),
            made: false,
            seed: setup.seed,
            customers: setup.customers,
            file: None,
            config: Config::default(),
            faults: Faults::default(),
            throttle: Throttle::default(),
            lag: Lag::default(),
            stats: Stats::default(),
        };
        Self {
            clock: setup.clock,
            pace: setup.pace,
            limits: setup.limits,
            ids: Random::seeded(setup.seed),
            state: Mutex::new(state),
        }
    }

    /// Keeps the state in a file from now on, and takes over what the file holds.
    pub(crate) fn keep_in(&self, path: &Path) -> Result<(), Error> {
        let mut state = self.lock();
        let opened = StateFile::open(path, state.begun())?;
        state.seed = opened.begun.seed;
        state.customers = opened.begun.customers.unwrap_or(state.customers);
        state.file = Some(opened.file);
        if let Some(world) = opened.world {
            let moved = world
                .system
                .counters
                .get(MOVED)
                .copied()
                .unwrap_or_default();
            self.clock.advance(Duration::from_secs(moved));
            state.world = world;
            state.made = true;
            drop(state);
            // The credentials that are printed work, however long ago the file was written.
            return self.change(entra::seed::keep_alive).map_err(|error| {
                let message = format!("the state file cannot be written: {error}");
                Error::new(Code::UsageState, message)
            });
        }
        Ok(())
    }

    /// Returns what the world is made from.
    pub(crate) fn begun(&self) -> Begun {
        self.lock().begun()
    }

    /// Takes the lock. A panic elsewhere leaves the state as it was: changes replace it whole.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what a transaction begun now is told.
    pub(super) fn conditions(&self, state: &State) -> Conditions {
        Conditions {
            now: self.clock.now(),
            seed: state.seed,
            pace: self.pace,
            limits: self.limits,
            config: state.config,
        }
    }

    /// Returns the clock that the sandbox reads.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Changes the world from outside of any request.
    pub(crate) fn change<T>(&self, f: impl FnOnce(&mut Tx<'_>) -> T) -> io::Result<T> {
        let mut state = self.lock();
        let conditions = self.conditions(&state);
        state.prepare(&conditions)?;
        let mut tx = Tx::begin(&state.world, &conditions);
        let value = f(&mut tx);
        state.commit(tx)?;
        Ok(value)
    }

    /// Moves the clock; the state file remembers by how much.
    pub(crate) fn advance(&self, by: Duration) -> io::Result<()> {
        self.clock.advance(by);
        self.change(|tx| {
            let moved = tx.system.counters.get(MOVED).copied().unwrap_or_default();
            tx.system.counters.put(MOVED, moved + by.as_secs());
        })
    }

    /// Revokes every refresh token and returns how many there were.
    pub(crate) fn revoke(&self) -> io::Result<usize> {
        self.change(|tx| entra::revoke(tx, None))
    }

    /// Adds a fault.
    pub(crate) fn add_fault(&self, rule: Rule) {
        self.lock().faults.add(rule);
    }

    /// Takes all faults away.
    pub(crate) fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// Returns the faults in force.
    pub(crate) fn faults(&self) -> Vec<Rule> {
        self.lock().faults.list().cloned().collect()
    }

    /// Returns the switches.
    pub(crate) fn config(&self) -> Config {
        self.lock().config
    }

    /// Sets the switches.
    pub(crate) fn configure(&self, config: Config) {
        self.lock().config = config;
    }

    /// Returns what was served, and how many writes took effect.
    pub(crate) fn stats(&self) -> (Vec<Count>, u64) {
        let state = self.lock();
        (state.stats.list(), state.stats.effects())
    }

    /// Counts the rows per table.
    pub(crate) fn counts(&self) -> io::Result<Vec<(&'static str, usize)>> {
        self.change(|tx| tx.counts())
    }

    /// Returns the rows of a table by key.
    pub(crate) fn rows(&self, table: &str) -> io::Result<Vec<(String, Value)>> {
        let rows = self.change(|tx| tx.all())?;
        let rows = rows.into_iter().filter(|change| change.table == table);
        Ok(rows
            .filter_map(|change| Some((change.key, change.row?)))
            .collect())
    }

    /// Throws the world away; the next request finds a fresh one.
    pub(crate) fn reset(&self, seed: Option<u64>, customers: Option<usize>) -> Result<(), Error> {
        let mut state = self.lock();
        state.seed = seed.unwrap_or(state.seed);
        state.customers = customers.unwrap_or(state.customers);
        let begun = state.begun();
        if let Some(file) = &mut state.file {
            file.reset(begun)?;
        }
        state.world = World::default();
        state.made = false;
        state.config = Config::default();
        state.faults.clear();
        state.throttle = Throttle::default();
        state.lag = Lag::default();
        state.stats = Stats::default();
        Ok(())
    }
}

impl State {
    /// Returns what the world is made from.
    fn begun(&self) -> Begun {
        Begun {
            seed: self.seed,
            customers: Some(self.customers),
        }
    }

    /// Makes the world if there is none yet, and does the work whose time has come.
    pub(super) fn prepare(&mut self, conditions: &Conditions) -> io::Result<()> {
        if !self.made {
            let mut tx = Tx::begin(&World::default(), conditions);
            entra::seed::seed(&mut tx);
            partner::seed(&mut tx, self.customers);
            arm::fill(&mut tx);
            self.commit(tx)?;
            self.made = true;
        }
        if !self.world.is_due(conditions.now) {
            return Ok(());
        }
        let mut tx = Tx::begin(&self.world, conditions);
        while let Some(due) = tx.take_due() {
            match due {
                Due::Partner(due) => partner::run_due(&mut tx, due),
                Due::Policy(due) => graph::run_policy(&mut tx, due),
                Due::Arm(due) => arm::run_due(&mut tx, due),
                Due::Gdap(due) => entra::gdap::run_due(&mut tx, &due),
                Due::ForgetAnswer(key) => drop(tx.system.answers.remove(&key)),
            }
        }
        self.commit(tx)?;
        Ok(())
    }

    /// Replaces the world by a transaction's, once the state file has it. Returns how many rows of
    /// the services were touched.
    pub(super) fn commit(&mut self, mut tx: Tx<'_>) -> io::Result<usize> {
        graph::groups::settle(&mut tx);
        let mut world = tx.into_world();
        let touched = world.touched();
        match &mut self.file {
            Some(file) => file.append(&world.drain())?,
            None => world.settle(),
        }
        self.world = world;
        Ok(touched)
    }
}
