//! Shapefiles: `.shp` with the `.dbf`, `.prj` and `.cpg` beside it.
//!
//! In: the bytes of the four. Out: features and the reference system. Chinese exports often lack the `.cpg`: the encoding
//! is then recognised by the bytes, and noted.

use super::{Format, ParsedFile, Purpose, rings};
use crate::budget::Budget;
use crate::feature::RawFeature;
use crate::geometry::Geometry;
use crate::library_errors;
use crate::properties::{Properties, Property};
use crate::settings::LayerSpec;
use crate::{crs_wkt, encoding};
use dbase::FieldValue;
use dbase::encoding::EncodingRs;
use encoding_rs::{Encoding, GB18030, UTF_8};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::{Message, message};
use rustc_hash::FxHashMap;
use serde_json::Value;
use shapefile::record::polygon::PolygonRing;
use shapefile::record::traits::HasXY;
use shapefile::{Shape, ShapeReader};
use std::io::Cursor;
use std::sync::Arc;

/// Features of a shapefile.
pub fn read(
    spec: &LayerSpec,
    bytes: &[u8],
    purpose: Purpose<'_>,
    issues: &mut Issues,
) -> Result<ParsedFile, InputError> {
    let Purpose { source, budget, .. } = purpose;
    let file = &spec.file;
    let wrong = |what: Message| InputError::wrong(Place::file(file), what, message!("message.complete_shapefile"));
    let beside = |extension: &str| {
        let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
        [extension.to_lowercase(), extension.to_uppercase()]
            .iter()
            .find_map(|e| source.read(&format!("{stem}.{e}"), &message!("message.part_of_shapefile")).ok())
    };
    let mut reader =
        ShapeReader::new(budget.watch(Cursor::new(bytes))).map_err(|e| wrong(library_errors::damaged(&e)))?;
    let mut shapes = Vec::new();
    for (index, shape) in reader.iter_shapes().enumerate() {
        shapes
            .push(shape.map_err(|e| wrong(message!("message.record", n = index, what = library_errors::damaged(&e))))?);
    }
    let (records, encoding) = if let Some(dbf) = beside("dbf") {
        let rows = records(spec, &dbf, beside("cpg"), budget, issues)?;
        leave_out_deleted(file, &dbf, rows.0.len(), &mut shapes, issues);
        rows
    } else {
        let wanted = message!("message.dbf_wanted");
        issues.note(IssueCode::ValueMissing, &Place::file(file), message!("message.shp_alone"), wanted);
        (Vec::new(), None)
    };
    if beside("shx").is_none() {
        let (found, wanted) = (message!("message.no_shx"), message!("message.read_without_shx"));
        issues.note(IssueCode::PartNotUsed, &Place::file(file), found, wanted);
    }
    if !records.is_empty() && records.len() != shapes.len() {
        return Err(wrong(message!("message.shapes_rows", shapes = shapes.len(), rows = records.len()))
            .with_help(message!("message.not_same_export")));
    }
    // A reference system in region.toml goes first; the `.prj` need not be understood then.
    let crs = match beside("prj").filter(|_| spec.crs.is_none()) {
        Some(prj) => {
            let text = encoding::decode(file, &prj, Some("utf-8"))?;
            crs_wkt::proj_string(&text.text).map_err(|why| {
                InputError::wrong(Place::file(file).field("prj"), why, message!("message.crs_known"))
                    .with_help(message!("message.name_crs", file = file))
            })?
        }
        None => None,
    };
    let mut records = records.into_iter();
    let features = shapes
        .into_iter()
        .enumerate()
        .map(|(index, shape)| {
            let properties = records.next().unwrap_or_default();
            RawFeature { index, id: None, geometry: geometry(shape), properties }
        })
        .collect();
    Ok(ParsedFile { format: Format::Shapefile, encoding, crs, features, table: None })
}

/// Takes the shapes out whose row is marked as deleted, and notes these rows. `kept` is the number of rows that are not.
fn leave_out_deleted(file: &str, dbf: &[u8], kept: usize, shapes: &mut Vec<Shape>, issues: &mut Issues) {
    let deleted = deleted_rows(dbf);
    for row in &deleted {
        let place = Place { feature: Some(*row), ..Place::file(file) };
        issues.note(IssueCode::PartNotUsed, &place, message!("message.deleted_row"), message!("message.left_out"));
    }
    // Software that packs the shapes alone leaves the rows: the shapes are those of the others then.
    if shapes.len() == kept + deleted.len() {
        let mut deleted = deleted.into_iter().peekable();
        let mut row = 0;
        shapes.retain(|_| {
            row += 1;
            deleted.next_if_eq(&(row - 1)).is_none()
        });
    }
}

/// Positions of the rows that are marked as deleted (an asterisk in front), counted from 0.
fn deleted_rows(dbf: &[u8]) -> Vec<usize> {
    // Number of rows, offset of the first one, and their length stand in the header at 4, 8 and 10.
    let Some([a, b, c, d, start_low, start_high, low, high]) = dbf.get(4..12) else { return Vec::new() };
    let count = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
    let start = usize::from(u16::from_le_bytes([*start_low, *start_high]));
    let length = usize::from(u16::from_le_bytes([*low, *high])).max(1);
    let rows = dbf.get(start..).unwrap_or_default().chunks(length).take(count);
    rows.enumerate().filter(|(_, row)| row.first() == Some(&b'*')).map(|(at, _)| at).collect()
}

type Rows = (Vec<Properties>, Option<&'static str>);

fn records(
    spec: &LayerSpec,
    dbf: &[u8],
    cpg: Option<Vec<u8>>,
    budget: Budget<'_>,
    issues: &mut Issues,
) -> Result<Rows, InputError> {
    let file = &spec.file;
    let wrong = |what: Message| InputError::wrong(Place::file(file), what, message!("message.readable_dbf"));
    let label = cpg.map(|c| String::from_utf8_lossy(&c).trim().to_owned());
    let stated = spec.encoding.clone().or(label);
    let of_label = |label: &str| {
        let digits = label.trim_start_matches(|c: char| !c.is_ascii_digit());
        match digits {
            "936" => Some(GB18030),
            "65001" => Some(UTF_8),
            _ => Encoding::for_label(label.as_bytes()),
        }
    };
    let encoding = if let Some(label) = &stated {
        of_label(label).ok_or_else(|| wrong(message!("message.the_encoding", label = label)))?
    } else {
        // The header gives the offset of the rows, whose text shows the encoding.
        let start = dbf.get(8..10).map_or(0, |b| usize::from(u16::from_le_bytes([b[0], b[1]])));
        let decoded = encoding::decode(file, dbf.get(start..).unwrap_or_default(), None);
        match decoded {
            Ok(text) if text.guessed => GB18030,
            // Widths of fields cut characters in two: still UTF-8.
            _ => UTF_8,
        }
    };
    if stated.is_none() && encoding != UTF_8 {
        let wanted = message!("message.cpg_wanted");
        issues.note(IssueCode::EncodingGuessed, &Place::file(file), message!("message.gbk_dbf"), wanted);
    }
    let damaged =
        |e: dbase::Error| wrong(library_errors::damaged(&e)).with_help(message!("message.name_encoding", file = file));
    let builder = dbase::ReaderBuilder::new().with_encoding(EncodingRs::from(encoding));
    let mut reader = builder.build(budget.watch(Cursor::new(dbf))).map_err(damaged)?;
    let (mut rows, mut names) = (Vec::new(), FxHashMap::<String, Arc<str>>::default());
    // One row after the other: as the crate keeps them all, each field would hold its own copy of its name.
    for (index, record) in reader.iter_records().enumerate() {
        let mut all: Vec<(Arc<str>, Property)> = Vec::new();
        for (name, field) in record.map_err(damaged)? {
            if let FieldValue::Character(Some(text)) = &field
                && text.contains('\u{fffd}')
            {
                let place = Place { feature: Some(index), ..Place::file(file).field(&name) };
                let wanted = message!("message.text_in", encoding = encoding.name());
                issues.note(IssueCode::NotUnderstood, &place, format!("\"{text}\""), wanted);
            }
            let mut shared = || names.entry(name.clone()).or_insert_with(|| name.as_str().into()).clone();
            all.extend(value(field).map(|value| (shared(), value.into())));
        }
        // The crate keeps them in a hash map: order would differ from run to run.
        all.sort_by(|a, b| a.0.cmp(&b.0));
        rows.push(all.into_iter().collect());
    }
    Ok((rows, Some(encoding.name())))
}

fn value(value: FieldValue) -> Option<Value> {
    let number = |n: f64| {
        if n.fract() == 0.0 && n.abs() < 9e15 { Some(Value::from(n as i64)) } else { Some(Value::from(n)) }
    };
    match value {
        FieldValue::Character(text) => text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).map(Value::from),
        FieldValue::Numeric(n) => n.and_then(number),
        FieldValue::Float(n) => n.and_then(|n| number(f64::from(n))),
        FieldValue::Double(n) | FieldValue::Currency(n) => number(n),
        FieldValue::Integer(n) => Some(Value::from(n)),
        FieldValue::Logical(b) => b.map(Value::from),
        FieldValue::Memo(text) => Some(Value::from(text)),
        FieldValue::Date(date) => date.map(|d| Value::from(d.to_string())),
        FieldValue::DateTime(_) => None,
    }
}

fn geometry(shape: Shape) -> Option<Geometry> {
    fn positions<P: HasXY>(points: &[P]) -> Vec<LonLat> {
        points.iter().map(|p| LonLat::new(p.x(), p.y())).collect()
    }
    fn lines<P: HasXY>(parts: &[Vec<P>]) -> Geometry {
        Geometry::MultiLineString(parts.iter().map(|p| positions(p)).collect())
    }
    fn polygons<P: HasXY>(all: &[PolygonRing<P>]) -> Geometry
    where
        PolygonRing<P>: Sized,
    {
        let (mut outer, mut holes) = (Vec::new(), Vec::new());
        for ring in all {
            match ring {
                PolygonRing::Outer(points) => outer.push(positions(points)),
                PolygonRing::Inner(points) => holes.push(positions(points)),
            }
        }
        rings::with_holes(outer, holes)
    }
    Some(match shape {
        Shape::NullShape | Shape::Multipatch(_) => return None,
        Shape::Point(p) => Geometry::Point(LonLat::new(p.x, p.y)),
        Shape::PointM(p) => Geometry::Point(LonLat::new(p.x, p.y)),
        Shape::PointZ(p) => Geometry::Point(LonLat::new(p.x, p.y)),
        Shape::Multipoint(m) => Geometry::MultiPoint(positions(m.points())),
        Shape::MultipointM(m) => Geometry::MultiPoint(positions(m.points())),
        Shape::MultipointZ(m) => Geometry::MultiPoint(positions(m.points())),
        Shape::Polyline(l) => lines(l.parts()),
        Shape::PolylineM(l) => lines(l.parts()),
        Shape::PolylineZ(l) => lines(l.parts()),
        Shape::Polygon(p) => polygons(p.rings()),
        Shape::PolygonM(p) => polygons(p.rings()),
        Shape::PolygonZ(p) => polygons(p.rings()),
    })
}
