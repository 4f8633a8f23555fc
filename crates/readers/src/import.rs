//! Files of any known format -> a region folder.
//!
//! In: paths, each perhaps with the layer it holds (`stations=120.xlsx`). Out: one GeoJSON file a layer and a region.toml,
//! as bytes by name; the issues; the layers that are still missing.

use crate::crs::Extent;
use crate::feature::RawFeature;
use crate::fields::Fields;
use crate::formats::{Format, osm, write};
use crate::layer_file::{LayerContext, LayerFile};
use crate::settings::LayerSpec;
use crate::source::{Source, read_file};
use lifering_base::error::{InputError, Place};
use lifering_base::issue::Issues;
use lifering_base::message;
use lifering_base::records::Layer;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The outcome of an import.
#[derive(Debug)]
pub struct Imported {
    /// Files of the new region by name.
    pub files: Vec<(String, Vec<u8>)>,
    /// Layer, file it came from, features.
    pub layers: Vec<(Layer, String, usize)>,
    /// Issues by file.
    pub issues: Vec<(String, Issues)>,
    /// Layers that no source has and that region.toml lists as `without`; rules about them cannot be judged.
    pub without: Vec<Layer>,
    /// Layers without which the region cannot be audited.
    pub missing: Vec<Layer>,
}

/// The standard that a new region names: the default of an audit.
const STANDARD: &str = "national-2020";

/// Words in file names that tell the layer.
const WORDS: &[(&str, Layer)] = &[
    ("boundary", Layer::Boundary),
    ("边界", Layer::Boundary),
    ("市域", Layer::Boundary),
    ("units", Layer::Units),
    ("towns", Layer::Units),
    ("乡镇", Layer::Units),
    ("镇街", Layer::Units),
    ("街道", Layer::Units),
    ("行政区", Layer::Units),
    ("pop", Layer::Population),
    ("ppp", Layer::Population),
    ("人口", Layer::Population),
    ("road", Layer::Roads),
    ("street", Layer::Roads),
    ("道路", Layer::Roads),
    ("路网", Layer::Roads),
    ("station", Layer::Stations),
    ("ambulance", Layer::Stations),
    ("急救", Layer::Stations),
    ("120", Layer::Stations),
    ("aed", Layer::Aeds),
    ("除颤", Layer::Aeds),
    ("facilit", Layer::Facilities),
    ("hospital", Layer::Facilities),
    ("clinic", Layer::Facilities),
    ("医院", Layer::Facilities),
    ("医疗机构", Layer::Facilities),
    ("卫生", Layer::Facilities),
    ("candidate", Layer::Candidates),
    ("备选", Layer::Candidates),
    ("候选", Layer::Candidates),
    ("barrier", Layer::Barriers),
    ("closure", Layer::Closures),
    ("封闭", Layer::Closures),
];

/// The layer and the path that an argument names.
fn argument(text: &str) -> Result<(Option<Layer>, &str), InputError> {
    if let Some((key, path)) = text.split_once('=')
        && !key.contains(['/', '\\', '.'])
    {
        let layer = Layer::ALL.into_iter().find(|l| l.key() == key).ok_or_else(|| {
            let known: Vec<&str> = Layer::ALL.iter().map(|l| l.key()).collect();
            InputError::wrong(
                Place::file(text),
                message!("message.unknown_layer", key = key),
                message!("message.one_of", all = known.join(", ")),
            )
        })?;
        return Ok((Some(layer), path));
    }
    Ok((None, text))
}

fn layer_of(name: &str, path: &str) -> Result<Layer, InputError> {
    if Format::of(name) == Format::GeoTiff {
        return Ok(Layer::Population);
    }
    let lower = name.to_lowercase();
    WORDS.iter().find(|(word, _)| lower.contains(word)).map(|(_, layer)| *layer).ok_or_else(|| {
        InputError::wrong(Place::file(path), message!("message.name_tells_nothing"), message!("message.a_layer"))
            .with_help(message!("message.write_layer", path = path))
    })
}

/// Reads all sources and lays out a region.
pub fn import(sources: &[String], name: &str) -> Result<Imported, InputError> {
    let mut found: BTreeMap<Layer, (String, Vec<RawFeature>)> = BTreeMap::new();
    let mut issues_by_file = Vec::new();
    let mut arguments = sources.iter().map(|s| argument(s)).collect::<Result<Vec<_>, _>>()?;
    // Rasters come last: they are cut to the extent of the other layers.
    arguments.sort_by_key(|(_, path)| Format::of(path) == Format::GeoTiff);
    let mut extent: Option<Extent> = None;
    for (layer, path) in arguments {
        let file = Path::new(path).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if Format::of(&file) == Format::OsmPbf && layer.is_none() {
            let bytes = read_file(Path::new(path), &message!("message.osm_wanted"))?;
            let mut issues = Issues::default();
            for (layer, features) in osm::layers(&file, &bytes, &mut issues)? {
                if layer == Layer::Roads {
                    extent = join(extent, &features);
                }
                // A layer given by a file of its own is better than what the map knows of it.
                found.entry(layer).or_insert((file.clone(), features));
            }
            issues_by_file.push((file, issues));
            continue;
        }
        let layer = match layer {
            Some(layer) => layer,
            None => layer_of(&file, path)?,
        };
        let folder = Path::new(path).parent().map(Path::to_path_buf).unwrap_or_default();
        let source = Source::Folder { folder, settings: "region.toml".to_owned() };
        let fields = Fields::new("region.toml", layer, layer.key(), None)?;
        let near = extent.map(Extent::middle);
        let context = LayerContext { near, within: extent, ..LayerContext::default() };
        let read = LayerFile::read(&source, layer, layer.key(), &LayerSpec::of(&file), fields, &context)?;
        if matches!(layer, Layer::Roads | Layer::Boundary | Layer::Units) {
            extent = join(extent, &read.features);
        }
        let from_map = found.get(&layer).is_some_and(|(file, _)| Format::of(file) == Format::OsmPbf);
        if found.contains_key(&layer) && !from_map {
            return Err(InputError::wrong(
                Place::file(path),
                message!("message.second_file", layer = layer.key()),
                message!("message.one_file"),
            ));
        }
        found.insert(layer, (file.clone(), read.features));
        issues_by_file.push((file, read.issues));
    }
    Ok(lay_out(&found, issues_by_file, name))
}

fn join(extent: Option<Extent>, features: &[RawFeature]) -> Option<Extent> {
    let mut all = extent;
    for geometry in features.iter().filter_map(|f| f.geometry.as_ref()) {
        geometry.each_position(&mut |p| all = Some(all.map_or(Extent::of(*p), |e| e.with(Extent::of(*p)))));
    }
    all
}

/// Layers that may be missing, with the comment of region.toml on each.
const WITHOUT: [(Layer, &str); 2] = [
    (
        Layer::Stations,
        "ambulance stations (急救站点): no source has any. Rules about them cannot be judged until they are given",
    ),
    (Layer::Population, "people (人口): no source has any. Shares of people cannot be judged until they are given"),
];

fn lay_out(found: &BTreeMap<Layer, (String, Vec<RawFeature>)>, issues: Vec<(String, Issues)>, name: &str) -> Imported {
    let mut layers_table = String::from("[layers]\n");
    let mut files = Vec::new();
    let mut layers = Vec::new();
    for (layer, (from, features)) in found {
        let file = format!("{}.geojson", layer.key());
        let _ =
            writeln!(layers_table, "{} = \"{file}\" # {}", layer.key(), from.replace(|c: char| c.is_control(), " "));
        files.push((file, write::collection(features.iter().map(|f| (f, f.geometry.as_ref().map(write::geometry))))));
        layers.push((*layer, from.clone(), features.len()));
    }
    let given = |layer: Layer| match layer {
        Layer::Population => found.contains_key(&layer) || units_state_people(found),
        layer => found.contains_key(&layer),
    };
    let without: Vec<Layer> = WITHOUT.iter().map(|(layer, _)| *layer).filter(|l| !given(*l)).collect();
    let mut toml = format!(
        "# Written by `lifering import`; every key is described in docs/region.md.\nname = {}\nstandard = {}\n",
        toml::Value::String(name.to_owned()),
        toml::Value::String(STANDARD.to_owned())
    );
    if !without.is_empty() {
        let keys: Vec<String> = without.iter().map(|l| format!("\"{}\"", l.key())).collect();
        let _ = writeln!(toml, "without = [{}] # take a name out once its layer is below", keys.join(", "));
    }
    toml.push('\n');
    toml.push_str(&layers_table);
    for (layer, what) in WITHOUT.iter().filter(|(layer, _)| without.contains(layer)) {
        let _ = writeln!(toml, "# {} = \"...\" # {what}", layer.key());
    }
    if !given(Layer::Boundary) && !given(Layer::Units) {
        let _ =
            writeln!(toml, "# boundary = \"...\" # what is audited (边界). Without it: the hull of roads and people");
    }
    let missing = if given(Layer::Roads) { Vec::new() } else { vec![Layer::Roads] };
    if !missing.is_empty() {
        let _ = writeln!(toml, "# roads = \"...\" # roads (道路): needed, and no source has any");
    }
    files.push(("region.toml".to_owned(), toml.into_bytes()));
    Imported { files, layers, issues, without, missing }
}

/// Whether the units state their population.
fn units_state_people(found: &BTreeMap<Layer, (String, Vec<RawFeature>)>) -> bool {
    found.get(&Layer::Units).is_some_and(|(_, units)| {
        Fields::new("region.toml", Layer::Units, "units", None)
            .is_ok_and(|fields| units.iter().any(|u| fields.find(&u.properties, "population").is_some()))
    })
}
