//! `timeout`: how long the end of an operation is waited for.

use std::time::Duration;

use rhai::Dynamic;

use crate::base::duration;
use crate::error::Error;
use crate::script::error::{argument, describe};

/// Reads a time: text such as "30m", or seconds.
pub(in crate::script) fn patience(of: &str, value: &Dynamic) -> Result<Duration, Error> {
    let seconds = value
        .as_int()
        .ok()
        .map(|seconds| u64::try_from(seconds).unwrap_or_default())
        .filter(|seconds| *seconds > 0);
    let text = value
        .as_immutable_string_ref()
        .ok()
        .and_then(|text| duration::parse(&text).ok());
    seconds.map(Duration::from_secs).or(text).ok_or_else(|| {
        let what = describe(value);
        argument(format!(
            "{of}: `timeout` is a time such as \"30m\", or a number of seconds, not {what}"
        ))
    })
}
