//! Tables and texts that the program prints.

pub mod check;
pub mod diff_table;
pub mod proposal_table;
pub mod table;
