//! The sandbox's socket: HTTP/1.1 on loopback, served by a thread with a runtime of its own. It is
//! also where connections break, when a fault says so.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::{Builder, JoinHandle};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming as Stream, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

use super::control;
use super::engine::Engine;
use super::wire::{Answer, Incoming, Outgoing};

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a port of 127.0.0.1 (0: any) and serves `engine`.
    pub(crate) fn start(port: u16, engine: Arc<Engine>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let thread = Builder::new().name("sandbox".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(serve(listener, engine, address, stopped));
            }
        })?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
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

/// Takes connections until it is told to stop; those that are open then end with the runtime.
async fn serve(
    listener: TcpListener,
    engine: Arc<Engine>,
    address: SocketAddr,
    stopped: oneshot::Receiver<()>,
) {
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
            let engine = Arc::clone(&engine);
            let service = service_fn(move |request| answer(Arc::clone(&engine), address, request));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    };
    tokio::select! {
        () = accept => {}
        _ = stopped => {}
    }
}

/// Why a connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on purpose")]
struct Closed;

async fn answer(
    engine: Arc<Engine>,
    address: SocketAddr,
    request: Request<Stream>,
) -> Result<Response<Content>, Closed> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
    let host = head.headers.get("host").and_then(|host| host.to_str().ok());
    let incoming = Incoming {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        origin: match host {
            Some(host) => format!("http://{host}"),
            None => format!("http://{address}"),
        },
        headers: head.headers,
        body,
    };
    let outgoing = if control::is_one(&incoming.path) {
        Outgoing::Answer(control::handle(&engine, &incoming))
    } else {
        engine.handle(&incoming)
    };
    match outgoing {
        Outgoing::Answer(answer) => Ok(response(answer, Cut::Nowhere)),
        Outgoing::Cut(answer) => Ok(response(answer, Cut::Half)),
        Outgoing::Drop => Err(Closed),
        Outgoing::Hang => std::future::pending().await,
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
