//! The files of an audit under a scenario: those of an audit, and beside them those of the comparison with the base.
//!
//! In: the audit of the base or its folder, the audit of the scenario. Out: [`BaseResults`], files in a folder, the
//! comparison.

use super::audit::{Beside, render_only, render_some};
use super::difference;
use super::error::OutputError;
use super::files::OutFolder;
use super::trials::Tried;
use lifering_base::error::{InputError, Place};
use lifering_base::message;
use lifering_core::audit::{Audit, CityToAudit};
use lifering_report::diff::results::{AuditResults, COMPARED};
use lifering_report::diff::{Diff, DiffError, diff};
use lifering_report::report::Report;
use lifering_report::text::Lang;
use std::path::Path;
use thiserror::Error;

/// Results of the base, as far as they are compared.
#[derive(Debug)]
pub struct BaseResults {
    /// audit.json, zones and people.
    pub results: AuditResults,
}

/// The comparison of a scenario with its base could not be written.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// A file could not be made or written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The two could not be compared.
    #[error(transparent)]
    Diff(#[from] DiffError),
}

impl From<InputError> for ScenarioError {
    fn from(error: InputError) -> Self {
        Self::Diff(error.into())
    }
}

impl BaseResults {
    /// Those of an audit that was just done.
    ///
    /// # Errors
    /// A file could not be made.
    pub fn of(audit: &Audit, lang: Lang) -> Result<Self, ScenarioError> {
        let report = Report::new(audit);
        let files = render_only(audit, &report, lang, &COMPARED)?;
        Ok(Self { results: AuditResults::of_files(&audit.city.records().source.label(), &files)? })
    }

    /// Those in a folder, if they are of this city as it is.
    ///
    /// # Errors
    /// The folder holds no audit, or that of other data or parameters.
    pub fn read(folder: &Path, base: &CityToAudit) -> Result<Self, ScenarioError> {
        let results = AuditResults::read(folder)?;
        let (report, records) = (&results.report, base.city().records());
        let theirs: Vec<(&str, &str)> =
            report.inputs.iter().map(|input| (input.file.as_str(), input.sha256.as_str())).collect();
        let ours: Vec<(&str, &str)> =
            records.inputs.iter().map(|input| (input.file.as_str(), input.sha256.as_str())).collect();
        let differs = if report.scenario.is_some() {
            Some("scenario")
        } else if report.region.settings_sha256 != records.settings_sha256 {
            Some(records.source.settings_file())
        } else if report.standard.sha256 != base.standard().sha256 {
            Some("standard")
        } else {
            theirs.iter().zip(&ours).find(|(a, b)| a != b).map(|(_, ours)| ours.0)
        };
        let other_number = (theirs.len() != ours.len()).then_some("inputs");
        match differs.or(other_number) {
            None => Ok(Self { results }),
            Some(what) => {
                let place = Place::file(&folder.display().to_string());
                let found = message!("scenario.not_of_base", what = what);
                Err(InputError::wrong(place, found, message!("scenario.audit_of_base")).into())
            }
        }
    }
}

/// Writes an audit under a scenario, and beside it what changes against the base. `path` is the name of the scenario's side.
///
/// # Errors
/// A file could not be made or written, or the two cannot be compared.
pub fn write_compared(
    audit: &Audit,
    report: &Report,
    base: &BaseResults,
    path: &str,
    tried: &Tried,
    lang: Lang,
    out: &OutFolder,
) -> Result<Diff, ScenarioError> {
    let staging = out.stage().map_err(OutputError::from)?;
    let compared = render_only(audit, report, lang, &COMPARED)?;
    let diff = diff(&base.results, &AuditResults::of_files(path, &compared)?, false)?;
    for (name, bytes) in &compared {
        staging.add(name, bytes).map_err(OutputError::from)?;
    }
    drop(compared);
    let others = |name: &str| !COMPARED.contains(&name);
    let beside = Beside { changes: Some(&diff), tried: Some(tried) };
    render_some(audit, report, lang, &others, beside, &|name, parts| Ok(staging.add_parts(name, parts)?))?;
    for (name, bytes) in difference::render(&diff, lang).map_err(OutputError::from)? {
        staging.add(&name, &bytes).map_err(OutputError::from)?;
    }
    staging.finish().map_err(OutputError::from)?;
    Ok(diff)
}
