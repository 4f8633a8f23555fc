//! The files of trials: what-if.json, failures.json, sensitivity.json, their pages and workbooks, and what they draw.
//!
//! In: the reports. Out: bytes by file name.

use super::error::RenderError;
use super::html::{self, TrialPage};
use super::json::document;
use super::qgis::StyleFacts;
use super::xlsx::{self, table::Table};
use super::{geojson, qgis};
use lifering_core::city::City;
use lifering_core::plan::failures::Failures;
use lifering_report::layers::{MapLayer, failed, tried};
use lifering_report::report::{ILLUSTRATIVE, ScenarioReport, illustrative};
use lifering_report::text::{Lang, tr};
use lifering_report::trials::failures::FailuresReport;
use lifering_report::trials::sensitivity::SensitivityReport;
use lifering_report::trials::sites::WhatIfReport;
use lifering_report::trials::{sentences, table};
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

/// What was tried on the city of an audit: pages of report.html, sheets of report.xlsx, files beside them.
#[derive(Debug, Default)]
pub struct Tried {
    /// Stations and roads that fail under a rule.
    pub failures: Option<(Failures, FailuresReport)>,
    /// Verdicts under other assumptions.
    pub sensitivity: Option<SensitivityReport>,
}

/// A part of a report: sentences, the first of which is the answer, and a table for each of the others.
pub(crate) struct Part {
    pub title: String,
    pub sentences: Vec<String>,
    pub tables: Vec<Table>,
}

impl Tried {
    /// The parts of the report, how firm the verdicts are first.
    pub(crate) fn parts(&self, lang: Lang) -> Vec<Part> {
        let firmness = self.sensitivity.as_ref().map(|report| Part {
            title: tr("firmness.title", lang),
            sentences: sentences::sensitivity(report, lang),
            tables: xlsx::trials::sensitivity(report, lang),
        });
        let lost = self.failures.as_ref().map(|(_, report)| Part {
            title: tr("failure.title", lang),
            sentences: sentences::failures(report, lang),
            tables: xlsx::trials::failures(report, lang),
        });
        firmness.into_iter().chain(lost).collect()
    }

    /// The files beside the report: sensitivity.json, failures.json, what failures draws.
    pub(crate) fn files(&self, city: &City, lang: Lang) -> Result<Files, RenderError> {
        let mut files = Vec::new();
        if let Some(report) = &self.sensitivity {
            files.push(("sensitivity.json".to_owned(), json("sensitivity.json", report)?));
        }
        if let Some((failures, report)) = &self.failures {
            files.push(("failures.json".to_owned(), json("failures.json", report)?));
            for (layer, names) in failed(city, failures, report).iter().zip(BESIDE_AN_AUDIT) {
                files.extend(drawn(city, layer, names, lang)?);
            }
        }
        Ok(files)
    }
}

/// What failures draws, in a folder that has a stations.geojson of its own.
const BESIDE_AN_AUDIT: [[&str; 2]; 3] = [
    ["failed_stations.geojson", "failed_stations.qml"],
    ["failed_pairs.geojson", "failed_pairs.qml"],
    ["failed_roads.geojson", "failed_roads.qml"],
];

/// failures.json, its page and workbook, and the stations, pairs and roads with their styles.
pub fn failures(city: &City, failures: &Failures, report: &FailuresReport, lang: Lang) -> Result<Files, RenderError> {
    let mut files = vec![("failures.json".to_owned(), json("failures.json", report)?)];
    files.extend(read_by_people(&Trial {
        names: ["failures.html", "failures.xlsx"],
        title: "failure.title",
        region: &report.region,
        scenario: report.scenario.as_ref(),
        version: report.tool.version,
        sentences: sentences::failures(report, lang),
        tables: xlsx::trials::failures(report, lang),
        lang,
    })?);
    let names = [["stations.geojson", "stations.qml"], ["pairs.geojson", "pairs.qml"], ["roads.geojson", "roads.qml"]];
    for (layer, names) in failed(city, failures, report).iter().zip(names) {
        files.extend(drawn(city, layer, names, lang)?);
    }
    Ok(files)
}

/// sensitivity.json, its page and workbook.
pub fn sensitivity(report: &SensitivityReport, lang: Lang) -> Result<Files, RenderError> {
    let mut files = vec![("sensitivity.json".to_owned(), json("sensitivity.json", report)?)];
    files.extend(read_by_people(&Trial {
        names: ["sensitivity.html", "sensitivity.xlsx"],
        title: "firmness.title",
        region: &report.region,
        scenario: report.scenario.as_ref(),
        version: report.tool.version,
        sentences: sentences::sensitivity(report, lang),
        tables: xlsx::trials::sensitivity(report, lang),
        lang,
    })?);
    Ok(files)
}

/// What page and workbook of a trial are made of.
struct Trial<'a> {
    names: [&'static str; 2],
    /// Key of the title.
    title: &'a str,
    region: &'a str,
    scenario: Option<&'a ScenarioReport>,
    version: &'a str,
    /// The answer, then a sentence a table.
    sentences: Vec<String>,
    tables: Vec<Table>,
    lang: Lang,
}

fn read_by_people(of: &Trial<'_>) -> Result<Files, RenderError> {
    let [page, sheets] = of.names;
    let title = tr(of.title, of.lang);
    let [heading, below @ ..] = of.sentences.as_slice() else { return Ok(Vec::new()) };
    let shown = TrialPage {
        title: &title,
        region: of.region,
        scenario: of.scenario,
        heading,
        below,
        tables: &of.tables,
        version: of.version,
    };
    let book = xlsx::trials::book(&title, of.region, of.version, &of.tables, of.lang);
    Ok(vec![
        (page.to_owned(), html::trial(&shown, of.lang)),
        (sheets.to_owned(), book.map_err(RenderError::of(sheets))?),
    ])
}

fn drawn(
    city: &City,
    layer: &MapLayer<'_>,
    [name, style]: [&'static str; 2],
    lang: Lang,
) -> Result<Files, RenderError> {
    let note = illustrative(&city.records().settings.name).then_some(ILLUSTRATIVE);
    let collection = geojson::collection(note, &layer.columns, &[&layer.rows]).map_err(RenderError::of(name))?;
    let style_of = qgis::qml(layer, &StyleFacts::untimed(lang)).into_bytes();
    Ok(vec![(name.to_owned(), collection), (style.to_owned(), style_of)])
}
