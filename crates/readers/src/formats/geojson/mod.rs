//! GeoJSON as it comes in practice.
//!
//! In: text. Out: features. Understood beside a `FeatureCollection`: one feature or one bare geometry, a bare list of
//! features, and features one a line (`GeoJSONSeq`, newline-delimited). Values that JSON does not know (`NaN`, `1e999`)
//! are kept as text, so that the reader of the field notes that it does not understand them.

mod chunks;
mod feature;

use super::{Format, ParsedFile};
use crate::feature::RawFeature;
use crate::geometry::TYPES;
use crate::library_errors;
use crate::properties::{BEYOND_INTEGERS, PropertiesReader};
use feature::FeatureRead;
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::{Message, message};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// The top of a file.
#[derive(Deserialize)]
struct TopLevel<'a> {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(borrow, default)]
    features: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    crs: Option<Value>,
}

/// Features of GeoJSON text.
pub fn read(file: &str, text: &str, issues: &mut Issues) -> Result<ParsedFile, InputError> {
    let text = text.trim_start_matches(['\u{1e}', ' ', '\t', '\r', '\n']).trim_end_matches(['\0', '\u{1a}']);
    if text.is_empty() {
        return Err(InputError::wrong(
            Place::file(file),
            message!("message.empty_file"),
            message!("message.feature_collection"),
        ));
    }
    let read = match chunks::read(text) {
        Some(read) => read,
        None => whole(file, text)?,
    };
    let place = Place::file(file);
    if let Some(form) = read.form {
        issues.note(IssueCode::TopLevel, &place, form, message!("message.read_as_collection"));
    }
    for notes in read.notes {
        let id = read.features[notes.feature].id.clone();
        let place = Place { feature: Some(notes.feature), id, ..place.clone() };
        for key in notes.repeated {
            let found = message!("message.key_twice", key = &key);
            issues.note(IssueCode::DuplicateKey, &place.clone().field(&key), found, message!("message.last_used"));
        }
        if notes.text_coordinates > 0 {
            let count = message!("message.text_coordinates", n = notes.text_coordinates);
            issues.note(
                IssueCode::NumberAsText,
                &place.field("coordinates"),
                count,
                message!("message.read_as_numbers"),
            );
        }
    }
    let crs = read.crs.map(|crs| crs_name(file, &crs)).transpose()?.flatten();
    Ok(ParsedFile { format: read.format, crs, features: read.features, encoding: None, table: None })
}

/// Why a text, or one feature of it, cannot be read.
#[derive(Debug)]
enum Fault {
    /// No JSON, or JSON of another shape.
    Json(serde_json::Error),
    /// A `Topology`.
    TopoJson,
    /// JSON, but no GeoJSON.
    Other(Message),
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

/// The outcome of reading a text.
#[derive(Debug)]
struct TextRead {
    format: Format,
    /// Form of a text that is no `FeatureCollection`.
    form: Option<Message>,
    crs: Option<Value>,
    features: Vec<RawFeature>,
    notes: Vec<FeatureNotes>,
}

/// What is to be noted of one feature.
#[derive(Debug, PartialEq)]
struct FeatureNotes {
    /// Position in the file.
    feature: usize,
    /// Names of properties that stand twice.
    repeated: Vec<String>,
    /// Numbers in the coordinates that were written as text.
    text_coordinates: usize,
}

impl FeatureNotes {
    /// Separates the feature from its notes, if there are any.
    fn part(found: FeatureRead) -> (RawFeature, Option<Self>) {
        let FeatureRead { feature, repeated, text_coordinates } = found;
        let notes = Self { feature: feature.index, repeated, text_coordinates };
        let any = !notes.repeated.is_empty() || text_coordinates > 0;
        (feature, any.then_some(notes))
    }
}

/// Reads any text in two passes: first the texts of the features, then their content.
fn whole(file: &str, text: &str) -> Result<TextRead, InputError> {
    let repaired;
    let mut text = text;
    let mut raw = split(text);
    if raw.is_err()
        && let Some(quoted) = quote_foreign_values(text)
    {
        repaired = quoted;
        text = &repaired;
        raw = split(text);
    }
    let raw = raw.map_err(|fault| not_json(file, text, fault))?;
    let found: Vec<Result<FeatureRead, InputError>> = raw
        .features
        .par_iter()
        .enumerate()
        .map_init(PropertiesReader::default, |names, (index, text)| {
            feature::read(index, text, names).map_err(|fault| {
                let place = Place { feature: Some(index), ..Place::file(file) };
                let found = match fault {
                    Fault::Json(error) => library_errors::json_part(&error),
                    Fault::TopoJson => Message::from("TopoJSON"),
                    Fault::Other(found) => found,
                };
                InputError::wrong(place, found, message!("message.feature_wanted"))
                    .with_help(message!("message.correct_feature"))
            })
        })
        .collect();
    let mut notes = Vec::new();
    let mut features = Vec::with_capacity(found.len());
    for found in found {
        let (feature, more) = FeatureNotes::part(found?);
        features.push(feature);
        notes.extend(more);
    }
    Ok(TextRead { format: raw.format, form: raw.form, crs: raw.crs, features, notes })
}

/// The texts of the features, not read yet.
struct TextSplit<'a> {
    format: Format,
    /// Form of a text that is no `FeatureCollection`.
    form: Option<Message>,
    crs: Option<Value>,
    features: Vec<&'a str>,
}

fn split(text: &str) -> Result<TextSplit<'_>, Fault> {
    if text.starts_with('[') {
        let all: Vec<&RawValue> = serde_json::from_str(text)?;
        let features = all.into_iter().map(RawValue::get).collect();
        return Ok(TextSplit {
            format: Format::GeoJson,
            form: Some(message!("message.bare_list")),
            crs: None,
            features,
        });
    }
    match serde_json::from_str::<TopLevel<'_>>(text) {
        Ok(top) => one(top, text),
        Err(e) if e.to_string().starts_with("trailing characters") => sequence(text),
        Err(e) => Err(e.into()),
    }
}

fn one<'a>(top: TopLevel<'a>, text: &'a str) -> Result<TextSplit<'a>, Fault> {
    let kind = top.kind.as_deref().unwrap_or_default();
    let (form, features) = match (kind, top.features) {
        ("FeatureCollection", Some(features)) => (None, features.into_iter().map(RawValue::get).collect()),
        ("Feature", _) => (Some(message!("message.single_feature")), vec![text]),
        (kind, _) if TYPES.contains(&kind) => (Some(message!("message.bare_geometry")), vec![text]),
        ("Topology", _) => return Err(Fault::TopoJson),
        ("", _) => return Err(Fault::Other(message!("message.without_type_and_features"))),
        (kind, _) => return Err(Fault::Other(message!("message.without_features", kind = kind))),
    };
    Ok(TextSplit { format: Format::GeoJson, form, crs: top.crs, features })
}

/// Features one after the other, each whole; a record separator may stand before each (RFC 8142).
fn sequence(text: &str) -> Result<TextSplit<'_>, Fault> {
    let mut out = TextSplit {
        format: Format::GeoJsonSeq,
        form: Some(message!("message.one_a_line")),
        crs: None,
        features: vec![],
    };
    for part in text.split('\u{1e}') {
        for raw in serde_json::Deserializer::from_str(part).into_iter::<&RawValue>() {
            let raw = raw?.get();
            let top: TopLevel<'_> = serde_json::from_str(raw)?;
            let inner = one(top, raw)?;
            out.crs = out.crs.or(inner.crs);
            out.features.extend(inner.features);
        }
    }
    Ok(out)
}

fn not_json(file: &str, text: &str, fault: Fault) -> InputError {
    let wrong = |found: Message| InputError::wrong(Place::file(file), found, message!("message.feature_collection"));
    if !text.starts_with(['{', '[']) {
        let first: String = text.lines().next().unwrap_or_default().chars().take(40).collect();
        let table = [',', ';', '\t'].iter().any(|c| first.contains(*c)) && !first.starts_with('<');
        let help = if table { message!("message.looks_like_table") } else { message!("message.right_file_geojson") };
        return wrong(message!("message.starts_with", first = first)).with_help(help);
    }
    match fault {
        Fault::Json(error) if error.is_eof() => {
            wrong(library_errors::json(&error)).with_help(message!("message.cut_short"))
        }
        Fault::Json(error) => wrong(library_errors::json(&error)).with_help(message!("message.maybe_cut")),
        Fault::Other(found) => wrong(found).with_help(message!("message.maybe_cut")),
        Fault::TopoJson => wrong(Message::from("TopoJSON")).with_help(message!("message.export_geojson")),
    }
}

/// Puts quotation marks around bare words that JSON does not know (`NaN`, `Infinity`, `None`) and around numbers too
/// large for an integer: the digits of a long code would be lost. `None` without any.
pub(super) fn quote_foreign_values(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len() + 64);
    let (mut at, mut copied) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'+' | b'.' => {
                let start = at;
                while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || b"+-.".contains(&bytes[at])) {
                    at += 1;
                }
                let word = &text[start..at];
                if foreign(word) {
                    out.push_str(&text[copied..start]);
                    out.push('"');
                    out.push_str(word);
                    out.push('"');
                    copied = at;
                }
            }
            _ => at += 1,
        }
    }
    (copied > 0).then(|| {
        out.push_str(&text[copied..]);
        out
    })
}

fn foreign(word: &str) -> bool {
    match word {
        "true" | "false" | "null" => false,
        word if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            word.parse::<f64>().is_ok_and(|n| n.abs() >= BEYOND_INTEGERS)
        }
        "NaN" | "nan" | "NAN" | "Infinity" | "inf" | "Inf" | "+Infinity" | "None" | "undefined" | "True" | "False"
        | "NULL" | "Null" => true,
        _ => false,
    }
}

/// What a `crs` member names; `None` for null.
fn crs_name(file: &str, crs: &Value) -> Result<Option<String>, InputError> {
    let properties = &crs["properties"];
    let name = match crs["type"].as_str() {
        _ if crs.is_null() => return Ok(None),
        Some("EPSG") => properties["code"].as_u64().map(|code| format!("EPSG:{code}")),
        Some("name" | "Name") => properties["name"].as_str().map(str::to_owned),
        _ => None,
    };
    name.map(Some).ok_or_else(|| {
        InputError::wrong(Place::file(file).field("crs"), crs.to_string(), message!("message.named_crs"))
            .with_help(message!("message.crs_in_toml"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Geometry;
    use crate::properties::Property;

    const POINT: &str =
        r#"{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[118.5,24.7]},"properties":{"人口":3}}"#;

    fn parse(text: &str) -> Result<(ParsedFile, Issues), String> {
        let mut issues = Issues::default();
        read("f.geojson", text, &mut issues).map(|p| (p, issues)).map_err(|e| e.to_string())
    }

    fn codes(issues: &Issues) -> Vec<IssueCode> {
        issues.list().iter().map(|i| i.code).collect()
    }

    #[test]
    fn every_form_of_top_gives_the_same_feature() {
        let collection = format!(r#"{{"type":"FeatureCollection","features":[{POINT}]}}"#);
        let tops = [
            collection.clone(),
            collection.replace(',', ",\r\n"),
            POINT.to_owned(),
            format!("[{POINT}]"),
            format!("\u{1e}{POINT}\n\u{1e}{POINT}\n"),
            format!("{POINT}\r\n{POINT}\r\n"),
            format!("{collection}\n{collection}"),
        ];
        for top in &tops {
            let (parsed, issues) = parse(top).unwrap();
            let first = &parsed.features[0];
            assert_eq!(first.id.as_deref(), Some("7"), "{top}");
            assert_eq!(first.properties.get("人口"), Some(&Property::from(Value::from(3))));
            assert_eq!(first.geometry.as_ref().and_then(Geometry::point).map(|p| p.lon), Some(118.5));
            let plain = top.contains("FeatureCollection") && !top.contains("}\n{");
            assert_eq!(codes(&issues).is_empty(), plain, "{top}");
        }
        let (parsed, _) = parse(r#"{"coordinates":[1,2],"type":"Point"}"#).unwrap();
        assert_eq!(parsed.features.len(), 1);
        assert!(parsed.features[0].properties.is_empty());
    }

    #[test]
    fn foreign_values_become_words_and_text_coordinates_numbers() {
        let nan = POINT.replace('3', "NaN");
        let (parsed, _) = parse(&format!(r#"{{"type":"FeatureCollection","features":[{nan}]}}"#)).unwrap();
        assert_eq!(parsed.features[0].properties.get("人口"), Some(&Property::Text("NaN".into())));
        let (parsed, _) = parse(&POINT.replace('3', "1e999")).unwrap();
        assert_eq!(parsed.features[0].properties.get("人口"), Some(&Property::Text("1e999".into())));
        let text = POINT.replace("118.5", "\" 118.5 \"").replace("\"人口\":3", "\"人口\":3,\"人口\":4");
        let (parsed, issues) = parse(&text).unwrap();
        assert_eq!(parsed.features[0].geometry.as_ref().and_then(Geometry::point).map(|p| p.lon), Some(118.5));
        assert_eq!(codes(&issues), [IssueCode::NumberAsText, IssueCode::TopLevel, IssueCode::DuplicateKey]);
        let line = r#"{"type":"LineString","coordinates":[["118.5","２４.7"],[118.6,24.8]]}"#;
        let inner = format!(r#"{{"type":"GeometryCollection","geometries":[{line}]}}"#);
        let nested = format!(r#"{{"type":"GeometryCollection","geometries":[{inner},{line}]}}"#);
        for text in [nested.clone(), format!(r#"{{"type":"Feature","geometry":{nested},"properties":null}}"#)] {
            let (parsed, issues) = parse(&text).unwrap();
            let lines = parsed.features[0].geometry.as_ref().and_then(Geometry::lines).unwrap();
            assert_eq!(lines.iter().map(|l| (l[0].lon, l[0].lat)).collect::<Vec<_>>(), [(118.5, 24.7); 2]);
            let noted = issues.list().into_iter().find(|i| i.code == IssueCode::NumberAsText).unwrap();
            assert!(noted.examples[0].found.to_string().contains('4'), "{noted:?}");
        }
        for bad in ["NaN", "1e999", "null", "\"east\"", "-Infinity", "{}"] {
            let error = parse(&POINT.replace("118.5", bad)).expect_err(bad);
            assert!(error.contains("feature 0"), "{bad}: {error}");
        }
    }

    #[test]
    fn a_word_inside_a_string_is_left_alone() {
        assert_eq!(quote_foreign_values(r#"{"a":"NaN \" NaN","b":NaN}"#).unwrap(), r#"{"a":"NaN \" NaN","b":"NaN"}"#);
        assert_eq!(quote_foreign_values(r#"{"a":-1.5e3,"b":true,"c":null,"d":"NaN"}"#), None);
        assert_eq!(quote_foreign_values(r#""unfinished \"#), None);
    }

    #[test]
    fn what_is_not_geojson_is_named() {
        for (text, words) in [
            ("", "empty file"),
            ("lon,lat,name\n118,24,a\n", "looks like a table"),
            ("<kml>", "right file"),
            (r#"{"type":"Topology","objects":{}}"#, "TopoJSON"),
            (r#"{"type":"FeatureCollection"}"#, "without `features`"),
            (r#"{"type":"FeatureCollection","features":[{"type":"Feature"#, "cut short"),
            (r#"{"type":"FeatureCollection","features":[null]}"#, "feature 0"),
            (r#"{"type":"FeatureCollection","features":[{"type":"Fee"}]}"#, "\"Fee\""),
            (r#"{"type":"FeatureCollection","crs":{"type":"link"},"features":[]}"#, "crs"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(words), "{text}: {error}");
        }
        let deep = "[".repeat(200_000);
        assert!(parse(&deep).is_err());
        let deep = format!(
            r#"{{"type":"Feature","geometry":null,"properties":{{"a":{}1{}}}}}"#,
            "[".repeat(5000),
            "]".repeat(5000)
        );
        assert!(parse(&deep).err().is_some_and(|e| e.contains("recursion limit")));
    }
}
