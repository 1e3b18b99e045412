//! The script host: how scripts are read, checked, run, and shown when they fail.

mod args;
mod bind;
pub mod check;
mod collect;
mod compose;
mod date;
mod decode;
mod defer;
pub mod diagnostic;
mod door;
mod effects;
mod engine;
mod error;
mod filter;
mod host;
mod index;
pub mod interface;
mod invoke;
mod json;
mod merge;
mod module;
mod modules;
mod number;
mod outcome;
mod output;
mod pager;
mod parallel;
mod params;
mod properties;
mod raw;
mod record;
mod repl;
mod resolver;
mod rewrite;
mod scan;
mod secret;
mod session;
mod settings;
mod source;
mod sources;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod underscore;
mod usage;
mod validate;
mod value;

pub use door::{Door, Pages, Pipeline};
pub use modules::{Modules, module_text};
pub use repl::{Known, Repl, Shown};
pub use session::Session;
pub use settings::{Prompt, Settings};
pub use source::Source;
pub use value::Value;
