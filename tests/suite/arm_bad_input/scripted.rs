//! A service in Azure's place whose answers are written down; it notes who asked for what, and with
//! which token.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::json;

/// The only subscription.
pub(super) const SUBSCRIPTION: &str = "5ab00000-0000-4000-8000-000000000001";

/// What is answered to a method and the end of a path: status, headers by lines, body.
pub(super) type Line = (&'static str, &'static str, u16, String, &'static str);

/// The service.
pub(super) struct Scripted {
    /// Its root.
    pub(super) address: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// Starts it on a free port.
    pub(super) fn start(lines: Vec<Line>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (shared, lines) = (Arc::clone(&heard), Arc::new(lines));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (heard, lines) = (Arc::clone(&shared), Arc::clone(&lines));
                note(&heard, "connected".to_owned());
                thread::spawn(move || while serve(&stream, &lines, &heard).is_some() {});
            }
        });
        Self { address, heard }
    }

    /// Returns what it has heard: connections, and each request with its method, path and whether
    /// it had a token.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }
}

fn note(heard: &Mutex<Vec<String>>, what: String) {
    heard.lock().expect("no panic").push(what);
}

/// Reads a request and answers it; `None` when the connection ends.
fn serve(mut stream: &TcpStream, lines: &[Line], heard: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut first, mut length, mut token) = (String::new(), 0, "");
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim().to_lowercase();
        if header.is_empty() {
            break;
        }
        if header.starts_with("authorization: bearer") {
            token = " with a token";
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    reader.read_exact(&mut vec![0; length]).ok()?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let path = target.split('?').next()?;
    note(heard, format!("{method} {path}{token}"));
    let at = format!("/subscriptions/{SUBSCRIPTION}");
    let itself = json!({ "id": at, "subscriptionId": SUBSCRIPTION }).to_string();
    let line = lines
        .iter()
        .find(|line| line.0 == method && path.ends_with(line.1));
    let (status, headers, body) = match line {
        Some((_, _, status, headers, body)) => (*status, headers.as_str(), *body),
        None if path == at => (200, "", itself.as_str()),
        None => (404, "", r#"{"error":{"code":"NotFound","message":"No."}}"#),
    };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} x\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).ok()
}
