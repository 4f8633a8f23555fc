//! What the regions of a province share, as `audit` and `batch` take it: a file of roads, the neighbours' stations, a margin.
//!
//! In: arguments. Out: [`Shared`], its roads read once.

use clap::Args;
use lifering_base::error::InputError;
use lifering_base::records::Neighbour;
use lifering_readers::read_stations;
use lifering_readers::shared::{MARGIN_M, Shared, SharedRoads};
use lifering_readers::source::Source;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What is shared.
#[derive(Clone, Debug, Args)]
pub struct SharedArgs {
    /// Roads for regions that have none of their own (GeoJSON, GeoPackage, Shapefile, OSM PBF), read once; those within the
    /// boundary and the margin are used, each as a whole
    #[arg(long, value_name = "FILE")]
    pub roads_from: Option<PathBuf>,
    /// How far beyond the boundary roads and neighbours' stations are taken, metres
    #[arg(long, value_name = "M", default_value_t = MARGIN_M, value_parser = margin)]
    pub margin: f64,
}

fn margin(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(metres) if (0.0..=1e6).contains(&metres) => Ok(metres),
        _ => Err("wanted metres from 0 to 1000000, 10000 for example".to_owned()),
    }
}

impl SharedArgs {
    /// Reads the roads and the stations of some neighbours; `None` where nothing is shared.
    pub fn read(&self, neighbours: &[PathBuf]) -> Result<Option<Shared>, InputError> {
        let roads = self.roads()?;
        let mut all = Vec::new();
        for path in neighbours {
            let source = Source::at(path);
            let from = source.name();
            let stations = read_stations(&source, &BTreeMap::new())?;
            all.extend(stations.into_iter().map(|site| Neighbour { from: from.clone(), site }));
        }
        let neighbours = (!neighbours.is_empty()).then(|| Arc::new(all));
        let shared = Shared { roads, neighbours, margin_m: self.margin };
        Ok((shared.roads.is_some() || shared.neighbours.is_some()).then_some(shared))
    }

    /// Reads the roads.
    pub fn roads(&self) -> Result<Option<Arc<SharedRoads>>, InputError> {
        Ok(self.roads_from.as_deref().map(SharedRoads::read).transpose()?.map(Arc::new))
    }
}
