//! The place of a row: two columns, one of both coordinates, or one of whole geometries.
//!
//! In: the names of the columns, the cells, and the extent of the region. Out: a geometry a row, and what is to be said
//! of cells that are spelled otherwise than as numbers.

use super::{GridRow, PlaceRole};
use crate::coordinates::{Angle, Axis, angle, pair};
use crate::crs::Extent;
use crate::geometry::{Geometry, WireGeometry};
use crate::headings::Heading;
use crate::measures::fold;
use crate::settings::{CoordinateOrder, LayerSpec};
use lifering_base::error::{InputError, Place, nearest};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message::short;
use lifering_base::readings::ValueState;
use lifering_base::{Message, message};
use serde_json::Value;

/// Names of the column of longitudes, folded.
const LON: &[&str] = &[
    "lon",
    "lng",
    "long",
    "longitude",
    "x",
    "经度",
    "东经",
    "经度坐标",
    "坐标经度",
    "gps经度",
    "wgs84经度",
    "经度值",
    "x坐标",
    "坐标x",
    "point_x",
    "lon_wgs84",
    "lng_wgs84",
];
/// Names of the column of latitudes, folded.
const LAT: &[&str] = &[
    "lat",
    "latitude",
    "y",
    "纬度",
    "北纬",
    "纬度坐标",
    "坐标纬度",
    "gps纬度",
    "wgs84纬度",
    "纬度值",
    "y坐标",
    "坐标y",
    "point_y",
    "lat_wgs84",
];
/// Names of a column of whole geometries, folded.
const GEOMETRY: &[&str] = &["wkt", "geometry", "geom", "the_geom", "wkt_geom", "几何", "geojson"];
/// Names of a column of both coordinates, folded.
const BOTH: &[&str] = &[
    "坐标",
    "经纬度",
    "纬经度",
    "经纬度坐标",
    "经纬坐标",
    "地理坐标",
    "坐标点",
    "点位坐标",
    "gps",
    "gps坐标",
    "位置",
    "location",
    "coordinates",
    "coordinate",
    "coords",
    "lnglat",
    "latlng",
    "lonlat",
    "latlon",
    "lng_lat",
    "lat_lng",
    "lon_lat",
    "lat_lon",
    "position",
    "point",
    "百度坐标",
    "高德坐标",
];
/// Names of a column of addresses, folded.
const ADDRESS: &[&str] =
    &["地址", "详细地址", "通讯地址", "单位地址", "机构地址", "所在地址", "地点", "address", "addr"];

/// The name of a column as it is compared: without notes, units and brackets.
fn name_of(heading: &str) -> String {
    let name = Heading::of(heading).base;
    name.trim_end_matches(['°', '/']).to_owned()
}

/// Whether a heading names coordinates.
pub(super) fn is_coordinate(heading: &str) -> bool {
    let name = name_of(heading);
    [LON, LAT, GEOMETRY, BOTH].iter().any(|names| names.contains(&name.as_str()))
}

/// The columns that hold the place of a row, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlaceColumns {
    LonLat(usize, usize),
    Geometry(usize),
    /// Both coordinates in one.
    Both(usize),
    Nowhere,
}

impl PlaceColumns {
    /// Those that are named so. A column of both is only a guess: its cells decide.
    pub(super) fn named(spec: &LayerSpec, headings: &[String]) -> Result<Self, InputError> {
        let folded: Vec<String> = headings.iter().map(|h| fold(h)).collect();
        let bare: Vec<String> = headings.iter().map(|h| name_of(h)).collect();
        let find = |names: &[&str]| {
            let position = |all: &[String]| all.iter().position(|h| names.contains(&h.as_str()));
            position(&folded).or_else(|| position(&bare))
        };
        let named = |key: &str, name: &String| {
            headings.iter().position(|h| h == name).ok_or_else(|| {
                let error = InputError::wrong(
                    Place::file(&spec.file).field(key),
                    message!("message.no_column", name = name),
                    message!("message.one_of_columns", all = headings.join(", ")),
                );
                match nearest(name, headings.iter().map(String::as_str)) {
                    Some(near) => error.with_help(message!("message.did_you_mean", near = near)),
                    None => error,
                }
            })
        };
        let lon = spec.lon.as_ref().map(|n| named("lon", n)).transpose()?.or_else(|| find(LON));
        let lat = spec.lat.as_ref().map(|n| named("lat", n)).transpose()?.or_else(|| find(LAT));
        Ok(match (lon, lat, find(GEOMETRY), find(BOTH)) {
            (Some(lon), Some(lat), ..) if lon == lat => Self::Both(lon),
            (Some(lon), Some(lat), ..) => Self::LonLat(lon, lat),
            (_, _, Some(column), _) => Self::Geometry(column),
            (.., Some(column)) => Self::Both(column),
            _ => Self::Nowhere,
        })
    }

    /// The columns by index, with what each holds.
    pub(super) fn roles(self) -> Vec<(usize, PlaceRole)> {
        match self {
            Self::LonLat(lon, lat) => vec![(lon, PlaceRole::Longitude), (lat, PlaceRole::Latitude)],
            Self::Geometry(column) => vec![(column, PlaceRole::Geometry)],
            Self::Both(column) => vec![(column, PlaceRole::Both)],
            Self::Nowhere => Vec::new(),
        }
    }

    /// The columns as their cells confirm them: a column of both coordinates holds pairs in at least half of its cells,
    /// whatever it is called; without a name, in all of them.
    pub(super) fn confirmed(self, rows: &[GridRow], width: usize) -> Self {
        let pairs = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.cells.get(column)).filter(|cell| !cell.is_null());
            cells.fold((0, 0), |(all, pairs), cell| (all + 1, pairs + usize::from(text_pair(cell).is_some())))
        };
        match self {
            Self::Both(column) => {
                let (all, found) = pairs(column);
                if found * 2 >= all && found > 0 { self } else { Self::Nowhere.confirmed(rows, width) }
            }
            Self::Nowhere => {
                let held = |column: &usize| matches!(pairs(*column), (all, found) if found == all && all > 0);
                // Looking through a wide table is not worth it: nobody keeps places in the 50th column.
                (0..width.min(50)).find(held).map_or(Self::Nowhere, Self::Both)
            }
            other => other,
        }
    }
}

/// Both coordinates in a cell.
fn text_pair(cell: &Value) -> Option<[Angle; 2]> {
    pair(cell.as_str()?)
}

/// The column of addresses.
pub(super) fn address_column(headings: &[String]) -> Option<usize> {
    let names: Vec<String> = headings.iter().map(|h| name_of(h)).collect();
    let position = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
    position(ADDRESS).or_else(|| position(&["位置", "location"]))
}

/// The order of a column of both coordinates: the one in which its rows are places, in the region if it is known.
/// Refused if both orders fit, or none.
pub(super) fn order(
    spec: &LayerSpec,
    heading: &str,
    column: usize,
    rows: &[GridRow],
    region: Option<Extent>,
) -> Result<CoordinateOrder, InputError> {
    if let Some(order) = spec.order {
        return Ok(order);
    }
    let pairs: Vec<[Angle; 2]> = rows.iter().filter_map(|row| row.cells.get(column)).filter_map(text_pair).collect();
    if let Some([first, second]) = pairs.iter().find(|two| two.iter().any(|angle| angle.axis.is_some())) {
        let lon_first = first.axis == Some(Axis::Longitude) || second.axis == Some(Axis::Latitude);
        return Ok(if lon_first { CoordinateOrder::LonLat } else { CoordinateOrder::LatLon });
    }
    let fits = |lon: f64, lat: f64, region: Option<Extent>| {
        lon.abs() <= 180.0
            && lat.abs() <= 90.0
            && region.is_none_or(|e| (e.low.lon..=e.high.lon).contains(&lon) && (e.low.lat..=e.high.lat).contains(&lat))
    };
    for region in [region, None] {
        let lon_lat = pairs.iter().filter(|[a, b]| fits(a.degrees, b.degrees, region)).count();
        let lat_lon = pairs.iter().filter(|[a, b]| fits(b.degrees, a.degrees, region)).count();
        // A few rows may be wrong; a column is one order or the other by a clear majority.
        if lon_lat > 2 * lat_lon {
            return Ok(CoordinateOrder::LonLat);
        }
        if lat_lon > 2 * lon_lat {
            return Ok(CoordinateOrder::LatLon);
        }
    }
    let example = rows.iter().find_map(|row| row.cells.get(column)?.as_str()).unwrap_or_default();
    let place = Place::file(&spec.file).field(heading);
    Err(InputError::wrong(place, format!("\"{}\"", short(example)), message!("message.order_unclear"))
        .with_help(message!("message.state_order", file = &spec.file)))
}

/// A coordinate in words.
fn shown(cell: &Value) -> Message {
    match cell {
        Value::String(text) => format!("\"{}\"", short(text)).into(),
        other => other.to_string().into(),
    }
}

/// The place of a row by its two columns.
pub(super) fn lon_lat(
    row: &GridRow,
    columns: [(usize, &String); 2],
    place: &Place,
    issues: &mut Issues,
) -> Option<Geometry> {
    let mut read = |(column, name): (usize, &String), role: PlaceRole| -> Option<Angle> {
        let cell = row.cells.get(column).filter(|cell| !cell.is_null())?;
        let found = match cell {
            Value::Number(n) => n.as_f64().map(|degrees| Angle { degrees, axis: None, spelled: false }),
            Value::String(text) => angle(text),
            _ => None,
        };
        let state = match found {
            Some(angle) if angle.spelled => ValueState::Interpreted,
            Some(_) => ValueState::AsWritten,
            None => ValueState::LeftOut,
        };
        issues.count_value(role.key(), state);
        match found {
            Some(angle) if angle.spelled => {
                let done = message!("message.read_as_degrees", n = angle.degrees);
                issues.note(IssueCode::CoordinatesSpelled, &place.clone().field(name), shown(cell), done);
            }
            None => {
                let wanted = message!("message.degrees_absent");
                issues.note(IssueCode::NotUnderstood, &place.clone().field(name), shown(cell), wanted);
            }
            Some(_) => {}
        }
        found
    };
    let (lon, lat) = (read(columns[0], PlaceRole::Longitude), read(columns[1], PlaceRole::Latitude));
    let (lon, lat) = (lon?, lat?);
    // Letters say more than the heading.
    let swapped = lon.axis == Some(Axis::Latitude) && lat.axis != Some(Axis::Latitude)
        || lat.axis == Some(Axis::Longitude) && lon.axis != Some(Axis::Longitude);
    let (lon, lat) = if swapped { (lat, lon) } else { (lon, lat) };
    Some(Geometry::Point(LonLat::new(lon.degrees, lat.degrees)))
}

/// The place of a row by a column of both coordinates.
pub(super) fn both(
    cell: Option<&Value>,
    order: CoordinateOrder,
    place: &Place,
    issues: &mut Issues,
) -> Option<Geometry> {
    let cell = cell.filter(|cell| !cell.is_null())?;
    let Some([first, second]) = text_pair(cell) else {
        issues.count_value(PlaceRole::Both.key(), ValueState::LeftOut);
        issues.note(IssueCode::NotUnderstood, place, shown(cell), message!("message.both_absent"));
        return None;
    };
    let lon_first = match (first.axis, second.axis) {
        (Some(axis), _) => axis == Axis::Longitude,
        (None, Some(axis)) => axis == Axis::Latitude,
        (None, None) => order == CoordinateOrder::LonLat,
    };
    let (lon, lat) = if lon_first { (first.degrees, second.degrees) } else { (second.degrees, first.degrees) };
    let done = message!("message.read_as_place", lon = lon, lat = lat);
    issues.count_value(PlaceRole::Both.key(), ValueState::Interpreted);
    issues.note(IssueCode::CoordinatesSpelled, place, shown(cell), done);
    Some(Geometry::Point(LonLat::new(lon, lat)))
}

/// A geometry in one cell, WKT or GeoJSON.
pub(super) fn geometry(cell: Option<&Value>, place: &Place, issues: &mut Issues) -> Option<Geometry> {
    let text = cell.filter(|c| !c.is_null())?.as_str().unwrap_or_default();
    let read = if text.starts_with('{') {
        serde_json::from_str::<WireGeometry>(text).map(|w| w.0).map_err(|e| e.to_string())
    } else {
        crate::formats::wkt::parse(text).map(Some)
    };
    let state = if read.is_ok() { ValueState::AsWritten } else { ValueState::LeftOut };
    issues.count_value(PlaceRole::Geometry.key(), state);
    match read {
        Ok(geometry) => geometry,
        Err(why) => {
            let found = format!("\"{}\" ({why})", short(text));
            issues.note(IssueCode::NotUnderstood, place, found, message!("message.wkt_absent"));
            None
        }
    }
}

/// Rows that a message lists.
const LISTED: usize = 50;

/// The refusal of a table without places. One with addresses is shown as a table to fill in.
pub(super) fn nowhere(file: &str, headings: &[String], rows: &[GridRow]) -> InputError {
    let listed = message!("message.the_columns", all = short(&headings.join(", ")).into_owned());
    let error = InputError::wrong(Place::file(file), listed, message!("message.lon_lat_columns"));
    let Some(column) = address_column(headings) else {
        return error.with_help(message!("message.name_columns", file = file));
    };
    let text = |row: &GridRow, at: usize| match row.cells.get(at) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => short(text).replace([',', '\n', '\r'], " "),
        Some(other) => other.to_string(),
    };
    let name = headings.iter().position(|h| fold(h).contains("名称") || fold(h) == "name").filter(|at| *at != column);
    let lines: Vec<String> = rows
        .iter()
        .take(LISTED)
        .map(|row| {
            let name = name.map(|at| text(row, at) + ",").unwrap_or_default();
            format!("    {name}{},,", text(row, column))
        })
        .collect();
    let first = name.map(|at| headings[at].clone() + ",").unwrap_or_default();
    error.with_help(message!(
        "message.fill_in_places",
        column = &headings[column],
        n = rows.len(),
        heading = format!("    {first}{},经度,纬度", headings[column]),
        rows = lines.join("\n")
    ))
}
