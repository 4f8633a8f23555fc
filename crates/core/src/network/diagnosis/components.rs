//! Connected components as they are, and as they would be with more roads joined.
//!
//! In: a network, and the dead ends or crossings to join. Out: a [`ComponentSummary`]. Joins are evaluated on top of
//! the network: the components that merge, the junctions that appear or disappear.

use super::super::index::{self, project};
use super::super::polyline::rounded;
use super::super::{LinkId, PointId, RoadNetwork};
use super::crossings::UnnodedCrossing;
use super::dead_ends::{DeadEnd, DeadEnds, distance_m};
use super::spatial_hash::SpatialHash;
use lifering_base::frame::{Frame, LonLat};
use lifering_base::records::Road;
use petgraph::unionfind::UnionFind;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// Connected components of a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ComponentSummary {
    /// Number of junctions.
    pub junctions: usize,
    /// Length of all roads, metres.
    pub length_m: f64,
    /// Number of components, regardless of direction.
    pub components: usize,
    /// Share of the length in the longest component, 0 to 1; 0 if there are no roads.
    pub largest_share: f64,
}

/// The connected components of a network.
pub(super) struct Components<'n> {
    network: &'n RoadNetwork,
    /// Indexed by junction: the first junction of its component.
    label: Vec<u32>,
    /// By the first junction of a component: length of the component, metres.
    length_m: HashMap<u32, f64>,
}

impl<'n> Components<'n> {
    /// The components as they are.
    pub(super) fn new(network: &'n RoadNetwork) -> Self {
        let mut sets = UnionFind::<u32>::new(network.junction_count);
        for link in &network.links {
            sets.union(link.from, link.to);
        }
        let label = sets.into_labeling();
        let lengths: Vec<f64> = network
            .links
            .par_iter()
            .map(|l| network.length_m[l.first as usize..l.last as usize].iter().map(|l| f64::from(*l)).sum())
            .collect();
        let mut by_root = vec![0.0; network.junction_count];
        for (link, length) in network.links.iter().zip(lengths) {
            by_root[label[link.from as usize] as usize] += length;
        }
        let roots = label.iter().enumerate().filter(|(node, root)| *node as u32 == **root);
        let length_m = roots.map(|(node, _)| (node as u32, by_root[node])).collect();
        Self { network, label, length_m }
    }

    /// Whether two junctions lie in one component.
    pub(super) fn connected(&self, a: u32, b: u32) -> bool {
        self.label[a as usize] == self.label[b as usize]
    }

    /// The summary as it is.
    pub(super) fn summary(&self) -> ComponentSummary {
        self.summary_with(&JoinEffects::default())
    }

    /// The summary with every crossing as a junction.
    pub(super) fn split(&self, crossings: &[UnnodedCrossing]) -> ComponentSummary {
        let mut joins = JoinEffects::default();
        let mut places = BTreeSet::new();
        for crossing in crossings {
            let [a, b] = crossing.segments.map(|s| self.network.link_of[s as usize]);
            joins.links.push((a, b));
            let stands = crossing.point.is_some_and(|point| self.is_junction(point));
            if places.insert(crossing.at) && !stands {
                joins.junctions += 1;
            }
        }
        self.summary_with(&joins)
    }

    /// The summary with each dead end joined to a dead end within `snap_m`, else to a road within it.
    pub(super) fn snapped(
        &self,
        ends: &DeadEnds,
        hash: &SpatialHash,
        roads: &[Road],
        frame: &Frame,
        snap_m: f64,
    ) -> ComponentSummary {
        let mut order: Vec<DeadEnd> = ends.near.clone();
        order.sort_by_key(|end| (self.network.road[end.segment() as usize], end.point));
        let mut snap = Snapping {
            network: self.network,
            lines: SourceLines::new(self.network, roads),
            moved: BTreeSet::new(),
            joins: JoinEffects::default(),
            frame,
        };
        for end in order {
            if !snap.moved.contains(&end.point) {
                snap.one(end, ends, hash, snap_m);
            }
        }
        self.summary_with(&snap.joins)
    }

    fn is_junction(&self, point: PointId) -> bool {
        let link = &self.network.links[self.network.link_of[point as usize] as usize];
        point == link.first || point == link.last
    }

    fn summary_with(&self, joins: &JoinEffects) -> ComponentSummary {
        // Only components that merge need a union.
        let root_of = |link: LinkId| self.label[self.network.links[link as usize].from as usize];
        let pairs: Vec<(u32, u32)> = joins.links.iter().map(|(a, b)| (root_of(*a), root_of(*b))).collect();
        let mut roots: Vec<u32> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
        roots.sort_unstable();
        roots.dedup();
        let position_of: HashMap<u32, usize> = roots.iter().enumerate().map(|(at, root)| (*root, at)).collect();
        let position = |root: u32| position_of[&root];
        let mut sets = UnionFind::<usize>::new(roots.len());
        let mut components = self.length_m.len();
        for (a, b) in pairs {
            components -= usize::from(sets.union(position(a), position(b)));
        }
        let mut grown = vec![0.0; roots.len()];
        for root in &roots {
            grown[sets.find(position(*root))] += self.length_m[root];
        }
        for (link, more_m) in &joins.stretched {
            grown[sets.find(position(root_of(*link)))] += more_m;
        }
        let largest = self.length_m.values().copied().chain(grown).fold(0.0, f64::max);
        // In the order of the links: a hash map has none.
        let total = self.network.connectivity.length_km * 1000.0 + joins.stretched.iter().map(|s| s.1).sum::<f64>();
        ComponentSummary {
            junctions: self.network.junction_count.saturating_add_signed(joins.junctions),
            length_m: total,
            components,
            largest_share: if total > 0.0 { (largest / total).min(1.0) } else { 0.0 },
        }
    }
}

/// The effects of joins.
#[derive(Default)]
struct JoinEffects {
    /// Pairs of links that become connected.
    links: Vec<(LinkId, LinkId)>,
    /// Change of the number of junctions.
    junctions: isize,
    /// Links whose end moves, and the change of their length, metres.
    stretched: Vec<(LinkId, f64)>,
}

/// Dead ends joined one after another, as noding does.
struct Snapping<'n> {
    network: &'n RoadNetwork,
    lines: SourceLines<'n>,
    /// Points that were moved, or onto which others were.
    moved: BTreeSet<PointId>,
    joins: JoinEffects,
    frame: &'n Frame,
}

impl Snapping<'_> {
    /// Joins one dead end to another, else to the nearest other line.
    fn one(&mut self, end: DeadEnd, ends: &DeadEnds, hash: &SpatialHash, snap_m: f64) {
        let network = self.network;
        let here = network.xy[end.point as usize];
        let mut nearest_end: Option<(f64, DeadEnd)> = None;
        let mut nearest: Option<(f64, PointId)> = None;
        hash.near(here, snap_m, |segment| {
            for point in [segment, segment + 1] {
                let apart_m = index::distance_m(network.xy[point as usize], here);
                if apart_m > snap_m || point == end.point || self.moved.contains(&point) {
                    continue;
                }
                let Some(other) = ends.at(network, point) else { continue };
                if nearest_end.is_none_or(|(m, e)| apart_m < m || (apart_m <= m && point < e.point)) {
                    nearest_end = Some((apart_m, other));
                }
            }
            let apart_m = distance_m(network, here, segment);
            let better = nearest.is_none_or(|(m, s)| apart_m < m || (apart_m <= m && segment < s));
            if apart_m <= snap_m && better && !self.lines.same(end.segment(), segment) {
                nearest = Some((apart_m, segment));
            }
        });
        if let Some((_, other)) = nearest_end {
            self.moved.extend([end.point, other.point]);
            self.stretch(end, network.lon_lat(other.point));
            self.joins.links.push((end.link, other.link));
            self.joins.junctions -= if self.passes_through(end, other) { 2 } else { 1 };
        } else if let Some((_, segment)) = nearest {
            self.moved.insert(end.point);
            let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
            let fraction = project(here, a, b);
            self.stretch(end, self.frame.to_lon_lat(a + (b - a) * fraction));
            let link = network.link_of[segment as usize];
            self.joins.links.push((end.link, link));
            // A junction of degree three takes the place of the dead end, unless there is a junction already.
            let of = &network.links[link as usize];
            let stands = (fraction <= 0.0 && segment == of.first) || (fraction >= 1.0 && segment + 1 == of.last);
            self.joins.junctions -= isize::from(stands);
        }
    }

    /// Moves the dead end to `target`.
    fn stretch(&mut self, end: DeadEnd, target: LonLat) {
        let before = f64::from(self.network.length_m[end.segment() as usize]);
        let more_m = self.network.lon_lat(end.inner).length_m(target) - before;
        self.joins.stretched.push((end.link, more_m));
    }

    /// Whether two joined dead ends form no junction, as no decision is made there.
    fn passes_through(&self, a: DeadEnd, b: DeadEnd) -> bool {
        let far = |end: DeadEnd| self.network.degrees_e7[end.inner as usize];
        if a.link == b.link || far(a) == far(b) {
            return false;
        }
        let [(out_a, in_a), (out_b, in_b)] = [a, b].map(|end| {
            let link = &self.network.links[end.link as usize];
            if end.point == link.first { (link.forward, link.backward) } else { (link.backward, link.forward) }
        });
        out_a == in_b && in_a == out_b
    }
}

/// The source line of a segment within its road: a dead end is not joined to its own line.
struct SourceLines<'n> {
    network: &'n RoadNetwork,
    roads: &'n [Road],
    /// For roads of several lines, built on demand: the line of every segment, by its two positions.
    of_pieces: std::cell::OnceCell<HashMap<[[i32; 2]; 2], u32>>,
}

impl<'n> SourceLines<'n> {
    fn new(network: &'n RoadNetwork, roads: &'n [Road]) -> Self {
        Self { network, roads, of_pieces: std::cell::OnceCell::new() }
    }

    fn same(&self, a: PointId, b: PointId) -> bool {
        let [road, other] = [a, b].map(|s| self.network.road[s as usize]);
        if road != other || self.roads[road as usize].parts.len() < 2 {
            return road == other;
        }
        let pieces = self.of_pieces.get_or_init(|| {
            let several = self.roads.iter().filter(|r| r.parts.len() > 1);
            several
                .flat_map(|r| (0_u32..).zip(&r.parts))
                .flat_map(|(part, line)| line.windows(2).map(move |w| (key([rounded(w[0]), rounded(w[1])]), part)))
                .collect()
        });
        let part = |s: PointId| pieces.get(&key([s, s + 1].map(|p| self.network.degrees_e7[p as usize])));
        part(a) == part(b)
    }
}

/// Two positions, the smaller first.
fn key([a, b]: [[i32; 2]; 2]) -> [[i32; 2]; 2] {
    if a <= b { [a, b] } else { [b, a] }
}
