//! Roads, sites and people as they lie to each other.
//!
//! In: a region laid out on its plane. Out: [`Survey`]. Everything that looks wrong is also noted as an issue of its layer,
//! so that `lifering check` and an audit give the same grades.

use super::fit::{Fit, RoadsFit, fits, roads_fit};
use super::network::NetworkQuality;
use super::notes::Notes;
use super::people::{PeopleQuality, people};
use super::sites::{SitesQuality, sites};
use crate::city::City;
use crate::city::boundary::BoundaryOrigin;
use crate::network::Usage;
use lifering_base::error::Place;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::Layer;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Roads, sites and people as they lie to each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Survey {
    /// The drivable network.
    pub network: NetworkQuality,
    /// Stations, facilities, AEDs, candidates.
    pub sites: Vec<SitesQuality>,
    /// The people.
    pub people: PeopleQuality,
    /// How the roads fit boundary or units as given, as GCJ-02 and as BD-09. In China only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roads_fit: Option<RoadsFit>,
    /// By a layer's key: how its points fit the roads. In China only. Told with the layer.
    #[serde(skip)]
    pub fits: BTreeMap<String, Fit>,
}

/// Surveys a city. `no_road` is the number of people without a road within `max_m`, barriers considered. What looks wrong
/// is noted as an issue of its layer.
pub fn survey(city: &City, no_road: f64, notes: &mut Notes) -> Survey {
    note_boundary(city, notes);
    let people = people(city, no_road, notes);
    let network = city.network(Usage::Drive);
    Survey {
        network: NetworkQuality::of(city.records(), &network, city.frame()),
        sites: sites(city, &network, notes),
        people,
        roads_fit: roads_fit(city.records(), city.frame(), city.boundary()),
        fits: fits(city.records(), &network, city.frame(), notes),
    }
}

/// Notes that the boundary is not a layer of its own.
fn note_boundary(city: &City, notes: &mut Notes) {
    let (layers, what) = match city.boundary_origin() {
        BoundaryOrigin::Given => return,
        BoundaryOrigin::Units => ([Layer::Units; 2], message!("message.union_of_units")),
        BoundaryOrigin::Hull => ([Layer::Population, Layer::Roads], message!("message.hull")),
    };
    let given = |layer: &Layer| city.records().inputs.iter().any(|input| input.layer == *layer);
    let Some(layer) = layers.into_iter().find(given) else { return };
    let Some(mut issues) = notes.of_layer(city.records(), layer) else { return };
    let place = Place::file(issues.file);
    let wanted = message!("message.is_used", what = what);
    issues.note(IssueCode::Derived, &place, message!("message.no_boundary"), wanted);
}
