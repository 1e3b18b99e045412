//! A transaction: the world as a handler sees and changes it, with the time, the seeded generator
//! and the queue of future work.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::system::Pending;
use super::{ArmDue, GdapDue, PartnerDue, PolicyDue, World};
use crate::base::clock::{Timestamp, later};
use crate::base::random::Random;
use crate::sandbox::clock::Pace;
use crate::sandbox::config::Config;
use crate::sandbox::limits::Limits;

/// Future work, by whose it is. It is done before the first request after its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Due {
    /// Partner Center's.
    Partner(PartnerDue),
    /// That of relationships with customers.
    Gdap(GdapDue),
    /// Azure Resource Manager's.
    Arm(ArmDue),
    /// That of domains and devices.
    Policy(PolicyDue),
    /// A remembered answer is forgotten.
    ForgetAnswer(String),
}

/// What a transaction is told from outside; it does not change during one.
#[derive(Debug, Clone)]
pub(crate) struct Conditions {
    /// The present time.
    pub(crate) now: Timestamp,
    /// Seed of the generator.
    pub(crate) seed: u64,
    /// How long delays really are.
    pub(crate) pace: Pace,
    /// The limits in force.
    pub(crate) limits: Limits,
    /// Switches set by the controls.
    pub(crate) config: Config,
}

/// A transaction. It stands for the [`World`]: `tx.partner.customers.get(id)`.
#[derive(Debug)]
pub(crate) struct Tx<'a> {
    world: World,
    conditions: &'a Conditions,
    /// When the work that was taken last was due.
    due: Option<Timestamp>,
    /// The time as which work is done, where that is not the present.
    moment: Option<Timestamp>,
}

impl<'a> Tx<'a> {
    /// Begins on a clone of the world.
    pub(crate) fn begin(world: &World, conditions: &'a Conditions) -> Self {
        Self {
            world: world.clone(),
            conditions,
            due: None,
            moment: None,
        }
    }

    /// Returns the changed world.
    pub(crate) fn into_world(self) -> World {
        self.world
    }

    /// Returns the present time.
    pub(crate) fn now(&self) -> Timestamp {
        self.moment.unwrap_or(self.conditions.now)
    }

    /// Does the work that was taken last as of the time when it was due: what follows from it then
    /// follows from that time, however late somebody looks.
    pub(crate) fn in_time<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        self.moment = self.due;
        let done = f(self);
        self.moment = None;
        done
    }

    /// Returns the limits in force.
    pub(crate) fn limits(&self) -> &Limits {
        &self.conditions.limits
    }

    /// Returns the switches set by the controls.
    pub(crate) fn config(&self) -> &Config {
        &self.conditions.config
    }

    /// Returns how long a delay of the service is at the sandbox's pace: for `Retry-After`.
    pub(crate) fn scaled(&self, delay: Duration) -> Duration {
        self.conditions.pace.scale(delay)
    }

    /// Puts off work by a delay of the service (provisioning and the like), at the sandbox's pace.
    pub(crate) fn later(&mut self, delay: Duration, due: Due) {
        let at = later(self.now(), self.scaled(delay));
        self.at(at, due);
    }

    /// Puts off work to a time of the calendar (the end of a term and the like).
    pub(crate) fn at(&mut self, at: Timestamp, due: Due) {
        let number = self.count("queue");
        let key = format!("{:024}/{number:012}", at.as_nanosecond().max(0));
        self.world.system.queue.put(&key, Pending { at, due });
    }

    /// Takes the earliest work whose time has come.
    pub(crate) fn take_due(&mut self) -> Option<Due> {
        let (key, pending) = self.world.system.queue.iter().next()?;
        if pending.at > self.now() {
            return None;
        }
        self.due = Some(pending.at);
        let key = key.to_owned();
        self.world
            .system
            .queue
            .remove(&key)
            .map(|pending| pending.due)
    }

    /// Returns a generator of its own: the sequence depends on the seed and on how many were asked
    /// for before.
    pub(crate) fn random(&mut self) -> Random {
        let number = self.count("guid");
        Random::seeded(mix(self.conditions.seed, number))
    }

    /// Returns a fresh GUID, lower case.
    pub(crate) fn guid(&mut self) -> String {
        self.random().guid().to_string()
    }

    /// Counts one on, from 1; the counters are kept with the world.
    pub(crate) fn count(&mut self, counter: &str) -> u64 {
        let counters = &mut self.world.system.counters;
        let number = counters.get(counter).copied().unwrap_or_default() + 1;
        counters.put(counter, number);
        number
    }
}

impl Deref for Tx<'_> {
    type Target = World;
    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

/// Mixes a seed and a number so that neighbours are far apart (splitmix64).
fn mix(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
