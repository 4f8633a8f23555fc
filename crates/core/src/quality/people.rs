//! Population in relation to boundary, roads, barriers and units.
//!
//! In: a city. Out: [`PeopleQuality`]; findings are logged as issues of the population or the units layer.

use super::issue_log::IssueLog;
use super::unit_overlaps;
use crate::city::City;
use lifering_base::error::Place;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::Layer;
use lifering_standards::evidence::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Greatest difference between a unit's stated and counted population, as a share of the larger.
const UNIT_DIFFERENCE: f64 = 0.05;
/// Units listed, the largest difference first.
const UNITS_LISTED: usize = 3;

/// A unit whose stated population differs from the population layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitDifference {
    /// Name of the unit.
    pub unit: String,
    /// People by field `population` of the units layer.
    pub stated: f64,
    /// People of the population layer inside the unit, before `scale_to`.
    pub counted: f64,
}

/// Population in relation to boundary, roads and units. People as the layer counts them, before `scale_to`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PeopleQuality {
    /// People in the layer.
    pub total: f64,
    /// People inside the boundary.
    pub inside: f64,
    /// People inside the boundary without a road within `max_m` on this side of barriers (definitions.md section 4).
    pub beyond_roads: f64,
    /// Sum of the stated population of units, of the level where most state one; absent: no unit states one, or there
    /// is no population layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units_total: Option<f64>,
    /// Number of units whose stated and counted people differ by more than 5 % of the larger.
    pub units_differ: usize,
    /// The three units that differ most.
    pub examples: Vec<UnitDifference>,
}

/// Assesses the population of a city and logs what is wrong. `no_road`: people without a road in reach.
pub fn people(city: &City, no_road: f64, log: &mut IssueLog) -> PeopleQuality {
    note_demand(city, log);
    note_unit_gaps(city, log);
    unit_overlaps::note(city, log);
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
        units(city, factor, &mut quality, log);
    }
    quality
}

/// Logs people outside the boundary, spread, scaled or inside a barrier.
fn note_demand(city: &City, log: &mut IssueLog) {
    let (demand, records) = (city.people(), city.records());
    let year = records.settings.population.year;
    let layer = if records.population.is_some() { Layer::Population } else { Layer::Units };
    let Some(mut issues) = log.of_layer(records, layer) else { return };
    let place = Place::file(issues.file);
    if demand.outside > 0.0 {
        let found = message!("message.people_outside", n = format!("{:.1}", demand.outside));
        issues.note(IssueCode::OutsideBoundary, &place, found, message!("message.inside_not_counted"));
    }
    if demand.without_place > 0.0 {
        let found = message!("message.people_without_place", n = format!("{:.1}", demand.without_place));
        issues.note(IssueCode::PeopleWithoutPlace, &place, found, message!("message.people_unplaced"));
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
    let inside: f64 = demand.samples.iter().filter(|s| barriers.inside(s.xy)).map(|s| s.people).sum();
    if inside > 0.0 {
        let found = message!("message.people_in_barrier", n = format!("{inside:.1}"));
        issues.note(IssueCode::InsideBarrier, &place, found, message!("message.counted_unreached"));
    }
}

/// Logs people in no unit of a level.
fn note_unit_gaps(city: &City, log: &mut IssueLog) {
    let Some(mut issues) = log.of_layer(city.records(), Layer::Units) else { return };
    let file = issues.file;
    for (level, people) in city.gathered().people_in_no_unit.iter().filter(|(_, people)| **people > 0.0) {
        let found = message!("message.people_no_unit", n = format!("{people:.1}"), level = level);
        issues.note(IssueCode::UnitGaps, &Place::file(file), found, message!("message.counted_whole"));
    }
}

/// Compares the stated population of units, of the level where most state one, with the population layer.
fn units(city: &City, factor: f64, quality: &mut PeopleQuality, log: &mut IssueLog) {
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
    if let Some(mut issues) = log.of_layer(city.records(), Layer::Units) {
        let file = issues.file;
        for (_, feature, d) in differences {
            let place = Place { feature: Some(feature), id: Some(d.unit), ..Place::file(file).field("population") };
            let found = message!("message.people", n = format!("{:.0}", d.stated));
            let wanted = message!("message.as_population", n = format!("{:.0}", d.counted));
            issues.note(IssueCode::UnitPopulationDiffers, &place, found, wanted);
        }
    }
}
