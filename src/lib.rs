//! lifering (救生圈): who cannot be reached in time, which written standard does that break, and where should the next
//! station stand?
//!
//! # Glossary
//! - **station** (急救站): where ambulances start from; **sub-centre** (急救分中心), **centre** (急救中心).
//! - **response time** (急救反应时间): answer + process + turnout + drive + access leg; which parts count is the *clock*.
//! - **roadside access**: one may stop on the road and go to a person beside it. Motorways have none.
//! - **access leg**: the straight way from a road to a person, at walking speed, at most `max_m` long.
//! - **reading**: one way to understand a rule whose text leaves something open.
//!
//! The modules below stand in the order of the data flow, and each uses only those above it; `audit` is the pipeline that
//! calls them (ARCHITECTURE.md).

rust_i18n::i18n!("data/locales", fallback = "en");

pub mod units;
pub mod frame;
pub mod inputs;
pub mod network;
pub mod travel;
pub mod rules;
pub mod measure;
pub mod quality;
pub mod zones;
pub mod propose;
pub mod audit;
pub mod proposal;
pub mod diff;
pub mod outputs;
pub mod batch;
pub mod interfaces;

pub use audit::{Audit, AuditError, Options, audit};
pub use inputs::source::Source;
