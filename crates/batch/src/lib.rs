//! Audits of many regions against the same standard, unattended.
//!
//! In: the regions ([`regions`]) and the options of the batch ([`Batch`]). Out: a folder with what `audit` writes for
//! each region, byte for byte, and the files over all regions. A failure in one region is recorded and affects no other
//! one. A region is done if its marker is valid, and a resumed run leaves the same bytes as an uninterrupted one.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`regions`] | folders, patterns and lists to jobs with unique names |
//! | [`run`](mod@run) | the order of a batch: resume, audit, write |
//! | [`supervisor`] | the batch in a process of its own, and what is done where that dies |
//! | [`apart`] | what the two processes tell each other |
//! | `worker` | [`RegionWorker`], one region's audit and files; [`Machine`], the worker of the program |
//! | `scheduler` | tasks side by side within memory and time limits |
//! | `memory` | an estimate of an audit's memory from file sizes |
//! | `stop` | the signal that stops a running audit |
//! | `folder` | the layout of the batch's folder |
//! | `marker` | completion markers, by which a batch resumes |
//! | [`shared`] | roads and stations that the regions share |
//! | `error` | [`BatchError`] |

pub mod apart;
mod error;
mod folder;
mod marker;
mod memory;
pub mod regions;
pub mod run;
mod scheduler;
pub mod shared;
mod stop;
pub mod supervisor;
mod worker;

pub use error::BatchError;
pub use run::{Batch, Listener, run};
pub use worker::{Machine, RegionWorker};
