//! Geometries as they stand in a file, whatever its format.
//!
//! In: GeoJSON text (through serde), or the positions of another format's reader. Out: [`Geometry`]. Positions are those
//! of the file until [`super::layer_file`] has reprojected and checked them; from then on they are WGS 84 degrees. A
//! third coordinate is not used and not kept.

use lifering_base::frame::LonLat;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

/// A geometry.
#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    /// One position.
    Point(LonLat),
    /// Several positions.
    MultiPoint(Vec<LonLat>),
    /// One line.
    LineString(Vec<LonLat>),
    /// Several lines.
    MultiLineString(Vec<Vec<LonLat>>),
    /// Rings: the outer one, then holes.
    Polygon(Vec<Vec<LonLat>>),
    /// Several polygons.
    MultiPolygon(Vec<Vec<Vec<LonLat>>>),
    /// Several geometries.
    Collection(Vec<Geometry>),
}

impl Geometry {
    /// Name of the type in GeoJSON.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Point(_) => "Point",
            Self::MultiPoint(_) => "MultiPoint",
            Self::LineString(_) => "LineString",
            Self::MultiLineString(_) => "MultiLineString",
            Self::Polygon(_) => "Polygon",
            Self::MultiPolygon(_) => "MultiPolygon",
            Self::Collection(_) => "GeometryCollection",
        }
    }

    /// All lines, at any depth; `None` if it holds anything else.
    pub fn lines(&self) -> Option<Vec<&[LonLat]>> {
        match self {
            Self::LineString(line) => Some(vec![line]),
            Self::MultiLineString(lines) => Some(lines.iter().map(Vec::as_slice).collect()),
            Self::Collection(all) => all.iter().map(Self::lines).collect::<Option<Vec<_>>>().map(|l| l.concat()),
            _ => None,
        }
    }

    /// All lines, at any depth, moved out; `None` if it holds anything else.
    pub fn into_lines(self) -> Option<Vec<Vec<LonLat>>> {
        match self {
            Self::LineString(line) => Some(vec![line]),
            Self::MultiLineString(lines) => Some(lines),
            Self::Collection(all) => {
                all.into_iter().map(Self::into_lines).collect::<Option<Vec<_>>>().map(|l| l.concat())
            }
            _ => None,
        }
    }

    /// All polygons, at any depth; `None` if it holds anything else.
    pub fn polygons(&self) -> Option<Vec<&[Vec<LonLat>]>> {
        match self {
            Self::Polygon(rings) => Some(vec![rings]),
            Self::MultiPolygon(polygons) => Some(polygons.iter().map(Vec::as_slice).collect()),
            Self::Collection(all) => all.iter().map(Self::polygons).collect::<Option<Vec<_>>>().map(|p| p.concat()),
            _ => None,
        }
    }

    /// The one position of a point, also if it is wrapped in a multi-point or a collection of one.
    pub fn point(&self) -> Option<LonLat> {
        match self {
            Self::Point(position) => Some(*position),
            Self::MultiPoint(positions) if positions.len() == 1 => Some(positions[0]),
            Self::Collection(all) if all.len() == 1 => all[0].point(),
            _ => None,
        }
    }

    /// Every position, in order.
    pub fn each_position<'a>(&'a self, visit: &mut dyn FnMut(&'a LonLat)) {
        self.each_run(&mut |positions| positions.iter().for_each(&mut *visit));
    }

    /// Every position, in order, in runs.
    pub fn each_run<'a>(&'a self, visit: &mut dyn FnMut(&'a [LonLat])) {
        match self {
            Self::Point(position) => visit(std::slice::from_ref(position)),
            Self::MultiPoint(positions) | Self::LineString(positions) => visit(positions),
            Self::MultiLineString(lines) | Self::Polygon(lines) => lines.iter().for_each(|line| visit(line)),
            Self::MultiPolygon(polygons) => polygons.iter().flatten().for_each(|line| visit(line)),
            Self::Collection(all) => all.iter().for_each(|g| g.each_run(visit)),
        }
    }

    /// Every position, to be changed.
    pub fn each_position_mut(&mut self, change: &mut dyn FnMut(&mut LonLat)) {
        match self {
            Self::Point(position) => change(position),
            Self::MultiPoint(positions) | Self::LineString(positions) => positions.iter_mut().for_each(change),
            Self::MultiLineString(lines) | Self::Polygon(lines) => lines.iter_mut().flatten().for_each(change),
            Self::MultiPolygon(polygons) => polygons.iter_mut().flatten().flatten().for_each(change),
            Self::Collection(all) => all.iter_mut().for_each(|g| g.each_position_mut(change)),
        }
    }
}

/// A geometry as GeoJSON may write it: an empty point is no geometry.
pub(super) struct WireGeometry(pub(super) Option<Geometry>);

impl<'de> Deserialize<'de> for WireGeometry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(GeometryVisitor)
    }
}

/// The types of geometries in GeoJSON.
#[derive(Clone, Copy)]
enum GeometryType {
    Point,
    MultiPoint,
    LineString,
    MultiLineString,
    Polygon,
    MultiPolygon,
    Collection,
}

/// Names of the types of geometries.
pub(super) const TYPES: &[&str] =
    &["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"];

impl<'de> Deserialize<'de> for GeometryType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct GeometryTypeVisitor;
        impl Visitor<'_> for GeometryTypeVisitor {
            type Value = GeometryType;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "one of {}", TYPES.join(", "))
            }
            fn visit_str<E: Error>(self, word: &str) -> Result<GeometryType, E> {
                Ok(match word {
                    "Point" => GeometryType::Point,
                    "MultiPoint" => GeometryType::MultiPoint,
                    "LineString" => GeometryType::LineString,
                    "MultiLineString" => GeometryType::MultiLineString,
                    "Polygon" => GeometryType::Polygon,
                    "MultiPolygon" => GeometryType::MultiPolygon,
                    "GeometryCollection" => GeometryType::Collection,
                    other => return Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                })
            }
        }
        deserializer.deserialize_str(GeometryTypeVisitor)
    }
}

/// Deepest nesting of arrays and objects that is read (`serde_json`'s own limit).
const MAX_DEPTH: usize = 128;

/// How deeply brackets nest in valid JSON.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

struct GeometryVisitor;

impl<'de> Visitor<'de> for GeometryVisitor {
    type Value = WireGeometry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a geometry (an object with `type` and `coordinates`)")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WireGeometry, A::Error> {
        let mut kind: Option<GeometryType> = None;
        let mut early: Option<&'de RawValue> = None;
        let mut geometry: Option<Option<Geometry>> = None;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            match key.as_ref() {
                "type" => {
                    if kind.replace(map.next_value()?).is_some() {
                        return Err(A::Error::duplicate_field("type"));
                    }
                }
                "coordinates" | "geometries" => {
                    if geometry.is_some() || early.is_some() {
                        return Err(A::Error::duplicate_field("coordinates"));
                    }
                    match kind {
                        Some(kind) => geometry = Some(map.next_value_seed(kind)?),
                        None => early = Some(map.next_value()?),
                    }
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let kind = kind.ok_or_else(|| A::Error::missing_field("type"))?;
        if let Some(raw) = early {
            if depth(raw.get()) > MAX_DEPTH {
                return Err(A::Error::custom("recursion limit exceeded"));
            }
            let mut deserializer = serde_json::Deserializer::from_str(raw.get());
            geometry = Some(kind.deserialize(&mut deserializer).map_err(A::Error::custom)?);
        }
        geometry.map(WireGeometry).ok_or_else(|| A::Error::missing_field("coordinates"))
    }
}

impl<'de> DeserializeSeed<'de> for GeometryType {
    type Value = Option<Geometry>;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        Ok(Some(match self {
            Self::Point => return Ok(Position::<true>::deserialize(d)?.0.map(Geometry::Point)),
            Self::MultiPoint => Geometry::MultiPoint(NestedArray::<LonLat>::deserialize(d)?.0),
            Self::LineString => Geometry::LineString(NestedArray::<LonLat>::deserialize(d)?.0),
            Self::MultiLineString => Geometry::MultiLineString(NestedArray::<Vec<LonLat>>::deserialize(d)?.0),
            Self::Polygon => Geometry::Polygon(NestedArray::<Vec<LonLat>>::deserialize(d)?.0),
            Self::MultiPolygon => Geometry::MultiPolygon(NestedArray::<Vec<Vec<LonLat>>>::deserialize(d)?.0),
            Self::Collection => {
                let all: Vec<WireGeometry> = Vec::deserialize(d)?;
                Geometry::Collection(all.into_iter().filter_map(|wire| wire.0).collect())
            }
        }))
    }
}

/// Room made for positions before they are counted: most lines need no more.
const USUAL_POSITIONS: usize = 8;

/// A level of nested coordinate arrays.
trait CoordinateArray: Sized {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl CoordinateArray for LonLat {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Position::<false>::deserialize(deserializer)?.0.ok_or_else(|| D::Error::custom("a position without numbers"))
    }
}

impl<T: CoordinateArray> CoordinateArray for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        NestedArray::deserialize(deserializer).map(|nested| nested.0)
    }
}

struct NestedArray<T>(Vec<T>);

impl<'de, T: CoordinateArray> Deserialize<'de> for NestedArray<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One<T>(T);
        impl<'de, T: CoordinateArray> Deserialize<'de> for One<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                T::read(deserializer).map(One)
            }
        }
        struct NestedArrayVisitor<T>(PhantomData<T>);
        impl<'de, T: CoordinateArray> Visitor<'de> for NestedArrayVisitor<T> {
            type Value = NestedArray<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of positions, nested as the geometry's type asks")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::with_capacity(USUAL_POSITIONS);
                while let Some(One(next)) = seq.next_element()? {
                    all.push(next);
                }
                Ok(NestedArray(all))
            }
        }
        deserializer.deserialize_seq(NestedArrayVisitor(PhantomData))
    }
}

/// `[x, y, ...]`; an empty array is `None` if `EMPTY` allows it.
pub(crate) struct Position<const EMPTY: bool>(pub(crate) Option<LonLat>);

impl<'de, const EMPTY: bool> Deserialize<'de> for Position<EMPTY> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(PositionVisitor::<EMPTY>)
    }
}

struct PositionVisitor<const EMPTY: bool>;

impl<'de, const EMPTY: bool> Visitor<'de> for PositionVisitor<EMPTY> {
    type Value = Position<EMPTY>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a position (an array of longitude and latitude)")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let Some(lon) = seq.next_element()? else {
            return if EMPTY { Ok(Position(None)) } else { Err(A::Error::invalid_length(0, &self)) };
        };
        let lat = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Position(Some(LonLat::new(lon, lat))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Geometry>, serde_json::Error> {
        serde_json::from_str::<WireGeometry>(text).map(|wire| wire.0)
    }

    #[test]
    fn type_may_follow_coordinates_and_height_is_dropped() {
        let line = Geometry::LineString(vec![LonLat::new(1.0, 2.0), LonLat::new(3.0, 4.0)]);
        let first = r#"{"type":"LineString","coordinates":[[1,2,9],[3,4.0,null,7]]}"#;
        let last = r#"{"coordinates":[[1,2],[3,4]],"bbox":[1,2,3,4],"type":"LineString"}"#;
        assert_eq!(read(first).unwrap(), Some(line.clone()));
        assert_eq!(read(last).unwrap(), Some(line));
    }

    #[test]
    fn an_empty_point_is_no_geometry_and_wrong_nesting_is_an_error() {
        assert_eq!(read(r#"{"type":"Point","coordinates":[]}"#).unwrap(), None);
        for wrong in [
            r#"{"type":"Point","coordinates":[1]}"#,
            r#"{"type":"LineString","coordinates":[[1,2],[]]}"#,
            r#"{"type":"Polygon","coordinates":[[1,2],[3,4]]}"#,
            r#"{"type":"Point"}"#,
            r#"{"coordinates":[1,2]}"#,
            r#"{"type":"Circle","coordinates":[1,2]}"#,
            r#"{"type":"Point","coordinates":["1","2"]}"#,
            r#"{"type":"Point","coordinates":[1,2],"coordinates":[3,4]}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_stack_overflow() {
        for (open, close) in [
            (r#"{"geometries":["#, r#"],"type":"GeometryCollection"}"#),
            (r#"{"type":"GeometryCollection","geometries":["#, "]}"),
        ] {
            let text = open.repeat(100_000) + &close.repeat(100_000);
            assert!(read(&text).unwrap_err().to_string().contains("recursion limit"));
        }
    }

    #[test]
    fn collections_give_their_lines_at_any_depth() {
        let text = r#"{"type":"GeometryCollection","geometries":[
            {"type":"LineString","coordinates":[[1,2],[3,4]]},
            {"type":"GeometryCollection","geometries":[{"type":"MultiLineString","coordinates":[[[5,6],[7,8]]]}]}]}"#;
        assert_eq!(read(text).unwrap().unwrap().lines().map(|l| l.len()), Some(2));
        let mixed = r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}"#;
        let mixed = read(mixed).unwrap().unwrap();
        assert_eq!((mixed.lines(), mixed.point()), (None, Some(LonLat::new(1.0, 2.0))));
    }
}
