//! Sites in relation to roads and boundary.
//!
//! In: a city and its drivable network. Out: [`SitesQuality`] of each point layer; findings are logged as issues.

use super::entries;
use super::issue_log::IssueLog;
use crate::city::City;
use crate::network::{RoadNetwork, RoadPoint};
use lifering_base::error::Place;
use lifering_base::frame::LonLat;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::Layer;
use lifering_readers::Region;
use lifering_standards::catalogue::LayerName;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Point layers with a key of their own in `[layers]`.
pub const POINT_LAYERS: [Layer; 4] = [Layer::Stations, Layer::Facilities, Layer::Aeds, Layer::Candidates];

/// A point layer in relation to roads and boundary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SitesQuality {
    /// Key of the layer in region.toml.
    pub key: String,
    /// Number of sites.
    pub sites: usize,
    /// Sites farther than `max_driveway_m` from every road with roadside access (definitions.md section 3).
    pub off_network: usize,
    /// Sites outside the boundary.
    pub outside: usize,
}

/// Position of the feature, id and place of every site of a point layer.
pub fn points(region: &Region, layer: Layer) -> Vec<(usize, String, LonLat)> {
    let sites = match layer {
        Layer::Stations => Some(&region.stations),
        Layer::Facilities => region.facilities.as_ref(),
        Layer::Aeds => region.aeds.as_ref(),
        Layer::Candidates => region.candidates.as_ref(),
        _ => None,
    };
    sites.into_iter().flatten().map(|s| (s.feature, s.id.clone(), s.place)).collect()
}

/// Assesses every point layer and logs sites that are off the network or outside the boundary.
pub fn sites(city: &City, network: &RoadNetwork, log: &mut IssueLog) -> Vec<SitesQuality> {
    let max_driveway_m = city.records().settings.drive.max_driveway_m;
    let mut all = Vec::new();
    for layer in POINT_LAYERS {
        let sites = points(city.records(), layer);
        let Some(mut issues) = log.of_layer(city.records(), layer) else { continue };
        let joins: Vec<(bool, Option<RoadPoint>)> = sites
            .par_iter()
            .map(|(_, _, place)| {
                let xy = city.frame().to_local(*place);
                (city.holds(*place), network.index.nearest(network, xy))
            })
            .collect();
        let mut quality = SitesQuality { key: layer.key().to_owned(), sites: sites.len(), off_network: 0, outside: 0 };
        for ((feature, id, place), (inside, join)) in sites.into_iter().zip(joins) {
            let at = Place { feature: Some(feature), id: Some(id), ..Place::file(issues.file) };
            if !inside {
                quality.outside += 1;
                let done = if layer == Layer::Candidates {
                    message!("message.still_used")
                } else {
                    message!("message.used_not_counted")
                };
                issues.note(IssueCode::OutsideBoundary, &at, message!("message.outside_boundary"), done);
            }
            match join {
                None => {
                    quality.off_network += 1;
                    issues.note(
                        IssueCode::NoRoadToEnter,
                        &at,
                        message!("message.no_roadside"),
                        message!("message.reaches_nobody"),
                    );
                }
                Some(road) if road.distance_m > max_driveway_m => {
                    quality.off_network += 1;
                    let found = message!("message.metres_to_road", n = format!("{:.0}", road.distance_m));
                    issues.note(
                        IssueCode::LongDriveway,
                        &at,
                        found,
                        message!("message.at_most_metres", n = max_driveway_m),
                    );
                }
                Some(road) if layer == Layer::Stations => {
                    let from = city.frame().to_local(place);
                    if city.barriers().is_some_and(|b| b.crossed(from, road.xy)) {
                        issues.note(
                            IssueCode::DrivewayCrossesBarrier,
                            &at,
                            message!("message.driveway_barrier"),
                            message!("message.check_point"),
                        );
                    }
                }
                Some(_) => {}
            }
        }
        all.push(quality);
    }
    entries::note_stations(city, network, log);
    note_extra(city, log);
    all
}

/// Logs sites of extra layers outside the boundary.
fn note_extra(city: &City, log: &mut IssueLog) {
    let outside = city.site_evidence().sites.iter().filter(|site| site.placed && !site.inside).filter_map(|site| {
        match &site.layer {
            LayerName::Extra(name) => Some((name, &site.id)),
            _ => None,
        }
    });
    for (layer, id) in outside {
        if let Some(mut issues) = log.of_extra(city.records(), layer) {
            let place = Place { id: Some(id.clone()), ..Place::file(issues.file) };
            issues.note(
                IssueCode::OutsideBoundary,
                &place,
                message!("message.outside_boundary"),
                message!("message.not_counted"),
            );
        }
    }
}
