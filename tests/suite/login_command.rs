//! `login` and `logout` as a person at a terminal uses them; secrets are kept in an encrypted file.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Stdio};

use tenantry::identity::Guide;
use tenantry::sandbox::PUBLIC_CLIENT_ID;
use url::Url;

use crate::login::{MEGAN, Person, configured};
use crate::program::{Ended, Program};
use crate::secrets;
use crate::served::Served;

/// A program with a profile whose user signs in with the browser.
pub(crate) fn program(sandbox: &Served, role: &str) -> Program {
    keeping(sandbox, role, PUBLIC_CLIENT_ID)
}

/// A program with such a profile, for an application of an identity service; its secrets are kept
/// in an encrypted file.
pub(crate) fn keeping(service: &Served, role: &str, client: &str) -> Program {
    let lines = format!("client_id = \"{client}\"\nuser = \"browser\"");
    let program = configured(service, role, &lines);
    let path = program.folder().join("config.toml");
    let profile = std::fs::read_to_string(&path).expect("the file");
    program.write("config.toml", format!("secrets = \"file\"\n{profile}"));
    program.var("TENANTRY_PASSPHRASE", "a passphrase for tests")
}

pub(crate) fn run(program: &Program, args: &[&str]) -> Ended {
    let flags = ["--profile", "contoso", "--error-format", "json"];
    program.run(&[&flags, args].concat())
}

/// `login` that waits for somebody, and the line that says how to go on.
pub(crate) struct Waiting {
    process: Child,
    stderr: BufReader<ChildStderr>,
    /// The address, or where to enter which code.
    pub(crate) told: String,
}

impl Waiting {
    /// Begins to sign in with the browser.
    fn start(program: &Program) -> Self {
        Self::of(program, "contoso")
    }

    /// Begins to sign in with the browser to the profile of that name.
    pub(crate) fn of(program: &Program, profile: &str) -> Self {
        Self::begin(program, profile, "--no-browser", "http")
    }

    /// Begins to sign in as an argument says, and reads until a line that begins so.
    pub(crate) fn by(program: &Program, way: &str, beginning: &str) -> Self {
        Self::begin(program, "contoso", way, beginning)
    }

    fn begin(program: &Program, profile: &str, way: &str, beginning: &str) -> Self {
        let args = ["--profile", profile, "login", way];
        let mut process = program
            .command(&args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stderr = BufReader::new(process.stderr.take().expect("a pipe"));
        let (mut told, mut before) = (String::new(), String::new());
        while !told.starts_with(beginning) {
            before.push_str(&std::mem::take(&mut told));
            let read = stderr.read_line(&mut told).expect("a line");
            assert_ne!(read, 0, "it does not say how to go on: {before}");
        }
        secrets::assert_none("what a login says", &format!("{before}{told}"));
        Self {
            process,
            stderr,
            told: told.trim().to_owned(),
        }
    }

    fn port(&self) -> u16 {
        let url = Url::parse(&self.told).expect("an address");
        let mut pairs = url.query_pairs();
        let redirect = pairs
            .find(|(name, _)| name == "redirect_uri")
            .expect("a redirect")
            .1;
        Url::parse(&redirect)
            .expect("an address")
            .port()
            .expect("a port")
    }

    /// Waits for its end; returns the exit code and what else it said.
    pub(crate) fn end(mut self) -> (i32, String) {
        let mut said = String::new();
        self.stderr.read_to_string(&mut said).expect("text");
        secrets::assert_none("what a login says", &said);
        let ended = self.process.wait().expect("it ends");
        (ended.code().unwrap_or(-1), said)
    }
}

const AS_USER: [&str; 2] = ["eval", "partner::agreement_metadata().count() > 0"];

#[test]
fn a_login_serves_later_runs_until_the_logout() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = program(&sandbox, "admin");
    let before = run(&program, &AS_USER).exit(4);
    assert_eq!(before.error(), "auth.interaction");
    assert!(
        before.stderr.contains("tenantry login --profile contoso"),
        "{}",
        before.stderr
    );

    let waiting = Waiting::start(&program);
    Person::new(MEGAN).visit(&waiting.told);
    let (code, said) = waiting.end();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("signed in as megan@"), "{said}");
    assert!(said.contains("with multi-factor authentication"), "{said}");
    for _ in 0..2 {
        run(&program, &AS_USER).exit(0);
    }
    let ended = run(&program, &["logout"]).exit(0);
    assert!(ended.stderr.contains("refresh token"), "{}", ended.stderr);
    let after = run(&program, &AS_USER).exit(4);
    assert_eq!(after.error(), "auth.interaction");
    let again = run(&program, &["logout", "--local"]).exit(0);
    assert!(
        again.stderr.contains("nothing was kept"),
        "{}",
        again.stderr
    );
}

#[test]
fn automation_is_told_to_sign_in_elsewhere() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = program(&sandbox, "automation");
    let ended = run(&program, &["login", "--no-browser"]).exit(4);
    assert_eq!(ended.error(), "auth.interaction");
    assert!(
        ended.stderr.contains("--partner-consent"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_login_that_nobody_finishes_ends_in_time() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = program(&sandbox, "admin");
    let ended = run(&program, &["login", "--no-browser", "--timeout", "1s"]).exit(4);
    assert_eq!(ended.error(), "auth.unfinished");
}

#[cfg(unix)]
#[test]
fn ctrl_c_during_a_login_leaves_no_listener() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = program(&sandbox, "admin");
    let waiting = Waiting::start(&program);
    let port = waiting.port();
    assert!(
        TcpStream::connect(("127.0.0.1", port)).is_ok(),
        "it listens"
    );
    let id = waiting.process.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(sent.expect("kill").success());
    let (code, said) = waiting.end();
    assert_eq!(code, 130, "{said}");
    assert!(
        TcpStream::connect(("127.0.0.1", port)).is_err(),
        "nobody listens"
    );
}
