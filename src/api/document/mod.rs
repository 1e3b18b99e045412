//! From `OpenAPI` documents to the tables of [`model`]. This folder imports nothing of the crate,
//! since the build script compiles it too.
//!
//! [`read`] takes all documents of one service and either returns the service or everything that
//! is wrong with the documents, each problem with its place. It does not judge what only our own
//! documents promise (a source, an example): the tests of `api` do. [`read_foreign`] does the same
//! for documents that this project did not write.

mod check;
mod effect;
mod foreign;
mod job;
mod methods;
pub mod model;
mod names;
mod node;
mod operation;
mod parameter;
mod preset;
mod problem;
mod read;
mod response;
mod schema;
mod variants;
mod words;

pub use foreign::{Foreign, read_foreign};
pub use names::{is_legal, is_reserved, snake_case};
pub use node::{Document, beside};
pub use problem::Problem;
pub use read::read;

#[cfg(test)]
mod tests;
