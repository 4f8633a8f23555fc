//! A city that is loaded once and asked many times: audits, what-if, proposals.
//!
//! In: records of the readers and a standard. Out: [`findings::Findings`]. [`city::City`] is what is, immutable and
//! shareable; [`scenario::apply`] makes of it the city of a scenario; [`audit::audit`] judges it; [`plan`] looks for the next sites; nothing here is a sentence or a file format.

pub mod audit;
pub mod city;
pub mod findings;
#[doc(hidden)]
pub mod measure;
#[doc(hidden)]
pub mod network;
pub mod plan;
#[doc(hidden)]
pub mod quality;
pub mod run;
pub mod scenario;
#[doc(hidden)]
pub mod travel;
#[doc(hidden)]
pub mod zones;
