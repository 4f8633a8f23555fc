//! Findings as shapes for programs and texts for people.
//!
//! In: audits, proposals and batches, or what earlier runs wrote. Out: the types of every JSON file, the rows of every map
//! layer and table, and sentences in Chinese and English. Writing files is the task of lifering-export.

pub mod batch;
pub mod check;
pub mod columns;
pub mod diff;
mod from_audit;
pub mod issues;
pub mod layers;
pub mod proposal;
pub mod report;
pub mod rounding;
pub mod sentences;
pub mod text;
pub mod trials;
pub mod words;
