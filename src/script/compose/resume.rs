//! `arm::resume`: going on with a long operation that another process began.

use super::Composite;
use crate::script::check::known::{HostFunction, HostParam, Type};
use crate::script::poller::resume;

/// The function.
pub(super) const ALL: &[Composite] = &[Composite {
    shape: HostFunction {
        module: Some("arm"),
        name: "resume",
        params: &[HostParam::required("handle", Type::Text)],
        returns: Type::Host("Poller"),
        effects: &[],
        doc: "Goes on waiting for a long operation by its handle: what `poller.handle()` gives, or the `handle` of an error.",
        example: "",
    },
    run: resume,
}];
