//! The road graph and its spatial index.
//!
//! In: road records, the local frame, closures. Out: a [`RoadNetwork`] (topology and geometry of the roads that
//! vehicles or walkers may use) and [`Costs`] (times along it for one profile, with the [`JunctionGraph`] that
//! searches run over). Both are built once and only read afterwards, by any thread.
//!
//! A *link* is a chain of segments between two junctions; a *point* is a position along a link, and the segment that
//! starts there has the same index. Vertices inside a link are points of it alone; a junction is a point of every link
//! that ends there.

pub mod packed_rtree;
mod build;
mod closures;
mod costs;
mod diagnosis;
mod index;
mod junction_graph;
mod noding;
mod polyline;
mod segments;
mod settings;

pub use build::{build, build_all};
pub use closures::{ClosedRoads, closed_areas};
pub use costs::{Costs, Speeds};
pub use diagnosis::{ComponentSummary, Diagnosis, FindingPlaces, OneWayTraps, SearchDistances, crossings, diagnose};
pub use index::{RoadPoint, SegmentIndex};
pub use junction_graph::JunctionGraph;
pub use settings::{BuildSettings, Usage};

use geo::Coord;
use lifering_base::frame::LonLat;
use serde::{Deserialize, Serialize};

/// Index of a junction.
pub type NodeId = u32;
/// Index of a link: a chain of segments between two junctions, without a junction in between.
pub type LinkId = u32;
/// Index of a point of a link, and of the segment that starts there.
pub type PointId = u32;

/// A chain of segments between two junctions.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Junction at the first point.
    pub from: NodeId,
    /// Junction at the last point.
    pub to: NodeId,
    /// First point.
    pub first: PointId,
    /// Last point; the segments are `first..last`.
    pub last: PointId,
    /// Whether travel from the first point to the last is permitted.
    pub forward: bool,
    /// Whether travel from the last point to the first is permitted.
    pub backward: bool,
}

/// A link in one permitted direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DirectedEdge {
    /// Junction it leads from.
    pub from: NodeId,
    /// Junction it leads to, different from `from`.
    pub to: NodeId,
    /// The link.
    pub link: LinkId,
}

/// The usable roads, joined at shared vertices and frozen.
#[derive(Debug)]
pub struct RoadNetwork {
    /// Ordered along a space-filling curve by their first junction.
    pub links: Vec<Link>,
    /// Ordered by the junctions they lead from and to, then by link. Links from a junction to itself have none.
    pub edges: Vec<DirectedEdge>,
    /// Indexed by point: place in the local frame, metres.
    pub xy: Vec<Coord<f64>>,
    /// Indexed by point: longitude and latitude, 1e-7 degrees.
    pub degrees_e7: Vec<[i32; 2]>,
    /// Indexed by segment: length on the ellipsoid, metres; 0 at the last point of a link.
    pub length_m: Vec<f32>,
    /// Indexed by segment: position of its road in the list of roads; 0 at the last point of a link.
    pub road: Vec<u32>,
    /// Indexed by segment: whether it has roadside access; false at the last point of a link.
    pub roadside: Vec<bool>,
    /// Indexed by point: its link.
    pub link_of: Vec<LinkId>,
    /// Number of junctions.
    pub node_count: usize,
    /// The segments with roadside access.
    pub index: SegmentIndex,
    /// Connected components, regardless of direction.
    pub connectivity: Connectivity,
}

/// Connected components of a network, regardless of direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Connectivity {
    /// Number of components.
    pub components: usize,
    /// Share of the total length in the longest component, 0 to 1; 0 if there are no roads.
    pub largest_share: f64,
    /// Total length, km.
    pub length_km: f64,
}

impl RoadNetwork {
    /// Place of a point.
    pub fn lon_lat(&self, point: PointId) -> LonLat {
        let [lon, lat] = self.degrees_e7[point as usize];
        LonLat::new(f64::from(lon) / 1e7, f64::from(lat) / 1e7)
    }
}
