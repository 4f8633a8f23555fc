//! What an audit wrote, read back.
//!
//! In: a result folder or its audit.json. Out: [`Written`]: audit.json as far as it is compared, the zones of
//! uncovered.geojson and the places of the people in coverage.gpkg, each of the two where it lies beside it.

use geo::{Coord, MultiPolygon};
use lifering_base::error::{InputError, Place};
use lifering_base::hash::sha256_hex;
use lifering_base::issue::Issues;
use lifering_base::message;
use lifering_base::records::Layer;
use lifering_readers::areas::area;
use lifering_readers::formats::{self, Purpose};
use lifering_readers::library_errors;
use lifering_readers::properties::Property;
use lifering_readers::settings::LayerSpec;
use lifering_readers::source::{Source, read_file};
use lifering_standards::outcome::{ValueUnit, Verdict};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The shape of audit.json that is understood.
pub const AUDIT: &str = "lifering-audit/1";

/// audit.json, as far as it is compared. What later versions add is not looked at.
#[derive(Debug, Deserialize)]
pub struct Recorded {
    /// [`AUDIT`].
    pub schema: String,
    /// What wrote it.
    pub tool: Tool,
    /// What was audited.
    pub region: Region,
    /// By what.
    pub standard: Standard,
    /// Its exit status.
    pub summary: Summary,
    /// Every parameter in force, as it stands there.
    pub parameters: Value,
    /// Where the roads are a part of a file of more, as it stands there.
    pub shared_roads: Option<Value>,
    /// Stations of neighbours that were told beside the verdicts.
    pub mutual_aid: Option<Vec<Neighbour>>,
    /// The people.
    pub population: Population,
    /// Every file.
    pub inputs: Vec<Input>,
    /// Every rule.
    pub rules: Vec<Rule>,
    /// Every unit.
    pub units: Vec<Unit>,
}

/// The program.
#[derive(Debug, Deserialize)]
pub struct Tool {
    /// Its version.
    pub version: String,
}

/// The region.
#[derive(Debug, Deserialize)]
pub struct Region {
    /// From region.toml.
    pub name: String,
    /// Hash of region.toml.
    pub settings_sha256: String,
    /// Area inside the boundary.
    pub boundary_km2: f64,
    /// Whether its data is illustrative.
    pub illustrative: bool,
}

/// The standard.
#[derive(Debug, Deserialize)]
pub struct Standard {
    /// Its id.
    pub id: String,
    /// Hash of its text; older audits do not say it.
    pub sha256: Option<String>,
}

/// How many rules came out how.
#[derive(Debug, Deserialize)]
pub struct Summary {
    /// Its exit status.
    pub exit_status: u8,
}

/// The people.
#[derive(Debug, Deserialize)]
pub struct Population {
    /// Inside the boundary.
    pub inside: f64,
}

/// A station of a neighbour.
#[derive(Debug, Deserialize)]
pub struct Neighbour {
    /// Its id.
    pub id: String,
    /// Its region.
    pub from: String,
}

/// A file.
#[derive(Debug, Deserialize)]
pub struct Input {
    /// Which layer.
    pub layer: String,
    /// Its name, for one of `[layers.extra]`.
    pub extra: Option<String>,
    /// Its name.
    pub file: String,
    /// Hash of its bytes.
    pub sha256: String,
    /// Features in it.
    pub features: usize,
    /// Features used.
    pub used: usize,
    /// How far it can be trusted.
    pub grade: String,
}

/// A rule.
#[derive(Debug, Deserialize)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Whether its verdict counts for the exit status.
    pub binding: bool,
    /// Over all readings.
    pub verdict: Verdict,
    /// The figure.
    pub value: Option<f64>,
    /// What it is compared with.
    pub threshold: f64,
    /// What both are expressed in.
    pub unit: ValueUnit,
    /// People not covered.
    pub population_uncovered: Option<f64>,
    /// Area not covered.
    pub uncovered_km2: Option<f64>,
    /// Proved lower bound of it.
    pub uncovered_km2_low: Option<f64>,
    /// Proved upper bound of it.
    pub uncovered_km2_high: Option<f64>,
    /// How its zones were drawn; `None` where it has none.
    pub zones: Option<Drawn>,
    /// What is needed.
    pub need: Option<u64>,
    /// What is there.
    pub have: Option<f64>,
    /// The other ways to read it.
    #[serde(default)]
    pub readings: Vec<Reading>,
    /// Everything else it says, as it stands there.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// How zones were drawn.
#[derive(Debug, Deserialize)]
pub struct Drawn {
    /// Side of the finest squares.
    pub resolution_m: Option<f64>,
}

/// A reading of a rule.
#[derive(Debug, Deserialize)]
pub struct Reading {
    /// Its id.
    pub id: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// What it is compared with.
    pub threshold: f64,
}

/// A unit.
#[derive(Debug, Deserialize)]
pub struct Unit {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: String,
    /// Its people.
    pub population: f64,
    /// By rule.
    pub rules: BTreeMap<String, UnitRule>,
}

/// A unit under one rule.
#[derive(Debug, Deserialize)]
pub struct UnitRule {
    /// The figure.
    pub value: Option<f64>,
    /// What is needed.
    pub need: Option<u64>,
    /// What is there.
    pub have: Option<f64>,
    /// People not covered.
    pub population_uncovered: Option<f64>,
    /// Its verdict.
    pub verdict: Verdict,
}

/// A zone of uncovered.geojson, in degrees.
#[derive(Debug)]
pub struct Zone {
    /// Its id.
    pub id: String,
    /// Of which rule.
    pub rule: String,
    /// `too_far`, `no_road` or `cut_off`.
    pub reason: String,
    /// The limit in words.
    pub limit: Option<String>,
    /// What it is.
    pub area: MultiPolygon<f64>,
}

/// A place where people are counted, in degrees.
#[derive(Clone, Copy, Debug)]
pub struct Home {
    /// Where.
    pub at: Coord<f64>,
    /// How many.
    pub people: f64,
}

/// Everything one audit wrote that is compared.
#[derive(Debug)]
pub struct Written {
    /// As it was named.
    pub path: String,
    /// audit.json.
    pub recorded: Recorded,
    /// Hash of audit.json.
    pub sha256: String,
    /// `None` where there is no uncovered.geojson beside it.
    pub zones: Option<Vec<Zone>>,
    /// `None` where there is no coverage.gpkg beside it.
    pub homes: Option<Vec<Home>>,
}

impl Written {
    /// Reads what an audit wrote: its folder, or its audit.json.
    pub fn read(path: &Path) -> Result<Self, InputError> {
        let file = if path.is_dir() { path.join("audit.json") } else { path.to_path_buf() };
        let name = file.display().to_string();
        let bytes = read_file(&file, &message!("message.audit_json"))?;
        let recorded = recorded(&name, &bytes)?;
        let beside = file.parent().unwrap_or(Path::new(""));
        Ok(Self {
            path: path.display().to_string(),
            sha256: sha256_hex(&bytes),
            recorded,
            zones: beside_it(beside, "uncovered.geojson")?.map(|(name, bytes)| zones(&name, &bytes)).transpose()?,
            homes: beside_it(beside, "coverage.gpkg")?.map(|(name, bytes)| homes(&name, &bytes)).transpose()?,
        })
    }
}

/// audit.json of a shape that is understood.
fn recorded(name: &str, bytes: &[u8]) -> Result<Recorded, InputError> {
    /// What says of what shape the rest is.
    #[derive(Deserialize)]
    struct Shape {
        schema: String,
    }
    let wanted = || message!("message.audit_of_schema", schema = AUDIT);
    let wrong = |e: &serde_json::Error| {
        InputError::wrong(Place::file(name).line(e.line()), library_errors::json_part(e), wanted())
    };
    let shape: Shape = serde_json::from_slice(bytes).map_err(|e| wrong(&e))?;
    if shape.schema != AUDIT {
        let place = Place::file(name).field("schema");
        return Err(InputError::wrong(place, shape.schema, AUDIT).with_help(message!("message.audit_again")));
    }
    serde_json::from_slice(bytes).map_err(|e| wrong(&e))
}

/// A file that lies beside audit.json, where there is one.
fn beside_it(folder: &Path, name: &str) -> Result<Option<(String, Vec<u8>)>, InputError> {
    let path: PathBuf = folder.join(name);
    if !path.is_file() {
        return Ok(None);
    }
    let bytes = read_file(&path, &message!("message.audit_json"))?;
    Ok(Some((path.display().to_string(), bytes)))
}

/// The zones of uncovered.geojson.
fn zones(name: &str, bytes: &[u8]) -> Result<Vec<Zone>, InputError> {
    let mut issues = Issues::default();
    let purpose = Purpose { layer: Layer::Barriers, source: &Source::Demo, within: None };
    let features = formats::read(&LayerSpec::of(name), bytes, purpose, &mut issues)?.features;
    let mut zones = Vec::with_capacity(features.len());
    for feature in features {
        let text = |key: &str| feature.properties.get(key).and_then(Property::as_str).map(str::to_owned);
        let place = Place { feature: Some(feature.index), ..Place::file(name) };
        let needed = |key: &str| {
            text(key).ok_or_else(|| {
                InputError::wrong(
                    place.clone().field(key),
                    message!("message.nothing"),
                    message!("message.audit_wrote"),
                )
            })
        };
        let (id, rule, reason) = (needed("zone_id")?, needed("rule_id")?, needed("reason")?);
        let Some(geometry) = &feature.geometry else { continue };
        let Some(area) = area(geometry, &place, &mut issues)? else { continue };
        zones.push(Zone { id, rule, reason, limit: text("limit"), area });
    }
    Ok(zones)
}

/// The places where people are counted, of coverage.gpkg.
fn homes(name: &str, bytes: &[u8]) -> Result<Vec<Home>, InputError> {
    let spec = LayerSpec { sheet: Some("population".to_owned()), ..LayerSpec::of(name) };
    let purpose = Purpose { layer: Layer::Population, source: &Source::Demo, within: None };
    let features = formats::read(&spec, bytes, purpose, &mut Issues::default())?.features;
    let mut homes = Vec::with_capacity(features.len());
    for feature in &features {
        let place = || Place { feature: Some(feature.index), ..Place::file(name) }.field("population");
        let at = feature.geometry.as_ref().and_then(lifering_readers::geometry::Geometry::point);
        let people = feature.properties.get("population").and_then(Property::as_f64);
        let (Some(at), Some(people)) = (at, people) else {
            return Err(InputError::wrong(place(), message!("message.nothing"), message!("message.audit_wrote")));
        };
        homes.push(Home { at: Coord { x: at.lon, y: at.lat }, people });
    }
    Ok(homes)
}
