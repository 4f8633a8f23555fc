//! `region.toml`: which layers there are and every parameter with its default.
//!
//! In: TOML text. Out: typed [`Settings`], every value checked. Unknown keys are errors with the nearest known key.

use crate::formats::Format;
use crate::library_errors;
use lifering_base::datum::Datum;
use lifering_base::error::{InputError, Place, nearest};
use lifering_base::message;
use lifering_base::parameters::{Access, Drive, Population, Response, Roads, Walk, Zones};
use lifering_base::records::Layer;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Smallest side of a square, metres: below it, the coordinates themselves are not accurate.
const LEAST_FLOOR_M: f64 = 0.1;

/// A layer's file in region.toml: its name alone, or a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerSpec {
    /// Name relative to the region folder.
    pub file: String,
    /// Datum of its degrees; `None` for WGS 84.
    pub datum: Option<Datum>,
    /// Encoding of its text; `None` for UTF-8, or to recognise it.
    pub encoding: Option<String>,
    /// Reference system, for example `EPSG:4548`; `None` for the one that the file names, or WGS 84.
    pub crs: Option<String>,
    /// Column of the longitude in a table; `None` for the usual names.
    pub lon: Option<String>,
    /// Column of the latitude in a table; `None` for the usual names.
    pub lat: Option<String>,
    /// Sheet of a workbook or table of a `GeoPackage`; `None` for the first sheet or the only table.
    pub sheet: Option<String>,
    /// Order in a column of both coordinates; `None` to find it from the region.
    pub order: Option<CoordinateOrder>,
    /// lifering's name of a field -> its name in the file, as `[fields]` has it for the layer.
    pub fields: BTreeMap<String, String>,
    /// What the file may unpack to, megabytes; `None` for what files of its size do.
    pub unpacked_mb: Option<u64>,
}

/// The order of two coordinates in one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoordinateOrder {
    /// Longitude first: "118.5,24.7".
    LonLat,
    /// Latitude first: "24.7,118.5".
    LatLon,
}

impl LayerSpec {
    /// A file with nothing stated but its name.
    pub fn of(file: &str) -> Self {
        Self { file: file.to_owned(), ..Self::default() }
    }

    /// Whether the file is an `OpenStreetMap` extract, which holds several layers.
    pub(crate) fn is_extract(&self) -> bool {
        Format::of(&self.file) == Format::OsmPbf
    }
}

impl<'de> Deserialize<'de> for LayerSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            file: String,
            datum: Option<Datum>,
            encoding: Option<String>,
            crs: Option<String>,
            lon: Option<String>,
            lat: Option<String>,
            sheet: Option<String>,
            order: Option<CoordinateOrder>,
            #[serde(default)]
            fields: BTreeMap<String, String>,
            unpacked_mb: Option<u64>,
        }
        struct SpecVisitor;
        impl<'de> Visitor<'de> for SpecVisitor {
            type Value = LayerSpec;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "the name of a file, or a table { file, datum, encoding, crs, lon, lat, sheet, order, fields, unpacked_mb }",
                )
            }
            fn visit_str<E: serde::de::Error>(self, file: &str) -> Result<LayerSpec, E> {
                Ok(LayerSpec::of(file))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<LayerSpec, A::Error> {
                let Table { file, datum, encoding, crs, lon, lat, sheet, order, fields, unpacked_mb } =
                    Table::deserialize(MapAccessDeserializer::new(map))?;
                Ok(LayerSpec { file, datum, encoding, crs, lon, lat, sheet, order, fields, unpacked_mb })
            }
        }
        deserializer.deserialize_any(SpecVisitor)
    }
}

/// `[layers]`: the file of each layer.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// Layers with keys of their own.
    named: BTreeMap<Layer, LayerSpec>,
    /// `[layers.extra]`, by name.
    pub extra: BTreeMap<String, LayerSpec>,
}

impl Layers {
    /// The file of a layer; `None` if it is not given.
    pub fn get(&self, layer: &Layer) -> Option<&LayerSpec> {
        self.named.get(layer)
    }

    /// Whether the layer is given.
    pub fn contains_key(&self, layer: &Layer) -> bool {
        self.named.contains_key(layer)
    }

    /// Adds a layer with a key of its own.
    pub fn insert(&mut self, layer: Layer, spec: LayerSpec) {
        self.named.insert(layer, spec);
    }

    /// Roads of an extract are not read without what the extract says about driving on them: its turn restrictions and
    /// points on roads are taken from the same file, unless the region names others.
    fn complete_extract(&mut self) {
        let Some(roads) = self.named.get(&Layer::Roads).filter(|roads| roads.is_extract()) else { return };
        let of_extract = LayerSpec { datum: roads.datum, ..LayerSpec::of(&roads.file) };
        for layer in Layer::WITH_ROADS {
            self.named.entry(layer).or_insert_with(|| of_extract.clone());
        }
    }

    /// Every layer with its key in region.toml, in the order they are read.
    pub fn iter(&self) -> impl Iterator<Item = (Layer, &str, &LayerSpec)> {
        let named = self.named.iter().map(|(layer, spec)| (*layer, layer.key(), spec));
        named.chain(self.extra.iter().map(|(name, spec)| (Layer::Extra, name.as_str(), spec)))
    }
}

impl<'de> Deserialize<'de> for Layers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            boundary: Option<LayerSpec>,
            units: Option<LayerSpec>,
            population: Option<LayerSpec>,
            roads: Option<LayerSpec>,
            stations: Option<LayerSpec>,
            neighbours: Option<LayerSpec>,
            facilities: Option<LayerSpec>,
            aeds: Option<LayerSpec>,
            candidates: Option<LayerSpec>,
            barriers: Option<LayerSpec>,
            closures: Option<LayerSpec>,
            road_barriers: Option<LayerSpec>,
            turns: Option<LayerSpec>,
            #[serde(default)]
            extra: BTreeMap<String, LayerSpec>,
        }
        let table = Table::deserialize(deserializer)?;
        let named = [
            (Layer::Boundary, table.boundary),
            (Layer::Units, table.units),
            (Layer::Population, table.population),
            (Layer::Roads, table.roads),
            (Layer::Stations, table.stations),
            (Layer::Neighbours, table.neighbours),
            (Layer::Facilities, table.facilities),
            (Layer::Aeds, table.aeds),
            (Layer::Candidates, table.candidates),
            (Layer::Barriers, table.barriers),
            (Layer::Closures, table.closures),
            (Layer::RoadBarriers, table.road_barriers),
            (Layer::Turns, table.turns),
        ];
        let named = named.into_iter().filter_map(|(layer, spec)| Some((layer, spec?))).collect();
        Ok(Self { named, extra: table.extra })
    }
}

/// The content of `region.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Name of the region, for titles.
    pub name: String,
    /// Id of an embedded standard, or path to a `.toml`; `None` for the default of an audit.
    #[serde(default)]
    pub standard: Option<String>,
    /// File of each layer, relative to the settings file.
    pub layers: Layers,
    /// Needed layers that are not at hand: `stations`, `population`. Rules that ask for them cannot be judged.
    #[serde(default)]
    pub without: BTreeSet<Layer>,
    /// By the layer's key: lifering's name of a field -> its name in the file.
    #[serde(default)]
    pub fields: BTreeMap<String, BTreeMap<String, String>>,
    /// Seconds before the ambulance leaves.
    #[serde(default)]
    pub response: Response,
    /// Driving.
    #[serde(default)]
    pub drive: Drive,
    /// The leg between road and person.
    #[serde(default)]
    pub access: Access,
    /// Walking.
    #[serde(default)]
    pub walk: Walk,
    /// How roads join.
    #[serde(default)]
    pub roads: Roads,
    /// Population totals.
    #[serde(default)]
    pub population: Population,
    /// How zones are drawn.
    #[serde(default)]
    pub zones: Zones,
}

impl Settings {
    /// Needed layers that region.toml may list as `without`.
    pub const MAY_BE_WITHOUT: [Layer; 2] = [Layer::Stations, Layer::Population];

    /// Parses and checks the text of `file`. `shared_roads`: the region may lack roads of its own.
    pub fn parse(file: &str, text: &str, shared_roads: bool) -> Result<Self, InputError> {
        let mut settings: Self = toml::from_str(text).map_err(|e| toml_error(file, text, &e))?;
        settings.check(file, shared_roads)?;
        settings.layers.complete_extract();
        Ok(settings)
    }

    /// A region of that name with all defaults and no layers.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            standard: None,
            layers: Layers::default(),
            without: BTreeSet::new(),
            fields: BTreeMap::new(),
            response: Response::default(),
            drive: Drive::default(),
            access: Access::default(),
            walk: Walk::default(),
            roads: Roads::default(),
            population: Population::default(),
            zones: Zones::default(),
        }
    }

    /// Checks every value, and that the layers an audit needs are given or listed as `without`.
    pub(crate) fn check(&self, file: &str, shared_roads: bool) -> Result<(), InputError> {
        self.check_values(file)?;
        self.check_needed(file, shared_roads)
    }

    fn check_values(&self, file: &str) -> Result<(), InputError> {
        let positive = [
            ("drive.default_kmh", self.drive.default_kmh),
            ("drive.driveway_kmh", self.drive.driveway_kmh),
            ("drive.maxspeed_factor", self.drive.maxspeed_factor),
            ("access.speed_kmh", self.access.speed_kmh),
            ("access.max_m", self.access.max_m),
            ("walk.speed_m_s", self.walk.speed_m_s),
            ("walk.elderly_m_s", self.walk.elderly_m_s),
            ("walk.access_m_s", self.walk.access_m_s),
            ("zones.error_share", self.zones.error_share),
            ("zones.floor_m", self.zones.floor_m),
        ];
        let classes = self.drive.speeds_kmh.iter().map(|(c, v)| (format!("drive.speeds_kmh.{c}"), *v));
        let periods = self.drive.periods.iter().map(|(p, v)| (format!("drive.periods.{p}"), *v));
        let scale = self.population.scale_to.map(|v| ("population.scale_to".to_owned(), v));
        for (key, value) in
            positive.into_iter().map(|(k, v)| (k.to_owned(), v)).chain(classes).chain(periods).chain(scale)
        {
            if !(value.is_finite() && value > 0.0) {
                return Err(InputError::wrong(
                    Place::file(file).field(&key),
                    value.to_string(),
                    message!("message.above_zero"),
                ));
            }
        }
        if self.zones.floor_m < LEAST_FLOOR_M {
            let place = Place::file(file).field("zones.floor_m");
            return Err(InputError::wrong(place, self.zones.floor_m.to_string(), message!("message.least_floor")));
        }
        let not_negative = [
            ("response.answer_s", self.response.answer_s),
            ("response.process_s", self.response.process_s),
            ("response.turnout_s", self.response.turnout_s),
            ("drive.max_driveway_m", self.drive.max_driveway_m),
            ("drive.gate_s", self.drive.gate_s),
            ("drive.signal_s", self.drive.signal_s),
            ("drive.ferry_wait_s", self.drive.ferry_wait_s),
            ("roads.snap_m", self.roads.snap_m),
            ("zones.min_zone_m2", self.zones.min_zone_m2),
        ];
        for (key, value) in not_negative {
            if !(value.is_finite() && value >= 0.0) {
                return Err(InputError::wrong(
                    Place::file(file).field(key),
                    value.to_string(),
                    message!("message.at_least_zero"),
                ));
            }
        }
        if let (Some(_), Some(year)) = (self.population.scale_to, self.population.year) {
            return Err(InputError::wrong(
                Place::file(file).field("population.year"),
                message!("message.beside_scale_to", year = year),
                message!("message.one_of_them"),
            ));
        }
        if !self.drive.periods.contains_key(&self.drive.period) {
            let known: Vec<&str> = self.drive.periods.keys().map(String::as_str).collect();
            return Err(InputError::wrong(
                Place::file(file).field("drive.period"),
                format!("\"{}\"", self.drive.period),
                message!("message.one_of_periods", all = known.join(", ")),
            ));
        }
        self.check_fields(file)
    }

    /// Checks that the layers an audit needs are given or listed as `without`.
    fn check_needed(&self, file: &str, shared_roads: bool) -> Result<(), InputError> {
        let help = || message!("message.layers_needed");
        let given = |layer: Layer| self.layers.contains_key(&layer);
        for layer in &self.without {
            let place = || Place::file(file).field("without");
            let key = layer.key();
            if !Self::MAY_BE_WITHOUT.contains(layer) {
                return Err(InputError::wrong(place(), format!("`{key}`"), message!("message.stations_or_population")));
            }
            if given(*layer) {
                let found = message!("message.layer_given", key = key);
                return Err(InputError::wrong(place(), found, message!("message.given_or_missing")));
            }
        }
        for layer in [Layer::Roads, Layer::Stations] {
            let from_elsewhere = layer == Layer::Roads && shared_roads;
            if !given(layer) && !from_elsewhere && !self.without.contains(&layer) {
                let place = Place::file(file).field(&format!("layers.{}", layer.key()));
                return Err(InputError::wrong(place, message!("message.nothing"), message!("message.file_name"))
                    .with_help(help()));
            }
        }
        if !given(Layer::Population) && !given(Layer::Units) && !self.without.contains(&Layer::Population) {
            let place = Place::file(file).field("layers.population");
            return Err(InputError::wrong(
                place,
                message!("message.neither_population"),
                message!("message.one_of_them"),
            )
            .with_help(help()));
        }
        Ok(())
    }
}

impl Settings {
    /// `[fields.<layer>]` must name a layer, and a layer of `[layers.extra]` must not bear a known layer's name.
    fn check_fields(&self, file: &str) -> Result<(), InputError> {
        let extra = self.layers.extra.keys().map(String::as_str);
        for name in extra.clone() {
            if Layer::ALL.iter().any(|l| l.key() == name) || name.is_empty() {
                return Err(InputError::wrong(
                    Place::file(file).field(&format!("layers.extra.{name}")),
                    message!("message.own_layer", name = name),
                    message!("message.another_name"),
                ));
            }
        }
        let known: Vec<&str> = Layer::ALL.iter().map(|l| l.key()).chain(extra).collect();
        let Some(unknown) = self.fields.keys().find(|key| !known.contains(&key.as_str())) else { return Ok(()) };
        let error = InputError::wrong(
            Place::file(file).field(&format!("fields.{unknown}")),
            message!("message.unknown_layer", key = unknown),
            message!("message.one_of", all = known.join(", ")),
        );
        Err(match nearest(unknown, known.iter().copied()) {
            Some(near) => error.with_help(message!("message.did_you_mean", near = near)),
            None => error,
        })
    }
}

/// A TOML error with the line and, for an unknown key, the nearest known one.
pub fn toml_error(file: &str, text: &str, error: &toml::de::Error) -> InputError {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let message = error.message().to_owned();
    let place = Place::file(file).line(line);
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    if let (true, Some(word)) = (unknown, quoted.next()) {
        let known: Vec<&str> = quoted.collect();
        let error = InputError::wrong(
            place.field(word),
            message!("message.unknown_key", key = word),
            message!("message.one_of", all = known.join(", ")),
        );
        return match nearest(word, known.iter().copied()) {
            Some(near) => error.with_help(message!("message.did_you_mean", near = near)),
            None => error,
        };
    }
    // The key stands before the equals sign of the line.
    let key = text.lines().nth(line - 1).and_then(|l| l.split_once('=')).map(|(key, _)| key.trim());
    let place = match key.filter(|k| !k.is_empty() && !k.contains('#')) {
        Some(key) => place.field(key),
        None => place,
    };
    InputError::wrong(place, library_errors::toml(&message), message!("message.valid_toml"))
}
