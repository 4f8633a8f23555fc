//! Libraries that may panic on damaged bytes (osmpbf does on a member of a relation of no known kind): that is a file that cannot
//! be read, not the end of the program.
//!
//! In: what is read with such a library. Out: its outcome; of a panic, a refusal. A program that prints panics may leave these
//! out: [`is_guarded`].

use super::Format;
use crate::library_errors;
use lifering_base::error::{InputError, Place};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread reads with a library whose panics are caught and told as what they mean.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// Ends the guard of a thread, by a panic as well.
struct Reset(bool);

impl Drop for Reset {
    fn drop(&mut self) {
        GUARDED.set(self.0);
    }
}

/// Does what may panic inside a library, and nothing else: no task of another thread may be taken up within.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> T {
    let _reset = Reset(GUARDED.replace(true));
    work()
}

/// A panic as a refusal. What the reader noted so far goes with it.
pub(crate) fn caught<T>(
    file: &str,
    format: Format,
    read: impl FnOnce() -> Result<T, InputError>,
) -> Result<T, InputError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(InputError::wrong(Place::file(file), library_errors::damaged(&"damaged content"), format.name()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_the_guard_and_is_a_refusal() {
        assert!(!is_guarded());
        let refused = caught("a.pbf", Format::OsmPbf, || {
            quietly(|| {
                assert!(is_guarded());
                // As a library panics, but without a word on stderr.
                std::panic::resume_unwind(Box::new("damaged"))
            })
        });
        assert!(matches!(refused, Err::<(), _>(InputError::Wrong { .. })));
        assert!(!is_guarded());
        assert_eq!(quietly(|| quietly(|| 1) + i32::from(is_guarded())), 2);
    }
}
