//! Advice that lifering prints, followed as a user would.
//!
//! In: what was said of a layer, and the town it was said of. Out: where following it leads: into the town, or astray.

use super::town::{ORIGIN, Town};
use super::write;
use lifering_core::city::{City, OpenOptions};
use lifering_core::run::Silent;
use lifering_readers::source::Source;
use std::fmt::Write as _;

/// Advice that can be followed without knowing more.
#[derive(Clone, Debug, PartialEq)]
enum Advice {
    /// Another reference system.
    System(String),
    /// Longitude and latitude, or easting and northing, the other way round; then perhaps a reference system.
    Turn(Option<String>),
    /// A column for a field.
    Column { layer: String, field: String, column: String },
    /// The datum of a web map.
    Datum(String),
}

/// The text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

fn system(text: &str) -> Option<String> {
    let stated = between(text, "crs = \"EPSG:", "\"").or_else(|| between(text, "; in EPSG:", " they lie"))?;
    stated.bytes().all(|b| b.is_ascii_digit()).then(|| format!("EPSG:{stated}"))
}

/// What a text advises; `None` if it leaves to the user what to do.
fn read(text: &str) -> Option<Advice> {
    // One of several systems may be meant: the user has to know which.
    if text.contains("to \"EPSG:4554\"") {
        return None;
    }
    if text.contains("exchange the two") {
        return Some(Advice::Turn(system(text)));
    }
    if text.contains("may be swapped") || text.contains("are swapped in one of the two") {
        return Some(Advice::Turn(None));
    }
    if let Some(told) = between(text, "add `[fields.", "\"`") {
        let (layer, rest) = told.split_once("] ")?;
        let (field, column) = rest.split_once(" = \"")?;
        return Some(Advice::Column { layer: layer.to_owned(), field: field.to_owned(), column: column.to_owned() });
    }
    if let Some(datum) = between(text, "set datum = \"", "\"") {
        return Some(Advice::Datum(datum.to_owned()));
    }
    system(text).map(Advice::System)
}

/// The layer that a refusal is about, by the name of its file.
pub fn layer_of(town: &Town, refusal: &str) -> Option<&'static str> {
    town.tables.iter().map(|table| table.key).find(|key| refusal.contains(&format!("{key}.")))
}

/// Follows what was said of a layer. The error says where it leads.
pub fn follow(town: &Town, key: &'static str, text: &str) -> Result<bool, String> {
    let Some(advice) = read(text) else { return Ok(false) };
    let mut town = town.clone();
    match &advice {
        Advice::System(code) => town.table(key).stated_crs = Some(code.clone()),
        Advice::Datum(datum) => town.table(key).datum = Some(datum.clone()),
        Advice::Turn(code) => {
            let table = town.table(key);
            table.rows.iter_mut().for_each(|row| row.place.each(&mut |p| *p = (p.1, p.0)));
            if code.is_some() {
                table.stated_crs.clone_from(code);
            }
        }
        Advice::Column { layer, field, column } => {
            let _ = write!(town.settings, "\n[fields.{layer}]\n{field} = \"{column}\"\n");
        }
    }
    let astray = |where_to: String| Err(format!("{key}: \"{text}\" leads to {where_to}"));
    let source = Source::memory("town", "region.toml", write::files(&town));
    let city = match City::open(source, &OpenOptions::default(), &Silent) {
        Ok(city) => city,
        // The other of two layers may be the one that is wrong: the advice says so itself.
        Err(_) if text.contains("are swapped in one of the two") => return Ok(true),
        Err(e) => return astray(format!("a refusal: {}", e.message().text("en"))),
    };
    let extent = city.records().input(key).and_then(|input| input.extent);
    let near = extent.is_some_and(|extent| {
        let middle = extent.middle();
        (middle.lon - ORIGIN.0).abs() < 0.5 && (middle.lat - ORIGIN.1).abs() < 0.5
    });
    if near { Ok(true) } else { astray(format!("{extent:?}")) }
}
