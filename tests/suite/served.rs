//! A sandbox served by another process, as other programs would use it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::program::Program;

/// A running `tenantry sandbox serve`; ends when dropped.
pub(crate) struct Served {
    process: Child,
    /// The JSON line it printed.
    pub(crate) line: Value,
}

impl Served {
    /// Starts one on a free port.
    pub(crate) fn start(program: &Program, args: &[&str]) -> Self {
        let mut command = program.command(&[&["sandbox", "serve"], args].concat());
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the sandbox starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let line = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self { process, line }
    }

    /// Returns one field of the line.
    pub(crate) fn get(&self, name: &str) -> String {
        self.line[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {}", self.line))
            .to_owned()
    }

    /// Returns a program whose environment describes this sandbox.
    pub(crate) fn program(&self) -> Program {
        Program::new()
            .var("TENANTRY_TENANT_ID", self.get("tenant_id"))
            .var("TENANTRY_CLIENT_ID", self.get("client_id"))
            .var("TENANTRY_CLIENT_SECRET", self.get("client_secret"))
            .var("TENANTRY_REFRESH_TOKEN", self.get("refresh_token"))
            .var("TENANTRY_ENDPOINT_LOGIN", self.get("login_url"))
            .var("TENANTRY_ENDPOINT_PARTNER", self.get("partner_url"))
            .var("TENANTRY_ENDPOINT_GRAPH", self.get("graph_url"))
            .var("TENANTRY_ENDPOINT_ARM", self.get("arm_url"))
    }

    /// Sends a request to the controls and returns the answer's body.
    pub(crate) fn control(&self, verb: &str, path: &str, body: &str) -> String {
        let root = self.get("partner_url");
        let host = root
            .trim_start_matches("http://")
            .split('/')
            .next()
            .expect("a host")
            .to_owned();
        let mut socket = TcpStream::connect(&host).expect("the sandbox listens");
        write!(
            socket,
            "{verb} /sandbox/{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("the control is sent");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(
            head.starts_with("HTTP/1.1 2"),
            "{verb} /sandbox/{path}: {answer}"
        );
        body.to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
