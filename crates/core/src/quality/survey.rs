//! Roads, sites and people in relation to each other.
//!
//! In: a city. Out: [`Survey`]. Findings are also logged as issues of their layers, so that `lifering check` and an
//! audit give the same grades.

use super::fit::{Fit, RoadsFit, fits, roads_fit};
use super::issue_log::IssueLog;
use super::network::NetworkQuality;
use super::people::{PeopleQuality, people};
use super::plane;
use super::plausibility::{self, Counted};
use super::road_use::{RoadNotes, RoadUse};
use super::sites::{SitesQuality, sites};
use super::unit_joins;
use crate::city::City;
use crate::city::boundary::BoundaryOrigin;
use lifering_base::error::Place;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::Layer;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Roads, sites and people in relation to each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Survey {
    /// The drivable network.
    pub network: NetworkQuality,
    /// How an ambulance may use the roads; audit.json of early versions lacks it.
    #[serde(default)]
    pub road_use: RoadUse,
    /// Stations, facilities, AEDs and candidates, as far as the region has the layers.
    pub sites: Vec<SitesQuality>,
    /// The population.
    pub people: PeopleQuality,
    /// Fit of the roads to boundary or units under each datum; absent outside China, and without boundary and units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roads_fit: Option<RoadsFit>,
}

/// Surveys a city and logs what is wrong. `no_road`: people without a road within `max_m` on this side of barriers.
pub fn survey(city: &City, no_road: f64, log: &mut IssueLog) -> Survey {
    survey_with(city, no_road, &RoadNotes::of(city), log)
}

/// The same, with what was noted of the roads before.
pub fn survey_with(city: &City, no_road: f64, road_notes: &RoadNotes, log: &mut IssueLog) -> Survey {
    note_boundary(city, log);
    let people = people(city, no_road, log);
    unit_joins::note(city, log);
    let network = city.drive_network();
    let sites = sites(city, &network, log);
    let road_use = RoadUse::of(city, road_notes, log);
    plane::note(city, log);
    let network = NetworkQuality::of(city.records(), &network, city.frame());
    plausibility::note(city, &Counted { network: &network.as_set, sites: &sites, people: &people }, log);
    Survey { network, road_use, sites, people, roads_fit: roads_fit(city.records(), city.frame(), city.boundary()) }
}

/// Fit of the points of each layer to the roads, by key of the layer; none outside China. What looks shifted is logged.
pub fn fits_of_layers(city: &City, log: &mut IssueLog) -> BTreeMap<String, Fit> {
    fits(city.records(), &city.drive_network(), city.frame(), log)
}

/// Logs a boundary derived from units, or from population or roads.
fn note_boundary(city: &City, log: &mut IssueLog) {
    let (layers, what) = match city.boundary_origin() {
        BoundaryOrigin::Given => return,
        BoundaryOrigin::Units => ([Layer::Units; 2], message!("message.union_of_units")),
        BoundaryOrigin::Hull => ([Layer::Population, Layer::Roads], message!("message.hull")),
    };
    let given = |layer: &Layer| city.records().inputs.iter().any(|input| input.layer == *layer);
    let Some(layer) = layers.into_iter().find(given) else { return };
    let Some(mut issues) = log.of_layer(city.records(), layer) else { return };
    let place = Place::file(issues.file);
    let wanted = message!("message.is_used", what = what);
    issues.note(IssueCode::Derived, &place, message!("message.no_boundary"), wanted);
}
