//! Travel times to places.
//!
//! In: a frozen network with costs, starts, barriers, the access leg. Out: a [`TravelField`], which gives for any
//! place the first arrival and its source, or the reason for none; the same for every population sample ([`demand`]);
//! and the times from each of many candidate sites ([`AccessTable`]).
//!
//! A *wall* is one straight segment of a barrier line or of a barrier area's outline.

pub mod barriers;
pub mod tapered_capsule;
pub mod demand;
pub mod entry;
pub mod field;
pub mod access_table;
mod closure;
pub mod standing;
pub mod timed_segment;
pub mod search;
pub mod earliest_arrival;
pub mod active_set;

pub use access_table::AccessTable;
pub use active_set::{ActiveSet, ArrivalBounds, ExactReachability};
pub use barriers::Barriers;
pub use closure::Closure;
pub use demand::{Demand, Reachability, Sample};
pub use earliest_arrival::{EarliestArrival, SearchBuffers};
pub use entry::{Entries, WayOut};
pub use field::{FieldSettings, Start, TravelField};
pub use standing::{StandingAccess, StandingBuffers, StartEdit};
pub use tapered_capsule::TaperedCapsule;
pub use timed_segment::{AccessLeg, TimedSegment};
