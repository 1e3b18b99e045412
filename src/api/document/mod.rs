//! From `OpenAPI` documents to the tables of [`model`]. This folder imports nothing of the crate,
//! since the build script compiles it too.

pub mod model;
