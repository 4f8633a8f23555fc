//! People against boundary, roads, barriers and units.

use super::notes::Notes;
use crate::city::City;
use lifering_base::error::Place;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::Layer;
use lifering_standards::evidence::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A unit's own population may differ this much from what the population layer puts in it.
const UNIT_DIFFERENCE: f64 = 0.05;
/// Units listed whose population differs most.
const UNITS_LISTED: usize = 3;

/// A unit whose stated population differs from the layer's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitDifference {
    /// Its name.
    pub unit: String,
    /// What the units layer says.
    pub stated: f64,
    /// What the population layer puts in it.
    pub counted: f64,
}

/// People against boundary, roads and units, as the layer counts them: before `scale_to`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PeopleQuality {
    /// In the layer.
    pub total: f64,
    /// Inside the boundary.
    pub inside: f64,
    /// Inside, but with no road within `max_m`, barriers considered.
    pub beyond_roads: f64,
    /// The units' own total, where they state one beside a population layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units_total: Option<f64>,
    /// Units that differ by more than 5 %.
    pub units_differ: usize,
    /// Those that differ most.
    pub examples: Vec<UnitDifference>,
}

/// Measures the people of a region; what is found is noted.
pub fn people(city: &City, no_road: f64, notes: &mut Notes) -> PeopleQuality {
    note_demand(city, notes);
    note_unit_gaps(city, notes);
    let demand = city.people();
    let factor = demand.scale.unwrap_or(1.0);
    let mut quality = PeopleQuality {
        total: demand.total,
        inside: demand.inside / factor,
        beyond_roads: no_road / factor,
        units_total: None,
        units_differ: 0,
        examples: Vec::new(),
    };
    if city.records().population.is_some() {
        units(city, factor, &mut quality, notes);
    }
    quality
}

/// What the layer of people holds that is not counted where it stands.
fn note_demand(city: &City, notes: &mut Notes) {
    let (demand, records) = (city.people(), city.records());
    let year = records.settings.population.year;
    let layer = if records.population.is_some() { Layer::Population } else { Layer::Units };
    let Some(mut issues) = notes.of_layer(records, layer) else { return };
    let place = Place::file(issues.file);
    if demand.outside > 0.0 {
        let found = message!("message.people_outside", n = format!("{:.1}", demand.outside));
        issues.note(IssueCode::OutsideBoundary, &place, found, message!("message.inside_not_counted"));
    }
    if demand.spread_features > 0 {
        let found = message!("message.large_polygons", n = demand.spread_features);
        issues.note(IssueCode::Spread, &place, found, message!("message.spread"));
    }
    if let Some(factor) = demand.scale {
        let to = match year {
            Some(year) => message!("message.scaled_to_year", year = year),
            None => message!("message.scaled"),
        };
        issues.note(IssueCode::Scaled, &place, message!("message.factor", n = format!("{factor:.6}")), to);
    }
    let Some(barriers) = city.barriers() else { return };
    let drowned: f64 = demand.samples.iter().filter(|s| barriers.inside(s.xy)).map(|s| s.people).sum();
    if drowned > 0.0 {
        let found = message!("message.people_in_barrier", n = format!("{drowned:.1}"));
        issues.note(IssueCode::InsideBarrier, &place, found, message!("message.counted_unreached"));
    }
}

/// People who live in no unit of a level.
fn note_unit_gaps(city: &City, notes: &mut Notes) {
    let Some(mut issues) = notes.of_layer(city.records(), Layer::Units) else { return };
    let file = issues.file;
    for (level, people) in city.gathered().people_in_no_unit.iter().filter(|(_, people)| **people > 0.0) {
        let found = message!("message.people_no_unit", n = format!("{people:.1}"), level = level);
        issues.note(IssueCode::UnitGaps, &Place::file(file), found, message!("message.counted_whole"));
    }
}

/// The units' own figures, of the level with most of them, against what the layer puts in each.
fn units(city: &City, factor: f64, quality: &mut PeopleQuality, notes: &mut Notes) {
    let units = city.records().units.as_deref().unwrap_or_default();
    let mut levels: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (position, unit) in units.iter().enumerate().filter(|(_, u)| u.population.is_some()) {
        levels.entry(unit.level.as_deref()).or_default().push(position);
    }
    let Some(members) = levels.into_values().max_by_key(Vec::len) else { return };
    let evidence = city.evidence();
    let mut areas: BTreeMap<(&str, &str), &Area> = BTreeMap::new();
    for area in evidence.levels.values().flat_map(|level| &level.areas) {
        areas.entry((&area.id, &area.name)).or_insert(area);
    }
    let mut differences: Vec<(f64, usize, UnitDifference)> = Vec::new();
    let mut total = 0.0;
    for position in members {
        let unit = &units[position];
        let stated = unit.population.unwrap_or(0.0);
        let members = areas.get(&(unit.id.as_str(), unit.name.as_str())).map_or(&[][..], |area| &area.members);
        let counted = members.iter().map(|i| evidence.demand_points[*i as usize].people).sum::<f64>() / factor + 0.0;
        total += stated;
        let difference = (counted - stated).abs();
        if difference > UNIT_DIFFERENCE * stated.max(counted) && difference >= 1.0 {
            differences.push((difference, unit.feature, UnitDifference { unit: unit.name.clone(), stated, counted }));
        }
    }
    differences.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    quality.units_total = Some(total);
    quality.units_differ = differences.len();
    quality.examples = differences.iter().take(UNITS_LISTED).map(|d| d.2.clone()).collect();
    if let Some(mut issues) = notes.of_layer(city.records(), Layer::Units) {
        let file = issues.file;
        for (_, feature, d) in differences {
            let place = Place { feature: Some(feature), id: Some(d.unit), ..Place::file(file).field("population") };
            let found = message!("message.people", n = format!("{:.0}", d.stated));
            let wanted = message!("message.as_population", n = format!("{:.0}", d.counted));
            issues.note(IssueCode::UnitPopulationDiffers, &place, found, wanted);
        }
    }
}
