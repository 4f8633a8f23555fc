//! Records -> a frozen road graph and a spatial index.
//!
//! In: roads, the local frame, closures. Out: [`RoadNetwork`] (topology and geometry of what vehicles or walkers may
//! use) and [`Costs`] (how long each piece takes under one profile, as a `petgraph` graph to search over). Both are
//! built once and then only read, from any thread.

pub mod boxes;
mod build;
mod closures;
mod costs;
mod diagnosis;
mod index;
mod noding;
mod segments;

pub use build::{BuildSettings, Usage, build, build_all};
pub use closures::{ClosedRoads, closed_areas};
pub use costs::{Costs, Speeds};
pub use diagnosis::{Cohesion, Diagnosis, OneWayTraps, Places, Reaches, crossings, diagnose};
pub use index::{RoadPoint, SegmentIndex};

use geo::Coord;
use lifering_base::frame::LonLat;

/// Index of a junction.
pub type NodeId = u32;
/// Index of a link: a chain of segments between two junctions with nothing joining in between.
pub type LinkId = u32;
/// Index of a position along a link; the segment that starts there has the same index.
pub type PointId = u32;

/// A chain of segments between two junctions.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Junction at the first point.
    pub from: NodeId,
    /// Junction at the last point.
    pub to: NodeId,
    /// First of its points.
    pub first: PointId,
    /// Last of its points; segments start at `first..last`.
    pub last: PointId,
    /// Whether it may be used from first to last.
    pub forward: bool,
    /// Whether it may be used from last to first.
    pub backward: bool,
}

/// A link in one of the directions in which it may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DirectedEdge {
    /// Junction it leads from.
    pub from: NodeId,
    /// Junction it leads to, another one.
    pub to: NodeId,
    /// The link.
    pub link: LinkId,
}

/// The roads one may use, joined at shared vertices, frozen.
#[derive(Debug)]
pub struct RoadNetwork {
    /// Ordered along a space-filling curve by their first junction.
    pub links: Vec<Link>,
    /// Ordered by the junctions they lead from and to, then by link.
    pub edges: Vec<DirectedEdge>,
    /// For every point its place in the local frame, metres.
    pub xy: Vec<Coord<f64>>,
    /// For every point its place in 1e-7 degrees (longitude, latitude).
    pub degrees_e7: Vec<[i32; 2]>,
    /// For every segment (by its first point) its length on the ellipsoid; 0 at the last point of a link.
    pub length_m: Vec<f32>,
    /// For every segment the road it belongs to, as its position in the list of roads.
    pub road: Vec<u32>,
    /// For every segment whether one may stop on it.
    pub roadside: Vec<bool>,
    /// For every point the link it belongs to.
    pub link_of: Vec<LinkId>,
    /// Number of junctions.
    pub node_count: usize,
    /// The segments with roadside access.
    pub index: SegmentIndex,
    /// Connected parts, directions ignored.
    pub connectivity: Connectivity,
}

/// How well the network hangs together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Connectivity {
    /// Number of connected parts.
    pub components: usize,
    /// Share of the length that lies in the largest.
    pub largest_share: f64,
    /// Total length in kilometres.
    pub length_km: f64,
}

impl RoadNetwork {
    /// The place of a point.
    pub fn lon_lat(&self, point: PointId) -> LonLat {
        let [lon, lat] = self.degrees_e7[point as usize];
        LonLat::new(f64::from(lon) / 1e7, f64::from(lat) / 1e7)
    }
}
