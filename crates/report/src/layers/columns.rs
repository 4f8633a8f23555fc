//! The columns of every layer: a table a layer, in the order of the files.
//!
//! In: a layer's name, and the rules where a layer has columns for each. Out: its columns, typed; their aliases are
//! `field.<name>` of the catalogue.

use super::Column;
use super::Type::{self, Flag, Integer, Real, Text};
use crate::report::RuleReport;
use lifering_standards::catalogue::RuleKind;

const fn column(name: &'static str, kind: Type) -> Column<'static> {
    Column { rule: None, name, kind }
}

const UNCOVERED: &[Column<'static>] = &[
    column("zone_id", Text),
    column("rule_id", Text),
    column("rule_title", Text),
    column("reason", Text),
    column("limit", Text),
    column("area_km2", Real),
    column("population", Real),
    column("units", Text),
    column("nearest_station", Text),
    column("nearest_station_s", Real),
    column("worst_s", Real),
    column("nearest_station_m", Real),
    column("worst_m", Real),
    column("road_class", Text),
    column("network", Text),
];

const COVERAGE: &[Column<'static>] = &[
    column("unit_id", Text),
    column("unit_name", Text),
    column("level", Text),
    column("population", Real),
    column("rules_met", Integer),
    column("rules_gap", Integer),
    column("rules_depend", Integer),
    column("rules_open", Integer),
];

/// What `coverage` holds of a rule that measures who is within reach.
const REACH: &[Column<'static>] =
    &[column("verdict", Text), column("value", Real), column("population_uncovered", Real)];

/// What it holds of a rule that counts.
const COUNT: &[Column<'static>] =
    &[column("verdict", Text), column("value", Real), column("need", Integer), column("have", Real)];

/// What it holds of a rule on a share.
const SHARE: &[Column<'static>] = &[column("verdict", Text), column("value", Real)];

const STATIONS: &[Column<'static>] = &[
    column("id", Text),
    column("name", Text),
    column("kind", Text),
    column("ambulances", Real),
    column("dispatches", Flag),
    column("negative_pressure", Real),
    column("decontamination", Flag),
    column("turnout_s", Real),
    column("sub_center", Text),
    column("inside", Flag),
    column("population_first", Real),
    column("population_in_time", Real),
    column("population_only", Real),
    column("driveway_m", Real),
];

const ROAD_USE: &[Column<'static>] = &[
    column("what", Text),
    column("reason", Text),
    column("feature", Integer),
    column("id", Text),
    column("name", Text),
    column("length_km", Real),
];

const TRIED: &[Column<'static>] = &[
    column("id", Text),
    column("name", Text),
    column("people_new", Real),
    column("people_sooner", Real),
    column("people_seconds_saved", Real),
    column("units", Text),
];

const FAILED_STATIONS: &[Column<'static>] = &[
    column("id", Text),
    column("name", Text),
    column("people_lost", Real),
    column("people_later", Real),
    column("people_seconds_lost", Real),
    column("units", Text),
];

const FAILED_PAIRS: &[Column<'static>] = &[
    column("id_1", Text),
    column("id_2", Text),
    column("name_1", Text),
    column("name_2", Text),
    column("people_lost", Real),
    column("people_shared", Real),
    column("units", Text),
];

const FAILED_ROADS: &[Column<'static>] = &[
    column("kind", Text),
    column("name", Text),
    column("people_lost", Real),
    column("people_later", Real),
    column("people_seconds_lost", Real),
    column("units", Text),
];

const STATION_ROADS: &[Column<'static>] =
    &[column("station", Text), column("name", Text), column("highway", Text), column("length_m", Real)];

const ROADS_TIME: &[Column<'static>] = &[
    column("highway", Text),
    column("name", Text),
    column("limit_s", Real),
    column("reached", Flag),
    column("over_s", Real),
    column("within_s", Real),
    column("from_s", Real),
    column("to_s", Real),
];

const FACILITIES: &[Column<'static>] = &[
    column("id", Text),
    column("name", Text),
    column("kind", Text),
    column("level", Real),
    column("beds", Real),
    column("inside", Flag),
];

const AEDS: &[Column<'static>] = &[
    column("id", Text),
    column("name", Text),
    column("count", Real),
    column("hours", Text),
    column("indoor", Flag),
    column("inside", Flag),
];

const POPULATION: &[Column<'static>] =
    &[column("population", Real), column("urban", Flag), column("response_s", Real), column("within", Flag)];

const PROPOSALS: &[Column<'static>] = &[
    column("id", Text),
    column("name", Text),
    column("order", Integer),
    column("unit", Text),
    column("origin", Text),
    column("objective", Real),
    column("gain", Real),
    column("people_new", Real),
    column("people_first", Real),
    column("cost", Real),
    column("zones_closed", Text),
    column("next_best_1", Text),
    column("next_best_2", Text),
];

const PARTS: &[Column<'static>] = &[
    column("region", Text),
    column("part_id", Text),
    column("rule_id", Text),
    column("rule_title", Text),
    column("reason", Text),
    column("limit", Text),
    column("zone_id", Text),
    column("area_km2", Real),
    column("population_old", Real),
    column("population_new", Real),
];

const GIVEN_UP: &[Column<'static>] = &[column("id", Text), column("name", Text)];

const CANDIDATES: &[Column<'static>] = &[
    column("id", Text),
    column("name", Text),
    column("role", Text),
    column("origin", Text),
    column("cost", Real),
    column("capacity", Real),
    column("turnout_s", Real),
];

const UNITS: &[Column<'static>] = &[
    column("unit_id", Text),
    column("unit_name", Text),
    column("level", Text),
    column("population", Real),
    column("uncovered_before", Real),
    column("uncovered_after", Real),
    column("people_new", Real),
    column("verdict_before", Text),
    column("verdict_after", Text),
];

const MOVES: &[Column<'static>] = &[
    column("rule_id", Text),
    column("rule_title", Text),
    column("moved", Flag),
    column("verdict_before", Text),
    column("verdict_after", Text),
    column("value_before", Real),
    column("value_after", Real),
    column("unit", Text),
    column("uncovered_before", Real),
    column("uncovered_after", Real),
    column("km2_before", Real),
    column("km2_after", Real),
];

const BOUNDARY: &[Column<'static>] = &[column("name", Text), column("area_km2", Real), column("note", Text)];

const RULES: &[Column<'static>] = &[
    column("rule_id", Text),
    column("rule_title", Text),
    column("force", Text),
    column("verdict", Text),
    column("value", Real),
    column("threshold", Real),
    column("unit", Text),
    column("need", Integer),
    column("have", Real),
    column("population_covered", Real),
    column("population_uncovered", Real),
    column("uncovered_km2", Real),
    column("uncovered_km2_low", Real),
    column("uncovered_km2_high", Real),
    column("why", Text),
    column("source", Text),
    column("quote", Text),
    column("unit_id", Text),
    column("unit_name", Text),
    column("level", Text),
    column("population", Real),
];

/// Regions of a batch.
const REGIONS: &[Column<'static>] = &[
    column("region", Text),
    column("region_name", Text),
    column("standard", Text),
    column("mark", Text),
    column("verdict", Text),
    column("exit_status", Integer),
    column("population", Real),
    column("area_km2", Real),
    column("rules_met", Integer),
    column("rules_gap", Integer),
    column("rules_depend", Integer),
    column("rules_open", Integer),
    column("data_grade", Text),
    column("report", Text),
    column("fault", Text),
];

/// Rules of one region of a batch.
const BATCH_RULES: &[Column<'static>; 22] = &[
    column("region_name", Text),
    column("standard", Text),
    column("rule_id", Text),
    column("rule_title", Text),
    column("force", Text),
    column("verdict", Text),
    column("value", Real),
    column("threshold", Real),
    column("unit", Text),
    column("gap", Real),
    column("shortfall", Real),
    column("need", Integer),
    column("have", Real),
    column("population", Real),
    column("population_covered", Real),
    column("population_uncovered", Real),
    column("uncovered_km2", Real),
    column("uncovered_km2_low", Real),
    column("uncovered_km2_high", Real),
    column("data_grade", Text),
    column("poor_data", Flag),
    column("why", Text),
];

/// The same of all regions, in order.
const RANKING: &[Column<'static>; 24] = &{
    let mut all = [column("region", Text); 24];
    all[1] = column("rank", Integer);
    let mut at = 0;
    while at < BATCH_RULES.len() {
        all[at + 2] = BATCH_RULES[at];
        at += 1;
    }
    all
};

/// The columns of `coverage`: those of a unit, then some for each rule, in the order of the rules. They follow from the rules
/// alone, so that audits under one standard have the same.
pub fn coverage(rules: &[RuleReport]) -> Vec<Column<'_>> {
    let of_rules = rules.iter().flat_map(|rule| {
        of_kind(rule.kind).iter().map(move |column| Column { rule: Some(rule.id.as_str()), ..*column })
    });
    COVERAGE.iter().copied().chain(of_rules).collect()
}

/// What `coverage` holds of a rule of this kind.
pub fn of_kind(kind: RuleKind) -> &'static [Column<'static>] {
    match kind {
        RuleKind::Radius | RuleKind::TravelTime => REACH,
        RuleKind::PerPopulation | RuleKind::PresencePerUnit => COUNT,
        RuleKind::Share => SHARE,
    }
}

/// The columns of a layer, by its name; of `coverage` those that do not depend on the rules.
pub fn columns(layer: &str) -> &'static [Column<'static>] {
    match layer {
        "uncovered" | "uncovered_before" | "uncovered_after" => UNCOVERED,
        "coverage" => COVERAGE,
        "stations" => STATIONS,
        "roads_time" | "roads_after" => ROADS_TIME,
        "road_use" => ROAD_USE,
        "tried_sites" => TRIED,
        "failed_stations" => FAILED_STATIONS,
        "failed_pairs" => FAILED_PAIRS,
        "failed_roads" => FAILED_ROADS,
        "station_roads" => STATION_ROADS,
        "facilities" => FACILITIES,
        "aeds" => AEDS,
        "population" => POPULATION,
        "opened" | "closed" => PARTS,
        "proposals" => PROPOSALS,
        "given_up" => GIVEN_UP,
        "candidates" => CANDIDATES,
        "units" => UNITS,
        "moves" => MOVES,
        "boundary" => BOUNDARY,
        "rules" => RULES,
        "regions" => REGIONS,
        "batch_rules" => BATCH_RULES,
        "league" => RANKING,
        _ => &[],
    }
}
