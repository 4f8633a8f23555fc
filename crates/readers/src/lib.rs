//! Files -> typed records and issues.
//!
//! In: a region's files, from a folder, from memory or embedded, or typed layers. Out: [`Region`]: settings, records of
//! every layer, and what was noticed in each. One file a kind of record. Nothing here knows road graphs or rules.

mod access_keys;
pub mod areas;
pub mod budget;
mod checks;
pub mod columns;
mod coordinates;
pub mod corrections;
pub mod crs;
mod crs_area;
mod crs_wkt;
pub mod csv_rows;
pub mod encoding;
pub mod feature;
mod field_names;
pub mod feature_fields;
pub mod fields;
pub mod formats;
pub mod geometry;
mod headings;
#[cfg(feature = "osm")]
pub mod import;
mod input_record;
pub mod layer_file;
pub mod library_errors;
mod lists;
pub mod manifest;
mod measures;
pub mod memory_table;
pub mod numbers;
pub mod outliers;
pub mod population;
pub mod positions;
pub mod properties;
pub mod reading;
mod region;
pub mod ring_crossings;
pub mod road_barriers;
pub mod roads;
pub mod scenario;
pub mod settings;
pub mod shared;
pub mod sites;
pub mod source;
mod trial_sites;
pub mod turns;
mod typed;

pub use input_record::{InputRecord, refuse_warnings, with_issues};
pub use region::{ReadOptions, Region, layer_files, layer_sizes, read_stations, try_layer, try_shapefile};
pub use trial_sites::{read_trial_sites, trial_sites_of};
pub use typed::RegionLayers;
