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

/// How many windows are kept before those that are over are thrown away.
const MANY: usize = 1024;

/// The open windows.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    windows: HashMap<String, Window>,
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
    fn a_customer_in_the_path_has_a_window_of_its_own() {
        assert_eq!(key("t", "/v1/customers"), "t/");
        assert_eq!(key("t", "/v1/Customers/ABC/orders"), "t/abc");
        assert_eq!(key("t", "/v1/products/1"), "t/");
    }
}
