//! From records to what the rules judge by.
//!
//! In: the records of a city, its population samples, its plane. Out: [`Places`] (sites of all layers) and [`Gathered`]
//! (demand points, areas, and what lies in which). Sub-centre areas that the units layer does not give come from driving
//! times.

use super::spatial_join::UnitIndex;
use super::unit_join::{UnitJoin, UnitNames};
use super::{City, Ground};
use crate::travel::Start;
use crate::travel::demand::reach;
use geo::{Area as _, Coord};
use lifering_base::frame::LonLat;
use lifering_base::records::attributes::{Attributes, Scalar};
use lifering_base::records::{Layer, Neighbour, Record, Site, Unit};
use lifering_base::units::{Milliseconds, SourceId};
use lifering_readers::Region;
use lifering_standards::catalogue::{LayerName, UnitKind};
use lifering_standards::evidence::{Area, DemandPoint, Evidence, Level, SiteEvidence};
use lifering_standards::incomplete::{Ground as Rests, LeftOut};
use std::collections::{BTreeMap, BTreeSet};

/// What a record says.
type Attributed = BTreeMap<String, Scalar>;

/// A site of any layer, ready to be a start or a destination.
#[derive(Clone, Copy, Debug)]
pub struct SitePlace {
    /// Degrees.
    pub place: LonLat,
    /// Local metres.
    pub xy: Coord<f64>,
    /// A station's own turnout, seconds; `None` if it states none.
    pub turnout_s: Option<f64>,
    /// False for a station of which it is known that it has no ambulance: nobody starts there (roads.md section 7).
    pub dispatches: bool,
}

/// The sites of all layers.
#[derive(Debug)]
pub struct Places {
    /// Sites and given layers alone: no demand points, no areas.
    pub evidence: Evidence,
    /// Places of the sites that have one, indexed as the first of [`Evidence::sites`].
    pub sites: Vec<SitePlace>,
    /// Records without a place, in the order of [`Evidence::sites`] after those that have one.
    pub unplaced: Vec<UnplacedRecord>,
}

/// A record of an extra layer that has no place.
#[derive(Debug)]
pub struct UnplacedRecord {
    /// Name of the layer.
    pub layer: String,
    /// Position of the feature in the file, counted from 0.
    pub feature: usize,
    /// What it says of its unit; `None` for nothing.
    pub stated: Option<String>,
    /// The unit it belongs to.
    pub unit: UnitJoin,
}

impl UnplacedRecord {
    fn of(layer: &str, record: &Record, names: &UnitNames<'_>) -> Self {
        let stated = match record.attributes.get("unit") {
            Some(Scalar::Text(word)) => Some(word.clone()),
            Some(Scalar::Number(number)) => Some(number.to_string()),
            Some(Scalar::Bool(_)) | None => None,
        };
        let unit = names.join(&record.name, &record.attributes);
        Self { layer: layer.to_owned(), feature: record.feature, stated, unit }
    }
}

impl Places {
    /// The sites of a region on its plane.
    pub(super) fn new(records: &Region, ground: &Ground) -> Self {
        let units_state_people = || records.units.iter().flatten().any(|unit| unit.population.is_some());
        let people_unknown = records.population.is_none() && !units_state_people();
        // The frame is equal-area.
        let area_m2 = Some(ground.boundary.unsigned_area()).filter(|area| *area > 0.0);
        let left_out = left_out(records);
        let mut evidence = Evidence { people_unknown, area_m2, left_out, ..Evidence::default() };
        let (sites, unplaced) = gather_sites(records, ground, &mut evidence);
        Self { evidence, sites, unplaced }
    }
}

/// How much of each layer could not be used. Units that state the people of the region stand for those as well.
fn left_out(records: &Region) -> BTreeMap<Rests, LeftOut> {
    let mut all = BTreeMap::new();
    for input in &records.inputs {
        let left_out = LeftOut { left_out: input.features.saturating_sub(input.used), features: input.features };
        let grounds = match input.layer {
            Layer::Stations => vec![Rests::Sites(LayerName::Stations)],
            Layer::Facilities => vec![Rests::Sites(LayerName::Facilities)],
            Layer::Aeds => vec![Rests::Sites(LayerName::Aeds)],
            Layer::Extra => vec![Rests::Sites(LayerName::Extra(input.key.clone()))],
            Layer::Population => vec![Rests::People],
            Layer::Units if records.population.is_none() => vec![Rests::Units, Rests::People],
            Layer::Units => vec![Rests::Units],
            Layer::Roads => vec![Rests::Roads],
            _ => Vec::new(),
        };
        all.extend(grounds.into_iter().map(|ground| (ground, left_out)).filter(|(_, some)| some.left_out > 0));
    }
    all
}

/// What rules judge by, and the units of the samples.
#[derive(Debug)]
pub struct Gathered {
    /// Demand points, sites and areas.
    pub evidence: Evidence,
    /// For every population sample its unit of the finest level, as a position in the units layer; `None` if it lies in
    /// none.
    pub unit_of_sample: Vec<Option<u32>>,
    /// By level of units: people who live in none of them.
    pub people_in_no_unit: BTreeMap<String, f64>,
}

/// Joins samples and sites to units, and adds the sub-centre areas.
pub(super) fn gather(city: &City) -> Gathered {
    let mut gathered = joined(city);
    derive_sub_center_areas(city, &mut gathered.evidence);
    gathered
}

fn joined(city: &City) -> Gathered {
    let (records, demand, sites) = (city.records(), city.people(), city.sites());
    let mut evidence = city.site_evidence().clone();
    let units = records.units.as_deref().unwrap_or_default();
    let first = sites.len();
    let stated: Vec<(usize, &UnitJoin)> =
        city.unplaced().iter().enumerate().map(|(i, record)| (first + i, &record.unit)).collect();
    let places: Vec<LonLat> = demand.samples.iter().map(|sample| sample.place).collect();
    let site_places: Vec<LonLat> = sites.iter().map(|site| site.place).collect();
    let mut by_level: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (index, unit) in units.iter().enumerate() {
        by_level.entry(unit.level.clone().unwrap_or_else(|| "unit".to_owned())).or_default().push(index as u32);
    }
    let mut unit_of_sample = vec![None; places.len()];
    let mut finest = 0;
    let mut urban_of_sample: Vec<Option<bool>> = demand.samples.iter().map(|sample| sample.urban).collect();
    let mut people_in_no_unit = BTreeMap::new();
    for (level, members) in by_level {
        let index = UnitIndex::new(units, &members);
        let homes = index.units_of(&places);
        let units_of_sites = index.units_of(&site_places);
        let homeless: f64 =
            homes.iter().zip(&demand.samples).filter(|(home, _)| home.is_none()).map(|(_, sample)| sample.people).sum();
        people_in_no_unit.insert(level.clone(), homeless);
        for (slot, home) in urban_of_sample.iter_mut().zip(&homes) {
            if let (None, Some(Scalar::Bool(urban))) =
                (*slot, home.and_then(|unit| units[unit as usize].attribute("urban")))
            {
                *slot = Some(*urban);
            }
        }
        evidence.levels.insert(kind(&level), areas(units, &members, &homes, &units_of_sites, &stated));
        if members.len() > finest {
            finest = members.len();
            unit_of_sample = homes;
        }
    }
    evidence.demand_points = demand
        .samples
        .iter()
        .zip(urban_of_sample)
        .map(|(sample, urban)| DemandPoint {
            people: sample.people,
            attributes: urban.map(|urban| ("urban".to_owned(), Scalar::Bool(urban))).into_iter().collect(),
        })
        .collect();
    Gathered { evidence, unit_of_sample, people_in_no_unit }
}

/// Notes the sites of every layer, those without a place last. Returns where the others stand, and the units of those.
fn gather_sites(region: &Region, ground: &Ground, evidence: &mut Evidence) -> (Vec<SitePlace>, Vec<UnplacedRecord>) {
    let layers: [(LayerName, Option<&Vec<Site>>); 3] = [
        (LayerName::Stations, region.settings.layers.contains_key(&Layer::Stations).then_some(&region.stations)),
        (LayerName::Facilities, region.facilities.as_ref()),
        (LayerName::Aeds, region.aeds.as_ref()),
    ];
    let mut placed: Vec<(SiteEvidence, SitePlace)> = Vec::new();
    let mut unplaced = Vec::new();
    let mut add = |layer: &LayerName, id: &str, name: &str, place: Option<LonLat>, attributes: &Attributed| {
        let mut site = SiteEvidence {
            layer: layer.clone(),
            id: id.to_owned(),
            name: name.to_owned(),
            placed: place.is_some(),
            inside: true,
            attributes: attributes.clone(),
        };
        let Some(place) = place else {
            unplaced.push(site);
            return;
        };
        let xy = ground.frame.to_local(place);
        site.inside = ground.inside.holds(place);
        let turnout_s = match attributes.get("turnout_s") {
            Some(Scalar::Number(seconds)) => Some(*seconds),
            _ => None,
        };
        let of_stations = matches!(layer, LayerName::Stations | LayerName::Neighbours);
        let dispatches = !(of_stations && attributes.get("ambulances") == Some(&Scalar::Number(0.0)));
        placed.push((site, SitePlace { place, xy, turnout_s, dispatches }));
    };
    for (layer, records) in layers {
        let Some(records) = records else { continue };
        for site in records {
            add(&layer, &site.id, &site.name, Some(site.place), &site.attributes);
        }
        evidence.given.insert(layer);
    }
    if let Some(neighbours) = &region.neighbours {
        for Neighbour { site, .. } in neighbours {
            add(&LayerName::Neighbours, &site.id, &site.name, Some(site.place), &site.attributes);
        }
        evidence.given.insert(LayerName::Neighbours);
    }
    let names = UnitNames::new(region.units.as_deref().unwrap_or_default(), &region.settings.name);
    let mut records_unplaced: Vec<UnplacedRecord> = Vec::new();
    for (key, records) in &region.extra {
        let first = records_unplaced.len();
        let layer = LayerName::Extra(key.clone());
        for record in records {
            add(&layer, &record.id, &record.name, record.place, &record.attributes);
            if record.place.is_none() {
                records_unplaced.push(UnplacedRecord::of(key, record, &names));
            }
        }
        let of_layer = &mut records_unplaced[first..];
        if !of_layer.iter().any(|record| matches!(record.unit, UnitJoin::Units(_))) {
            for record in of_layer.iter_mut().filter(|record| record.unit == UnitJoin::Unknown) {
                record.unit = UnitJoin::NoneFits;
            }
        }
        evidence.given.insert(layer);
    }
    for (site, record) in unplaced.iter_mut().zip(&records_unplaced) {
        // A record of a unit that the region does not have is no part of the region.
        site.inside = record.unit != UnitJoin::Unknown;
    }
    let (sites, places): (Vec<_>, Vec<_>) = placed.into_iter().unzip();
    evidence.sites = [sites, unplaced].concat();
    (places, records_unplaced)
}

/// The areas of one level with their people and sites. `homes` and `stands` are the units of the people and of the placed
/// sites, `stated` the units of the others.
fn areas(
    units: &[Unit],
    members: &[u32],
    homes: &[Option<u32>],
    stands: &[Option<u32>],
    stated: &[(usize, &UnitJoin)],
) -> Level {
    let mut areas: BTreeMap<u32, Area> = members
        .iter()
        .map(|unit| {
            let record = &units[*unit as usize];
            let area = Area {
                id: record.id.clone(),
                name: record.name.clone(),
                attributes: named(record.attributes.clone(), &record.name),
                located: record.area.is_some(),
                members: Vec::new(),
                sites: BTreeSet::new(),
            };
            (*unit, area)
        })
        .collect();
    for (sample, home) in homes.iter().enumerate() {
        if let Some(area) = home.and_then(|unit| areas.get_mut(&unit)) {
            area.members.push(sample as u32);
        }
    }
    for (site, unit) in stands.iter().enumerate() {
        if let Some(area) = unit.and_then(|unit| areas.get_mut(&unit)) {
            area.sites.insert(site);
        }
    }
    let mut unlocated = BTreeSet::new();
    for (site, join) in stated {
        match join {
            UnitJoin::Any | UnitJoin::NoneFits => {
                unlocated.insert(*site);
            }
            UnitJoin::Units(named) => {
                let of_level = named.iter().map(|(unit, _)| *unit).find(|unit| areas.contains_key(unit));
                match of_level.and_then(|unit| areas.get_mut(&unit)) {
                    Some(area) => area.sites.insert(*site),
                    None => unlocated.insert(*site),
                };
            }
            UnitJoin::Unknown => {}
        }
    }
    Level { areas: areas.into_values().collect(), derived_from: None, unlocated }
}

/// The attributes with the name under our own word for it.
fn named(mut attributes: BTreeMap<String, Scalar>, name: &str) -> BTreeMap<String, Scalar> {
    attributes.insert("name".to_owned(), Scalar::Text(name.to_owned()));
    attributes
}

/// The kind of unit a level means.
fn kind(level: &str) -> UnitKind {
    UnitKind::KNOWN.into_iter().find(|kind| kind.name() == level).unwrap_or_else(|| UnitKind::Other(level.to_owned()))
}

/// Works out sub-centre areas by least driving time to a sub-centre, where the units layer gives none. A station that
/// names its sub-centre belongs to it wherever it stands.
fn derive_sub_center_areas(city: &City, evidence: &mut Evidence) {
    if evidence.levels.contains_key(&UnitKind::SubCenterArea) {
        return;
    }
    let is_sub_center = |site: &SiteEvidence| {
        site.layer == LayerName::Stations
            && matches!(site.attributes.get("kind"), Some(Scalar::Text(kind)) if kind == "sub_center")
    };
    let seeds: Vec<usize> =
        evidence.sites.iter().enumerate().filter(|(_, s)| is_sub_center(s)).map(|(i, _)| i).collect();
    if seeds.is_empty() {
        return;
    }
    let starts: Vec<Start> = seeds.iter().map(|i| Start { xy: city.sites()[*i].xy, delay: Milliseconds(0) }).collect();
    let field = city.travel_field(&city.drive_profile(), &starts);
    let homes: Vec<Coord<f64>> = city.people().samples.iter().map(|s| s.xy).collect();
    let stands: Vec<Coord<f64>> = city.sites().iter().map(|s| s.xy).collect();
    let home_of = reach(&field, city.barriers(), &homes);
    let area_of_site = reach(&field, city.barriers(), &stands);
    let sites = &evidence.sites;
    let mut areas: Vec<Area> = seeds
        .iter()
        .map(|i| Area {
            id: sites[*i].id.clone(),
            name: sites[*i].name.clone(),
            attributes: named(BTreeMap::new(), &sites[*i].name),
            located: true,
            members: Vec::new(),
            sites: BTreeSet::from([*i]),
        })
        .collect();
    for (sample, reached) in home_of.iter().enumerate() {
        if let Some(by) = reached.by() {
            areas[by.index()].members.push(sample as u32);
        }
    }
    for (site, reached) in area_of_site.iter().enumerate() {
        if seeds.contains(&site) {
            continue;
        }
        let stated = match sites[site].attributes.get("sub_center") {
            Some(Scalar::Text(word)) => areas.iter().position(|a| a.id == *word || a.name == *word),
            _ => None,
        };
        if let Some(area) = stated.or_else(|| reached.by().map(SourceId::index)) {
            areas[area].sites.insert(site);
        }
    }
    let unlocated = (city.sites().len()..evidence.sites.len()).collect();
    evidence
        .levels
        .insert(UnitKind::SubCenterArea, Level { areas, derived_from: Some(seeds.into_iter().collect()), unlocated });
}
