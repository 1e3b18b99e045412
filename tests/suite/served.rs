//! A sandbox served by another process, as other programs would use it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
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
        Self::by(&mut program.command(&[&["sandbox", "serve"], args].concat()))
    }

    /// Starts whatever prints such a line and then serves.
    pub(crate) fn by(command: &mut Command) -> Self {
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
        let program = match self.line["ca_file"].as_str() {
            Some(file) => Program::new().var("TENANTRY_CA_FILE", file),
            None => Program::new(),
        };
        program
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
        let answer = self.send(&control(&self.host(), verb, path, body));
        accepted(&answer)
    }

    /// Returns its host and port.
    pub(crate) fn host(&self) -> String {
        let root: url::Url = self.get("partner_url").parse().expect("an address");
        root.authority().to_owned()
    }

    /// Sends a request that asks to close the connection, and returns all that comes back.
    pub(crate) fn send(&self, request: &str) -> String {
        let socket = TcpStream::connect(self.host()).expect("the sandbox listens");
        match self.line["ca_file"].as_str() {
            Some(file) => exchange(encrypted(socket, Path::new(file)), request),
            None => exchange(socket, request),
        }
    }
}

fn exchange(mut stream: impl Read + Write, request: &str) -> String {
    stream.write_all(request.as_bytes()).expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn encrypted(socket: TcpStream, trusted: &Path) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(trusted).expect("a PEM file") {
        let certificate = certificate.expect("a certificate");
        roots.add(certificate).expect("an authority");
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    StreamOwned::new(connection, socket)
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Writes a request to the controls.
fn control(host: &str, verb: &str, path: &str, body: &str) -> String {
    format!(
        "{verb} /sandbox/{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Returns the body of a success.
fn accepted(answer: &str) -> String {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 2"), "{answer}");
    body.to_owned()
}

impl crate::stage::Stage {
    /// Sends a request to the controls of its sandbox and returns the answer's body.
    pub(crate) fn control(&self, verb: &str, path: &str, body: &str) -> String {
        let root: url::Url = self
            .sandbox
            .credentials()
            .arm_url
            .parse()
            .expect("an address");
        let socket = TcpStream::connect(root.authority()).expect("the sandbox listens");
        accepted(&exchange(
            socket,
            &control(root.authority(), verb, path, body),
        ))
    }
}
