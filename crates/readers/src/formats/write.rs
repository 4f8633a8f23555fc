//! Features -> GeoJSON (RFC 7946): WGS 84, 7 decimals.
//!
//! In: features. Out: bytes. Used by imports and cleaned copies.

use crate::feature::RawFeature;
use crate::geometry::Geometry;
use lifering_base::escape;
use lifering_base::frame::LonLat;
use serde_json::{Map, Value, json};

/// A `FeatureCollection`, a feature a line.
pub fn collection<'a>(features: impl IntoIterator<Item = (&'a RawFeature, Option<Value>)>) -> Vec<u8> {
    let mut text = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    let mut separator = "\n";
    for (feature, geometry) in features {
        let mut object = Map::new();
        object.insert("type".to_owned(), json!("Feature"));
        if let Some(id) = &feature.id {
            object.insert("id".to_owned(), json!(id));
        }
        object.insert("properties".to_owned(), Value::Object((&feature.properties).into()));
        object.insert("geometry".to_owned(), geometry.unwrap_or(Value::Null));
        text.push_str(separator);
        separator = ",\n";
        text.push_str(&Value::Object(object).to_string());
    }
    text.push_str("\n]}\n");
    escape::json(text.into_bytes())
}

/// A geometry as GeoJSON.
pub fn geometry(geometry: &Geometry) -> Value {
    fn line(positions: &[LonLat]) -> Value {
        positions.iter().map(|p| json!(position(*p))).collect()
    }
    fn lines(all: &[Vec<LonLat>]) -> Value {
        all.iter().map(|l| line(l)).collect()
    }
    let coordinates = match geometry {
        Geometry::Point(p) => json!(position(*p)),
        Geometry::MultiPoint(all) | Geometry::LineString(all) => line(all),
        Geometry::MultiLineString(all) | Geometry::Polygon(all) => lines(all),
        Geometry::MultiPolygon(all) => all.iter().map(|p| lines(p)).collect(),
        Geometry::Collection(all) => {
            let inner: Vec<Value> = all.iter().map(self::geometry).collect();
            return json!({"type": "GeometryCollection", "geometries": inner});
        }
    };
    json!({"type": geometry.type_name(), "coordinates": coordinates})
}

/// Longitude and latitude to 7 decimals, about a centimetre.
pub fn position(place: LonLat) -> [f64; 2] {
    let round = |v: f64| (v * 1e7).round() / 1e7;
    let place = place.normalized();
    [round(place.lon), round(place.lat)]
}
