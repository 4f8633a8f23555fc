//! Deadline and progress reports of one answer.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::question::Progress;

/// How much longer than the limit a first set is sought and an answer put in order, so that a short limit has an answer too.
const GRACE: Duration = Duration::from_secs(1);

/// Least time between two progress reports.
const REPORT_EVERY: Duration = Duration::from_millis(200);

/// Deadline and progress callback, shared by every search of one answer.
pub(super) struct Monitor<'a> {
    deadline: Option<Instant>,
    callback: Option<&'a dyn Fn(Progress)>,
    last_report: Cell<Instant>,
    expired: Cell<bool>,
}

impl<'a> Monitor<'a> {
    pub(super) fn new(limit: Option<Duration>, callback: Option<&'a dyn Fn(Progress)>) -> Self {
        let now = Instant::now();
        Self {
            deadline: limit.and_then(|l| now.checked_add(l)),
            callback,
            last_report: Cell::new(now),
            expired: Cell::new(false),
        }
    }

    /// Whether the deadline has passed. Once true, it stays true.
    pub(super) fn time_is_up(&self) -> bool {
        if !self.expired.get() && self.deadline.is_some_and(|d| Instant::now() >= d) {
            self.expired.set(true);
        }
        self.expired.get()
    }

    /// Whether the deadline has passed by so much that nothing may be begun that takes long.
    pub(super) fn grace_is_over(&self) -> bool {
        self.deadline.and_then(|d| d.checked_add(GRACE)).is_some_and(|end| Instant::now() >= end)
    }

    /// Reports progress, at most once in [`REPORT_EVERY`].
    pub(super) fn report(&self, make: impl FnOnce() -> Progress) {
        if let Some(callback) = self.callback
            && self.last_report.get().elapsed() >= REPORT_EVERY
        {
            self.last_report.set(Instant::now());
            callback(make());
        }
    }
}
