//! The road networks of a city and the costs along them, made when first asked for and kept.

use super::Ground;
use crate::network::{BuildSettings, Costs, RoadNetwork, Speeds, Usage, build_all, closed_areas};
use crate::travel::{AccessLeg, FieldSettings};
use lifering_base::parameters::{Drive, Obey};
use lifering_readers::Region;
use lifering_readers::settings::Settings;
use lifering_standards::catalogue::Pace;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Milliseconds a metre at a speed in kilometres an hour.
fn ms_per_m_of_kmh(kmh: f64) -> f64 {
    3600.0 / kmh
}

/// Which costs along which network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Driving in a period of region.toml, keeping these traffic rules.
    Drive(String, Obey),
    /// Walking at a pace.
    Walk(Pace),
    /// Length of road driven, keeping these traffic rules: a metre costs a second.
    Network(Obey),
}

impl Profile {
    /// The mode of travel whose network the profile uses.
    pub fn usage(&self) -> Usage {
        match self {
            Self::Drive(_, obey) | Self::Network(obey) => Usage::Drive(*obey),
            Self::Walk(_) => Usage::Walk,
        }
    }

    /// Access leg and driveway.
    pub(super) fn field_settings(&self, settings: &Settings) -> FieldSettings {
        let (access, driveway, straight) = match self {
            Self::Drive(..) => {
                (ms_per_m_of_kmh(settings.access.speed_kmh), ms_per_m_of_kmh(settings.drive.driveway_kmh), false)
            }
            Self::Walk(pace) => {
                let access = match pace {
                    Pace::Usual => settings.walk.access_m_s,
                    Pace::Elderly => settings.walk.elderly_access_m_s(),
                };
                (1000.0 / access, 1000.0 / access, true)
            }
            Self::Network(_) => (1000.0, 1000.0, false),
        };
        FieldSettings {
            leg: AccessLeg { ms_per_m: access, max_m: settings.access.max_m },
            driveway_ms_per_m: driveway,
            straight,
            way_out: !straight,
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Made {
    networks: BTreeMap<Usage, Arc<RoadNetwork>>,
    costs: BTreeMap<Profile, Arc<Costs>>,
}

/// Networks and costs. The lock is never held while something is built: the builders use the thread pool, and a thread
/// that waits for the lock inside of it could keep it from ever being released. Two threads that want the same thing at
/// the same time both build it, and the first result is kept; both are equal.
#[derive(Debug, Default)]
pub(super) struct RoadStore {
    made: Mutex<Made>,
}

impl RoadStore {
    /// The networks of another store, without its costs.
    pub(super) fn with_networks_of(other: &Self) -> Self {
        let networks = other.lock().networks.clone();
        Self { made: Mutex::new(Made { networks, costs: BTreeMap::new() }) }
    }

    fn lock(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same networks, and the costs that do not depend on driving speeds.
    pub(super) fn without_driving_costs(&self) -> Self {
        let made = self.lock();
        let independent = made.costs.iter().filter(|(profile, _)| !matches!(profile, Profile::Drive(..)));
        let costs = independent.map(|(profile, costs)| (profile.clone(), Arc::clone(costs))).collect();
        Self { made: Mutex::new(Made { networks: made.networks.clone(), costs }) }
    }

    /// Builds what is not there yet of the networks and costs of some profiles.
    pub(super) fn prepare(&self, records: &Region, ground: &Ground, profiles: &[Profile]) {
        let usages: Vec<Usage> = profiles.iter().map(Profile::usage).collect();
        self.build_networks(records, ground, &usages);
        let missing: Vec<(Profile, Arc<RoadNetwork>)> = {
            let made = self.lock();
            let missing = profiles.iter().filter(|profile| !made.costs.contains_key(profile));
            missing.map(|profile| (profile.clone(), Arc::clone(&made.networks[&profile.usage()]))).collect()
        };
        let built: Vec<(Profile, Arc<Costs>)> = missing
            .into_par_iter()
            .map(|(profile, network)| {
                let costs = costs(records, &network, &profile);
                (profile, Arc::new(costs))
            })
            .collect();
        let mut made = self.lock();
        for (profile, costs) in built {
            made.costs.entry(profile).or_insert(costs);
        }
    }

    fn build_networks(&self, records: &Region, ground: &Ground, usages: &[Usage]) {
        let mut missing: Vec<Usage> = {
            let made = self.lock();
            usages.iter().copied().filter(|usage| !made.networks.contains_key(usage)).collect()
        };
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return;
        }
        let closed = records.closures.as_ref().map(|layer| closed_areas(layer, &ground.frame));
        let settings = BuildSettings {
            closed: closed.as_ref(),
            points: &records.road_barriers,
            turns: &records.turns,
            // The usage is that of each network.
            ..BuildSettings::plain(Usage::Walk, &records.settings)
        };
        let built = build_all(&records.roads, &ground.frame, &settings, &missing);
        let mut made = self.lock();
        for (usage, network) in built {
            made.networks.entry(usage).or_insert_with(|| Arc::new(network));
        }
    }

    pub(super) fn network(&self, records: &Region, ground: &Ground, usage: Usage) -> Arc<RoadNetwork> {
        self.build_networks(records, ground, &[usage]);
        Arc::clone(&self.lock().networks[&usage])
    }

    pub(super) fn costs(&self, records: &Region, ground: &Ground, profile: &Profile) -> Arc<Costs> {
        self.prepare(records, ground, std::slice::from_ref(profile));
        Arc::clone(&self.lock().costs[profile])
    }
}

fn costs(records: &Region, network: &RoadNetwork, profile: &Profile) -> Costs {
    let settings = &records.settings;
    match profile {
        Profile::Drive(period, _) => {
            let drive = Drive { period: period.clone(), ..settings.drive.clone() };
            Costs::new(network, &records.roads, &Speeds::Drive(&drive))
        }
        Profile::Walk(pace) => {
            let speed_m_s = match pace {
                Pace::Usual => settings.walk.speed_m_s,
                Pace::Elderly => settings.walk.elderly_m_s,
            };
            Costs::new(network, &records.roads, &Speeds::Uniform(speed_m_s))
        }
        Profile::Network(_) => Costs::new(network, &records.roads, &Speeds::Uniform(1.0)),
    }
}
