//! The tier while a station is dragged: who is reached in time, and when each piece of road is.
//!
//! In: edits. Out: [`Try`], exact. Edits that move stations or take them away are tried on a city that has all the others; that city
//! and its [`Trial`] are kept, so that a drag makes them once. A station that an edit adds stands in that city as well, wherever it was
//! first seen: dragging it is a move.

use super::answers::{EditRefused, Station, Tried, UnitTried, Words};
use super::judged::default_judged;
use super::refusal::Refusal;
use super::workbench::{ById, few_enough, knows_people, stations};
use lifering_base::message;
use lifering_core::audit::under_scenario;
use lifering_core::city::City;
use lifering_core::measure::delay;
use lifering_core::network::RoadNetwork;
use lifering_core::plan::ProposalError;
use lifering_core::plan::trial::{DemandTime, Effect, SiteEdit, Trial};
use lifering_core::travel::Start;
use lifering_core::travel::standing::RoadTimes;
use lifering_readers::scenario::{Edit, Position, Scenario};
use lifering_standards::catalogue::{Clock, LayerName, Standard};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Seconds of a piece that nobody reaches, and of who comes if it is not told.
pub const NOBODY: u16 = u16::MAX;
/// Minutes of the curve.
const CURVE_MINUTES: usize = 60;

/// What a try finds.
#[derive(Debug)]
pub struct Try {
    /// People, units, the rule, stations.
    pub head: Tried,
    /// Indexed by piece: seconds, the mean of both ends.
    pub seconds: Vec<u16>,
}

/// A piece of road, the same under every edit: its road and its ends, 1e-7 degrees, the smaller first.
type PieceKey = (u32, [i32; 2], [i32; 2]);

/// The pieces of road of the base.
#[derive(Debug)]
struct Pieces {
    /// Lon, lat of both ends, 1e-7 degrees.
    ends: Vec<[i32; 4]>,
    road: Vec<u32>,
    /// Indexed by point of the base's network: the piece that begins there.
    of_point: Vec<u32>,
    number: OnceLock<FxHashMap<PieceKey, u32>>,
}

impl Pieces {
    fn new(network: &RoadNetwork) -> Self {
        let (mut ends, mut road) = (Vec::new(), Vec::new());
        let mut of_point = vec![u32::MAX; network.xy.len()];
        for link in &network.links {
            for point in link.first..link.last {
                let (a, b) = (network.degrees_e7[point as usize], network.degrees_e7[point as usize + 1]);
                of_point[point as usize] = ends.len() as u32;
                ends.push([a[0], a[1], b[0], b[1]]);
                road.push(network.road[point as usize]);
            }
        }
        Self { ends, road, of_point, number: OnceLock::new() }
    }

    fn key(road: u32, a: [i32; 2], b: [i32; 2]) -> PieceKey {
        (road, a.min(b), a.max(b))
    }

    /// For each point of another network the piece that begins there; `u32::MAX` for none.
    fn numbers_in(&self, network: &RoadNetwork) -> Vec<u32> {
        let number = self.number.get_or_init(|| {
            let pieces = self.ends.iter().zip(&self.road).enumerate();
            pieces.map(|(at, (e, road))| (Self::key(*road, [e[0], e[1]], [e[2], e[3]]), at as u32)).collect()
        });
        let mut of_point = vec![u32::MAX; network.xy.len()];
        for link in &network.links {
            for point in link.first..link.last {
                let (a, b) = (network.degrees_e7[point as usize], network.degrees_e7[point as usize + 1]);
                if let Some(at) = number.get(&Self::key(network.road[point as usize], a, b)) {
                    of_point[point as usize] = *at;
                }
            }
        }
        of_point
    }
}

/// A city with all edits but those that are tried on it.
#[derive(Debug)]
struct Settled {
    /// The edits that it has, as JSON.
    key: String,
    city: City,
    standard: Standard,
    /// `None`: the rule cannot be tried on this city, and why.
    trial: Result<Trial, Words>,
    demand: Vec<DemandTime>,
    /// Indexed by piece.
    seconds: Vec<u16>,
    /// Indexed by point of its network: the piece that begins there; `None`: as in the base.
    of_point: Option<Vec<u32>>,
    /// Position of each station among the sites, by id.
    sites: ById,
}

/// The tries of a workbench.
#[derive(Debug)]
pub struct Tries {
    base: City,
    standard: Standard,
    /// The rule that is tried; `None` if the standard has no driving rule.
    rule: Option<String>,
    pieces: OnceLock<Pieces>,
    /// The base, and the last other one.
    settled: Mutex<Vec<Arc<Settled>>>,
}

/// Settled cities that are kept: the base, two scenarios that are compared.
const KEPT: usize = 3;

impl Tries {
    pub fn new(base: City, standard: Standard, rule: Option<String>) -> Self {
        Self { base, standard, rule, pieces: OnceLock::new(), settled: Mutex::default() }
    }

    fn pieces(&self) -> &Pieces {
        self.pieces.get_or_init(|| Pieces::new(&self.base.drive_network()))
    }

    /// Number of pieces; the ends of each, degrees; the road of each (docs/workbench.md).
    pub fn pieces_as_bytes(&self) -> Vec<u8> {
        let pieces = self.pieces();
        let mut bytes = Vec::with_capacity(4 + pieces.ends.len() * 20);
        bytes.extend((pieces.ends.len() as u32).to_le_bytes());
        bytes.extend(pieces.ends.iter().flatten().flat_map(|degree| degree.to_le_bytes()));
        bytes.extend(pieces.road.iter().flat_map(|road| road.to_le_bytes()));
        bytes
    }

    /// Indexed by piece: seconds in the region as it was opened.
    pub fn base_seconds(&self) -> Result<Vec<u16>, Refusal> {
        let settled = self.settle(&Parts::of(&[]), &mut Vec::new())?;
        Ok(settled.seconds.clone())
    }

    /// Tries some edits.
    ///
    /// # Errors
    /// There are too many edits, or a value is not what it must be.
    pub fn attempt(&self, edits: &[Edit], limit_s: f64) -> Result<Try, Refusal> {
        few_enough(edits)?;
        let mut refused = Vec::new();
        let parts = Parts::of(edits);
        let mut settled = self.settle(&parts, &mut refused)?;
        let mut parts = parts;
        if settled.trial.is_err() {
            // Nothing can be tried on it: the city of all edits has the times of the roads all the same.
            (parts, refused) = (Parts::whole(edits), Vec::new());
            settled = self.settle(&parts, &mut refused)?;
        }
        let site_edits = site_edits(&settled, &parts, &mut refused);
        let mut stations = stations(&settled.city);
        place_stations(&mut stations, &settled, &parts, &refused);
        refused.sort_by_key(|refused| refused.edit);
        let head = Tried {
            tier: "exact",
            people: None,
            within: None,
            mean_s: None,
            curve: None,
            units: Vec::new(),
            rules: Vec::new(),
            stations,
            refused,
            changed: None,
        };
        let mut answer = Try { head, seconds: settled.seconds.clone() };
        let Ok(trial) = &settled.trial else { return Ok(answer) };
        let effect = trial.effect(&site_edits).map_err(|error| Refusal::defect(&error.to_string()))?;
        let of_point = settled.of_point.as_deref().unwrap_or(&self.pieces().of_point);
        note_seconds(&mut answer.seconds, &effect.roads, of_point);
        if knows_people(&settled.city) {
            count_people(&mut answer.head, &settled, trial, &effect, limit_s);
        }
        answer.head.rules = vec![default_judged(trial.rule(), &trial.outcome(&effect), &settled.standard)];
        Ok(answer)
    }

    /// The city with the edits that are not tried. Edits that do not fit are left out and told.
    fn settle(&self, parts: &Parts<'_>, refused: &mut Vec<EditRefused>) -> Result<Arc<Settled>, Refusal> {
        let mut edits: Vec<(usize, Edit)> = parts.settled.clone();
        loop {
            let kept: Vec<Edit> = edits.iter().map(|(_, edit)| edit.clone()).collect();
            let key = key_of(&kept, parts.whole)?;
            if let Some(found) = self.known(&key) {
                return Ok(found);
            }
            let made =
                Scenario::new("try", kept).map_err(Refusal::from).and_then(|scenario| self.make(&key, &scenario));
            match made {
                Ok(settled) => return Ok(self.keep(settled)),
                Err(refusal) => match refusal.edit().filter(|at| *at < edits.len()) {
                    Some(at) => {
                        let (edit, _) = edits.remove(at);
                        refused.push(EditRefused { edit, message: refusal.message().clone() });
                    }
                    None => return Err(refusal),
                },
            }
        }
    }

    fn known(&self, key: &str) -> Option<Arc<Settled>> {
        let mut all = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all.iter().position(|settled| settled.key == key)?;
        let found = all.remove(at);
        all.insert(0, Arc::clone(&found));
        Some(found)
    }

    fn keep(&self, settled: Settled) -> Arc<Settled> {
        let settled = Arc::new(settled);
        let mut all = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(0, Arc::clone(&settled));
        all.truncate(KEPT);
        settled
    }

    fn make(&self, key: &str, scenario: &Scenario) -> Result<Settled, Refusal> {
        let (city, standard) = under_scenario(&self.base, scenario, true, &self.standard)?;
        let trial = match &self.rule {
            Some(rule) => Trial::new(&city, &standard, rule)
                .map_err(|error: ProposalError| Refusal::from(error).message().clone()),
            None => Err(Words::of(&message!("serve.no_driving_rule"))),
        };
        let evidence = &city.evidence().sites;
        let of_stations = evidence.iter().enumerate().filter(|(_, site)| site.layer == LayerName::Stations);
        let sites = by_word(of_stations.map(|(at, site)| (at, site.id.as_str(), site.name.as_str())));
        let mut seconds = vec![NOBODY; self.pieces().ends.len()];
        let network = city.drive_network();
        let same = Arc::ptr_eq(&network, &self.base.drive_network());
        let of_point = (!same).then(|| self.pieces().numbers_in(&network));
        let mut demand = Vec::new();
        if let Ok(trial) = &trial {
            note_seconds(&mut seconds, &trial.road_times(), of_point.as_deref().unwrap_or(&self.pieces().of_point));
            demand = trial.demand().collect();
        } else {
            for (point, at) in plain_drive(&city, &network).into_iter().enumerate() {
                let piece = of_point.as_deref().unwrap_or(&self.pieces().of_point)[point];
                if let Some(slot) = seconds.get_mut(piece as usize) {
                    *slot = at;
                }
            }
        }
        Ok(Settled { key: key.to_owned(), city, standard, trial, demand, seconds, of_point, sites })
    }
}

/// The edits that are tried, by positions of sites; those that do not fit are told.
fn site_edits(settled: &Settled, parts: &Parts<'_>, refused: &mut Vec<EditRefused>) -> Vec<SiteEdit> {
    let mut edits = Vec::new();
    let mut refuse = |edit: usize, message: &lifering_base::Message| {
        refused.push(EditRefused { edit, message: Words::of(message) });
    };
    let mut edited = BTreeSet::new();
    for (station, edit) in &parts.closed {
        match settled.sites.get(*station) {
            Some(site) if edited.insert(*site) => edits.push(SiteEdit::Remove { site: *site }),
            Some(_) => refuse(*edit, &message!("serve.edited_twice", id = *station)),
            None => refuse(*edit, &message!("serve.no_station", id = *station)),
        }
    }
    for (station, (edit, to)) in &parts.moved {
        let Some(site) = settled.sites.get(*station) else {
            // An added station that was refused is told already.
            if !parts.added.contains(station) {
                refuse(*edit, &message!("serve.no_station", id = *station));
            }
            continue;
        };
        if !edited.insert(*site) {
            refuse(*edit, &message!("serve.edited_twice", id = *station));
            continue;
        }
        let place = to.place();
        if !place.lon.is_finite() || !place.lat.is_finite() || !settled.city.can_stand(place) {
            refuse(*edit, &message!("serve.cannot_stand", lon = place.lon, lat = place.lat));
            // It was never there.
            if parts.added.contains(station) {
                edits.push(SiteEdit::Remove { site: *site });
            }
            continue;
        }
        edits.push(SiteEdit::Move { site: *site, to: place });
    }
    edits
}

/// The edits of a question, parted.
struct Parts<'a> {
    /// With their positions in the question.
    settled: Vec<(usize, Edit)>,
    /// Where each station is moved, with the edit.
    moved: BTreeMap<&'a str, (usize, Position)>,
    /// Stations that are closed, with the edit.
    closed: BTreeMap<&'a str, usize>,
    /// Ids of stations that are added.
    added: Vec<&'a str>,
    /// Whether all edits are among the settled ones.
    whole: bool,
}

impl<'a> Parts<'a> {
    fn none() -> Self {
        Self { settled: Vec::new(), moved: BTreeMap::new(), closed: BTreeMap::new(), added: Vec::new(), whole: false }
    }

    /// Nothing is left to be tried.
    fn whole(edits: &[Edit]) -> Self {
        Self { settled: edits.iter().cloned().enumerate().collect(), whole: true, ..Self::none() }
    }

    fn of(edits: &'a [Edit]) -> Self {
        let mut parts = Self::none();
        for (at, edit) in edits.iter().enumerate() {
            match edit {
                Edit::AddStation(new) => {
                    parts.added.push(&new.id);
                    parts.moved.insert(&new.id, (at, new.at));
                    parts.settled.push((at, edit.clone()));
                }
                Edit::MoveStation(moved) => {
                    parts.moved.insert(&moved.station, (at, moved.to));
                }
                Edit::CloseStation(closed) => {
                    parts.moved.remove(closed.station.as_str());
                    parts.closed.insert(&closed.station, at);
                }
                _ => parts.settled.push((at, edit.clone())),
            }
        }
        parts
    }
}

/// Positions by id, and by name where one alone has it and it is no id.
fn by_word<'a>(sites: impl Iterator<Item = (usize, &'a str, &'a str)>) -> ById {
    let (mut of_ids, mut of_names) = (ById::new(), BTreeMap::<&str, Option<usize>>::new());
    for (at, id, name) in sites {
        of_ids.insert(id.to_owned(), at);
        of_names.entry(name).and_modify(|of| *of = None).or_insert(Some(at));
    }
    for (name, at) in of_names {
        if let Some(at) = at {
            of_ids.entry(name.to_owned()).or_insert(at);
        }
    }
    of_ids
}

/// The edits as JSON, without the places of stations that are added if these are tried.
fn key_of(edits: &[Edit], whole: bool) -> Result<String, Refusal> {
    let mut edits = edits.to_vec();
    for edit in &mut edits {
        if let Edit::AddStation(new) = edit
            && !whole
        {
            new.at = Position(0.0, 0.0);
        }
    }
    serde_json::to_string(&edits).map_err(|error| Refusal::defect(&error.to_string()))
}

fn place_stations(stations: &mut Vec<Station>, settled: &Settled, parts: &Parts<'_>, refused: &[EditRefused]) {
    let never = |station: &Station| {
        let edit = parts.moved.get(station.id.as_str()).map(|(edit, _)| *edit);
        parts.added.contains(&station.id.as_str()) && refused.iter().any(|refused| Some(refused.edit) == edit)
    };
    stations.retain(|station| !parts.closed.contains_key(station.id.as_str()) && !never(station));
    let network = settled.city.drive_network();
    let max_m = settled.city.records().settings.drive.max_driveway_m;
    for station in stations {
        let Some((edit, to)) = parts.moved.get(station.id.as_str()) else { continue };
        if refused.iter().any(|refused| refused.edit == *edit) {
            continue;
        }
        let place = to.place();
        station.at = [place.lon, place.lat];
        let nearest = network.index.nearest(&network, settled.city.frame().to_local(place));
        station.off_road_m = nearest.map(|road| road.distance_m).filter(|metres| *metres > max_m);
    }
}

/// By point of a network, the seconds from the call until an ambulance is on the piece that begins there, from every station that
/// has one: what the roads have to say where nobody knows who lives beside them.
fn plain_drive(city: &City, network: &RoadNetwork) -> Vec<u16> {
    let evidence = &city.evidence().sites;
    let of_stations = city.sites().iter().zip(evidence).filter(|(_, site)| site.layer == LayerName::Stations);
    let starts: Vec<Start> = of_stations
        .filter(|(place, _)| place.dispatches)
        .map(|(place, _)| Start { xy: place.xy, delay: delay(city.records(), place.turnout_s, Clock::CallToArrival) })
        .collect();
    let field = city.travel_field(&city.drive_profile(), &starts);
    let ends = |point: usize| {
        let next = field.arrivals.get(point + 1)?;
        Some([field.arrivals[point]?.at.0, (*next)?.at.0])
    };
    (0..network.xy.len()).map(|point| ends(point).map_or(NOBODY, |[a, b]| mean_seconds(a, b))).collect()
}

/// Whole seconds of the mean of two times in milliseconds.
fn mean_seconds(a: u32, b: u32) -> u16 {
    (((f64::from(a) + f64::from(b)) / 2000.0).round() as u32).min(u32::from(NOBODY) - 1) as u16
}

/// Writes the times of pieces over those that stand.
fn note_seconds(seconds: &mut [u16], roads: &[RoadTimes], of_point: &[u32]) {
    for road in roads {
        let Some(slot) = seconds.get_mut(of_point[road.segment as usize] as usize) else { continue };
        *slot = match road.ends {
            [Some(a), Some(b)] => mean_seconds(a.0, b.0),
            _ => NOBODY,
        };
    }
}

fn count_people(answer: &mut Tried, settled: &Settled, trial: &Trial, effect: &Effect, limit_s: f64) {
    let mut changed = effect.places.iter().peekable();
    let (mut people, mut within, mut reached, mut sum) = (0.0, 0.0, 0.0, 0.0);
    let mut in_minute = vec![0.0; CURVE_MINUTES + 1];
    let mut units: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for place in &settled.demand {
        let new = changed.next_if(|changed| changed.sample == place.sample);
        let at = new.map_or(place.at, |new| new.after);
        people += place.people;
        let in_time = at.is_some_and(|at| trial.is_within(at, limit_s));
        if in_time {
            within += place.people;
        }
        if let Some(at) = at {
            reached += place.people;
            sum += place.people * at;
            let minute = (0..=CURVE_MINUTES).find(|minute| trial.is_within(at, *minute as f64 * 60.0));
            if let Some(minute) = minute {
                in_minute[minute] += place.people;
            }
        }
        if let Some(unit) = place.unit {
            let slot = units.entry(unit).or_default();
            slot.0 += place.people;
            slot.1 += if in_time { place.people } else { 0.0 };
        }
    }
    let mut so_far = 0.0;
    for minute in &mut in_minute {
        so_far += *minute;
        *minute = so_far;
    }
    let records = settled.city.records().units.as_deref().unwrap_or_default();
    answer.people = Some(people);
    answer.within = Some(within);
    answer.mean_s = (reached > 0.0).then(|| sum / reached);
    answer.curve = Some(in_minute);
    answer.units = units
        .into_iter()
        .filter_map(|(unit, (people, within))| {
            Some(UnitTried { id: records.get(unit as usize)?.id.clone(), people, within })
        })
        .collect();
}
