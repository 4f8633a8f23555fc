//! The signal that stops a running audit: set from outside, polled between the stages of the audit and in their long
//! loops.
//!
//! In: a [`StopCause`]. Out: whether one is set.

use std::sync::atomic::{AtomicU8, Ordering};

/// Why an audit is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopCause {
    /// It ran longer than the time limit.
    Time,
    /// The program held more memory than the limit.
    Memory,
}

/// The signal of one running audit: 0 if it is not set, else the code of the cause.
#[derive(Debug, Default)]
pub struct StopSignal(AtomicU8);

impl StopSignal {
    /// Sets the signal. The first cause stays.
    pub fn stop(&self, cause: StopCause) {
        let code = match cause {
            StopCause::Time => 1,
            StopCause::Memory => 2,
        };
        // An error means that the signal is set already.
        let _ = self.0.compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The cause, if the signal is set.
    pub fn cause(&self) -> Option<StopCause> {
        match self.0.load(Ordering::Relaxed) {
            1 => Some(StopCause::Time),
            2 => Some(StopCause::Memory),
            _ => None,
        }
    }
}
