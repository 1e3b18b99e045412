//! The sandbox's socket: HTTP/1.1 on loopback, encrypted where asked for, served by a thread with a
//! runtime of its own. It is also where connections break, when a fault says so.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::{Builder, JoinHandle};

use bytes::Bytes;
use http::header::DATE;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming as Stream, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use super::control;
use super::engine::Engine;
use super::wire::{Answer, Incoming, Outgoing};
use crate::base::clock::Timestamp;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    origin: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a port of 127.0.0.1 (0: any) and serves `engine`, over HTTPS where `tls` says how.
    pub(crate) fn start(
        port: u16,
        engine: Arc<Engine>,
        tls: Option<Arc<ServerConfig>>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let door = Door {
            engine,
            address: listener.local_addr()?,
            tls: tls.map(TlsAcceptor::from),
        };
        let origin = format!("{}://{}", door.scheme(), door.address);
        let (stop, stopped) = oneshot::channel();
        let thread = Builder::new().name("sandbox".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(serve(listener, door, stopped));
            }
        })?;
        Ok(Self {
            origin,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns scheme, host and port.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What every connection is given.
#[derive(Clone)]
struct Door {
    engine: Arc<Engine>,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
}

impl Door {
    fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// Takes connections until it is told to stop; those that are open then end with the runtime.
async fn serve(listener: TcpListener, door: Door, stopped: oneshot::Receiver<()>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let accept = async {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                tokio::task::yield_now().await; // out of files, say: let open connections end
                continue;
            };
            let _ = stream.set_nodelay(true);
            tokio::spawn(welcome(stream, door.clone()));
        }
    };
    tokio::select! {
        () = accept => {}
        _ = stopped => {}
    }
}

/// Encrypts a connection where that is asked for. A handshake that fails ends it: the client knows why.
async fn welcome(stream: TcpStream, door: Door) {
    let Some(tls) = door.tls.clone() else {
        return converse(stream, door).await;
    };
    let mut first = [0];
    match stream.peek(&mut first).await {
        Ok(1) if first[0] == HANDSHAKE => {
            if let Ok(stream) = tls.accept(stream).await {
                converse(stream, door).await;
            }
        }
        _ => refuse_clear_text(stream).await,
    }
}

/// The first byte of every TLS connection. Source: RFC 8446, section 5.1.
const HANDSHAKE: u8 = 22;

/// Tells a client that speaks HTTP where HTTPS is served, and hangs up.
async fn refuse_clear_text(mut stream: TcpStream) {
    const ANSWER: &str = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nThis port speaks HTTPS: begin the address with `https://`.\n";
    let _ = stream.read(&mut [0; 8192]).await;
    let _ = stream.write_all(ANSWER.as_bytes()).await;
    let _ = stream.shutdown().await;
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin + 'static, door: Door) {
    let service = service_fn(|request| answer(&door, request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let _ = connection.await; // whatever went wrong, the client sees it
}

/// Why a connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on purpose")]
struct Closed;

async fn answer(door: &Door, request: Request<Stream>) -> Result<Response<Content>, Closed> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
    let host = head.headers.get("host").and_then(|host| host.to_str().ok());
    let host = host.map_or_else(|| door.address.to_string(), str::to_owned);
    let incoming = Incoming {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        origin: format!("{}://{host}", door.scheme()),
        headers: head.headers,
        body,
    };
    let outgoing = if control::is_one(&incoming.path) {
        Outgoing::Answer(control::handle(&door.engine, &incoming))
    } else {
        door.engine.handle(&incoming)
    };
    let outgoing = dated(outgoing, door.engine.clock().now());
    match outgoing {
        Outgoing::Answer(answer) => Ok(response(answer, Cut::Nowhere)),
        Outgoing::Cut(answer) => Ok(response(answer, Cut::Half)),
        Outgoing::Drop => Err(Closed),
        Outgoing::Hang => std::future::pending().await,
    }
}

/// Dates an answer by the sandbox's clock, unless it is dated already.
fn dated(outgoing: Outgoing, now: Timestamp) -> Outgoing {
    let date = |mut answer: Answer| {
        let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
        let text = printer.timestamp_to_rfc9110_string(&now).ok();
        if let Some(value) = text.and_then(|text| text.parse().ok()) {
            answer.headers.entry(DATE).or_insert(value);
        }
        answer
    };
    match outgoing {
        Outgoing::Answer(answer) => Outgoing::Answer(date(answer)),
        Outgoing::Cut(answer) => Outgoing::Cut(date(answer)),
        Outgoing::Drop | Outgoing::Hang => outgoing,
    }
}

/// Where an answer's body ends too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Nowhere,
    Half,
}

fn response(answer: Answer, cut: Cut) -> Response<Content> {
    let mut response = Response::new(Content {
        announced: answer.body.len() as u64,
        rest: Some(match cut {
            Cut::Nowhere => answer.body,
            Cut::Half => answer.body.slice(..answer.body.len() / 2),
        }),
        cut,
    });
    *response.status_mut() = http::StatusCode::from_u16(answer.status)
        .unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = answer.headers;
    response
}

/// A body of which all or half arrives, whatever was announced.
#[derive(Debug)]
struct Content {
    announced: u64,
    rest: Option<Bytes>,
    cut: Cut,
}

impl Body for Content {
    type Data = Bytes;
    type Error = Closed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Closed>>> {
        match (self.rest.take(), self.cut) {
            (Some(bytes), _) if !bytes.is_empty() => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            (_, Cut::Nowhere) => Poll::Ready(None),
            (Some(_), Cut::Half) => Poll::Ready(Some(Err(Closed))),
            (None, Cut::Half) => {
                // What was written so far leaves before the connection breaks.
                self.rest = Some(Bytes::new());
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.cut == Cut::Nowhere && self.rest.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
