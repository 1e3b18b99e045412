//! The listener that a browser is sent back to: a free port of this machine alone, in both families,
//! since `localhost` may mean either. It lives as long as one sign-in. What arrives is handed over
//! with the page that the browser still waits for; it is answered when the outcome is known. Source:
//! RFC 8252, "OAuth 2.0 for Native Apps", section 7.3.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use super::page::Page;
use crate::error::{Code, Error};

/// A form of a sign-in is far smaller.
const LONGEST_FORM: usize = 64 * 1024;
/// How often another port is tried when a stranger has it in the other family.
const PORTS: u32 = 8;
/// How long nobody is let in after the machine has refused a connection.
const PAUSE: Duration = Duration::from_millis(50);
/// How long the browser may take to read the last page.
const READING: Duration = Duration::from_secs(1);

/// A listener for one sign-in; it is closed when this is dropped.
#[derive(Debug)]
pub(crate) struct Loopback {
    port: u16,
    arrivals: mpsc::Receiver<Arrival>,
    /// Ends when every connection has ended.
    ended: mpsc::Receiver<Infallible>,
    accepting: JoinHandle<()>,
}

/// Somebody came back from the identity service; a page is waited for.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// The query or the form, decoded.
    pub fields: Vec<(String, String)>,
    page: oneshot::Sender<Page>,
}

impl Arrival {
    /// Returns a field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.as_str())
    }

    /// Shows the page.
    pub(crate) fn show(self, page: Page) {
        let _ = self.page.send(page); // the browser may have gone away
    }
}

impl Loopback {
    /// Begins to listen. Must be called on a runtime.
    pub(crate) async fn bind() -> Result<Self, Error> {
        let listeners = listen().await.map_err(|reason| {
            let message = format!("no port of this machine could be listened to: {reason}");
            Error::new(Code::AuthUnfinished, message)
                .help("sign in with a device code: `tenantry login --device`")
        })?;
        let port = listeners[0].local_addr().map(|address| address.port());
        let port = port.map_err(|reason| Error::new(Code::Internal, reason.to_string()))?;
        let (hand, arrivals) = mpsc::channel(8);
        let (open, ended) = mpsc::channel(1);
        Ok(Self {
            port,
            arrivals,
            ended,
            accepting: tokio::spawn(accept(listeners, hand, open)),
        })
    }

    /// Returns where the browser is to be sent. The service ignores the port of `localhost`.
    pub(crate) fn redirect(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Waits for somebody who comes back.
    pub(crate) async fn arrival(&mut self) -> Result<Arrival, Error> {
        let lost = || Error::new(Code::Internal, "the loopback listener has ended");
        self.arrivals.recv().await.ok_or_else(lost)
    }

    /// Listens no more, once the browser has read what it was shown.
    pub(crate) async fn close(mut self) {
        self.arrivals.close();
        let _ = tokio::time::timeout(READING, self.ended.recv()).await;
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Listens at one port in both families. Where there is no IPv6, the other is enough.
async fn listen() -> io::Result<Vec<TcpListener>> {
    for _ in 0..PORTS {
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = four.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(six) => return Ok(vec![four, six]),
            Err(reason) if reason.kind() == io::ErrorKind::AddrInUse => {}
            Err(_) => return Ok(vec![four]),
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

async fn accept(
    listeners: Vec<TcpListener>,
    hand: mpsc::Sender<Arrival>,
    open: mpsc::Sender<Infallible>,
) {
    let mut listening = JoinSet::new();
    for listener in listeners {
        let (hand, open) = (hand.clone(), open.clone());
        listening.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    () = hand.closed() => break,
                    Some(_) = connections.join_next() => {}
                    accepted = listener.accept() => match accepted {
                        Ok((stream, _)) => {
                            connections.spawn(serve(stream, hand.clone()));
                        }
                        // The browser tries again; without a pause a machine that is short of
                        // something would be asked without end.
                        Err(_) => tokio::time::sleep(PAUSE).await,
                    },
                }
            }
            drop(listener);
            while connections.join_next().await.is_some() {}
            drop(open);
        });
    }
    drop((hand, open));
    while listening.join_next().await.is_some() {}
}

async fn serve(stream: TcpStream, hand: mpsc::Sender<Arrival>) {
    let hand = Arc::new(hand);
    let service = service_fn(move |request| answer(Arc::clone(&hand), request));
    // A browser that hangs up is nobody's trouble.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    hand: Arc<mpsc::Sender<Arrival>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() != "/" {
        return Ok(response(StatusCode::NOT_FOUND, &Page::nothing_here()));
    }
    let encoded = match *request.method() {
        Method::GET => request.uri().query().unwrap_or_default().to_owned().into(),
        Method::POST => match Limited::new(request.into_body(), LONGEST_FORM)
            .collect()
            .await
        {
            Ok(body) => body.to_bytes(),
            Err(_) => return Ok(response(StatusCode::BAD_REQUEST, &Page::nothing_here())),
        },
        _ => {
            return Ok(response(
                StatusCode::METHOD_NOT_ALLOWED,
                &Page::nothing_here(),
            ));
        }
    };
    let fields: Vec<_> = url::form_urlencoded::parse(&encoded).into_owned().collect();
    let means_us = |name: &str| matches!(name, "code" | "error");
    if !fields.iter().any(|(name, _)| means_us(name)) {
        return Ok(response(StatusCode::NOT_FOUND, &Page::nothing_here()));
    }
    let (page, shown) = oneshot::channel();
    let page = match hand.send(Arrival { fields, page }).await {
        Ok(()) => shown.await.unwrap_or_else(|_| Page::too_late()),
        Err(_) => Page::too_late(),
    };
    Ok(response(page.status(), &page))
}

fn response(status: StatusCode, page: &Page) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(page.html())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(CONTENT_TYPE, html);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    // The address holds the code: no other page is to learn it.
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    response
}
