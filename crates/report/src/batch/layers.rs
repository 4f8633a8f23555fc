//! The layers over many audits: a row a region, and a row a region and rule.
//!
//! In: a [`BatchReport`] and the boundaries. Out: [`MapLayer`]s for batch.gpkg, and the rows of the partition `rules`.

use super::ranking::RankingRow;
use super::shape::{Audited, BatchReport, RegionEntry, RuleRow};
use crate::layers::{Cell, MapLayer, Row, Shape, columns};
use crate::words::word;
use geo::{Geometry, MultiPolygon};
use lifering_standards::outcome::Verdict;
use std::collections::BTreeMap;

/// Boundaries in degrees, by a region's folder.
pub type Boundaries = BTreeMap<String, MultiPolygon<f64>>;

/// How a region is shown: its verdict, unless its data is too poor or it was not audited.
pub fn mark(entry: &RegionEntry) -> &'static str {
    match &entry.audit {
        None => "not_audited",
        Some(audited) if audited.poor_data => "poor_data",
        Some(audited) => word(&audited.verdict),
    }
}

/// The layers of batch.gpkg.
pub fn layers<'a>(batch: &'a BatchReport, ranking: &[RankingRow<'a>], boundaries: &Boundaries) -> Vec<MapLayer<'a>> {
    let make = |name, shape, rows| MapLayer::new(name, shape, columns(name), rows);
    let regions = batch.regions.iter().map(|entry| region(entry, boundaries.get(&entry.name)));
    vec![
        make("regions", Shape::MultiPolygon, regions.collect()),
        make("league", Shape::Table, ranking.iter().map(ranking_row).collect()),
    ]
}

fn region<'a>(entry: &'a RegionEntry, boundary: Option<&MultiPolygon<f64>>) -> Row<'a> {
    let audited = entry.audit.as_ref();
    let text = |of: &dyn Fn(&'a Audited) -> &'a str| audited.map_or(Cell::Empty, |a| Cell::text(of(a)));
    let count = |verdict: Verdict| {
        let rules = audited.map(|a| a.rules.iter().filter(|rule| rule.binding && rule.verdict == verdict).count());
        Cell::integer(rules.map(|n| n as u64))
    };
    Row {
        geometry: boundary.map(|area| Geometry::MultiPolygon(area.clone())),
        cells: vec![
            Cell::text(entry.name.as_str()),
            text(&|a| &a.region),
            text(&|a| &a.standard),
            Cell::text(mark(entry)),
            audited.map_or(Cell::Empty, |a| Cell::text(word(&a.verdict))),
            Cell::integer(Some(u64::from(entry.exit_status))),
            Cell::real(audited.map(|a| a.population)),
            Cell::real(audited.map(|a| a.boundary_km2)),
            count(Verdict::Met),
            count(Verdict::Gap),
            count(Verdict::Depends),
            count(Verdict::CannotJudge),
            audited.map_or(Cell::Empty, |a| Cell::text(word(&a.grade))),
            audited.map_or(Cell::Empty, |_| Cell::text(format!("{}/report.html", entry.name))),
            entry.fault.as_ref().map_or(Cell::Empty, |fault| Cell::text(fault.message.zh.as_str())),
        ],
    }
}

fn ranking_row<'a>(row: &RankingRow<'a>) -> Row<'a> {
    let rank = Cell::integer(row.rank.map(|rank| rank as u64));
    let mut cells = vec![Cell::text(row.entry.name.as_str()), rank];
    match row.found {
        Some((audited, rule)) => cells.extend(rule_cells(audited, rule)),
        None => cells.extend(std::iter::repeat_n(Cell::Empty, columns("batch_rules").len())),
    }
    Row { geometry: None, cells }
}

/// The rows of a region's part of `rules`: without the region, which is the partition's name.
pub fn rules(audited: &Audited) -> Vec<Row<'_>> {
    audited.rules.iter().map(|rule| Row { geometry: None, cells: rule_cells(audited, rule) }).collect()
}

fn rule_cells<'a>(audited: &'a Audited, rule: &'a RuleRow) -> Vec<Cell<'a>> {
    vec![
        Cell::text(audited.region.as_str()),
        Cell::text(audited.standard.as_str()),
        Cell::text(rule.id.as_str()),
        Cell::text(rule.title.zh.as_str()),
        Cell::text(word(&rule.force)),
        Cell::text(word(&rule.verdict)),
        Cell::real(rule.value),
        Cell::real(Some(rule.threshold)),
        Cell::text(word(&rule.unit)),
        Cell::real(rule.gap),
        Cell::real(rule.shortfall),
        Cell::integer(rule.need),
        Cell::real(rule.have),
        Cell::Real(audited.population),
        Cell::real(rule.population_covered),
        Cell::real(rule.population_uncovered),
        Cell::real(rule.uncovered_km2),
        Cell::real(rule.uncovered_km2_low),
        Cell::real(rule.uncovered_km2_high),
        Cell::text(word(&audited.grade)),
        Cell::Flag(audited.poor_data),
        Cell::text(rule.why.zh.as_str()),
    ]
}
