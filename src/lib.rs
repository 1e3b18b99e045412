//! Tenantry: a scriptable automation host for Microsoft Cloud Solution Provider partners.
//!
//! # Code map
//! The folders are the architecture. Each may import only those above it that it needs; a test
//! (`tests/suite/layers.rs`) holds the exact list.
//!
//! | module | what it does |
//! |---|---|
//! | [`base`] | clock, fibers, cancelling, randomness, secrets, text, files: knows nothing of the product |
//! | [`error`] | the one error with its stable codes; exit codes follow from them |
//! | [`api`] | what the services offer, as data: documents → static tables; filters; dialects |
//! | [`config`] | profiles: who signs in, where the services are; vaults for their secrets |
//! | [`http`] | from a call to an answer: the pipeline (order in `pipeline.rs`), pages, waiting |
//! | [`identity`] | signing in; tokens for exactly (profile, tenant, resource, principal) |
//! | [`run`] | lanes with their step keys; fan-out |
//! | [`report`] | results on stdout, progress on stderr |
//! | [`script`] | the Rhai host: records, the one invoker, host functions, static check, diagnostics |
//! | [`runbook`] | headers and parameters of runbooks |
//! | [`repl`] | the interactive session, and the manual that `doc` prints |
//! | [`sandbox`] | the emulator of the services, over one store |
//! | [`cli`] | the commands; wires traits to implementations |
//!
//! # Invariants
//! * `api` and `sandbox` never meet: both are written from the services' documents, so a misspelt
//!   field is not wrong on both sides unseen. Only `tests/` brings them together.
//! * Adding an operation takes a description (`api/<service>/*.yaml`) and a handler
//!   (`sandbox/<service>/`), and nothing else.
//! * A refusal for lack of a grant happens before a token is asked for.
//! * A write that may have taken effect is sent again only if the service recognises the repeat;
//!   one pure function decides (`http/policy/retry.rs`).
//! * A token goes only to the tenant, the service and the host it was asked for.
//! * Time, ids and randomness come from [`base`] alone; virtual time stands still while a lane or a
//!   handler works and jumps when all wait.
//! * Lanes are fibers of one thread: what waits goes through [`base::fiber::wait`] there, and no
//!   lock is held meanwhile that another lane may want.
//! * Secrets are [`base::secret::Secret`] and cannot be formatted; stdout carries results only.

pub mod api;
pub mod base;
pub mod cli;
pub mod config;
pub mod error;
pub mod http;
pub mod identity;
pub mod repl;
pub mod report;
pub mod run;
pub mod runbook;
pub mod sandbox;
pub mod script;
