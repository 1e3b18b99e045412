//! The embedded sandbox: an emulator of the services on a loopback socket, with one consistent
//! state behind them. It is written from the services' documents alone and never meets `api`.

#![expect(clippy::unnecessary_wraps, reason = "all handlers have one shape")]

mod answers;
mod arm;
mod clock;
mod config;
mod control;
mod credentials;
mod derived;
mod distort;
mod engine;
mod entra;
mod fault;
mod flow;
mod gate;
mod graph;
mod limits;
mod noise;
mod partner;
mod parts;
mod render;
mod reply;
mod route;
mod router;
mod running;
mod seed;
mod server;
mod sessions;
mod stats;
mod store;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod throttle;
mod tls;
mod wire;

pub use clock::Pace;
pub use config::{ConditionalAccess, Config, Mfa};
pub use credentials::{
    CLIENT_CERTIFICATE, CLIENT_CERTIFICATE_PFX, Credentials, EXPIRED_CLIENT_CERTIFICATE,
    EXPIRED_CLIENT_SECRET, GITHUB_REQUEST_TOKEN, IDENTITY_HEADER, MANAGED_IDENTITY_ID,
    PUBLIC_CLIENT_ID, REFRESH_TOKEN_WITHOUT_MFA, UNCONSENTED_CLIENT_ID, UNCONSENTED_CLIENT_SECRET,
    USER_PASSWORD,
};
pub use fault::{Fault, Link, Rule, When};
pub use limits::Limits;
pub use route::Service;
pub use router::{Served, routes};
pub use running::{Options, Running, start};
pub use stats::{Count, Tally};
pub use store::Begun;
