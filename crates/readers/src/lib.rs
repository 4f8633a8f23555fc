//! Files -> typed records and issues.
//!
//! In: a region folder (or the embedded one). Out: [`Region`]: settings, records of every layer, and what was noticed in
//! each. One file a kind of record, the same furniture in each. Nothing here knows what a road graph or a rule is.

pub mod areas;
pub mod columns;
pub mod crs;
#[cfg(feature = "shapefile")]
mod crs_wkt;
pub mod encoding;
pub mod fields;
pub mod formats;
pub mod geometry;
#[cfg(feature = "osm")]
pub mod import;
pub mod layer_file;
pub mod library;
pub mod manifest;
pub mod population;
pub mod properties;
pub mod roads;
pub mod settings;
pub mod shared;
pub mod sites;
pub mod source;
pub mod stray;

use crate::crs::Extent;
use crate::fields::Fields;
use crate::formats::Format;
use crate::layer_file::{Circumstances, LayerFile};
use crate::settings::{LayerSpec, Settings};
use crate::shared::Shared;
use crate::source::Source;
use geo::MultiPolygon;
use lifering_base::datum::Datum;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues, Severity};
use lifering_base::message;
use lifering_base::records::{Layer, Neighbour, Obstacles, People, Record, Road, RoadsTaken, Site, Unit};
use std::collections::BTreeMap;

/// What is known of one input file once it has been read.
#[derive(Clone, Debug)]
pub struct InputRecord {
    /// Which layer.
    pub layer: Layer,
    /// Its key in region.toml: the layer's own, or the name of an extra layer.
    pub key: String,
    /// Name relative to the region folder.
    pub file: String,
    /// Hash of its bytes.
    pub sha256: String,
    /// In which format it was.
    pub format: Format,
    /// Its text's encoding, where it is text.
    pub encoding: Option<&'static str>,
    /// Features in the file.
    pub features: usize,
    /// Features used.
    pub used: usize,
    /// Where they lie; `None` without any.
    pub extent: Option<Extent>,
    /// What was noticed. Later stages add to it.
    pub issues: Issues,
}

impl InputRecord {
    /// What is known of a layer's file.
    pub fn of(parsed: LayerFile) -> Self {
        Self {
            layer: parsed.layer,
            key: parsed.key,
            file: parsed.file,
            sha256: parsed.sha256,
            format: parsed.format,
            encoding: parsed.encoding,
            features: parsed.count,
            used: parsed.used,
            extent: parsed.extent,
            issues: parsed.issues,
        }
    }
}

/// How a region is read, beside what its files say.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Warnings are refusals (`--strict`).
    pub strict: bool,
    /// By the layer's key: a datum that was accepted on the command line. region.toml's own comes first.
    pub datum: BTreeMap<String, Datum>,
    /// Every occurrence of an issue is kept, for a change list.
    pub logged: bool,
    /// What the region shares with others.
    pub shared: Option<Shared>,
}

/// Everything a region folder says, typed. A layer that is not given is `None`.
#[derive(Clone, Debug)]
pub struct Region {
    /// Where it was read from.
    pub source: Source,
    /// region.toml.
    pub settings: Settings,
    /// Hash of region.toml.
    pub settings_sha256: String,
    /// Files read, in the order of [`Layer::ALL`].
    pub inputs: Vec<InputRecord>,
    /// What is audited, in degrees.
    pub boundary: Option<MultiPolygon<f64>>,
    /// Administrative units.
    pub units: Option<Vec<Unit>>,
    /// People.
    pub population: Option<Vec<People>>,
    /// Roads.
    pub roads: Vec<Road>,
    /// Where the roads are a part of a file of more: which.
    pub roads_taken: Option<RoadsTaken>,
    /// Emergency sites.
    pub stations: Vec<Site>,
    /// Stations of neighbouring regions; `None` where nobody asked for mutual aid.
    pub neighbours: Option<Vec<Neighbour>>,
    /// Medical facilities.
    pub facilities: Option<Vec<Site>>,
    /// Defibrillators.
    pub aeds: Option<Vec<Site>>,
    /// Possible sites.
    pub candidates: Option<Vec<Site>>,
    /// What an access leg cannot cross.
    pub barriers: Option<Obstacles>,
    /// Where roads are closed.
    pub closures: Option<Obstacles>,
    /// `[layers.extra]`, by name: what standards ask for beside the layers above.
    pub extra: BTreeMap<String, Vec<Record>>,
}

impl Region {
    /// Reads region.toml and every layer it names.
    pub fn read(source: Source) -> Result<Self, InputError> {
        Self::read_with(source, &ReadOptions::default())
    }

    /// The same, with options.
    pub fn read_with(source: Source, options: &ReadOptions) -> Result<Self, InputError> {
        let file = source.settings_file().to_owned();
        let shared = options.shared.as_ref();
        let shared_roads = shared.and_then(|shared| shared.roads.as_deref());
        let (settings, settings_sha256) = read_settings(&source, shared_roads.is_some())?;
        let mut reader = Reader::new(&source, &settings, options);
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
        // The outline comes first: a raster is cut to it.
        let (boundary_read, units_read) = reader.both(boundary, units);
        let boundary = reader.keep(boundary_read, boundary)?;
        let units = reader.keep(units_read, units)?;
        let ((roads_read, population_read), others) = reader.both(
            |r| r.both(roads, population),
            |r| {
                (
                    r.both(barriers, closures),
                    r.both(stations, |r| r.both(neighbours, facilities)),
                    r.both(aeds, candidates),
                )
            },
        );
        let (
            (barriers_read, closures_read),
            (stations_read, (neighbours_read, facilities_read)),
            (aeds_read, candidates_read),
        ) = others;
        let population = reader.keep(population_read, population)?;
        let outline = || {
            let needed = || {
                let place = Place::file(&file).field("layers.boundary");
                InputError::wrong(place, message!("message.nothing"), message!("message.outline_needed"))
            };
            shared::outline(boundary.as_ref(), units.as_deref()).ok_or_else(needed)
        };
        let (mut roads, mut roads_taken) = (reader.keep(roads_read, roads)?.unwrap_or_default(), None);
        if let (Some(shared), Some(of)) = (shared, shared_roads)
            && !settings.layers.contains_key(&Layer::Roads)
        {
            let (within, taken) = of.within(&outline()?, shared.margin_m, &settings.drive, &settings.access);
            reader.inputs.push(of.record(&taken, &within));
            (roads, roads_taken) = (within, Some(taken));
        }
        let stations = reader.keep(stations_read, stations)?.unwrap_or_default();
        let mut neighbours =
            reader.keep(neighbours_read, neighbours)?.map(|sites| shared::of_layer(&settings.layers, sites));
        if let Some((all, margin_m)) = shared.and_then(|s| Some((s.neighbours.as_deref()?, s.margin_m))) {
            let near = shared::near(all, &outline()?, &stations, margin_m);
            neighbours.get_or_insert_default().extend(near);
        }
        let facilities = reader.keep(facilities_read, facilities)?;
        let aeds = reader.keep(aeds_read, aeds)?;
        let candidates = reader.keep(candidates_read, candidates)?;
        let barriers = reader.keep(barriers_read, barriers)?;
        let closures = reader.keep(closures_read, closures)?;
        let mut extra = BTreeMap::new();
        for (name, spec) in &settings.layers.extra {
            let read = |r: &Reader<'_>| r.read(Layer::Extra, name, spec, sites::read_records);
            let records = reader.keep(read(&reader), read)?;
            extra.extend(records.map(|records| (name.clone(), records)));
        }
        reader.far_from_roads()?;
        let inputs = reader.inputs;
        if population.is_none() {
            refuse_without_people(&settings, units.as_deref(), &file)?;
        }
        if options.strict {
            refuse_warnings(&inputs)?;
        }
        Ok(Self {
            source,
            settings,
            settings_sha256,
            inputs,
            boundary,
            units,
            population,
            roads,
            roads_taken,
            stations,
            neighbours,
            facilities,
            aeds,
            candidates,
            barriers,
            closures,
            extra,
        })
    }

    /// The issues of one of `[layers.extra]`.
    pub fn issues_of_extra(&mut self, name: &str) -> Option<(&str, &mut Issues)> {
        let of = |i: &&mut InputRecord| i.layer == Layer::Extra && i.key == name;
        self.inputs.iter_mut().find(of).map(|i| (i.file.as_str(), &mut i.issues))
    }

    /// The issues of a layer, for stages that notice something about it later.
    pub fn issues(&mut self, layer: Layer) -> Option<(&str, &mut Issues)> {
        self.inputs.iter_mut().find(|i| i.layer == layer).map(|i| (i.file.as_str(), &mut i.issues))
    }
}

/// A region without a population layer has units that say how many live there, or says that nobody knows.
fn refuse_without_people(settings: &Settings, units: Option<&[Unit]>, settings_file: &str) -> Result<(), InputError> {
    let told = units.into_iter().flatten().any(|unit| unit.population.is_some());
    if told || settings.without.contains(&Layer::Population) {
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
    let sha256 = lifering_base::hash::sha256_hex(&bytes);
    let text = encoding::decode(file, &bytes, None)?;
    if text.guessed {
        return Err(InputError::wrong(Place::file(file), message!("message.not_utf8"), "UTF-8")
            .with_help(message!("message.save_toml")));
    }
    Ok((Settings::parse(file, &text.text, shared_roads)?, sha256))
}

/// The stations of a region alone, for those of its neighbours; without any where it has none.
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

/// The files that region.toml names, with the format their names tell and their size in bytes.
pub fn layer_sizes(source: &Source) -> Result<Vec<(String, Format, u64)>, InputError> {
    // Roads that are shared are none of its own.
    let (settings, _) = read_settings(source, true)?;
    let of = |file: &String| Some((file.clone(), Format::of(file), source.size(file)?));
    Ok(settings.layers.iter().filter_map(|(_, _, spec)| of(&spec.file)).collect())
}

/// Reads `bytes` as a file of that name for every kind of layer in turn, for tests that feed damaged files: each must
/// end in records or in an error. Returns how many kinds could be read.
pub fn try_layer(file: &str, bytes: &[u8]) -> usize {
    type Read = fn(&mut LayerFile) -> Result<(), InputError>;
    let kinds: [(Layer, Read); 6] = [
        (Layer::Boundary, |l| areas::read_boundary(l).map(drop)),
        (Layer::Units, |l| areas::read_units(l).map(drop)),
        (Layer::Population, |l| population::read(l).map(drop)),
        (Layer::Roads, |l| roads::read(l).map(drop)),
        (Layer::Stations, |l| sites::read(l).map(drop)),
        (Layer::Extra, |l| sites::read_records(l).map(drop)),
    ];
    let circumstances = Circumstances { near: None, within: None, datum: None, logged: false };
    let try_one = |(layer, read): &(Layer, Read)| {
        let fields = Fields::new("region.toml", *layer, layer.key(), None)?;
        let spec = LayerSpec::of(file);
        let mut layer_file =
            LayerFile::from_bytes(bytes, &Source::Demo, *layer, layer.key(), &spec, fields, &circumstances)?;
        read(&mut layer_file)
    };
    kinds.iter().filter(|kind| try_one(kind).is_ok()).count()
}

/// `--strict`: the first warning of any layer as an error.
pub fn refuse_warnings(inputs: &[InputRecord]) -> Result<(), InputError> {
    let count = inputs.iter().map(|i| i.issues.count(Severity::Warning)).sum();
    let first = inputs.iter().find_map(|input| {
        let issue = input.issues.list().into_iter().find(|i| i.code.severity() == Severity::Warning)?;
        let example = issue.examples.first()?;
        let mut place = Place { feature: example.feature, id: example.id.clone(), ..Place::file(&input.file) };
        place.field = issue.field;
        Some((place, example.found.clone(), example.wanted.clone()))
    });
    match first {
        Some((place, found, wanted)) => Err(InputError::Strict { count, place, found, wanted }),
        None => Ok(()),
    }
}

struct Reader<'a> {
    source: &'a Source,
    settings: &'a Settings,
    options: &'a ReadOptions,
    near: Option<LonLat>,
    inputs: Vec<InputRecord>,
}

/// A layer may lie this far from the roads before it is told, degrees.
const FAR_DEGREES: f64 = 0.5;

impl<'a> Reader<'a> {
    fn new(source: &'a Source, settings: &'a Settings, options: &'a ReadOptions) -> Self {
        Self { source, settings, options, near: None, inputs: Vec::new() }
    }

    /// One layer's file.
    fn file(&self, layer: Layer, key: &str, spec: &LayerSpec) -> Result<LayerFile, InputError> {
        let fields = Fields::new(self.source.settings_file(), layer, key, self.settings.fields.get(key))?;
        let datum = self.options.datum.get(key).copied();
        let outline = |i: &&InputRecord| matches!(i.layer, Layer::Boundary | Layer::Units);
        let within = self.inputs.iter().find(outline).and_then(|i| i.extent);
        let circumstances = Circumstances { near: self.near, within, datum, logged: self.options.logged };
        LayerFile::read(self.source, layer, key, spec, fields, &circumstances)
    }

    /// Reads two things at once.
    fn both<A: Send, B: Send>(
        &self,
        one: impl FnOnce(&Self) -> A + Send,
        other: impl FnOnce(&Self) -> B + Send,
    ) -> (A, B) {
        rayon::join(|| one(self), || other(self))
    }

    /// A layer, where region.toml names one.
    fn layer<T>(
        &self,
        layer: Layer,
        read: impl FnOnce(&mut LayerFile) -> Result<T, InputError>,
    ) -> Result<Option<(T, InputRecord)>, InputError> {
        let Some(spec) = self.settings.layers.get(&layer) else { return Ok(None) };
        self.read(layer, layer.key(), spec, read)
    }

    fn read<T>(
        &self,
        layer: Layer,
        key: &str,
        spec: &LayerSpec,
        read: impl FnOnce(&mut LayerFile) -> Result<T, InputError>,
    ) -> Result<Option<(T, InputRecord)>, InputError> {
        let mut parsed = self.file(layer, key, spec)?;
        let outlined = |layer| self.settings.layers.contains_key(&layer);
        stray::check(
            &mut parsed,
            match layer {
                Layer::Boundary | Layer::Units => true,
                Layer::Population | Layer::Roads => !outlined(Layer::Boundary) && !outlined(Layer::Units),
                _ => false,
            },
        )?;
        let records = read(&mut parsed)?;
        let record = InputRecord::of(parsed);
        Ok(Some((records, record)))
    }

    /// Keeps the record of a layer that was read at the same time as others, in their order. One that could not be read
    /// is tried again where it is only known by now where the region lies: the message is better then.
    fn keep<T>(
        &mut self,
        found: Result<Option<(T, InputRecord)>, InputError>,
        again: impl Fn(&Self) -> Result<Option<(T, InputRecord)>, InputError>,
    ) -> Result<Option<T>, InputError> {
        let found = if found.is_err() { again(self) } else { found };
        let Some((records, record)) = found? else { return Ok(None) };
        self.near = self.near.or(record.extent.map(Extent::middle));
        self.inputs.push(record);
        Ok(Some(records))
    }

    /// A layer that lies nowhere near the roads: refused where its coordinates are swapped, else told.
    fn far_from_roads(&mut self) -> Result<(), InputError> {
        let roads = self.inputs.iter().find(|i| i.layer == Layer::Roads).and_then(|i| i.extent);
        let Some(roads) = roads else { return Ok(()) };
        for input in &mut self.inputs {
            let Some(extent) = input.extent.filter(|e| !e.meets(roads, FAR_DEGREES)) else { continue };
            let place = Place::file(&input.file).field("coordinates");
            let show = |e: Extent| {
                message!(
                    "message.around",
                    lon = format!("{:.3}", e.middle().lon),
                    lat = format!("{:.3}", e.middle().lat)
                )
            };
            if extent.swapped().meets(roads, FAR_DEGREES) {
                return Err(InputError::wrong(
                    place,
                    show(extent),
                    message!("message.near_roads", place = show(roads)),
                )
                .with_help(message!("message.swapped_one")));
            }
            input.issues.note(
                IssueCode::FarFromRoads,
                &place,
                show(extent),
                message!("message.near_roads_used", place = show(roads)),
            );
        }
        Ok(())
    }
}
