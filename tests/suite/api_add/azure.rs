//! A service in Azure's manner for one type of resource, which notes what it is asked.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// The only subscription.
pub(crate) const SUBSCRIPTION: &str = "5ab00000-0000-4000-8000-000000000001";
const GATEWAYS: &str = "/providers/Microsoft.Network/natGateways";

/// The service.
pub(crate) struct Azure {
    /// Its root.
    pub(crate) address: String,
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    requests: Mutex<Vec<String>>,
    /// The gateways, by their ids.
    kept: Mutex<BTreeMap<String, Value>>,
    /// Whether somebody has looked at the deletion.
    looked: AtomicBool,
}

struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Azure {
    /// Starts it on a free port.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let inner = Arc::new(Inner::default());
        let (shared, root) = (Arc::clone(&inner), address.clone());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (inner, root) = (Arc::clone(&shared), root.clone());
                thread::spawn(move || while inner.serve(&stream, &root).is_some() {});
            }
        });
        Self { address, inner }
    }

    /// Returns the requests since the last time: method, path and query, body.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.inner.requests.lock().expect("no panic"))
    }
}

impl Inner {
    /// Reads a request and answers it; `None` when the connection ends.
    fn serve(&self, mut stream: &TcpStream, root: &str) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            if header.trim().is_empty() {
                break;
            }
            if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let mut words = line.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        let text = String::from_utf8_lossy(&body);
        let noted = format!("{method} {target} {text}");
        self.requests
            .lock()
            .expect("no panic")
            .push(noted.trim_end().to_owned());
        let answer = self.answer(root, method, target, serde_json::from_slice(&body).ok());
        let body = answer
            .body
            .map_or_else(String::new, |body| body.to_string());
        let mut text = format!("HTTP/1.1 {} x\r\n", answer.status);
        for (name, value) in answer.headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        let length = if method == "HEAD" { 0 } else { body.len() };
        let _ = write!(
            text,
            "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).ok()
    }

    fn answer(&self, root: &str, method: &str, target: &str, body: Option<Value>) -> Answer {
        let path = target.split('?').next().unwrap_or(target);
        let ok = |body| Answer {
            status: 200,
            headers: Vec::new(),
            body: Some(body),
        };
        let mut kept = self.kept.lock().expect("no panic");
        if path == format!("/subscriptions/{SUBSCRIPTION}") {
            return ok(json!({ "id": path, "subscriptionId": SUBSCRIPTION }));
        }
        if path.contains("/operations/") {
            return ok(json!({ "status": "Succeeded" }));
        }
        if path.contains("/operationResults/") {
            // Done at the second look.
            let looked = self.looked.swap(true, Ordering::Relaxed);
            return empty(if looked { 200 } else { 202 }).with("Retry-After", "10".to_owned());
        }
        if path.ends_with("/natGatewayUsages") {
            return ok(json!({ "usages": [{ "name": { "value": "all" }, "currentValue": 2 }] }));
        }
        if path.ends_with("/natGatewayHints") {
            return ok(json!({ "value": [{ "text": "none", "seen": "2026-01-02T03:04:05Z" }] }));
        }
        if path.ends_with("/rotateKey") {
            return ok(json!({ "primaryKey": "k3y", "issued": "2026-01-02T03:04:05Z" }));
        }
        if path.ends_with(GATEWAYS) || path.ends_with("/natGateways/search") {
            return ok(page(root, target, &kept));
        }
        let place = format!(
            "/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/locations/westeurope"
        );
        match (method, kept.contains_key(path)) {
            ("GET", true) => ok(kept[path].clone()),
            ("HEAD", true) => empty(204),
            ("GET" | "HEAD", false) => empty(404),
            ("PUT", _) => {
                let gateway = gateway(path, body.unwrap_or_default());
                kept.insert(path.to_owned(), gateway.clone());
                ok(gateway)
                    .of(201)
                    .with(
                        "Azure-AsyncOperation",
                        format!("{root}{place}/operations/1"),
                    )
                    .with("Retry-After", "10".to_owned())
            }
            ("PATCH", true) => {
                let gateway = kept.get_mut(path).expect("it is there");
                gateway["tags"] = body.unwrap_or_default()["tags"].clone();
                ok(gateway.clone())
            }
            ("DELETE", true) => {
                kept.remove(path);
                empty(202).with("Location", format!("{root}{place}/operationResults/2"))
            }
            _ => empty(405),
        }
    }
}

impl Answer {
    fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    fn of(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

fn empty(status: u16) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: None,
    }
}

/// What the service makes of a gateway that was sent.
fn gateway(id: &str, mut gateway: Value) -> Value {
    let name = id.rsplit('/').next().unwrap_or_default();
    gateway["id"] = json!(id);
    gateway["name"] = json!(name);
    gateway["type"] = json!("Microsoft.Network/natGateways");
    gateway["properties"]["provisioningState"] = json!("Succeeded");
    gateway
}

/// One gateway a page.
fn page(root: &str, target: &str, kept: &BTreeMap<String, Value>) -> Value {
    let skip: usize = match target.split_once("skip=") {
        Some((_, skip)) => skip.parse().expect("a number"),
        None => 0,
    };
    let items: Vec<&Value> = kept.values().skip(skip).take(1).collect();
    let mut page = json!({ "value": items });
    if skip + 1 < kept.len() {
        let path = target.split('?').next().unwrap_or_default();
        page["nextLink"] = json!(format!("{root}{path}?skip={}", skip + 1));
    }
    page
}
