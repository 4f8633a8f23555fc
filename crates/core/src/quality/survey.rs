//! Roads, sites and people as they lie to each other.
//!
//! In: a region laid out on its plane. Out: [`Survey`]. Everything that looks wrong is also noted as an issue of its layer,
//! so that `lifering check` and an audit give the same grades.

use super::fit::{Fit, RoadsFit, fits, roads_fit};
use super::network::NetworkQuality;
use super::people::{PeopleQuality, people};
use super::sites::{SitesQuality, sites};
use crate::measure::World;
use crate::measure::boundary::BoundaryOrigin;
use crate::measure::evidence::Gathered;
use crate::network::Usage;
use crate::travel::Demand;
use lifering_base::error::Place;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::Layer;
use lifering_readers::Region;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a region is surveyed on.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// Plane, boundary, barriers, networks.
    pub world: &'a World,
    /// Where the boundary comes from.
    pub origin: BoundaryOrigin,
    /// The people.
    pub demand: &'a Demand,
    /// Who belongs to which unit, which site lies where.
    pub gathered: &'a Gathered,
    /// People of the demand without a road within `max_m`, barriers considered.
    pub no_road: f64,
}

/// What was found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Survey {
    /// The drivable network.
    pub network: NetworkQuality,
    /// Stations, facilities, AEDs, candidates.
    pub sites: Vec<SitesQuality>,
    /// The people.
    pub people: PeopleQuality,
    /// How the roads fit boundary or units as given, as GCJ-02 and as BD-09. In China only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roads_fit: Option<RoadsFit>,
    /// By a layer's key: how its points fit the roads. In China only. Told with the layer.
    #[serde(skip)]
    pub fits: BTreeMap<String, Fit>,
}

/// Measures a region; what is found is noted as issues of its layers.
pub fn survey(region: &mut Region, ground: &Ground<'_>) -> Survey {
    note_boundary(region, ground.origin);
    let world = ground.world;
    let people = people(region, ground);
    let Some(network) = world.network(Usage::Drive) else {
        return Survey {
            network: NetworkQuality::default(),
            sites: Vec::new(),
            people,
            roads_fit: None,
            fits: BTreeMap::new(),
        };
    };
    Survey {
        network: NetworkQuality::of(region, network, &world.frame),
        sites: sites(region, ground, network),
        people,
        roads_fit: roads_fit(region, &world.frame, &world.boundary),
        fits: fits(region, network, &world.frame),
    }
}

/// Says so where the boundary is not a layer of its own.
fn note_boundary(region: &mut Region, origin: BoundaryOrigin) {
    let (layers, what) = match origin {
        BoundaryOrigin::Given => return,
        BoundaryOrigin::Units => ([Layer::Units; 2], message!("message.union_of_units")),
        BoundaryOrigin::Hull => ([Layer::Population, Layer::Roads], message!("message.hull")),
    };
    let Some(layer) = layers.into_iter().find(|layer| region.issues(*layer).is_some()) else { return };
    if let Some((file, issues)) = region.issues(layer) {
        let wanted = message!("message.is_used", what = what);
        issues.note(IssueCode::Derived, &Place::file(file), message!("message.no_boundary"), wanted);
    }
}
