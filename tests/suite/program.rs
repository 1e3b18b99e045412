//! Runs the program as a user would, in an empty folder with a clean environment. Whatever it
//! writes is searched for secrets.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

use tempfile::TempDir;

use crate::secrets;

/// One call of the program, in a folder of its own.
pub(crate) struct Program {
    folder: TempDir,
    vars: Vec<(String, String)>,
    /// Files that the test wrote itself.
    own: Mutex<Vec<PathBuf>>,
}

/// What a call left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Exit code.
    pub(crate) code: i32,
    /// Results.
    pub(crate) stdout: String,
    /// Everything else.
    pub(crate) stderr: String,
}

/// Returns the project's folder.
pub(crate) fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns a file of the project.
pub(crate) fn file(name: &str) -> String {
    project().join(name).display().to_string()
}

impl Program {
    /// Prepares an empty folder.
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().expect("a temporary folder"),
            vars: Vec::new(),
            own: Mutex::default(),
        }
    }

    /// Sets an environment variable.
    pub(crate) fn var(mut self, name: &str, value: impl Into<String>) -> Self {
        self.vars.push((name.to_owned(), value.into()));
        self
    }

    /// Returns the folder the program runs in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the program's folder and returns its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::write(&path, content).expect("a file in a temporary folder");
        self.own.lock().expect("no panic").push(path.clone());
        path
    }

    /// Returns the command, ready to be started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry"));
        command
            .args(args)
            .current_dir(self.folder())
            .stdin(Stdio::null())
            .env("NO_COLOR", "1");
        for name in ["HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
            command.env(name, self.folder());
        }
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TENANTRY_")) {
            command.env_remove(name);
        }
        // Nobody's own profiles and keyring, whoever runs the tests.
        command.env("TENANTRY_CONFIG", self.folder().join("config.toml"));
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        command.envs(self.vars.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ended {
        Ended::from(self.command(args).output().expect("the program starts"))
    }

    /// Runs the program with a text as its input.
    pub(crate) fn type_in(&self, args: &[&str], input: &str) -> Ended {
        let mut command = self.command(args);
        let piped = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = piped.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin
            .write_all(input.as_bytes())
            .expect("the program reads");
        drop(stdin);
        Ended::from(child.wait_with_output().expect("the program ends"))
    }

    /// Runs a script given as text.
    pub(crate) fn script(&self, text: &str, args: &[&str]) -> Ended {
        self.write("script.rhai", text);
        self.run(&[&["run", "script.rhai"], args].concat())
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| {
            let text = String::from_utf8(bytes).expect("the program writes UTF-8");
            secrets::assert_none("an output", &text);
            text
        };
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let own = self.own.lock().expect("no panic");
            secrets::assert_none_in(self.folder.path(), &own);
        }
    }
}

impl Ended {
    /// Asserts the exit code, showing everything if it is another, and returns the results.
    #[track_caller]
    pub(crate) fn exit(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Returns the code of the first error, which must have been asked for as JSON.
    #[track_caller]
    pub(crate) fn error(&self) -> String {
        let mut objects = self
            .stderr
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let found = objects.find_map(|object| object["code"].as_str().map(str::to_owned));
        found.unwrap_or_else(|| panic!("no error as JSON on stderr:\n{}", self.stderr))
    }

    /// Parses the results as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }
}
