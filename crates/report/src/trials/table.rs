//! what-if.csv: the sites that were tried, as a table.
//!
//! In: a report. Out: bytes of a CSV file, with a byte order mark, so that spreadsheets read it as UTF-8.

use super::sites::WhatIfReport;
use lifering_base::escape::csv_cell;

/// The columns.
const COLUMNS: [&str; 9] =
    ["id", "name", "lon", "lat", "turnout_s", "people_new", "people_sooner", "people_seconds_saved", "units"];

/// The file.
///
/// # Errors
/// As the writer of CSV.
pub fn what_if(report: &WhatIfReport) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS)?;
    for site in &report.sites {
        let units: Vec<String> = site
            .units
            .iter()
            .map(|unit| format!("{}: {}", unit.name.as_deref().unwrap_or("-"), unit.people_new))
            .collect();
        writer.write_record([
            csv_cell(&site.id).into_owned(),
            csv_cell(&site.name).into_owned(),
            site.lon.to_string(),
            site.lat.to_string(),
            site.turnout_s.map(|s| s.to_string()).unwrap_or_default(),
            site.people_new.to_string(),
            site.people_sooner.to_string(),
            site.people_seconds_saved.to_string(),
            csv_cell(&units.join("; ")).into_owned(),
        ])?;
    }
    writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}
