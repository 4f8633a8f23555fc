//! A list of regions, each with options of its own: a CSV table, or a TOML file with a `[[region]]` each.
//!
//! In: a file. Out: [`ManifestRow`]s in the order of the file, their paths relative to the working directory.

use crate::encoding;
use crate::feature_fields::flag;
use crate::library_errors;
use crate::properties::Property;
use crate::source::{names_a_file, read_file};
use lifering_base::error::{InputError, Place};
use lifering_base::{Message, message};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::path::{Path, PathBuf};

/// One region of a list. `None`: as for the whole run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestRow {
    /// A folder with region.toml, or the file itself.
    pub region: PathBuf,
    /// An embedded standard's id or a path to a .toml.
    pub standard: Option<String>,
    /// Year of the standard's own population figure to scale the people to.
    pub year: Option<u16>,
    /// Aim for the undecided area as a share of the boundary's area.
    pub zone_error: Option<f64>,
    /// Whether warnings are refusals.
    #[serde(default, deserialize_with = "truth")]
    pub strict: Option<bool>,
    /// Whether points that fit the roads better as GCJ-02 or BD-09 are taken as such.
    #[serde(default, deserialize_with = "truth")]
    pub accept_datum: Option<bool>,
}

/// Yes or no as people write it: true, TRUE, 是, 1. Nothing is neither.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let property = Property::deserialize(deserializer)?;
    flag(&property).ok_or_else(|| D::Error::custom(format!("invalid value: {property}, expected a boolean")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    region: Vec<ManifestRow>,
}

/// Whether a file is a list of regions: every CSV table, and a TOML file with `[[region]]`, which region.toml has not.
pub fn is_manifest(path: &Path) -> bool {
    let extension = |wanted: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(wanted));
    if !path.is_file() || extension("csv") {
        return path.is_file();
    }
    let text = || String::from_utf8(read_file(path, &message!("message.manifest")).ok()?).ok();
    extension("toml") && text().and_then(|t| t.parse::<toml::Table>().ok()).is_some_and(|t| t.contains_key("region"))
}

/// The rows of a list. Paths in it are relative to its folder.
pub fn read_manifest(path: &Path) -> Result<Vec<ManifestRow>, InputError> {
    let bytes = read_file(path, &message!("message.manifest"))?;
    let file = path.display().to_string();
    let text = encoding::decode(&file, &bytes, None)?.text;
    let wrong = |found: Message| InputError::wrong(Place::file(&file), found, message!("message.manifest_rows"));
    let mut rows: Vec<ManifestRow> = if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) {
        toml::from_str::<Table>(&text).map_err(|e| wrong(library_errors::toml(e.message())))?.region
    } else {
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        reader.deserialize().collect::<Result<_, _>>().map_err(|e: csv::Error| wrong(library_errors::damaged(&e)))?
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    for row in &mut rows {
        if let Some(share) = row.zone_error
            && !(share > 0.0 && share <= 1.0)
        {
            let place = Place::file(&file).field("zone_error");
            return Err(InputError::wrong(place, share.to_string(), message!("message.share_above_zero")));
        }
        row.region = folder.join(&row.region);
        if let Some(standard) = &mut row.standard
            && names_a_file(standard)
        {
            *standard = folder.join(&*standard).display().to_string();
        }
    }
    Ok(rows)
}
