//! The travel-time field: what the whole network says once the search is done.
//!
//! In: network, costs, starts. Out: [`TravelField`]: first arrivals at every point of every road, the pieces of road that
//! help comes along, and how each start joins the network. Frozen and shared; a [`super::View`] asks it about places.

use super::piece::{Leg, Piece};
use super::search::{FirstTwo, first_arrivals, first_two_arrivals};
use crate::network::{Costs, Link, LinkId, NodeId, PointId, RoadNetwork, RoadPoint};
use geo::Coord;
use lifering_base::units::{Arrival, Milliseconds, SourceId};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Where somebody starts from, and when.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// Local metres.
    pub xy: Coord<f64>,
    /// Time that has passed before leaving (answering, processing, turnout).
    pub delay: Milliseconds,
}

/// Parameters of a field.
#[derive(Clone, Copy, Debug)]
pub struct FieldSettings {
    /// The leg between road and place.
    pub leg: Leg,
    /// Milliseconds a metre between a start and the road.
    pub driveway_ms_per_m: f64,
    /// Whether a start within the leg's reach is also reached straight (on foot).
    pub straight: bool,
}

/// Arrivals everywhere along the roads.
#[derive(Debug)]
pub struct TravelField<'n> {
    /// The roads.
    pub network: &'n RoadNetwork,
    /// Times along them.
    pub costs: &'n Costs,
    /// Parameters.
    pub settings: FieldSettings,
    /// First arrival at every point of the network along its own link.
    pub arrivals: Vec<Option<Arrival>>,
    /// How each start joins the network; `None` where there is no road with roadside access at all.
    pub joins: Vec<Option<RoadPoint>>,
    /// Pieces that begin at a start in the middle of a segment, and the starts themselves where they are walked to; by
    /// segment.
    pub extra: Vec<Piece>,
}

/// A start in the middle of a link: where along it (milliseconds from its first point) and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnLink {
    along_ms: u32,
    arrival: Arrival,
}

impl OnLink {
    /// When a point of its own link, `point_ms` from the link's first point, is reached without leaving the link.
    pub(super) fn at(&self, link: &Link, point_ms: u32) -> Option<Arrival> {
        let later = |ms: u32| Arrival { at: self.arrival.at.plus(Milliseconds(ms)), by: self.arrival.by };
        if point_ms >= self.along_ms && link.forward {
            Some(later(point_ms - self.along_ms))
        } else if point_ms <= self.along_ms && link.backward {
            Some(later(self.along_ms - point_ms))
        } else {
            None
        }
    }
}

/// How one start joins the network.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// Junctions at the ends of its link, and when they are reached.
    pub(super) seeds: Vec<(NodeId, Arrival)>,
    /// Its link, where it stands in the middle of one.
    pub(super) on_link: Option<(LinkId, OnLink)>,
    /// The halves of the segment it enters, and the start itself where it is walked to.
    pub(super) extra: Vec<Piece>,
}

/// From a start, over its driveway, onto the road at `join`.
pub(super) fn enter(
    network: &RoadNetwork,
    costs: &Costs,
    start: &Start,
    by: SourceId,
    join: Option<&RoadPoint>,
    settings: FieldSettings,
) -> Entry {
    let mut entry = Entry::default();
    if settings.straight {
        let mut piece = Piece::new(start.xy, start.xy, 0.0, settings.leg);
        piece.start_ms = f64::from(start.delay.0);
        piece.start_by = Some(by);
        entry.extra.push(piece);
    }
    let Some(join) = join else { return entry };
    let driveway = Milliseconds((join.distance_m * settings.driveway_ms_per_m).round() as u32);
    let arrival = Arrival { at: start.delay.plus(driveway), by };
    let link_id = network.link_of[join.segment as usize];
    let link = &network.links[link_id as usize];
    let (before, after) = (costs.along_ms[join.segment as usize], costs.along_ms[join.segment as usize + 1]);
    let along_ms = before + (f64::from(after - before) * join.fraction).round() as u32;
    let total = costs.link_ms(link);
    if along_ms == 0 {
        entry.seeds.push((link.from, arrival));
    } else if along_ms == total {
        entry.seeds.push((link.to, arrival));
    } else {
        let later = |ms: u32| Arrival { at: arrival.at.plus(Milliseconds(ms)), by };
        if link.forward {
            entry.seeds.push((link.to, later(total - along_ms)));
        }
        if link.backward {
            entry.seeds.push((link.from, later(along_ms)));
        }
        entry.on_link = Some((link_id, OnLink { along_ms, arrival }));
        let halves = [along_ms - before, after - along_ms];
        entry.extra.extend(split_pieces(network, link, join, arrival, halves, settings.leg));
    }
    entry
}

impl<'n> TravelField<'n> {
    /// Searches from all starts to everything.
    pub fn new(network: &'n RoadNetwork, costs: &'n Costs, starts: &[Start], settings: FieldSettings) -> Self {
        let joins: Vec<Option<RoadPoint>> =
            starts.par_iter().map(|start| network.index.nearest(network, start.xy)).collect();
        let Entries { seeds, on_links, mut extra } = entries(network, costs, starts, &joins, settings);
        extra.sort_by_key(|piece| piece.segment);
        let labels = first_arrivals(&costs.graph, costs.longest_ms, &seeds, None);
        let arrivals = spread(network, costs, &on_links, |node| [labels[node as usize]], |all| all.min());
        Self { network, costs, settings, arrivals, joins, extra }
    }

    /// For every point of the network the first arrival from another start than the one that comes first. `starts` are
    /// those of the field.
    pub fn second_arrivals(&self, starts: &[Start]) -> Vec<Option<Arrival>> {
        let Entries { seeds, on_links, .. } = entries(self.network, self.costs, starts, &self.joins, self.settings);
        let labels = first_two_arrivals(&self.costs.graph, self.costs.longest_ms, &seeds);
        let of = |node: NodeId| [labels[node as usize].first, labels[node as usize].second];
        spread(self.network, self.costs, &on_links, of, |all| {
            let mut two = FirstTwo::default();
            all.for_each(|arrival| {
                two.offer(arrival);
            });
            two.second
        })
    }

    /// The pieces that begin at a start in the middle of a segment.
    pub fn extra_on(&self, segment: PointId) -> &[Piece] {
        let first = self.extra.partition_point(|p| p.segment < Some(segment));
        let end = self.extra.partition_point(|p| p.segment <= Some(segment));
        &self.extra[first..end]
    }

    /// One segment as a piece, with the times at its ends.
    #[inline]
    pub fn piece(&self, segment: PointId) -> Piece {
        self.piece_with(segment, |point| self.arrivals[point])
    }

    /// One segment as a piece, with other times at its ends than the first arrivals.
    #[inline]
    pub(super) fn piece_with(&self, segment: PointId, at: impl Fn(usize) -> Option<Arrival>) -> Piece {
        let (a, b) = (segment as usize, segment as usize + 1);
        let link = &self.network.links[self.network.link_of[a] as usize];
        let duration = f64::from(self.costs.along_ms[b] - self.costs.along_ms[a]);
        let mut piece = Piece::new(self.network.xy[a], self.network.xy[b], duration, self.settings.leg);
        piece.segment = Some(segment);
        if let Some(arrival) = at(a).filter(|_| link.forward) {
            piece.start_ms = f64::from(arrival.at.0);
            piece.start_by = Some(arrival.by);
        }
        if let Some(arrival) = at(b).filter(|_| link.backward) {
            piece.end_ms = f64::from(arrival.at.0);
            piece.end_by = Some(arrival.by);
        }
        piece
    }
}

/// The two halves of the segment that a start enters in the middle.
fn split_pieces(
    network: &RoadNetwork,
    link: &Link,
    join: &RoadPoint,
    arrival: Arrival,
    [to_first_ms, to_last_ms]: [u32; 2],
    leg: Leg,
) -> impl Iterator<Item = Piece> {
    let ends = [
        (link.backward, network.xy[join.segment as usize], to_first_ms),
        (link.forward, network.xy[join.segment as usize + 1], to_last_ms),
    ];
    let (from, segment) = (join.xy, join.segment);
    ends.into_iter().filter(|(allowed, _, ms)| *allowed && *ms > 0).map(move |(_, to, ms)| {
        let mut piece = Piece::new(from, to, f64::from(ms), leg);
        piece.start_ms = f64::from(arrival.at.0);
        piece.start_by = Some(arrival.by);
        piece.segment = Some(segment);
        piece
    })
}

/// Where a search from some starts begins.
struct Entries {
    seeds: Vec<(NodeId, Arrival)>,
    on_links: BTreeMap<LinkId, Vec<OnLink>>,
    extra: Vec<Piece>,
}

fn entries(
    network: &RoadNetwork,
    costs: &Costs,
    starts: &[Start],
    joins: &[Option<RoadPoint>],
    settings: FieldSettings,
) -> Entries {
    let mut all = Entries { seeds: Vec::new(), on_links: BTreeMap::new(), extra: Vec::new() };
    for (index, (start, join)) in starts.iter().zip(joins).enumerate() {
        let entry = enter(network, costs, start, SourceId::new(index), join.as_ref(), settings);
        all.seeds.extend(entry.seeds);
        all.extra.extend(entry.extra);
        if let Some((link, start)) = entry.on_link {
            all.on_links.entry(link).or_default().push(start);
        }
    }
    all
}

/// From junctions to every point in between: `labels` says what arrives at a junction, `keep` what is kept of all that
/// arrives at a point.
fn spread<const N: usize>(
    network: &RoadNetwork,
    costs: &Costs,
    on_links: &BTreeMap<LinkId, Vec<OnLink>>,
    labels: impl Fn(NodeId) -> [Option<Arrival>; N] + Sync,
    keep: impl Fn(&mut dyn Iterator<Item = Arrival>) -> Option<Arrival> + Sync,
) -> Vec<Option<Arrival>> {
    let mut arrivals: Vec<Option<Arrival>> = vec![None; network.xy.len()];
    let mut rest = arrivals.as_mut_slice();
    let mut slices = Vec::with_capacity(network.links.len());
    for (id, link) in network.links.iter().enumerate() {
        let (mine, others) = rest.split_at_mut((link.last - link.first + 1) as usize);
        slices.push((id as u32, link, mine));
        rest = others;
    }
    slices.into_par_iter().with_min_len(1024).for_each(|(id, link, mine)| {
        let along = &costs.along_ms[link.first as usize..=link.last as usize];
        let total = costs.link_ms(link);
        let (from, to) = (labels(link.from), labels(link.to));
        let later = |a: Arrival, ms: u32| Arrival { at: a.at.plus(Milliseconds(ms)), by: a.by };
        let starts = on_links.get(&id).map_or(&[][..], Vec::as_slice);
        let last = mine.len() - 1;
        for (i, slot) in mine.iter_mut().enumerate() {
            let ahead = from.iter().flatten().filter(|_| link.forward).map(|a| later(*a, along[i]));
            let behind = to.iter().flatten().filter(|_| link.backward).map(|a| later(*a, total - along[i]));
            let at_end = match i {
                0 => from,
                i if i == last => to,
                _ => [None; N],
            };
            let starting = starts.iter().filter_map(|s| s.at(link, along[i]));
            *slot = keep(&mut ahead.chain(behind).chain(at_end.into_iter().flatten()).chain(starting));
        }
    });
    arrivals
}
