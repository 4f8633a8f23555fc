//! scenarios.csv: every rule under each of several scenarios, beside the region as it is.
//!
//! In: the reports of the scenarios, with the rules of their base. Out: bytes of a CSV file, with a byte order mark, so that
//! spreadsheets read it as UTF-8; a row a scenario and rule.

use crate::report::{BeforeReport, Report, RuleReport, ScenarioReport};
use crate::words::word;
use lifering_base::escape::csv_cell;
use lifering_standards::outcome::Verdict;

/// The columns.
const COLUMNS: [&str; 16] = [
    "scenario",
    "folder",
    "rule",
    "title",
    "title_en",
    "force",
    "unit",
    "threshold",
    "verdict_before",
    "verdict",
    "value_before",
    "value",
    "population_uncovered_before",
    "population_uncovered",
    "uncovered_km2_before",
    "uncovered_km2",
];

/// The file. `reports` are those of the scenarios, each with the name of its folder.
///
/// # Errors
/// As the writer of CSV.
pub fn scenarios(reports: &[(&Report, &str)]) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS)?;
    for (report, folder) in reports {
        let Some(scenario) = &report.scenario else { continue };
        for rule in &report.rules {
            writer.write_record(row(scenario, folder, rule))?;
        }
    }
    writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

fn row(scenario: &ScenarioReport, folder: &str, rule: &RuleReport) -> [String; 16] {
    let before = scenario.before.iter().find(|before| before.rule == rule.id);
    let verdict = |verdict: Verdict| word(&verdict).to_owned();
    let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    let of_before = |of: fn(&BeforeReport) -> Option<f64>| number(before.and_then(of));
    [
        csv_cell(&scenario.name).into_owned(),
        csv_cell(folder).into_owned(),
        csv_cell(&rule.id).into_owned(),
        csv_cell(&rule.title).into_owned(),
        csv_cell(&rule.title_en).into_owned(),
        word(&rule.force).to_owned(),
        word(&rule.unit).to_owned(),
        rule.threshold.to_string(),
        before.map(|before| verdict(before.verdict)).unwrap_or_default(),
        verdict(rule.verdict),
        of_before(|before| before.value),
        number(rule.value),
        of_before(|before| before.population_uncovered),
        number(rule.population_uncovered),
        of_before(|before| before.uncovered_km2),
        number(rule.uncovered_km2),
    ]
}
