//! Who reaches what, and when.
//!
//! In: a frozen network with costs, starting places, the access leg. Out: a [`TravelField`] that answers for any place:
//! how soon, from whom, and if not, why not; and the answers for everybody who lives there ([`demand`]).

pub mod barriers;
pub mod cover;
pub mod demand;
pub mod field;
pub mod matrix;
pub mod piece;
pub mod search;
pub mod soonest;
pub mod view;

pub use barriers::Barriers;
pub use cover::Cover;
pub use demand::{Demand, Reached, Sample};
pub use field::{FieldSettings, Start, TravelField};
pub use matrix::{AccessTable, OneMore};
pub use piece::{Leg, Piece};
pub use soonest::{Scratch, Soonest};
pub use view::{Answer, Bounds, View};
