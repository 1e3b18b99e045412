//! What is new at each deployment: `utcNow` and `newGuid`, in defaults of parameters only.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Args, Function, function};
use crate::base::clock::Timestamp;
use crate::sandbox::arm::template::evaluate::Frame;
use crate::sandbox::arm::template::fault::{Fault, misplaced_function};
use crate::sandbox::arm::template::scope::Stage;
use crate::sandbox::derived;

pub(super) const FUNCTIONS: &[Function] = &[
    function("utcNow", 0, 1, utc_now),
    function("newGuid", 0, 0, |frame, args| {
        only_default(frame, args)?;
        // Two defaults must differ, so it follows from how many were asked for before.
        let number = frame.scope.next_guid();
        let parts = ["newGuid", &frame.scope.place.seed, &number.to_string()];
        Ok(derived::guid(&parts).into())
    }),
];

fn only_default(frame: &Frame<'_>, args: &Args<'_>) -> Result<(), Fault> {
    if frame.stage == Stage::Default {
        Ok(())
    } else {
        Err(misplaced_function(args.name))
    }
}

fn utc_now(frame: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    only_default(frame, args)?;
    let format = match args.text_or(0, "yyyyMMddTHHmmssZ")? {
        "d" => "MM/dd/yyyy",
        "o" | "O" => "yyyy-MM-ddTHH:mm:ss.fffffffZ",
        "s" => "yyyy-MM-ddTHH:mm:ss",
        "u" => "yyyy-MM-dd HH:mm:ssZ",
        other => other,
    };
    Ok(written(frame.scope.place.now, format).into())
}

/// Writes a time in a custom format: runs of `y M d H h m s f` are parts of it, all else stands as
/// it is.
fn written(at: Timestamp, format: &str) -> String {
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let mut made = String::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        let width = rest.chars().take_while(|next| *next == letter).count();
        let part = match letter {
            'y' if width <= 2 => Some(i64::from(at.year() % 100)),
            'y' => Some(i64::from(at.year())),
            'M' => Some(i64::from(at.month())),
            'd' => Some(i64::from(at.day())),
            'H' => Some(i64::from(at.hour())),
            'h' => Some(i64::from((at.hour() + 11) % 12 + 1)),
            'm' => Some(i64::from(at.minute())),
            's' => Some(i64::from(at.second())),
            _ => None,
        };
        let (run, after) = rest.split_at(width * letter.len_utf8());
        match part {
            Some(part) => drop(write!(made, "{part:0width$}")),
            None if letter == 'f' => {
                let digits = format!("{:09}", at.subsec_nanosecond());
                made.push_str(&digits[..width.min(digits.len())]);
            }
            None => made.push_str(run),
        }
        rest = after;
    }
    made
}
