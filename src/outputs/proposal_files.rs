//! The files of a proposal: proposal.json, and for a region proposal.html, sites.geojson and after.geojson with their styles.
//!
//! In: a [`Proposal`] and its report. Out: bytes by file name. A proposal on a matrix knows no places and has the first
//! file only.

use super::geojson::{ILLUSTRATIVE, collection};
use super::layers::{Cell, MapLayer, Row, Shape, columns, left};
use super::proposal::{ProposalReport, SiteReport, json};
use super::sentences::Lang;
use super::{html, qgis};
use crate::proposal::Proposal;
use geo::{Geometry, Point};

/// All files of a proposal, by name. `lang` is the language of the styles.
pub fn render(proposal: &Proposal, report: &ProposalReport, lang: Lang) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![("proposal.json".to_owned(), json(report))];
    let Some(ground) = &proposal.ground else { return files };
    let note = report.region.as_ref().filter(|region| region.illustrative).map(|_| ILLUSTRATIVE);
    let facts = qgis::facts(&ground.after, lang);
    let rows = report.sites.iter().filter_map(site).collect();
    let sites = MapLayer { name: "sites", shape: Shape::Point, columns: columns("sites"), rows };
    for (name, layer) in [("sites", sites), ("after", left(&ground.after, ground.rule))] {
        files.push((format!("{name}.geojson"), collection(note, layer.columns, &[&layer.rows])));
        files.push((format!("{name}.qml"), qgis::style::qml(&layer, &facts).into_bytes()));
    }
    files.extend(html::proposal(proposal, report, lang).map(|bytes| ("proposal.html".to_owned(), bytes)));
    files
}

/// A proposed site as a row.
fn site(site: &SiteReport) -> Option<Row<'_>> {
    let ground = site.ground.as_ref()?;
    let text = |text: Option<&str>| text.map_or(Cell::Empty, |text| Cell::text(text.to_owned()));
    let next = |at: usize| text(site.next_best.get(at).map(|next| next.id.as_str()));
    let closed: Vec<&str> = ground.zones.iter().filter(|zone| zone.closed).map(|zone| zone.zone_id.as_str()).collect();
    Some(Row {
        geometry: Some(Geometry::Point(Point::new(ground.lon, ground.lat))),
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
