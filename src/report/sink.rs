//! The one way to stdout: buffered, quiet about a reader that has gone away, and in turn with the
//! progress lines when both share a terminal.

use std::fmt;
use std::io::{self, BufWriter, IsTerminal, Write};

use super::progress::Screen;

/// Bytes held back before they are written to a pipe or file.
const BUFFER: usize = 64 * 1024;

/// A buffered way out. A reader that closes its end (`| head`) is no error: what follows is dropped.
pub struct Sink {
    out: BufWriter<Box<dyn Write + Send>>,
    columns: Option<usize>,
    screen: Option<Screen>,
    on_closed: Option<Box<dyn Fn() + Send>>,
    closed: bool,
}

impl Sink {
    /// Creates a sink for anything but a terminal.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self {
            out: BufWriter::with_capacity(BUFFER, Box::new(out)),
            columns: None,
            screen: None,
            on_closed: None,
            closed: false,
        }
    }

    /// Creates the sink for this process's stdout. `screen` is where progress is shown.
    pub fn stdout(screen: Screen) -> Self {
        let mut sink = Self::new(io::stdout());
        if io::stdout().is_terminal() {
            let width = terminal_size::terminal_size_of(io::stdout());
            sink = sink.terminal(width.map_or(80, |(width, _)| usize::from(width.0)));
            sink.screen = Some(screen);
        }
        sink
    }

    /// Says that the other end is a terminal of that many columns.
    #[must_use]
    pub fn terminal(mut self, columns: usize) -> Self {
        self.columns = Some(columns);
        self
    }

    /// Calls `f` once when the reader has gone away.
    #[must_use]
    pub fn on_closed(mut self, f: impl Fn() + Send + 'static) -> Self {
        self.on_closed = Some(Box::new(f));
        self
    }

    /// Returns the width of the terminal, when it is one.
    pub fn columns(&self) -> Option<usize> {
        self.columns
    }

    /// Writes a text; on a terminal it is seen at once.
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.guarded(|out| out.write_all(text.as_bytes()))
    }

    /// Writes a text and a line end.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.guarded(|out| {
            out.write_all(text.as_bytes())?;
            out.write_all(b"\n")
        })
    }

    /// Writes what is held back.
    pub fn flush(&mut self) -> io::Result<()> {
        self.guarded(Write::flush)
    }

    fn guarded(
        &mut self,
        write: impl FnOnce(&mut BufWriter<Box<dyn Write + Send>>) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let out = &mut self.out;
        let outcome = match (&self.screen, self.columns) {
            (Some(screen), _) => screen.suspend(|| write(out).and_then(|()| out.flush())),
            (None, Some(_)) => write(out).and_then(|()| out.flush()),
            (None, None) => write(out),
        };
        match outcome {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                if let Some(tell) = &self.on_closed {
                    tell();
                }
                Ok(())
            }
            other => other,
        }
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sink(columns {:?})", self.columns)
    }
}
