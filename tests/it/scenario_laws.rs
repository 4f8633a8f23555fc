//! What must hold of scenarios on any town: the city of a scenario is that of the layers edited by hand, edits that are undone
//! leave nothing behind, a station more never worsens anything and one less never betters anything. Towns and edits are
//! random; the edits by hand are written here once more, on the layers.

use lifering_base::Message;
use lifering_base::frame::LonLat;
use lifering_base::records::attributes::Scalar;
use lifering_base::records::road_class::RoadClass;
use lifering_base::records::{People, Permission, Residence, Road, Site, Unit, VehicleAccess};
use lifering_core::audit::{Run, audit};
use lifering_core::city::City;
use lifering_core::findings::Findings;
use lifering_core::scenario::{Application, EditedCity, apply};
use lifering_readers::scenario::edit::{
    AccessLegValues, ClosedStation, Housing, MovedStation, NewStation, PeopleScale, PeriodInForce, Position,
    ResponseTimes, RoadSpeed, StationValues,
};
use lifering_readers::scenario::{Edit, RoadChoice, Scenario};
use lifering_readers::settings::Settings;
use lifering_readers::{ReadOptions, Region, RegionLayers};
use lifering_standards::catalogue::Standard;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// Junctions on each side of a town.
const SIDE: usize = 4;
/// Distance of junctions, degrees: about a kilometre.
const STEP: f64 = 0.01;
/// South-west corner, degrees.
const CORNER: [f64; 2] = [118.5, 24.7];
/// Zones as coarse as these laws need them.
const COARSE: f64 = 0.1;

fn node(at: usize) -> LonLat {
    LonLat::new(CORNER[0] + STEP * (at % SIDE) as f64, CORNER[1] + STEP * (at / SIDE) as f64)
}

/// A place in the town, from two parts of its sides.
fn somewhere(east: f64, north: f64) -> LonLat {
    let side = STEP * (SIDE - 1) as f64;
    LonLat::new(CORNER[0] + side * east, CORNER[1] + side * north)
}

fn position(at: LonLat) -> Position {
    Position(at.lon, at.lat)
}

fn rectangle([west, east]: [f64; 2]) -> geo::MultiPolygon<f64> {
    let side = STEP * (SIDE - 1) as f64;
    let (min, max) = ([-0.004, -0.004], [0.004, side + 0.004]);
    let ring = [[west, min[1]], [east, min[1]], [east, max[1]], [west, max[1]], [west, min[1]]];
    let ring: geo::LineString<f64> = ring.map(|[x, y]| (CORNER[0] + x, CORNER[1] + y)).to_vec().into();
    geo::MultiPolygon::new(vec![geo::Polygon::new(ring, Vec::new())])
}

fn site(feature: usize, id: &str, place: LonLat, fields: &[(&str, Scalar)]) -> Site {
    let mut attributes: BTreeMap<String, Scalar> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    attributes.insert("id".to_owned(), Scalar::Text(id.to_owned()));
    Site { feature, id: id.to_owned(), name: id.to_owned(), place, attributes }
}

/// Random numbers of a town, taken one after another.
#[derive(Clone, Debug)]
struct Dice(Vec<f64>);

impl Dice {
    fn part(&mut self) -> f64 {
        self.0.pop().unwrap_or(0.5)
    }

    fn below(&mut self, n: usize) -> usize {
        ((self.part() * n as f64) as usize).min(n - 1)
    }
}

fn town(mut dice: Dice) -> RegionLayers {
    let mut roads = Vec::new();
    for a in 0..SIDE * SIDE {
        let right = (a % SIDE + 1 < SIDE).then_some(a + 1);
        let up = (a + SIDE < SIDE * SIDE).then_some(a + SIDE);
        for b in [right, up].into_iter().flatten() {
            let class = if dice.part() < 0.4 { RoadClass::Primary } else { RoadClass::Residential };
            let feature = roads.len();
            roads.push(Road {
                feature,
                id: Some(format!("r{feature}")),
                name: Some(format!("street {}", a / SIDE)),
                speed_kmh: (dice.part() < 0.3).then_some(25.0),
                ..Road::plain(class, vec![vec![node(a), node(b)]])
            });
        }
    }
    let stations = (0..3).map(|k| {
        let fields = [
            ("kind", Scalar::Text(if k == 0 { "center" } else { "station" }.to_owned())),
            ("ambulances", Scalar::Number(1.0 + dice.below(3) as f64)),
            ("negative_pressure", Scalar::Number(1.0)),
        ];
        site(k, &format!("S{k}"), node(dice.below(SIDE * SIDE)), &fields)
    });
    let stations = stations.collect();
    let people = (0..25).map(|_| People {
        people: 100.0 + dice.below(2000) as f64,
        residence: Residence::Point(somewhere(dice.part(), dice.part())),
        urban: None,
    });
    let population = people.collect();
    let middle = STEP * 1.37;
    let whole = [-0.004, STEP * (SIDE - 1) as f64 + 0.004];
    let unit = |feature: usize, sides: [f64; 2]| Unit {
        feature,
        id: format!("U{feature}"),
        name: format!("第{feature}镇"),
        level: Some("town".to_owned()),
        population: None,
        area: Some(rectangle(sides)),
        attributes: BTreeMap::new(),
    };
    RegionLayers {
        boundary: Some(rectangle(whole)),
        units: Some(vec![unit(0, [whole[0], middle]), unit(1, [middle, whole[1]])]),
        population: Some(population),
        roads: Some(roads),
        stations: Some(stations),
        ..RegionLayers::default()
    }
}

/// Edits that do not contradict each other, those whose bit is set.
fn edits(bits: u16, mut dice: Dice) -> Vec<Edit> {
    let place = |dice: &mut Dice| position(somewhere(dice.part(), dice.part()));
    let roads = SIDE * (SIDE - 1) * 2;
    let (closed, slow) = (dice.below(roads), dice.below(roads));
    let slow = if slow == closed { (slow + 1) % roads } else { slow };
    let all = [
        Edit::AddStation(new_station(place(&mut dice))),
        Edit::MoveStation(MovedStation { station: "S0".to_owned(), to: place(&mut dice) }),
        Edit::CloseStation(ClosedStation { station: "S1".to_owned() }),
        Edit::SetStation(StationValues {
            station: "S2".to_owned(),
            ambulances: Some(dice.below(3) as f64),
            negative_pressure: None,
            turnout_s: Some(dice.below(300) as f64),
        }),
        Edit::CloseRoad(RoadChoice::Id(format!("r{closed}"))),
        Edit::SetRoadSpeed(RoadSpeed { road: RoadChoice::Feature(slow), kmh: 12.0 }),
        Edit::SetPeriod(PeriodInForce { period: "peak".to_owned(), factor: None }),
        Edit::SetSpeeds(BTreeMap::from([(RoadClass::Primary, 33.0)])),
        Edit::SetResponse(ResponseTimes { turnout_s: Some(90.0), ..ResponseTimes::default() }),
        Edit::SetAccess(AccessLegValues { speed_kmh: Some(5.0), max_m: Some(450.0) }),
        Edit::ScalePeople(PeopleScale {
            unit: Some("U1".to_owned()),
            factor: Some(0.5 + dice.part()),
            ..PeopleScale::default()
        }),
        Edit::AddHousing(Housing { name: None, people: 777.0, area: None, at: Some(place(&mut dice)), urban: None }),
    ];
    let mut chosen: Vec<Edit> =
        all.into_iter().enumerate().filter(|(bit, _)| bits & (1 << bit) != 0).map(|(_, edit)| edit).collect();
    if bits & (1 << 15) != 0 {
        chosen.reverse();
    }
    chosen
}

fn new_station(at: Position) -> NewStation {
    NewStation {
        id: "S9".to_owned(),
        name: None,
        at,
        kind: Some("station".to_owned()),
        ambulances: Some(1.0),
        negative_pressure: Some(1.0),
        turnout_s: None,
        attributes: BTreeMap::new(),
    }
}

/// The same edit on the layers and settings.
fn by_hand(layers: &mut RegionLayers, settings: &mut Settings, edit: &Edit) {
    let stations = layers.stations.as_mut().expect("stations");
    let roads = layers.roads.as_mut().expect("roads");
    let population = layers.population.as_mut().expect("people");
    match edit {
        Edit::AddStation(new) => stations.push(site(
            3,
            &new.id,
            new.at.place(),
            &[
                ("kind", Scalar::Text("station".to_owned())),
                ("ambulances", Scalar::Number(1.0)),
                ("negative_pressure", Scalar::Number(1.0)),
            ],
        )),
        Edit::MoveStation(moved) => {
            stations.iter_mut().find(|one| one.id == moved.station).expect("a station").place = moved.to.place();
        }
        Edit::CloseStation(closed) => stations.retain(|one| one.id != closed.station),
        Edit::SetStation(values) => {
            let station = stations.iter_mut().find(|one| one.id == values.station).expect("a station");
            for (field, value) in [("ambulances", values.ambulances), ("turnout_s", values.turnout_s)] {
                let value = Scalar::Number(value.expect("a value"));
                station.attributes.insert(field.to_owned(), value);
            }
        }
        Edit::CloseRoad(RoadChoice::Id(id)) => {
            let road = roads.iter_mut().find(|road| road.id.as_ref() == Some(id)).expect("a road");
            road.access = VehicleAccess::both(Permission::Closed);
            road.no_walkers = true;
        }
        Edit::SetRoadSpeed(RoadSpeed { road: RoadChoice::Feature(feature), kmh }) => {
            roads[*feature].speed_kmh = Some(*kmh);
        }
        Edit::SetPeriod(period) => settings.drive.period.clone_from(&period.period),
        Edit::SetSpeeds(speeds) => settings.drive.speeds_kmh.extend(speeds.clone()),
        Edit::SetResponse(times) => settings.response.turnout_s = times.turnout_s.expect("a turnout"),
        Edit::SetAccess(values) => {
            settings.access.speed_kmh = values.speed_kmh.expect("a speed");
            settings.access.max_m = values.max_m.expect("a length");
        }
        Edit::ScalePeople(scale) => {
            let middle = CORNER[0] + STEP * 1.37;
            for one in population {
                let Residence::Point(at) = &one.residence else { panic!("people at points") };
                if at.lon >= middle {
                    one.people *= scale.factor.expect("a factor");
                }
            }
        }
        Edit::AddHousing(housing) => {
            let residence = Residence::Point(housing.at.expect("a place").place());
            population.push(People { people: housing.people, residence, urban: None });
        }
        other => panic!("no such edit here: {other:?}"),
    }
}

fn settings() -> Settings {
    Settings::named("law town")
}

fn city(layers: RegionLayers, settings: Settings) -> City {
    let region = Region::from_layers("town", settings, layers, &ReadOptions::default()).expect("a region");
    City::from_records(region).expect("a city")
}

fn how() -> Application<'static> {
    Application { rebase: false, people_of_year: &no_year }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that a scenario asks for")]
fn no_year(_: u16) -> Result<Option<f64>, Message> {
    Ok(None)
}

fn findings(city: &City) -> Findings {
    let standard = Standard::embedded("jinjiang-14fyp").expect("an embedded standard");
    let run = Run { zone_error: Some(COARSE), ..Run::default() };
    audit(city, &standard, &run).expect("the city is audited")
}

/// Findings without the names and hashes of what they were made from.
fn comparable(findings: &Findings) -> Value {
    let mut value = serde_json::to_value(findings).expect("findings are JSON");
    let table = value.as_object_mut().expect("an object");
    table.remove("inputs");
    table["region"].as_object_mut().expect("a region").remove("settings_sha256");
    value
}

fn same(found: &Findings, wanted: &Findings) -> Result<(), TestCaseError> {
    let (found, wanted) = (comparable(found), comparable(wanted));
    for key in wanted.as_object().expect("an object").keys() {
        prop_assert!(found[key] == wanted[key], "{key}: {} and {}", found[key], wanted[key]);
    }
    Ok(())
}

fn dice(n: usize) -> impl Strategy<Value = Dice> {
    proptest::collection::vec(0.0..1.0, n).prop_map(Dice)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_city_of_a_scenario_is_that_of_the_edited_layers(of_town in dice(140), of_edits in dice(20), bits in any::<u16>()) {
        let layers = town(of_town);
        let edits = edits(bits, of_edits);
        let base = city(layers.clone(), settings());
        let scenario = Scenario::new("law", edits.clone()).expect("a scenario");
        let under = apply(&base, &scenario, how()).expect("the edits fit");
        let (mut layers, mut settings) = (layers, settings());
        for edit in &edits {
            by_hand(&mut layers, &mut settings, edit);
        }
        same(&findings(&under), &findings(&city(layers, settings)))?;
    }

    #[test]
    fn edits_that_are_undone_leave_nothing_behind(of_town in dice(140), of_edits in dice(20), bits in any::<u16>()) {
        let base = city(town(of_town), settings());
        // Networks and costs of the base are there already, so that something could be left behind in them.
        let before = findings(&base);
        let mut edited = EditedCity::new(base.clone(), "law");
        let edits = edits(bits, of_edits);
        for edit in &edits {
            edited.make(edit.clone(), how()).expect("the edit fits");
        }
        let after = findings(edited.city());
        let scenario = Scenario::new("law", edits.clone()).expect("a scenario");
        same(&after, &findings(&apply(&base, &scenario, how()).expect("the edits fit")))?;
        for edit in edits.iter().rev() {
            prop_assert_eq!(edited.undo(), Some(edit.clone()));
        }
        prop_assert!(edited.undo().is_none() && edited.city().scenario().is_none());
        same(&findings(edited.city()), &before)?;
        same(&findings(&apply(&base, &Scenario::new("law", Vec::new()).expect("a scenario"), how()).expect("it fits")), &before)?;
    }

    #[test]
    fn a_station_more_never_worsens_and_one_less_never_betters(of_town in dice(140), east in 0.0..1.0, north in 0.0..1.0) {
        let base = city(town(of_town), settings());
        let one = |edit| {
            let scenario = Scenario::new("law", vec![edit]).expect("a scenario");
            findings(&apply(&base, &scenario, how()).expect("the edit fits"))
        };
        let before = findings(&base);
        let more = one(Edit::AddStation(new_station(position(somewhere(east, north)))));
        let less = one(Edit::CloseStation(ClosedStation { station: "S2".to_owned() }));
        for (worse, better) in [(&before, &more), (&less, &before)] {
            for (worse, better) in worse.outcomes.iter().zip(&better.outcomes) {
                if let (Some(a), Some(b)) = (worse.default.uncovered, better.default.uncovered) {
                    prop_assert!(b <= a + 1e-6, "{}: {a} people, then {b}", worse.rule.id);
                }
            }
        }
    }
}
