//! The files of a proposal: proposal.json, sites.geojson, after.geojson.
//!
//! In: a [`Proposal`] and its report. Out: bytes by file name. A proposal on a matrix knows no places and has the first
//! file only.

use super::geojson::{ILLUSTRATIVE, collection, feature, position, zone_features_of};
use super::proposal::{ProposalReport, json};
use super::sentences::Lang;
use crate::proposal::Proposal;
use crate::proposal::region::OnTheGround;
use geo::Coord;
use geojson::{Feature, Geometry, GeometryValue};
use serde_json::json as object;

/// All files of a proposal, by name.
pub fn render(proposal: &Proposal, report: &ProposalReport, _lang: Lang) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![("proposal.json".to_owned(), json(report))];
    if let Some(ground) = &proposal.ground {
        let note = report.region.as_ref().filter(|region| region.illustrative).map(|_| ILLUSTRATIVE);
        files.push(("sites.geojson".to_owned(), collection(note, &sites(report))));
        files.push(("after.geojson".to_owned(), collection(note, &left(ground))));
    }
    files
}

/// The proposed sites, in the order of building.
fn sites(report: &ProposalReport) -> Vec<Feature> {
    report
        .sites
        .iter()
        .filter_map(|site| {
            let ground = site.ground.as_ref()?;
            let place = position(Coord { x: ground.lon, y: ground.lat });
            let next = |at: usize| site.next_best.get(at).map(|next| next.id.clone());
            Some(feature(
                Geometry::new(GeometryValue::Point { coordinates: place }),
                object!({
                    "id": site.id, "name": ground.name, "order": site.order, "unit": ground.unit,
                    "origin": ground.origin, "objective": site.objective, "gain": site.gain,
                    "people_new": site.people_new, "people_first": ground.people_first, "cost": site.cost,
                    "zones_closed": ground.zones.iter().filter(|z| z.closed).map(|z| z.zone_id.as_str())
                        .collect::<Vec<_>>().join(", "),
                    "next_best_1": next(0), "next_best_2": next(1),
                }),
            ))
        })
        .collect()
}

/// What is not covered by the rule once the sites stand.
fn left(ground: &OnTheGround) -> Vec<Feature> {
    zone_features_of(&ground.after, &|rule| rule == ground.rule)
}
