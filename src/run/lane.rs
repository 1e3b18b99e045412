//! The lane a fiber works in. The n-th call of a lane has the same name in every replay.

use std::collections::HashMap;

use crate::base::fiber;
use crate::http::StepKey;

/// One lane: the main line of a run, a step of it, or one item of a fan-out.
#[derive(Debug)]
struct Lane {
    path: String,
    calls: u64,
    names: HashMap<String, u32>,
}

impl Lane {
    fn new(path: String) -> Self {
        Self {
            path,
            calls: 0,
            names: HashMap::new(),
        }
    }
}

/// The lanes of a fiber, each within the one before.
#[derive(Default)]
struct Lanes(Vec<Lane>);

/// Runs `f` in the lane of that path.
pub fn within<T>(path: String, f: impl FnOnce() -> T) -> T {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            fiber::local(|lanes: &mut Lanes| lanes.0.pop());
        }
    }
    fiber::local(|lanes: &mut Lanes| lanes.0.push(Lane::new(path)));
    let _leave = Leave;
    f()
}

/// Returns the key of this lane's next call.
pub fn next_step(operation: &str) -> StepKey {
    with(|lane| {
        lane.calls += 1;
        StepKey(format!("{}/{}/{operation}", lane.path, lane.calls))
    })
}

/// Returns the path of a lane beneath the current one; the second of a name is `name~2`.
pub fn child(name: &str) -> String {
    with(|lane| {
        let count = lane.names.entry(name.to_owned()).or_default();
        *count += 1;
        match *count {
            1 => format!("{}/{name}", lane.path),
            count => format!("{}/{name}~{count}", lane.path),
        }
    })
}

/// Returns the path of the current lane.
pub fn path() -> String {
    with(|lane| lane.path.clone())
}

fn with<T>(f: impl FnOnce(&mut Lane) -> T) -> T {
    fiber::local(|Lanes(lanes)| {
        if lanes.is_empty() {
            lanes.push(Lane::new("main".to_owned()));
        }
        let last = lanes.len() - 1;
        f(&mut lanes[last])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_within_their_lane() {
        within("run".to_owned(), || {
            assert_eq!(
                next_step("partner::customers").0,
                "run/1/partner::customers"
            );
            let first = child("a");
            let second = child("a");
            assert_eq!((first.as_str(), second.as_str()), ("run/a", "run/a~2"));
            within(first, || assert_eq!(next_step("x").0, "run/a/1/x"));
            assert_eq!(next_step("y").0, "run/2/y");
        });
    }
}
