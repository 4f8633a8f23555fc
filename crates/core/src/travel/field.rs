//! The travel-time field.
//!
//! In: a network, costs, starts. Out: a [`TravelField`]: the first arrival at every node and every point of every road,
//! and where each start enters the network. Frozen and shared by threads; [`super::EarliestArrival`] and [`super::ActiveSet`]
//! answer for places off the road.

use super::barriers::Barriers;
use super::entry::Entries;
use super::search::{FirstTwo, first_arrivals, first_two_arrivals};
use super::timed_segment::{AccessLeg, TimedSegment};
use crate::network::{Costs, Link, LinkId, NodeId, PointId, RoadNetwork, RoadPoint};
use geo::Coord;
use lifering_base::units::{Arrival, Milliseconds, SourceId};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// A start of travel: a station, facility or candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// Place, local metres.
    pub xy: Coord<f64>,
    /// Time before departure (answering, processing, turnout).
    pub delay: Milliseconds,
}

/// Parameters of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldSettings {
    /// The access leg between road and place.
    pub leg: AccessLeg,
    /// Slowness of the driveway between a start and the road, milliseconds a metre.
    pub driveway_ms_per_m: f64,
    /// Whether places within the access leg's reach of a start are also reached straight, on foot.
    pub straight: bool,
    /// Whether a start whose nearest roads lead nowhere enters the main part of the network as well.
    pub way_out: bool,
}

/// First arrivals everywhere along the roads.
#[derive(Debug)]
pub struct TravelField {
    /// The road network.
    pub network: Arc<RoadNetwork>,
    /// Times along its links.
    pub costs: Arc<Costs>,
    /// Parameters.
    pub settings: FieldSettings,
    /// Indexed by node of the graph: first arrival; `None` if it is not reached.
    pub node_arrivals: Vec<Option<Arrival>>,
    /// Indexed by point: first arrival along the point's own link, at its ends as whoever goes on along it; `None` if it is
    /// not reached.
    pub arrivals: Vec<Option<Arrival>>,
    /// Indexed by start.
    pub entries: Vec<Entries>,
    /// The segment parts that begin at a start in the middle of a segment, and a zero-length segment for each start
    /// that is also reached on foot. Ordered by network segment, those without one first.
    pub start_segments: Vec<TimedSegment>,
}

/// A start in the middle of a link: its position, milliseconds from the link's first point, and its arrival there.
#[derive(Clone, Copy, Debug)]
pub(super) struct MidLinkStart {
    /// The segment it lies on.
    segment: PointId,
    along_ms: u32,
    pub(super) arrival: Arrival,
}

impl MidLinkStart {
    /// Arrival at a point of the same link, `point_ms` from its first point, without leaving the link; `None` if that
    /// is against the permitted direction.
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

    /// The segments of its link that it passes on the way to a point.
    pub(super) fn passed(&self, point: PointId) -> Range<PointId> {
        if point > self.segment { self.segment..point } else { point..self.segment + 1 }
    }
}

/// What a start brings to the network where it enters.
#[derive(Clone, Debug, Default)]
pub(super) struct NetworkEntry {
    /// Arrivals at the nodes that its links end at.
    pub(super) seeds: Vec<(NodeId, Arrival)>,
    /// The links in the middle of which it enters.
    pub(super) mid_link_starts: Vec<(LinkId, MidLinkStart)>,
    /// The parts of the segments it enters, and a zero-length segment if it is also reached on foot.
    pub(super) start_segments: Vec<TimedSegment>,
}

/// Enters the network at every entry of a start, over the driveways.
pub(super) fn enter_network(
    network: &RoadNetwork,
    costs: &Costs,
    start: &Start,
    by: SourceId,
    entries: &Entries,
    settings: FieldSettings,
) -> NetworkEntry {
    enter_open_network(network, costs, start, by, entries, settings, &|_| true)
}

/// The same where some segments are closed: `open` tells whether a run of segments of one link can be driven.
pub(super) fn enter_open_network(
    network: &RoadNetwork,
    costs: &Costs,
    start: &Start,
    by: SourceId,
    entries: &Entries,
    settings: FieldSettings,
    open: &dyn Fn(Range<PointId>) -> bool,
) -> NetworkEntry {
    let mut entry = NetworkEntry::default();
    if settings.straight {
        let mut timed = TimedSegment::new(start.xy, start.xy, 0.0, settings.leg);
        timed.start_ms = f64::from(start.delay.0);
        timed.start_by = Some(by);
        entry.start_segments.push(timed);
    }
    for point in &entries.points {
        let driveway = Milliseconds((point.distance_m * settings.driveway_ms_per_m).round() as u32);
        let arrival = Arrival { at: start.delay.plus(driveway), by };
        entry.enter_at(network, costs, point, arrival, settings.leg, open);
    }
    entry
}

impl NetworkEntry {
    fn enter_at(
        &mut self,
        network: &RoadNetwork,
        costs: &Costs,
        point: &RoadPoint,
        arrival: Arrival,
        leg: AccessLeg,
        open: &dyn Fn(Range<PointId>) -> bool,
    ) {
        let id = network.link_of[point.segment as usize];
        let link = &network.links[id as usize];
        let (before, after) = (costs.along_ms[point.segment as usize], costs.along_ms[point.segment as usize + 1]);
        let along_ms = before + (f64::from(after - before) * point.fraction).round() as u32;
        let total = costs.link_ms(link);
        if along_ms == 0 || along_ms == total {
            let junction = if along_ms == 0 { link.from } else { link.to };
            self.seeds.push((junction, arrival));
            if !network.leaves_by_the_roadside(junction, &|segment| open(segment..segment + 1)) {
                self.step_down_at(point, arrival, leg);
            }
            return;
        }
        let later = |ms: u32| Arrival { at: arrival.at.plus(Milliseconds(ms)), by: arrival.by };
        if link.forward && open(point.segment..link.last) {
            self.seeds.push((network.head(id, true), later(total - along_ms)));
        }
        if link.backward && open(link.first..point.segment + 1) {
            self.seeds.push((network.head(id, false), later(along_ms)));
        }
        self.mid_link_starts.push((id, MidLinkStart { segment: point.segment, along_ms, arrival }));
        let halves = [along_ms - before, after - along_ms];
        // At the end of a segment it is the next one that holds the point.
        let holds = |segment: PointId| network.roadside[segment as usize] && open(segment..segment + 1);
        let next = (point.segment + 1 < link.last).then(|| point.segment + 1);
        let previous = (point.segment > link.first).then(|| point.segment - 1);
        let ahead = link.forward && (halves[1] > 0 || next.is_some_and(holds));
        let behind = link.backward && (halves[0] > 0 || previous.is_some_and(holds));
        if !ahead && !behind {
            self.step_down_at(point, arrival, leg);
        }
        self.start_segments.extend(split_segment(network, link, point, arrival, halves, leg));
    }

    /// Nobody drives on from a point to where a crew could step down, but it can step down there.
    fn step_down_at(&mut self, point: &RoadPoint, arrival: Arrival, leg: AccessLeg) {
        let mut here = TimedSegment::new(point.xy, point.xy, 0.0, leg);
        here.start_ms = f64::from(arrival.at.0);
        here.start_by = Some(arrival.by);
        self.start_segments.push(here);
    }
}

impl TravelField {
    /// Searches from all starts to every point of the network. No driveway to the main part crosses `barriers`.
    pub fn new(
        network: Arc<RoadNetwork>,
        costs: Arc<Costs>,
        starts: &[Start],
        settings: FieldSettings,
        barriers: Option<&Barriers>,
    ) -> Self {
        let find = |start: &Start| Entries::find(&network, start.xy, settings.way_out, barriers);
        let entries: Vec<Entries> = starts.par_iter().map(find).collect();
        let NetworkEntries { seeds, mid_link_starts, mut start_segments } =
            enter_all(&network, &costs, starts, &entries, settings);
        start_segments.sort_by_key(|timed| timed.segment);
        let node_arrivals = first_arrivals(&costs.graph, costs.longest_ms, &seeds, None);
        let of = |node: NodeId| [node_arrivals[node as usize]];
        let arrivals = propagate(&network, &costs, &mid_link_starts, of, |all| [all.min()]);
        let arrivals = arrivals.into_iter().map(|[first]| first).collect();
        Self { network, costs, settings, node_arrivals, arrivals, entries, start_segments }
    }

    /// Indexed by point: the first arrival from another source than that of the first arrival; `None` if there is
    /// none. `starts` are those of the field.
    pub fn second_arrivals(&self, starts: &[Start]) -> Vec<Option<Arrival>> {
        let NetworkEntries { seeds, mid_link_starts, .. } =
            enter_all(&self.network, &self.costs, starts, &self.entries, self.settings);
        let labels = first_two_arrivals(&self.costs.graph, self.costs.longest_ms, &seeds);
        let of = |node: NodeId| [labels[node as usize].first, labels[node as usize].second];
        let two = propagate(&self.network, &self.costs, &mid_link_starts, of, |all| {
            let mut two = FirstTwo::default();
            all.for_each(|arrival| {
                two.offer(arrival);
            });
            [two.first, two.second]
        });
        two.into_iter().map(|[_, second]| second).collect()
    }

    /// The start segments on one network segment.
    pub fn start_segments_on(&self, segment: PointId) -> &[TimedSegment] {
        let first = self.start_segments.partition_point(|p| p.segment < Some(segment));
        let end = self.start_segments.partition_point(|p| p.segment <= Some(segment));
        &self.start_segments[first..end]
    }

    /// A network segment with the first arrivals at its ends.
    #[inline]
    pub fn timed_segment(&self, segment: PointId) -> TimedSegment {
        self.timed_segment_with(segment, |point| self.arrivals[point])
    }

    /// A network segment with other arrivals at its ends, indexed by point.
    #[inline]
    pub(super) fn timed_segment_with(&self, segment: PointId, at: impl Fn(usize) -> Option<Arrival>) -> TimedSegment {
        let (a, b) = (segment as usize, segment as usize + 1);
        let link = &self.network.links[self.network.link_of[a] as usize];
        let duration = f64::from(self.costs.along_ms[b] - self.costs.along_ms[a]);
        let mut timed = TimedSegment::new(self.network.xy[a], self.network.xy[b], duration, self.settings.leg);
        timed.segment = Some(segment);
        if let Some(arrival) = at(a).filter(|_| link.forward) {
            timed.start_ms = f64::from(arrival.at.0);
            timed.start_by = Some(arrival.by);
        }
        if let Some(arrival) = at(b).filter(|_| link.backward) {
            timed.end_ms = f64::from(arrival.at.0);
            timed.end_by = Some(arrival.by);
        }
        timed
    }
}

/// The parts of the segment on either side of a start that enters in its middle.
fn split_segment(
    network: &RoadNetwork,
    link: &Link,
    entry_point: &RoadPoint,
    arrival: Arrival,
    [to_first_ms, to_last_ms]: [u32; 2],
    leg: AccessLeg,
) -> impl Iterator<Item = TimedSegment> {
    let ends = [
        (link.backward, network.xy[entry_point.segment as usize], to_first_ms),
        (link.forward, network.xy[entry_point.segment as usize + 1], to_last_ms),
    ];
    let (from, segment) = (entry_point.xy, entry_point.segment);
    ends.into_iter().filter(|(allowed, _, ms)| *allowed && *ms > 0).map(move |(_, to, ms)| {
        let mut timed = TimedSegment::new(from, to, f64::from(ms), leg);
        timed.start_ms = f64::from(arrival.at.0);
        timed.start_by = Some(arrival.by);
        timed.segment = Some(segment);
        timed
    })
}

/// Where all starts enter the network.
struct NetworkEntries {
    seeds: Vec<(NodeId, Arrival)>,
    mid_link_starts: BTreeMap<LinkId, Vec<MidLinkStart>>,
    start_segments: Vec<TimedSegment>,
}

fn enter_all(
    network: &RoadNetwork,
    costs: &Costs,
    starts: &[Start],
    entries: &[Entries],
    settings: FieldSettings,
) -> NetworkEntries {
    let mut all = NetworkEntries { seeds: Vec::new(), mid_link_starts: BTreeMap::new(), start_segments: Vec::new() };
    for (index, (start, entries)) in starts.iter().zip(entries).enumerate() {
        let entry = enter_network(network, costs, start, SourceId::new(index), entries, settings);
        all.seeds.extend(entry.seeds);
        all.start_segments.extend(entry.start_segments);
        for (link, start) in entry.mid_link_starts {
            all.mid_link_starts.entry(link).or_default().push(start);
        }
    }
    all
}

/// From nodes to the points of one link: see [`propagate`]. `open` tells whether a run of its segments can be driven.
#[expect(clippy::too_many_arguments, reason = "the parts of a field, some of which a caller replaces")]
pub(super) fn arrivals_along<const N: usize>(
    network: &RoadNetwork,
    costs: &Costs,
    id: LinkId,
    starts: &[MidLinkStart],
    labels: impl Fn(NodeId) -> [Option<Arrival>; N],
    keep: impl Fn(&mut dyn Iterator<Item = Arrival>) -> [Option<Arrival>; N],
    open: impl Fn(Range<PointId>) -> bool,
    arrivals: &mut [[Option<Arrival>; N]],
) {
    let link = &network.links[id as usize];
    let later = |a: Arrival, ms: u32| Arrival { at: a.at.plus(Milliseconds(ms)), by: a.by };
    // Those who leave a junction over a link.
    let leaving = |forward: bool, junction: NodeId| {
        let delay_ms = costs.delay_ms(junction);
        let mut nodes = network.departures(id, forward);
        if let (Some(only), None) = (nodes.next(), nodes.next()) {
            return labels(only).map(|arrival| arrival.map(|a| later(a, delay_ms)));
        }
        let all = network.departures(id, forward).flat_map(&labels).flatten();
        keep(&mut all.map(|a| later(a, delay_ms)))
    };
    let along = &costs.along_ms[link.first as usize..=link.last as usize];
    let total = costs.link_ms(link);
    let ahead = if link.forward { leaving(true, link.from) } else { [None; N] };
    let behind = if link.backward { leaving(false, link.to) } else { [None; N] };
    let last = arrivals.len() - 1;
    for (i, slot) in arrivals.iter_mut().enumerate() {
        let point = link.first + i as PointId;
        let ahead = ahead.iter().flatten().filter(|_| open(link.first..point)).map(|a| later(*a, along[i]));
        let behind = behind.iter().flatten().filter(|_| open(point..link.last)).map(|a| later(*a, total - along[i]));
        let starting = starts.iter().filter(|s| open(s.passed(point))).filter_map(|s| s.at(link, along[i]));
        let mut all = ahead.chain(behind).chain(starting);
        let closed_end = match i {
            0 if !link.forward => Some(link.from),
            i if i == last && !link.backward => Some(link.to),
            _ => None,
        };
        *slot = match closed_end {
            None => keep(&mut all),
            Some(junction) => keep(&mut all.chain(network.nodes_at(junction).flat_map(&labels).flatten())),
        };
    }
}

/// From nodes to every point between them: `labels` gives the arrivals at a node, `keep` reduces all arrivals at a point.
/// At the end of a link stands who goes on along it, after the junction's delay; at an end that it cannot be entered
/// from, whoever arrives there.
fn propagate<const N: usize>(
    network: &RoadNetwork,
    costs: &Costs,
    mid_link_starts: &BTreeMap<LinkId, Vec<MidLinkStart>>,
    labels: impl Fn(NodeId) -> [Option<Arrival>; N] + Sync,
    keep: impl Fn(&mut dyn Iterator<Item = Arrival>) -> [Option<Arrival>; N] + Sync,
) -> Vec<[Option<Arrival>; N]> {
    let mut arrivals: Vec<[Option<Arrival>; N]> = vec![[None; N]; network.xy.len()];
    let mut rest = arrivals.as_mut_slice();
    let mut slices = Vec::with_capacity(network.links.len());
    for (id, link) in network.links.iter().enumerate() {
        let (mine, others) = rest.split_at_mut((link.last - link.first + 1) as usize);
        slices.push((id as u32, link, mine));
        rest = others;
    }
    slices.into_par_iter().with_min_len(1024).for_each(|(id, _, mine)| {
        let starts = mid_link_starts.get(&id).map_or(&[][..], Vec::as_slice);
        arrivals_along(network, costs, id, starts, &labels, &keep, |_| true, mine);
    });
    arrivals
}
