//! Encrypted connections: who is trusted, and what is said when nobody is. Authority and
//! certificates are made by the test.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::Acceptor;
use rustls::{ServerConfig, ServerConnection, Stream};
use tempfile::TempDir;
use url::Url;

use crate::error::{Code, Error};
use crate::http::Settings;
use crate::http::testing::{Lane, Service, get, json, settings};

/// An authority that nobody knows, its certificate in a file.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "Test authority");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let folder = TempDir::new().expect("a folder");
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).expect("a file");
        Self {
            issuer: Issuer::new(params, key),
            folder,
        }
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Returns a server's configuration with a certificate for these names.
    fn serving(&self, names: &[&str], protocol: &str) -> Arc<ServerConfig> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let params = CertificateParams::new(names).expect("parameters");
        let key = KeyPair::generate().expect("a key");
        let leaf = params.signed_by(&key, &self.issuer).expect("a certificate");
        let chain = vec![CertificateDer::from(leaf)];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a chain");
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        Arc::new(config)
    }
}

/// A service over TLS that answers every request with `{}`.
struct Secure {
    port: u16,
    /// What clients offered to speak.
    offered: Arc<Mutex<Vec<String>>>,
    /// Requests that arrived.
    requests: Arc<Mutex<usize>>,
}

impl Secure {
    fn new(config: Arc<ServerConfig>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (offered, requests) = (Arc::default(), Arc::default());
        let (seen, count) = (Arc::clone(&offered), Arc::clone(&requests));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (config, seen, count) = (config.clone(), Arc::clone(&seen), Arc::clone(&count));
                thread::spawn(move || serve(stream, config, &seen, &count));
            }
        });
        Self {
            port,
            offered,
            requests,
        }
    }

    fn call(&self, host: &str, ca_file: Option<&Path>) -> Result<(), Error> {
        let url = format!("https://{host}:{}/pc", self.port);
        call(&Url::parse(&url).expect("a URL"), ca_file)
    }

    fn requests(&self) -> usize {
        *self.requests.lock().expect("no panic")
    }
}

fn call(url: &Url, ca_file: Option<&Path>) -> Result<(), Error> {
    let settings = Settings {
        ca_file: ca_file.map(Path::to_path_buf),
        ..settings(url)
    };
    let answer = Lane::new(settings).client.call(&get("/v1/x"))?;
    assert_eq!(answer.body, "{}");
    Ok(())
}

/// Serves one connection; whatever goes wrong ends it, as the client shows.
fn serve(
    mut stream: TcpStream,
    config: Arc<ServerConfig>,
    offered: &Mutex<Vec<String>>,
    requests: &Mutex<usize>,
) -> Option<()> {
    let mut acceptor = Acceptor::default();
    let accepted = loop {
        acceptor.read_tls(&mut stream).ok()?;
        if let Some(accepted) = acceptor.accept().ok()? {
            break accepted;
        }
    };
    let protocols = accepted.client_hello().alpn().into_iter().flatten();
    let protocols = protocols.map(|name| String::from_utf8_lossy(name).into_owned());
    offered.lock().expect("no panic").extend(protocols);
    let mut connection: ServerConnection = accepted.into_connection(config).ok()?;
    let mut tls = Stream::new(&mut connection, &mut stream);
    tls.flush().ok()?;
    while tls.conn.is_handshaking() {
        tls.conn.complete_io(tls.sock).ok()?;
    }
    if tls.conn.alpn_protocol() == Some(b"h2") {
        return answer_in_frames(&mut tls, requests);
    }
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        let mut byte = [0];
        tls.read_exact(&mut byte).ok()?;
        text.push(byte[0].into());
    }
    *requests.lock().expect("no panic") += 1;
    tls.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        .ok()
}

/// Answers the first request of an HTTP/2 connection. Source: RFC 9113, sections 3.4 and 4.1.
fn answer_in_frames(tls: &mut (impl Read + Write), requests: &Mutex<usize>) -> Option<()> {
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const SETTINGS: u8 = 4;
    const END: [u8; 2] = [0x1, 0x4];
    let frame = |kind, flags, stream: u8, payload: &[u8]| {
        let length = u8::try_from(payload.len()).expect("a short frame");
        let head = [0, 0, length, kind, flags, 0, 0, 0, stream];
        [&head, payload].concat()
    };
    let mut preface = [0; 24];
    tls.read_exact(&mut preface).ok()?;
    assert!(preface.starts_with(b"PRI * HTTP/2.0"));
    tls.write_all(&frame(SETTINGS, 0, 0, &[])).ok()?;
    loop {
        let mut head = [0; 9];
        tls.read_exact(&mut head).ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        tls.read_exact(&mut payload).ok()?;
        match (head[3], head[4]) {
            (SETTINGS, 0) => tls.write_all(&frame(SETTINGS, 1, 0, &[])).ok()?,
            (HEADERS, _) => {
                *requests.lock().expect("no panic") += 1;
                // `:status 200` is entry 8 of the static table.
                let answer = frame(HEADERS, END[1], head[8], &[0x88]);
                tls.write_all(&answer).ok()?;
                tls.write_all(&frame(DATA, END[0], head[8], b"{}")).ok()?;
            }
            _ => {}
        }
    }
}

const LOCAL: &[&str] = &["localhost", "127.0.0.1"];

#[test]
fn an_authority_in_the_ca_file_is_trusted() {
    let authority = Authority::new();
    let service = Secure::new(authority.serving(LOCAL, "http/1.1"));
    for host in LOCAL {
        service
            .call(host, Some(&authority.file()))
            .expect("trusted");
    }
    let offered = service.offered.lock().expect("no panic");
    assert_eq!(offered[..2], ["h2", "http/1.1"]);
    assert_eq!(service.requests(), 2);
}

#[test]
fn a_service_that_speaks_http_2_is_understood() {
    let authority = Authority::new();
    let service = Secure::new(authority.serving(LOCAL, "h2"));
    service
        .call("localhost", Some(&authority.file()))
        .expect("trusted");
    assert_eq!(service.requests(), 1);
}

#[test]
fn nobody_else_is_trusted_and_nothing_is_sent() {
    let (authority, other) = (Authority::new(), Authority::new());
    let check = |names: &[&str], ca_file: Option<&Path>, says: &str| {
        let service = Secure::new(authority.serving(names, "http/1.1"));
        let error = service.call("localhost", ca_file).expect_err("not trusted");
        assert_eq!(error.code(), Code::HttpTls, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.parts().help.is_some());
        assert_eq!(service.requests(), 0);
    };
    check(LOCAL, None, "localhost");
    check(LOCAL, Some(&other.file()), "localhost");
    let name = "elsewhere.example";
    check(&[name], Some(&authority.file()), name);
}

#[test]
fn a_ca_file_that_cannot_be_used_is_named_before_anything_is_sent() {
    let authority = Authority::new();
    let folder = authority.folder.path();
    let broken =
        "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n";
    for (name, content) in [("none.pem", "no certificate"), ("broken.pem", broken)] {
        std::fs::write(folder.join(name), content).expect("a file");
    }
    let secure = Secure::new(authority.serving(LOCAL, "http/1.1"));
    let clear = Service::scripted([json(200, "{}")]);
    let check = |name: &str, says: &str| {
        let file = folder.join(name);
        let errors = [
            secure.call("localhost", Some(&file)),
            call(&clear.url, Some(&file)),
        ];
        for error in errors.map(|result| result.expect_err("no such file")) {
            assert_eq!(
                (error.code(), error.exit()),
                (Code::UsageFile, 2),
                "{error}"
            );
            let text = error.to_string();
            assert!(text.contains(name) && text.contains(says), "{error}");
            let help = error.parts().help.as_deref().unwrap_or_default();
            assert!(help.contains("TENANTRY_CA_FILE"), "{help}");
        }
    };
    check("absent.pem", "No such file");
    check("", "directory");
    check("none.pem", "there are none");
    check("broken.pem", "BadEncoding");
    assert_eq!((secure.requests(), clear.received().len()), (0, 0));
}
