//! One GeoJSON file -> its features, each with its position in the file.
//!
//! In: bytes. Out: [`LayerFile`]. Only the form is checked here; what a feature means is each record kind's own affair.

use super::error::{InputError, Place};
use super::fields::Fields;
use super::issue::Issues;
use super::settings::Layer;
use super::source::{Source, sha256_hex};
use crate::frame::LonLat;
use geojson::{Feature, GeometryValue, Position};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// One feature as it stands in the file.
#[derive(Debug)]
pub struct RawFeature {
    /// Position in the file, from 0.
    pub index: usize,
    /// The feature's id, as text.
    pub id: Option<String>,
    /// `None` for a null geometry.
    pub geometry: Option<GeometryValue>,
    /// Empty where the file has none.
    pub properties: Map<String, Value>,
}

/// A layer's file, parsed.
#[derive(Debug)]
pub struct LayerFile {
    /// Which layer.
    pub layer: Layer,
    /// Name relative to the region folder.
    pub file: String,
    /// Hash of the bytes.
    pub sha256: String,
    /// In file order.
    pub features: Vec<RawFeature>,
    /// How the layer's fields are called.
    pub fields: Fields,
    /// What has been noticed so far.
    pub issues: Issues,
    /// Features that were used, set by the record readers.
    pub used: usize,
}

#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow, default)]
    features: Option<Vec<&'a RawValue>>,
}

impl LayerFile {
    /// Reads and parses one layer.
    pub fn read(source: &Source, layer: Layer, file: &str, fields: Fields) -> Result<Self, InputError> {
        let bytes = source.read(file, &format!("region.toml names it as layers.{}", layer.key()))?;
        let sha256 = sha256_hex(&bytes);
        let text = std::str::from_utf8(&bytes).map_err(|e| {
            InputError::wrong(
                Place::file(file),
                format!("bytes that are not UTF-8 (at byte {})", e.valid_up_to()),
                "UTF-8",
            )
            .with_help("save the file as UTF-8")
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let features = parse(file, text)?;
        Ok(Self { layer, file: file.to_owned(), sha256, features, fields, issues: Issues::default(), used: 0 })
    }

    /// Where a feature stands, for messages.
    pub fn place(&self, feature: &RawFeature) -> Place {
        place(&self.file, &self.fields, feature)
    }
}

/// Where a feature stands, for messages.
pub fn place(file: &str, fields: &Fields, feature: &RawFeature) -> Place {
    let text = |field| match fields.find(&feature.properties, field) {
        Some(Value::String(s)) => Some(s.clone()),
        Some(Value::Number(n)) => Some(n.to_string()),
        _ => None,
    };
    Place {
        file: file.to_owned(),
        feature: Some(feature.index),
        id: text("id").or_else(|| feature.id.clone()).or_else(|| text("name")),
        field: None,
    }
}

fn parse(file: &str, text: &str) -> Result<Vec<RawFeature>, InputError> {
    let json = |e: &serde_json::Error| {
        InputError::wrong(Place::file(file), format!("{e}"), "a complete GeoJSON FeatureCollection")
            .with_help("the file may be cut short; export it again")
    };
    let top: Collection = serde_json::from_str(text).map_err(|e| json(&e))?;
    let Some(raw) = top.features.filter(|_| top.kind == "FeatureCollection") else {
        return Err(InputError::wrong(
            Place::file(file).field("type"),
            format!("\"{}\"", top.kind),
            "\"FeatureCollection\" with `features`",
        ));
    };
    raw.par_iter().enumerate().map(|(index, raw)| feature(file, index, raw.get())).collect()
}

fn feature(file: &str, index: usize, text: &str) -> Result<RawFeature, InputError> {
    let parsed: Feature = serde_json::from_str(text).map_err(|e| {
        let place = Place { feature: Some(index), ..Place::file(file) };
        InputError::wrong(place, e.to_string(), "a GeoJSON Feature")
    })?;
    let id = parsed.id.map(|id| match id {
        geojson::feature::Id::String(s) => s,
        geojson::feature::Id::Number(n) => n.to_string(),
    });
    Ok(RawFeature {
        index,
        id,
        geometry: parsed.geometry.map(|g| g.value),
        properties: parsed.properties.unwrap_or_default(),
    })
}

/// One position as a place on the ellipsoid; refuses what cannot be WGS 84 degrees.
pub fn lon_lat(position: &Position, place: &Place) -> Result<LonLat, InputError> {
    let (lon, lat) = match position.as_slice() {
        [lon, lat, ..] => (*lon, *lat),
        other => {
            return Err(InputError::wrong(
                place.clone().field("coordinates"),
                format!("{} number(s)", other.len()),
                "longitude and latitude",
            ));
        }
    };
    if lon.is_finite() && lat.is_finite() && lon.abs() <= 180.0 && lat.abs() <= 90.0 {
        return Ok(LonLat::new(lon, lat));
    }
    let advice = if lon.abs() <= 90.0 && lat.abs() <= 180.0 {
        "latitude and longitude may be swapped: GeoJSON puts longitude first"
    } else {
        "projected metres? reproject the layer to EPSG:4326 (WGS 84) first"
    };
    Err(InputError::wrong(
        place.clone().field("coordinates"),
        format!("{lon}, {lat}"),
        "WGS 84 degrees (longitude within ±180, latitude within ±90)",
    )
    .with_help(advice))
}

/// All lines of a geometry, at any depth; `None` where it holds anything but lines.
pub fn lines(geometry: &GeometryValue) -> Option<Vec<&[Position]>> {
    match geometry {
        GeometryValue::LineString { coordinates } => Some(vec![coordinates]),
        GeometryValue::MultiLineString { coordinates } => Some(coordinates.iter().map(Vec::as_slice).collect()),
        GeometryValue::GeometryCollection { geometries } => {
            geometries.iter().map(|g| lines(&g.value)).collect::<Option<Vec<_>>>().map(|l| l.concat())
        }
        _ => None,
    }
}

/// All polygons of a geometry, at any depth; `None` where it holds anything but polygons.
pub fn polygons(geometry: &GeometryValue) -> Option<Vec<&[Vec<Position>]>> {
    match geometry {
        GeometryValue::Polygon { coordinates } => Some(vec![coordinates]),
        GeometryValue::MultiPolygon { coordinates } => Some(coordinates.iter().map(Vec::as_slice).collect()),
        GeometryValue::GeometryCollection { geometries } => {
            geometries.iter().map(|g| polygons(&g.value)).collect::<Option<Vec<_>>>().map(|p| p.concat())
        }
        _ => None,
    }
}
