//! Corrections that a reader makes only if it is asked to: duplicates left out, swapped coordinates turned, columns taken
//! for fields.
//!
//! In: the features of a layer and [`Corrections`]. Out: the features, and an issue for each that is a duplicate or swapped,
//! whether it was corrected or not.

use crate::columns::{ColumnRecord, ColumnUse};
use crate::crs::Extent;
use crate::feature::RawFeature;
use crate::fields::Fields;
use crate::formats::Format;
use crate::geometry::Geometry;
use crate::input_record::InputRecord;
use crate::properties::{Properties, Property};
use lifering_base::error::{InputError, Place, nearest};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::records::Layer;
use lifering_base::{Message, message};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

/// Corrections that were asked for; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corrections {
    /// A record that stands twice is used once, and so is a point within 5 m of another of the same name.
    pub drop_duplicates: bool,
    /// Points that lie in the region once longitude and latitude are turned are used so.
    pub accept_swapped: bool,
    /// Columns that are to be taken for fields.
    pub columns: Vec<ColumnMapping>,
}

/// A column that is to be taken for a field, in every layer that has both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMapping {
    /// Name of the column.
    pub column: String,
    /// lifering's name of the field.
    pub field: String,
}

impl ColumnMapping {
    /// A mapping as it is written: "救护车数=ambulances".
    ///
    /// # Errors
    /// No equals sign, or nothing before or after it.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.rsplit_once('=').map(|(column, field)| (column.trim(), field.trim())) {
            Some((column, field)) if !column.is_empty() && !field.is_empty() => {
                Ok(Self { column: column.to_owned(), field: field.to_owned() })
            }
            _ => Err("wanted COLUMN=FIELD, 救护车数=ambulances for example".to_owned()),
        }
    }
}

/// Degrees around a region within which its points may lie.
const AROUND_REGION: f64 = 0.5;
/// Degrees around the middle of a layer within which its points lie, if no region is known.
const AROUND_MIDDLE: f64 = 5.0;

/// Turns or leaves out single points that lie in the region only with longitude and latitude turned. Where most of a
/// layer is so, nothing is done unless it is asked for: the layer as a whole will be refused with that advice.
pub(crate) fn swapped(
    features: &mut Vec<RawFeature>,
    region: Option<Extent>,
    accept: bool,
    place: impl Fn(&RawFeature) -> Place,
    issues: &mut Issues,
) {
    let points: Vec<LonLat> = features.iter().filter_map(|f| f.geometry.as_ref()?.point()).collect();
    let Some(area) = region.map(|extent| widened(extent, AROUND_REGION)).or_else(|| around_most(&points)) else {
        return;
    };
    let turned = |p: LonLat| LonLat::new(p.lat, p.lon);
    let is_swapped = |p: LonLat| !contains(area, p) && contains(area, turned(p));
    let count = points.iter().filter(|p| is_swapped(**p)).count();
    if count == 0 || (2 * count > points.len() && !accept) {
        return;
    }
    features.retain_mut(|feature| {
        let Some(p) = feature.geometry.as_ref().and_then(Geometry::point).filter(|p| is_swapped(*p)) else {
            return true;
        };
        let found = message!("message.swapped_place", lon = p.lon, lat = p.lat);
        let would = turned(p);
        let done = if accept {
            message!("message.turned", lon = would.lon, lat = would.lat)
        } else {
            message!("message.would_be_turned", lon = would.lon, lat = would.lat)
        };
        issues.note(IssueCode::CoordinatesSwapped, &place(feature).field("coordinates"), found, done);
        feature.geometry = Some(Geometry::Point(would));
        accept
    });
}

fn widened(extent: Extent, by: f64) -> Extent {
    Extent {
        low: LonLat::new(extent.low.lon - by, extent.low.lat - by),
        high: LonLat::new(extent.high.lon + by, extent.high.lat + by),
    }
}

fn contains(area: Extent, p: LonLat) -> bool {
    (area.low.lon..=area.high.lon).contains(&p.lon) && (area.low.lat..=area.high.lat).contains(&p.lat)
}

/// The surroundings of the middle of most points; `None` for fewer than three, of which no majority can be told.
fn around_most(points: &[LonLat]) -> Option<Extent> {
    if points.len() < 3 {
        return None;
    }
    let middle = |pick: fn(&LonLat) -> f64| {
        let mut all: Vec<f64> = points.iter().map(pick).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    Some(widened(Extent::of(LonLat::new(middle(|p| p.lon), middle(|p| p.lat))), AROUND_MIDDLE))
}

/// Columns that number the rows: two records that differ in nothing else are one.
const ROW_NUMBERS: &[&str] = &["序号", "序", "no", "no.", "fid", "ogc_fid", "objectid", "#", "行号"];

/// Distance within which two points of one name are one, metres.
const SAME_PLACE_M: f64 = 5.0;
/// Degrees of latitude that are more than that distance anywhere.
const SAME_PLACE_DEGREES: f64 = 1e-4;

/// Notes, and leaves out if asked, the records that stand twice, and points within 5 m of another of the same name.
pub(crate) fn duplicates(
    features: &mut Vec<RawFeature>,
    fields: &Fields,
    format: Format,
    drop: bool,
    place: impl Fn(&RawFeature) -> Place,
    issues: &mut Issues,
) {
    let layer = fields.layer();
    // A raster has one record a cell, roads join where they are the same, and an outline may touch itself.
    if format == Format::GeoTiff
        || matches!(layer, Layer::Roads | Layer::Boundary | Layer::Barriers | Layer::Closures | Layer::Units)
    {
        return;
    }
    let mut twin: BTreeMap<usize, usize> = records_twice(features);
    let by_place = if matches!(layer, Layer::Stations | Layer::Neighbours | Layer::Facilities) {
        same_places(features, fields, &twin)
    } else {
        BTreeMap::new()
    };
    if twin.is_empty() && by_place.is_empty() {
        return;
    }
    let named = |at: usize| -> Message {
        let other = place(&features[at]);
        other.row.as_ref().map_or_else(
            || message!("message.feature_n", n = features[at].index),
            lifering_base::error::TableRow::message,
        )
    };
    for (later, earlier) in &twin {
        let found = message!("message.same_as", other = named(*earlier));
        issues.note(IssueCode::DuplicateRecord, &place(&features[*later]), found, once(drop));
    }
    for (later, earlier) in &by_place {
        let found = message!("message.same_name_near", other = named(*earlier));
        issues.note(IssueCode::DuplicatePlace, &place(&features[*later]), found, once(drop));
    }
    if drop {
        twin.extend(by_place);
        let mut at = 0;
        features.retain(|_| {
            at += 1;
            !twin.contains_key(&(at - 1))
        });
    }
}

fn once(dropped: bool) -> Message {
    if dropped { message!("message.once_left_out") } else { message!("message.once_counted") }
}

fn is_row_number(name: &str) -> bool {
    ROW_NUMBERS.contains(&crate::measures::fold(name).as_str())
}

fn content(properties: &Properties) -> impl Iterator<Item = (&str, &Property)> {
    properties.iter().filter(|(name, value)| !value.is_null() && !is_row_number(name))
}

/// The later position of every record that equals an earlier one, with that one.
fn records_twice(features: &[RawFeature]) -> BTreeMap<usize, usize> {
    let hash = |feature: &RawFeature| {
        let mut hasher = FxHasher::default();
        for (name, value) in content(&feature.properties) {
            name.hash(&mut hasher);
            match value {
                Property::Text(text) => text.hash(&mut hasher),
                other => other.to_string().hash(&mut hasher),
            }
        }
        if let Some(geometry) = &feature.geometry {
            geometry.each_position(&mut |p| (p.lon.to_bits(), p.lat.to_bits()).hash(&mut hasher));
        }
        hasher.finish()
    };
    let hashes: Vec<u64> = features.par_iter().map(hash).collect();
    let same =
        |a: &RawFeature, b: &RawFeature| a.geometry == b.geometry && content(&a.properties).eq(content(&b.properties));
    let mut first: FxHashMap<u64, usize> = FxHashMap::default();
    let mut twice = BTreeMap::new();
    for (at, hash) in hashes.into_iter().enumerate() {
        // A record of nothing is none.
        if features[at].geometry.is_none() && content(&features[at].properties).next().is_none() {
            continue;
        }
        match first.get(&hash) {
            Some(earlier) if same(&features[*earlier], &features[at]) => {
                twice.insert(at, *earlier);
            }
            Some(_) => {}
            None => {
                first.insert(hash, at);
            }
        }
    }
    twice
}

/// The later position of every point near an earlier one of the same name, with that one.
fn same_places(features: &[RawFeature], fields: &Fields, known: &BTreeMap<usize, usize>) -> BTreeMap<usize, usize> {
    let mut by_name: BTreeMap<&str, Vec<(LonLat, usize)>> = BTreeMap::new();
    for (at, feature) in features.iter().enumerate().filter(|(at, _)| !known.contains_key(at)) {
        let name = fields.find(&feature.properties, "name").and_then(Property::as_str).map(str::trim);
        if let (Some(name), Some(p)) =
            (name.filter(|n| !n.is_empty()), feature.geometry.as_ref().and_then(Geometry::point))
        {
            by_name.entry(name).or_default().push((p, at));
        }
    }
    let mut found = BTreeMap::new();
    for mut points in by_name.into_values().filter(|points| points.len() > 1) {
        points.sort_by(|(a, i), (b, j)| a.lat.total_cmp(&b.lat).then(i.cmp(j)));
        for (n, (p, at)) in points.iter().enumerate() {
            for (q, other) in points[n + 1..].iter().take_while(|(q, _)| q.lat - p.lat <= SAME_PLACE_DEGREES) {
                if p.geodesic_m(*q) <= SAME_PLACE_M {
                    let (earlier, later) = (*at.min(other), *at.max(other));
                    found.entry(later).and_modify(|e: &mut usize| *e = (*e).min(earlier)).or_insert(earlier);
                }
            }
        }
    }
    found
}

/// Refuses a mapping that no layer has the column for.
pub(crate) fn check_mappings(mappings: &[ColumnMapping], inputs: &[InputRecord]) -> Result<(), InputError> {
    for ColumnMapping { column, field } in mappings {
        let taken = |c: &ColumnRecord| c.name == *column && c.taken_as == ColumnUse::Field(field.clone());
        if inputs.iter().any(|input| input.columns.iter().any(taken)) {
            continue;
        }
        let names: Vec<&str> = inputs.iter().flat_map(|input| &input.columns).map(|c| c.name.as_str()).collect();
        let place = Place::file("--map").field(column);
        let error = InputError::wrong(
            place,
            message!("message.no_column", name = column),
            message!("message.a_column_for", field = field),
        );
        return Err(match nearest(column, names) {
            Some(near) => error.with_help(message!("message.did_you_mean", near = near)),
            None => error,
        });
    }
    Ok(())
}
