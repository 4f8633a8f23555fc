//! Rows with polygons: zones, units, the boundary.

use super::shapes::{degree_area, local_area, local_polygon};
use super::{Cell, Row};
use crate::report::{ILLUSTRATIVE, Report, RuleReport, UnitReport};
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

/// One row a unit and rule.
pub fn units<'a>(audit: &'a Audit, report: &'a Report) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for unit in &report.units {
        let Some(geometry) = record(audit, unit).map(of_unit) else { continue };
        for (rule_id, rule) in &unit.rules {
            let title = report.rules.iter().find(|r| r.id == *rule_id).map(|r| r.title.as_str());
            rows.push(Row {
                geometry: geometry.clone(),
                cells: vec![
                    Cell::text(unit.id.as_str()),
                    Cell::text(unit.name.as_str()),
                    Cell::text(unit.level.as_str()),
                    Cell::Real(unit.population),
                    Cell::text(rule_id.as_str()),
                    title.map_or(Cell::Empty, Cell::text),
                    Cell::real(rule.value),
                    Cell::integer(rule.need),
                    Cell::real(rule.have),
                    Cell::real(rule.population_uncovered),
                    Cell::text(word(&rule.verdict)),
                ],
            });
        }
    }
    rows
}

/// The whole region under every rule.
pub fn whole<'a>(audit: &Audit, report: &'a Report) -> Vec<Row<'a>> {
    let geometry = local_area(audit.city.frame(), audit.city.boundary());
    let row = |rule: &'a RuleReport| Row {
        geometry: Some(geometry.clone()),
        cells: vec![
            Cell::text("*"),
            Cell::text(report.region.name.as_str()),
            Cell::text("region"),
            Cell::Real(report.population.inside),
            Cell::text(rule.id.as_str()),
            Cell::text(rule.title.as_str()),
            Cell::real(rule.value),
            Cell::integer(rule.need),
            Cell::real(rule.have),
            Cell::real(rule.population_uncovered),
            Cell::text(word(&rule.verdict)),
        ],
    };
    report.rules.iter().map(row).collect()
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
