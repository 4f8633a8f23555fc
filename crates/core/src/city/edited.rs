//! Cities that differ from one in some of their records.
//!
//! In: a city, edited records, and what of them changed. Out: another city, which shares all that the edits leave alone.

use super::City;
use super::evidence::Places;
use super::roads::RoadStore;
use crate::scenario::Applied;
use crate::travel::Demand;
use lifering_readers::Region;
use std::sync::{Arc, OnceLock};

/// What edits change of a city beyond its settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "edits change any of them together")]
pub(crate) struct Changed {
    /// Stations, facilities, AEDs.
    pub sites: bool,
    /// Number or homes of people.
    pub people: bool,
    /// Roads that may be used: the networks are built again.
    pub networks: bool,
    /// Driving speeds: the networks stay, driving costs are computed again.
    pub driving: bool,
}

impl City {
    /// The city of a scenario: `records` are those of this one with edits that change only what `changed` says, and never the
    /// boundary.
    pub(crate) fn edited(&self, records: Region, changed: Changed, applied: Applied) -> Self {
        let scale_to = records.settings.population.scale_to;
        let people = if changed.people {
            let (population, units) = (records.population.as_deref(), records.units.as_deref());
            Arc::new(Demand::new(population, units, &self.ground, scale_to))
        } else {
            Arc::clone(&self.people)
        };
        let places =
            if changed.sites { Arc::new(Places::new(&records, &self.ground)) } else { Arc::clone(&self.places) };
        let roads = match (changed.networks, changed.driving) {
            (true, _) => Arc::new(RoadStore::default()),
            (false, true) => Arc::new(self.roads.without_driving_costs()),
            (false, false) => Arc::clone(&self.roads),
        };
        Self {
            records: Arc::new(records),
            ground: Arc::clone(&self.ground),
            roads,
            people,
            places,
            gathered: Arc::new(OnceLock::new()),
            scenario: Some(Arc::new(applied)),
        }
    }
}
