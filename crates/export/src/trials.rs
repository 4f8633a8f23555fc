//! The files of trials: what-if.json, failures.json, sensitivity.json, and what they draw.
//!
//! In: the reports. Out: bytes by file name.

use super::error::RenderError;
use super::json::document;
use super::qgis::StyleFacts;
use super::{geojson, qgis};
use lifering_core::city::City;
use lifering_core::plan::failures::Failures;
use lifering_report::layers::{MapLayer, failed, tried};
use lifering_report::report::{ILLUSTRATIVE, illustrative};
use lifering_report::text::Lang;
use lifering_report::trials::failures::FailuresReport;
use lifering_report::trials::sensitivity::SensitivityReport;
use lifering_report::trials::sites::WhatIfReport;
use lifering_report::trials::table;
use serde::Serialize;

/// Files by name.
type Files = Vec<(String, Vec<u8>)>;

/// One of the three JSON files, of this name.
pub fn json(name: &'static str, report: &impl Serialize) -> Result<Vec<u8>, RenderError> {
    document(report).map_err(RenderError::of(name))
}

/// what-if.json, what-if.csv, sites.geojson and its style. `lang` is the language of the style.
pub fn what_if(city: &City, report: &WhatIfReport, lang: Lang) -> Result<Files, RenderError> {
    let mut files = vec![
        ("what-if.json".to_owned(), json("what-if.json", report)?),
        ("what-if.csv".to_owned(), table::what_if(report).map_err(RenderError::of("what-if.csv"))?),
    ];
    files.extend(drawn(city, &tried(report), ["sites.geojson", "sites.qml"], lang)?);
    Ok(files)
}

/// failures.json, and the stations, pairs and roads with their styles.
pub fn failures(city: &City, failures: &Failures, report: &FailuresReport, lang: Lang) -> Result<Files, RenderError> {
    let mut files = vec![("failures.json".to_owned(), json("failures.json", report)?)];
    let names = [["stations.geojson", "stations.qml"], ["pairs.geojson", "pairs.qml"], ["roads.geojson", "roads.qml"]];
    for (layer, names) in failed(city, failures, report).iter().zip(names) {
        files.extend(drawn(city, layer, names, lang)?);
    }
    Ok(files)
}

/// sensitivity.json.
pub fn sensitivity(report: &SensitivityReport) -> Result<Files, RenderError> {
    Ok(vec![("sensitivity.json".to_owned(), json("sensitivity.json", report)?)])
}

fn drawn(
    city: &City,
    layer: &MapLayer<'_>,
    [name, style]: [&'static str; 2],
    lang: Lang,
) -> Result<Files, RenderError> {
    let note = illustrative(&city.records().settings.name).then_some(ILLUSTRATIVE);
    let collection = geojson::collection(note, layer.columns, &[&layer.rows]).map_err(RenderError::of(name))?;
    let style_of = qgis::qml(layer, &StyleFacts::untimed(lang)).into_bytes();
    Ok(vec![(name.to_owned(), collection), (style.to_owned(), style_of)])
}
