//! The embedded sandbox: an emulator of the services on a loopback socket, with one consistent
//! state behind them. It is written from the services' documents alone and never meets `api`.

#![expect(clippy::unnecessary_wraps, reason = "all handlers have one shape")]

mod answers;
mod clock;
mod config;
mod control;
mod credentials;
mod distort;
mod engine;
mod entra;
mod fault;
mod flow;
mod gate;
mod limits;
mod noise;
mod partner;
mod render;
mod reply;
mod route;
mod router;
mod running;
mod seed;
mod server;
mod stats;
mod store;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod throttle;
mod wire;

pub use clock::Pace;
pub use config::{Config, Mfa};
pub use credentials::{Credentials, EXPIRED_CLIENT_SECRET, REFRESH_TOKEN_WITHOUT_MFA};
pub use fault::{Fault, Link, Rule, When};
pub use limits::Limits;
pub use route::Service;
pub use router::{Served, routes};
pub use running::{Options, Running, start};
pub use stats::{Count, Tally};
pub use store::Begun;
