//! The REPL on a real pseudo-terminal.

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::program::Program;
use crate::secrets;

/// A REPL on a pseudo-terminal.
struct Terminal {
    keys: Box<dyn Write + Send>,
    bytes: Receiver<Vec<u8>>,
    seen: String,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    _program: Program,
}

impl Terminal {
    fn open() -> Self {
        let program = Program::new();
        let size = PtySize {
            rows: 40,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system()
            .openpty(size)
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tenantry"));
        command.arg("repl");
        command.cwd(program.folder());
        command.env("NO_COLOR", "1");
        command.env("TERM", "xterm");
        command.env("HOME", program.folder());
        command.env("XDG_STATE_HOME", program.folder());
        command.env("XDG_DATA_HOME", program.folder());
        command.env("TENANTRY_CONFIG", program.folder().join("config.toml"));
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        let keys = pair.master.take_writer().expect("keys");
        let mut screen = pair.master.try_clone_reader().expect("a screen");
        let (send, bytes) = channel();
        std::thread::spawn(move || {
            let _pair = pair;
            let mut buffer = [0; 4096];
            while let Ok(count) = screen.read(&mut buffer) {
                if count == 0 || send.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            keys,
            bytes,
            seen: String::new(),
            child,
            _program: program,
        }
    }

    fn keys(&mut self, text: &str) {
        self.seen.clear();
        self.keys
            .write_all(text.as_bytes())
            .expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
    }

    /// Waits until the screen has shown `text` since the last keys.
    #[track_caller]
    fn shows(&mut self, text: &str) {
        let end = Instant::now() + Duration::from_secs(30);
        while !self.seen.contains(text) {
            match self
                .bytes
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("the screen never showed {text:?}, only:\n{}", self.seen)
                }
            }
        }
        secrets::assert_none("the terminal", &self.seen);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// What the terminal gets when the next entry may be typed, and when an entry is being evaluated.
const READY: &str = "\u{1b}[?2004h";
const RUNNING: &str = "\u{1b}[?2004l";
/// Clears the line.
const CLEAR: &str = "\u{15}";

#[test]
fn a_session_completes_runs_functions_and_survives_errors() {
    let mut terminal = Terminal::open();
    terminal.shows(READY);

    terminal.keys("partner::custom\t\t");
    terminal.shows("customer_billing_profile");
    terminal.keys(CLEAR);

    terminal.keys("let customer = partner::customers().first();\r");
    terminal.shows(READY);
    terminal.keys("customer.\t\t");
    terminal.shows("companyProfile");
    terminal.keys(CLEAR);

    terminal.keys("fn seats(list) {\r");
    terminal.keys("    list.sum_by(|s| s.quantity)\r");
    terminal.keys("}\r");
    terminal.shows(READY);
    terminal.keys("seats(partner::subscriptions(customer).to_array()) > 0\r");
    terminal.shows("true");
    terminal.shows(READY);

    terminal.keys("partner::custmers()\r");
    terminal.shows("did you mean");
    terminal.shows(READY);
    terminal.keys("customer.companyProfile.domain\r");
    terminal.shows(".onmicrosoft.com");
    terminal.shows(READY);

    terminal.keys("print(\"begun\"); loop {}\r");
    terminal.shows(RUNNING);
    terminal.shows("begun\r\n");
    terminal.keys("\u{3}");
    terminal.shows("interrupted");
    terminal.shows(READY);
    terminal.keys("20 + 3\r");
    terminal.shows("23");
    terminal.keys(":quit\r");
}
