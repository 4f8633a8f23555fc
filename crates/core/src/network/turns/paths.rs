//! Turn records as forbidden sequences of segments.
//!
//! In: turns, roads, and the segments that an ambulance may use. Out: [`ForbiddenPaths`]. A turn holds from every segment
//! of `from` that arrives at the via to every segment of `to` that leaves it, also in the middle of a way; where the two
//! are the same way it means the way back (roads.md section 6). `only_*` forbids every other way on.

use super::super::polyline::rounded;
use super::super::segments::Segments;
use lifering_base::records::{Road, Turn, TurnRule};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a turn record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnOutcome {
    /// It counts.
    Kept,
    /// It counts for nobody who drives: a road of it is not driven, or not in that direction.
    WithoutEffect,
    /// Emergency vehicles are excepted.
    Excepted,
    /// A road that it names is not in the layer.
    RoadMissing,
    /// Its roads do not meet at the via.
    NotJoined,
}

/// A segment with the direction in which it is travelled: true as drawn.
pub(in super::super) type Way = (u32, bool);

/// The sequences of segments that no ambulance may follow, each of at least two.
#[derive(Debug, Default)]
pub(in super::super) struct ForbiddenPaths {
    /// Sorted, each once.
    pub(in super::super) all: BTreeSet<Vec<Way>>,
    /// The vertices at which a turn begins or ends: they must be junctions.
    pub(in super::super) vertices: BTreeSet<u32>,
    /// Indexed by turn.
    pub(in super::super) outcomes: Vec<TurnOutcome>,
}

impl ForbiddenPaths {
    /// The paths of all turns. `directions` tells for every segment whether it is driven as drawn, and against that.
    pub(in super::super) fn of(turns: &[Turn], roads: &[Road], segments: &Segments, directions: &[[bool; 2]]) -> Self {
        let named: BTreeSet<&str> =
            turns.iter().flat_map(|t| t.from.iter().chain(&t.via).chain(&t.to)).map(String::as_str).collect();
        let mut roads_of: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (at, road) in roads.iter().enumerate() {
            if let Some(id) = road.id.as_deref().filter(|id| named.contains(id)) {
                roads_of.entry(id).or_default().push(at as u32);
            }
        }
        let mut is_named = vec![false; roads.len()];
        roads_of.values().flatten().for_each(|road| is_named[*road as usize] = true);
        let mut vertices_of: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for segment in segments.all.iter().filter(|segment| is_named[segment.road as usize]) {
            vertices_of.entry(segment.road).or_default().extend(segment.ends);
        }
        let ground = Ground { segments, directions, roads_of, vertices_of };
        let mut found = Self::default();
        for turn in turns {
            let outcome = found.add(turn, &ground);
            found.outcomes.push(outcome);
        }
        found
    }

    fn add(&mut self, turn: &Turn, ground: &Ground<'_>) -> TurnOutcome {
        if turn.excepted {
            return TurnOutcome::Excepted;
        }
        if turn.from.is_empty()
            || turn.to.is_empty()
            || !turn.roads().all(|id| ground.roads_of.contains_key(id.as_str()))
        {
            return TurnOutcome::RoadMissing;
        }
        let approaches = match ground.approaches(turn) {
            Ok(approaches) => approaches,
            Err(outcome) => return outcome,
        };
        let mut kept = false;
        for (vertex, path) in approaches {
            kept |= self.forbid(turn, ground, vertex, &path);
        }
        if kept { TurnOutcome::Kept } else { TurnOutcome::WithoutEffect }
    }

    /// Forbids what the turn forbids after a path that ends at a vertex; false if nothing.
    fn forbid(&mut self, turn: &Turn, ground: &Ground<'_>, vertex: u32, path: &[Way]) -> bool {
        let way_back = path.last().map(|(segment, forward)| (*segment, !forward));
        let leaving: Vec<Way> = ground.leaving(vertex).collect();
        let same_way = turn.via.is_empty() && turn.from == turn.to;
        let meant = |way: &Way| {
            if same_way { Some(*way) == way_back } else { ground.is_of(way.0, &turn.to) }
        };
        let ways: Vec<Way> = match turn.rule {
            TurnRule::Never => leaving.into_iter().filter(meant).collect(),
            // A road that cannot be entered leaves nothing to choose: the record is void, not a trap.
            TurnRule::Only if !leaving.iter().any(meant) => Vec::new(),
            TurnRule::Only => leaving.into_iter().filter(|way| !meant(way)).collect(),
        };
        for way in &ways {
            let mut forbidden = path.to_vec();
            forbidden.push(*way);
            self.all.insert(forbidden);
        }
        if !ways.is_empty() {
            self.vertices.insert(vertex);
            // The path starts where its first segment ends.
            self.vertices.extend(path.first().map(|(segment, forward)| ground.end(*segment, *forward)));
        }
        !ways.is_empty()
    }
}

/// The roads that turns name.
struct Ground<'a> {
    segments: &'a Segments,
    directions: &'a [[bool; 2]],
    /// By id: the roads that carry it.
    roads_of: BTreeMap<&'a str, Vec<u32>>,
    /// By road: its vertices.
    vertices_of: BTreeMap<u32, BTreeSet<u32>>,
}

impl Ground<'_> {
    /// Whether a segment belongs to a road of one of these ids.
    fn is_of(&self, segment: u32, ids: &[String]) -> bool {
        let road = self.segments.all[segment as usize].road;
        ids.iter().any(|id| self.roads_of.get(id.as_str()).is_some_and(|roads| roads.contains(&road)))
    }

    /// The vertices of the roads of one of these ids.
    fn vertices(&self, ids: &[String]) -> BTreeSet<u32> {
        let roads = ids.iter().filter_map(|id| self.roads_of.get(id.as_str())).flatten();
        roads.filter_map(|road| self.vertices_of.get(road)).flatten().copied().collect()
    }

    /// The vertex where travel along a segment ends.
    fn end(&self, segment: u32, forward: bool) -> u32 {
        self.segments.all[segment as usize].ends[usize::from(forward)]
    }

    fn driven(&self, (segment, forward): Way) -> bool {
        self.directions[segment as usize][usize::from(!forward)]
    }

    /// The ways that leave a vertex.
    fn leaving(&self, vertex: u32) -> impl Iterator<Item = Way> {
        let at = self.segments.incident_to(vertex).iter();
        let ways = at.map(move |segment| (*segment, self.segments.all[*segment as usize].ends[0] == vertex));
        ways.filter(|way| self.driven(*way))
    }

    /// The ways that arrive at a vertex.
    fn arriving(&self, vertex: u32) -> impl Iterator<Item = Way> {
        let at = self.segments.incident_to(vertex).iter();
        let ways = at.map(move |segment| (*segment, self.segments.all[*segment as usize].ends[1] == vertex));
        ways.filter(|way| self.driven(*way))
    }

    /// Every path from an arrival over `from` to the end of the via, with the vertex it ends at.
    fn approaches(&self, turn: &Turn) -> Result<Vec<(u32, Vec<Way>)>, TurnOutcome> {
        let arrivals = |vertex: u32| {
            let over_from = self.arriving(vertex).filter(|way| self.is_of(way.0, &turn.from));
            over_from.map(move |way| (vertex, vec![way])).collect::<Vec<_>>()
        };
        let (from, to) = (self.vertices(&turn.from), self.vertices(&turn.to));
        if turn.via.is_empty() {
            let vertex = turn.place.and_then(|place| self.segments.shared_vertex(rounded(place)));
            let joined = vertex.filter(|vertex| from.contains(vertex) && to.contains(vertex));
            return joined.map(arrivals).ok_or(TurnOutcome::NotJoined);
        }
        let ways: Vec<BTreeSet<u32>> =
            turn.via.iter().map(|id| self.vertices(std::slice::from_ref(id))).chain([to]).collect();
        let starts: BTreeSet<u32> = from.intersection(&ways[0]).copied().collect();
        if starts.is_empty() || ways.windows(2).any(|pair| pair[0].is_disjoint(&pair[1])) {
            return Err(TurnOutcome::NotJoined);
        }
        let mut paths: Vec<(u32, Vec<Way>)> = starts.into_iter().flat_map(arrivals).collect();
        for (id, pair) in turn.via.iter().zip(ways.windows(2)) {
            let meet: BTreeSet<u32> = pair[0].intersection(&pair[1]).copied().collect();
            paths = paths.into_iter().flat_map(|(at, path)| self.along(id, at, &path, &meet)).collect();
        }
        Ok(paths)
    }

    /// The paths on along one road until each vertex of `meet`, without passing a vertex twice.
    fn along(&self, id: &String, from: u32, path: &[Way], meet: &BTreeSet<u32>) -> Vec<(u32, Vec<Way>)> {
        let ids = std::slice::from_ref(id);
        let mut found = Vec::new();
        let mut open = vec![(from, path.to_vec(), BTreeSet::from([from]))];
        while let Some((at, path, seen)) = open.pop() {
            for way in self.leaving(at).filter(|way| self.is_of(way.0, ids)) {
                let next = self.end(way.0, way.1);
                if seen.contains(&next) {
                    continue;
                }
                let mut longer = path.clone();
                longer.push(way);
                if meet.contains(&next) {
                    found.push((next, longer));
                } else {
                    let mut seen = seen.clone();
                    seen.insert(next);
                    open.push((next, longer, seen));
                }
            }
        }
        found.sort_unstable();
        found
    }
}
