//! A city that is loaded once and asked many times: audits, what-if, proposals.
//!
//! In: records of the readers and a standard. Out: [`findings::Findings`]. [`city::City`] is what is, immutable and
//! shareable; [`audit::audit`] judges it; [`plan`] looks for the next sites; nothing here is a sentence or a file format.

pub mod audit;
pub mod city;
pub mod findings;
pub mod measure;
pub mod network;
pub mod plan;
pub mod quality;
pub mod run;
pub mod travel;
pub mod zones;
