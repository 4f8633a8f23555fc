//! How an ambulance may use the roads, and why (roads.md): what is decided against what a road looks like is told.
//!
//! In: a city. Out: [`RoadUse`], counts and kilometres by reason, and [`RoadNotes`], every place for a map. Findings are
//! also logged as issues of their layers.

use super::issue_log::IssueLog;
use crate::city::City;
use crate::network::{PointOutcome, TurnOutcome, Usage};
use lifering_base::error::Place;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::parameters::{Drive, Obey};
use lifering_base::records::road_class::RoadClass;
use lifering_base::records::{Direction, Layer, Permission, Road};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

/// Example places of each reason.
const EXAMPLES: usize = 3;

/// Why a road is driven or not, or is unlike others of its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoadReason {
    /// An access key closes it (`no`).
    Closed,
    /// An access key closes one direction.
    ClosedOneWay,
    /// A class that is not for vehicles in general: busway, guideway, raceway, escape, rest area.
    ClosedByClass,
    /// Open for emergencies by its key, but of a class that nobody drives: steps, or what is not there.
    NeverDriven,
    /// Private, and `[drive] private` is off.
    Private,
    /// One way that changes with the time: not driven.
    Changing,
    /// A ferry; not used unless `[drive] ferries` is on.
    Ferry,
    /// Open for emergencies although its class or another key closes it.
    ForEmergencies,
    /// Open to some (private, destination, customers ...): driven.
    OpenToSome,
    /// A bridge, tunnel or motorroad: driven, but nobody can step down.
    Raised,
    /// A class that is not known, or none: driven at `default_kmh`.
    UnknownClass,
    /// Cut by a point that no ambulance passes.
    BlockedByPoint,
}

impl RoadReason {
    /// Its word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::ClosedOneWay => "closed_one_way",
            Self::ClosedByClass => "closed_by_class",
            Self::NeverDriven => "never_driven",
            Self::Private => "private",
            Self::Changing => "changing",
            Self::Ferry => "ferry",
            Self::ForEmergencies => "for_emergencies",
            Self::OpenToSome => "open_to_some",
            Self::Raised => "raised",
            Self::UnknownClass => "unknown_class",
            Self::BlockedByPoint => "blocked_by_point",
        }
    }
}

/// Roads of one reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReasonUse {
    /// The reason.
    pub reason: RoadReason,
    /// Number of road features.
    pub roads: usize,
    /// Their length, km.
    pub km: f64,
    /// First places: longitude and latitude of a vertex, WGS 84 degrees to 7 decimals.
    pub examples: Vec<[f64; 2]>,
}

/// Points on roads by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PointUse {
    /// Points that cut the road.
    pub blocking: usize,
    /// Points that are driven past.
    pub passed: usize,
    /// Points on vertices of roads that are not driven.
    pub not_driven: usize,
    /// Points on no vertex of a road.
    pub off_road: usize,
}

/// Turn restrictions by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TurnUse {
    /// Restrictions that count.
    pub kept: usize,
    /// Restrictions on roads that are not driven, or not in that direction.
    pub without_effect: usize,
    /// Restrictions that except emergency vehicles: void.
    pub excepted: usize,
    /// Restrictions that name a road that is missing, or roads that do not meet: void.
    pub broken: usize,
}

/// How an ambulance may use the roads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoadUse {
    /// Reasons that occur, in the order of [`RoadReason`]. A road may have several.
    pub by_reason: Vec<ReasonUse>,
    /// The layer of points on roads.
    pub points: PointUse,
    /// The layer of turn restrictions.
    pub turns: TurnUse,
}

/// Every road, point and turn that [`RoadUse`] counts.
#[derive(Clone, Debug, Default)]
pub struct RoadNotes {
    /// Reason and position in the roads, sorted.
    pub roads: Vec<(RoadReason, usize)>,
    /// Indexed by point on a road.
    pub points: Vec<PointOutcome>,
    /// Indexed by turn restriction.
    pub turns: Vec<TurnOutcome>,
}

impl RoadNotes {
    /// Looks at every road, point and turn of a city. Turns are told as if all rules were kept.
    pub fn of(city: &City) -> Self {
        let records = city.records();
        let drive = &records.settings.drive;
        let network = city.network(Usage::Drive(Obey::All));
        let mut notes =
            Self { roads: Vec::new(), points: network.point_outcomes.clone(), turns: network.turn_outcomes.clone() };
        let blocked = positions(
            records
                .road_barriers
                .iter()
                .zip(&notes.points)
                .filter_map(|(point, outcome)| (*outcome == PointOutcome::Blocks).then_some([point.place])),
        );
        for (at, road) in records.roads.iter().enumerate() {
            let cut = !blocked.is_empty() && drives(road, drive) && {
                let mut vertices = road.parts.iter().flatten();
                vertices.any(|place| blocked.contains(&rounded(*place)))
            };
            let found = reasons(road, drive).into_iter().chain(cut.then_some(RoadReason::BlockedByPoint));
            notes.roads.extend(found.map(|reason| (reason, at)));
        }
        notes.roads.sort_unstable();
        notes.find_not_driven(city);
        notes
    }
}

impl RoadNotes {
    /// Tells points on roads that are not driven from points on no road.
    fn find_not_driven(&mut self, city: &City) {
        let records = city.records();
        let off = records.road_barriers.iter().zip(&self.points).filter(|(_, of)| **of == PointOutcome::OffRoad);
        let off = positions(off.map(|(point, _)| [point.place]));
        if off.is_empty() {
            return;
        }
        let vertices = records.roads.iter().flat_map(|road| road.parts.iter().flatten());
        let met: HashSet<[i64; 2]> =
            vertices.map(|place| rounded(*place)).filter(|place| off.contains(place)).collect();
        for (point, outcome) in records.road_barriers.iter().zip(&mut self.points) {
            if *outcome == PointOutcome::OffRoad && met.contains(&rounded(point.place)) {
                *outcome = PointOutcome::NotDriven;
            }
        }
    }
}

fn rounded(place: lifering_base::frame::LonLat) -> [i64; 2] {
    [place.lon, place.lat].map(|degrees| (degrees * 1e7).round() as i64)
}

fn positions(lines: impl Iterator<Item = [lifering_base::frame::LonLat; 1]>) -> HashSet<[i64; 2]> {
    lines.map(|[place]| rounded(place)).collect()
}

fn drives(road: &Road, drive: &Drive) -> bool {
    road.driven(drive, Obey::All) != [false, false]
}

/// The reasons of one road but for points.
fn reasons(road: &Road, drive: &Drive) -> Vec<RoadReason> {
    let [along, against] = [road.access.forward, road.access.backward];
    let either = |wanted: &[Permission]| wanted.contains(&along) || wanted.contains(&against);
    let mut found = Vec::new();
    let drivable = road.class.drivable();
    if road.class == RoadClass::Ferry {
        return vec![RoadReason::Ferry];
    }
    if road.class == RoadClass::Other && drives(road, drive) {
        found.push(RoadReason::UnknownClass);
    }
    if road.direction == Direction::Changing && drivable {
        found.push(RoadReason::Changing);
    }
    let closes = |permission| matches!(permission, Permission::Closed | Permission::NotForEmergencies);
    match (closes(along), closes(against)) {
        (true, true) if drivable => found.push(RoadReason::Closed),
        (one, other) if one != other && drivable => found.push(RoadReason::ClosedOneWay),
        _ => {}
    }
    if road.class.closed_to_vehicles() && !drives(road, drive) {
        found.push(RoadReason::ClosedByClass);
    }
    if road.class.never_drivable() && either(&[Permission::ForEmergencies]) {
        found.push(RoadReason::NeverDriven);
    }
    if drivable && either(&[Permission::Private]) && !drive.private {
        found.push(RoadReason::Private);
    }
    if drives(road, drive) {
        if either(&[Permission::ForEmergencies]) {
            found.push(RoadReason::ForEmergencies);
        } else if either(&[Permission::Open, Permission::Private]) {
            found.push(RoadReason::OpenToSome);
        }
        if road.raised() {
            found.push(RoadReason::Raised);
        }
    }
    found
}

impl RoadUse {
    /// Counts the notes of a city and logs them.
    pub fn of(city: &City, notes: &RoadNotes, log: &mut IssueLog) -> Self {
        let mut by_reason: BTreeMap<RoadReason, ReasonUse> = BTreeMap::new();
        for (reason, at) in &notes.roads {
            let road = &city.records().roads[*at];
            let of = by_reason.entry(*reason).or_insert(ReasonUse {
                reason: *reason,
                roads: 0,
                km: 0.0,
                examples: Vec::new(),
            });
            of.roads += 1;
            of.km += road.length_m() / 1000.0;
            if of.examples.len() < EXAMPLES {
                let middle = road.parts.first().and_then(|part| part.get(part.len() / 2));
                of.examples.extend(middle.map(|p| rounded(*p).map(|e7| e7 as f64 / 1e7)));
            }
        }
        let count = |wanted: &[TurnOutcome]| notes.turns.iter().filter(|outcome| wanted.contains(outcome)).count();
        let points = |wanted| notes.points.iter().filter(|outcome| **outcome == wanted).count();
        log_roads(city, notes, log);
        log_points(city, notes, log);
        log_turns(city, notes, log);
        Self {
            by_reason: by_reason.into_values().collect(),
            points: PointUse {
                blocking: points(PointOutcome::Blocks),
                passed: points(PointOutcome::Passed),
                not_driven: points(PointOutcome::NotDriven),
                off_road: points(PointOutcome::OffRoad),
            },
            turns: TurnUse {
                kept: count(&[TurnOutcome::Kept]),
                without_effect: count(&[TurnOutcome::WithoutEffect]),
                excepted: count(&[TurnOutcome::Excepted]),
                broken: count(&[TurnOutcome::RoadMissing, TurnOutcome::NotJoined]),
            },
        }
    }
}

fn log_roads(city: &City, notes: &RoadNotes, log: &mut IssueLog) {
    let records = city.records();
    let Some(mut issues) = log.of_layer(records, Layer::Roads) else { return };
    for (reason, at) in &notes.roads {
        let road = &records.roads[*at];
        let id = road.id.clone().or_else(|| road.name.clone());
        let place = Place { feature: Some(road.feature), id, ..Place::file(issues.file) };
        let code = match reason {
            // Told by the reader, by the point, or the usual case.
            RoadReason::UnknownClass | RoadReason::BlockedByPoint | RoadReason::OpenToSome => continue,
            RoadReason::Raised => IssueCode::Raised,
            _ => IssueCode::RoadAccess,
        };
        let found = match reason {
            RoadReason::Closed => message!("message.road_closed"),
            RoadReason::ClosedOneWay => message!("message.road_closed_one_way"),
            RoadReason::ClosedByClass => message!("message.road_class_closed"),
            RoadReason::NeverDriven => message!("message.road_never"),
            RoadReason::Private => message!("message.road_private"),
            RoadReason::Changing => message!("message.road_changing"),
            RoadReason::Ferry => message!("message.road_ferry"),
            RoadReason::ForEmergencies => message!("message.road_opened"),
            _ => message!("message.road_raised"),
        };
        let done = match reason {
            RoadReason::ForEmergencies => message!("message.is_driven"),
            RoadReason::Raised => message!("message.nobody_steps_down"),
            RoadReason::ClosedOneWay => message!("message.driven_one_way"),
            RoadReason::Ferry if records.settings.drive.ferries => message!("message.is_driven"),
            _ => message!("message.not_driven"),
        };
        issues.note(code, &place, found, done);
    }
}

fn log_points(city: &City, notes: &RoadNotes, log: &mut IssueLog) {
    let records = city.records();
    let Some(mut issues) = log.of_layer(records, Layer::RoadBarriers) else { return };
    for (point, outcome) in records.road_barriers.iter().zip(&notes.points) {
        let place = Place { feature: Some(point.feature), id: point.id.clone(), ..Place::file(issues.file) };
        match outcome {
            PointOutcome::Passed | PointOutcome::NotDriven => {}
            PointOutcome::Blocks => {
                let (found, done) = (message!("message.point_blocks"), message!("message.road_cut_there"));
                issues.note(IssueCode::BlockedPoint, &place, found, done);
            }
            PointOutcome::OffRoad => {
                let (found, wanted) = (message!("message.point_off_road"), message!("message.on_a_vertex"));
                issues.note(IssueCode::PointOffRoad, &place, found, wanted);
            }
        }
    }
}

fn log_turns(city: &City, notes: &RoadNotes, log: &mut IssueLog) {
    let records = city.records();
    let Some(mut issues) = log.of_layer(records, Layer::Turns) else { return };
    for (turn, outcome) in records.turns.iter().zip(&notes.turns) {
        let place = Place { feature: Some(turn.feature), id: turn.id.clone(), ..Place::file(issues.file) };
        let (code, found) = match outcome {
            TurnOutcome::Kept | TurnOutcome::WithoutEffect => continue,
            TurnOutcome::Excepted => (IssueCode::TurnExcepted, message!("message.turn_excepted")),
            TurnOutcome::RoadMissing => (IssueCode::TurnVoid, message!("message.turn_road_missing")),
            TurnOutcome::NotJoined => (IssueCode::TurnVoid, message!("message.turn_not_joined")),
        };
        issues.note(code, &place, found, message!("message.turn_void"));
    }
}
