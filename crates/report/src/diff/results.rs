//! What an audit wrote, read back.
//!
//! In: a result folder or its audit.json. Out: [`AuditResults`]: audit.json, the zones of uncovered.geojson, the population
//! points and the outlines of units of coverage.gpkg, each of the two files if it lies beside audit.json.

use crate::report::{Report, SCHEMA};
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
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The files of an audit that are compared.
pub const COMPARED: [&str; 3] = ["audit.json", "uncovered.geojson", "coverage.gpkg"];

/// The version of a JSON file's shape, read before the rest.
#[derive(Debug, Deserialize)]
pub struct SchemaOnly {
    /// Such as "lifering-audit/1".
    pub schema: String,
}

/// A zone of uncovered.geojson, in degrees.
#[derive(Debug)]
pub struct Zone {
    /// `zone_id`.
    pub id: String,
    /// Id of the rule.
    pub rule: String,
    /// `too_far`, `no_road` or `cut_off`.
    pub reason: String,
    /// The rule's limit in words, such as "14 min".
    pub limit: Option<String>,
    /// Its polygons, degrees.
    pub area: MultiPolygon<f64>,
}

/// A point at which people are counted.
#[derive(Clone, Copy, Debug)]
pub struct PopulationPoint {
    /// Longitude and latitude, degrees.
    pub place: Coord<f64>,
    /// People.
    pub people: f64,
}

/// The ground of a unit.
#[derive(Debug)]
pub struct UnitOutline {
    /// Level of the unit, within which ids are unique.
    pub level: String,
    /// Id of the unit.
    pub id: String,
    /// Its polygons, degrees.
    pub area: MultiPolygon<f64>,
}

/// Everything one audit wrote that is compared.
#[derive(Debug)]
pub struct AuditResults {
    /// Path of the folder or file, as the command named it.
    pub path: String,
    /// audit.json.
    pub report: Report,
    /// audit.json as it stands in the file, for comparing what this version does not know.
    pub json: Value,
    /// SHA-256 of audit.json, in hexadecimal.
    pub sha256: String,
    /// `None` if there is no uncovered.geojson beside audit.json.
    pub zones: Option<Vec<Zone>>,
    /// `None` if there is no coverage.gpkg beside audit.json.
    pub population: Option<Vec<PopulationPoint>>,
    /// Units with ground; `None` if there is no coverage.gpkg beside audit.json.
    pub outlines: Option<Vec<UnitOutline>>,
}

impl AuditResults {
    /// Reads what an audit wrote: its folder, or its audit.json.
    pub fn read(path: &Path) -> Result<Self, InputError> {
        let file = if path.is_dir() { path.join("audit.json") } else { path.to_path_buf() };
        let name = file.display().to_string();
        let bytes = read_file(&file, &message!("message.audit_json"))?;
        let (report, json) = audit_json(&name, &bytes)?;
        let beside = file.parent().unwrap_or(Path::new(""));
        let package = beside_it(beside, "coverage.gpkg")?;
        let package = package.as_ref().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        Ok(Self {
            path: path.display().to_string(),
            sha256: sha256_hex(&bytes),
            report,
            json,
            zones: beside_it(beside, "uncovered.geojson")?.map(|(name, bytes)| zones(&name, &bytes)).transpose()?,
            population: package.map(|(name, bytes)| population(name, bytes)).transpose()?,
            outlines: package.map(|(name, bytes)| outlines(name, bytes)).transpose()?,
        })
    }

    /// The same of files in memory; `path` is the name of this side.
    ///
    /// # Errors
    /// audit.json is not among them, or a file is not what an audit writes.
    pub fn of_files(path: &str, files: &[(String, Vec<u8>)]) -> Result<Self, InputError> {
        let file = |name: &str| files.iter().find(|(file, _)| file == name).map(|(_, bytes)| bytes.as_slice());
        let missing =
            || InputError::wrong(Place::file(path), message!("message.nothing"), message!("message.audit_json"));
        let bytes = file("audit.json").ok_or_else(missing)?;
        let (report, json) = audit_json("audit.json", bytes)?;
        Ok(Self {
            path: path.to_owned(),
            sha256: sha256_hex(bytes),
            report,
            json,
            zones: file("uncovered.geojson").map(|bytes| zones("uncovered.geojson", bytes)).transpose()?,
            population: file("coverage.gpkg").map(|bytes| population("coverage.gpkg", bytes)).transpose()?,
            outlines: file("coverage.gpkg").map(|bytes| outlines("coverage.gpkg", bytes)).transpose()?,
        })
    }
}

/// audit.json, typed and as it stands.
fn audit_json(name: &str, bytes: &[u8]) -> Result<(Report, Value), InputError> {
    let wrong = |e: &serde_json::Error| {
        let wanted = message!("message.audit_of_schema", schema = SCHEMA);
        InputError::wrong(Place::file(name).line(e.line()), library_errors::json_part(e), wanted)
    };
    let version: SchemaOnly = serde_json::from_slice(bytes).map_err(|e| wrong(&e))?;
    if version.schema != SCHEMA {
        let place = Place::file(name).field("schema");
        return Err(InputError::wrong(place, version.schema, SCHEMA).with_help(message!("message.audit_again")));
    }
    let report = serde_json::from_slice(bytes).map_err(|e| wrong(&e))?;
    Ok((report, serde_json::from_slice(bytes).map_err(|e| wrong(&e))?))
}

/// A file beside audit.json; `None` if there is none.
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
    let purpose = Purpose::of(Layer::Barriers, &Source::Demo);
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

/// The population points of coverage.gpkg.
fn population(name: &str, bytes: &[u8]) -> Result<Vec<PopulationPoint>, InputError> {
    let spec = LayerSpec { sheet: Some("population".to_owned()), ..LayerSpec::of(name) };
    let purpose = Purpose::of(Layer::Population, &Source::Demo);
    let features = formats::read(&spec, bytes, purpose, &mut Issues::default())?.features;
    let mut points = Vec::with_capacity(features.len());
    for feature in &features {
        let place = || Place { feature: Some(feature.index), ..Place::file(name) }.field("population");
        let at = feature.geometry.as_ref().and_then(lifering_readers::geometry::Geometry::point);
        let people = feature.properties.get("population").and_then(Property::as_f64);
        let (Some(at), Some(people)) = (at, people) else {
            return Err(InputError::wrong(place(), message!("message.nothing"), message!("message.audit_wrote")));
        };
        points.push(PopulationPoint { place: Coord { x: at.lon, y: at.lat }, people });
    }
    Ok(points)
}

/// The outlines of the units of coverage.gpkg. Earlier versions wrote a unit once for each rule: the first will do.
fn outlines(name: &str, bytes: &[u8]) -> Result<Vec<UnitOutline>, InputError> {
    let spec = LayerSpec { sheet: Some("coverage".to_owned()), ..LayerSpec::of(name) };
    let mut issues = Issues::default();
    let features = formats::read(&spec, bytes, Purpose::of(Layer::Units, &Source::Demo), &mut issues)?.features;
    let mut seen = BTreeSet::new();
    let mut outlines = Vec::new();
    for feature in &features {
        let text = |key: &str| feature.properties.get(key).and_then(Property::as_str).map(str::to_owned);
        let (Some(level), Some(id)) = (text("level"), text("unit_id")) else { continue };
        let Some(geometry) = feature.geometry.as_ref().filter(|_| seen.insert((level.clone(), id.clone()))) else {
            continue;
        };
        let place = Place { feature: Some(feature.index), ..Place::file(name) };
        let Some(area) = area(geometry, &place, &mut issues)? else { continue };
        outlines.push(UnitOutline { level, id, area });
    }
    Ok(outlines)
}
