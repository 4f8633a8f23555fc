//! What a Parquet file says of its geometries: the `geo` key of `GeoParquet`, else geometry types of Parquet itself.
//!
//! In: metadata. Out: [`GeometryColumn`].

use super::native::Kind;
use crate::library_errors;
use lifering_base::{Message, message};
use parquet::basic::LogicalType;
use parquet::file::metadata::FileMetaData;
use serde::Deserialize;
use serde_json::{Map, Value};

/// How geometries are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// In well-known binary.
    Wkb,
    /// As lists of coordinates.
    Native {
        /// All of one kind.
        kind: Kind,
        /// Of the lists.
        depth: i16,
    },
}

/// The primary geometry column.
#[derive(Debug)]
pub(super) struct GeometryColumn {
    pub(super) name: String,
    pub(super) encoding: Encoding,
    /// The reference system for [`crate::crs`]; `None` for WGS 84. The error says why it is not known.
    pub(super) crs: Result<Option<String>, Message>,
    /// Columns that are no properties: other geometries, and bounding boxes.
    pub(super) beside: Vec<String>,
}

/// The value of the `geo` key.
#[derive(Deserialize)]
struct GeoKey {
    primary_column: String,
    columns: Map<String, Value>,
}

/// The geometry column of a file. The error says why there is none.
pub(super) fn geometry_column(about: &FileMetaData) -> Result<GeometryColumn, Message> {
    let keys = about.key_value_metadata().into_iter().flatten();
    let geo = keys.filter(|pair| pair.key == "geo").find_map(|pair| pair.value.as_deref());
    let Some(geo) = geo else { return of_schema(about).ok_or_else(|| message!("message.parquet_without_geo")) };
    let key: GeoKey = serde_json::from_str(geo).map_err(|e| library_errors::json_part(&e))?;
    let name = key.primary_column;
    let Some(column) = key.columns.get(&name) else { return Err(message!("message.geometry_column", name = name)) };
    let encoding = match column["encoding"].as_str().unwrap_or_default() {
        "WKB" => Encoding::Wkb,
        other => match Kind::of(other) {
            Some((kind, depth)) => Encoding::Native { kind, depth },
            None => return Err(message!("message.geometry_encoding", name = other)),
        },
    };
    let boxes = key.columns.values().filter_map(|column| column["covering"]["bbox"]["xmin"][0].as_str());
    let beside = boxes.map(str::to_owned).chain(key.columns.keys().filter(|other| **other != name).cloned()).collect();
    Ok(GeometryColumn { crs: crs_name(column.get("crs")), name, encoding, beside })
}

/// The system that a `crs` member names, which is PROJJSON; `None` for WGS 84. The error says why it is not known.
pub fn crs_name(crs: Option<&Value>) -> Result<Option<String>, Message> {
    let Some(crs) = crs else { return Ok(None) };
    if crs.is_null() {
        return Err(message!("message.crs_null"));
    }
    let id = &crs["id"];
    let code = id["code"].as_str().map(str::to_owned).or_else(|| id["code"].as_u64().map(|code| code.to_string()));
    if let (Some(authority), Some(code)) = (id["authority"].as_str(), code) {
        return Ok(Some(format!("{authority}:{code}")));
    }
    let name: String = crs["name"].as_str().unwrap_or("-").chars().take(40).collect();
    Err(message!("message.crs_without_code", name = name))
}

/// The first column of a geometry type of Parquet; its reference system is a text.
fn of_schema(about: &FileMetaData) -> Option<GeometryColumn> {
    let columns = about.schema_descr().columns();
    let of = |logical: &LogicalType| match logical {
        LogicalType::Geometry(geometry) => Some(geometry.crs.clone()),
        LogicalType::Geography(geography) => Some(geography.crs.clone()),
        _ => None,
    };
    let mut all = columns.iter().filter_map(|column| Some((column, of(column.logical_type_ref()?)?)));
    let (column, crs) = all.next()?;
    let crs = crs.filter(|name| !name.is_empty());
    let crs = match crs.as_deref().map(|name| (name, name.strip_prefix("srid:"))) {
        None => Ok(None),
        Some(("srid:0", _)) => Err(message!("message.crs_null")),
        Some((_, Some(code))) => Ok(Some(format!("EPSG:{code}"))),
        Some((name, None)) => Ok(Some(name.to_owned())),
    };
    let beside = all.map(|(other, _)| other.name().to_owned()).collect();
    Some(GeometryColumn { name: column.name().to_owned(), encoding: Encoding::Wkb, crs, beside })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_named_by_authority_and_code() {
        let of = |text: &str| crs_name(Some(&serde_json::from_str(text).unwrap()));
        assert_eq!(crs_name(None), Ok(None));
        assert!(of("null").is_err());
        assert_eq!(of(r#"{"name":"x","id":{"authority":"EPSG","code":4548}}"#), Ok(Some("EPSG:4548".to_owned())));
        assert_eq!(of(r#"{"id":{"authority":"OGC","code":"CRS84"}}"#), Ok(Some("OGC:CRS84".to_owned())));
        assert!(of(r#"{"name":"local"}"#).unwrap_err().to_string().contains("local"));
    }
}
