//! `arm::resume`, `recovery::resume`: going on with a long operation that another process began.

use super::Composite;
use crate::script::check::known::{HostFunction, HostParam, Type};
use crate::script::poller::resume;

const HANDLE: &[HostParam] = &[HostParam::required("handle", Type::Text)];

const fn of(module: &'static str) -> Composite {
    Composite {
        shape: HostFunction {
            module: Some(module),
            name: "resume",
            params: HANDLE,
            returns: Type::Host("Poller"),
            effects: &[],
            doc: "Goes on waiting for a long operation by its handle: what `poller.handle()` gives, or the `handle` of an error.",
            example: "",
        },
        run: resume,
    }
}

/// The functions.
pub(super) const ALL: &[Composite] = &[of("arm"), of("recovery")];
