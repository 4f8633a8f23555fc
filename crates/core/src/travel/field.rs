//! The travel-time field.
//!
//! In: a network, costs, starts. Out: a [`TravelField`]: the first arrival at every point of every road, and where
//! each start enters the network. Frozen and shared by threads; [`super::EarliestArrival`] and [`super::ActiveSet`]
//! answer for places off the road.

use super::search::{FirstTwo, first_arrivals, first_two_arrivals};
use super::timed_segment::{AccessLeg, TimedSegment};
use crate::network::{Costs, Link, LinkId, NodeId, PointId, RoadNetwork, RoadPoint};
use geo::Coord;
use lifering_base::units::{Arrival, Milliseconds, SourceId};
use rayon::prelude::*;
use std::collections::BTreeMap;
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
#[derive(Clone, Copy, Debug)]
pub struct FieldSettings {
    /// The access leg between road and place.
    pub leg: AccessLeg,
    /// Slowness of the driveway between a start and the road, milliseconds a metre.
    pub driveway_ms_per_m: f64,
    /// Whether places within the access leg's reach of a start are also reached straight, on foot.
    pub straight: bool,
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
    /// Indexed by point: first arrival along the point's own link; `None` if it is not reached.
    pub arrivals: Vec<Option<Arrival>>,
    /// Indexed by start: its entry point on the network; `None` if no road has roadside access.
    pub entry_points: Vec<Option<RoadPoint>>,
    /// The segment parts that begin at a start in the middle of a segment, and a zero-length segment for each start
    /// that is also reached on foot. Ordered by network segment, those without one first.
    pub start_segments: Vec<TimedSegment>,
}

/// A start in the middle of a link: its position, milliseconds from the link's first point, and its arrival there.
#[derive(Clone, Copy, Debug)]
pub(super) struct MidLinkStart {
    along_ms: u32,
    arrival: Arrival,
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
}

/// Where one start enters the network.
#[derive(Debug, Default)]
pub(super) struct NetworkEntry {
    /// Arrivals at the junctions of its link.
    pub(super) seeds: Vec<(NodeId, Arrival)>,
    /// Its link, if it enters in the middle of one.
    pub(super) mid_link_start: Option<(LinkId, MidLinkStart)>,
    /// The parts of the segment it enters, and a zero-length segment if it is also reached on foot.
    pub(super) start_segments: Vec<TimedSegment>,
}

/// Enters the network at `entry_point`, over the driveway.
pub(super) fn enter_network(
    network: &RoadNetwork,
    costs: &Costs,
    start: &Start,
    by: SourceId,
    entry_point: Option<&RoadPoint>,
    settings: FieldSettings,
) -> NetworkEntry {
    let mut entry = NetworkEntry::default();
    if settings.straight {
        let mut timed = TimedSegment::new(start.xy, start.xy, 0.0, settings.leg);
        timed.start_ms = f64::from(start.delay.0);
        timed.start_by = Some(by);
        entry.start_segments.push(timed);
    }
    let Some(entry_point) = entry_point else { return entry };
    let driveway = Milliseconds((entry_point.distance_m * settings.driveway_ms_per_m).round() as u32);
    let arrival = Arrival { at: start.delay.plus(driveway), by };
    let link_id = network.link_of[entry_point.segment as usize];
    let link = &network.links[link_id as usize];
    let (before, after) =
        (costs.along_ms[entry_point.segment as usize], costs.along_ms[entry_point.segment as usize + 1]);
    let along_ms = before + (f64::from(after - before) * entry_point.fraction).round() as u32;
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
        entry.mid_link_start = Some((link_id, MidLinkStart { along_ms, arrival }));
        let halves = [along_ms - before, after - along_ms];
        entry.start_segments.extend(split_segment(network, link, entry_point, arrival, halves, settings.leg));
    }
    entry
}

impl TravelField {
    /// Searches from all starts to every point of the network.
    pub fn new(network: Arc<RoadNetwork>, costs: Arc<Costs>, starts: &[Start], settings: FieldSettings) -> Self {
        let entry_points: Vec<Option<RoadPoint>> =
            starts.par_iter().map(|start| network.index.nearest(&network, start.xy)).collect();
        let NetworkEntries { seeds, mid_link_starts, mut start_segments } =
            enter_all(&network, &costs, starts, &entry_points, settings);
        start_segments.sort_by_key(|timed| timed.segment);
        let labels = first_arrivals(&costs.graph, costs.longest_ms, &seeds, None);
        let arrivals = propagate(&network, &costs, &mid_link_starts, |node| [labels[node as usize]], |all| all.min());
        Self { network, costs, settings, arrivals, entry_points, start_segments }
    }

    /// Indexed by point: the first arrival from another source than that of the first arrival; `None` if there is
    /// none. `starts` are those of the field.
    pub fn second_arrivals(&self, starts: &[Start]) -> Vec<Option<Arrival>> {
        let NetworkEntries { seeds, mid_link_starts, .. } =
            enter_all(&self.network, &self.costs, starts, &self.entry_points, self.settings);
        let labels = first_two_arrivals(&self.costs.graph, self.costs.longest_ms, &seeds);
        let of = |node: NodeId| [labels[node as usize].first, labels[node as usize].second];
        propagate(&self.network, &self.costs, &mid_link_starts, of, |all| {
            let mut two = FirstTwo::default();
            all.for_each(|arrival| {
                two.offer(arrival);
            });
            two.second
        })
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
    entry_points: &[Option<RoadPoint>],
    settings: FieldSettings,
) -> NetworkEntries {
    let mut all = NetworkEntries { seeds: Vec::new(), mid_link_starts: BTreeMap::new(), start_segments: Vec::new() };
    for (index, (start, entry_point)) in starts.iter().zip(entry_points).enumerate() {
        let entry = enter_network(network, costs, start, SourceId::new(index), entry_point.as_ref(), settings);
        all.seeds.extend(entry.seeds);
        all.start_segments.extend(entry.start_segments);
        if let Some((link, start)) = entry.mid_link_start {
            all.mid_link_starts.entry(link).or_default().push(start);
        }
    }
    all
}

/// From junctions to every point between them: `labels` gives the arrivals at a junction, `keep` reduces all arrivals
/// at a point to one.
fn propagate<const N: usize>(
    network: &RoadNetwork,
    costs: &Costs,
    mid_link_starts: &BTreeMap<LinkId, Vec<MidLinkStart>>,
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
        let starts = mid_link_starts.get(&id).map_or(&[][..], Vec::as_slice);
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
