//! Polygons: the boundary, administrative units, barriers and closures.

use crate::checks::{self, UnitIds};
use crate::crs::Extent;
use crate::fields::{FeatureFields, Fields};
use crate::geometry::Geometry;
use crate::layer_file::{LayerContext, LayerFile};
use crate::ring_crossings::check_crossings;
use crate::settings::LayerSpec;
use crate::source::{Source, read_file};
use geo::bool_ops::FillRule;
use geo::orient::{Direction, Orient};
use geo::{Area, BooleanOps, BoundingRect, Coord, GeodesicArea, LineString, MultiPolygon, Polygon};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_base::records::attributes::Scalar;
use lifering_base::records::{Layer, Obstacles, Unit};
use std::path::Path;

/// Relative difference in area up to which a polygon counts as valid.
const AREA_TOLERANCE: f64 = 1e-6;

/// Words for levels, and lifering's own.
const LEVELS: &[(&str, &str)] = &[
    ("区", "district"),
    ("县", "district"),
    ("区县", "district"),
    ("镇", "town"),
    ("街道", "town"),
    ("乡", "town"),
    ("乡镇", "town"),
    ("镇街", "town"),
    ("村", "village"),
    ("社区", "village"),
    ("行政村", "village"),
    ("村委会", "village"),
    ("居委会", "village"),
    ("急救分中心服务区", "sub_center_area"),
    ("sub_centre_area", "sub_center_area"),
];

/// Words for kinds of units of level `village`: administrative villages and urban communities.
const VILLAGE_KINDS: &[(&str, &str)] = &[
    ("行政村", "行政村"),
    ("村", "行政村"),
    ("村委会", "行政村"),
    ("建制村", "行政村"),
    ("社区", "社区"),
    ("居委会", "社区"),
    ("社区居委会", "社区"),
];

/// Whether a unit is an administrative village or a community, by the word for its kind or its level.
fn village_kind(word: &str) -> Option<Scalar> {
    VILLAGE_KINDS.iter().find(|(name, _)| *name == word).map(|(_, kind)| Scalar::Text((*kind).to_owned()))
}

/// lifering's word for the level of a unit; the word itself if it is not a known one.
pub(crate) fn known_level(word: &str) -> &str {
    LEVELS.iter().find(|(name, _)| *name == word).map_or(word, |(_, level)| level)
}

/// The boundary: all polygons of the layer together.
pub fn read_boundary(layer: &mut LayerFile) -> Result<MultiPolygon<f64>, InputError> {
    let mut issues = std::mem::take(&mut layer.issues);
    let mut all = Vec::new();
    for feature in &layer.features {
        let place = layer.place(feature);
        match &feature.geometry {
            Some(geometry) => all.extend(area(geometry, &place, &mut issues)?),
            None => {
                issues.note(
                    IssueCode::NoGeometry,
                    &place,
                    layer.fields.without_place(feature),
                    message!("message.polygon_left_out"),
                );
            }
        }
    }
    layer.used = all.len();
    layer.issues = issues;
    let union = if all.len() == 1 {
        all.remove(0)
    } else {
        check_crossings(&all, &Place::file(&layer.file))?;
        geo::unary_union(&all)
    };
    if union.0.is_empty() {
        return Err(no_polygon(&layer.file));
    }
    Ok(union)
}

/// Administrative units.
pub fn read_units(layer: &mut LayerFile) -> Result<Vec<Unit>, InputError> {
    let mut issues = std::mem::take(&mut layer.issues);
    let mut units = Vec::with_capacity(layer.features.len());
    let mut ids = UnitIds::default();
    for feature in &layer.features {
        let place = layer.place(feature);
        let polygon = match &feature.geometry {
            Some(geometry) => area(geometry, &place, &mut issues)?,
            None => None,
        };
        let mut fields = FeatureFields { fields: &layer.fields, file: &layer.file, feature, issues: &mut issues };
        let mut attributes = fields.attributes();
        let word = fields.text("level");
        // 行政村 or 社区 by its own field, else by the word for its level.
        if let Some(kind) = fields.text("kind").or_else(|| word.clone()).as_deref().and_then(village_kind) {
            attributes.insert("kind".to_owned(), kind);
        }
        let level = word.map(|word| known_level(&word).to_owned());
        if let Some(level) = &level {
            attributes.insert("level".to_owned(), Scalar::Text(level.clone()));
        }
        if let Some(urban) = fields.flag("urban") {
            attributes.insert("urban".to_owned(), Scalar::Bool(urban));
        }
        let population = fields.people(|| polygon.as_ref().map(area_km2))?;
        match population {
            Some(people) => attributes.insert("population".to_owned(), Scalar::Number(people)),
            None => attributes.remove("population"),
        };
        if let Some(polygon) = polygon.as_ref().filter(|_| population.is_some()) {
            spreadable(polygon, &place)?;
        }
        let id = fields.text("id").or_else(|| feature.id.clone());
        let name = fields.text("name");
        if polygon.is_none() {
            note_without_ground(&place, id.is_some() || name.is_some(), &mut issues);
            if id.is_none() && name.is_none() {
                continue;
            }
        }
        let by_place = || feature.geometry.as_ref().and_then(place_as_id).unwrap_or_else(|| feature.index.to_string());
        let id = id.or_else(|| name.clone()).unwrap_or_else(by_place);
        let name = name.unwrap_or_else(|| id.clone());
        let id = ids.distinct(level.as_deref(), id, feature.index, &place, &mut issues);
        units.push(Unit { feature: feature.index, id, name, level, population, area: polygon, attributes });
    }
    checks::note_empty(layer.features.len(), &layer.file, message!("message.counted_none"), &mut issues);
    layer.used = units.iter().filter(|unit| unit.area.is_some()).count();
    layer.issues = issues;
    Ok(units)
}

/// Notes a unit whose ground is not known: one that is named is still asked by the rules, another is left out.
fn note_without_ground(place: &Place, named: bool, issues: &mut Issues) {
    let wanted = if named { message!("message.unit_without_ground") } else { message!("message.polygon_left_out") };
    issues.note(IssueCode::NoGeometry, place, message!("message.no_ground"), wanted);
}

/// Barriers or closures.
pub fn read_obstacles(layer: &mut LayerFile) -> Result<Obstacles, InputError> {
    let mut issues = std::mem::take(&mut layer.issues);
    let mut obstacles = Obstacles::default();
    for feature in &layer.features {
        let place = layer.place(feature);
        let Some(geometry) = &feature.geometry else {
            issues.note(
                IssueCode::NoGeometry,
                &place,
                layer.fields.without_place(feature),
                message!("message.line_or_polygon_left_out"),
            );
            continue;
        };
        if is_points(geometry) {
            let wanted = message!("message.lines_or_areas");
            return Err(InputError::wrong(place.field("geometry"), geometry.type_name(), wanted)
                .with_help(message!("message.points_are_road_barriers")));
        }
        let before = obstacles.lines.len() + obstacles.areas.len();
        if let Some(lines) = geometry.lines() {
            let lines = lines.into_iter().map(line_string);
            obstacles.lines.extend(lines.filter(|line| usable_line(line, &place, &mut issues)));
        } else {
            obstacles.areas.extend(area(geometry, &place, &mut issues)?.into_iter().flatten());
        }
        layer.used += usize::from(obstacles.lines.len() + obstacles.areas.len() > before);
    }
    layer.issues = issues;
    Ok(obstacles)
}

/// Whether a geometry is nothing but points.
fn is_points(geometry: &Geometry) -> bool {
    match geometry {
        Geometry::Point(_) | Geometry::MultiPoint(_) => true,
        Geometry::Collection(all) => !all.is_empty() && all.iter().all(is_points),
        _ => false,
    }
}

/// True for a line of at least two positions; a shorter one is noted.
pub(crate) fn usable_line(line: &LineString<f64>, place: &Place, issues: &mut Issues) -> bool {
    if line.0.len() >= 2 {
        return true;
    }
    issues.note(IssueCode::EmptyGeometry, place, message!("message.line_of_one"), message!("message.two_left_out"));
    false
}

/// The areas of a file of any format that belongs to no region.
pub fn read_areas(path: &Path) -> Result<MultiPolygon<f64>, InputError> {
    let name = path.display().to_string();
    let bytes = read_file(path, &message!("message.file_with_polygons"))?;
    let fields = Fields::new("region.toml", Layer::Barriers, Layer::Barriers.key(), None)?;
    let context = LayerContext::default();
    let folder = path.parent().unwrap_or(Path::new(""));
    let beside = Source::Folder { folder: folder.to_path_buf(), settings: "region.toml".to_owned() };
    let spec = LayerSpec::of(&name);
    let mut layer =
        LayerFile::from_bytes(&bytes, &beside, Layer::Barriers, Layer::Barriers.key(), &spec, fields, &context)?;
    let areas = read_obstacles(&mut layer)?.areas;
    if areas.is_empty() {
        return Err(no_polygon(&name));
    }
    Ok(MultiPolygon::new(areas))
}

fn line_string(positions: &[LonLat]) -> LineString<f64> {
    positions.iter().map(|p| Coord { x: p.lon, y: p.lat }).collect()
}

/// The area of a geometry; whatever must be changed to compute with it is noted. `None` if it encloses nothing.
pub fn area(geometry: &Geometry, place: &Place, issues: &mut Issues) -> Result<Option<MultiPolygon<f64>>, InputError> {
    let Some(found) = geometry.polygons() else {
        return Err(InputError::wrong(
            place.clone().field("geometry"),
            geometry.type_name(),
            message!("message.polygon_type"),
        ));
    };
    let mut all = Vec::with_capacity(found.len());
    for rings in found {
        let mut rings = rings.iter().filter_map(|positions| ring(positions, place, issues));
        let Some(exterior) = rings.next() else { continue };
        let interiors = rings.collect();
        all.push(Polygon::new(exterior, interiors));
    }
    // Formats disagree on the direction of rings. One direction for all, so that the last digits do not depend on the format.
    let area = MultiPolygon::new(all).orient(Direction::Default);
    check_crossings([&area], place)?;
    let even_odd = area.union_with_fill_rule(&MultiPolygon::new(Vec::new()), FillRule::EvenOdd);
    // A ring that crosses itself, or rings that overlap, enclose another area than their even-odd interior.
    let (as_drawn, interior) = (area.unsigned_area(), even_odd.unsigned_area());
    if interior <= 0.0 {
        issues.note(IssueCode::EmptyGeometry, place, message!("message.no_area"), message!("message.polygon_left_out"));
        return Ok(None);
    }
    if (as_drawn - interior).abs() <= AREA_TOLERANCE * as_drawn {
        return Ok(Some(area));
    }
    let found = message!("message.rings_cross", times = format!("{:.3}", as_drawn / interior));
    issues.note(IssueCode::InvalidPolygon, place, found, message!("message.even_odd"));
    Ok(Some(even_odd))
}

/// Checks an area that was not read from a file as [`area`] checks one that was.
pub(crate) fn check(
    drawn: &MultiPolygon<f64>,
    place: &Place,
    issues: &mut Issues,
) -> Result<Option<MultiPolygon<f64>>, InputError> {
    let positions = |ring: &LineString<f64>| ring.coords().map(|c| LonLat::from(*c)).collect();
    let rings = |one: &Polygon<f64>| std::iter::once(one.exterior()).chain(one.interiors()).map(positions).collect();
    area(&Geometry::MultiPolygon(drawn.iter().map(rings).collect()), place, issues)
}

/// Checks a unit that was not read from a file as [`read_units`] checks one that was.
pub(crate) fn check_unit(
    mut unit: Unit,
    ids: &mut UnitIds,
    place: &Place,
    issues: &mut Issues,
) -> Result<Unit, InputError> {
    unit.area = match &unit.area {
        Some(drawn) => check(drawn, place, issues)?,
        None => None,
    };
    if unit.area.is_none() {
        note_without_ground(place, true, issues);
    }
    unit.level = unit.level.map(|word| known_level(&word).to_owned());
    if let Some(level) = &unit.level {
        unit.attributes.insert("level".to_owned(), Scalar::Text(level.clone()));
    }
    if let Some(people) = unit.population {
        checks::amount(people, || place.clone().field("population"))?;
        if let Some(area) = &unit.area {
            spreadable(area, place)?;
        }
    }
    unit.id = ids.distinct(unit.level.as_deref(), unit.id, unit.feature, place, issues);
    Ok(unit)
}

/// The middle of an area as an id: unlike its position in the file, it stays when the features come in another order.
fn place_as_id(area: &Geometry) -> Option<String> {
    let mut all: Option<Extent> = None;
    area.each_position(&mut |p| all = Some(all.map_or(Extent::of(*p), |extent| extent.with(Extent::of(*p)))));
    let middle = all?.middle().normalized();
    Some(format!("{:.5},{:.5}", middle.lon, middle.lat))
}

/// The area on the ellipsoid.
///
/// # Units
/// Square kilometres.
pub(crate) fn area_km2(area: &MultiPolygon<f64>) -> f64 {
    area.geodesic_area_unsigned() / 1e6
}

/// Refuses a boundary or a file of areas without any polygon.
pub(crate) fn no_polygon(file: &str) -> InputError {
    InputError::wrong(Place::file(file), message!("message.no_polygon"), message!("message.one_polygon"))
}

/// Largest area that people are spread over, kilometres from corner to corner: points 200 m apart (definitions.md section
/// 5) would be millions, and population data is never that coarse.
const SPREAD_KM: f64 = 700.0;

/// Refuses to spread people over an area that is too large.
pub fn spreadable(area: &MultiPolygon<f64>, place: &Place) -> Result<(), InputError> {
    let span_km = area.bounding_rect().map_or(0.0, |r| {
        let corner = |c: Coord<f64>| LonLat::new(c.x, c.y);
        super::outliers::span_km(Extent { low: corner(r.min()), high: corner(r.max()) })
    });
    if span_km <= SPREAD_KM {
        return Ok(());
    }
    let found = message!("message.spans", n = format!("{span_km:.0}"));
    Err(InputError::wrong(place.clone().field("coordinates"), found, message!("message.spread_limit", n = SPREAD_KM))
        .with_help(message!("message.split_area")))
}

/// The ring without its spikes (out and back the same way), and the number of spikes. They enclose nothing but stretch the
/// extent of the area.
fn without_spikes(ring: &[LonLat]) -> (Vec<LonLat>, usize) {
    let mut kept: Vec<LonLat> = Vec::with_capacity(ring.len());
    let mut spikes = 0;
    for position in ring.iter().copied() {
        if kept.len() >= 2 && kept[kept.len() - 2] == position {
            kept.pop();
            spikes += 1;
        } else {
            kept.push(position);
        }
    }
    (kept, spikes)
}

/// A closed ring; `None` if it has fewer than three corners.
fn ring(positions: &[LonLat], place: &Place, issues: &mut Issues) -> Option<LineString<f64>> {
    let mut thinned: Vec<LonLat> = positions.to_vec();
    thinned.dedup();
    let repeated = positions.len() - thinned.len();
    let closed = thinned.len() > 1 && thinned.first() == thinned.last();
    let corners = |ring: &[LonLat]| ring.len() - usize::from(closed && !ring.is_empty());
    let (mut kept, spikes) = without_spikes(&thinned);
    if corners(&kept) < 3 {
        let found = message!("message.ring_corners", n = corners(&thinned));
        issues.note(IssueCode::EmptyGeometry, place, found, message!("message.three_left_out"));
        return None;
    }
    if repeated > 0 {
        let found = message!("message.positions_repeated", n = repeated);
        issues.note(IssueCode::RepeatedVertex, place, found, message!("message.each_once"));
    }
    if spikes > 0 {
        issues.note(
            IssueCode::RingChanged,
            place,
            message!("message.spikes", n = spikes),
            message!("message.spikes_left_out"),
        );
    }
    if !closed {
        issues.note(IssueCode::RingChanged, place, message!("message.open_ring"), message!("message.closed"));
        kept.extend(kept.first().copied());
    }
    Some(line_string(&kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rings(all: &[&[(f64, f64)]]) -> Geometry {
        Geometry::Polygon(all.iter().map(|r| r.iter().map(|(x, y)| LonLat::new(*x, *y)).collect()).collect())
    }

    fn read(geometry: &Geometry) -> (Option<f64>, Vec<IssueCode>) {
        let mut issues = Issues::default();
        let area = area(geometry, &Place::file("f"), &mut issues).unwrap();
        (area.map(|a| a.unsigned_area()), issues.list().iter().map(|i| i.code).collect())
    }

    #[test]
    fn rings_as_they_come() {
        let square = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0), (0.0, 0.0)];
        assert_eq!(read(&rings(&[&square])), (Some(4.0), vec![]));
        let clockwise: Vec<_> = square.iter().rev().copied().collect();
        assert_eq!(read(&rings(&[&clockwise])), (Some(4.0), vec![]));
        assert_eq!(read(&rings(&[&square[..4]])), (Some(4.0), vec![IssueCode::RingChanged]));
        let repeated: Vec<_> = square.iter().flat_map(|p| [*p, *p]).collect();
        assert_eq!(read(&rings(&[&repeated])), (Some(4.0), vec![IssueCode::RepeatedVertex]));
        let spike = [(0.0, 0.0), (2.0, 0.0), (9.0, 1.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0), (0.0, 0.0)];
        assert_eq!(read(&rings(&[&spike])), (Some(4.0), vec![IssueCode::RingChanged]));
        let nothing_else = [(0.0, 0.0), (2.0, 0.0), (9.0, 1.0), (2.0, 0.0), (0.0, 0.0)];
        assert_eq!(read(&rings(&[&nothing_else])), (None, vec![IssueCode::EmptyGeometry]));
        let tie = [(0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0), (0.0, 0.0)];
        assert_eq!(read(&rings(&[&tie])), (Some(2.0), vec![IssueCode::InvalidPolygon]));
        assert_eq!(read(&rings(&[&square[..2]])), (None, vec![IssueCode::EmptyGeometry]));
        let flat = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (0.0, 0.0)];
        assert_eq!(read(&rings(&[&flat])), (None, vec![IssueCode::EmptyGeometry]));
        assert_eq!(read(&Geometry::Polygon(vec![])), (None, vec![IssueCode::EmptyGeometry]));
        // A hole drawn in the same direction as its ring is a hole all the same.
        let hole = [(0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5), (0.5, 0.5)];
        assert_eq!(read(&rings(&[&square, &hole])), (Some(3.0), vec![]));
    }
}
