//! How fast one quota of a service may be used, as learned from its refusals. Pure: the present time
//! is given, and no one sleeps here.
//!
//! Between two refusals the service admitted a known number of calls in a known time; that bounds the
//! rate it allows. The pace starts at that rate after a refusal and creeps up again as long as nothing
//! is refused. A few calls prove nothing: then only the gate closes.

use std::time::Duration;

use crate::base::clock::{Timestamp, later};

/// How much faster the pace becomes per second without a refusal.
const GROWTH: f64 = 0.05;
/// Admitted calls that a rate can be told from.
const EVIDENCE: f64 = 10.0;
/// A pace above this many calls per second is no longer worth keeping.
const FREE: f64 = 2_000.0;

/// The learned pace of one quota.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace {
    /// Before this time nothing is sent.
    gate: Option<Timestamp>,
    /// When the present run of admitted calls began.
    since: Option<Timestamp>,
    admitted: f64,
    learned: Option<Learned>,
}

#[derive(Debug, Clone)]
struct Learned {
    /// Calls per second at the time it was learned.
    rate: f64,
    at: Timestamp,
    /// When the next call may go.
    next: Timestamp,
}

impl Pace {
    /// Returns when a call that comes now may go, and counts it.
    pub(crate) fn admit(&mut self, now: Timestamp) -> Timestamp {
        let open = self.gate.map_or(now, |gate| gate.max(now));
        self.since.get_or_insert(now);
        self.admitted += 1.0;
        let Some(learned) = &mut self.learned else {
            return open;
        };
        let quiet = seconds(learned.at, open);
        let rate = learned.rate * (1.0 + GROWTH * quiet);
        if rate > FREE {
            self.learned = None;
            return open;
        }
        let at = learned.next.max(open);
        learned.next = later(at, Duration::from_secs_f64(1.0 / rate));
        at
    }

    /// Learns that a call sent at `sent` was refused at `now`, to be repeated after `pause`.
    pub(crate) fn refused(&mut self, sent: Timestamp, now: Timestamp, pause: Duration) {
        let until = later(now, pause);
        if self.gate.is_some_and(|gate| sent < gate) {
            // It was under way when the gate closed: the same event, perhaps with a later end.
            self.gate = self.gate.max(Some(until));
            return;
        }
        if self.admitted >= EVIDENCE {
            let run = self.since.map_or(0.0, |since| seconds(since, now));
            let rate = self.admitted / (run.max(1.0) + pause.as_secs_f64());
            self.learned = Some(Learned {
                rate,
                at: until,
                next: until,
            });
        }
        self.gate = Some(until);
        self.since = Some(until);
        self.admitted = 0.0;
    }

    /// Returns whether the gate is closed.
    pub(crate) fn closed(&self, now: Timestamp) -> bool {
        self.gate.is_some_and(|gate| gate > now)
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> Timestamp {
        later(Timestamp::UNIX_EPOCH, Duration::from_secs_f64(seconds))
    }

    #[test]
    fn nothing_waits_before_a_refusal() {
        let mut pace = Pace::default();
        assert!((0..1000).all(|_| pace.admit(at(1.0)) == at(1.0)));
        assert!(!pace.closed(at(1.0)));
    }

    #[test]
    fn after_a_refusal_all_wait_until_the_gate_opens() {
        let mut pace = Pace::default();
        let sent = pace.admit(at(0.0));
        pace.refused(sent, at(0.0), Duration::from_secs(10));
        assert!(pace.closed(at(9.0)) && !pace.closed(at(10.0)));
        assert_eq!(pace.admit(at(1.0)), at(10.0));
        assert_eq!(pace.admit(at(1.0)), at(10.0));
    }

    #[test]
    fn calls_under_way_when_the_gate_closes_are_one_event() {
        let mut pace = Pace::default();
        for _ in 0..100 {
            pace.admit(at(0.0));
        }
        pace.refused(at(0.0), at(1.0), Duration::from_secs(1));
        let rate = pace.learned.clone().expect("learned").rate;
        for _ in 0..50 {
            pace.refused(at(0.5), at(1.5), Duration::from_secs(1));
        }
        assert!((pace.learned.clone().expect("learned").rate - rate).abs() < f64::EPSILON);
        assert_eq!(pace.admit(at(1.6)), at(2.5));
    }

    #[test]
    fn the_pace_comes_near_the_allowed_rate_and_recovers() {
        let mut pace = Pace::default();
        for _ in 0..500 {
            pace.admit(at(0.0));
        }
        pace.refused(at(0.0), at(4.0), Duration::from_secs(1));
        let first = pace.admit(at(5.0));
        let hundredth = (0..100).map(|_| pace.admit(at(5.0))).last().expect("one");
        assert!(seconds(first, hundredth) > 0.5 && seconds(first, hundredth) < 2.0);
        let later = at(100_000.0);
        assert_eq!(pace.admit(later), later);
        assert_eq!(pace.admit(later), later);
    }
}
