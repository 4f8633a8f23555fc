//! From records to what the rules judge from.
//!
//! In: a region, its people and plane. Out: [`Evidence`] and where each of its sites stands. Sub-centre areas that the
//! units layer does not give are worked out from travel times.

use super::belongs::UnitIndex;
use super::{Profile, SitePlace, World};
use crate::travel::demand::reach;
use crate::travel::{Demand, Start};
use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{Contains, Coord, MultiPolygon, Point};
use lifering_base::frame::{Frame, LonLat};
use lifering_base::records::attributes::{Attributes, Scalar};
use lifering_base::records::{Layer, Neighbour, Site, Unit};
use lifering_base::units::Milliseconds;
use lifering_readers::Region;
use lifering_standards::catalogue::{LayerName, UnitKind};
use lifering_standards::evidence::{Area, Evidence, Level, Person, SiteEvidence};
use std::collections::{BTreeMap, BTreeSet};

/// What a record says.
type Attributed = BTreeMap<String, Scalar>;

/// Evidence with the places of its sites, and the finest unit of every sample.
#[derive(Debug)]
pub struct Gathered {
    /// What the rules see.
    pub evidence: Evidence,
    /// Where every site that has a place stands, in the order of [`Evidence::sites`], which begins with them.
    pub sites: Vec<SitePlace>,
    /// For every sample the unit of the finest level, as a position in the units layer.
    pub unit_of_sample: Vec<Option<u32>>,
    /// By level: people in no unit of it.
    pub people_in_no_unit: BTreeMap<String, f64>,
}

/// Gathers people, sites and units.
pub fn gather(region: &Region, demand: &Demand, frame: &Frame, boundary: &MultiPolygon<f64>) -> Gathered {
    let units_state_people = || region.units.iter().flatten().any(|u| u.population.is_some());
    let people_unknown = region.population.is_none() && !units_state_people();
    let mut evidence = Evidence { people_unknown, ..Evidence::default() };
    let sites = gather_sites(region, frame, boundary, &mut evidence);
    let units = region.units.as_deref().unwrap_or_default();
    let stated = stated_units(&evidence, sites.len(), units);
    let places: Vec<Coord<f64>> = demand.samples.iter().map(|s| s.xy).collect();
    let site_places: Vec<Coord<f64>> = sites.iter().map(|s| s.xy).collect();
    let mut by_level: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (index, unit) in units.iter().enumerate() {
        by_level.entry(unit.level.clone().unwrap_or_else(|| "unit".to_owned())).or_default().push(index as u32);
    }
    let mut unit_of_sample = vec![None; places.len()];
    let mut finest = 0;
    let mut urban_of_sample: Vec<Option<bool>> = demand.samples.iter().map(|s| s.urban).collect();
    let mut people_in_no_unit = BTreeMap::new();
    for (level, members) in by_level {
        let index = UnitIndex::new(units, &members, frame);
        let homes = index.units_of(&places);
        let stands = index.units_of(&site_places);
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
        evidence.levels.insert(kind(&level), areas(units, &members, &homes, &stands, &stated));
        if members.len() > finest {
            finest = members.len();
            unit_of_sample = homes;
        }
    }
    evidence.people = demand
        .samples
        .iter()
        .zip(urban_of_sample)
        .map(|(sample, urban)| Person {
            people: sample.people,
            attributes: urban.map(|urban| ("urban".to_owned(), Scalar::Bool(urban))).into_iter().collect(),
        })
        .collect();
    Gathered { evidence, sites, unit_of_sample, people_in_no_unit }
}

/// Notes the sites of every layer, those without a place last. Returns where the others stand.
fn gather_sites(
    region: &Region,
    frame: &Frame,
    boundary: &MultiPolygon<f64>,
    evidence: &mut Evidence,
) -> Vec<SitePlace> {
    let inside = IntervalTreeMultiPolygon::new(boundary);
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
        let xy = frame.to_local(place);
        site.inside = inside.contains(&Point::from(xy));
        let turnout_s = match attributes.get("turnout_s") {
            Some(Scalar::Number(seconds)) => Some(*seconds),
            _ => None,
        };
        placed.push((site, SitePlace { place, xy, turnout_s }));
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
    for (key, records) in &region.extra {
        let layer = LayerName::Extra(key.clone());
        for record in records {
            add(&layer, &record.id, &record.name, record.place, &record.attributes);
        }
        evidence.given.insert(layer);
    }
    let (sites, places): (Vec<_>, Vec<_>) = placed.into_iter().unzip();
    evidence.sites = [sites, unplaced].concat();
    places
}

/// The areas of one level with their people and sites. `homes` and `stands` are the units of the people and of the placed
/// sites, `stated` the units that the others name.
fn areas(
    units: &[Unit],
    members: &[u32],
    homes: &[Option<u32>],
    stands: &[Option<u32>],
    stated: &[(usize, Vec<u32>)],
) -> Level {
    let mut areas: BTreeMap<u32, Area> = members
        .iter()
        .map(|unit| {
            let record = &units[*unit as usize];
            let area = Area {
                id: record.id.clone(),
                name: record.name.clone(),
                attributes: named(record.attributes.clone(), &record.name),
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
    let mut anywhere = BTreeSet::new();
    for (site, named) in stated {
        match named.iter().find(|unit| areas.contains_key(*unit)).and_then(|unit| areas.get_mut(unit)) {
            Some(area) => area.sites.insert(*site),
            None => anywhere.insert(*site),
        };
    }
    Level { areas: areas.into_values().collect(), derived_from: None, anywhere }
}

/// What has no place but names its unit, with the units of that id or name. The rest may be in any unit.
fn stated_units(evidence: &Evidence, first: usize, units: &[Unit]) -> Vec<(usize, Vec<u32>)> {
    let mut by_word: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (position, unit) in units.iter().enumerate() {
        let mut words = vec![unit.id.as_str(), unit.name.as_str()];
        words.dedup();
        for word in words {
            by_word.entry(word).or_default().push(position as u32);
        }
    }
    let of = |site: &SiteEvidence| match site.attributes.attribute("unit") {
        Some(Scalar::Text(word)) => by_word.get(word.as_str()).cloned().unwrap_or_default(),
        _ => Vec::new(),
    };
    evidence.sites.iter().enumerate().skip(first).map(|(i, site)| (i, of(site))).collect()
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
pub fn derive_sub_center_areas(gathered: &mut Gathered, region: &Region, world: &World, demand: &Demand) {
    if gathered.evidence.levels.contains_key(&UnitKind::SubCenterArea) {
        return;
    }
    let is_sub_center = |site: &SiteEvidence| {
        site.layer == LayerName::Stations
            && matches!(site.attributes.get("kind"), Some(Scalar::Text(kind)) if kind == "sub_center")
    };
    let seeds: Vec<usize> =
        gathered.evidence.sites.iter().enumerate().filter(|(_, s)| is_sub_center(s)).map(|(i, _)| i).collect();
    if seeds.is_empty() {
        return;
    }
    let starts: Vec<Start> =
        seeds.iter().map(|i| Start { xy: gathered.sites[*i].xy, delay: Milliseconds(0) }).collect();
    let profile = Profile::Drive(region.settings.drive.period.clone());
    let Some(field) = world.field(region, &profile, &starts) else { return };
    let homes: Vec<Coord<f64>> = demand.samples.iter().map(|s| s.xy).collect();
    let stands: Vec<Coord<f64>> = gathered.sites.iter().map(|s| s.xy).collect();
    let home_of = reach(&field, world.barriers.as_ref(), &homes);
    let area_of_site = reach(&field, world.barriers.as_ref(), &stands);
    let sites = &gathered.evidence.sites;
    let mut areas: Vec<Area> = seeds
        .iter()
        .map(|i| Area {
            id: sites[*i].id.clone(),
            name: sites[*i].name.clone(),
            attributes: named(BTreeMap::new(), &sites[*i].name),
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
        if let Some(area) = stated.or_else(|| reached.by().map(lifering_base::units::SourceId::index)) {
            areas[area].sites.insert(site);
        }
    }
    let anywhere = (gathered.sites.len()..gathered.evidence.sites.len()).collect();
    gathered
        .evidence
        .levels
        .insert(UnitKind::SubCenterArea, Level { areas, derived_from: Some(seeds.into_iter().collect()), anywhere });
}
