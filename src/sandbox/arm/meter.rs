//! How many calls Azure Resource Manager takes: for each principal, and each subscription or tenant,
//! some reads, writes and deletions at once, which come back steadily. Source: arm reference §6,
//! §12.11. The limit across all principals is left out.

use std::time::Duration;

use http::Method;

use super::id::Id;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Caller, Service};
use crate::sandbox::store::Conditions;
use crate::sandbox::throttle::{Tank, Throttle, Told, seconds};

/// What a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Read,
    Write,
    Delete,
}

impl Kind {
    fn of(verb: &Method) -> Self {
        match verb.as_str() {
            "GET" | "HEAD" => Self::Read,
            "DELETE" => Self::Delete,
            _ => Self::Write,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
        }
    }

    /// How long all of them take to come back.
    fn fills(self) -> Duration {
        match self {
            Self::Read => Duration::from_secs(10),
            Self::Write | Self::Delete => Duration::from_secs(20),
        }
    }

    /// The header that tells how many are left.
    fn header(self, in_subscription: bool) -> &'static str {
        match (self, in_subscription) {
            (Self::Read, true) => "x-ms-ratelimit-remaining-subscription-reads",
            (Self::Write, true) => "x-ms-ratelimit-remaining-subscription-writes",
            (Self::Delete, true) => "x-ms-ratelimit-remaining-subscription-deletes",
            (Self::Read, false) => "x-ms-ratelimit-remaining-tenant-reads",
            (Self::Write, false) => "x-ms-ratelimit-remaining-tenant-writes",
            (Self::Delete, false) => "x-ms-ratelimit-remaining-tenant-deletes",
        }
    }
}

/// Counts a call; gives back what its answer tells of it, or the refusal.
pub(crate) fn count(
    throttle: &mut Throttle,
    conditions: &Conditions,
    (verb, path): (&Method, &str),
    caller: &Caller,
) -> Result<Told, Box<Reply>> {
    let kind = Kind::of(verb);
    let size = match kind {
        Kind::Read => conditions.config.arm_reads,
        Kind::Write => conditions.config.arm_writes,
        Kind::Delete => conditions.config.arm_deletes,
    };
    if size == 0 {
        return Ok(Vec::new());
    }
    let subscription = subscription(path);
    let header = kind.header(subscription.is_some());
    let place = subscription.as_deref().unwrap_or(&caller.tenant);
    let tank = Tank {
        key: format!("arm/{}/{place}/{}", kind.word(), caller.object),
        size,
        fills: kind.fills(),
    };
    match throttle.draw(tank, conditions) {
        Ok(left) => Ok(vec![(header, left.to_string())]),
        Err(wait) => {
            let (code, what) = if subscription.is_some() {
                ("SubscriptionRequestsThrottled", "subscription")
            } else {
                ("TooManyRequests", "tenant")
            };
            let wait = seconds(wait).max(1);
            let text = format!(
                "Number of {} requests for {what} '{place}' exceeded the limit of '{size}' for time interval '00:00:{}'. Please try again after '{wait}' seconds.",
                kind.word(),
                kind.fills().as_secs()
            );
            let refusal = Refusal::new(429, code, text)
                .header("retry-after", &wait.to_string())
                .header(header, "0");
            Err(Box::new(refusal.into_reply(Service::Arm)))
        }
    }
}

/// Returns the subscription of a path, in lower case.
fn subscription(path: &str) -> Option<String> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let first = parts.next()?;
    let id = parts.next()?;
    let is_one = first.eq_ignore_ascii_case("subscriptions");
    is_one
        .then(|| Id::of_subscription(id).subscription)
        .flatten()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::sandbox::arm::tests::{call, refused, root};
    use crate::sandbox::config::Config;
    use crate::sandbox::testing::Bench;

    #[test]
    fn calls_run_out_and_come_back_steadily() {
        let bench = Bench::new();
        let root = root(&bench);
        bench.engine.configure(Config {
            arm_reads: 20,
            requests_per_minute: 1,
            ..Config::default()
        });
        let path = format!("{root}/resourceGroups/rg-shop?api-version=2025-04-01");
        let look = || call(&bench, "GET", &path, None);
        let left = "x-ms-ratelimit-remaining-subscription-reads";
        let seen: Vec<String> = (0..3).map(|_| look().header(left).to_owned()).collect();
        assert_eq!(seen, ["19", "18", "17"]);
        for _ in 0..17 {
            assert_eq!(look().status, 200);
        }
        let seen = look();
        assert_eq!(refused(&seen), (429, "SubscriptionRequestsThrottled"));
        assert_eq!((seen.header("retry-after"), seen.header(left)), ("1", "0"));
        let text = seen.json["error"]["message"].as_str().unwrap_or_default();
        assert!(
            text.starts_with("Number of read requests for subscription '"),
            "{text}"
        );
        let tenant = call(&bench, "GET", "/subscriptions?api-version=2022-12-01", None);
        assert_eq!(
            (
                tenant.status,
                tenant.header("x-ms-ratelimit-remaining-tenant-reads")
            ),
            (200, "19")
        );
        let write = call(&bench, "DELETE", &path.replace("rg-shop", "rg-none"), None);
        assert_eq!(
            (
                write.status,
                write.header("x-ms-ratelimit-remaining-subscription-deletes")
            ),
            (404, "199"),
            "refusals are counted, and tell it"
        );
        bench.advance(Duration::from_secs(1));
        assert_eq!(look().header(left), "1");
    }

    #[test]
    fn answers_carry_the_usual_headers() {
        let bench = Bench::new();
        let bearer = bench.bearer(
            crate::sandbox::seed::FABRIKAM,
            Bench::refreshed(),
            "https://management.azure.com",
        );
        let id = "1d9e4b7c-6a55-4f0e-8d51-2b9c7a3e6f10";
        let send = |asks: &str| {
            let headers = [
                ("authorization", bearer.as_str()),
                ("x-ms-client-request-id", id),
                ("x-ms-return-client-request-id", asks),
            ];
            let path = "/arm/subscriptions?api-version=2022-12-01";
            bench.send("GET", path, &headers, "".into())
        };
        let seen = send("true");
        assert_eq!(seen.header("x-ms-client-request-id"), id);
        assert_eq!(send("false").header("x-ms-client-request-id"), "");
        let request = seen.header("x-ms-request-id");
        assert_ne!(request, id);
        let routing = format!("WESTEUROPE:20260302T090000Z:{request}");
        assert_eq!(seen.header("x-ms-routing-request-id"), routing);
        for (name, value) in [
            ("cache-control", "no-cache"),
            ("pragma", "no-cache"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(seen.header(name), value, "{name}");
        }
    }
}
