//! KML and KMZ (OGC 12-007r2): placemarks, in degrees of WGS 84.
//!
//! In: XML, or a ZIP archive with XML in it. Out: a feature for every placemark, with its name, its description and its
//! extended data as properties. What a file only refers to (network links) is not followed.

use super::table::text_cell;
use super::{Format, ParsedFile, table, wkt};
use crate::budget::Budget;
use crate::encoding;
use crate::feature::RawFeature;
use crate::geometry::Geometry;
use crate::library_errors;
use crate::settings::LayerSpec;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::{Message, message};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Memory that an element of a placemark takes, bytes.
const BYTES_PER_ELEMENT: u64 = 160;
/// Memory that an unpacked byte takes: as it is, as text, and as the text of an element.
const BYTES_PER_BYTE: u64 = 3;
/// Deepest nesting of elements in a placemark.
const MAX_DEPTH: usize = 64;

/// Placemarks of a KML or KMZ file.
pub fn read(spec: &LayerSpec, bytes: &[u8], budget: Budget<'_>, issues: &mut Issues) -> Result<ParsedFile, InputError> {
    let file = &spec.file;
    let wrong = |problem: Problem| match problem {
        Problem::Found(found) => InputError::wrong(Place::file(file), found, message!("message.kml")),
        Problem::Beyond => budget.refuse(file, message!("message.kml")),
    };
    let unpacked;
    let bytes = if bytes.starts_with(b"PK") {
        unpacked = unpack(bytes, budget).map_err(wrong)?;
        &unpacked
    } else {
        bytes
    };
    let text = encoding::decode(file, bytes, spec.encoding.as_deref())?;
    let document = Document::read(&text.text, budget).map_err(wrong)?;
    if document.links > 0 {
        let found = message!("message.network_links", n = document.links);
        issues.note(IssueCode::Incomplete, &Place::file(file), found, message!("message.links_not_followed"));
    }
    let mut features = Vec::with_capacity(document.placemarks.len());
    for (index, placemark) in document.placemarks.iter().enumerate() {
        budget.go_on_at(index)?;
        let place = Place { feature: Some(index), ..Place::file(file) };
        let geometry = match geometry_of(placemark) {
            Ok(geometry) => geometry,
            Err(why) => {
                issues.note(IssueCode::GeometryLeftOut, &place, why, message!("message.geometry_left_out"));
                None
            }
        };
        features.push(RawFeature {
            index,
            id: placemark.id.clone(),
            geometry,
            properties: properties_of(placemark).into(),
        });
    }
    Ok(ParsedFile { format: Format::Kml, encoding: Some(text.encoding), crs: None, features, table: None })
}

/// Why a file is not read.
enum Problem {
    /// What was found instead of KML.
    Found(Message),
    /// More than its budget.
    Beyond,
}

impl From<Message> for Problem {
    fn from(found: Message) -> Self {
        Self::Found(found)
    }
}

/// The first KML file of an archive: the root, by the standard.
fn unpack(bytes: &[u8], budget: Budget<'_>) -> Result<Vec<u8>, Problem> {
    let damaged = |e: zip::result::ZipError| library_errors::damaged(&e);
    let mut archive = ZipArchive::new(budget.watch(Cursor::new(bytes))).map_err(damaged)?;
    let is_kml = |name: &[u8]| name.to_ascii_lowercase().ends_with(b".kml");
    let at = archive.file_names_raw().position(is_kml).ok_or_else(|| message!("message.zip_without_kml"))?;
    let entry = archive.by_index(at).map_err(damaged)?;
    let most = budget.most() / BYTES_PER_BYTE;
    if entry.size() > most {
        return Err(Problem::Beyond);
    }
    let mut content = Vec::new();
    entry.take(most.saturating_add(1)).read_to_end(&mut content).map_err(|e| library_errors::damaged(&e))?;
    if content.len() as u64 > most { Err(Problem::Beyond) } else { Ok(content) }
}

/// An element of a placemark.
#[derive(Debug, Default)]
struct Element {
    /// Without its namespace.
    kind: String,
    id: Option<String>,
    /// The attribute `name` of data and fields.
    name: Option<String>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn of(start: &BytesStart<'_>) -> Self {
        let attribute = |name: &str| {
            let found = start.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
            let raw = found.value.into_owned();
            Some(quick_xml::escape::unescape(&raw).map_or_else(|_| raw.clone(), std::borrow::Cow::into_owned))
        };
        let kind = start.local_name().as_ref().to_owned();
        Self { kind, id: attribute("id"), name: attribute("name"), ..Self::default() }
    }

    fn child(&self, kind: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.kind == kind)
    }

    fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.kind == kind)
    }
}

/// The content of a KML file.
#[derive(Debug, Default)]
struct Document {
    placemarks: Vec<Element>,
    /// Number of links to other files.
    links: usize,
}

impl Document {
    fn read(text: &str, budget: Budget<'_>) -> Result<Self, Problem> {
        let mut reader = Reader::from_str(text);
        let mut left = budget.most() / BYTES_PER_ELEMENT;
        let mut document = Self::default();
        let mut is_kml = false;
        loop {
            match reader.read_event().map_err(|e| library_errors::damaged(&e))? {
                Event::Start(start) => match start.local_name().as_ref() {
                    "kml" => is_kml = true,
                    "Placemark" => document.placemarks.push(element(&mut reader, &start, &mut left)?),
                    "NetworkLink" => document.links += 1,
                    _ => {}
                },
                Event::Empty(start) if start.local_name().as_ref() == "Placemark" => {
                    spend(&mut left)?;
                    document.placemarks.push(Element::of(&start));
                }
                Event::Eof => break,
                _ => {}
            }
        }
        if is_kml || !document.placemarks.is_empty() { Ok(document) } else { Err(message!("message.no_kml").into()) }
    }
}

/// Takes one element from those that are left.
fn spend(left: &mut u64) -> Result<(), Problem> {
    *left = left.checked_sub(1).ok_or(Problem::Beyond)?;
    Ok(())
}

/// The element that has just begun, up to its end. `left` is the number of elements that the file may still have.
fn element(reader: &mut Reader<&[u8]>, start: &BytesStart<'_>, left: &mut u64) -> Result<Element, Problem> {
    spend(left)?;
    let mut open = vec![Element::of(start)];
    loop {
        let event = reader.read_event().map_err(|e| library_errors::damaged(&e))?;
        if let Event::Start(start) = &event {
            if open.len() == MAX_DEPTH {
                return Err(message!("message.too_deep").into());
            }
            spend(left)?;
            open.push(Element::of(start));
            continue;
        }
        let Some(inner) = open.last_mut() else { return Err(message!("message.text_ends").into()) };
        match event {
            Event::Empty(start) => {
                spend(left)?;
                inner.children.push(Element::of(&start));
            }
            Event::Text(text) => inner.text.push_str(&text.xml10_content()),
            Event::CData(text) => inner.text.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(sign)) => inner.text.push(sign),
                _ => inner.text.push_str(named_entity(&entity)),
            },
            Event::End(_) => {
                let Some(done) = open.pop() else { return Err(message!("message.text_ends").into()) };
                match open.last_mut() {
                    Some(outer) => outer.children.push(done),
                    None => return Ok(done),
                }
            }
            Event::Eof => return Err(message!("message.text_ends").into()),
            _ => {}
        }
    }
}

/// The sign of an entity; nothing for one that XML does not know.
fn named_entity(name: &str) -> &'static str {
    quick_xml::escape::resolve_xml_entity(name).unwrap_or_default()
}

/// Name, description, and the extended data, whose plain numbers become numbers.
fn properties_of(placemark: &Element) -> Map<String, Value> {
    let mut all = Map::new();
    for kind in ["name", "description"] {
        let text = placemark.child(kind).map_or(Value::Null, |found| text_cell(&found.text));
        if !text.is_null() {
            all.insert(kind.to_owned(), text);
        }
    }
    for extended in placemark.all("ExtendedData") {
        for data in extended.all("Data") {
            if let (Some(name), Some(value)) = (&data.name, data.child("value")) {
                all.insert(name.clone(), table::plain_cell(&value.text));
            }
        }
        for field in extended.all("SchemaData").flat_map(|schema| schema.all("SimpleData")) {
            if let Some(name) = &field.name {
                all.insert(name.clone(), table::plain_cell(&field.text));
            }
        }
    }
    all
}

/// The geometry of a placemark; `None` if it has none. The error says what it has instead.
fn geometry_of(element: &Element) -> Result<Option<Geometry>, Message> {
    let mut parts = Vec::new();
    for child in &element.children {
        parts.extend(geometry(child)?);
    }
    // A placemark has one; those of a multi-geometry are one.
    Ok(if parts.len() > 1 { Some(Geometry::Collection(parts)) } else { parts.pop() })
}

fn geometry(element: &Element) -> Result<Option<Geometry>, Message> {
    let line = || positions(element.child("coordinates").map_or("", |found| &found.text));
    Ok(match element.kind.as_str() {
        "Point" => match line()?.as_slice() {
            [] => None,
            [one] => Some(Geometry::Point(*one)),
            more => return Err(message!("message.point_of_several", n = more.len())),
        },
        "LineString" | "LinearRing" => Some(Geometry::LineString(line()?)).filter(|g| !is_empty(g)),
        "Polygon" => {
            let ring = |boundary: &Element| -> Result<Option<Vec<LonLat>>, Message> {
                let coordinates = boundary.child("LinearRing").and_then(|ring| ring.child("coordinates"));
                coordinates.map(|found| positions(&found.text)).transpose()
            };
            let outer = element.all("outerBoundaryIs").map(ring).next().transpose()?.flatten();
            let Some(outer) = outer.filter(|ring| !ring.is_empty()) else { return Ok(None) };
            let mut rings = vec![outer];
            for inner in element.all("innerBoundaryIs") {
                rings.extend(ring(inner)?.filter(|ring| !ring.is_empty()));
            }
            Some(Geometry::Polygon(rings))
        }
        "MultiGeometry" => one_kind(geometry_of(element)?),
        other @ ("Model" | "Track" | "MultiTrack") => {
            return Err(message!("message.kml_geometry", kind = other));
        }
        _ => None,
    })
}

fn is_empty(geometry: &Geometry) -> bool {
    let mut any = false;
    geometry.each_run(&mut |run| any |= !run.is_empty());
    !any
}

/// A collection of points, of lines or of polygons as the geometry of several parts that it is.
fn one_kind(geometry: Option<Geometry>) -> Option<Geometry> {
    let Some(Geometry::Collection(parts)) = geometry else { return geometry };
    let code = match parts.first() {
        Some(Geometry::Point(_)) => 4,
        Some(Geometry::LineString(_)) => 5,
        Some(Geometry::Polygon(_)) => 6,
        _ => 7,
    };
    Some(wkt::collect(code, parts))
}

/// Positions as KML writes them: `longitude,latitude[,altitude]`, with space between them.
fn positions(text: &str) -> Result<Vec<LonLat>, Message> {
    let position = |tuple: &str| {
        let mut numbers = tuple.split(',').map(|n| n.parse::<f64>().ok().filter(|n| n.is_finite()));
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(lon), Some(lat)) => Ok(LonLat::new(lon, lat)),
            _ => Err(message!("message.kml_position", text = tuple.chars().take(40).collect::<String>())),
        }
    };
    text.split_whitespace().map(position).collect()
}
