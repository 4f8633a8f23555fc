//! The road graph and its spatial index.
//!
//! In: road records, the local frame, closures, points on roads, turn restrictions. Out: a [`RoadNetwork`] (topology and geometry of the roads that
//! vehicles or walkers may use) and [`Costs`] (times along it for one profile, with the [`JunctionGraph`] that
//! searches run over). Both are built once and only read afterwards, by any thread.
//!
//! A *link* is a chain of segments between two junctions; a *point* is a position along a link, and the segment that
//! starts there has the same index. Vertices inside a link are points of it alone; a junction is a point of every link
//! that ends there. The *nodes* of the graph are the junctions, then what a search must remember at junctions with turn
//! restrictions: a junction reached over the beginning of a forbidden sequence of links.

pub mod packed_rtree;
mod build;
mod closures;
mod costs;
mod diagnosis;
pub mod index;
mod junction_graph;
mod main_part;
mod noding;
mod polyline;
mod segments;
mod settings;
mod turns;

pub use build::{build, build_all};
pub use closures::{ClosedRoads, closed_areas};
pub use costs::{Costs, Speeds};
pub use diagnosis::{ComponentSummary, Diagnosis, FindingPlaces, OneWayTraps, SearchDistances, crossings, diagnose};
pub use index::{RoadPoint, SegmentIndex};
pub use junction_graph::JunctionGraph;
pub use main_part::MainPart;
pub use settings::{BuildSettings, Usage};
pub use turns::TurnOutcome;

use geo::Coord;
use lifering_base::frame::LonLat;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use turns::TurnStates;

/// Index of a node of the graph: a junction, or one reached over the beginning of a forbidden turn.
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
    /// Node it leads from.
    pub from: NodeId,
    /// Node it leads to, different from `from`.
    pub to: NodeId,
    /// The link.
    pub link: LinkId,
}

/// The usable roads, joined at shared vertices and frozen.
#[derive(Debug)]
pub struct RoadNetwork {
    /// Ordered along a space-filling curve by their first junction.
    pub links: Vec<Link>,
    /// Ordered by the nodes they lead from and to, then by link. Links from a node to itself have none.
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
    /// Number of junctions; nodes from here on remember turns.
    pub junction_count: usize,
    /// What a search remembers of turns.
    turns: TurnStates,
    /// By junction: time that passing it costs, milliseconds. Only those that cost any.
    pub delays_ms: BTreeMap<NodeId, u32>,
    /// Junctions at which a closure or a point has cut a road: ends on purpose.
    pub cut_ends: BTreeSet<NodeId>,
    /// The segments with roadside access.
    pub index: SegmentIndex,
    /// Connected components, regardless of direction.
    pub connectivity: Connectivity,
    /// Indexed by point on a road; empty for walkers.
    pub point_outcomes: Vec<PointOutcome>,
    /// Indexed by turn; empty if turns do not count.
    pub turn_outcomes: Vec<TurnOutcome>,
    /// Computed when first asked for.
    main_part: OnceLock<MainPart>,
}

/// What became of a point on a road.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointOutcome {
    /// It cuts the road.
    Blocks,
    /// It is driven past.
    Passed,
    /// It lies on no vertex of a road that is driven.
    OffRoad,
    /// It lies on a vertex of a road that is not driven.
    NotDriven,
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
    /// Number of nodes of the graph.
    pub fn node_count(&self) -> usize {
        self.turns.node_count()
    }

    /// The junction of a node.
    pub fn junction(&self, node: NodeId) -> NodeId {
        self.turns.junction(node)
    }

    /// The node that travel over a link ends at; `forward` from its first point to its last.
    pub fn head(&self, link: LinkId, forward: bool) -> NodeId {
        let Link { from, to, .. } = self.links[link as usize];
        self.turns.head((link, forward)).unwrap_or(if forward { to } else { from })
    }

    /// The nodes of its first junction from which a link may be travelled.
    pub fn departures(&self, link: LinkId, forward: bool) -> impl Iterator<Item = NodeId> {
        let Link { from, to, .. } = self.links[link as usize];
        std::iter::once(if forward { from } else { to }).chain(self.turns.departures((link, forward)).iter().copied())
    }

    /// The nodes of a junction.
    pub fn nodes_at(&self, junction: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::once(junction).chain(self.turns.at(junction))
    }

    /// The edges that leave a node.
    pub fn edges_from(&self, node: NodeId) -> &[DirectedEdge] {
        let first = self.edges.partition_point(|edge| edge.from < node);
        let end = self.edges[first..].partition_point(|edge| edge.from == node);
        &self.edges[first..first + end]
    }

    /// Whether a link leaves a junction whose segment there has roadside access and is `open`.
    pub fn leaves_by_the_roadside(&self, junction: NodeId, open: &dyn Fn(PointId) -> bool) -> bool {
        let has_access = |segment: PointId| self.roadside[segment as usize] && open(segment);
        self.edges_from(junction).iter().any(|edge| {
            let link = &self.links[edge.link as usize];
            (link.from == junction && has_access(link.first)) || (link.to == junction && has_access(link.last - 1))
        })
    }

    /// Length of a link, metres.
    pub fn link_m(&self, link: &Link) -> f64 {
        self.length_m[link.first as usize..link.last as usize].iter().map(|m| f64::from(*m)).sum()
    }

    /// The largest part in which every place can be driven to from every other. Made on first use; two threads that race
    /// compute the same.
    pub fn main_part(&self) -> &MainPart {
        if let Some(part) = self.main_part.get() {
            return part;
        }
        // Computed outside of the cell: a thread of the pool that waits for a cell could hold the one that fills it.
        let part = MainPart::of(self);
        self.main_part.get_or_init(|| part)
    }

    /// Place of a point.
    pub fn lon_lat(&self, point: PointId) -> LonLat {
        let [lon, lat] = self.degrees_e7[point as usize];
        LonLat::new(f64::from(lon) / 1e7, f64::from(lat) / 1e7)
    }
}
