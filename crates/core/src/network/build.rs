//! Contraction of degree-two vertices.
//!
//! In: roads, points on them, turns. Out: a [`RoadNetwork`] for each usage. Their common part ([`Segments`]) is computed
//! once. Vertices that a turn, a blocked point or a delay needs stay junctions; a blocked one is a junction of its own for
//! each line that ends there.

use super::index::SegmentIndex;
use super::polyline::rounded;
use super::segments::Segments;
use super::settings::{BuildSettings, Usage};
use super::turns::{DirectedLink, ForbiddenPaths, TurnStates, Way};
use super::{Connectivity, DirectedEdge, Link, LinkId, NodeId, PointOutcome, RoadNetwork};
use lifering_base::frame::Frame;
use lifering_base::records::Road;
use petgraph::unionfind::UnionFind;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Builds the network of the roads that `settings.usage` may use.
pub fn build(roads: &[Road], frame: &Frame, settings: &BuildSettings<'_>) -> RoadNetwork {
    let segments = Segments::new(roads, frame, settings, &[settings.usage]);
    network(roads, settings, &segments)
}

/// Builds the networks of several usages; `settings.usage` is ignored.
pub fn build_all(
    roads: &[Road],
    frame: &Frame,
    settings: &BuildSettings<'_>,
    usages: &[Usage],
) -> BTreeMap<Usage, RoadNetwork> {
    let of = |usage: Usage| BuildSettings { usage, ..*settings };
    if settings.nodes_lines() {
        // What is joined depends on the lines of the usage.
        return usages.par_iter().map(|usage| (*usage, build(roads, frame, &of(*usage)))).collect();
    }
    let segments = Segments::new(roads, frame, settings, usages);
    usages.par_iter().map(|usage| (*usage, network(roads, &of(*usage), &segments))).collect()
}

fn network(roads: &[Road], settings: &BuildSettings<'_>, segments: &Segments) -> RoadNetwork {
    let mut usable = UsableSegments::new(roads, settings, segments);
    let points = PointsOnRoads::of(settings, segments, &usable);
    let forbidden = ForbiddenPaths::of(settings.turns(), roads, segments, &usable.directions);
    usable.keep(forbidden.vertices.iter().chain(&points.blocked).chain(points.delays_ms.keys()).copied());
    let chains = contract(&usable);
    assemble(roads, settings, &usable, &chains, points, forbidden)
}

/// What the points on roads do to the vertices of a network.
#[derive(Default)]
struct PointsOnRoads {
    /// The vertices that nobody passes.
    blocked: BTreeSet<u32>,
    /// By vertex that is passed: what passing costs, milliseconds.
    delays_ms: BTreeMap<u32, u32>,
    /// Indexed by point.
    outcomes: Vec<PointOutcome>,
}

impl PointsOnRoads {
    fn of(settings: &BuildSettings<'_>, segments: &Segments, usable: &UsableSegments<'_>) -> Self {
        let mut found = Self::default();
        for point in settings.points() {
            let vertex =
                segments.shared_vertex(rounded(point.place)).filter(|vertex| usable.at(*vertex).next().is_some());
            let outcome = match vertex {
                None => PointOutcome::OffRoad,
                Some(vertex) if point.blocks(&settings.settings.drive) => {
                    found.blocked.insert(vertex);
                    PointOutcome::Blocks
                }
                Some(vertex) => {
                    let ms = settings.delay_ms(point);
                    if ms > 0 {
                        *found.delays_ms.entry(vertex).or_default() += ms;
                    }
                    PointOutcome::Passed
                }
            };
            found.outcomes.push(outcome);
        }
        found.delays_ms.retain(|vertex, _| !found.blocked.contains(vertex));
        found
    }
}

/// The segments that one usage may use.
struct UsableSegments<'a> {
    segments: &'a Segments,
    /// Indexed by segment: whether it may be used as drawn, and against the drawing; both false if it may not be used
    /// at all.
    directions: Vec<[bool; 2]>,
    /// Indexed by vertex: whether it stays a junction although a line only passes through; empty if none does.
    kept: Vec<bool>,
}

impl<'a> UsableSegments<'a> {
    fn new(roads: &[Road], settings: &BuildSettings<'_>, segments: &'a Segments) -> Self {
        let directions_of = |road: &Road| settings.usage.directions(road, &settings.settings.drive);
        let of_road: Vec<[bool; 2]> = roads.iter().map(directions_of).collect();
        let directions = segments.all.par_iter().map(|segment| of_road[segment.road as usize]).collect();
        Self { segments, directions, kept: Vec::new() }
    }

    /// Makes vertices junctions.
    fn keep(&mut self, vertices: impl Iterator<Item = u32>) {
        for vertex in vertices {
            self.kept.resize(self.segments.vertices.len(), false);
            self.kept[vertex as usize] = true;
        }
    }

    /// The usable segments that meet at a vertex.
    fn at(&self, vertex: u32) -> impl Iterator<Item = u32> {
        self.segments.incident_to(vertex).iter().copied().filter(|id| self.directions[*id as usize] != [false, false])
    }

    /// The far end of a usable segment seen from one of its ends, and whether it may be left and entered there.
    fn seen_from(&self, vertex: u32, segment: u32) -> (u32, bool, bool) {
        let ends = self.segments.all[segment as usize].ends;
        let [forward, backward] = self.directions[segment as usize];
        if ends[0] == vertex { (ends[1], forward, backward) } else { (ends[0], backward, forward) }
    }

    /// The role of a vertex.
    fn kind(&self, vertex: u32) -> VertexKind {
        let mut all = self.at(vertex);
        let Some(a) = all.next() else { return VertexKind::Unused };
        let (Some(b), None) = (all.next(), all.next()) else { return VertexKind::Junction };
        if self.kept.get(vertex as usize) == Some(&true) {
            return VertexKind::Junction;
        }
        let (far_a, out_a, in_a) = self.seen_from(vertex, a);
        let (far_b, out_b, in_b) = self.seen_from(vertex, b);
        // Two different segments that permit the same directions: no decision is made there.
        let through = a != b && far_a != far_b && out_a == in_b && in_a == out_b;
        if through { VertexKind::PassThrough } else { VertexKind::Junction }
    }
}

/// The role of a vertex in the network.
enum VertexKind {
    /// No usable segment meets it.
    Unused,
    /// Exactly two segments meet, and one continues the other.
    PassThrough,
    /// A decision is made there.
    Junction,
}

/// Chains of segments from one junction to another.
struct Chains {
    vertices: Vec<u32>,
    segments: Vec<u32>,
    /// Indexed by chain: its first entry in `segments`; one entry more than chains. Its vertices start at the same
    /// index plus the number of chains before it, as a chain has one vertex more than segments.
    start: Vec<u32>,
    junction: Vec<bool>,
}

fn contract(usable: &UsableSegments<'_>) -> Chains {
    let vertex_count = usable.segments.vertices.len();
    let segment_count = usable.segments.all.len();
    let mut junction: Vec<bool> = (0..vertex_count as u32)
        .into_par_iter()
        .map(|vertex| matches!(usable.kind(vertex), VertexKind::Junction))
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
            trace_chains(vertex, usable, &junction, &mut used, &mut out);
        }
    }
    // Rings without a junction: their first vertex becomes one.
    for vertex in 0..vertex_count as u32 {
        if usable.at(vertex).any(|s| !used[s as usize]) {
            junction[vertex as usize] = true;
            trace_chains(vertex, usable, &junction, &mut used, &mut out);
        }
    }
    out.junction = junction;
    out
}

fn trace_chains(from: u32, usable: &UsableSegments<'_>, junction: &[bool], used: &mut [bool], out: &mut Chains) {
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
            // Two segments meet here: go on over the other.
            let Some(next) = usable.at(vertex).find(|other| *other != segment) else { break };
            segment = next;
        }
        out.start.push(out.segments.len() as u32);
    }
}

fn assemble(
    roads: &[Road],
    settings: &BuildSettings<'_>,
    usable: &UsableSegments<'_>,
    chains: &Chains,
    on_roads: PointsOnRoads,
    forbidden: ForbiddenPaths,
) -> RoadNetwork {
    let segments = usable.segments;
    let mut node_of = vec![0_u32; segments.vertices.len()];
    let mut junction_count = 0_u32;
    for (vertex, is_junction) in chains.junction.iter().enumerate() {
        if *is_junction && !on_roads.blocked.contains(&(vertex as u32)) {
            node_of[vertex] = junction_count;
            junction_count += 1;
        }
    }
    let mut links: Vec<Link> = (0..chains.start.len() - 1)
        .into_par_iter()
        .map(|id| {
            let (first, last) = (chains.start[id] + id as u32, chains.start[id + 1] + id as u32);
            let from = chains.vertices[first as usize];
            let (_, forward, backward) = usable.seen_from(from, chains.segments[chains.start[id] as usize]);
            let to = chains.vertices[last as usize];
            Link { from: node_of[from as usize], to: node_of[to as usize], first, last, forward, backward }
        })
        .collect();
    let is_junction = |vertex: &&u32| chains.junction[**vertex as usize];
    let mut cut_ends: BTreeSet<NodeId> =
        segments.cut.iter().filter(is_junction).map(|vertex| node_of[*vertex as usize]).collect();
    if !on_roads.blocked.is_empty() {
        // A dead end for each line that reaches a blocked point.
        let blocked = |point: u32| on_roads.blocked.contains(&chains.vertices[point as usize]);
        let mut dead_end = |node: &mut NodeId| {
            *node = junction_count;
            cut_ends.insert(junction_count);
            junction_count += 1;
        };
        for link in &mut links {
            let (first, last) = (link.first, link.last);
            if blocked(first) {
                dead_end(&mut link.from);
            }
            if blocked(last) {
                dead_end(&mut link.to);
            }
        }
    }
    let mut link_of = vec![0_u32; chains.vertices.len()];
    for (id, link) in links.iter().enumerate() {
        link_of[link.first as usize..=link.last as usize].fill(id as u32);
    }
    // The segment that starts at a point; `None` at the last point of a link.
    let segment_at = |point: usize| {
        let link = link_of[point];
        (point < links[link as usize].last as usize).then(|| chains.segments[point - link as usize] as usize)
    };
    let road_stops: Vec<bool> = roads.iter().map(|road| settings.has_roadside(road)).collect();
    let points = || (0..chains.vertices.len()).into_par_iter();
    let road: Vec<u32> = points().map(|p| segment_at(p).map_or(0, |s| segments.all[s].road)).collect();
    let length_m: Vec<f32> = points().map(|p| segment_at(p).map_or(0.0, |s| segments.length_m[s])).collect();
    let roadside: Vec<bool> = points().map(|p| segment_at(p).is_some() && road_stops[road[p] as usize]).collect();
    let xy: Vec<_> = chains.vertices.par_iter().map(|v| segments.xy[*v as usize]).collect();
    let degrees_e7 = chains.vertices.par_iter().map(|v| segments.vertices[*v as usize]).collect();
    let junction_count = junction_count as usize;
    let turns = TurnStates::new(junction_count, &links, &over_links(&forbidden.all, chains, segments));
    let ((index, edges), connectivity) = rayon::join(
        || rayon::join(|| SegmentIndex::new(&links, &xy, &roadside), || directed_edges(junction_count, &links, &turns)),
        || connectivity(junction_count, &links, &length_m),
    );
    let delays_ms = on_roads.delays_ms.into_iter().map(|(vertex, ms)| (node_of[vertex as usize], ms)).collect();
    RoadNetwork {
        links,
        edges,
        xy,
        degrees_e7,
        length_m,
        road,
        roadside,
        link_of,
        junction_count,
        turns,
        delays_ms,
        cut_ends,
        index,
        connectivity,
        point_outcomes: on_roads.outcomes,
        turn_outcomes: forbidden.outcomes,
        main_part: std::sync::OnceLock::new(),
    }
}

/// Forbidden sequences of segments as sequences of links.
fn over_links(forbidden: &BTreeSet<Vec<Way>>, chains: &Chains, segments: &Segments) -> BTreeSet<Vec<DirectedLink>> {
    if forbidden.is_empty() {
        return BTreeSet::new();
    }
    let of_interest: BTreeSet<u32> = forbidden.iter().flatten().map(|(segment, _)| *segment).collect();
    // By segment: its link, and whether the link runs as the segment is drawn.
    let mut link_of: BTreeMap<u32, (LinkId, bool)> = BTreeMap::new();
    for id in 0..chains.start.len() - 1 {
        for at in chains.start[id]..chains.start[id + 1] {
            let segment = chains.segments[at as usize];
            if of_interest.contains(&segment) {
                let from = chains.vertices[at as usize + id];
                link_of.insert(segment, (id as LinkId, segments.all[segment as usize].ends[0] == from));
            }
        }
    }
    let path = |ways: &Vec<Way>| -> Option<Vec<DirectedLink>> {
        let links = ways.iter().map(|(segment, forward)| {
            let (link, as_drawn) = link_of.get(segment)?;
            Some((*link, as_drawn == forward))
        });
        let mut links = links.collect::<Option<Vec<_>>>()?;
        links.dedup();
        Some(links)
    };
    forbidden.iter().filter_map(path).collect()
}

/// Every permitted direction of every link, ordered by the nodes it leads from and to.
fn directed_edges(junction_count: usize, links: &[Link], turns: &TurnStates) -> Vec<DirectedEdge> {
    let head = |id: usize, forward: bool, junction: NodeId| turns.head((id as LinkId, forward)).unwrap_or(junction);
    let each = || {
        let ways = links.iter().enumerate().flat_map(move |(id, link)| {
            let (from, to, link_id) = (link.from, link.to, id as u32);
            let forward = link.forward.then(|| DirectedEdge { from, to: head(id, true, to), link: link_id });
            let backward = link.backward.then(|| DirectedEdge { from: to, to: head(id, false, from), link: link_id });
            forward.into_iter().chain(backward)
        });
        ways.filter(|edge| edge.from != edge.to)
    };
    let mut next = vec![0_u32; junction_count + 1];
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
    edges.extend(turns.edges());
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
    use lifering_base::parameters::Obey;
    use lifering_base::records::road_class::RoadClass;
    use lifering_base::records::{Direction, Permission, VehicleAccess};
    use lifering_readers::settings::Settings;
    use proptest::prelude::*;

    type Drawn = (usize, usize, bool, Vec<(i32, i32)>);

    fn road((class, direction, no_vehicles, line): &Drawn) -> Road {
        let classes = [RoadClass::Motorway, RoadClass::Residential, RoadClass::Footway, RoadClass::Construction];
        let place = |(x, y): &(i32, i32)| LonLat::new(118.0 + f64::from(*x) * 1e-3, 24.0 + f64::from(*y) * 1e-3);
        let permission = if *no_vehicles { Permission::Closed } else { Permission::Unstated };
        Road {
            direction: [Direction::Both, Direction::Forward, Direction::Backward][*direction],
            access: VehicleAccess::both(permission),
            ..Road::plain(classes[*class], vec![line.iter().map(place).collect()])
        }
    }

    proptest! {
        /// The common part is computed once; each network must equal the one built alone.
        #[test]
        fn networks_built_together_are_those_built_alone(
            drawn in prop::collection::vec(
                (0..4_usize, 0..3_usize, prop::bool::weighted(0.1), prop::collection::vec((0..6, 0..6), 2..8)), 0..30,
            ),
            split_crossings in prop::bool::weighted(0.2),
        ) {
            let roads: Vec<Road> = drawn.iter().map(road).collect();
            let frame = Frame::new(LonLat::new(118.0, 24.0)).unwrap();
            let mut chosen = Settings::named("lattice");
            chosen.roads.split_crossings = split_crossings;
            let settings = |usage| BuildSettings::plain(usage, &chosen);
            let usages = [Usage::Drive(Obey::All), Usage::Drive(Obey::Nothing), Usage::Walk];
            let together = build_all(&roads, &frame, &settings(usages[0]), &usages);
            for usage in usages {
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
