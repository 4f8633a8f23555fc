//! The layers of a proposal: the proposed sites, what they were chosen from, and the region before and after.
//!
//! In: a [`Proposal`] and its reports. Out: [`MapLayer`]s, those that are drawn on top first.

use super::shapes::point;
use super::{Cell, MapLayer, Row, Shape, area, columns, roads, sites, uncovered};
use crate::proposal::{ProposalReport, RegionReport, SiteReport};
use crate::report::Report;
use crate::rounding::people;
use crate::words::word;
use lifering_base::records::Site;
use lifering_core::plan::region::OnTheGround;
use lifering_standards::catalogue::LayerName;
use std::collections::BTreeSet;

/// All layers of a proposal on a region; `before` and `after` are the reports on it as it is and once the sites stand.
pub fn proposal_layers<'a>(
    ground: &'a OnTheGround,
    report: &'a ProposalReport,
    before: &'a Report,
    after: &'a Report,
) -> Vec<MapLayer<'a>> {
    let audit = &ground.before;
    let make = |name, shape, rows| MapLayer::new(name, shape, columns(name), rows);
    let there = |list: &'a Option<Vec<Site>>, layer: &LayerName, name| {
        make(name, Shape::Point, sites::rows(audit, list.as_deref().unwrap_or_default(), layer, columns(name)))
    };
    vec![
        make("proposals", Shape::Point, report.sites.iter().filter_map(proposed).collect()),
        make("given_up", Shape::Point, given_up(ground)),
        make("candidates", Shape::Point, candidates(ground, report)),
        make("stations", Shape::Point, sites::stations(audit)),
        there(&audit.city.records().facilities, &LayerName::Facilities, "facilities"),
        there(&audit.city.records().aeds, &LayerName::Aeds, "aeds"),
        uncovered("uncovered_after", &ground.after, ground.rule),
        uncovered("uncovered_before", audit, ground.rule),
        make("units", Shape::MultiPolygon, units(ground, before, after)),
        make("roads_after", Shape::Line, roads::rows(&ground.after)),
        make("boundary", Shape::MultiPolygon, vec![area::boundary(audit, before)]),
        make("moves", Shape::Table, report.region.as_ref().map(moves).unwrap_or_default()),
    ]
}

/// A proposed site.
fn proposed(site: &SiteReport) -> Option<Row<'_>> {
    let ground = site.ground.as_ref()?;
    let text = |text: Option<&'_ str>| text.map_or(Cell::Empty, |text| Cell::text(text.to_owned()));
    let next = |at: usize| text(site.next_best.get(at).map(|next| next.id.as_str()));
    let closed: Vec<&str> = ground.zones.iter().filter(|zone| zone.closed).map(|zone| zone.zone_id.as_str()).collect();
    Some(Row {
        geometry: Some(point(ground.lon, ground.lat)),
        cells: vec![
            Cell::text(site.id.as_str()),
            Cell::text(ground.name.as_str()),
            Cell::integer(Some(site.order as u64)),
            text(ground.unit.as_deref()),
            Cell::text(ground.origin.word()),
            Cell::real(site.objective),
            Cell::real(site.gain),
            Cell::real(site.people_new),
            Cell::real(Some(ground.people_first)),
            Cell::real(Some(site.cost)),
            Cell::text(closed.join(", ")),
            next(0),
            next(1),
        ],
    })
}

/// Existing sites that are given up.
fn given_up(ground: &OnTheGround) -> Vec<Row<'_>> {
    let sites = &ground.before.city.evidence().sites;
    let record = |site: usize| {
        let place = ground.before.city.sites()[site].place;
        let site = &sites[site];
        Row {
            geometry: Some(point(place.lon, place.lat)),
            cells: vec![Cell::text(site.id.as_str()), Cell::text(site.name.as_str())],
        }
    };
    ground.closed_sites.iter().map(|site| record(*site)).collect()
}

/// Everything there was to choose from, and what became of it.
fn candidates<'a>(ground: &'a OnTheGround, report: &ProposalReport) -> Vec<Row<'a>> {
    let proposed: BTreeSet<&str> = report.sites.iter().map(|site| site.id.as_str()).collect();
    let next: BTreeSet<&str> =
        report.sites.iter().flat_map(|site| &site.next_best).map(|next| next.id.as_str()).collect();
    let role = |id: &str| match (proposed.contains(id), next.contains(id)) {
        (true, _) => "proposed",
        (false, true) => "next_best",
        (false, false) => "not_chosen",
    };
    ground
        .candidates
        .iter()
        .map(|candidate| Row {
            geometry: Some(point(candidate.place.lon, candidate.place.lat)),
            cells: vec![
                Cell::text(candidate.id.as_str()),
                Cell::text(candidate.name.as_str()),
                Cell::text(role(&candidate.id)),
                Cell::text(candidate.origin.word()),
                Cell::real(Some(candidate.cost)),
                Cell::real(candidate.capacity),
                Cell::real(candidate.turnout_s),
            ],
        })
        .collect()
}

/// The units under the rule that is bettered, before and after.
fn units<'a>(ground: &'a OnTheGround, before: &'a Report, after: &'a Report) -> Vec<Row<'a>> {
    let rule = ground.before.findings.outcomes[ground.rule].rule.id.as_str();
    let record = |was: &'a crate::report::UnitReport| {
        let then = after.units.iter().find(|unit| unit.id == was.id && unit.level == was.level)?;
        let (was_so, is_so) = (was.rules.get(rule)?, then.rules.get(rule)?);
        let fewer = was_so.population_uncovered.zip(is_so.population_uncovered).map(|(then, now)| people(then - now));
        Some(Row {
            geometry: area::of_unit(area::record(&ground.before, was)?),
            cells: vec![
                Cell::text(was.id.as_str()),
                Cell::text(was.name.as_str()),
                Cell::text(was.level.as_str()),
                Cell::Real(was.population),
                Cell::real(was_so.population_uncovered),
                Cell::real(is_so.population_uncovered),
                Cell::real(fewer),
                Cell::text(word(&was_so.verdict)),
                Cell::text(word(&is_so.verdict)),
            ],
        })
    };
    before.units.iter().filter_map(record).collect()
}

/// Every rule before and after.
fn moves(region: &RegionReport) -> Vec<Row<'_>> {
    region
        .rules
        .iter()
        .map(|rule| Row {
            geometry: None,
            cells: vec![
                Cell::text(rule.id.as_str()),
                Cell::text(rule.title.as_str()),
                Cell::Flag(rule.moved),
                Cell::text(word(&rule.before.verdict)),
                Cell::text(word(&rule.after.verdict)),
                Cell::real(rule.before.value),
                Cell::real(rule.after.value),
                Cell::text(word(&rule.after.unit)),
                Cell::real(rule.before.population_uncovered),
                Cell::real(rule.after.population_uncovered),
                Cell::real(rule.before.uncovered_km2),
                Cell::real(rule.after.uncovered_km2),
            ],
        })
        .collect()
}
