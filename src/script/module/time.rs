//! Time as the run sees it: the sandbox's own clock, or the machine's.

use std::sync::Arc;

use rhai::{Dynamic, Engine};
use rust_decimal::Decimal;

use crate::base::clock::Timestamp;
use crate::script::date::{Date, of, seconds};
use crate::script::error::{argument, describe, raise};
use crate::script::host::{Answer, Host, answer};

const DAY: i64 = 24 * 60 * 60;

/// Registers `now today days_from_now date sleep uuid`.
pub(super) fn register(engine: &mut Engine, host: &Arc<Host>) {
    let own = Arc::clone(host);
    engine.register_fn("now", move || Date::new(own.clock().now()));
    let own = Arc::clone(host);
    engine.register_fn("today", move || today(own.clock().now()));
    let own = Arc::clone(host);
    engine.register_fn("days_from_now", move |days: i64| -> Answer<Date> {
        let span = jiff::SignedDuration::from_secs(days.saturating_mul(DAY));
        let at = own.clock().now().checked_add(span);
        at.map(Date::new)
            .map_err(|_| raise(argument(format!("{days} days from now is out of range"))))
    });
    engine.register_fn("date", |value: Dynamic| -> Answer<Date> {
        of(&value).ok_or_else(|| {
            raise(
                argument(format!(
                    "`date` takes the text of a date, not {}",
                    describe(&value)
                ))
                .help("write it as \"2026-01-31\" or \"2026-01-31T12:00:00Z\""),
            )
        })
    });
    // By their types: the engine's own `sleep`, which sleeps for real, would win over one that
    // takes anything.
    let own = Arc::clone(host);
    engine.register_fn("sleep", move |time: i64| sleep(&own, &time.into()));
    let own = Arc::clone(host);
    engine.register_fn("sleep", move |time: f64| sleep(&own, &time.into()));
    let own = Arc::clone(host);
    engine.register_fn("sleep", move |time: Decimal| {
        sleep(&own, &Dynamic::from_decimal(time))
    });
    engine.register_fn("uuid", || crate::base::random::guid().to_string());
}

fn sleep(host: &Host, time: &Dynamic) -> Answer<()> {
    let time = seconds(time).ok_or_else(|| {
        raise(argument(format!(
            "`sleep` takes seconds, not {}",
            describe(time)
        )))
    })?;
    answer(host.wait(time))
}

fn today(now: Timestamp) -> Date {
    let day = now.as_second().div_euclid(DAY) * DAY;
    Date::new(Timestamp::from_second(day).unwrap_or(now))
}
