//! Whether a failed attempt is made again. [`judge`] alone decides; the policy around it waits and
//! counts. Source for Partner Center: "Test and debug" and "API throttling guidance": network
//! failures and passing server errors are worth three attempts, 429 waits as long as it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use http::StatusCode;

use crate::base::clock::{BoxFuture, Clock, later};
use crate::base::random::Random;
use crate::error::{Code, Error, Sent};
use crate::http::answer;
use crate::http::pipeline::{Next, Policy};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::http::retry_after::retry_after;

/// Attempts of one call that fails or finds the service failing.
const ATTEMPTS: u32 = 3;
/// Attempts of one call that is refused because there are too many.
const THROTTLED_ATTEMPTS: u32 = 10;
/// Failed attempts of a session that are repeated without a success in between, in tenths.
const BUDGET: i64 = 500;
const COST: i64 = 10;

/// What is known of an attempt that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The service answered with this status.
    Answered(u16),
    /// Nothing was sent: no connection could be opened.
    NeverSent,
    /// It may have arrived; no whole answer came back.
    Lost,
    /// Nothing a repetition could mend.
    Hopeless,
}

/// All that the decision rests on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    /// How it ended.
    pub ended: Ended,
    /// Its number, from 1.
    pub number: u32,
    /// Whether the call may be made twice: it changes nothing, doing it twice is doing it once, or
    /// the service recognises it.
    pub repeatable: bool,
    /// Whether this attempt or an earlier one may have taken effect before.
    pub in_doubt: bool,
    /// Whether the session may still repeat failures.
    pub budget: bool,
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The answer or failure stands.
    Done,
    /// Once more, after what the service asks for or a back-off.
    Again,
    /// The service kept refusing because there were too many.
    Throttled,
    /// Nobody knows whether the write took effect.
    Unknown,
}

/// The attempts of one call so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Attempts {
    number: u32,
    in_doubt: bool,
}

/// What comes of an attempt.
#[derive(Debug)]
pub(crate) enum Decision {
    /// This is what the call comes to.
    Stands(Result<Response, Error>),
    /// The call is made once more.
    Again(Again),
}

/// How a call is made once more.
#[derive(Debug)]
pub(crate) struct Again {
    /// After this time.
    pub pause: Duration,
    /// Whether the budget pays for it.
    pub failed: bool,
    /// How the attempt ended.
    pub result: Result<Response, Error>,
}

impl Attempts {
    /// Returns the error of a call that was stopped before it was made once more.
    pub(crate) fn stopped(
        self,
        request: &Request,
        last: Result<Response, Error>,
        stop: Error,
    ) -> Error {
        if self.in_doubt {
            unknown(request, last)
        } else {
            stop
        }
    }
}

/// Decides whether an attempt is repeated. A write that may have taken effect is repeated only if
/// `repeatable`.
pub(crate) fn judge(attempt: Attempt) -> Verdict {
    let left = attempt.number < ATTEMPTS && attempt.budget;
    let doubtful = may_have_taken_effect(attempt.ended);
    match attempt.ended {
        Ended::Answered(429) if attempt.number < THROTTLED_ATTEMPTS => Verdict::Again,
        Ended::Answered(429) if attempt.in_doubt => Verdict::Unknown,
        Ended::Answered(429) => Verdict::Throttled,
        Ended::NeverSent if left => Verdict::Again,
        // The service may still be at work on the attempt before.
        Ended::Answered(409) if attempt.in_doubt && attempt.repeatable && left => Verdict::Again,
        Ended::NeverSent | Ended::Hopeless | Ended::Answered(401 | 409) if attempt.in_doubt => {
            Verdict::Unknown
        }
        _ if doubtful && !attempt.repeatable => Verdict::Unknown,
        _ if doubtful && left => Verdict::Again,
        _ if doubtful => Verdict::Unknown,
        _ => Verdict::Done,
    }
}

/// Returns whether a write may have taken effect although the attempt failed.
pub(crate) fn may_have_taken_effect(ended: Ended) -> bool {
    match ended {
        Ended::Answered(status) => matches!(status, 408 | 500 | 502 | 503 | 504),
        Ended::Lost => true,
        Ended::NeverSent | Ended::Hopeless => false,
    }
}

/// Returns how long to wait before the next attempt when the service does not say: doubling from
/// one second to half a minute, with jitter of a half (`random` below 1000).
pub(crate) fn back_off(number: u32, random: u64) -> Duration {
    let whole = 1000u64 << number.saturating_sub(1).min(5);
    let whole = whole.min(30_000);
    Duration::from_millis(whole / 2 + whole / 2 * random / 1000)
}

/// Repeats attempts within a budget that the session shares.
#[derive(Debug)]
pub(crate) struct Retry {
    clock: Arc<dyn Clock>,
    random: Random,
    budget: AtomicI64,
}

impl Retry {
    /// Takes the clock to wait by, and a seed if the waits are to be repeatable.
    pub(crate) fn new(clock: &Arc<dyn Clock>, seed: Option<u64>) -> Self {
        Self {
            clock: Arc::clone(clock),
            random: seed.map_or_else(Random::from_machine, Random::seeded),
            budget: AtomicI64::new(BUDGET),
        }
    }

    async fn send(&self, request: &mut Request, next: Next<'_>) -> Result<Response, Error> {
        let mut attempts = Attempts::default();
        loop {
            let result = next.send(request).await;
            let again = match self.decide(&mut attempts, request, result) {
                Decision::Stands(result) => return result,
                Decision::Again(again) => again,
            };
            if again.failed {
                self.pay();
            }
            let until = later(self.clock.now(), again.pause);
            if let Err(stop) = request.wait_until(&*self.clock, until).await {
                return Err(attempts.stopped(request, again.result, stop));
            }
        }
    }

    /// Decides what comes of an attempt that has ended, and counts it.
    pub(crate) fn decide(
        &self,
        attempts: &mut Attempts,
        request: &Request,
        result: Result<Response, Error>,
    ) -> Decision {
        let ended = ended(&result);
        attempts.number += 1;
        attempts.in_doubt |= !request.reads() && may_have_taken_effect(ended);
        let attempt = Attempt {
            ended,
            number: attempts.number,
            repeatable: request.repeatable,
            in_doubt: attempts.in_doubt,
            budget: self.budget.load(Ordering::Relaxed) >= COST,
        };
        Decision::Stands(match judge(attempt) {
            Verdict::Again => {
                return Decision::Again(Again {
                    pause: self.pause(attempts.number, &result),
                    failed: ended != Ended::Answered(429),
                    result,
                });
            }
            Verdict::Done => {
                self.earn();
                result
            }
            Verdict::Throttled => Err(throttled(request, result, attempts.number)),
            Verdict::Unknown if request.reads() => result,
            Verdict::Unknown => Err(unknown(request, result)),
        })
    }

    /// Takes the repetition of a failure from the budget.
    pub(crate) fn pay(&self) {
        self.budget.fetch_sub(COST, Ordering::Relaxed);
    }

    /// Returns how long to wait.
    fn pause(&self, number: u32, result: &Result<Response, Error>) -> Duration {
        let asked = result
            .as_ref()
            .ok()
            .and_then(|response| retry_after(&response.headers, self.clock.now()));
        asked.unwrap_or_else(|| back_off(number, self.random.below(1000)))
    }

    /// Gives a tenth of a repetition back to the budget.
    fn earn(&self) {
        if self.budget.load(Ordering::Relaxed) < BUDGET {
            self.budget.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Policy for Retry {
    fn send<'a>(
        &'a self,
        request: &'a mut Request,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, Error>> {
        Box::pin(self.send(request, next))
    }
}

/// Returns how an attempt ended.
fn ended(result: &Result<Response, Error>) -> Ended {
    match result {
        Ok(response) => Ended::Answered(response.status.as_u16()),
        Err(error) => match (error.code(), error.parts().sent) {
            (Code::HttpConnect, Sent::No) => Ended::NeverSent,
            (Code::HttpBroken | Code::HttpTimeout, _) => Ended::Lost,
            _ => Ended::Hopeless,
        },
    }
}

/// Returns the error of a call that was refused too often.
fn throttled(request: &Request, result: Result<Response, Error>, number: u32) -> Error {
    let error = Error::new(
        Code::ThrottleExhausted,
        format!(
            "{} refused `{}` {number} times because there were too many calls",
            request.service, request.operation
        ),
    )
    .help("use fewer lanes (`--lanes 2`) or try again later");
    match result {
        Ok(response) => error.fault(answer::fault(request, &response)),
        Err(_) => error,
    }
}

/// Returns the error of a write that may have taken effect.
fn unknown(request: &Request, result: Result<Response, Error>) -> Error {
    let (why, fault) = match result {
        Ok(response) if response.status == StatusCode::TOO_MANY_REQUESTS => (
            "no answer came, and then too many calls were made".to_owned(),
            Some(answer::fault(request, &response)),
        ),
        Ok(response) => (
            format!("it answered {}", response.status),
            Some(answer::fault(request, &response)),
        ),
        Err(error) if error.code() == Code::OperationUnknown => return error,
        Err(error) => (error.to_string(), error.parts().fault.clone()),
    };
    let error = Error::new(
        Code::OperationUnknown,
        format!(
            "it is not known whether {} carried out `{}`: {why}",
            request.service, request.operation
        ),
    )
    .help("look at the object before you repeat the call")
    .sent(Sent::Unknown);
    match fault {
        Some(fault) => error.fault(fault),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_table_of_cases() {
        use Ended::{Answered, Hopeless, Lost, NeverSent};
        use Verdict::{Again, Done, Throttled, Unknown};
        let check = |ended, number, repeatable, expected| {
            let attempt = Attempt {
                ended,
                number,
                repeatable,
                in_doubt: !repeatable && may_have_taken_effect(ended),
                budget: true,
            };
            assert_eq!(judge(attempt), expected, "{attempt:?}");
        };
        for status in [200, 202, 204, 400, 401, 403, 404, 409, 412, 417, 501] {
            check(Answered(status), 1, true, Done);
            check(Answered(status), 1, false, Done);
        }
        check(Answered(429), 1, false, Again);
        check(Answered(429), THROTTLED_ATTEMPTS, false, Throttled);
        for status in [408, 500, 502, 503, 504] {
            check(Answered(status), 1, true, Again);
            check(Answered(status), ATTEMPTS, true, Unknown);
            check(Answered(status), 1, false, Unknown);
        }
        check(NeverSent, 1, false, Again);
        check(NeverSent, ATTEMPTS, false, Done);
        check(Lost, 1, true, Again);
        check(Lost, 1, false, Unknown);
        check(Hopeless, 1, true, Done);
    }

    #[test]
    fn doubt_of_an_earlier_attempt_is_not_forgotten() {
        let check = |ended, number, expected| {
            let attempt = Attempt {
                ended,
                number,
                repeatable: true,
                in_doubt: true,
                budget: true,
            };
            assert_eq!(judge(attempt), expected, "{attempt:?}");
        };
        check(Ended::NeverSent, ATTEMPTS, Verdict::Unknown);
        check(Ended::Hopeless, 2, Verdict::Unknown);
        check(Ended::Answered(429), THROTTLED_ATTEMPTS, Verdict::Unknown);
        check(Ended::Answered(401), 2, Verdict::Unknown);
        check(Ended::Answered(409), 2, Verdict::Again);
        check(Ended::Answered(409), ATTEMPTS, Verdict::Unknown);
        check(Ended::Answered(201), 2, Verdict::Done);
        check(Ended::Answered(404), 2, Verdict::Done);
    }

    #[test]
    fn back_off_doubles_up_to_half_a_minute() {
        assert_eq!(back_off(1, 0), Duration::from_millis(500));
        assert_eq!(back_off(1, 999).as_millis(), 999);
        assert_eq!(back_off(3, 0), Duration::from_secs(2));
        assert_eq!(back_off(40, 999).as_secs(), 29);
    }

    proptest! {
        #[test]
        fn a_write_that_may_have_taken_effect_is_never_repeated_unrecognised(
            status in prop_oneof![Just(None), (100u16..600).prop_map(Some)],
            number in 1u32..20, in_doubt: bool, budget: bool,
        ) {
            let ended = status.map_or(Ended::Lost, Ended::Answered);
            let attempt = Attempt { ended, number, repeatable: false, in_doubt, budget };
            if may_have_taken_effect(ended) {
                prop_assert_eq!(judge(attempt), Verdict::Unknown);
            }
        }

        #[test]
        fn repetition_ends(status in 100u16..600, repeatable: bool, in_doubt: bool, budget: bool) {
            for ended in [Ended::Answered(status), Ended::Lost, Ended::NeverSent, Ended::Hopeless] {
                let attempt =
                    Attempt { ended, number: THROTTLED_ATTEMPTS, repeatable, in_doubt, budget };
                prop_assert_ne!(judge(attempt), Verdict::Again);
            }
        }
    }
}
