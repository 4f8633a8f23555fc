//! How people and scripts call lifering.
//!
//! In: a command line. Out: files, a table, an exit status.

pub mod batch;
pub mod check;
pub mod cli;
pub mod diff;
pub mod import;
pub mod memory;
pub mod propose;
pub mod shared;
pub mod standards;
