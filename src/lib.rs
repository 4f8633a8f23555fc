//! lifering (救生圈): who cannot be reached in time, which written standard does that break, and where should the next
//! station stand?
//!
//! A [`City`](prelude::City) is loaded once and asked many times. It is opened from a folder with region.toml, from files in
//! memory, or from typed records, and holds them laid out on a plane, with road networks and costs that are made when first
//! asked for. It is immutable, cheap to clone, and can be shared between threads; nothing in it depends on a standard.
//!
//! A [`Standard`](prelude::Standard) is a written plan as data: rules with their limits, readings and quotations.
//!
//! [`audit`](prelude::audit) judges a city by a standard. Its [`Findings`](prelude::Findings) are facts: verdicts, figures
//! with their bounds, zones. They hold no sentence and survive a round trip through JSON; [`Report`](prelude::Report) puts
//! them into words. [`Trial`](prelude::Trial) tries sites added, moved or closed and roads cut, [`propose`](prelude::propose) finds the best ones, with
//! proof.
//!
//! ```
#![doc = include_str!("../examples/audit.rs")]
//! ```
//!
//! One more station, tried at several places:
//!
//! ```no_run
#![doc = include_str!("../examples/what_if.rs")]
//! ```
//!
//! The best sites, with proof:
//!
//! ```no_run
#![doc = include_str!("../examples/propose.rs")]
//! ```
//!
//! # Features
//! The library alone reads GeoJSON, Esri JSON and CSV and resolves to few packages: `default-features = false`. `formats` adds
//! GeoPackage, `GeoParquet`, `FlatGeobuf`, Shapefile, KML, Excel, OSM PBF and GeoTIFF; `full` adds the files that `lifering audit`
//! writes and audits of many regions; `cli`, on by default, is the program.
//!
//! # Glossary
//! - **station** (急救站): where ambulances start from; **sub-centre** (急救分中心), **centre** (急救中心).
//! - **response time** (急救反应时间): answer + process + turnout + drive + access leg; the *clock* says which parts count.
//! - **roadside access**: one may stop on the road and walk to a person beside it. Motorways have none.
//! - **access leg**: the straight line from a road to a person, at walking speed, at most `max_m` long.
//! - **reading**: one way to understand a rule whose text leaves something open.

#[cfg(feature = "cli")]
mod cli;

/// Runs the command line and returns the exit status. It is here, and not in the program, so that the Python wheel carries the
/// command without a second copy of everything; it is no part of what the library promises. `again`: program and arguments that
/// start the command once more, if that is not the executable of this process.
#[cfg(feature = "cli")]
#[doc(hidden)]
pub fn command_line(arguments: Vec<std::ffi::OsString>, again: Option<Vec<std::ffi::OsString>>) -> u8 {
    cli::run(arguments, again)
}

/// What most programs need.
pub mod prelude {
    pub use lifering_base::frame::LonLat;
    pub use lifering_base::{InputError, Message};
    pub use lifering_core::audit::{Audit, AuditError, AuditRequest, Run, audit, standard_for};
    pub use lifering_core::city::{City, CityError, OpenOptions};
    pub use lifering_core::findings::{Estimate, Findings};
    pub use lifering_core::plan::failures::Failures;
    pub use lifering_core::plan::region::options::RegionOptions;
    pub use lifering_core::plan::region::propose;
    pub use lifering_core::plan::request::{GoalName, SitingRequest};
    pub use lifering_core::plan::sensitivity::{Sensitivity, sensitivity};
    pub use lifering_core::plan::trial::{Effect, SiteEdit, Trial, TrialError};
    pub use lifering_core::plan::{Proposal, ProposalError};
    pub use lifering_core::run::{Progress, Silent};
    pub use lifering_readers::Region;
    pub use lifering_readers::source::Source;
    pub use lifering_report::report::Report;
    pub use lifering_siting::Options as SolverOptions;
    pub use lifering_standards::catalogue::Standard;
    pub use lifering_standards::outcome::Verdict;
}
