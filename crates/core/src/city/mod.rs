//! A city: loaded once, asked many times.
//!
//! In: a region folder, the embedded demo, files in memory, or typed records. Out: [`City`]: records, plane, boundary,
//! population samples, sites and units, and the road networks with their costs, which are made when first asked for and
//! kept. A city is immutable and shareable: cloning it is cheap, and nothing in it depends on a standard.

pub mod area_index;
mod assumed;
pub mod boundary;
mod error;
pub mod evidence;
mod ground;
mod open;
pub(crate) mod edited;
pub mod roads;
pub mod spatial_join;
pub mod unit_join;

pub use error::CityError;
pub use evidence::SitePlace;
pub use ground::Ground;
pub use open::OpenOptions;
pub use roads::Profile;

use crate::network::{Costs, RoadNetwork, Usage};
use crate::scenario::Applied;
use crate::travel::{AccessTable, Barriers, Demand, FieldSettings, Start, TravelField};
use boundary::BoundaryOrigin;
use evidence::{Gathered, Places, UnplacedRecord};
use geo::{Contains, Coord, MultiPolygon, Point};
use lifering_base::frame::{Frame, LonLat};
use lifering_readers::Region;
use lifering_standards::evidence::Evidence;
use roads::RoadStore;
use std::sync::{Arc, OnceLock};

/// Everything that is known of a region, laid out on its plane.
#[derive(Clone, Debug)]
pub struct City {
    records: Arc<Region>,
    ground: Arc<Ground>,
    roads: Arc<RoadStore>,
    people: Arc<Demand>,
    places: Arc<Places>,
    gathered: Arc<OnceLock<Gathered>>,
    scenario: Option<Arc<Applied>>,
}

impl City {
    /// Settings and records of every layer, as read.
    pub fn records(&self) -> &Region {
        &self.records
    }

    /// What was changed of the region as it was read; `None` if nothing was.
    pub fn scenario(&self) -> Option<&Applied> {
        self.scenario.as_deref()
    }

    /// Plane, boundary and barriers.
    pub(crate) fn ground(&self) -> &Ground {
        &self.ground
    }

    /// The local plane.
    pub fn frame(&self) -> &Frame {
        &self.ground.frame
    }

    /// The audited area, local metres.
    pub fn boundary(&self) -> &MultiPolygon<f64> {
        &self.ground.boundary
    }

    /// Whether a place is in the audited area, its edge included.
    pub fn holds(&self, place: LonLat) -> bool {
        self.ground.inside.holds(place)
    }

    /// Whether something can stand at a place: in the audited area, and in no area of the barriers.
    pub fn can_stand(&self, place: LonLat) -> bool {
        let areas = self.records.barriers.iter().flat_map(|barriers| &barriers.areas);
        self.holds(place) && !areas.into_iter().any(|area| area.contains(&Point::new(place.lon, place.lat)))
    }

    /// The source of the boundary.
    pub fn boundary_origin(&self) -> BoundaryOrigin {
        self.ground.origin
    }

    /// What an access leg cannot cross.
    pub fn barriers(&self) -> Option<&Barriers> {
        self.ground.barriers.as_ref()
    }

    /// The population as samples inside the boundary.
    pub fn people(&self) -> &Demand {
        &self.people
    }

    /// Sites of all layers as rules see them, without demand points and areas: enough to tell which sites a rule asks
    /// about, before any road is looked at.
    pub(crate) fn site_evidence(&self) -> &Evidence {
        &self.places.evidence
    }

    /// The place of every site that has one, indexed as the first of [`Evidence::sites`].
    pub fn sites(&self) -> &[SitePlace] {
        &self.places.sites
    }

    /// The records of extra layers that have no place, with the units they belong to.
    pub(crate) fn unplaced(&self) -> &[UnplacedRecord] {
        &self.places.unplaced
    }

    /// What rules judge by: demand points, sites, areas. Sub-centre areas that no layer gives come from driving times.
    pub fn evidence(&self) -> &Evidence {
        &self.gathered().evidence
    }

    /// For every population sample its unit of the finest level, as a position in the units layer; `None` if it lies in
    /// none.
    pub fn unit_of_sample(&self) -> &[Option<u32>] {
        &self.gathered().unit_of_sample
    }

    /// Evidence with the units of every sample. Made on first use; two threads that race compute the same.
    pub(crate) fn gathered(&self) -> &Gathered {
        if let Some(gathered) = self.gathered.get() {
            return gathered;
        }
        // Computed outside of the cell: a thread of the pool that waits for a cell could hold the one that fills it.
        let gathered = evidence::gather(self);
        self.gathered.get_or_init(|| gathered)
    }

    /// Whether the two lie on the same plane within the same boundary, behind the same barriers.
    pub(crate) fn shares_ground_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.ground, &other.ground)
    }

    /// Makes the networks and costs of some profiles at once: what they have in common is done once.
    pub fn prepare(&self, profiles: &[Profile]) {
        self.roads.prepare(&self.records, &self.ground, profiles);
    }

    /// The road network of a mode of travel.
    pub fn network(&self, usage: Usage) -> Arc<RoadNetwork> {
        self.roads.network(&self.records, &self.ground, usage)
    }

    /// The road network of ambulances that obey what region.toml says.
    pub fn drive_network(&self) -> Arc<RoadNetwork> {
        self.network(Usage::Drive(self.records.settings.drive.obey))
    }

    /// Driving in the period of region.toml, obeying what it says.
    pub fn drive_profile(&self) -> Profile {
        let drive = &self.records.settings.drive;
        Profile::Drive(drive.period.clone(), drive.obey)
    }

    /// Costs along the network of a profile.
    pub fn costs(&self, profile: &Profile) -> Arc<Costs> {
        self.roads.costs(&self.records, &self.ground, profile)
    }

    /// Access leg and driveway of a profile.
    pub fn field_settings(&self, profile: &Profile) -> FieldSettings {
        profile.field_settings(&self.records.settings)
    }

    /// First arrivals along all roads from some starts.
    pub fn travel_field(&self, profile: &Profile, starts: &[Start]) -> TravelField {
        let (network, costs) = (self.network(profile.usage()), self.costs(profile));
        TravelField::new(network, costs, starts, self.field_settings(profile), self.barriers())
    }

    /// Times from one start after another to the same places.
    pub fn access_table(&self, profile: &Profile, places: &[Coord<f64>]) -> AccessTable {
        let (network, costs) = (self.network(profile.usage()), self.costs(profile));
        AccessTable::new(network, costs, self.field_settings(profile), self.barriers(), places)
    }
}
