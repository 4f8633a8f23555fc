//! Polygons: the boundary, administrative units, barriers and closures.

use super::attributes::{Attributes, Scalar};
use super::error::{InputError, Place};
use super::fields::FeatureFields;
use super::issue::{IssueCode, Issues};
use super::layer_file::{LayerFile, lines, lon_lat, polygons};
use geo::bool_ops::FillRule;
use geo::{Area, BooleanOps, Coord, LineString, MultiPolygon, Polygon};
use geojson::{GeometryValue, Position};
use std::collections::BTreeMap;

/// An administrative unit.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its id; the position in the file where it has none.
    pub id: String,
    /// Its name; the id where it has none.
    pub name: String,
    /// district, town, village, `sub_center_area` ...; `None` where the file does not say.
    pub level: Option<String>,
    /// People, where the file says so.
    pub population: Option<f64>,
    /// In degrees.
    pub area: MultiPolygon<f64>,
    /// Everything the feature says.
    pub attributes: BTreeMap<String, Scalar>,
}

impl Attributes for Unit {
    fn attribute(&self, name: &str) -> Option<&Scalar> {
        self.attributes.get(name)
    }
}

/// Lines and polygons that block or close. In degrees.
#[derive(Clone, Debug, Default)]
pub struct Obstacles {
    /// Open lines.
    pub lines: Vec<LineString<f64>>,
    /// Areas.
    pub areas: Vec<Polygon<f64>>,
}

/// Relative difference in area up to which a polygon counts as valid.
const AREA_TOLERANCE: f64 = 1e-6;

/// Chinese words for levels, and ours.
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
    ("急救分中心服务区", "sub_center_area"),
    ("sub_centre_area", "sub_center_area"),
];

/// The boundary: all polygons of the layer together.
pub fn read_boundary(layer: &mut LayerFile) -> Result<MultiPolygon<f64>, InputError> {
    let mut issues = std::mem::take(&mut layer.issues);
    let mut all = Vec::new();
    for feature in &layer.features {
        let place = layer.place(feature);
        match &feature.geometry {
            Some(geometry) => all.push(area(geometry, &place, &mut issues)?),
            None => issues.note(IssueCode::NoGeometry, &place, "null geometry", "a polygon; left out"),
        }
    }
    layer.used = all.len();
    layer.issues = issues;
    let union = match all.len() {
        1 => all.remove(0),
        _ => geo::unary_union(&all),
    };
    if union.0.is_empty() {
        return Err(InputError::wrong(Place::file(&layer.file), "no polygon", "at least one Polygon or MultiPolygon"));
    }
    Ok(union)
}

/// Administrative units.
pub fn read_units(layer: &mut LayerFile) -> Result<Vec<Unit>, InputError> {
    let mut issues = std::mem::take(&mut layer.issues);
    let mut units = Vec::with_capacity(layer.features.len());
    for feature in &layer.features {
        let place = layer.place(feature);
        let Some(geometry) = &feature.geometry else {
            issues.note(IssueCode::NoGeometry, &place, "null geometry", "a polygon; left out");
            continue;
        };
        let polygon = area(geometry, &place, &mut issues)?;
        let mut fields =
            FeatureFields { fields: &layer.fields, properties: &feature.properties, place, issues: &mut issues };
        let mut attributes = fields.attributes();
        let level = fields.text("level").map(|word| {
            LEVELS.iter().find(|(name, _)| *name == word).map_or(word.clone(), |(_, level)| (*level).to_owned())
        });
        if let Some(level) = &level {
            attributes.insert("level".to_owned(), Scalar::Text(level.clone()));
        }
        if let Some(urban) = fields.flag("urban") {
            attributes.insert("urban".to_owned(), Scalar::Bool(urban));
        }
        let population = fields.amount("population", &layer.file)?;
        let id = fields.text("id").or_else(|| feature.id.clone()).unwrap_or_else(|| feature.index.to_string());
        let name = fields.text("name").unwrap_or_else(|| id.clone());
        units.push(Unit { id, name, level, population, area: polygon, attributes });
    }
    layer.used = units.len();
    layer.issues = issues;
    Ok(units)
}

/// Barriers or closures.
pub fn read_obstacles(layer: &mut LayerFile) -> Result<Obstacles, InputError> {
    let mut issues = std::mem::take(&mut layer.issues);
    let mut obstacles = Obstacles::default();
    for feature in &layer.features {
        let place = layer.place(feature);
        let Some(geometry) = &feature.geometry else {
            issues.note(IssueCode::NoGeometry, &place, "null geometry", "a line or polygon; left out");
            continue;
        };
        if let Some(lines) = lines(geometry) {
            for line in lines {
                let line = line.iter().map(|p| coord(p, &place)).collect::<Result<Vec<_>, _>>()?;
                if line.len() < 2 {
                    issues.note(IssueCode::EmptyGeometry, &place, "a line of one position", "at least 2; left out");
                } else {
                    obstacles.lines.push(LineString::new(line));
                }
            }
        } else {
            obstacles.areas.extend(area(geometry, &place, &mut issues)?);
        }
        layer.used += 1;
    }
    layer.issues = issues;
    Ok(obstacles)
}

fn coord(position: &Position, place: &Place) -> Result<Coord<f64>, InputError> {
    lon_lat(position, place).map(|p| Coord { x: p.lon, y: p.lat })
}

/// The area of a geometry; what must be changed to compute with it is noted.
pub fn area(geometry: &GeometryValue, place: &Place, issues: &mut Issues) -> Result<MultiPolygon<f64>, InputError> {
    let Some(found) = polygons(geometry) else {
        return Err(InputError::wrong(
            place.clone().field("geometry"),
            geometry.type_name(),
            "Polygon or MultiPolygon",
        ));
    };
    let mut all = Vec::with_capacity(found.len());
    for rings in found {
        let mut rings = rings.iter().map(|ring| {
            let coords = ring.iter().map(|p| coord(p, place)).collect::<Result<Vec<_>, _>>()?;
            if coords.len() > 2 && coords.first() != coords.last() {
                issues.note(IssueCode::RingChanged, place, "an open ring", "a closed one; closed");
            }
            Ok(LineString::new(coords))
        });
        let Some(exterior) = rings.next().transpose()? else { continue };
        let interiors = rings.collect::<Result<Vec<_>, InputError>>()?;
        all.push(Polygon::new(exterior, interiors));
    }
    let area = MultiPolygon::new(all);
    let even_odd = area.union_with_fill_rule(&MultiPolygon::new(Vec::new()), FillRule::EvenOdd);
    // A ring that crosses itself, or rings that overlap, enclose another area than their even-odd interior.
    let (as_drawn, interior) = (area.unsigned_area(), even_odd.unsigned_area());
    if (as_drawn - interior).abs() <= AREA_TOLERANCE * as_drawn {
        return Ok(area);
    }
    let found =
        format!("rings that cross or overlap (area as drawn {:.3} times the even-odd interior)", as_drawn / interior);
    issues.note(IssueCode::InvalidPolygon, place, found, "a valid polygon; its even-odd interior is used");
    Ok(even_odd)
}
