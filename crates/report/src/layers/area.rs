//! Rows with polygons: zones, units, the boundary.

use super::shapes::{degree_area, local_area, local_polygon};
use super::{Cell, NOT_ASKED, Row, WHOLE, columns};
use crate::report::{ILLUSTRATIVE, Report, RuleReport, UnitReport, UnitRuleReport};
use crate::rounding::{km2, people, seconds};
use crate::text::{Lang, list};
use crate::words::word;
use geo::Geometry;
use lifering_base::ids::zone_id;
use lifering_base::records::Unit;
use lifering_base::records::road_class::RoadClass;
use lifering_base::units::SourceId;
use lifering_core::audit::Audit;
use lifering_core::findings::RuleZones;
use lifering_core::zones::Zone;
use lifering_standards::catalogue::Criterion;
use lifering_standards::outcome::Verdict;
use rayon::prelude::*;

/// The zones of all rules.
pub fn zones(audit: &Audit) -> Vec<Row<'_>> {
    audit
        .findings
        .zones
        .iter()
        .flat_map(|(rule, set)| set.zones.iter().enumerate().map(move |(n, zone)| (*rule, set, n, zone)))
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(rule, set, n, zone)| self::zone(audit, rule, set, n, zone))
        .collect()
}

fn zone<'a>(audit: &'a Audit, rule: usize, set: &RuleZones, n: usize, zone: &'a Zone) -> Row<'a> {
    let record = &audit.findings.outcomes[rule].rule;
    let units = audit.city.records().units.as_deref().unwrap_or_default();
    let names: Vec<&str> = zone.units.iter().map(|u| units[*u as usize].name.as_str()).collect();
    let site = |by: SourceId| &audit.city.evidence().sites[set.sites[by.index()]];
    let at = |ms: f64| seconds(ms + f64::from(set.shift.0));
    Row {
        geometry: Some(local_polygon(audit.city.frame(), &zone.polygon)),
        cells: vec![
            Cell::text(zone_id(record.id.as_str(), n)),
            Cell::text(record.id.as_str()),
            Cell::text(record.title.zh.as_str()),
            Cell::text(word(&zone.reason)),
            limit(&record.criterion).map_or(Cell::Empty, Cell::text),
            Cell::Real(km2(zone.area_m2)),
            Cell::Real(people(zone.people)),
            Cell::text(list(&names, Lang::Zh)),
            zone.nearest.map_or(Cell::Empty, |by| Cell::text(site(by).name.as_str())),
            Cell::real(zone.nearest_ms.map(at)),
            Cell::real(zone.worst_ms.map(at)),
            Cell::real(zone.nearest_m.map(f64::round)),
            Cell::real(zone.worst_m.map(f64::round)),
            zone.road_class.map_or(Cell::Empty, |class: RoadClass| Cell::text(class.word())),
            Cell::text(if set.on_foot { "walk" } else { "drive" }),
        ],
    }
}

fn limit(criterion: &Criterion) -> Option<String> {
    match criterion {
        Criterion::Radius(r) => Some(format!("{} m", r.max_m)),
        Criterion::TravelTime(t) => Some(format!("{} min", f64::from(t.limit_s) / 60.0)),
        _ => None,
    }
}

/// The record of a unit; `None` for an area derived from travel times.
pub fn record<'a>(audit: &'a Audit, unit: &UnitReport) -> Option<&'a Unit> {
    let mut units = audit.city.records().units.iter().flatten();
    units.find(|u| u.id == unit.id && u.level.as_deref().unwrap_or("unit") == unit.level)
}

/// The area of a unit; `None` if it has no ground.
pub fn of_unit(unit: &Unit) -> Option<Geometry<f64>> {
    unit.area.as_ref().map(degree_area)
}

/// One row a unit, with the figures of each rule in the columns of [`columns::coverage`].
pub fn units<'a>(audit: &'a Audit, report: &'a Report) -> Vec<Row<'a>> {
    let row = |unit: &'a UnitReport| {
        let geometry = record(audit, unit).map(of_unit)?;
        let figures = |rule: &RuleReport| unit.rules.get(&rule.id).map(Figures::of_unit);
        let about = [unit.id.as_str(), unit.name.as_str(), unit.level.as_str()];
        Some(coverage(geometry, about, unit.population, &report.rules, &figures))
    };
    report.units.iter().filter_map(row).collect()
}

/// The whole region, with the figures of each rule.
pub fn whole<'a>(audit: &Audit, report: &'a Report) -> Row<'a> {
    let geometry = local_area(audit.city.frame(), audit.city.boundary());
    let about = [WHOLE, report.region.name.as_str(), "region"];
    coverage(Some(geometry), about, report.population.inside, &report.rules, &|rule| Some(Figures::of_rule(rule)))
}

/// What a rule says of a place.
struct Figures {
    verdict: Verdict,
    value: Option<f64>,
    need: Option<u64>,
    have: Option<f64>,
    uncovered: Option<f64>,
}

impl Figures {
    fn of_unit(unit: &UnitRuleReport) -> Self {
        Self {
            verdict: unit.verdict,
            value: unit.value,
            need: unit.need,
            have: unit.have,
            uncovered: unit.population_uncovered,
        }
    }

    fn of_rule(rule: &RuleReport) -> Self {
        Self {
            verdict: rule.verdict,
            value: rule.value,
            need: rule.need,
            have: rule.have,
            uncovered: rule.population_uncovered,
        }
    }

    fn cell<'a>(&self, column: &str) -> Cell<'a> {
        match column {
            "verdict" => Cell::text(word(&self.verdict)),
            "value" => Cell::real(self.value),
            "need" => Cell::integer(self.need),
            "have" => Cell::real(self.have),
            "population_uncovered" => Cell::real(self.uncovered),
            _ => Cell::Empty,
        }
    }
}

/// A row of `coverage`: id, name and level, people, how many binding rules have which verdict, then the rules.
fn coverage<'a>(
    geometry: Option<Geometry<f64>>,
    about: [&'a str; 3],
    people: f64,
    rules: &'a [RuleReport],
    figures: &dyn Fn(&RuleReport) -> Option<Figures>,
) -> Row<'a> {
    let found: Vec<Option<Figures>> = rules.iter().map(figures).collect();
    let binding = |verdict: Verdict| {
        let of = rules
            .iter()
            .zip(&found)
            .filter(|(rule, found)| rule.binding && found.as_ref().is_some_and(|figures| figures.verdict == verdict));
        Cell::integer(Some(of.count() as u64))
    };
    let mut cells: Vec<Cell<'a>> = about.into_iter().map(Cell::text).collect();
    cells.push(Cell::Real(people));
    cells.extend([Verdict::Met, Verdict::Gap, Verdict::Depends, Verdict::CannotJudge].map(binding));
    for (rule, found) in rules.iter().zip(&found) {
        cells.extend(columns::of_kind(rule.kind).iter().map(|column| match found {
            Some(figures) => figures.cell(column.name),
            None if column.name == "verdict" => Cell::text(NOT_ASKED),
            None => Cell::Empty,
        }));
    }
    Row { geometry, cells }
}

/// The boundary.
pub fn boundary<'a>(audit: &Audit, report: &'a Report) -> Row<'a> {
    Row {
        geometry: Some(local_area(audit.city.frame(), audit.city.boundary())),
        cells: vec![
            Cell::text(report.region.name.as_str()),
            Cell::Real(report.region.boundary_km2),
            if report.region.illustrative { Cell::text(ILLUSTRATIVE) } else { Cell::Empty },
        ],
    }
}
