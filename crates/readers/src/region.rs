//! A region: settings, typed records of every layer, and what was noticed in each.
//!
//! In: a [`Source`] with region.toml and its layers, or settings and typed [`RegionLayers`]. Out: a [`Region`]. Both ways
//! run the same checks.

use crate::areas;
use crate::budget::{Budget, Stopped};
use crate::corrections::{Corrections, check_mappings};
use crate::crs::Extent;
use crate::encoding;
use crate::fields::Fields;
use crate::formats::Format;
use crate::input_record::{InputRecord, check_near_roads, refuse_unusable, refuse_warnings};
use crate::layer_file::{LayerContext, LayerFile};
use crate::outliers::{self, LayerExtent};
use crate::population;
use crate::road_barriers;
use crate::roads;
use crate::settings::{LayerSpec, Layers, Settings};
use crate::shared::{self, RoadsWithin, Shared};
use crate::sites;
use crate::source::Source;
use crate::turns;
use crate::typed::{RecordChecker, RegionLayers};
use geo::MultiPolygon;
use lifering_base::datum::Datum;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::hash::{sha256_hex, sha256_of_debug};
use lifering_base::issue::{IssueCode, LayerIssues};
use lifering_base::message;
use lifering_base::records::{
    Layer, Neighbour, Obstacles, People, Record, Road, RoadBarrier, RoadsTaken, Site, Turn, Unit,
};
use std::collections::BTreeMap;

/// Options for reading a region.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Whether warnings are refusals.
    pub strict: bool,
    /// By the layer's key: the datum of a layer for which region.toml states none.
    pub datum: BTreeMap<String, Datum>,
    /// Whether every occurrence of an issue is kept, for a change list.
    pub logged: bool,
    /// Corrections that were asked for.
    pub corrections: Corrections,
    /// What the region shares with others; `None` for nothing.
    pub shared: Option<Shared>,
}

/// A region as read. A layer that is not given is `None`.
#[derive(Clone, Debug)]
pub struct Region {
    /// Where it was read from.
    pub source: Source,
    /// region.toml.
    pub settings: Settings,
    /// SHA-256 of region.toml; of the settings' debug notation if there is no file.
    pub settings_sha256: String,
    /// Inputs in the order of [`Layer::ALL`], then extra layers by name.
    pub inputs: Vec<InputRecord>,
    /// The area that is audited, in degrees.
    pub boundary: Option<MultiPolygon<f64>>,
    /// Administrative units.
    pub units: Option<Vec<Unit>>,
    /// People.
    pub population: Option<Vec<People>>,
    /// Roads; empty if not given.
    pub roads: Vec<Road>,
    /// Which roads of a shared file the region uses; `None` if it has roads of its own.
    pub roads_taken: Option<RoadsTaken>,
    /// Emergency sites; empty if not given.
    pub stations: Vec<Site>,
    /// Stations of neighbouring regions; `None` if no mutual aid is asked for.
    pub neighbours: Option<Vec<Neighbour>>,
    /// Medical facilities.
    pub facilities: Option<Vec<Site>>,
    /// Defibrillators.
    pub aeds: Option<Vec<Site>>,
    /// Places for new stations.
    pub candidates: Option<Vec<Site>>,
    /// Lines and areas that an access leg cannot cross.
    pub barriers: Option<Obstacles>,
    /// Lines and areas on which roads are closed.
    pub closures: Option<Obstacles>,
    /// Points on roads that stop an ambulance or cost it time; empty if not given.
    pub road_barriers: Vec<RoadBarrier>,
    /// Turn restrictions; empty if not given.
    pub turns: Vec<Turn>,
    /// `[layers.extra]` by name.
    pub extra: BTreeMap<String, Vec<Record>>,
}

impl Region {
    /// Reads region.toml and every layer it names.
    pub fn read(source: Source) -> Result<Self, InputError> {
        Self::read_with(source, &ReadOptions::default())
    }

    /// Reads region.toml and every layer it names, with options.
    pub fn read_with(source: Source, options: &ReadOptions) -> Result<Self, InputError> {
        Self::read_until(source, options, &|| false)
    }

    /// The same, with an end: [`InputError::Stopped`] once `stopped` turns true, which is asked all along.
    pub fn read_until(source: Source, options: &ReadOptions, stopped: Stopped<'_>) -> Result<Self, InputError> {
        let file = source.settings_file().to_owned();
        let (settings, settings_sha256) = read_settings(&source, shares_roads(options))?;
        let mut reader = Reader { stopped, ..Reader::new(&source, &settings, options) };
        let boundary = |r: &Reader<'_>| r.layer(Layer::Boundary, areas::read_boundary);
        let units = |r: &Reader<'_>| r.layer(Layer::Units, areas::read_units);
        let population = |r: &Reader<'_>| r.layer(Layer::Population, population::read);
        let roads = |r: &Reader<'_>| r.layer(Layer::Roads, roads::read);
        let stations = |r: &Reader<'_>| r.layer(Layer::Stations, sites::read);
        let neighbours = |r: &Reader<'_>| r.layer(Layer::Neighbours, sites::read);
        let facilities = |r: &Reader<'_>| r.layer(Layer::Facilities, sites::read);
        let aeds = |r: &Reader<'_>| r.layer(Layer::Aeds, sites::read);
        let candidates = |r: &Reader<'_>| r.layer(Layer::Candidates, sites::read);
        let barriers = |r: &Reader<'_>| r.layer(Layer::Barriers, areas::read_obstacles);
        let closures = |r: &Reader<'_>| r.layer(Layer::Closures, areas::read_obstacles);
        let road_barriers = |r: &Reader<'_>| r.layer(Layer::RoadBarriers, road_barriers::read);
        let turns = |r: &Reader<'_>| r.layer(Layer::Turns, turns::read);
        // The outline comes first: a raster is cut to it.
        let (boundary_read, units_read) = reader.join(boundary, units);
        let boundary = reader.accept(boundary_read, boundary)?;
        let units = reader.accept(units_read, units)?;
        let ((roads_read, population_read), others) = reader.join(
            |r| r.join(roads, population),
            |r| {
                (
                    r.join(|r| r.join(barriers, closures), |r| r.join(road_barriers, turns)),
                    r.join(stations, |r| r.join(neighbours, facilities)),
                    r.join(aeds, candidates),
                )
            },
        );
        let (
            ((barriers_read, closures_read), (road_barriers_read, turns_read)),
            (stations_read, (neighbours_read, facilities_read)),
            (aeds_read, candidates_read),
        ) = others;
        let population = reader.accept(population_read, population)?;
        let roads = reader.accept(roads_read, roads)?;
        let outline = || outline(&file, boundary.as_ref(), units.as_deref());
        let shared_roads = shared_roads(&settings, options, outline, &mut reader.inputs)?;
        let stations = reader.accept(stations_read, stations)?;
        let own = reader.accept(neighbours_read, neighbours)?;
        let file_of_neighbours = settings.layers.get(&Layer::Neighbours).map(|spec| spec.file.as_str());
        let own = own.zip(file_of_neighbours).map(|(sites, file)| shared::of_file(file, sites));
        let neighbours = with_shared_neighbours(own, stations.as_deref().unwrap_or_default(), options, outline)?;
        let facilities = reader.accept(facilities_read, facilities)?;
        let aeds = reader.accept(aeds_read, aeds)?;
        let candidates = reader.accept(candidates_read, candidates)?;
        let barriers = reader.accept(barriers_read, barriers)?;
        let closures = reader.accept(closures_read, closures)?;
        let road_barriers = reader.accept(road_barriers_read, road_barriers)?;
        let turns = reader.accept(turns_read, turns)?;
        let mut extra = BTreeMap::new();
        for (name, spec) in &settings.layers.extra {
            let read = |r: &Reader<'_>| r.read(Layer::Extra, name, spec, sites::read_records);
            let records = reader.accept(read(&reader), read)?;
            extra.extend(records.map(|records| (name.clone(), records)));
        }
        reader.budget().go_on()?;
        let inputs = reader.inputs;
        check_mappings(&options.corrections.columns, &inputs)?;
        let layers = RegionLayers {
            boundary,
            units,
            population,
            roads,
            stations,
            neighbours,
            facilities,
            aeds,
            candidates,
            barriers,
            closures,
            road_barriers,
            turns,
            extra,
        };
        Self::assemble(source, settings, settings_sha256, inputs, layers, shared_roads, options)
    }

    /// A region of typed layers, checked as those of files are. `name` is the name of its results; layers that
    /// `settings` names keep the names of their files, and any others are left out of them. `options.datum` is ignored:
    /// records are WGS 84 degrees.
    pub fn from_layers(
        name: &str,
        mut settings: Settings,
        layers: RegionLayers,
        options: &ReadOptions,
    ) -> Result<Self, InputError> {
        let source = Source::memory(name, name, BTreeMap::new());
        settings.layers = layers.named(&settings.layers);
        settings.check(source.settings_file(), shares_roads(options))?;
        let file = source.settings_file().to_owned();
        let mut checker = RecordChecker::new(&settings.layers, options.logged);
        let boundary = layers.boundary.map(|all| checker.boundary(&all)).transpose()?;
        let units = layers.units.map(|all| checker.units(all)).transpose()?;
        let population = layers.population.map(|all| checker.population(all)).transpose()?;
        let roads = layers.roads.map(|all| checker.roads(all)).transpose()?;
        let outline = || outline(&file, boundary.as_ref(), units.as_deref());
        let shared_roads = shared_roads(&settings, options, outline, &mut checker.inputs)?;
        let stations = layers.stations.map(|all| checker.sites(Layer::Stations, all)).transpose()?;
        let own = layers.neighbours.map(|all| checker.neighbours(all)).transpose()?;
        let neighbours = with_shared_neighbours(own, stations.as_deref().unwrap_or_default(), options, outline)?;
        let facilities = layers.facilities.map(|all| checker.sites(Layer::Facilities, all)).transpose()?;
        let aeds = layers.aeds.map(|all| checker.sites(Layer::Aeds, all)).transpose()?;
        let candidates = layers.candidates.map(|all| checker.sites(Layer::Candidates, all)).transpose()?;
        let barriers = layers.barriers.map(|all| checker.obstacles(Layer::Barriers, all)).transpose()?;
        let closures = layers.closures.map(|all| checker.obstacles(Layer::Closures, all)).transpose()?;
        let road_barriers = layers.road_barriers.map(|all| checker.road_barriers(all)).transpose()?;
        let turns = layers.turns.map(|all| checker.turns(all)).transpose()?;
        let mut extra = BTreeMap::new();
        for (name, records) in layers.extra {
            let records = checker.records(&name, records)?;
            extra.insert(name, records);
        }
        let inputs = checker.inputs;
        let layers = RegionLayers {
            boundary,
            units,
            population,
            roads,
            stations,
            neighbours,
            facilities,
            aeds,
            candidates,
            barriers,
            closures,
            road_barriers,
            turns,
            extra,
        };
        let settings_sha256 = sha256_of_debug(&settings);
        Self::assemble(source, settings, settings_sha256, inputs, layers, shared_roads, options)
    }

    /// Checks that look at several layers, then the region.
    fn assemble(
        source: Source,
        settings: Settings,
        settings_sha256: String,
        mut inputs: Vec<InputRecord>,
        layers: RegionLayers,
        shared_roads: Option<RoadsWithin>,
        options: &ReadOptions,
    ) -> Result<Self, InputError> {
        // What comes with shared roads was recorded beside them.
        inputs.sort_by_key(|input| input.layer);
        check_near_roads(&mut inputs)?;
        if layers.population.is_none() {
            refuse_without_people(&settings, layers.units.as_deref(), source.settings_file())?;
        }
        if options.strict {
            refuse_warnings(&inputs)?;
        }
        let (roads, roads_taken, road_barriers, turns) = match shared_roads {
            Some(RoadsWithin { roads, taken, road_barriers, turns }) => {
                let road_barriers = layers.road_barriers.or(road_barriers.map(|(points, _)| points));
                (roads, Some(taken), road_barriers, layers.turns.or(turns.map(|(turns, _)| turns)))
            }
            None => (layers.roads.unwrap_or_default(), None, layers.road_barriers, layers.turns),
        };
        Ok(Self {
            source,
            settings,
            settings_sha256,
            inputs,
            boundary: layers.boundary,
            units: layers.units,
            population: layers.population,
            roads,
            roads_taken,
            stations: layers.stations.unwrap_or_default(),
            neighbours: layers.neighbours,
            facilities: layers.facilities,
            aeds: layers.aeds,
            candidates: layers.candidates,
            barriers: layers.barriers,
            closures: layers.closures,
            road_barriers: road_barriers.unwrap_or_default(),
            turns: turns.unwrap_or_default(),
            extra: layers.extra,
        })
    }

    /// The input of a layer; `None` if it is not given. An extra layer is found by its name.
    pub fn input(&self, key: &str) -> Option<&InputRecord> {
        self.inputs.iter().find(|input| input.key == key)
    }

    /// An empty collection for the issues that a later stage finds in the layers, logged if the reading was.
    pub fn layer_issues(&self) -> LayerIssues {
        if self.inputs.iter().any(|input| input.issues.is_logged()) {
            LayerIssues::logged()
        } else {
            LayerIssues::default()
        }
    }
}

/// Whether roads that the region does not name come from a shared file.
fn shares_roads(options: &ReadOptions) -> bool {
    options.shared.as_ref().is_some_and(|shared| shared.roads.is_some())
}

/// The outline by which shared layers are cut; refused if the region has none.
fn outline(
    settings_file: &str,
    boundary: Option<&MultiPolygon<f64>>,
    units: Option<&[Unit]>,
) -> Result<MultiPolygon<f64>, InputError> {
    shared::outline(boundary, units).ok_or_else(|| {
        let place = Place::file(settings_file).field("layers.boundary");
        InputError::wrong(place, message!("message.nothing"), message!("message.outline_needed"))
    })
}

/// The roads of a region without roads of its own, taken from the shared file and recorded as an input; `None` if it has
/// its own or nothing is shared.
fn shared_roads(
    settings: &Settings,
    options: &ReadOptions,
    outline: impl Fn() -> Result<MultiPolygon<f64>, InputError>,
    inputs: &mut Vec<InputRecord>,
) -> Result<Option<RoadsWithin>, InputError> {
    let Some(shared) = options.shared.as_ref() else { return Ok(None) };
    let Some(of) = shared.roads.as_deref().filter(|_| !settings.layers.contains_key(&Layer::Roads)) else {
        return Ok(None);
    };
    let mut within = of.within(&outline()?, shared.margin_m, &settings.drive, &settings.access);
    let taken = &within.taken;
    if within.roads.is_empty() {
        let found = message!("message.roads_elsewhere", n = taken.of);
        let wanted = message!("message.roads_reaching", region = &settings.name, km = taken.margin_m / 1000.0);
        return Err(InputError::wrong(Place::file(&taken.file), found, wanted)
            .with_help(message!("message.other_shared_roads")));
    }
    inputs.push(of.record(taken, &within.roads));
    // What the region says itself comes first.
    within.road_barriers.take_if(|_| settings.layers.contains_key(&Layer::RoadBarriers));
    within.turns.take_if(|_| settings.layers.contains_key(&Layer::Turns));
    let points = within.road_barriers.iter().map(|(_, record)| record);
    inputs.extend(points.chain(within.turns.iter().map(|(_, record)| record)).cloned());
    Ok(Some(within))
}

/// The neighbours of a region's own layer, then those that are shared and lie within the margin.
fn with_shared_neighbours(
    mut own: Option<Vec<Neighbour>>,
    stations: &[Site],
    options: &ReadOptions,
    outline: impl Fn() -> Result<MultiPolygon<f64>, InputError>,
) -> Result<Option<Vec<Neighbour>>, InputError> {
    if let Some(shared) = &options.shared
        && let Some(all) = shared.neighbours.as_deref()
    {
        let near = shared::near(all, &outline()?, stations, shared.margin_m);
        own.get_or_insert_default().extend(near);
    }
    Ok(own)
}

/// Refuses a region without a population layer whose units do not state their people either, unless region.toml lists
/// population as `without`.
fn refuse_without_people(settings: &Settings, units: Option<&[Unit]>, settings_file: &str) -> Result<(), InputError> {
    let stated = units.into_iter().flatten().any(|unit| unit.population.is_some());
    if stated || settings.without.contains(&Layer::Population) {
        return Ok(());
    }
    let file = settings.layers.get(&Layer::Units).map_or(settings_file, |spec| spec.file.as_str());
    let place = Place::file(file).field("population");
    Err(InputError::wrong(place, message!("message.no_people_at_all"), message!("message.one_of_them")))
}

/// region.toml and its hash.
fn read_settings(source: &Source, shared_roads: bool) -> Result<(Settings, String), InputError> {
    let file = source.settings_file();
    let bytes = source.read(file, &message!("message.region_is"))?;
    let sha256 = sha256_hex(&bytes);
    let text = encoding::decode(file, &bytes, None)?;
    if text.guessed {
        return Err(InputError::wrong(Place::file(file), message!("message.not_utf8"), "UTF-8")
            .with_help(message!("message.save_toml")));
    }
    Ok((Settings::parse(file, &text.text, shared_roads)?, sha256))
}

/// The stations of a region alone, for those of its neighbours; none if it has no such layer.
pub fn read_stations(source: &Source, datum: &BTreeMap<String, Datum>) -> Result<Vec<Site>, InputError> {
    let (settings, _) = read_settings(source, true)?;
    let options = ReadOptions { datum: datum.clone(), ..ReadOptions::default() };
    let read = Reader::new(source, &settings, &options).layer(Layer::Stations, sites::read)?;
    Ok(read.map(|(sites, _)| sites).unwrap_or_default())
}

/// The files of every layer, in WGS 84 but not yet typed.
pub fn layer_files(source: &Source, options: &ReadOptions) -> Result<Vec<LayerFile>, InputError> {
    let (settings, _) = read_settings(source, false)?;
    let reader = Reader::new(source, &settings, options);
    settings.layers.iter().map(|(layer, key, spec)| reader.file(layer, key, spec)).collect()
}

/// The files that region.toml names, with the format by the name and the size in bytes.
pub fn layer_sizes(source: &Source) -> Result<Vec<(String, Format, u64)>, InputError> {
    // Shared roads are no file of the region.
    let (settings, _) = read_settings(source, true)?;
    let of = |file: &String| Some((file.clone(), Format::of(file), source.size(file)?));
    Ok(settings.layers.iter().filter_map(|(_, _, spec)| of(&spec.file)).collect())
}

/// Reads `bytes` as a file of that name for every kind of layer in turn, for tests that feed damaged files: each must
/// end in records or in an error. Returns how many kinds could be read.
pub fn try_layer(file: &str, bytes: &[u8]) -> usize {
    try_layer_beside(file, bytes, &Source::Demo)
}

/// Like [`try_layer`], of a `.shp` and a `.dbf` in one: the length of the first in four bytes (the smallest first), then both.
pub fn try_shapefile(bytes: &[u8]) -> usize {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return 0 };
    let (shp, dbf) = rest.split_at((u32::from_le_bytes(*length) as usize).min(rest.len()));
    let beside = Source::memory("", "", BTreeMap::from([("seed.dbf".to_owned(), dbf.to_vec())]));
    try_layer_beside("seed.shp", shp, &beside)
}

fn try_layer_beside(file: &str, bytes: &[u8], beside: &Source) -> usize {
    let kinds = [Layer::Boundary, Layer::Units, Layer::Population, Layer::Roads, Layer::Stations, Layer::Extra];
    let try_one = |layer: &Layer| {
        let fields = Fields::new("region.toml", *layer, layer.key(), None)?;
        let spec = LayerSpec::of(file);
        let context = LayerContext::default();
        let mut layer_file = LayerFile::from_bytes(bytes, beside, *layer, layer.key(), &spec, fields, &context)?;
        try_records(&mut layer_file)
    };
    kinds.iter().filter(|kind| try_one(kind).is_ok()).count()
}

/// Types the features of a layer for what is noticed in them, and drops the records. Roads and people take the features
/// with them.
pub(crate) fn try_records(layer: &mut LayerFile) -> Result<(), InputError> {
    match layer.layer {
        Layer::Boundary => areas::read_boundary(layer).map(drop),
        Layer::Units => areas::read_units(layer).map(drop),
        Layer::Population => population::read(layer).map(drop),
        Layer::Roads => roads::read(layer).map(drop),
        Layer::Stations | Layer::Neighbours | Layer::Facilities | Layer::Aeds | Layer::Candidates => {
            sites::read(layer).map(drop)
        }
        Layer::Barriers | Layer::Closures => areas::read_obstacles(layer).map(drop),
        Layer::RoadBarriers => road_barriers::read(layer).map(drop),
        Layer::Turns => turns::read(layer).map(drop),
        Layer::Extra => sites::read_records(layer).map(drop),
    }
}

/// Whether the outline of the region is made of a layer, if these layers are given.
pub(crate) fn makes_outline(layer: Layer, layers: &Layers) -> bool {
    match layer {
        Layer::Boundary | Layer::Units => true,
        Layer::Population | Layer::Roads => {
            !layers.contains_key(&Layer::Boundary) && !layers.contains_key(&Layer::Units)
        }
        _ => false,
    }
}

/// Records of a layer with what is known of its file; `None` if the layer is not given.
type LayerRead<T> = Result<Option<(T, InputRecord)>, InputError>;

/// Reads the layers of one region.
struct Reader<'a> {
    source: &'a Source,
    settings: &'a Settings,
    options: &'a ReadOptions,
    /// A position in the region, from the first layer accepted.
    near: Option<LonLat>,
    /// Layers accepted so far.
    inputs: Vec<InputRecord>,
    stopped: Stopped<'a>,
}

impl<'a> Reader<'a> {
    fn new(source: &'a Source, settings: &'a Settings, options: &'a ReadOptions) -> Self {
        Self { source, settings, options, near: None, inputs: Vec::new(), stopped: &|| false }
    }

    fn budget(&self) -> Budget<'a> {
        Budget::until(self.stopped)
    }

    /// One layer's file.
    fn file(&self, layer: Layer, key: &str, spec: &LayerSpec) -> Result<LayerFile, InputError> {
        let mut given = self.settings.fields.get(key).cloned().unwrap_or_default();
        given.extend(spec.fields.clone());
        let fields = Fields::new(self.source.settings_file(), layer, key, Some(&given))?;
        let datum = self.options.datum.get(key).copied();
        let outline = |i: &&InputRecord| matches!(i.layer, Layer::Boundary | Layer::Units);
        let within = self.inputs.iter().find(outline).and_then(|i| i.extent);
        let context = LayerContext {
            near: self.near,
            within,
            datum,
            raster: self.settings.population.raster,
            logged: self.options.logged,
            corrections: self.options.corrections.clone(),
            budget: self.budget(),
        };
        let mut file = LayerFile::read(self.source, layer, key, spec, fields, &context)?;
        if self.source.is_elsewhere(&spec.file) {
            let (found, wanted) = (message!("message.file_elsewhere"), message!("message.read_all_the_same"));
            file.issues.note(IssueCode::FileElsewhere, &Place::file(&spec.file), found, wanted);
        }
        Ok(file)
    }

    /// Reads two things at once.
    fn join<A: Send, B: Send>(
        &self,
        one: impl FnOnce(&Self) -> A + Send,
        other: impl FnOnce(&Self) -> B + Send,
    ) -> (A, B) {
        rayon::join(|| one(self), || other(self))
    }

    /// A layer with a key of its own.
    fn layer<T>(&self, layer: Layer, read: impl FnOnce(&mut LayerFile) -> Result<T, InputError>) -> LayerRead<T> {
        let Some(spec) = self.settings.layers.get(&layer) else { return Ok(None) };
        self.read(layer, layer.key(), spec, read)
    }

    fn read<T>(
        &self,
        layer: Layer,
        key: &str,
        spec: &LayerSpec,
        read: impl FnOnce(&mut LayerFile) -> Result<T, InputError>,
    ) -> LayerRead<T> {
        let mut parsed = self.file(layer, key, spec)?;
        self.budget().go_on()?;
        let mut issues = std::mem::take(&mut parsed.issues);
        let outline = makes_outline(layer, &self.settings.layers);
        let whole = LayerExtent { file: &parsed.file, extent: parsed.extent, outline };
        outliers::check(whole, &parsed.features, |i| parsed.place(&parsed.features[i]), &mut issues)?;
        parsed.issues = issues;
        let records = read(&mut parsed)?;
        let record = InputRecord::of(parsed);
        refuse_unusable(&record)?;
        Ok(Some((records, record)))
    }

    /// A position of any layer that can be read, for the advice about one that cannot.
    fn place_of_others(&self) -> Option<LonLat> {
        let mut layers: Vec<_> = self.settings.layers.iter().collect();
        // Roads and people are the largest files.
        layers.sort_by_key(|(layer, ..)| matches!(layer, Layer::Roads | Layer::Population));
        layers.into_iter().find_map(|(layer, key, spec)| Some(self.file(layer, key, spec).ok()?.extent?.middle()))
    }

    /// Accepts a layer that was read at the same time as others, in their order. One that could not be read is read again:
    /// by now the place of the region may be known, which makes the message better.
    fn accept<T>(
        &mut self,
        found: LayerRead<T>,
        read_again: impl Fn(&Self) -> LayerRead<T>,
    ) -> Result<Option<T>, InputError> {
        let found = if found.as_ref().is_err_and(|error| !matches!(error, InputError::Stopped)) {
            self.near = self.near.or_else(|| self.place_of_others());
            read_again(self)
        } else {
            found
        };
        let Some((records, record)) = found? else { return Ok(None) };
        self.near = self.near.or(record.extent.map(Extent::middle));
        self.inputs.push(record);
        Ok(Some(records))
    }
}
