//! What makes a script a runbook: its header, its parameters and the help that they give.

mod check;
pub mod header;
pub mod help;
mod param_type;
pub mod params;

pub use check::{Against, check, header as header_of};
pub use header::{Bound, Header};
pub use param_type::{Param, ParamType, ParamValue};
pub use params::{Given, RUN_FLAGS};
