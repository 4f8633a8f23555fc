//! The standard that a region is judged by.

use super::{AuditError, DEFAULT_STANDARD};
use lifering_base::error::{InputError, Place};
use lifering_base::message;
use lifering_readers::Region;
use lifering_readers::source::{names_a_file, read_file};
use lifering_standards::catalogue::Standard;
use std::path::Path;

/// The standard that is named: an embedded id, or the path of a file; else region.toml's; else [`DEFAULT_STANDARD`]. A path
/// in region.toml is relative to the region.
///
/// # Errors
/// There is no standard of that id, or the file cannot be read or is not a valid standard.
pub fn standard_for(records: &Region, named: Option<&str>) -> Result<Standard, AuditError> {
    let (name, from_region) = match (named, &records.settings.standard) {
        (Some(name), _) => (name, false),
        (None, Some(name)) => (name.as_str(), true),
        (None, None) => (DEFAULT_STANDARD, false),
    };
    if !names_a_file(name) {
        return Ok(Standard::embedded(name)?);
    }
    let help = message!("message.standard_file");
    let bytes = if from_region { records.source.read(name, &help)? } else { read_file(Path::new(name), &help)? };
    let text = String::from_utf8(bytes).map_err(|_| {
        InputError::wrong(Place::file(name), message!("message.not_utf8"), message!("message.utf8_toml"))
    })?;
    Ok(Standard::from_toml(name, &text)?)
}
