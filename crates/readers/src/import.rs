//! Files of any known format -> a region folder.
//!
//! In: paths, each perhaps with the layer it holds (`stations=120.xlsx`), and what an `OpenStreetMap` extract is to give
//! beside its layers. Out: one GeoJSON file a layer and a region.toml, as bytes by name; the issues; the layers that are
//! still missing.

mod lay_out;
mod stations;
mod to_fill_in;

pub use to_fill_in::ToFillIn;

use crate::budget::{Budget, Stopped};
use crate::columns::ColumnRecord;
use crate::corrections::{ColumnMapping, Corrections};
use crate::crs::Extent;
use crate::feature::RawFeature;
use crate::fields::Fields;
use crate::formats::{Format, osm};
use crate::layer_file::{LayerContext, LayerFile};
use crate::region::try_records;
use crate::settings::LayerSpec;
use crate::source::{Source, read_file};
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_base::records::Layer;
use std::collections::BTreeMap;
use std::path::Path;

/// What is to be imported.
#[derive(Clone, Debug, Default)]
pub struct ImportRequest {
    /// Paths, each perhaps with the layer it holds: `stations=120.xlsx`.
    pub sources: Vec<String>,
    /// Name of the region; `None` for that of the boundary, else of `folder`.
    pub name: Option<String>,
    /// Name of the new folder.
    pub folder: String,
    /// Name or id of the administrative area in the extract that is the boundary; `None` to take none.
    pub boundary: Option<String>,
    /// Kinds of facilities that stand for ambulance stations; empty for none.
    pub stations_from: Vec<String>,
    /// Corrections that were asked for.
    pub corrections: Corrections,
    /// What each file may unpack to, megabytes; `None` for what files of its size do.
    pub unpacked_mb: Option<u64>,
}

/// The outcome of an import.
#[derive(Debug)]
pub struct Imported {
    /// Files of the new region by name.
    pub files: Vec<(String, Vec<u8>)>,
    /// Layer, file it came from, features.
    pub layers: Vec<(Layer, String, usize)>,
    /// By file: what was made of its columns, and issues.
    pub read: Vec<FileRead>,
    /// Number of facilities that stand for ambulance stations.
    pub stand_ins: usize,
    /// Layers that no source has and that region.toml lists as `without`; rules about them cannot be judged.
    pub without: Vec<Layer>,
    /// Layers without which the region cannot be audited.
    pub missing: Vec<Layer>,
    /// Rows with an address and no coordinates.
    pub to_fill_in: Vec<ToFillIn>,
}

/// What was noticed in one of the files.
#[derive(Debug)]
pub struct FileRead {
    /// Name of the file.
    pub file: String,
    /// What was made of every column; empty for a file of several layers.
    pub columns: Vec<ColumnRecord>,
    /// Issues.
    pub issues: Issues,
}

/// Words in file names that tell the layer.
const WORDS: &[(&str, Layer)] = &[
    // Before "road", which is part of the name.
    ("road_barrier", Layer::RoadBarriers),
    ("路障", Layer::RoadBarriers),
    ("turn", Layer::Turns),
    ("restriction", Layer::Turns),
    ("转向", Layer::Turns),
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

/// What is known of the layers so far.
#[derive(Default)]
struct Sources {
    /// The file and the features of each layer.
    found: BTreeMap<Layer, (String, Vec<RawFeature>)>,
    /// What was noticed in each file.
    read: Vec<FileRead>,
    /// By layer, the columns that were asked for and that it has.
    mapped: BTreeMap<Layer, Vec<ColumnMapping>>,
    /// Extent of roads, boundary and units.
    extent: Option<Extent>,
    /// The extract, once it is read.
    extract: Option<String>,
    /// Name of the boundary in the extract.
    boundary: Option<String>,
    /// Path of the extract of which only the roads were asked for.
    roads_of: Option<String>,
    /// Rows with an address and no coordinates.
    to_fill_in: Vec<ToFillIn>,
}

/// Reads all sources and lays out a region, unless `stopped` turns true meanwhile.
pub fn import(request: &ImportRequest, stopped: Stopped<'_>) -> Result<Imported, InputError> {
    let budget = Budget::until(stopped);
    let mut arguments = request.sources.iter().map(|s| argument(s)).collect::<Result<Vec<_>, _>>()?;
    // Rasters come last: they are cut to the extent of the other layers.
    arguments.sort_by_key(|(_, path)| Format::of(path) == Format::GeoTiff);
    let mut sources = Sources::default();
    for (layer, path) in arguments {
        let file = Path::new(path).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        match layer {
            None if Format::of(&file) == Format::OsmPbf => sources.read_extract(path, &file, request, budget)?,
            None => sources.read_layer(layer_of(&file, path)?, path, &file, request, budget)?,
            Some(layer) => sources.read_layer(layer, path, &file, request, budget)?,
        }
    }
    sources.complete_roads(request, budget)?;
    if let (Some(wanted), None) = (&request.boundary, &sources.extract) {
        let place = Place::file(wanted).field(Layer::Boundary.key());
        return Err(InputError::wrong(place, message!("message.boundary_without_map"), message!("message.osm_wanted")));
    }
    let stand_ins = stations::stand_in(&mut sources, &request.stations_from)?;
    stations::set_neighbours_apart(&mut sources)?;
    let name = request.name.as_ref().or(sources.boundary.as_ref()).unwrap_or(&request.folder).clone();
    Ok(lay_out::lay_out(sources, &name, stand_ins, &request.stations_from))
}

impl Sources {
    /// Reads every layer of an extract.
    fn read_extract(
        &mut self,
        path: &str,
        file: &str,
        request: &ImportRequest,
        budget: Budget<'_>,
    ) -> Result<(), InputError> {
        if self.extract.is_some() {
            return Err(InputError::wrong(
                Place::file(path),
                message!("message.second_extract"),
                message!("message.one_extract"),
            ));
        }
        let bytes = read_file(Path::new(path), &message!("message.osm_wanted"))?;
        let budget = budget.of_file(bytes.len(), request.unpacked_mb);
        let mut issues = Issues::default();
        let read = osm::layers(file, &bytes, request.boundary.as_deref(), budget, &mut issues)?;
        if let (Some(_), Some((other, _))) = (&read.boundary, self.found.get(&Layer::Boundary)) {
            return Err(both_boundaries(file, other));
        }
        self.boundary = read.boundary;
        self.extract = Some(file.to_owned());
        for (layer, features) in read.layers {
            self.extend(layer, &features);
            // A layer given by a file of its own is better than what the map knows of it.
            self.found.entry(layer).or_insert((file.to_owned(), features));
        }
        self.read.push(FileRead { file: file.to_owned(), columns: Vec::new(), issues });
        Ok(())
    }

    /// Reads the file of one layer.
    fn read_layer(
        &mut self,
        layer: Layer,
        path: &str,
        file: &str,
        request: &ImportRequest,
        budget: Budget<'_>,
    ) -> Result<(), InputError> {
        let folder = Path::new(path).parent().map(Path::to_path_buf).unwrap_or_default();
        let source = Source::Folder { folder, settings: "region.toml".to_owned() };
        let fields = Fields::new("region.toml", layer, layer.key(), None)?;
        let spec = LayerSpec { unpacked_mb: request.unpacked_mb, ..LayerSpec::of(file) };
        let within = self.within();
        let corrections = request.corrections.clone();
        let near = within.map(Extent::middle);
        let context = LayerContext { near, within, corrections, budget, ..LayerContext::default() };
        let read = LayerFile::read(&source, layer, layer.key(), &spec, fields, &context);
        let mut read = match read {
            // A table of addresses alone has nothing to draw: it is handed back to be filled in.
            Err(refused) => match addresses(&source, layer, &spec, &context) {
                Some(table) => {
                    self.to_fill_in.push(table);
                    return Ok(());
                }
                None => return Err(refused),
            },
            Ok(read) => read,
        };
        self.to_fill_in.extend(to_fill_in::of(layer, &read));
        count_values(&mut read);
        self.extend(layer, &read.features);
        match self.found.get(&layer) {
            Some((other, _)) if layer == Layer::Boundary && self.boundary.is_some() => {
                return Err(both_boundaries(other, file));
            }
            Some((other, _)) if self.extract.as_ref() != Some(other) => {
                return Err(InputError::wrong(
                    Place::file(path),
                    message!("message.second_file", layer = layer.key()),
                    message!("message.one_file"),
                ));
            }
            _ => {}
        }
        self.found.insert(layer, (file.to_owned(), read.features));
        if layer == Layer::Roads && Format::of(file) == Format::OsmPbf {
            self.roads_of = Some(path.to_owned());
        }
        // The new file keeps the names of its columns, so region.toml has to state them.
        let taken = |m: &&ColumnMapping| read.fields.columns(&m.field).first().is_some_and(|c| c.name == m.column);
        self.mapped.insert(layer, request.corrections.columns.iter().filter(taken).cloned().collect());
        self.read.push(FileRead { file: file.to_owned(), columns: read.columns, issues: read.issues });
        Ok(())
    }

    /// Roads of an extract are not taken without its turn restrictions and points on roads, unless other files give them.
    fn complete_roads(&mut self, request: &ImportRequest, budget: Budget<'_>) -> Result<(), InputError> {
        let Some(path) = self.roads_of.take() else { return Ok(()) };
        let file = Path::new(&path).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        for layer in Layer::WITH_ROADS {
            if self.found.get(&layer).is_none_or(|(from, _)| self.extract.as_ref() == Some(from)) {
                self.read_layer(layer, &path, &file, request, budget)?;
                if self.found.get(&layer).is_some_and(|(_, features)| features.is_empty()) {
                    self.found.remove(&layer);
                }
            }
        }
        Ok(())
    }

    /// The extent of the boundary, else of all that says where the region is.
    fn within(&self) -> Option<Extent> {
        let boundary = self.found.get(&Layer::Boundary);
        boundary.and_then(|(_, features)| join(None, features)).or(self.extent)
    }

    /// Extends the extent by a layer that says where the region is.
    fn extend(&mut self, layer: Layer, features: &[RawFeature]) {
        if matches!(layer, Layer::Roads | Layer::Boundary | Layer::Units) {
            self.extent = join(self.extent, features);
        }
    }
}

/// A table that cannot be read as its layer because it has addresses and no coordinates.
fn addresses(source: &Source, layer: Layer, spec: &LayerSpec, context: &LayerContext<'_>) -> Option<ToFillIn> {
    if !matches!(Format::of(&spec.file), Format::Csv | Format::Workbook) {
        return None;
    }
    // An extra layer needs no places.
    let fields = Fields::new("region.toml", Layer::Extra, layer.key(), None).ok()?;
    let context =
        LayerContext { near: context.near, within: context.within, budget: context.budget, ..LayerContext::default() };
    let read = LayerFile::read(source, Layer::Extra, layer.key(), spec, fields, &context).ok()?;
    let nowhere = read.features.iter().all(|feature| feature.geometry.is_none());
    nowhere.then(|| to_fill_in::of(layer, &read)).flatten()
}

fn both_boundaries(extract: &str, file: &str) -> InputError {
    let place = Place::file(extract).field(Layer::Boundary.key());
    InputError::wrong(place, message!("message.boundary_twice", file = file), message!("message.one_source"))
}

/// Reads the values of a layer once, to say how many are understood. What an audit would refuse it will refuse then: the
/// file is imported all the same. Roads are left out, because there are too many of them.
fn count_values(layer: &mut LayerFile) {
    if layer.layer == Layer::Roads || layer.format == Format::GeoTiff {
        return;
    }
    let features = layer.features.clone();
    if let Err(InputError::Wrong { place, found, wanted, .. }) = try_records(layer) {
        layer.issues.note(IssueCode::NotUnderstood, &place, found, wanted);
    }
    layer.features = features;
}

fn join(extent: Option<Extent>, features: &[RawFeature]) -> Option<Extent> {
    let mut all = extent;
    for geometry in features.iter().filter_map(|f| f.geometry.as_ref()) {
        geometry.each_position(&mut |p| all = Some(all.map_or(Extent::of(*p), |e| e.with(Extent::of(*p)))));
    }
    all
}
