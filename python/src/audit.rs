//! What an audit found: verdicts, layers, files, and what changed against another one.
//!
//! In: an audit of the library. Out: audit.json, tables, folders, diff.json.

use crate::arrow::ArrowTable;
use crate::failure::Failure;
use crate::region::language;
use crate::work::work;
use lifering_core::audit::Audit as CoreAudit;
use lifering_export::files::{Command, OutFolder, Purpose};
use lifering_export::scenario::BaseResults;
use lifering_export::trials::Tried;
use lifering_export::{OutputError, difference, json, write_to};
use lifering_readers::source::names_a_file;
use lifering_report::diff::diff;
use lifering_report::diff::report::DiffReport;
use lifering_report::layers::{Cell, MapLayer, WHOLE, layers};
use lifering_report::report::Report;
use lifering_report::text::Lang;
use pyo3::prelude::*;
use std::path::{Path, PathBuf};

/// The language of files: that of the command, if none is asked for.
pub fn file_language(asked: Option<&str>) -> Lang {
    if asked == Some("en") { Lang::En } else { Lang::Zh }
}

/// What an audit found.
#[pyclass(frozen, module = "lifering._lifering")]
pub struct Audit {
    of: CoreAudit,
    report: Report,
    lang: Option<String>,
}

impl Audit {
    /// The findings in words.
    pub fn new(audit: CoreAudit, lang: Option<String>) -> Self {
        let report = Report::new(&audit);
        Self { of: audit, report, lang }
    }

    fn language(&self) -> Lang {
        language(self.lang.as_deref())
    }

    /// The rules alone, the whole region under each, in the language asked for.
    fn verdicts(&self, layer: &mut MapLayer<'_>) {
        let at = |key: &str| layer.columns.iter().position(|column| column.key() == key);
        let (title, why, whole) = (at("rule_title"), at("why"), at("unit_id"));
        let is_whole = |row: &lifering_report::layers::Row<'_>| {
            whole.is_some_and(|at| matches!(&row.cells[at], Cell::Text(id) if id == WHOLE))
        };
        layer.rows.retain(is_whole);
        if self.language() == Lang::En {
            for (row, rule) in layer.rows.iter_mut().zip(&self.report.rules) {
                for (at, text) in [(title, &rule.title_en), (why, &rule.why)] {
                    if let Some(at) = at {
                        row.cells[at] = Cell::text(text.clone());
                    }
                }
            }
        }
    }
}

#[pymethods]
impl Audit {
    /// audit.json.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        work(py, self.language(), |_| text(json(&self.report)?))
    }

    /// Exit status of the command: 0 met, 1 a binding gap, 3 something not judged.
    #[getter]
    fn exit_status(&self) -> u8 {
        self.report.summary.exit_status
    }

    /// A layer by the name that it has in coverage.gpkg; `verdicts` are the rules without their units.
    fn layer(&self, py: Python<'_>, name: &str) -> PyResult<ArrowTable> {
        work(py, self.language(), |_| {
            let all = layers(&self.of, &self.report);
            let names: Vec<&str> = all.iter().map(|layer| layer.name).collect();
            let wanted = if name == "verdicts" { "rules" } else { name };
            let Some(mut layer) = all.into_iter().find(|layer| layer.name == wanted) else {
                return Err(Failure::Other(format!("no layer {name}; there are {}", names.join(", "))));
            };
            if name == "verdicts" {
                self.verdicts(&mut layer);
            }
            Ok(ArrowTable::of(&layer)?)
        })
    }

    /// Writes the files of the command into a folder.
    #[pyo3(signature = (folder, *, lang=None))]
    fn save(&self, py: Python<'_>, folder: &str, lang: Option<&str>) -> PyResult<()> {
        let files = file_language(lang.or(self.lang.as_deref()));
        work(py, self.language(), |_| {
            let standard = &self.of.findings.standard.id;
            let read = Some(PathBuf::from(standard)).filter(|_| names_a_file(standard));
            let purpose = Purpose::of_region(Command::Audit, &self.of.city.records().source).reading(read.as_ref());
            let out = OutFolder::open(Path::new(folder), &purpose).map_err(OutputError::from)?;
            Ok(write_to(&self.of, &self.report, &Tried::default(), files, &out)?)
        })
    }

    /// What changed since another audit of the region: diff.json.
    fn compare(&self, py: Python<'_>, old: &Self) -> PyResult<String> {
        work(py, self.language(), |_| {
            let results = |side: &Self| Ok::<_, Failure>(BaseResults::of(&side.of, side.language())?.results);
            let changes = diff(&results(old)?, &results(self)?, false)?;
            text(difference::json(&DiffReport::new(&changes))?)
        })
    }
}

/// A JSON file as text.
pub fn text(bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| Failure::Other(error.to_string()))
}
