//! The one runtime: current-thread, on its own thread, started at the first request. Lanes hand work
//! over and block until it is done.

use std::future::Future;
use std::sync::OnceLock;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::error::{Code, Error};

/// The runtime, once something needs it. It ends when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Runtime(OnceLock<Running>);

#[derive(Debug)]
struct Running {
    handle: Handle,
    _until_dropped: oneshot::Sender<()>,
}

impl Runtime {
    /// Does `work` on the runtime while the calling thread waits.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let (done, result) = oneshot::channel();
        self.spawn(async move {
            let _ = done.send(work.await);
        })?;
        result.blocking_recv().unwrap_or_else(|_| Err(lost()))
    }

    /// Starts `work` on the runtime.
    pub(crate) fn spawn(
        &self,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Result<JoinHandle<()>, Error> {
        Ok(self.running()?.handle.spawn(work))
    }

    fn running(&self) -> Result<&Running, Error> {
        if let Some(running) = self.0.get() {
            return Ok(running);
        }
        let started = start().map_err(|reason| {
            Error::new(
                Code::Internal,
                format!("the network thread could not be started: {reason}"),
            )
        })?;
        Ok(self.0.get_or_init(|| started))
    }
}

/// Returns the error for work that ended without a result.
pub(crate) fn lost() -> Error {
    Error::new(Code::Internal, "the network thread ended without an answer")
}

fn start() -> std::io::Result<Running> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    let (until_dropped, dropped) = oneshot::channel::<()>();
    thread::Builder::new()
        .name("network".to_owned())
        .spawn(move || {
            let _ = runtime.block_on(dropped);
        })?;
    Ok(Running {
        handle,
        _until_dropped: until_dropped,
    })
}
