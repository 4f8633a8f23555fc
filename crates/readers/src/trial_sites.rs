//! Sites to be tried, from a file of their own.
//!
//! In: a point file of any format that layers may have. Out: one [`Site`] for every row, or an error: none is left out, for
//! whoever compares sites must know that all of them were compared.

use crate::fields::Fields;
use crate::layer_file::{LayerContext, LayerFile};
use crate::settings::LayerSpec;
use crate::sites;
use crate::source::{Source, read_file};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::message;
use lifering_base::records::{Layer, Site};
use std::path::Path;

/// Longest turnout that a site may state, seconds.
const LONGEST_TURNOUT_S: f64 = 3600.0;

/// Reads the sites of a file. `inside`: whether a place is in the region.
///
/// # Errors
/// The file cannot be read, holds no row, or a row has no place, one outside, or a value that is not what it must be.
pub fn read_trial_sites(path: &Path, inside: impl Fn(LonLat) -> bool) -> Result<Vec<Site>, InputError> {
    let name = path.display().to_string();
    let bytes = read_file(path, &message!("message.file_with_sites"))?;
    let key = Layer::Stations.key();
    let fields = Fields::new("region.toml", Layer::Stations, key, None)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let beside = Source::Folder { folder: folder.to_path_buf(), settings: "region.toml".to_owned() };
    let spec = LayerSpec::of(&name);
    let context = LayerContext::default();
    let layer = LayerFile::from_bytes(&bytes, &beside, Layer::Stations, key, &spec, fields, &context)?;
    sites_of(layer, inside)
}

/// The same of a layer of a source in memory, which `spec` names.
///
/// # Errors
/// As [`read_trial_sites`].
pub fn trial_sites_of(
    source: &Source,
    spec: &LayerSpec,
    inside: impl Fn(LonLat) -> bool,
) -> Result<Vec<Site>, InputError> {
    let key = Layer::Stations.key();
    let fields = Fields::new(source.settings_file(), Layer::Stations, key, Some(&spec.fields))?;
    sites_of(LayerFile::read(source, Layer::Stations, key, spec, fields, &LayerContext::default())?, inside)
}

/// The sites of a layer that is read but not typed.
fn sites_of(mut layer: LayerFile, inside: impl Fn(LonLat) -> bool) -> Result<Vec<Site>, InputError> {
    let name = layer.file.clone();
    if layer.features.is_empty() {
        return Err(InputError::wrong(
            Place::file(&name),
            message!("message.no_site"),
            message!("message.file_with_sites"),
        ));
    }
    if let Some(feature) = layer.features.iter().find(|feature| feature.geometry.is_none()) {
        let found = layer.fields.without_place(feature);
        return Err(InputError::wrong(layer.place(feature).field("geometry"), found, message!("message.site_place")));
    }
    let sites = sites::read(&mut layer)?;
    let place_of = |site: &Site| {
        let feature = layer.features.iter().find(|feature| feature.index == site.feature);
        feature.map_or_else(|| Place::file(&name), |feature| layer.place(feature))
    };
    // A site outside is a mistake more often than a plan.
    if let Some(outside) = sites.iter().find(|site| !inside(site.place)) {
        let found = message!("message.site_outside", lon = outside.place.lon, lat = outside.place.lat);
        let place = place_of(outside).field("geometry");
        return Err(InputError::wrong(place, found, message!("message.site_inside")));
    }
    // A value that is not understood is no turnout of the region, and none is left out without a word.
    for site in &sites {
        let Some(feature) = layer.features.iter().find(|feature| feature.index == site.feature) else { continue };
        let stated = layer.fields.find(&feature.properties, "turnout_s");
        let stated = stated.filter(|v| !v.is_null() && v.as_str().is_none_or(|text| !text.trim().is_empty()));
        let Some(stated) = stated else { continue };
        if !site.number("turnout_s").is_some_and(|seconds| (0.0..=LONGEST_TURNOUT_S).contains(&seconds)) {
            let place = place_of(site).field("turnout_s");
            return Err(InputError::wrong(place, stated.to_string(), message!("message.turnout_of_site")));
        }
    }
    if let Some(left_out) = layer.features.iter().find(|f| sites.iter().all(|site| site.feature != f.index)) {
        return Err(InputError::wrong(
            layer.place(left_out),
            message!("message.no_site"),
            message!("message.site_place"),
        ));
    }
    Ok(sites)
}
