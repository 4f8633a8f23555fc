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

/// Every help that names a value to set is one that the round follows, so none can be added that nobody has tried.
#[test]
fn no_help_names_a_value_that_the_round_does_not_follow() {
    let texts: toml::Table = toml::from_str(include_str!("../../../base/locales/message.toml")).expect("messages");
    let mut followed = 0;
    for (key, text) in texts["message"].as_table().expect("keys") {
        let text = text["en"].as_str().expect("English");
        let names = |setting: &str| {
            let value = text.split_once(&format!("{setting} = \"")).map(|(_, value)| value);
            value.is_some_and(|value| value.starts_with("%{") || value.contains(|c: char| c.is_ascii_digit()))
        };
        // `crs = "EPSG:..."` leaves the value to the user.
        let code = text.split_once("crs = \"EPSG:").is_some_and(|(_, code)| !code.starts_with("..."));
        if code || names("datum") || text.contains("%{field} = \"%{near}") {
            let filled = text.replace("%{code}", "4548").replace("%{datum}", "gcj02");
            assert!(read(&filled).is_some(), "message.{key} names a value, and nothing follows it: {text}");
            followed += 1;
        }
    }
    assert!(followed >= 5, "only {followed} helps were found");
}
