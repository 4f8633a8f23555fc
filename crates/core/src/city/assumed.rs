//! A city under other assumptions of its settings.
//!
//! In: a city, an edit of its settings. Out: a city that shares ground, people and networks; times along them are made anew.

use super::City;
use super::evidence::Places;
use super::roads::RoadStore;
use lifering_readers::Region;
use lifering_readers::settings::Settings;
use std::sync::{Arc, OnceLock};

impl City {
    /// The same city with other speeds, response times or access legs. `edit` must leave alone what decides which roads are
    /// used, how they join, where people live and which files are read.
    #[must_use]
    pub fn assuming(&self, edit: impl FnOnce(&mut Settings)) -> Self {
        let mut records = Region::clone(&self.records);
        edit(&mut records.settings);
        let places = Places::new(&records, &self.ground);
        Self {
            records: Arc::new(records),
            roads: Arc::new(RoadStore::with_networks_of(&self.roads)),
            places: Arc::new(places),
            gathered: Arc::new(OnceLock::new()),
            ..self.clone()
        }
    }

    /// The same city with every station's own turnout later (or, below 0, earlier) by some seconds, and that of the region;
    /// nobody leaves before the call is passed on.
    #[must_use]
    pub fn with_later_turnout(&self, seconds: f64) -> Self {
        use lifering_base::records::attributes::Scalar;
        let mut records = Region::clone(&self.records);
        let later = |turnout_s: f64| (turnout_s + seconds).max(0.0);
        records.settings.response.turnout_s = later(records.settings.response.turnout_s);
        let lists = [Some(&mut records.stations), records.facilities.as_mut(), records.aeds.as_mut()];
        for site in lists.into_iter().flatten().flatten() {
            if let Some(Scalar::Number(turnout_s)) = site.attributes.get_mut("turnout_s") {
                *turnout_s = later(*turnout_s);
            }
        }
        let places = Places::new(&records, &self.ground);
        Self {
            records: Arc::new(records),
            places: Arc::new(places),
            gathered: Arc::new(OnceLock::new()),
            ..self.clone()
        }
    }
}
