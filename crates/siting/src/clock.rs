//! The end of patience and the progress line, in one place that every loop asks.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::question::Progress;

/// Deadline and progress callback of one search.
pub(crate) struct Clock<'a> {
    deadline: Option<Instant>,
    report: Option<&'a dyn Fn(Progress)>,
    last: Cell<Instant>,
    out: Cell<bool>,
}

impl<'a> Clock<'a> {
    pub(crate) fn new(limit: Option<Duration>, report: Option<&'a dyn Fn(Progress)>) -> Self {
        let now = Instant::now();
        Self { deadline: limit.and_then(|l| now.checked_add(l)), report, last: Cell::new(now), out: Cell::new(false) }
    }

    /// Whether the time is up. Once up, it stays up.
    pub(crate) fn is_out(&self) -> bool {
        if !self.out.get() && self.deadline.is_some_and(|d| Instant::now() >= d) {
            self.out.set(true);
        }
        self.out.get()
    }

    /// Tells how the search stands, at most five times a second.
    pub(crate) fn tell(&self, make: impl FnOnce() -> Progress) {
        if let Some(report) = self.report
            && self.last.get().elapsed() >= Duration::from_millis(200)
        {
            self.last.set(Instant::now());
            report(make());
        }
    }
}
