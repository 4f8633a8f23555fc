//! The geometry column: well-known binary, or the native encodings of `GeoArrow`, interleaved or with x and y apart.
//!
//! In: a schema and an array. Out: a geometry a row.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, Float64Array, GenericListArray, LargeBinaryArray};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema};
use lifering_base::Message;
use lifering_base::frame::LonLat;
use lifering_readers::formats::geoparquet::crs_name;
use lifering_readers::formats::wkt;
use lifering_readers::geometry::Geometry;
use serde_json::Value;
use std::ops::Range;
use std::sync::Arc;

/// Key by which a field names its extension type, and the one of what goes with it.
const EXTENSION: &str = "ARROW:extension:name";
const METADATA: &str = "ARROW:extension:metadata";

/// Names of a column of bytes or text that is taken for the geometry if no field says that it is.
const USUAL_NAMES: [&str; 7] = ["geometry", "geom", "wkb_geometry", "wkb", "the_geom", "shape", "wkt"];

/// Which column holds the geometries, and what it says of their reference system.
#[derive(Debug)]
pub struct GeometryColumn {
    /// Position in the schema.
    pub at: usize,
    kind: Kind,
    /// The system that the column names; `None` if it names none. The error says why it is not known.
    pub crs: Result<Option<String>, Message>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Wkb,
    Wkt,
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
}

impl Kind {
    fn of(extension: &str) -> Option<Self> {
        Some(match extension {
            "geoarrow.wkb" | "ogc.wkb" => Self::Wkb,
            "geoarrow.wkt" => Self::Wkt,
            "geoarrow.point" => Self::Point,
            "geoarrow.linestring" => Self::LineString,
            "geoarrow.polygon" => Self::Polygon,
            "geoarrow.multipoint" => Self::MultiPoint,
            "geoarrow.multilinestring" => Self::MultiLineString,
            "geoarrow.multipolygon" => Self::MultiPolygon,
            _ => return None,
        })
    }

    /// How many lists there are around a position.
    fn depth(self) -> usize {
        match self {
            Self::Wkb | Self::Wkt | Self::Point => 0,
            Self::LineString | Self::MultiPoint => 1,
            Self::Polygon | Self::MultiLineString => 2,
            Self::MultiPolygon => 3,
        }
    }
}

impl GeometryColumn {
    /// The column that says it is one, named `wanted` if that is given; else one of a usual name that holds bytes or text.
    pub fn find(schema: &Schema, wanted: Option<&str>) -> Option<Self> {
        let fields = || schema.fields().iter().enumerate().filter(|(_, f)| wanted.is_none_or(|name| f.name() == name));
        let stated = fields().find_map(|(at, field)| Some((at, Kind::of(field.metadata().get(EXTENSION)?)?)));
        let (at, kind) = stated.or_else(|| {
            let usual = |name: &str| USUAL_NAMES.contains(&name.to_lowercase().as_str());
            fields()
                .filter(|(_, field)| wanted.is_some() || usual(field.name()))
                .find_map(|(at, field)| Some((at, by_type(field.data_type())?)))
        })?;
        let crs = crs(schema.field(at));
        Some(Self { at, kind, crs })
    }

    /// The column of an array, ready to be read row by row.
    pub fn open(&self, array: &ArrayRef) -> Result<Geometries, ArrowError> {
        match self.kind {
            Kind::Wkb => Ok(Geometries::Wkb(cast(array, &DataType::LargeBinary)?.as_binary().clone())),
            Kind::Wkt => Ok(Geometries::Wkt(cast(array, &DataType::LargeUtf8)?.as_string().clone())),
            kind => Nested::open(array, kind.depth()).map(|nested| Geometries::Native(kind_of_native(kind), nested)),
        }
    }
}

/// What a column without a word about itself holds.
fn by_type(of: &DataType) -> Option<Kind> {
    match of {
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Some(Kind::Wkb),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(Kind::Wkt),
        _ => None,
    }
}

/// The system that the metadata of a field name: PROJJSON, or authority and code.
fn crs(field: &Field) -> Result<Option<String>, Message> {
    let metadata = field.metadata().get(METADATA).filter(|text| !text.is_empty());
    let metadata: Value = metadata.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    match &metadata["crs"] {
        Value::Null => Ok(None),
        Value::String(name) => match serde_json::from_str::<Value>(name) {
            Ok(json @ Value::Object(_)) => crs_name(Some(&json)),
            _ => Ok(Some(name.clone())),
        },
        json => crs_name(Some(json)),
    }
}

/// Geometries of an array.
#[derive(Debug)]
pub enum Geometries {
    /// In well-known binary.
    Wkb(LargeBinaryArray),
    /// In well-known text.
    Wkt(arrow_array::LargeStringArray),
    /// As lists of positions.
    Native(Native, Nested),
}

/// Kinds of native encodings.
#[derive(Clone, Copy, Debug)]
pub enum Native {
    /// A position a row.
    Point,
    /// A list of positions that are joined.
    LineString,
    /// A list of positions that are not.
    MultiPoint,
    /// Rings.
    Polygon,
    /// Lines.
    MultiLineString,
    /// Lists of rings.
    MultiPolygon,
}

fn kind_of_native(kind: Kind) -> Native {
    match kind {
        Kind::LineString => Native::LineString,
        Kind::MultiPoint => Native::MultiPoint,
        Kind::Polygon => Native::Polygon,
        Kind::MultiLineString => Native::MultiLineString,
        Kind::MultiPolygon => Native::MultiPolygon,
        Kind::Wkb | Kind::Wkt | Kind::Point => Native::Point,
    }
}

impl Geometries {
    /// The geometry of a row; `None` for a row without. The error says what is wrong with it.
    pub fn geometry(&self, row: usize) -> Result<Option<Geometry>, String> {
        match self {
            Self::Wkb(all) if all.is_valid(row) => wkt::parse_binary(all.value(row)),
            Self::Wkt(all) if all.is_valid(row) => {
                let text = all.value(row).trim();
                if text.is_empty() { Ok(None) } else { wkt::parse(text).map(Some) }
            }
            Self::Wkb(_) | Self::Wkt(_) => Ok(None),
            Self::Native(kind, nested) => Ok(nested.geometry(*kind, row)),
        }
    }
}

/// Positions in lists.
#[derive(Debug)]
pub struct Nested {
    /// The lists, the outermost first.
    lists: Vec<GenericListArray<i64>>,
    positions: Positions,
}

/// Where the coordinates stand.
#[derive(Debug)]
enum Positions {
    /// Coordinates of a position one after another.
    Interleaved { values: Float64Array, size: usize, valid: ArrayRef },
    /// A column each.
    Separated { x: Float64Array, y: Float64Array, valid: ArrayRef },
}

impl Nested {
    fn open(array: &ArrayRef, depth: usize) -> Result<Self, ArrowError> {
        let mut lists = Vec::new();
        let mut inner = array.clone();
        for _ in 0..depth {
            let item: FieldRef = match inner.data_type() {
                DataType::List(item) | DataType::LargeList(item) => item.clone(),
                other => return Err(unexpected(other)),
            };
            let list: GenericListArray<i64> = cast(&inner, &DataType::LargeList(item))?.as_list().clone();
            inner = list.values().clone();
            lists.push(list);
        }
        Ok(Self { lists, positions: Positions::open(&inner)? })
    }

    /// The range of the elements of one list; `None` if there is no list.
    fn range(&self, level: usize, at: usize) -> Option<Range<usize>> {
        let list = self.lists.get(level)?;
        if list.is_null(at) {
            return None;
        }
        let offsets = list.value_offsets();
        Some(usize::try_from(offsets[at]).ok()?..usize::try_from(offsets[at + 1]).ok()?)
    }

    fn line(&self, level: usize, at: usize) -> Vec<LonLat> {
        self.range(level, at).into_iter().flatten().filter_map(|at| self.positions.at(at)).collect()
    }

    fn lines(&self, level: usize, at: usize) -> Vec<Vec<LonLat>> {
        let lines = self.range(level, at).into_iter().flatten().map(|at| self.line(level + 1, at));
        lines.filter(|line| !line.is_empty()).collect()
    }

    fn geometry(&self, kind: Native, row: usize) -> Option<Geometry> {
        Some(match kind {
            Native::Point => Geometry::Point(self.positions.at(row)?),
            Native::LineString => Geometry::LineString(Some(self.line(0, row)).filter(|line| !line.is_empty())?),
            Native::MultiPoint => Geometry::MultiPoint(Some(self.line(0, row)).filter(|line| !line.is_empty())?),
            Native::Polygon => Geometry::Polygon(Some(self.lines(0, row)).filter(|rings| !rings.is_empty())?),
            Native::MultiLineString => {
                Geometry::MultiLineString(Some(self.lines(0, row)).filter(|lines| !lines.is_empty())?)
            }
            Native::MultiPolygon => {
                let polygons = self.range(0, row)?.map(|at| self.lines(1, at)).filter(|rings| !rings.is_empty());
                Geometry::MultiPolygon(Some(polygons.collect::<Vec<_>>()).filter(|all| !all.is_empty())?)
            }
        })
    }
}

impl Positions {
    fn open(array: &ArrayRef) -> Result<Self, ArrowError> {
        let real = |array: &ArrayRef| Ok::<_, ArrowError>(cast(array, &DataType::Float64)?.as_primitive().clone());
        match array.data_type() {
            DataType::FixedSizeList(_, size @ 2..) => {
                let list = array.as_fixed_size_list();
                let size = usize::try_from(*size).map_err(|_| unexpected(array.data_type()))?;
                // A slice of such a list begins somewhere in its values.
                let start = usize::try_from(list.value_offset(0)).unwrap_or_default();
                let values: Float64Array = real(list.values())?;
                let values = values.slice(start, list.len() * size);
                Ok(Self::Interleaved { values, size, valid: Arc::clone(array) })
            }
            DataType::Struct(_) => {
                let of = array.as_struct();
                let column = |name: &str| of.column_by_name(name).ok_or_else(|| unexpected(array.data_type()));
                Ok(Self::Separated { x: real(column("x")?)?, y: real(column("y")?)?, valid: Arc::clone(array) })
            }
            other => Err(unexpected(other)),
        }
    }

    /// The position; `None` for an empty one, of which the coordinates are not numbers.
    fn at(&self, at: usize) -> Option<LonLat> {
        let (x, y) = match self {
            Self::Interleaved { values, size, valid } => {
                (valid.is_valid(at)).then(|| (values.value(at * size), values.value(at * size + 1)))?
            }
            Self::Separated { x, y, valid } => valid.is_valid(at).then(|| (x.value(at), y.value(at)))?,
        };
        (!x.is_nan() || !y.is_nan()).then(|| LonLat::new(x, y))
    }
}

fn unexpected(found: &DataType) -> ArrowError {
    ArrowError::SchemaError(format!("{found} is no encoding of GeoArrow"))
}
