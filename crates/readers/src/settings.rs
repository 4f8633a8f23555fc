//! `region.toml`: which layers there are and every parameter with its default.
//!
//! In: TOML text. Out: typed [`Settings`], every value checked. Unknown keys are errors with the nearest known key.

use super::datum::Datum;
use super::library;
use lifering_base::error::{InputError, Place, nearest};
use lifering_base::message;
use lifering_base::records::road_class::RoadClass;
use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Squares smaller than this prove nothing: coordinates themselves are not nearer to the truth. Metres.
const LEAST_FLOOR_M: f64 = 0.1;

/// The layers a region may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// What is audited.
    Boundary,
    /// Districts, towns, villages, sub-centre areas.
    Units,
    /// Where people live.
    Population,
    /// The road network.
    Roads,
    /// Emergency centres, sub-centres and stations.
    Stations,
    /// Stations of neighbouring regions: mutual aid, told beside the verdicts and never part of them.
    Neighbours,
    /// Hospitals, health centres, clinics.
    Facilities,
    /// Automated external defibrillators.
    Aeds,
    /// Places where a station could stand.
    Candidates,
    /// What an access leg cannot cross.
    Barriers,
    /// Where roads are closed.
    Closures,
    /// One of `[layers.extra]`: what standards ask for beside the layers above.
    Extra,
}

impl Layer {
    /// All layers with a key of their own, in the order they are read and reported.
    pub const ALL: [Self; 11] = [
        Self::Boundary,
        Self::Units,
        Self::Population,
        Self::Roads,
        Self::Stations,
        Self::Neighbours,
        Self::Facilities,
        Self::Aeds,
        Self::Candidates,
        Self::Barriers,
        Self::Closures,
    ];

    /// Its key in `[layers]`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Boundary => "boundary",
            Self::Units => "units",
            Self::Population => "population",
            Self::Roads => "roads",
            Self::Stations => "stations",
            Self::Neighbours => "neighbours",
            Self::Facilities => "facilities",
            Self::Aeds => "aeds",
            Self::Candidates => "candidates",
            Self::Barriers => "barriers",
            Self::Closures => "closures",
            Self::Extra => "extra",
        }
    }
}

/// What region.toml says of a layer's file: its name alone, or a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerSpec {
    /// Name relative to the region folder.
    pub file: String,
    /// What its degrees refer to, where that is not WGS 84.
    pub datum: Option<Datum>,
    /// Encoding of its text, where that is not UTF-8.
    pub encoding: Option<String>,
    /// Reference system, where the file does not name it: `EPSG:4548`.
    pub crs: Option<String>,
    /// Column of the longitude (tables).
    pub lon: Option<String>,
    /// Column of the latitude (tables).
    pub lat: Option<String>,
    /// Sheet (workbooks) or table (`GeoPackage`).
    pub sheet: Option<String>,
}

impl LayerSpec {
    /// A file of which nothing else is said.
    pub fn of(file: &str) -> Self {
        Self { file: file.to_owned(), ..Self::default() }
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
        }
        struct SpecVisitor;
        impl<'de> Visitor<'de> for SpecVisitor {
            type Value = LayerSpec;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a file, or a table { file, datum, encoding, crs, lon, lat, sheet }")
            }
            fn visit_str<E: serde::de::Error>(self, file: &str) -> Result<LayerSpec, E> {
                Ok(LayerSpec::of(file))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<LayerSpec, A::Error> {
                let Table { file, datum, encoding, crs, lon, lat, sheet } =
                    Table::deserialize(MapAccessDeserializer::new(map))?;
                Ok(LayerSpec { file, datum, encoding, crs, lon, lat, sheet })
            }
        }
        deserializer.deserialize_any(SpecVisitor)
    }
}

/// `[layers]`: which file holds which layer.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    named: BTreeMap<Layer, LayerSpec>,
    /// `[layers.extra]`, by name.
    pub extra: BTreeMap<String, LayerSpec>,
}

impl Layers {
    /// What is said of a layer.
    pub fn get(&self, layer: &Layer) -> Option<&LayerSpec> {
        self.named.get(layer)
    }

    /// Whether the layer is given.
    pub fn contains_key(&self, layer: &Layer) -> bool {
        self.named.contains_key(layer)
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
        ];
        let named = named.into_iter().filter_map(|(layer, spec)| Some((layer, spec?))).collect();
        Ok(Self { named, extra: table.extra })
    }
}

/// Everything `region.toml` says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Name of the region, for titles.
    pub name: String,
    /// An embedded standard's id, or a path to a `.toml`.
    #[serde(default)]
    pub standard: Option<String>,
    /// Which file holds which layer, relative to the settings file.
    pub layers: Layers,
    /// Needed layers that are not at hand: `stations`, `population`. Rules that ask for them cannot be judged.
    #[serde(default)]
    pub without: BTreeSet<Layer>,
    /// By the layer's key: our name of a field -> its name in the file.
    #[serde(default)]
    pub fields: BTreeMap<String, BTreeMap<String, String>>,
    /// What happens before the wheels turn.
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

/// `[response]`: seconds from the call until the wheels turn (standards.md F1).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Response {
    /// Answering the call.
    pub answer_s: f64,
    /// Taking and passing on what is known.
    pub process_s: f64,
    /// Crew and vehicle leaving; a station's own `turnout_s` replaces it.
    pub turnout_s: f64,
}

impl Default for Response {
    fn default() -> Self {
        Self { answer_s: 10.0, process_s: 50.0, turnout_s: 180.0 }
    }
}

/// `[drive]`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Drive {
    /// Which of `periods` is in force.
    pub period: String,
    /// Factors on driving time.
    pub periods: BTreeMap<String, f64>,
    /// Speed of classes that the table does not name.
    pub default_kmh: f64,
    /// Speed between a station and the road.
    pub driveway_kmh: f64,
    /// A longer driveway is reported.
    pub max_driveway_m: f64,
    /// Whether `maxspeed` comes before the class table.
    pub use_maxspeed: bool,
    /// Share of `maxspeed` that is driven.
    pub maxspeed_factor: f64,
    /// Speeds that replace the class table's.
    pub speeds_kmh: BTreeMap<RoadClass, f64>,
}

impl Default for Drive {
    fn default() -> Self {
        Self {
            period: "offpeak".to_owned(),
            periods: BTreeMap::from([("offpeak".to_owned(), 1.0), ("peak".to_owned(), 1.2)]),
            default_kmh: 20.0,
            driveway_kmh: 20.0,
            max_driveway_m: 300.0,
            use_maxspeed: false,
            maxspeed_factor: 0.7,
            speeds_kmh: BTreeMap::new(),
        }
    }
}

impl Drive {
    /// Factor on driving time in the chosen period.
    pub fn period_factor(&self) -> f64 {
        self.periods.get(&self.period).copied().unwrap_or(1.0)
    }
}

/// `[access]`: from the vehicle to the person.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// Speed of the leg.
    pub speed_kmh: f64,
    /// Longest leg.
    pub max_m: f64,
    /// Classes one cannot stop on.
    pub no_roadside: Vec<RoadClass>,
}

impl Default for Access {
    fn default() -> Self {
        Self { speed_kmh: 4.0, max_m: 300.0, no_roadside: vec![RoadClass::Motorway, RoadClass::MotorwayLink] }
    }
}

/// `[walk]`: the medical circle on foot.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Walk {
    /// Along the network.
    pub speed_m_s: f64,
    /// Along the network, for the elderly.
    pub elderly_m_s: f64,
    /// Between network and person or facility.
    pub access_m_s: f64,
}

impl Default for Walk {
    fn default() -> Self {
        Self { speed_m_s: 1.2, elderly_m_s: 0.8, access_m_s: 0.9 }
    }
}

/// `[roads]`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Roads {
    /// Line ends nearer than this to each other or to a line are joined.
    pub snap_m: f64,
    /// Whether lines that cross in the plane join.
    pub split_crossings: bool,
}

/// `[population]`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Population {
    /// Total that the people inside the boundary are scaled to.
    pub scale_to: Option<f64>,
    /// Scale to the standard's own population of this year instead; `--year` goes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
}

/// `[zones]`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Zones {
    /// Holes and slivers below this are not drawn.
    pub min_zone_m2: f64,
    /// Aim for the undecided area, as a share of the boundary's area.
    pub error_share: f64,
    /// Side of the smallest square.
    pub floor_m: f64,
}

impl Default for Zones {
    fn default() -> Self {
        Self { min_zone_m2: 2500.0, error_share: 0.002, floor_m: 10.0 }
    }
}

impl Settings {
    /// Layers that are needed, but that region.toml may say are not at hand.
    pub const MAY_BE_WITHOUT: [Layer; 2] = [Layer::Stations, Layer::Population];

    /// Parses and checks the text of `file`. `shared_roads`: roads that are not named come from elsewhere.
    pub fn parse(file: &str, text: &str, shared_roads: bool) -> Result<Self, InputError> {
        let settings: Self = toml::from_str(text).map_err(|e| toml_error(file, text, &e))?;
        settings.check(file)?;
        settings.check_needed(file, shared_roads)?;
        Ok(settings)
    }

    fn check(&self, file: &str) -> Result<(), InputError> {
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

    /// The layers that an audit needs are given, or said to be missing.
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

/// Turns a TOML error into one of ours: line and column, and the nearest known key for an unknown one.
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
    InputError::wrong(place, library::toml(&message), message!("message.valid_toml"))
}
