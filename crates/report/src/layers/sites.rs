//! Rows with sites: stations with the people nearest to each, facilities, AEDs.

use super::shapes::point;
use super::{Cell, Column, Row, Type};
use crate::rounding::{people, tenth};
use lifering_base::records::Site;
use lifering_base::records::attributes::{Attributes, Scalar};
use lifering_core::audit::Audit;
use lifering_standards::catalogue::LayerName;

/// What a file said of a site, if it is of the column's kind: a word where a number belongs is no number.
fn said<'a>(site: &'a Site, column: Column<'_>) -> Cell<'a> {
    match (site.attribute(column.name), column.kind) {
        (Some(Scalar::Number(n)), Type::Real) => Cell::real(Some(*n)),
        (Some(Scalar::Number(n)), Type::Text) => Cell::text(n.to_string()),
        (Some(Scalar::Text(t)), Type::Text) => Cell::text(t.as_str()),
        (Some(Scalar::Bool(b)), Type::Flag) => Cell::Flag(*b),
        _ => Cell::Empty,
    }
}

/// The sites of a layer.
pub fn rows<'a>(audit: &'a Audit, list: &'a [Site], layer: &LayerName, columns: &[Column<'_>]) -> Vec<Row<'a>> {
    let inside = audit.city.evidence().sites.iter().filter(|s| s.layer == *layer).map(|s| s.inside);
    list.iter()
        .zip(inside)
        .map(|(site, inside)| Row {
            geometry: Some(point(site.place.lon, site.place.lat)),
            cells: columns
                .iter()
                .map(|column| match column.name {
                    "id" => Cell::text(site.id.as_str()),
                    "name" => Cell::text(site.name.as_str()),
                    "inside" => Cell::Flag(inside),
                    _ => said(site, *column),
                })
                .collect(),
        })
        .collect()
}

/// The stations with the people nearest to each.
pub fn stations(audit: &Audit) -> Vec<Row<'_>> {
    audit
        .findings
        .stations
        .iter()
        .map(|figures| {
            let site = &audit.city.records().stations[figures.site];
            let cell = |column: &Column| match column.name {
                "id" => Cell::text(site.id.as_str()),
                "name" => Cell::text(site.name.as_str()),
                "inside" => Cell::Flag(audit.city.evidence().sites[figures.site].inside),
                "dispatches" => Cell::Flag(audit.city.sites()[figures.site].dispatches),
                "population_first" => Cell::Real(people(figures.people_first)),
                "population_in_time" => Cell::Real(people(figures.people_in_time)),
                "population_only" => Cell::Real(people(figures.people_only)),
                "driveway_m" => Cell::real(figures.driveway_m.map(tenth)),
                _ => said(site, *column),
            };
            Row {
                geometry: Some(point(site.place.lon, site.place.lat)),
                cells: super::columns("stations").iter().map(cell).collect(),
            }
        })
        .collect()
}
