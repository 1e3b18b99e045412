//! The integration tests: one binary, a module per feature. Most run the program as a user does,
//! against the embedded sandbox or one that is served by another process; some drive the library.

mod bad_input;
mod challenges;
mod cli;
mod delegation;
mod doctor;
mod examples;
mod faults;
mod graph_batch;
mod graph_delta;
mod grid;
mod helps;
mod identity;
mod layers;
mod licensing;
mod login;
mod login_command;
mod network;
mod operations;
mod parallel;
mod people_runbooks;
mod profiles;
mod program;
mod readme;
mod repl;
mod roles;
mod runbooks;
mod sandbox;
mod scripts;
mod secrets;
mod served;
mod slow;
mod stage;
mod suffices;
mod tls;
mod whoami;
