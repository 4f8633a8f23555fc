//! Cleaned copies of the layers with a list of all changes, for `lifering check --fix`.
//!
//! In: a region's source. Out: files: one GeoJSON a layer (UTF-8, WGS 84, closed and correctly turned rings, numbers as
//! numbers, nothing without a usable geometry), `region.toml` with the new names, and `changes.csv`. Values
//! that cannot be parsed stay as they are.

use geo::orient::{Direction, Orient};
use geo::{MultiPolygon, Polygon};
use lifering_base::error::{InputError, Place};
use lifering_base::escape::csv_cell;
use lifering_base::frame::LonLat;
use lifering_base::issue::{Issues, Occurrence};
use lifering_base::message;
use lifering_base::records::Layer;
use lifering_readers::areas::area;
use lifering_readers::feature::RawFeature;
use lifering_readers::fields::is_amount;
use lifering_readers::formats::write::{self, position};
use lifering_readers::geometry::Geometry;
use lifering_readers::layer_file::LayerFile;
use lifering_readers::source::Source;
use lifering_readers::{ReadOptions, Region, layer_files};
use serde_json::{Value, json};

/// The cleaned files by name, `changes.csv` (in the language of `locale`) and `region.toml` among them.
pub fn clean(source: &Source, options: &ReadOptions, locale: &str) -> Result<Vec<(String, Vec<u8>)>, InputError> {
    let logged = ReadOptions { logged: true, ..options.clone() };
    // Reading the region refuses what an audit would refuse, before anything is written.
    let region = Region::read_with(source.clone(), &logged)?;
    // Excel recognises UTF-8 by the byte order mark.
    let mut changes = String::from("\u{feff}file,feature,id,field,code,found,done\n");
    for input in &region.inputs {
        for occurrence in input.issues.log() {
            changes.push_str(&row(occurrence, locale));
        }
    }
    let mut files = Vec::new();
    for layer in layer_files(source, &logged)? {
        files.push((format!("{}.geojson", layer.key), cleaned(&layer)?));
    }
    files.push(("changes.csv".to_owned(), changes.into_bytes()));
    files.push(("region.toml".to_owned(), region_toml(source)?.into_bytes()));
    if let Some(standard) = region
        .settings
        .standard
        .filter(|s| std::path::Path::new(s).extension().is_some_and(|e| e == "toml") && !s.contains(['/', '\\']))
    {
        files.push((standard.clone(), source.read(&standard, &message!("message.named_standard"))?));
    }
    Ok(files)
}

fn row(o: &Occurrence, locale: &str) -> String {
    let feature = o.place.feature.map(|f| f.to_string()).unwrap_or_default();
    let (id, field) = (o.place.id.as_deref().unwrap_or(""), o.place.field.as_deref().unwrap_or(""));
    let (found, wanted) = (o.found.text(locale), o.wanted.text(locale));
    let cells = [&o.place.file, feature.as_str(), id, field, o.code.word(), &found, &wanted];
    let quoted = |cell: &&str| {
        let cell = csv_cell(cell);
        if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.into_owned() }
    };
    let quoted: Vec<String> = cells.iter().map(quoted).collect();
    format!("{}\n", quoted.join(","))
}

/// region.toml with the names of the cleaned files, without options that describe the old ones.
fn region_toml(source: &Source) -> Result<String, InputError> {
    let file = source.settings_file();
    let bytes = source.read(file, &message!("message.region_settings"))?;
    let text = String::from_utf8_lossy(&bytes);
    let broken = |what: String| InputError::wrong(Place::file(file), what, message!("message.toml"));
    let mut table: toml::Table =
        text.trim_start_matches('\u{feff}').parse().map_err(|e: toml::de::Error| broken(e.to_string()))?;
    if let Some(toml::Value::Table(layers)) = table.get_mut("layers") {
        for (key, value) in layers.iter_mut() {
            match value {
                toml::Value::Table(extra) if key == "extra" => {
                    for (name, value) in extra.iter_mut() {
                        *value = toml::Value::String(format!("{name}.geojson"));
                    }
                }
                _ => *value = toml::Value::String(format!("{key}.geojson")),
            }
        }
    }
    toml::to_string(&table).map_err(|e| broken(e.to_string()))
}

/// A layer as RFC 7946 GeoJSON.
fn cleaned(layer: &LayerFile) -> Result<Vec<u8>, InputError> {
    let mut kept = Vec::with_capacity(layer.features.len());
    for feature in &layer.features {
        let geometry = match &feature.geometry {
            Some(geometry) => shape(layer, feature, geometry)?,
            None => None,
        };
        if geometry.is_none() && layer.layer != Layer::Extra {
            continue;
        }
        let properties = feature.properties.iter().map(|(k, v)| (k.to_owned(), value(layer, k, v.into()))).collect();
        kept.push((RawFeature { properties, geometry: None, id: feature.id.clone(), ..*feature }, geometry));
    }
    Ok(write::collection(kept.iter().map(|(feature, geometry)| (feature, geometry.clone()))))
}

/// The value; a number written as text becomes a number if the field is numeric. With a unit of its own it stays as it is:
/// the heading may have another.
fn value(layer: &LayerFile, name: &str, value: Value) -> Value {
    match &value {
        Value::String(text) => {
            let field = layer.fields.name_of(name).filter(|field| is_amount(layer.layer, field));
            let number = field.and_then(|field| layer.fields.number_in(field, text));
            number.map_or_else(|| value.clone(), Value::from)
        }
        _ => value,
    }
}

/// The geometry as an audit uses it; `None` if it is unusable.
fn shape(layer: &LayerFile, feature: &RawFeature, geometry: &Geometry) -> Result<Option<Value>, InputError> {
    if let Some(point) = geometry.point() {
        return Ok(Some(json!({"type": "Point", "coordinates": position(point)})));
    }
    if let Some(lines) = geometry.lines() {
        let mut parts: Vec<Vec<[f64; 2]>> = Vec::new();
        for line in lines {
            let mut thinned = line.to_vec();
            thinned.dedup();
            if thinned.len() > 1 {
                parts.push(thinned.into_iter().map(position).collect());
            }
        }
        return Ok(match parts.len() {
            0 => None,
            1 => Some(json!({"type": "LineString", "coordinates": parts[0]})),
            _ => Some(json!({"type": "MultiLineString", "coordinates": parts})),
        });
    }
    if layer.layer == Layer::Roads || geometry.polygons().is_none() {
        return Ok(None);
    }
    let Some(area) = area(geometry, &layer.place(feature), &mut Issues::default())? else { return Ok(None) };
    let area: MultiPolygon<f64> = area.orient(Direction::Default);
    let rings = |p: &Polygon<f64>| -> Vec<Vec<[f64; 2]>> {
        std::iter::once(p.exterior())
            .chain(p.interiors())
            .map(|r| r.coords().map(|c| position(LonLat::new(c.x, c.y))).collect())
            .collect()
    };
    Ok(Some(match area.0.as_slice() {
        [one] => json!({"type": "Polygon", "coordinates": rings(one)}),
        all => json!({"type": "MultiPolygon", "coordinates": all.iter().map(rings).collect::<Vec<_>>()}),
    }))
}
