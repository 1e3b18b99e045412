//! What the services offer, as data: the descriptions that the build turns into static tables, and
//! how each service pages, filters and reports errors.

pub mod document;
mod names;

pub use document::model;
pub use names::{Principal, ServiceName};
