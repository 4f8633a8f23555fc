//! Typed records of the layers of a region, independent of the file they come from.

pub mod attributes;
mod layer;
mod obstacles;
mod people;
mod road;
pub mod road_class;
mod site;
mod unit;

pub use layer::Layer;
pub use obstacles::Obstacles;
pub use people::{People, Residence};
pub use road::{Direction, Level, Road, RoadsTaken};
pub use site::{Neighbour, Record, Site};
pub use unit::{Unit, compare_ids};
