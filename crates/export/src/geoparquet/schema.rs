//! The schema of a file and its `geo` key.
//!
//! In: columns, shape and envelopes of a layer. Out: the schema in Parquet's own notation, metadata by `GeoParquet`
//! 1.1.

use super::GEOMETRY;
use crate::wkb::Envelope;
use lifering_report::layers::{Column, Shape, Type};
use serde_json::{Value, json};

/// The schema in Parquet's own notation. With geometry it ends with the columns `geometry` and `bbox`.
pub fn schema(columns: &[Column<'_>], spatial: bool) -> String {
    let mut text = String::from("message schema {\n");
    for column in columns {
        let kind = match column.kind {
            Type::Text => "BYTE_ARRAY",
            Type::Real => "DOUBLE",
            Type::Integer => "INT64",
            Type::Flag => "BOOLEAN",
        };
        let note = if column.kind == Type::Text { " (STRING)" } else { "" };
        text.extend(["  OPTIONAL ", kind, " ", &column.key(), note, ";\n"]);
    }
    if spatial {
        text.extend(["  OPTIONAL BYTE_ARRAY ", GEOMETRY, ";\n"]);
        text.push_str(
            "  OPTIONAL GROUP bbox {\n    REQUIRED DOUBLE xmin;\n    REQUIRED DOUBLE ymin;\n    REQUIRED DOUBLE xmax;\n    REQUIRED DOUBLE ymax;\n  }\n",
        );
    }
    text.push_str("}\n");
    text
}

/// The `geo` key of `GeoParquet` 1.1. Without `crs` the coordinates are longitude and latitude on WGS 84 (OGC:CRS84).
pub fn geo_key(shape: Shape, boxes: &[Option<Envelope>]) -> Value {
    let kind = match shape {
        Shape::Point => "Point",
        Shape::Line => "LineString",
        Shape::MultiLine => "MultiLineString",
        Shape::Polygon => "Polygon",
        Shape::MultiPolygon | Shape::Table => "MultiPolygon",
    };
    let mut column = json!({
        "encoding": "WKB",
        "geometry_types": [kind],
        "orientation": "counterclockwise",
        "covering": {"bbox": {
            "xmin": ["bbox", "xmin"], "ymin": ["bbox", "ymin"], "xmax": ["bbox", "xmax"], "ymax": ["bbox", "ymax"],
        }},
    });
    if let Some(Envelope([west, east, south, north])) = boxes.iter().flatten().copied().reduce(Envelope::union) {
        column["bbox"] = json!([west, south, east, north]);
    }
    json!({"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}})
}
