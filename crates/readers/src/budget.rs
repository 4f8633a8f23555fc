//! What the reading of a file may take: time, and memory in proportion to its size.
//!
//! In: a file's size, what region.toml allows, a signal to stop. Out: [`Budget`], which every reader asks before it unpacks
//! and as it goes on. A file of a few kilobytes may say that it unpacks to gigabytes; none that people work with does.

use lifering_base::error::{InputError, Place};
use lifering_base::{Message, message};
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

/// Whether the run is to stop, asked from any thread.
pub type Stopped<'a> = &'a (dyn Fn() -> bool + Sync);

/// What any file may unpack to, bytes.
const LEAST: u64 = 96 << 20;
/// What a file may unpack to beyond that for each of its bytes. Sheets of XML shrink to a tenth, rasters of people to a
/// twentieth.
const RATIO: u64 = 64;
/// Steps of a long loop between two looks at the signal.
const STEPS_PER_LOOK: u32 = 1 << 12;

/// What a file may take.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    stopped: Option<Stopped<'a>>,
    /// Bytes that the file may unpack to.
    most: u64,
}

impl Default for Budget<'_> {
    fn default() -> Self {
        Self { stopped: None, most: LEAST }
    }
}

impl fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("stops", &self.stopped.is_some()).field("most", &self.most).finish()
    }
}

impl<'a> Budget<'a> {
    /// A budget of time for files of any size.
    pub fn until(stopped: Stopped<'a>) -> Self {
        Self { stopped: Some(stopped), ..Self::default() }
    }

    /// The same for a file of so many bytes. `allowed_mb`: what region.toml allows it to unpack to, megabytes.
    #[must_use]
    pub fn of_file(self, bytes: usize, allowed_mb: Option<u64>) -> Self {
        let usual = LEAST.saturating_add(RATIO.saturating_mul(bytes as u64));
        Self { most: allowed_mb.map_or(usual, |mb| mb.saturating_mul(1 << 20)), ..self }
    }

    /// Whether the run is to stop.
    pub fn is_over(&self) -> bool {
        self.stopped.is_some_and(|stopped| stopped())
    }

    /// Refuses to go on once the run is to stop.
    pub fn go_on(&self) -> Result<(), InputError> {
        if self.is_over() { Err(InputError::Stopped) } else { Ok(()) }
    }

    /// The same in a loop of many small steps: asks at every 4096th of them.
    pub fn go_on_at(&self, step: usize) -> Result<(), InputError> {
        if (step as u32).is_multiple_of(STEPS_PER_LOOK) { self.go_on() } else { Ok(()) }
    }

    /// Most bytes that the file may unpack to.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// Whether so many bytes are within the budget.
    pub fn holds(&self, bytes: u64) -> bool {
        bytes <= self.most
    }

    /// What is said of a file that would unpack to more; it names the key that allows it.
    pub fn refuse(&self, file: &str, wanted: Message) -> InputError {
        let found = self.exceeded();
        InputError::wrong(Place::file(file), found, wanted).with_help(message!("message.unpack_help"))
    }

    /// "More than 96 MB, which no file of its size unpacks to".
    pub fn exceeded(&self) -> Message {
        message!("message.unpacks_beyond", n = (self.most >> 20).to_string())
    }

    /// A reader that fails once the run is to stop: libraries hear of it wherever they are.
    pub fn watch<R>(self, inner: R) -> Watched<'a, R> {
        Watched { inner, budget: self }
    }
}

/// A reader that fails once the run is to stop.
#[derive(Clone, Debug)]
pub struct Watched<'a, R> {
    inner: R,
    budget: Budget<'a>,
}

impl<R> Watched<'_, R> {
    fn go_on(&self) -> io::Result<()> {
        // The kind must not be one that is tried again.
        if self.budget.is_over() { Err(io::Error::other("stopped")) } else { Ok(()) }
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.go_on()?;
        self.inner.read(buffer)
    }
}

impl<R: Seek> Seek for Watched<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn a_file_may_unpack_in_proportion_to_its_size() {
        let budget = Budget::default().of_file(1 << 20, None);
        assert!(budget.holds(160 << 20) && !budget.holds((160 << 20) + 1));
        let allowed = Budget::default().of_file(10, Some(2048));
        assert!(allowed.holds(2 << 30) && !allowed.holds(3 << 30));
        assert!(Budget::default().of_file(usize::MAX, None).holds(u64::MAX));
    }

    #[test]
    fn a_reader_fails_once_the_run_is_to_stop() {
        let looks = AtomicU32::new(0);
        let stopped = || looks.fetch_add(1, Ordering::Relaxed) > 0;
        let mut reader = Budget::until(&stopped).watch(Cursor::new([1_u8, 2, 3]));
        let mut byte = [0];
        assert_eq!(reader.read(&mut byte).unwrap(), 1);
        assert!(reader.read(&mut byte).is_err());
        let budget = Budget::until(&stopped);
        assert!(matches!(budget.go_on(), Err(InputError::Stopped)));
        assert!(budget.go_on_at(1).is_ok() && budget.go_on_at(4096).is_err());
    }
}
