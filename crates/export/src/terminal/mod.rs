//! The output of each command on the terminal.
//!
//! In: the same reports as the files. Out: text in one language within the columns of a [`Screen`], with colours if asked.

pub mod check;
pub mod diff;
mod explained;
mod not_judged;
pub mod proposal;
pub mod scenario;
mod screen;
pub mod table;
pub mod trials;
pub mod verdicts;

pub use lifering_base::escape::for_terminal;
pub use screen::{COLUMNS, Screen, columns_of, padded, wrapped};
