//! Esri JSON: what ArcGIS exports and its services answer (Common Data Types of the ArcGIS REST API, "Feature object").
//!
//! In: text. Out: features. The direction of a ring alone says whether it is an outline or a hole.

use super::{Format, ParsedFile, geojson, rings};
use crate::crs_wkt;
use crate::feature::RawFeature;
use crate::geometry::{Geometry, Position};
use crate::library_errors;
use crate::properties::PropertiesReader;
use crate::settings::LayerSpec;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::{Message, message};
use serde::Deserialize;
use serde::de::{DeserializeSeed, IgnoredAny};
use serde_json::Value;
use serde_json::value::RawValue;

/// Start of a text in which a GeoJSON collection says what it is.
const HEAD_BYTES: usize = 4096;

/// Greatest code of EPSG; Esri's own are larger.
const LAST_EPSG: u32 = 32_767;

/// The top of a file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TopLevel<'a> {
    #[serde(rename = "type")]
    kind: Option<IgnoredAny>,
    geometry_type: Option<String>,
    spatial_reference: Option<SpatialReference>,
    fields: Option<IgnoredAny>,
    #[serde(borrow)]
    features: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    exceeded_transfer_limit: bool,
    /// Coordinates are whole numbers of a grid.
    transform: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SpatialReference {
    wkid: Option<u32>,
    latest_wkid: Option<u32>,
    wkt: Option<String>,
}

impl SpatialReference {
    /// A name for [`crate::crs`]; `None` if nothing is said, or if it is WGS 84.
    fn name(self) -> Result<Option<String>, Message> {
        match (self.latest_wkid.or(self.wkid), self.wkt) {
            (Some(code), _) if code > LAST_EPSG => Ok(Some(format!("ESRI:{code}"))),
            (Some(code), _) => Ok(Some(format!("EPSG:{code}"))),
            (None, Some(text)) => crs_wkt::proj_string(&text),
            (None, None) => Ok(None),
        }
    }
}

#[derive(Deserialize)]
struct Feature<'a> {
    #[serde(borrow)]
    attributes: Option<&'a RawValue>,
    #[serde(borrow)]
    geometry: Option<&'a RawValue>,
}

/// A geometry: its members say of what kind it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EsriGeometry {
    /// A number; null or "NaN" for an empty point.
    x: Option<Value>,
    y: Option<Value>,
    points: Option<Vec<Position<false>>>,
    paths: Option<Vec<Vec<Position<false>>>>,
    rings: Option<Vec<Vec<Position<false>>>>,
    curve_paths: Option<IgnoredAny>,
    curve_rings: Option<IgnoredAny>,
    spatial_reference: Option<SpatialReference>,
}

impl EsriGeometry {
    /// The geometry; `None` if it is empty. The error says what it is instead.
    fn geometry(self) -> Result<Option<Geometry>, Message> {
        fn line(positions: Vec<Position<false>>) -> Vec<LonLat> {
            positions.into_iter().filter_map(|position| position.0).collect()
        }
        fn lines(all: Vec<Vec<Position<false>>>) -> Vec<Vec<LonLat>> {
            all.into_iter().map(line).filter(|line| !line.is_empty()).collect()
        }
        let some = |parts: bool, geometry: Geometry| Ok(parts.then_some(geometry));
        if self.curve_paths.is_some() || self.curve_rings.is_some() {
            return Err(message!("message.esri_curves"));
        }
        if let Some(points) = self.points {
            let points = line(points);
            return some(!points.is_empty(), Geometry::MultiPoint(points));
        }
        if let Some(paths) = self.paths {
            let mut paths = lines(paths);
            let only = if paths.len() == 1 { paths.pop() } else { None };
            return match only {
                Some(only) => Ok(Some(Geometry::LineString(only))),
                None => some(!paths.is_empty(), Geometry::MultiLineString(paths)),
            };
        }
        if let Some(all) = self.rings {
            let all = lines(all);
            return some(!all.is_empty(), rings::polygons(all));
        }
        match (self.x.as_ref().and_then(Value::as_f64), self.y.as_ref().and_then(Value::as_f64)) {
            (Some(x), Some(y)) => Ok(Some(Geometry::Point(LonLat::new(x, y)))),
            _ => Ok(None),
        }
    }
}

/// Whether a text is Esri JSON: features, but no type, as GeoJSON has it.
pub fn is_esri_json(text: &str) -> bool {
    let head = text.as_bytes().get(..HEAD_BYTES).unwrap_or(text.as_bytes());
    let mentions = |word: &[u8]| head.windows(word.len()).any(|window| window == word);
    if mentions(b"\"FeatureCollection\"") || !text.starts_with('{') {
        return false;
    }
    serde_json::from_str::<TopLevel<'_>>(text).is_ok_and(|top| {
        let first = top.features.as_ref().and_then(|all| all.first()).map(|raw| raw.get());
        let attributes = first.is_some_and(|first| {
            serde_json::from_str::<Feature<'_>>(first).is_ok_and(|feature| feature.attributes.is_some())
        });
        let said = top.geometry_type.is_some() || top.spatial_reference.is_some() || top.fields.is_some();
        top.kind.is_none() && top.features.is_some() && (said || attributes)
    })
}

/// Features of an Esri JSON text.
pub fn read(spec: &LayerSpec, text: &str, issues: &mut Issues) -> Result<ParsedFile, InputError> {
    match read_strict(spec, text, issues) {
        Err(error) => match geojson::quote_foreign_values(text) {
            Some(quoted) => read_strict(spec, &quoted, issues),
            None => Err(error),
        },
        read => read,
    }
}

fn read_strict(spec: &LayerSpec, text: &str, issues: &mut Issues) -> Result<ParsedFile, InputError> {
    let file = &spec.file;
    let wrong = |found: Message| InputError::wrong(Place::file(file), found, message!("message.esri_json"));
    let top: TopLevel<'_> = serde_json::from_str(text).map_err(|e| wrong(library_errors::json(&e)))?;
    if top.transform.is_some() {
        return Err(wrong(message!("message.esri_quantized")).with_help(message!("message.export_geojson")));
    }
    let mut reference = top.spatial_reference;
    let mut names = PropertiesReader::default();
    let mut noted = Issues::default();
    let mut features = Vec::new();
    for (index, raw) in top.features.unwrap_or_default().into_iter().enumerate() {
        let place = Place { feature: Some(index), ..Place::file(file) };
        let wrong = |e: serde_json::Error| {
            InputError::wrong(place.clone(), library_errors::json_part(&e), message!("message.esri_feature"))
                .with_help(message!("message.correct_feature"))
        };
        let feature: Feature<'_> = serde_json::from_str(raw.get()).map_err(wrong)?;
        names.clear();
        if let Some(attributes) = feature.attributes {
            (&mut names).deserialize(&mut serde_json::Deserializer::from_str(attributes.get())).map_err(wrong)?;
        }
        let (properties, repeated) = names.take();
        for key in repeated {
            let found = message!("message.key_twice", key = &key);
            noted.note(IssueCode::DuplicateKey, &place.clone().field(&key), found, message!("message.last_used"));
        }
        let mut geometry = None;
        if let Some(raw) = feature.geometry {
            let mut given: EsriGeometry = serde_json::from_str(raw.get()).map_err(wrong)?;
            reference = reference.or(given.spatial_reference.take());
            match given.geometry() {
                Ok(read) => geometry = read,
                Err(why) => {
                    noted.note(IssueCode::GeometryLeftOut, &place, why, message!("message.geometry_left_out"));
                }
            }
        }
        features.push(RawFeature { index, id: None, geometry, properties });
    }
    if top.exceeded_transfer_limit {
        let found = message!("message.esri_limited", n = features.len());
        issues.note(IssueCode::Incomplete, &Place::file(file), found, message!("message.whole_layer"));
    }
    issues.append(noted);
    // A reference system in region.toml goes first; that of the file need not be understood then.
    let crs = match reference.filter(|_| spec.crs.is_none()).map(SpatialReference::name) {
        Some(name) => name.map_err(|why| {
            InputError::wrong(Place::file(file).field("crs"), why, message!("message.crs_wanted"))
                .with_help(message!("message.reproject_help"))
        })?,
        None => None,
    };
    Ok(ParsedFile { format: Format::EsriJson, encoding: None, crs, features, table: None })
}
