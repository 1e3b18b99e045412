//! Fibers: functions with stacks of their own that take turns on one thread. Where a thread would
//! block, a fiber steps aside until the future that it waits for goes on. Scripts call and wait like
//! any program, and thousands of their calls need no thread each.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::thread;

use generator::{Generator, Gn};

/// A function on a stack of its own, as a future: it goes on where it waits in [`wait`]. It stays on
/// its thread, and it may only be dropped when it has ended.
pub struct Fiber<'a> {
    body: Generator<'a, (), ()>,
    own: Rc<Own>,
}

/// What a fiber has for itself.
#[derive(Default)]
struct Own {
    /// Whom to wake when it can go on; `None` outside of fibers.
    waker: RefCell<Option<Waker>>,
    values: RefCell<Vec<Box<dyn Any>>>,
}

thread_local! {
    /// What belongs to whatever runs on this thread now.
    static CURRENT: RefCell<Rc<Own>> = RefCell::default();
}

impl<'a> Fiber<'a> {
    /// Creates a fiber with a stack of so many bytes; `None` where the machine has no room for it.
    /// Nothing runs before it is polled.
    pub fn new(stack: usize, body: impl FnOnce() + Send + 'a) -> Option<Self> {
        let create = || Gn::new_opt(stack / size_of::<usize>(), body);
        let body = catch_unwind(AssertUnwindSafe(create)).ok()?; // the crate panics then
        let own = Rc::default();
        Some(Self { body, own })
    }
}

impl Future for Fiber<'_> {
    /// An error is the panic that ended it.
    type Output = thread::Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        *self.own.waker.borrow_mut() = Some(cx.waker().clone());
        let outer = CURRENT.replace(Rc::clone(&self.own));
        let ended = catch_unwind(AssertUnwindSafe(|| self.body.resume()));
        CURRENT.set(outer);
        match ended {
            Err(panic) => Poll::Ready(Err(panic)),
            Ok(_) if self.body.is_done() => Poll::Ready(Ok(())),
            Ok(_) => Poll::Pending,
        }
    }
}

impl fmt::Debug for Fiber<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fiber(..)")
    }
}

/// Returns whether a fiber runs on this thread now: then nothing may block.
pub fn inside() -> bool {
    waker().is_some()
}

/// Waits for a future; other fibers run meanwhile. For use inside a fiber.
pub fn wait<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        let waker = waker().unwrap_or_else(|| unreachable!("only a fiber can step aside"));
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => step_aside(),
        }
    }
}

/// Lets other fibers run, if a fiber runs on this thread now.
pub fn turn() {
    if let Some(waker) = waker() {
        waker.wake();
        step_aside();
    }
}

#[expect(
    deprecated,
    reason = "the scoped form would have to be handed through the script engine"
)]
fn step_aside() {
    generator::yield_with(());
}

fn waker() -> Option<Waker> {
    CURRENT.with_borrow(|own| own.waker.borrow().clone())
}

/// Works on a value of which every fiber has its own, and every thread outside of its fibers.
/// Within `f` the value of this type is not to be asked for again.
pub fn local<T: Default + 'static, R>(f: impl FnOnce(&mut T) -> R) -> R {
    let own = CURRENT.with_borrow(Rc::clone);
    let mut value = taken::<T>(&own).unwrap_or_default();
    let result = f(&mut value);
    own.values.borrow_mut().push(value);
    result
}

fn taken<T: 'static>(own: &Own) -> Option<Box<T>> {
    let mut values = own.values.borrow_mut();
    let at = values.iter().position(|value| value.is::<T>())?;
    values.swap_remove(at).downcast().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::StreamExt as _;
    use futures_util::stream::FuturesUnordered;

    use super::*;

    const STACK: usize = 256 * 1024;

    fn fiber<'a>(stack: usize, body: impl FnOnce() + Send + 'a) -> Fiber<'a> {
        Fiber::new(stack, body).expect("room for a small stack")
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime")
            .block_on(future)
    }

    /// Runs fibers until all have ended; returns what each came to, in the order of their ends.
    fn all(fibers: Vec<Fiber>) -> Vec<thread::Result<()>> {
        run(fibers
            .into_iter()
            .collect::<FuturesUnordered<_>>()
            .collect())
    }

    #[test]
    fn fibers_take_turns_and_each_has_its_own_values() {
        let seen = Mutex::new(Vec::new());
        let counting = |name: char| {
            let seen = &seen;
            fiber(STACK, move || {
                for _ in 0..3 {
                    let count = local(|count: &mut u32| {
                        *count += 1;
                        *count
                    });
                    seen.lock()
                        .expect("no panic")
                        .push(format!("{name}{count}"));
                    turn();
                }
            })
        };
        let ended = all(vec![counting('a'), counting('b')]);
        assert!(ended.iter().all(Result::is_ok));
        let seen = seen.into_inner().expect("no panic");
        assert_eq!(seen, ["a1", "b1", "a2", "b2", "a3", "b3"]);
        assert_eq!(local(|count: &mut u32| *count), 0);
    }

    #[test]
    fn a_fiber_waits_for_what_another_does() {
        let (send, receive) = tokio::sync::oneshot::channel();
        let got = Mutex::new(None);
        let waits = fiber(STACK, || {
            *got.lock().expect("no panic") = wait(receive).ok();
        });
        let sends = fiber(STACK, move || {
            let _ = send.send(7);
        });
        assert_eq!(all(vec![waits, sends]).len(), 2);
        assert_eq!(got.into_inner().expect("no panic"), Some(7));
    }

    #[test]
    fn fibers_within_a_fiber_step_aside_together() {
        let sum = Mutex::new(0);
        let outer = fiber(4 * STACK, || {
            let sum = &sum;
            let inner = |number: u32| {
                fiber(STACK, move || {
                    turn();
                    *sum.lock().expect("no panic") += number;
                })
            };
            let inner: FuturesUnordered<_> = [inner(1), inner(2)].into_iter().collect();
            wait(inner.for_each(|ended| async move { assert!(ended.is_ok()) }));
            turn();
        });
        assert!(all(vec![outer])[0].is_ok());
        assert_eq!(sum.into_inner().expect("no panic"), 3);
    }

    #[test]
    fn a_stack_that_nowhere_fits_makes_no_fiber() {
        assert!(Fiber::new(usize::MAX, || ()).is_none());
    }

    #[test]
    fn a_panic_ends_one_fiber_alone() {
        let panics = fiber(STACK, || {
            turn();
            std::panic::resume_unwind(Box::new("meant"));
        });
        let works = fiber(STACK, || {
            turn();
            turn();
        });
        let ended = all(vec![panics, works]);
        assert_eq!(ended.iter().filter(|end| end.is_err()).count(), 1);
        assert!(!inside());
    }
}
