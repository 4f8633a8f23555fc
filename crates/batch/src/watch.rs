//! The word to stop: given from outside, heard between the stages of an audit and in their long loops.
//!
//! In: a [`Cause`]. Out: whether one was given.

use std::sync::atomic::{AtomicU8, Ordering};

/// Why a region is told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It took too long.
    Time,
    /// The memory ran out.
    Memory,
}

/// What one region's work listens to.
#[derive(Debug, Default)]
pub struct Watch(AtomicU8);

impl Watch {
    /// Says stop. The first cause stays.
    pub fn stop(&self, cause: Cause) {
        let code = match cause {
            Cause::Time => 1,
            Cause::Memory => 2,
        };
        // Whoever was first has said it.
        let _ = self.0.compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Why it is to stop, if it is.
    pub fn cause(&self) -> Option<Cause> {
        match self.0.load(Ordering::Relaxed) {
            1 => Some(Cause::Time),
            2 => Some(Cause::Memory),
            _ => None,
        }
    }
}
