//! Layers that the regions of a batch share: a file of roads, and each other's stations as mutual aid.
//!
//! In: the roads, read once, and the jobs. Out: for each job the shared layers, as a single audit would get them, and a
//! hash of them for its marker. A region whose stations cannot be read lends none; its own entry reports the error.

use super::regions::Job;
use lifering_base::hash::sha256_hex;
use lifering_base::records::Neighbour;
use lifering_readers::read_stations;
use lifering_readers::shared::{Shared, SharedRoads};
use lifering_readers::source::Source;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// The shared layers of all regions.
#[derive(Clone, Debug)]
pub struct SharedByAll {
    roads: Option<Arc<SharedRoads>>,
    /// Margin around each boundary within which shared layers count, metres.
    margin_m: f64,
    /// Stations of each region, by its path.
    stations: BTreeMap<PathBuf, Vec<Neighbour>>,
}

impl SharedByAll {
    /// Reads the stations of every region.
    pub fn new(roads: Option<Arc<SharedRoads>>, margin_m: f64, jobs: &[Job]) -> Self {
        let paths: BTreeSet<&PathBuf> = jobs.iter().map(|job| &job.path).collect();
        let stations = paths
            .into_par_iter()
            .map(|path| {
                let source = Source::at(path);
                let from = source.name();
                // The error is reported by the region's own audit, which reads the same file.
                let sites = read_stations(&source, &BTreeMap::new()).unwrap_or_default();
                (path.clone(), sites.into_iter().map(|site| Neighbour { from: from.clone(), site }).collect())
            })
            .collect();
        Self { roads, margin_m, stations }
    }

    /// The shared layers of one region: the roads, and the stations of all others.
    pub fn of(&self, job: &Job) -> Shared {
        let others = self.stations.iter().filter(|(path, _)| **path != job.path);
        let neighbours = others.flat_map(|(_, stations)| stations.iter().cloned()).collect();
        Shared { roads: self.roads.clone(), neighbours: Some(Arc::new(neighbours)), margin_m: self.margin_m }
    }

    /// SHA-256 of the shared layers of one region.
    pub fn sha256(&self, job: &Job) -> String {
        let shared = self.of(job);
        let roads = self.roads.as_ref().map(|roads| roads.sha256());
        sha256_hex(format!("{roads:?} {:?} {:?}", self.margin_m, shared.neighbours).as_bytes())
    }
}
