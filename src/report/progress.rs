//! What a run says on stderr while it goes on: lines, and whatever takes longer than a second. On a
//! terminal tasks are spinners that vanish; elsewhere they are plain lines; with `--quiet` there is
//! nothing. Diagnostics of errors are not its business.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Where a run says how it goes.
pub trait Progress: Send + Sync + fmt::Debug {
    /// Says a line.
    fn say(&self, line: &str);

    /// Begins something that may take long; dropping the task ends it.
    fn start(&self, label: &str) -> Box<dyn Task>;
}

/// Something that goes on.
pub trait Task: Send + Sync {
    /// Says how much is done, and of how much where that is known.
    fn set(&self, done: u64, of: Option<u64>);

    /// Says how it stands, in a few words.
    fn note(&self, words: &str);
}

/// How often tasks are looked at.
const TICK: Duration = Duration::from_millis(250);
/// Ticks until a task is shown.
const SHOWN_AFTER: u32 = 4;
/// Ticks between two lines about the same task where there is no terminal.
const REPEATED_AFTER: u32 = 40;
/// Stands for "not known" in a task's total.
const UNKNOWN: u64 = u64::MAX;

/// The stderr of this process. Copies show on the same screen.
#[derive(Clone)]
pub struct Screen(Arc<Inner>);

struct Inner {
    show: Show,
    tasks: Mutex<Vec<Weak<Mutex<Shown>>>>,
    ticker: Once,
}

enum Show {
    Nothing,
    Lines(Mutex<Box<dyn Write + Send>>),
    Spinners(MultiProgress),
}

/// A task as the ticker sees it.
struct Shown {
    label: String,
    count: Arc<Count>,
    note: String,
    ticks: u32,
    spinner: Option<ProgressBar>,
}

struct Count {
    done: AtomicU64,
    of: AtomicU64,
}

impl Screen {
    /// Creates the screen for this process's stderr; a quiet one shows nothing.
    pub fn stderr(quiet: bool) -> Self {
        if quiet {
            Self::new(Show::Nothing)
        } else if io::stderr().is_terminal() {
            let target = ProgressDrawTarget::stderr();
            Self::new(Show::Spinners(MultiProgress::with_draw_target(target)))
        } else {
            Self::lines(io::stderr())
        }
    }

    /// Creates a screen that writes plain lines.
    pub fn lines(out: impl Write + Send + 'static) -> Self {
        Self::new(Show::Lines(Mutex::new(Box::new(out))))
    }

    fn new(show: Show) -> Self {
        Self(Arc::new(Inner {
            show,
            tasks: Mutex::default(),
            ticker: Once::new(),
        }))
    }

    /// Takes the spinners away while `f` writes to the same terminal.
    pub fn suspend<T>(&self, f: impl FnOnce() -> T) -> T {
        match &self.0.show {
            Show::Spinners(spinners) => spinners.suspend(f),
            Show::Nothing | Show::Lines(_) => f(),
        }
    }
}

impl Progress for Screen {
    fn say(&self, line: &str) {
        self.0.say(line);
    }

    fn start(&self, label: &str) -> Box<dyn Task> {
        let count = Arc::new(Count {
            done: AtomicU64::new(0),
            of: AtomicU64::new(UNKNOWN),
        });
        let shown = Arc::new(Mutex::new(Shown {
            label: label.to_owned(),
            count: Arc::clone(&count),
            note: String::new(),
            ticks: 0,
            spinner: None,
        }));
        if !matches!(self.0.show, Show::Nothing) {
            lock(&self.0.tasks).push(Arc::downgrade(&shown));
            self.0
                .ticker
                .call_once(|| tick_in_background(Arc::downgrade(&self.0)));
        }
        Box::new(Running { count, shown })
    }
}

impl Inner {
    /// A line that cannot be written is lost: there is nowhere left to say so.
    fn say(&self, line: &str) {
        let _ = match &self.show {
            Show::Nothing => Ok(()),
            Show::Lines(out) => writeln!(lock(out), "{line}"),
            Show::Spinners(spinners) => {
                spinners.suspend(|| writeln!(io::stderr().lock(), "{line}"))
            }
        };
    }

    /// Looks at every task once.
    fn tick(&self) {
        let tasks: Vec<_> = {
            let mut tasks = lock(&self.tasks);
            tasks.retain(|task| task.strong_count() > 0);
            tasks.iter().filter_map(Weak::upgrade).collect()
        };
        for task in tasks {
            let mut task = lock(&task);
            task.ticks += 1;
            if task.ticks < SHOWN_AFTER {
                continue;
            }
            match &self.show {
                Show::Lines(_) if (task.ticks - SHOWN_AFTER).is_multiple_of(REPEATED_AFTER) => {
                    self.say(&format!("{} …", task.text()));
                }
                Show::Nothing | Show::Lines(_) => {}
                Show::Spinners(spinners) => task.spin(spinners),
            }
        }
    }
}

impl Shown {
    fn text(&self) -> String {
        let done = self.count.done.load(Ordering::Relaxed);
        if !self.note.is_empty() {
            return format!("{}: {}", self.label, self.note);
        }
        match (done, self.count.of.load(Ordering::Relaxed)) {
            (0, UNKNOWN) => self.label.clone(),
            (done, UNKNOWN) => format!("{} ({done})", self.label),
            (done, of) => format!("{} ({done} of {of})", self.label),
        }
    }

    fn spin(&mut self, spinners: &MultiProgress) {
        let text = self.text();
        let spinner = self.spinner.get_or_insert_with(|| {
            let spinner = spinners.add(ProgressBar::new_spinner());
            spinner.set_style(style());
            spinner
        });
        spinner.set_message(text);
        spinner.tick();
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}

/// Respects `NO_COLOR`, as everything does.
fn style() -> ProgressStyle {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let template = if plain {
        "{spinner} {wide_msg} {elapsed}"
    } else {
        "{spinner:.cyan} {wide_msg} {elapsed:.dim}"
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// Ticks until the screen is gone. Without a thread there is no progress, which is no reason to
/// end a run.
fn tick_in_background(screen: Weak<Inner>) {
    let _ = thread::Builder::new()
        .name("progress".to_owned())
        .spawn(move || {
            loop {
                thread::park_timeout(TICK);
                match screen.upgrade() {
                    Some(screen) => screen.tick(),
                    None => return,
                }
            }
        });
}

/// The run's end of a task.
struct Running {
    count: Arc<Count>,
    /// Dropping it ends the task.
    shown: Arc<Mutex<Shown>>,
}

impl Task for Running {
    fn set(&self, done: u64, of: Option<u64>) {
        self.count.done.store(done, Ordering::Relaxed);
        self.count
            .of
            .store(of.unwrap_or(UNKNOWN), Ordering::Relaxed);
    }

    fn note(&self, words: &str) {
        words.clone_into(&mut lock(&self.shown).note);
    }
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.show {
            Show::Nothing => "Screen(quiet)",
            Show::Lines(_) => "Screen(lines)",
            Show::Spinners(_) => "Screen(spinners)",
        })
    }
}

/// Locks; a panic elsewhere does not make what is shown wrong.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::Page;

    #[test]
    fn a_task_is_shown_after_a_second_and_then_now_and_then() {
        let page = Page::default();
        let screen = Screen::lines(page.clone());
        screen.say("first");
        screen.0.ticker.call_once(|| {}); // this test ticks by hand
        let task = screen.start("waiting for order");
        for _ in 1..SHOWN_AFTER {
            screen.0.tick();
        }
        assert_eq!(page.text(), "first\n");
        screen.0.tick();
        task.set(3, Some(7));
        for _ in 0..REPEATED_AFTER {
            screen.0.tick();
        }
        drop(task);
        for _ in 0..REPEATED_AFTER {
            screen.0.tick();
        }
        assert_eq!(
            page.text(),
            "first\nwaiting for order …\nwaiting for order (3 of 7) …\n"
        );
    }
}
