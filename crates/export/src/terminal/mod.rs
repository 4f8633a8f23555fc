//! The output of each command on the terminal.
//!
//! In: the same reports as the files. Out: text in one language, with ANSI colours if asked.

pub mod check;
pub mod diff;
pub mod proposal;
mod table;
pub mod trials;
pub mod verdicts;

pub use lifering_base::escape::for_terminal;
