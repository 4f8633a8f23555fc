//! A computation beside the interpreter.
//!
//! In: a function. Out: what it returns, or the exception. It runs on a thread of its own without the lock of the interpreter,
//! while the calling thread waits and looks for signals: only the thread that Python calls its main one hears of Ctrl-C.

use crate::failure::Failure;
use lifering_core::run::Progress;
use lifering_report::text::Lang;
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How long signals may wait.
const LOOK: Duration = Duration::from_millis(25);

/// Stack of the computing thread, bytes: that of a main thread.
const STACK: usize = 8 << 20;

/// Whether the computation is to stop.
#[derive(Debug, Default)]
pub struct Interrupt(AtomicBool);

impl Progress for Interrupt {
    fn stage(&self, _: &'static str) {}

    fn stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Whether a signal is waiting: the exception that Python makes of it.
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone is of one lifetime")]
fn signals() -> PyResult<()> {
    Python::attach(|py| py.check_signals())
}

/// Computes without the lock of the interpreter.
pub fn work<T: Send>(
    py: Python<'_>,
    lang: Lang,
    compute: impl FnOnce(&Interrupt) -> Result<T, Failure> + Send,
) -> PyResult<T> {
    let interrupt = Interrupt::default();
    let (outcome, signal) = py.detach(|| {
        thread::scope(|scope| {
            let (waiting, interrupt) = (thread::current(), &interrupt);
            let computing = move || {
                let outcome = compute(interrupt);
                waiting.unpark();
                outcome
            };
            let thread = match thread::Builder::new().stack_size(STACK).spawn_scoped(scope, computing) {
                Ok(thread) => thread,
                Err(error) => return (Ok(Err(Failure::Other(error.to_string()))), None),
            };
            let mut signal = None;
            while !thread.is_finished() {
                thread::park_timeout(LOOK);
                if signal.is_none()
                    && !thread.is_finished()
                    && let Err(error) = signals()
                {
                    interrupt.0.store(true, Ordering::Relaxed);
                    signal = Some(error);
                }
            }
            (thread.join(), signal)
        })
    });
    if let Some(signal) = signal {
        return Err(signal);
    }
    match outcome {
        Ok(outcome) => outcome.map_err(|failure| failure.raise(py, lang)),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
