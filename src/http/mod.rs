//! From a call to an answer: the pipeline with its policies, pages, and waiting for what a service
//! has only accepted.

mod advice;
mod answer;
mod batch;
mod call;
mod challenge;
mod claims;
mod client;
mod details;
mod pager;
mod pipeline;
mod policy;
mod poller;
mod prefetch;
mod refusal;
mod request;
mod response;
mod retry_after;
mod runtime;
mod settings;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tokens;
mod who;

pub use batch::Part;
pub use call::{Call, StepKey, Tenant};
pub use claims::Claims;
pub use client::Client;
pub use pager::{Page, Pager};
pub use policy::allowance::Allowance;
pub use policy::journal::{Act, Journal, Unrecorded};
pub use policy::log::{Log, LogLevel, LogSink};
pub use poller::{Ended, JobsAt, Looks, Poller, Stand, Wait, Watch, identify};
pub use response::Response;
pub(crate) use retry_after::sent_at;
pub use settings::{Settings, Timeouts};
pub use tokens::{Ask, Token, TokenSource, TokenWire};
pub use who::{User, Who};
