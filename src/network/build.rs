//! Joining lines at shared vertices and contracting what lies between junctions.
//!
//! In: roads. Out: [`RoadNetwork`]. Vertices are numbered along a Morton curve of their coordinates, so neighbours on
//! the ground are neighbours in memory and the numbering does not depend on the order of the file.

use super::closures::ClosedRoads;
use super::index::SegmentIndex;
use super::noding;
use super::{Connectivity, Link, RoadNetwork};
use crate::frame::{Frame, LonLat};
use crate::inputs::road_class::RoadClass;
use crate::inputs::roads::{Direction, Road};
use petgraph::unionfind::UnionFind;
use rayon::prelude::*;

/// Who uses the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Usage {
    /// Ambulances: one-way streets and `no_roadside` classes matter.
    Drive,
    /// People on foot: both ways, everything walkable may be entered and left anywhere.
    Walk,
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

/// A polyline of one road, in 1e-7 degrees.
pub(super) struct Polyline {
    pub(super) road: u32,
    pub(super) positions: Vec<[i32; 2]>,
}

/// A piece of road between two neighbouring vertices.
#[derive(Clone, Copy)]
struct Segment {
    ends: [u32; 2],
    road: u32,
    forward: bool,
    backward: bool,
}

impl Segment {
    /// The far end and the two permissions, seen from `vertex`.
    fn seen_from(&self, vertex: u32) -> (u32, bool, bool) {
        if self.ends[0] == vertex {
            (self.ends[1], self.forward, self.backward)
        } else {
            (self.ends[0], self.backward, self.forward)
        }
    }
}

/// Builds the network of the roads that `settings.usage` may use.
pub fn build(roads: &[Road], frame: &Frame, settings: &BuildSettings<'_>) -> RoadNetwork {
    let mut polylines = polylines(roads, frame, settings);
    if settings.split_crossings || settings.snap_m > 0.0 {
        noding::join(&mut polylines, roads, frame, settings);
    }
    let (vertices, segments) = vertices_and_segments(&polylines, roads, settings.usage);
    drop(polylines);
    let incidence = Incidence::new(vertices.len(), &segments);
    let chains = chains(&incidence, &segments);
    freeze(roads, frame, settings, &vertices, &segments, &chains)
}

fn usable(road: &Road, usage: Usage) -> bool {
    match usage {
        Usage::Drive => road.class.drivable() && !road.no_vehicles,
        Usage::Walk => road.class.walkable(),
    }
}

/// 1e-7 degrees, the precision at which roads join.
pub(super) fn rounded(place: LonLat) -> [i32; 2] {
    [(place.lon * 1e7).round() as i32, (place.lat * 1e7).round() as i32]
}

fn polylines(roads: &[Road], frame: &Frame, settings: &BuildSettings<'_>) -> Vec<Polyline> {
    roads
        .par_iter()
        .enumerate()
        .filter(|(_, road)| usable(road, settings.usage))
        .flat_map_iter(|(index, road)| {
            road.parts.iter().flat_map(move |part| {
                let pieces = match settings.closed {
                    Some(closed) => closed.open_parts(part, frame),
                    None => vec![part.clone()],
                };
                pieces.into_iter().map(move |piece| Polyline {
                    road: index as u32,
                    positions: piece.into_iter().map(rounded).collect(),
                })
            })
        })
        .collect()
}

/// Position on a Morton curve: the bits of longitude and latitude interleaved. One to one with the coordinates.
fn morton(position: [i32; 2]) -> u64 {
    let spread = |v: i32| {
        let mut x = u64::from((i64::from(v) - i64::from(i32::MIN)) as u32);
        x = (x | (x << 16)) & 0x0000_ffff_0000_ffff;
        x = (x | (x << 8)) & 0x00ff_00ff_00ff_00ff;
        x = (x | (x << 4)) & 0x0f0f_0f0f_0f0f_0f0f;
        x = (x | (x << 2)) & 0x3333_3333_3333_3333;
        (x | (x << 1)) & 0x5555_5555_5555_5555
    };
    spread(position[0]) | (spread(position[1]) << 1)
}

fn vertices_and_segments(polylines: &[Polyline], roads: &[Road], usage: Usage) -> (Vec<[i32; 2]>, Vec<Segment>) {
    let mut keyed: Vec<(u64, u32)> = polylines
        .iter()
        .flat_map(|p| p.positions.iter())
        .enumerate()
        .map(|(slot, position)| (morton(*position), slot as u32))
        .collect();
    keyed.par_sort_unstable();
    let mut vertex_at = vec![0_u32; keyed.len()];
    let mut distinct: u32 = 0;
    let mut first_slot = Vec::new();
    for (i, (key, slot)) in keyed.iter().enumerate() {
        if i == 0 || keyed[i - 1].0 != *key {
            distinct += 1;
            first_slot.push(*slot);
        }
        vertex_at[*slot as usize] = distinct - 1;
    }
    drop(keyed);
    let mut vertices = vec![[0_i32; 2]; distinct as usize];
    let mut segments = Vec::with_capacity(vertex_at.len());
    let mut slot = 0;
    for polyline in polylines {
        let road = &roads[polyline.road as usize];
        let (forward, backward) = match (usage, road.direction) {
            (Usage::Walk, _) | (_, Direction::Both) => (true, true),
            (Usage::Drive, Direction::Forward) => (true, false),
            (Usage::Drive, Direction::Backward) => (false, true),
        };
        let ids = &vertex_at[slot..slot + polyline.positions.len()];
        for (id, position) in ids.iter().zip(&polyline.positions) {
            vertices[*id as usize] = *position;
        }
        segments.extend(ids.windows(2).filter(|w| w[0] != w[1]).map(|w| Segment {
            ends: [w[0], w[1]],
            road: polyline.road,
            forward,
            backward,
        }));
        slot += polyline.positions.len();
    }
    (vertices, segments)
}

/// Which segments meet at each vertex.
struct Incidence {
    start: Vec<u32>,
    segments: Vec<u32>,
}

impl Incidence {
    fn new(vertex_count: usize, segments: &[Segment]) -> Self {
        let mut start = vec![0_u32; vertex_count + 1];
        for segment in segments {
            for end in segment.ends {
                start[end as usize + 1] += 1;
            }
        }
        for i in 1..start.len() {
            start[i] += start[i - 1];
        }
        let mut next = start.clone();
        let mut list = vec![0_u32; segments.len() * 2];
        for (id, segment) in segments.iter().enumerate() {
            for end in segment.ends {
                list[next[end as usize] as usize] = id as u32;
                next[end as usize] += 1;
            }
        }
        Self { start, segments: list }
    }

    fn at(&self, vertex: u32) -> &[u32] {
        &self.segments[self.start[vertex as usize] as usize..self.start[vertex as usize + 1] as usize]
    }

    /// True where exactly two segments meet that allow the same directions: nothing can be decided there.
    fn passes_through(&self, vertex: u32, segments: &[Segment]) -> bool {
        let [a, b] = self.at(vertex) else { return false };
        if a == b {
            return false;
        }
        let (far_a, out_a, in_a) = segments[*a as usize].seen_from(vertex);
        let (far_b, out_b, in_b) = segments[*b as usize].seen_from(vertex);
        far_a != far_b && out_a == in_b && in_a == out_b
    }
}

/// A chain of segments from one junction to another: segment ids and the vertices they pass, one more than segments.
struct Chains {
    vertices: Vec<u32>,
    segments: Vec<u32>,
    /// Start of each chain in `segments`; its vertices start at the same place plus the number of chains before it.
    start: Vec<u32>,
    junction: Vec<bool>,
}

fn chains(incidence: &Incidence, segments: &[Segment]) -> Chains {
    let vertex_count = incidence.start.len() - 1;
    let mut junction: Vec<bool> = (0..vertex_count as u32)
        .into_par_iter()
        .map(|v| !incidence.at(v).is_empty() && !incidence.passes_through(v, segments))
        .collect();
    let mut out = Chains {
        vertices: Vec::with_capacity(segments.len() * 3 / 2),
        segments: Vec::with_capacity(segments.len()),
        start: vec![0],
        junction: Vec::new(),
    };
    let mut used = vec![false; segments.len()];
    for vertex in 0..vertex_count as u32 {
        if junction[vertex as usize] {
            walk_from(vertex, incidence, segments, &junction, &mut used, &mut out);
        }
    }
    // Rings that no junction touches: their first vertex becomes one.
    for vertex in 0..vertex_count as u32 {
        if incidence.at(vertex).iter().any(|s| !used[*s as usize]) {
            junction[vertex as usize] = true;
            walk_from(vertex, incidence, segments, &junction, &mut used, &mut out);
        }
    }
    out.junction = junction;
    out
}

fn walk_from(
    from: u32,
    incidence: &Incidence,
    segments: &[Segment],
    junction: &[bool],
    used: &mut [bool],
    out: &mut Chains,
) {
    for &first in incidence.at(from) {
        if used[first as usize] {
            continue;
        }
        let (mut vertex, mut segment) = (from, first);
        out.vertices.push(vertex);
        loop {
            used[segment as usize] = true;
            out.segments.push(segment);
            vertex = segments[segment as usize].seen_from(vertex).0;
            out.vertices.push(vertex);
            if junction[vertex as usize] {
                break;
            }
            let both = incidence.at(vertex);
            segment = if both[0] == segment { both[1] } else { both[0] };
        }
        out.start.push(out.segments.len() as u32);
    }
}

fn freeze(
    roads: &[Road],
    frame: &Frame,
    settings: &BuildSettings<'_>,
    vertices: &[[i32; 2]],
    segments: &[Segment],
    chains: &Chains,
) -> RoadNetwork {
    let mut node_of = vec![0_u32; vertices.len()];
    let mut node_count = 0_u32;
    for (vertex, is_junction) in chains.junction.iter().enumerate() {
        if *is_junction {
            node_of[vertex] = node_count;
            node_count += 1;
        }
    }
    let vertex_xy: Vec<_> = vertices.par_iter().map(|v| frame.to_local(place(*v))).collect();
    let links: Vec<Link> = chains
        .start
        .windows(2)
        .enumerate()
        .map(|(id, bounds)| {
            let (first, last) = (bounds[0] + id as u32, bounds[1] + id as u32);
            let from = chains.vertices[first as usize];
            let (_, forward, backward) = segments[chains.segments[bounds[0] as usize] as usize].seen_from(from);
            let to = chains.vertices[last as usize];
            Link { from: node_of[from as usize], to: node_of[to as usize], first, last, forward, backward }
        })
        .collect();
    let count = chains.vertices.len();
    let mut road = vec![0_u32; count];
    let mut roadside = vec![false; count];
    let mut link_of = vec![0_u32; count];
    let mut length_m = vec![0_f32; count];
    for (id, link) in links.iter().enumerate() {
        for point in link.first..=link.last {
            link_of[point as usize] = id as u32;
            if point < link.last {
                let segment = &segments[chains.segments[(point - id as u32) as usize] as usize];
                road[point as usize] = segment.road;
                let class = roads[segment.road as usize].class;
                roadside[point as usize] = settings.usage == Usage::Walk || !settings.no_roadside.contains(&class);
            }
        }
    }
    length_m.par_iter_mut().enumerate().for_each(|(point, length)| {
        if (point as u32) < links[link_of[point] as usize].last {
            let (a, b) = (chains.vertices[point], chains.vertices[point + 1]);
            *length = place(vertices[a as usize]).length_m(place(vertices[b as usize])) as f32;
        }
    });
    let xy: Vec<_> = chains.vertices.iter().map(|v| vertex_xy[*v as usize]).collect();
    let degrees_e7 = chains.vertices.iter().map(|v| vertices[*v as usize]).collect();
    let index = SegmentIndex::new(&links, &xy, &roadside);
    let connectivity = connectivity(node_count as usize, &links, &length_m);
    RoadNetwork {
        links,
        xy,
        degrees_e7,
        length_m,
        road,
        roadside,
        link_of,
        node_count: node_count as usize,
        index,
        connectivity,
    }
}

fn place(e7: [i32; 2]) -> LonLat {
    LonLat::new(f64::from(e7[0]) / 1e7, f64::from(e7[1]) / 1e7)
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
