//! Typed records of the layers of a region, independent of the file they come from.

pub mod attributes;
mod layer;
mod obstacles;
mod people;
mod road;
mod road_barrier;
pub mod road_class;
mod site;
mod turn;
mod unit;

pub use layer::Layer;
pub use obstacles::Obstacles;
pub use people::{People, Residence};
pub use road::{Direction, Level, Permission, Road, RoadsTaken, VehicleAccess};
pub use road_barrier::{BarrierKind, RoadBarrier};
pub use site::{Neighbour, Record, Site};
pub use turn::{Turn, TurnRule};
pub use unit::{Unit, compare_ids};
