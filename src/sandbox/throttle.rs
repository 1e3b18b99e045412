//! How much of something a window holds, and how many calls a minute Partner Center takes: one window
//! per partner, or per partner and customer where the path names one. Source: partner-center
//! reference §5, §19.20.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::json;

use super::clock::Pace;
use super::reply::{Refusal, Reply};
use super::store::Conditions;
use crate::base::clock::{Timestamp, later};

/// The length of a window, as Partner Center counts it.
const WINDOW: Duration = Duration::from_secs(60);

/// The longest time that anything takes to fill up.
const LONGEST: Duration = Duration::from_secs(60);

/// How many windows are kept before those that are over are thrown away.
const MANY: usize = 1024;

/// Headers that are added to an answer.
pub(crate) type Told = Vec<(&'static str, String)>;

/// The open windows, and what fills up steadily.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    windows: HashMap<String, Window>,
    levels: HashMap<String, Level>,
}

/// How full something was at a time.
#[derive(Debug, Clone, Copy)]
struct Level {
    at: Timestamp,
    left: f64,
}

/// What fills up steadily and is taken from call by call: a token bucket.
#[derive(Debug)]
pub(crate) struct Tank {
    /// Whose it is.
    pub(crate) key: String,
    /// How much there is when it is full; 0 for no limit.
    pub(crate) size: u32,
    /// How long it takes to fill when it is empty.
    pub(crate) fills: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends: Timestamp,
    used: u32,
}

/// What a call takes, and how much there is of it.
#[derive(Debug)]
pub(crate) struct Bucket {
    /// Whose it is.
    pub(crate) key: String,
    /// How much there is per window; 0 for no limit.
    pub(crate) limit: u32,
    /// How long a window is.
    pub(crate) window: Duration,
    /// How much the call takes.
    pub(crate) amount: u32,
}

/// What a window looks like after a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Used {
    /// How long to wait, when the call was one too many.
    pub(crate) wait: Option<Duration>,
    /// Which part of the limit is used up; 0 without a limit.
    pub(crate) share: f64,
}

impl Throttle {
    /// Counts a call; gives back how long to wait when it is one too many.
    pub(crate) fn count(&mut self, key: String, conditions: &Conditions) -> Option<Duration> {
        let bucket = Bucket {
            key,
            limit: conditions.config.requests_per_minute,
            window: WINDOW,
            amount: 1,
        };
        self.take(bucket, conditions).wait
    }

    /// Takes one from what fills up steadily; gives back how many are left, or how long to wait for
    /// one.
    pub(crate) fn draw(&mut self, tank: Tank, conditions: &Conditions) -> Result<u32, Duration> {
        let now = conditions.now;
        let size = f64::from(tank.size);
        let rate = size / conditions.pace.scale(tank.fills).as_secs_f64();
        let grown = |level: &Level| {
            let passed = now.duration_since(level.at).as_secs_f64();
            (level.left + passed.max(0.0) * rate).min(size)
        };
        let mut left = self.levels.get(&tank.key).map_or(size, grown);
        let is_one_left = left >= 1.0;
        if is_one_left {
            left -= 1.0;
        }
        if self.levels.len() > MANY {
            // Nobody comes back within the time that the slowest takes to fill.
            let over = |level: &Level| later(level.at, LONGEST) > now;
            self.levels.retain(|_, level| over(level));
        }
        self.levels.insert(tank.key, Level { at: now, left });
        if is_one_left {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and the size"
            )]
            return Ok(left as u32);
        }
        Err(Duration::from_secs_f64((1.0 - left) / rate))
    }

    /// Takes what a call needs from its bucket, also when it is one too many.
    pub(crate) fn take(&mut self, bucket: Bucket, conditions: &Conditions) -> Used {
        let now = conditions.now;
        if self.windows.len() > MANY {
            self.windows.retain(|_, window| window.ends > now);
        }
        let fresh = Window {
            ends: later(now, conditions.pace.scale(bucket.window)),
            used: 0,
        };
        let window = self.windows.entry(bucket.key).or_insert(fresh);
        if window.ends <= now {
            *window = fresh;
        }
        window.used = window.used.saturating_add(bucket.amount);
        let over = bucket.limit > 0 && window.used > bucket.limit;
        let rest = || Duration::try_from(window.ends.duration_since(now)).unwrap_or_default();
        Used {
            wait: over.then(rest),
            share: match bucket.limit {
                0 => 0.0,
                limit => f64::from(window.used) / f64::from(limit),
            },
        }
    }
}

/// Returns the window that a call counts in: the partner's, or one for the customer in the path.
pub(crate) fn key(tenant: &str, path: &str) -> String {
    let mut parts = path.split('/').filter(|part| !part.is_empty()).skip(1);
    let customer = match parts.next() {
        Some(first) if first.eq_ignore_ascii_case("customers") => parts.next(),
        _ => None,
    };
    format!("{tenant}/{}", customer.unwrap_or_default()).to_lowercase()
}

/// Refuses a call in the gateway's form; `seconds` is already at the sandbox's pace.
pub(crate) fn refuse(seconds: u64) -> Reply {
    gateway(seconds).header("retry-after", &seconds.to_string())
}

/// Returns the gateway's body alone.
pub(crate) fn gateway(seconds: u64) -> Reply {
    let message = format!("Rate limit is exceeded. Try again in {seconds} seconds.");
    Reply::json(429, json!({ "statusCode": 429, "message": message }))
}

/// Refuses a call as Microsoft Graph does. The text is not documented.
pub(crate) fn too_many() -> Refusal {
    Refusal::new(429, "TooManyRequests", "Too many requests.")
}

/// Returns whole seconds, rounded up.
pub(crate) fn seconds(wait: Duration) -> u64 {
    Pace::Real.retry_after(wait)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::config::Config;
    use crate::sandbox::limits::Limits;

    #[test]
    fn the_call_after_the_limit_waits_for_the_end_of_the_window() {
        let mut conditions = Conditions {
            now: Timestamp::UNIX_EPOCH,
            seed: 1,
            pace: Pace::Virtual,
            limits: Limits::Current,
            config: Config {
                requests_per_minute: 2,
                ..Config::default()
            },
        };
        let mut throttle = Throttle::default();
        let mut count = |key: &str, second: i64| {
            conditions.now = Timestamp::from_second(second).expect("a time");
            throttle.count(key.to_owned(), &conditions).map(seconds)
        };
        assert_eq!(
            [count("a", 0), count("a", 10), count("a", 15)],
            [None, None, Some(45)]
        );
        assert_eq!(count("b", 15), None, "another customer");
        assert_eq!(count("a", 60), None, "another minute");
    }

    #[test]
    fn what_fills_up_steadily_is_never_empty_for_long() {
        let mut conditions = Conditions {
            now: Timestamp::UNIX_EPOCH,
            seed: 1,
            pace: Pace::Virtual,
            limits: Limits::Current,
            config: Config::default(),
        };
        let mut throttle = Throttle::default();
        let mut draw = |millis: i64| {
            conditions.now = Timestamp::from_millisecond(millis).expect("a time");
            let tank = Tank {
                key: "a".to_owned(),
                size: 4,
                fills: Duration::from_secs(8),
            };
            throttle.draw(tank, &conditions)
        };
        let seen = [draw(0), draw(0), draw(0), draw(0), draw(0), draw(1000)];
        let (two, one) = (Duration::from_secs(2), Duration::from_secs(1));
        assert_eq!(seen, [Ok(3), Ok(2), Ok(1), Ok(0), Err(two), Err(one)]);
        assert_eq!([draw(2000), draw(60_000)], [Ok(0), Ok(3)]);
    }

    #[test]
    fn a_customer_in_the_path_has_a_window_of_its_own() {
        assert_eq!(key("t", "/v1/customers"), "t/");
        assert_eq!(key("t", "/v1/Customers/ABC/orders"), "t/abc");
        assert_eq!(key("t", "/v1/products/1"), "t/");
    }
}
