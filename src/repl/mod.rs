//! The interactive session: reading lines, completing them, evaluating them with a scope that stays,
//! showing what comes out. It owns the manual that `doc` shows, too.

mod bound;
mod command;
mod complete;
mod entries;
mod history;
mod input;
mod lines;
mod live;
pub mod manual;
mod requests;
mod session;
mod shape;
mod word;

pub use entries::Entries;
pub use requests::Requests;
pub use session::{Face, Settings, run};

#[cfg(test)]
mod tests;
