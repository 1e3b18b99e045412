//! One concern of sending a call per file; [`pipeline`](super::pipeline) has their order.

pub(crate) mod access;
pub(crate) mod allowance;
pub(crate) mod auth;
pub(crate) mod correlation;
pub(crate) mod journal;
pub(crate) mod log;
mod pace;
mod redact;
pub(crate) mod retry;
pub(crate) mod throttle;
mod tls;
pub(crate) mod transport;
