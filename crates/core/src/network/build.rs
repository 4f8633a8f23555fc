//! Contracting what lies between junctions.
//!
//! In: roads. Out: a [`RoadNetwork`] for each usage. What they have in common ([`Segments`]) is found once.

use super::closures::ClosedRoads;
use super::index::SegmentIndex;
use super::segments::Segments;
use super::{Connectivity, DirectedEdge, Link, RoadNetwork};
use lifering_base::frame::Frame;
use lifering_base::records::road_class::RoadClass;
use lifering_base::records::{Direction, Road};
use petgraph::unionfind::UnionFind;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Who uses the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Usage {
    /// Ambulances: one-way streets and `no_roadside` classes matter.
    Drive,
    /// People on foot: both ways, everything walkable may be entered and left anywhere.
    Walk,
}

impl Usage {
    /// Whether a road may be used at all.
    pub(super) fn may_use(self, road: &Road) -> bool {
        match self {
            Self::Drive => road.class.drivable() && !road.no_vehicles,
            Self::Walk => road.class.walkable(),
        }
    }

    /// Whether a road may be used as drawn, and against the drawing.
    fn directions(self, road: &Road) -> Option<[bool; 2]> {
        self.may_use(road).then_some(match (self, road.direction) {
            (Self::Walk, _) | (_, Direction::Both) => [true, true],
            (Self::Drive, Direction::Forward) => [true, false],
            (Self::Drive, Direction::Backward) => [false, true],
        })
    }
}

/// What shapes the network beside the roads themselves.
#[derive(Clone, Copy, Debug)]
pub struct BuildSettings<'a> {
    /// Who uses it.
    pub usage: Usage,
    /// Classes a vehicle cannot stop on.
    pub no_roadside: &'a [RoadClass],
    /// Ends nearer than this are joined, metres.
    pub snap_m: f64,
    /// Whether crossings at the same level are junctions.
    pub split_crossings: bool,
    /// Roads inside are closed.
    pub closed: Option<&'a ClosedRoads>,
}

impl BuildSettings<'_> {
    /// Whether lines are joined where they share no vertex.
    pub(super) fn nodes_lines(&self) -> bool {
        self.split_crossings || self.snap_m > 0.0
    }
}

/// Builds the network of the roads that `settings.usage` may use.
pub fn build(roads: &[Road], frame: &Frame, settings: &BuildSettings<'_>) -> RoadNetwork {
    let segments = Segments::new(roads, frame, settings, &[settings.usage]);
    network(roads, settings, &segments)
}

/// Builds the networks of several usages, whatever `settings` says of the usage.
pub fn build_all(
    roads: &[Road],
    frame: &Frame,
    settings: &BuildSettings<'_>,
    usages: &[Usage],
) -> BTreeMap<Usage, RoadNetwork> {
    let of = |usage: Usage| BuildSettings { usage, ..*settings };
    if settings.nodes_lines() {
        // Which lines are joined depends on which there are.
        return usages.par_iter().map(|usage| (*usage, build(roads, frame, &of(*usage)))).collect();
    }
    let segments = Segments::new(roads, frame, settings, usages);
    usages.par_iter().map(|usage| (*usage, network(roads, &of(*usage), &segments))).collect()
}

fn network(roads: &[Road], settings: &BuildSettings<'_>, segments: &Segments) -> RoadNetwork {
    let usable = Usable::new(roads, settings.usage, segments);
    let chains = chains(&usable);
    freeze(roads, settings, segments, &usable, &chains)
}

/// Which segments one usage may use, and which way.
struct Usable<'a> {
    segments: &'a Segments,
    /// As drawn and against it; `None` for segments that may not be used.
    directions: Vec<Option<[bool; 2]>>,
}

impl<'a> Usable<'a> {
    fn new(roads: &[Road], usage: Usage, segments: &'a Segments) -> Self {
        let of_road: Vec<Option<[bool; 2]>> = roads.iter().map(|road| usage.directions(road)).collect();
        let directions = segments.all.par_iter().map(|segment| of_road[segment.road as usize]).collect();
        Self { segments, directions }
    }

    /// The usable segments that meet at a vertex.
    fn at(&self, vertex: u32) -> impl Iterator<Item = u32> {
        self.segments.at(vertex).iter().copied().filter(|id| self.directions[*id as usize].is_some())
    }

    /// The far end and the two permissions of a usable segment, seen from one of its ends.
    fn seen_from(&self, vertex: u32, segment: u32) -> (u32, bool, bool) {
        let ends = self.segments.all[segment as usize].ends;
        let [forward, backward] = self.directions[segment as usize].unwrap_or_default();
        if ends[0] == vertex { (ends[1], forward, backward) } else { (ends[0], backward, forward) }
    }

    /// What a vertex is to those who pass it.
    fn crossing(&self, vertex: u32) -> Crossing {
        let mut all = self.at(vertex);
        let Some(a) = all.next() else { return Crossing::Nothing };
        let (Some(b), None) = (all.next(), all.next()) else { return Crossing::Junction };
        let (far_a, out_a, in_a) = self.seen_from(vertex, a);
        let (far_b, out_b, in_b) = self.seen_from(vertex, b);
        // Two different segments that allow the same directions: nothing can be decided there.
        let through = a != b && far_a != far_b && out_a == in_b && in_a == out_b;
        if through { Crossing::Through } else { Crossing::Junction }
    }
}

/// What a vertex is to those who pass it.
enum Crossing {
    /// No usable segment.
    Nothing,
    /// Exactly two segments, from one to the other.
    Through,
    /// Something can be decided here.
    Junction,
}

/// A chain of segments from one junction to another: segment ids and the vertices they pass, one more than segments.
struct Chains {
    vertices: Vec<u32>,
    segments: Vec<u32>,
    /// Start of each chain in `segments`; its vertices start at the same place plus the number of chains before it.
    start: Vec<u32>,
    junction: Vec<bool>,
}

fn chains(usable: &Usable<'_>) -> Chains {
    let vertex_count = usable.segments.vertices.len();
    let segment_count = usable.segments.all.len();
    let mut junction: Vec<bool> = (0..vertex_count as u32)
        .into_par_iter()
        .map(|vertex| matches!(usable.crossing(vertex), Crossing::Junction))
        .collect();
    let mut out = Chains {
        vertices: Vec::with_capacity(segment_count * 3 / 2),
        segments: Vec::with_capacity(segment_count),
        start: vec![0],
        junction: Vec::new(),
    };
    let mut used = vec![false; segment_count];
    for vertex in 0..vertex_count as u32 {
        if junction[vertex as usize] {
            walk_from(vertex, usable, &junction, &mut used, &mut out);
        }
    }
    // Rings that no junction touches: their first vertex becomes one.
    for vertex in 0..vertex_count as u32 {
        if usable.at(vertex).any(|s| !used[s as usize]) {
            junction[vertex as usize] = true;
            walk_from(vertex, usable, &junction, &mut used, &mut out);
        }
    }
    out.junction = junction;
    out
}

fn walk_from(from: u32, usable: &Usable<'_>, junction: &[bool], used: &mut [bool], out: &mut Chains) {
    for first in usable.at(from) {
        if used[first as usize] {
            continue;
        }
        let (mut vertex, mut segment) = (from, first);
        out.vertices.push(vertex);
        loop {
            used[segment as usize] = true;
            out.segments.push(segment);
            vertex = usable.seen_from(vertex, segment).0;
            out.vertices.push(vertex);
            if junction[vertex as usize] {
                break;
            }
            // One of two goes on.
            let Some(next) = usable.at(vertex).find(|other| *other != segment) else { break };
            segment = next;
        }
        out.start.push(out.segments.len() as u32);
    }
}

fn freeze(
    roads: &[Road],
    settings: &BuildSettings<'_>,
    segments: &Segments,
    usable: &Usable<'_>,
    chains: &Chains,
) -> RoadNetwork {
    let mut node_of = vec![0_u32; segments.vertices.len()];
    let mut node_count = 0_u32;
    for (vertex, is_junction) in chains.junction.iter().enumerate() {
        if *is_junction {
            node_of[vertex] = node_count;
            node_count += 1;
        }
    }
    let links: Vec<Link> = (0..chains.start.len() - 1)
        .into_par_iter()
        .map(|id| {
            let (first, last) = (chains.start[id] + id as u32, chains.start[id + 1] + id as u32);
            let from = chains.vertices[first as usize];
            let (_, forward, backward) = usable.seen_from(from, chains.segments[chains.start[id] as usize]);
            let to = chains.vertices[last as usize];
            Link { from: node_of[from as usize], to: node_of[to as usize], first, last, forward, backward }
        })
        .collect();
    let mut link_of = vec![0_u32; chains.vertices.len()];
    for (id, link) in links.iter().enumerate() {
        link_of[link.first as usize..=link.last as usize].fill(id as u32);
    }
    // The segment that starts at a point; none at the last point of a link.
    let segment_at = |point: usize| {
        let link = link_of[point];
        (point < links[link as usize].last as usize).then(|| chains.segments[point - link as usize] as usize)
    };
    let stops = |road: &Road| settings.usage == Usage::Walk || !settings.no_roadside.contains(&road.class);
    let road_stops: Vec<bool> = roads.iter().map(stops).collect();
    let points = || (0..chains.vertices.len()).into_par_iter();
    let road: Vec<u32> = points().map(|p| segment_at(p).map_or(0, |s| segments.all[s].road)).collect();
    let length_m: Vec<f32> = points().map(|p| segment_at(p).map_or(0.0, |s| segments.length_m[s])).collect();
    let roadside: Vec<bool> = points().map(|p| segment_at(p).is_some() && road_stops[road[p] as usize]).collect();
    let xy: Vec<_> = chains.vertices.par_iter().map(|v| segments.xy[*v as usize]).collect();
    let degrees_e7 = chains.vertices.par_iter().map(|v| segments.vertices[*v as usize]).collect();
    let node_count = node_count as usize;
    let ((index, edges), connectivity) = rayon::join(
        || rayon::join(|| SegmentIndex::new(&links, &xy, &roadside), || directed_edges(node_count, &links)),
        || connectivity(node_count, &links, &length_m),
    );
    RoadNetwork { links, edges, xy, degrees_e7, length_m, road, roadside, link_of, node_count, index, connectivity }
}

/// Every way a link may be used, by the junctions it leads from and to.
fn directed_edges(node_count: usize, links: &[Link]) -> Vec<DirectedEdge> {
    let each = || {
        links.iter().enumerate().filter(|(_, link)| link.from != link.to).flat_map(|(id, link)| {
            let there = link.forward.then_some(DirectedEdge { from: link.from, to: link.to, link: id as u32 });
            let back = link.backward.then_some(DirectedEdge { from: link.to, to: link.from, link: id as u32 });
            there.into_iter().chain(back)
        })
    };
    let mut next = vec![0_u32; node_count + 1];
    for edge in each() {
        next[edge.from as usize + 1] += 1;
    }
    for i in 1..next.len() {
        next[i] += next[i - 1];
    }
    let mut edges = vec![DirectedEdge::default(); next.last().map_or(0, |count| *count as usize)];
    for edge in each() {
        let slot = &mut next[edge.from as usize];
        edges[*slot as usize] = edge;
        *slot += 1;
    }
    edges.chunk_by_mut(|a, b| a.from == b.from).for_each(|from_one| from_one.sort_by_key(|edge| edge.to));
    edges
}

fn connectivity(node_count: usize, links: &[Link], length_m: &[f32]) -> Connectivity {
    let mut sets = UnionFind::<u32>::new(node_count);
    for link in links {
        sets.union(link.from, link.to);
    }
    let roots = sets.into_labeling();
    let mut by_root = vec![0.0; node_count];
    for link in links {
        let length: f64 = length_m[link.first as usize..link.last as usize].iter().map(|l| f64::from(*l)).sum();
        by_root[roots[link.from as usize] as usize] += length;
    }
    let total: f64 = by_root.iter().sum();
    let largest = by_root.iter().copied().fold(0.0, f64::max);
    Connectivity {
        components: roots.iter().enumerate().filter(|(node, root)| *node as u32 == **root).count(),
        largest_share: if total > 0.0 { largest / total } else { 0.0 },
        length_km: total / 1000.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lifering_base::frame::LonLat;
    use lifering_base::records::Level;
    use proptest::prelude::*;

    type Drawn = (usize, usize, bool, Vec<(i32, i32)>);

    fn road((class, direction, no_vehicles, line): &Drawn) -> Road {
        let classes = [RoadClass::Motorway, RoadClass::Residential, RoadClass::Footway, RoadClass::Construction];
        let place = |(x, y): &(i32, i32)| LonLat::new(118.0 + f64::from(*x) * 1e-3, 24.0 + f64::from(*y) * 1e-3);
        Road {
            feature: 0,
            name: None,
            class: classes[*class],
            direction: [Direction::Both, Direction::Forward, Direction::Backward][*direction],
            speed_kmh: None,
            maxspeed_kmh: None,
            no_vehicles: *no_vehicles,
            level: Level::default(),
            parts: vec![line.iter().map(place).collect()],
        }
    }

    proptest! {
        /// What the usages have in common is found once; each network must be what it would be without the others.
        #[test]
        fn networks_built_together_are_those_built_alone(
            drawn in prop::collection::vec(
                (0..4_usize, 0..3_usize, prop::bool::weighted(0.1), prop::collection::vec((0..6, 0..6), 2..8)), 0..30,
            ),
            split_crossings in prop::bool::weighted(0.2),
        ) {
            let roads: Vec<Road> = drawn.iter().map(road).collect();
            let frame = Frame::new(LonLat::new(118.0, 24.0)).unwrap();
            let settings = |usage| BuildSettings {
                usage, no_roadside: &[RoadClass::Motorway], snap_m: 0.0, split_crossings, closed: None,
            };
            let together = build_all(&roads, &frame, &settings(Usage::Drive), &[Usage::Drive, Usage::Walk]);
            for usage in [Usage::Drive, Usage::Walk] {
                let alone = build(&roads, &frame, &settings(usage));
                prop_assert_eq!(format!("{:?}", together[&usage]), format!("{alone:?}"));
                let ends: Vec<(u32, u32)> = alone.edges.iter().map(|edge| (edge.from, edge.to)).collect();
                prop_assert!(ends.is_sorted());
                for edge in &alone.edges {
                    let link = alone.links[edge.link as usize];
                    prop_assert!(
                        (link.forward && (link.from, link.to) == (edge.from, edge.to))
                            || (link.backward && (link.to, link.from) == (edge.from, edge.to))
                    );
                }
                let ways = alone.links.iter().filter(|l| l.from != l.to);
                prop_assert_eq!(ways.map(|l| usize::from(l.forward) + usize::from(l.backward)).sum::<usize>(), ends.len());
            }
        }
    }
}
