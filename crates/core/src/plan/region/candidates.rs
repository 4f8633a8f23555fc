//! Candidate places for new sites (definitions.md section 8).
//!
//! In: the stations that have no ambulance, if the goal is about driving; the candidates layer, without one medical facilities
//! and road junctions thinned to a spacing. Out: the [`Candidate`]s that the [`Policy`] allows, in this order: stations, then
//! the layer, or facilities and junctions.

use super::objective::{AMBULANCES, Objective};
use crate::city::area_index::AreaIndex;
use crate::city::spatial_join::UnitIndex;
use crate::network::RoadNetwork;
use crate::plan::Study;
use crate::plan::{Parameter, ProposalError};
use geo::{Coord, MultiPolygon};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::message;
use lifering_base::records::attributes::Scalar;
use lifering_base::records::{Layer, Site};
use lifering_base::units::COORDINATE_RESOLUTION_M;
use lifering_readers::Region;
use lifering_standards::catalogue::LayerName;
use std::collections::{BTreeMap, HashMap};

/// Kinds of facilities that are candidates.
const MEDICAL_KINDS: [&str; 3] = ["hospital", "community_health", "town_hospital"];

/// Candidates to generate and to exclude.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Least distance of a junction from other candidates, metres; only without a candidates layer.
    pub spacing_m: f64,
    /// Ids or names of sites; candidates must be within `near_m` of one of them. Empty: anywhere.
    pub near: Vec<String>,
    /// Geodesic distance, metres.
    pub near_m: f64,
    /// Ids or names of units without candidates.
    pub not_in: Vec<String>,
    /// Areas without candidates, degrees; `None`: no such areas.
    pub excluded: Option<MultiPolygon<f64>>,
    /// Cost of giving an ambulance to a station that has none, in the unit of the candidates' cost; `None`: such
    /// stations are no candidates.
    pub reopen_cost: Option<f64>,
}

impl Default for Policy {
    /// Everywhere, junctions at least 500 m apart; `near_m` of the command line is 1 km. Reopening a station costs as much
    /// as a new one whose candidate states no cost.
    fn default() -> Self {
        Self {
            spacing_m: 500.0,
            near: Vec::new(),
            near_m: 1000.0,
            not_in: Vec::new(),
            excluded: None,
            reopen_cost: Some(1.0),
        }
    }
}

/// Source of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CandidateOrigin {
    /// The candidates layer.
    Layer,
    /// A medical facility.
    Facility,
    /// A road junction.
    Junction,
    /// A station that stands already and has no ambulance.
    Reopen,
}

impl CandidateOrigin {
    /// Name in output files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Layer => "layer",
            Self::Facility => "facility",
            Self::Junction => "junction",
            Self::Reopen => "reopen",
        }
    }
}

/// A place for a new site, or a station that may get an ambulance.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Id in its layer; of a junction `J` and its longitude and latitude.
    pub id: String,
    /// Name in its layer; of a junction up to two of its roads, else its id.
    pub name: String,
    /// Degrees.
    pub place: LonLat,
    /// Local metres.
    pub xy: Coord<f64>,
    /// Cost of building, taken from the budget: field `cost` of the candidates layer, in any unit of money; else 1.
    pub cost: f64,
    /// Most people it can serve; `None`: the capacity of the request.
    pub capacity: Option<f64>,
    /// Its own turnout, seconds; `None`: that of the region.
    pub turnout_s: Option<f64>,
    /// Layer, facility, junction or station.
    pub origin: CandidateOrigin,
    /// The station to reopen: position in the stations layer; `None` for new sites.
    pub station: Option<usize>,
    /// Attributes in the candidates layer or of the station; empty for facilities and junctions.
    pub attributes: BTreeMap<String, Scalar>,
}

/// The candidates that a policy allows.
///
/// # Errors
/// The policy names an unknown unit or site, or a candidate of a goal on driving would have no ambulance.
pub fn candidates(
    study: Study<'_>,
    objective: &Objective,
    policy: &Policy,
    ambulances: f64,
) -> Result<Vec<Candidate>, ProposalError> {
    let region = study.city.records();
    if objective.drives() && *objective.layer() == LayerName::Stations {
        refuse_without_ambulances(region, ambulances)?;
    }
    let mut all = policy.reopen_cost.map_or_else(Vec::new, |cost| reopenings(study, objective, ambulances, cost));
    let new_sites = match &region.candidates {
        Some(layer) => layer.iter().map(|site| of_site(study, site, CandidateOrigin::Layer)).collect(),
        None => generated(study, policy.spacing_m, &all),
    };
    let stations = all.len();
    for candidate in new_sites {
        let there = |station: &&mut Candidate| station.place.geodesic_m(candidate.place) <= COORDINATE_RESOLUTION_M;
        match all[..stations].iter_mut().find(there) {
            // No second station beside the one that stands there: the candidate says what reopening it costs.
            Some(station) => {
                (station.cost, station.capacity) = (candidate.cost, candidate.capacity);
            }
            None => all.push(candidate),
        }
    }
    let allowed = allowed(study, policy)?;
    all.retain(|candidate| allowed(candidate));
    Ok(all)
}

/// Refuses a new station without an ambulance, stated by its candidate or asked for all: nobody would drive from it.
fn refuse_without_ambulances(region: &Region, ambulances: f64) -> Result<(), ProposalError> {
    let wanted = || message!("message.at_least_one");
    if ambulances <= 0.0 {
        return Err(ProposalError::asked(Parameter::Ambulances, ambulances.to_string(), wanted()));
    }
    let without = |site: &&Site| site.number(AMBULANCES).is_some_and(|n| n <= 0.0);
    let Some(site) = region.candidates.iter().flatten().find(without) else { return Ok(()) };
    let layer = Layer::Candidates.key();
    let file = region.inputs.iter().find(|input| input.key == layer).map_or(layer, |input| input.file.as_str());
    let place = Place { feature: Some(site.feature), id: Some(site.id.clone()), ..Place::file(file) };
    Err(InputError::wrong(place.field(AMBULANCES), "0", wanted()).into())
}

/// The stations from which nobody drives and the rule would count with an ambulance, in the order of their layer.
fn reopenings(study: Study<'_>, objective: &Objective, ambulances: f64, cost: f64) -> Vec<Candidate> {
    if !objective.drives() {
        return Vec::new();
    }
    let (evidence, places) = (study.city.evidence(), study.city.sites());
    let stations = study.city.records().stations.iter().enumerate();
    stations
        .filter(|(at, _)| !places[*at].dispatches && !evidence.is_air_base(*at))
        .filter(|(_, site)| objective.with_ambulances(&site.attributes, ambulances).is_some())
        .map(|(at, site)| Candidate {
            cost,
            capacity: None,
            station: Some(at),
            ..of_site(study, site, CandidateOrigin::Reopen)
        })
        .collect()
}

fn of_site(study: Study<'_>, site: &Site, origin: CandidateOrigin) -> Candidate {
    Candidate {
        id: site.id.clone(),
        name: site.name.clone(),
        place: site.place,
        xy: study.city.frame().to_local(site.place),
        cost: site.number("cost").unwrap_or(1.0),
        capacity: site.number("capacity"),
        turnout_s: site.number("turnout_s"),
        origin,
        station: None,
        attributes: site.attributes.clone(),
    }
}

/// Medical facilities inside the boundary, then junctions, those of most roads first, none nearer to another candidate
/// or a station of `reopened` than the spacing.
fn generated(study: Study<'_>, spacing_m: f64, reopened: &[Candidate]) -> Vec<Candidate> {
    let medical = |site: &&Site| site.text("kind").is_some_and(|kind| MEDICAL_KINDS.contains(&kind));
    let facilities = study.city.records().facilities.iter().flatten().filter(medical);
    let mut all: Vec<Candidate> = facilities
        .map(|site| Candidate {
            attributes: BTreeMap::new(),
            cost: 1.0,
            capacity: None,
            turnout_s: None,
            ..of_site(study, site, CandidateOrigin::Facility)
        })
        .filter(|candidate| study.city.holds(candidate.place))
        .collect();
    let network = study.city.drive_network();
    let mut spacing = SpacingGrid::new(spacing_m);
    for candidate in reopened.iter().chain(&all) {
        spacing.add(candidate.xy);
    }
    for junction in junctions(&network) {
        if study.city.holds(study.city.frame().to_lon_lat(junction.xy)) && spacing.is_free(junction.xy) {
            spacing.add(junction.xy);
            all.push(of_junction(study, &junction));
        }
    }
    all
}

fn of_junction(study: Study<'_>, junction: &Junction) -> Candidate {
    let place = study.city.frame().to_lon_lat(junction.xy);
    let id = format!("J{:.5},{:.5}", place.normalized().lon, place.lat);
    let mut names: Vec<&str> =
        junction.roads.iter().filter_map(|road| study.city.records().roads[*road as usize].name.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(2);
    Candidate {
        name: if names.is_empty() { id.clone() } else { names.join(" / ") },
        id,
        place,
        xy: junction.xy,
        cost: 1.0,
        capacity: None,
        turnout_s: None,
        origin: CandidateOrigin::Junction,
        station: None,
        attributes: BTreeMap::new(),
    }
}

/// A junction with roadside access.
struct Junction {
    /// Local metres.
    xy: Coord<f64>,
    /// Position in the roads layer of each segment that ends here, with repetition.
    roads: Vec<u32>,
}

/// Junctions with roadside access, those where most links meet first.
fn junctions(network: &RoadNetwork) -> Vec<Junction> {
    let mut found: BTreeMap<u32, Junction> = BTreeMap::new();
    for link in &network.links {
        // The segment at either end decides about roadside access.
        for (node, point, segment) in [(link.from, link.first, link.first), (link.to, link.last, link.last - 1)] {
            if !network.roadside[segment as usize] {
                continue;
            }
            let xy = network.xy[point as usize];
            let junction = found.entry(node).or_insert_with(|| Junction { xy, roads: Vec::new() });
            junction.roads.push(network.road[segment as usize]);
        }
    }
    let mut all: Vec<Junction> = found.into_values().collect();
    // Stable, so that those of equal rank keep the network's order.
    all.sort_by_key(|junction| std::cmp::Reverse(junction.roads.len()));
    all
}

/// Places at least a spacing apart. Cells are as wide as the spacing, so that nine of them hold all near places.
struct SpacingGrid {
    spacing_m: f64,
    cells: HashMap<(i64, i64), Vec<Coord<f64>>>,
}

impl SpacingGrid {
    fn new(spacing_m: f64) -> Self {
        Self { spacing_m: spacing_m.max(1.0), cells: HashMap::new() }
    }

    fn cell(&self, at: Coord<f64>) -> (i64, i64) {
        ((at.x / self.spacing_m).floor() as i64, (at.y / self.spacing_m).floor() as i64)
    }

    fn add(&mut self, at: Coord<f64>) {
        self.cells.entry(self.cell(at)).or_default().push(at);
    }

    fn is_free(&self, at: Coord<f64>) -> bool {
        let (x, y) = self.cell(at);
        let near = |other: &Coord<f64>| libm::hypot((at - *other).x, (at - *other).y) < self.spacing_m;
        !(-1..=1)
            .any(|dx| (-1..=1).any(|dy| self.cells.get(&(x + dx, y + dy)).is_some_and(|cell| cell.iter().any(near))))
    }
}

/// The test of a policy for a candidate.
fn allowed<'p>(study: Study<'p>, policy: &'p Policy) -> Result<impl Fn(&Candidate) -> bool + 'p, ProposalError> {
    let units = study.city.records().units.as_deref().unwrap_or_default();
    let mut excluded_units: Vec<u32> = Vec::new();
    for name in &policy.not_in {
        let named: Vec<u32> = units
            .iter()
            .enumerate()
            .filter(|(_, unit)| unit.id == *name || unit.name == *name)
            .map(|(at, _)| at as u32)
            .collect();
        if named.is_empty() {
            let known: Vec<&str> = units.iter().map(|unit| unit.name.as_str()).take(20).collect();
            let wanted = message!("message.id_of_unit", names = known.join(", "));
            return Err(ProposalError::asked(Parameter::NotIn, format!("\"{name}\""), wanted));
        }
        excluded_units.extend(named);
    }
    let excluded_units = UnitIndex::new(units, &excluded_units);
    let mut near_sites = Vec::new();
    for name in &policy.near {
        let sites = study.city.evidence().sites.iter().zip(study.city.sites());
        let places: Vec<LonLat> =
            sites.filter(|(site, _)| site.id == *name || site.name == *name).map(|(_, at)| at.place).collect();
        if places.is_empty() {
            let wanted = message!("message.id_of_site");
            return Err(ProposalError::asked(Parameter::Near, format!("\"{name}\""), wanted));
        }
        near_sites.extend(places);
    }
    let excluded = policy.excluded.as_ref().map(AreaIndex::new);
    Ok(move |candidate: &Candidate| {
        let near = near_sites.is_empty() || near_sites.iter().any(|at| at.geodesic_m(candidate.place) <= policy.near_m);
        near && excluded_units.unit_of(candidate.place).is_none()
            && !excluded.as_ref().is_some_and(|areas| areas.holds(candidate.place))
    })
}
