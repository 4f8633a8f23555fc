//! `FlatGeobuf`, version 3 (flatgeobuf.org): features one after the other behind a header and an index.
//!
//! In: bytes. Out: features. The index is passed over. Read without the crate of that name, which brings ten others and panics
//! at properties that are cut short; the tests write with it.

mod buffer;
mod values;

use super::{Format, ParsedFile, wkt};
use crate::budget::Budget;
use crate::crs_wkt;
use crate::feature::RawFeature;
use crate::geometry::Geometry;
use crate::library_errors;
use crate::properties::Properties;
use crate::settings::LayerSpec;
use buffer::{Damaged, Table, u32_at};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::{Message, message};
use values::{Column, properties};

/// What a file begins with; the last byte of each half is a version.
const MAGIC: [&[u8]; 2] = [b"fgb\x03", b"fgb"];
/// Length of both halves.
const MAGIC_BYTES: usize = 8;
/// Size of a node of the index, bytes.
const NODE_BYTES: u64 = 40;
/// Children of a node of the index by default.
const NODE_SIZE: u16 = 16;
/// Deepest nesting of collections.
const MAX_DEPTH: usize = 32;

// Places of the offsets of fields in their tables, as the schemas of the format number them: of the header,
const HEADER_GEOMETRY_TYPE: usize = 8;
const HEADER_COLUMNS: usize = 18;
const HEADER_FEATURES_COUNT: usize = 20;
const HEADER_INDEX_NODE_SIZE: usize = 22;
const HEADER_CRS: usize = 24;
// of the reference system,
const CRS_ORGANIZATION: usize = 4;
const CRS_CODE: usize = 6;
const CRS_WKT: usize = 12;
const CRS_CODE_STRING: usize = 14;
// of a feature,
const FEATURE_GEOMETRY: usize = 4;
const FEATURE_PROPERTIES: usize = 6;
const FEATURE_COLUMNS: usize = 8;
// and of a geometry.
const GEOMETRY_ENDS: usize = 4;
const GEOMETRY_XY: usize = 6;
const GEOMETRY_TYPE: usize = 16;
const GEOMETRY_PARTS: usize = 18;

/// A geometry; the error says why it is not read.
type GeometryRead = Result<Option<Geometry>, Message>;

/// The header.
struct Header {
    /// Of all features, numbered as in well-known binary; 0 if each says its own.
    geometry_type: u8,
    columns: Vec<Column>,
    /// 0 if it is not known.
    features: u64,
    /// Length of the index, bytes.
    index: usize,
    crs: Option<SpatialReference>,
}

/// What the header says of the reference system.
struct SpatialReference {
    organization: Option<String>,
    code: i32,
    wkt: Option<String>,
    code_string: Option<String>,
}

/// Features of a `FlatGeobuf` file.
pub fn read(spec: &LayerSpec, bytes: &[u8], budget: Budget<'_>, issues: &mut Issues) -> Result<ParsedFile, InputError> {
    let file = &spec.file;
    let wrong = |found: Message| InputError::wrong(Place::file(file), found, message!("message.flatgeobuf"));
    let damaged = |Damaged| wrong(library_errors::damaged(&"an offset that leads out of the file"));
    let is_magic = bytes.starts_with(MAGIC[0]) && bytes.get(4..).is_some_and(|rest| rest.starts_with(MAGIC[1]));
    if !is_magic {
        return Err(wrong(message!("message.no_flatgeobuf")));
    }
    let (header, mut rest) = prefixed(bytes.get(MAGIC_BYTES..).unwrap_or_default()).map_err(damaged)?;
    let header = Header::read(header).map_err(damaged)?;
    rest = rest.get(header.index..).ok_or(Damaged).map_err(damaged)?;
    let mut features = Vec::new();
    while !rest.is_empty() {
        let index = features.len();
        budget.go_on_at(index)?;
        let place = Place { feature: Some(index), ..Place::file(file) };
        let (feature, after) = prefixed(rest).map_err(damaged)?;
        rest = after;
        let (geometry, properties) = header.feature(feature).map_err(damaged)?;
        let geometry = geometry.unwrap_or_else(|why| {
            issues.note(IssueCode::GeometryLeftOut, &place, why, message!("message.geometry_left_out"));
            None
        });
        features.push(RawFeature { index, id: None, geometry, properties });
    }
    if header.features > 0 && header.features != features.len() as u64 {
        let found = message!("message.features_of", n = features.len(), all = header.features.to_string());
        return Err(wrong(found).with_help(message!("message.cut_short")));
    }
    // A reference system in region.toml goes first; that of the file need not be understood then.
    let crs = match header.crs.filter(|_| spec.crs.is_none()) {
        Some(reference) => reference.name().map_err(|why| {
            InputError::wrong(Place::file(file).field("crs"), why, message!("message.crs_wanted"))
                .with_help(message!("message.reproject_help"))
        })?,
        None => None,
    };
    Ok(ParsedFile { format: Format::FlatGeobuf, encoding: None, crs, features, table: None })
}

/// A buffer with its length in front, and what comes after it.
fn prefixed(bytes: &[u8]) -> Result<(&[u8], &[u8]), Damaged> {
    let length = u32_at(bytes, 0)? as usize;
    bytes.get(4..).and_then(|rest| rest.split_at_checked(length)).ok_or(Damaged)
}

/// Length of the index of so many features: a tree of nodes of one size.
fn index_bytes(features: u64, node_size: u16) -> Option<usize> {
    if features == 0 || node_size == 0 {
        return Some(0);
    }
    let node_size = u64::from(node_size.max(2));
    let (mut level, mut nodes) = (features, features);
    while level > 1 {
        level = level.div_ceil(node_size);
        nodes = nodes.checked_add(level)?;
    }
    // A single feature has a root above it as well.
    let nodes = if features == 1 { 2 } else { nodes };
    usize::try_from(nodes.checked_mul(NODE_BYTES)?).ok()
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let table = Table::root(bytes)?;
        let features = table.u64(HEADER_FEATURES_COUNT)?;
        let node_size = table.u16(HEADER_INDEX_NODE_SIZE)?.unwrap_or(NODE_SIZE);
        let reference = |table: Table<'_>| {
            Ok(SpatialReference {
                organization: table.text(CRS_ORGANIZATION)?,
                code: table.i32(CRS_CODE)?,
                wkt: table.text(CRS_WKT)?,
                code_string: table.text(CRS_CODE_STRING)?,
            })
        };
        Ok(Self {
            geometry_type: table.u8(HEADER_GEOMETRY_TYPE)?,
            columns: columns(table.tables(HEADER_COLUMNS)?, bytes.len())?,
            features,
            index: index_bytes(features, node_size).ok_or(Damaged)?,
            crs: table.table(HEADER_CRS)?.map(reference).transpose()?,
        })
    }

    /// Geometry and properties of a feature. The inner error says why a geometry is not read.
    fn feature(&self, bytes: &[u8]) -> Result<(GeometryRead, Properties), Damaged> {
        let table = Table::root(bytes)?;
        let own = columns(table.tables(FEATURE_COLUMNS)?, bytes.len())?;
        let columns = if own.is_empty() { &self.columns } else { &own };
        let properties = match table.elements(FEATURE_PROPERTIES, 1)? {
            Some(values) => properties(columns, values)?,
            None => Properties::default(),
        };
        let geometry = match table.table(FEATURE_GEOMETRY)? {
            Some(table) => {
                // Parts may be stored once and named often: no feature has more positions than its bytes hold.
                let mut reader = GeometryReader { left: bytes.len() };
                reader.geometry(table, self.geometry_type, 0)?
            }
            None => Ok(None),
        };
        Ok((geometry, properties))
    }
}

/// Columns of a buffer of so many bytes. A column may be stored once and named often: their names are no longer than the
/// buffer.
fn columns(tables: Vec<Table<'_>>, bytes: usize) -> Result<Vec<Column>, Damaged> {
    let mut left = bytes;
    let column = |table| {
        let column = Column::read(table)?;
        left = left.checked_sub(column.name.len()).ok_or(Damaged)?;
        Ok(column)
    };
    tables.into_iter().map(column).collect()
}

impl SpatialReference {
    /// A name for [`crate::crs`]; `None` if nothing is said, or if it is WGS 84.
    fn name(self) -> Result<Option<String>, Message> {
        let organization = self.organization.filter(|name| !name.is_empty()).unwrap_or_else(|| "EPSG".to_owned());
        let code = if self.code > 0 { Some(self.code.to_string()) } else { self.code_string };
        match (code.filter(|code| !code.is_empty()), self.wkt.filter(|text| !text.is_empty())) {
            (Some(code), _) => Ok(Some(format!("{organization}:{code}"))),
            (None, Some(text)) => crs_wkt::proj_string(&text),
            (None, None) => Ok(None),
        }
    }
}

struct GeometryReader {
    /// Bytes that may still be read.
    left: usize,
}

impl GeometryReader {
    fn spend(&mut self, bytes: usize) -> Result<(), Damaged> {
        self.left = self.left.checked_sub(bytes).ok_or(Damaged)?;
        Ok(())
    }

    /// A geometry of a type; of its own if that is 0. The inner error says why it is not read.
    fn geometry(&mut self, table: Table<'_>, geometry_type: u8, depth: usize) -> Result<GeometryRead, Damaged> {
        if depth > MAX_DEPTH {
            return Err(Damaged);
        }
        self.spend(4)?;
        let kind = if geometry_type == 0 { table.u8(GEOMETRY_TYPE)? } else { geometry_type };
        let geometry = match kind {
            1 => {
                let place = self.positions(table)?.into_iter().next();
                place.filter(|p| !(p.lon.is_nan() && p.lat.is_nan())).map(Geometry::Point)
            }
            2 => Some(Geometry::LineString(self.positions(table)?)),
            3 => Some(Geometry::Polygon(self.lines(table)?)),
            4 => Some(Geometry::MultiPoint(self.positions(table)?)),
            5 => Some(Geometry::MultiLineString(self.lines(table)?)),
            6 | 7 => {
                let part_type = if kind == 6 { 3 } else { 0 };
                let mut parts = Vec::new();
                for part in table.tables(GEOMETRY_PARTS)? {
                    match self.geometry(part, part_type, depth + 1)? {
                        Ok(part) => parts.extend(part),
                        Err(why) => return Ok(Err(why)),
                    }
                }
                Some(wkt::collect(u32::from(kind), parts))
            }
            other => return Ok(Err(message!("message.geometry_type", code = other.to_string()))),
        };
        Ok(Ok(geometry))
    }

    fn positions(&mut self, table: Table<'_>) -> Result<Vec<LonLat>, Damaged> {
        let numbers = table.elements(GEOMETRY_XY, 8)?.unwrap_or_default();
        self.spend(numbers.len())?;
        let double = |bytes: &[u8]| bytes.first_chunk::<8>().map(|bytes| f64::from_le_bytes(*bytes));
        let position = |pair: &[u8]| Some(LonLat::new(double(pair)?, double(pair.get(8..)?)?));
        numbers.chunks_exact(16).map(|pair| position(pair).ok_or(Damaged)).collect()
    }

    /// Lines or rings, cut where each ends; a single one need not say so.
    fn lines(&mut self, table: Table<'_>) -> Result<Vec<Vec<LonLat>>, Damaged> {
        let positions = self.positions(table)?;
        let Some(ends) = table.elements(GEOMETRY_ENDS, 4)?.filter(|ends| !ends.is_empty()) else {
            return Ok(if positions.is_empty() { Vec::new() } else { vec![positions] });
        };
        self.spend(ends.len())?;
        let mut lines = Vec::with_capacity(ends.len() / 4);
        let mut from = 0;
        for at in (0..ends.len()).step_by(4) {
            let end = u32_at(ends, at)? as usize;
            lines.push(positions.get(from..end).ok_or(Damaged)?.to_vec());
            from = end;
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_has_a_node_for_every_feature_and_those_above() {
        // 17 features of 16 to a node: 17 + 2 + 1 nodes.
        for (features, node_size, nodes) in [(1, 16, 2), (2, 16, 3), (16, 16, 17), (17, 16, 20), (5, 0, 0), (0, 16, 0)]
        {
            assert_eq!(index_bytes(features, node_size), Some(nodes * 40), "{features} {node_size}");
        }
        assert_eq!(index_bytes(u64::MAX, 16), None);
    }
}
