//! Slow tests, which run when `TENANTRY_SLOW` is set: every role for every operation, and other
//! people's clients and servers against ours. `tests/interop/install.sh` puts what the latter need
//! under `target/interop`.

mod azure_sdk;
mod browser;
mod msal;
mod oidc_provider;
mod oidc_sign_in;
mod roles;

use std::path::PathBuf;
use std::process::Command;

use crate::program::project;

/// Tells whether slow tests are wanted, and says so when they are not.
pub(crate) fn wanted() -> bool {
    let wanted = std::env::var_os("TENANTRY_SLOW").is_some_and(|value| !value.is_empty());
    if !wanted {
        eprintln!("skipped: slow tests run when TENANTRY_SLOW=1 is set");
    }
    wanted
}

/// Returns the folder of what was installed.
fn installed() -> PathBuf {
    let folder = project().join("target").join("interop");
    assert!(
        folder.exists(),
        "{} is missing: run `bash tests/interop/install.sh` first",
        folder.display()
    );
    folder
}

/// Returns a Python that has what `requirements.txt` names, about to run a file of `tests/interop`.
fn python(file: &str) -> Command {
    let place = if cfg!(windows) {
        "venv/Scripts/python.exe"
    } else {
        "venv/bin/python"
    };
    let mut command = Command::new(installed().join(place));
    command.arg(project().join("tests/interop").join(file));
    command
}
