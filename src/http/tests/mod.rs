//! The pipeline as a whole, against a scripted service on loopback.

mod batching;
mod calls;
mod cancelling;
mod pages;
mod polling;
mod secrets;
mod throttling;
mod tls;
mod trouble;
mod waiting;
