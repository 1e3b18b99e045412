//! The binary: parse, run, exit code. Everything else is in the library.

fn main() {
    std::process::exit(tenantry::cli::main().into());
}
