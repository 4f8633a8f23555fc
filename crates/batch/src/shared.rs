//! What the regions of a batch share: a file of roads, and each other's stations as mutual aid.
//!
//! In: the roads, read once, and the jobs. Out: for each job what its audit alone would be given, and a hash of it for its
//! marker. A region whose stations cannot be read helps nobody; its own entry says what is wrong with it.

use super::regions::Job;
use lifering_base::hash::sha256_hex;
use lifering_base::records::Neighbour;
use lifering_readers::read_stations;
use lifering_readers::shared::{Shared, SharedRoads};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// What is shared by all.
#[derive(Clone, Debug)]
pub struct SharedByAll {
    roads: Option<Arc<SharedRoads>>,
    margin_m: f64,
    /// By the path of their region.
    stations: BTreeMap<PathBuf, Vec<Neighbour>>,
}

impl SharedByAll {
    /// Reads the stations of every region.
    pub fn new(roads: Option<Arc<SharedRoads>>, margin_m: f64, jobs: &[Job]) -> Self {
        let paths: BTreeSet<&PathBuf> = jobs.iter().map(|job| &job.path).collect();
        let stations = paths
            .into_par_iter()
            .map(|path| {
                let source = lifering_readers::source::Source::at(path);
                let from = source.name();
                let sites = read_stations(&source, &BTreeMap::new()).unwrap_or_default();
                (path.clone(), sites.into_iter().map(|site| Neighbour { from: from.clone(), site }).collect())
            })
            .collect();
        Self { roads, margin_m, stations }
    }

    /// What one region is given: the roads, and the stations of all others.
    pub fn of(&self, job: &Job) -> Shared {
        let others = self.stations.iter().filter(|(path, _)| **path != job.path);
        let neighbours = others.flat_map(|(_, stations)| stations.iter().cloned()).collect();
        Shared { roads: self.roads.clone(), neighbours: Some(Arc::new(neighbours)), margin_m: self.margin_m }
    }

    /// A hash of what one region is given.
    pub fn sha256(&self, job: &Job) -> String {
        let shared = self.of(job);
        let roads = self.roads.as_ref().map(|roads| roads.sha256());
        sha256_hex(format!("{roads:?} {:?} {:?}", self.margin_m, shared.neighbours).as_bytes())
    }
}
