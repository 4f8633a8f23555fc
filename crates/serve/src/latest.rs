//! Of the questions of a kind only the latest is answered, one at a time.

use super::refusal::Refusal;
use lifering_core::run::Progress;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The questions of one kind.
#[derive(Debug, Default)]
pub struct Latest {
    /// Number of the latest question.
    asked: AtomicU64,
    in_flight: Mutex<()>,
}

impl Latest {
    /// A question comes in; the earlier ones are stopped as soon as they ask.
    pub fn ask(&self) -> u64 {
        self.asked.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Answers a question once no other is in flight.
    ///
    /// # Errors
    /// A later one came meanwhile.
    pub fn answer<T>(&self, number: u64, work: impl FnOnce(&Question<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let _one_at_a_time = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        let question = Question { latest: self, number };
        if question.stopped() {
            return Err(Refusal::superseded());
        }
        work(&question)
    }
}

/// A question in flight.
#[derive(Debug)]
pub struct Question<'a> {
    latest: &'a Latest,
    number: u64,
}

impl Progress for Question<'_> {
    fn stage(&self, _: &'static str) {}

    fn stopped(&self) -> bool {
        self.latest.asked.load(Ordering::SeqCst) != self.number
    }
}
