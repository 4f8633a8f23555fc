//! `--scenario`: audits of a region as it is and under scenarios, and how other commands apply one.
//!
//! In: scenario files and an audit's request. Out: a folder of results for each scenario with the comparison with the base
//! in it, and a table of verdicts before them. Nothing is written before every scenario fits.

use super::args::Session;
use super::deadline::Deadline;
use super::print::{print, screen, tell};
use super::progress::StageProgress;
use super::trial::TriedInAudit;
use anyhow::{Context, Result};
use clap::Args;
use lifering_base::error::{InputError, Place};
use lifering_base::{message, t};
use lifering_core::audit::{AuditRequest, CityToAudit, standard_for, under_scenario};
use lifering_core::city::City;
use lifering_core::run::Progress as _;
use lifering_export::files::{Command, OutFolder, Purpose, WriteError, folder_name};
use lifering_export::json;
use lifering_export::scenario::{BaseResults, write_compared};
use lifering_export::terminal::{scenario as terminal, verdicts};
use lifering_readers::Region;
use lifering_readers::scenario::{Scenario, StateChange};
use lifering_readers::source::Source;
use lifering_report::batch::shape::worst;
use lifering_report::report::Report;
use lifering_report::text::{self, Lang};
use lifering_report::trials::scenarios::scenarios as table;
use lifering_standards::catalogue::Standard;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Folder and file of the table over several scenarios, beside their folders.
const TABLE: [&str; 2] = ["comparison", "scenarios.csv"];

/// A scenario for a command that takes one.
#[derive(Clone, Debug, Default, Args)]
pub struct ScenarioArg {
    /// Apply this scenario (docs/scenarios.md) to the region first
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// Apply a scenario to other data than it was made on, and say what changed
    #[arg(long, requires = "scenario")]
    pub rebase: bool,
}

/// Scenarios of an audit.
#[derive(Clone, Debug, Default, Args)]
pub struct ScenarioArgs {
    /// Audit the region under this scenario (docs/scenarios.md), and say what changes; several give a folder each
    #[arg(long, value_name = "FILE")]
    pub scenario: Vec<PathBuf>,
    /// Apply scenarios to other data than they were made on, and say what changed
    #[arg(long, requires = "scenario")]
    pub rebase: bool,
    /// Results of the region as it is, to compare with; otherwise it is audited as well
    #[arg(long, value_name = "DIR", requires = "scenario")]
    pub base: Option<PathBuf>,
}

impl ScenarioArg {
    /// Reads the scenario; `None` if none is asked for.
    pub fn read(&self) -> Result<Option<Scenario>, InputError> {
        self.scenario.as_deref().map(Scenario::read).transpose()
    }
}

/// Applies a scenario to a city by the people of a standard, and returns the standard in the scenario's year.
pub fn applied(
    city: &City,
    scenario: &Scenario,
    rebase: bool,
    standard: &Standard,
    lang: Lang,
) -> Result<(City, Standard)> {
    let (city, standard) = under_scenario(city, scenario, rebase, standard)?;
    tell_changes(&city, lang);
    Ok((city, standard))
}

/// The records of a region under a scenario.
pub fn edited(records: Region, scenario: &Scenario, rebase: bool, lang: Lang) -> Result<City> {
    let standard = standard_for(&records, None)?;
    let base = City::from_records(records)?;
    Ok(applied(&base, scenario, rebase, &standard, lang)?.0)
}

/// Says on stderr which files are not those that a scenario was made on.
pub fn tell_changes(city: &City, lang: Lang) {
    let Some(applied) = city.scenario().filter(|applied| !applied.rebased.is_empty()) else { return };
    let locale = lang.locale();
    let changes: Vec<String> =
        applied.rebased.iter().map(StateChange::message).map(|message| message.text(locale)).collect();
    let between = if lang == Lang::Zh { "；" } else { "; " };
    let changes = changes.join(between);
    tell(&t!("scenario.rebased", locale = locale, name = &applied.scenario.name, changes = changes));
}

/// An audit under scenarios as it was asked for.
pub struct ScenarioRun<'a> {
    /// What is asked of each audit.
    pub request: AuditRequest,
    /// The scenarios.
    pub args: &'a ScenarioArgs,
    /// What is tried on each city beside its audit.
    pub tried: TriedInAudit,
    /// The folder of the results, or that of their folders.
    pub folder: PathBuf,
    /// What the folders are made for.
    pub purpose: Purpose,
    /// Whether audit.json is printed instead of tables.
    pub json: bool,
    /// When the run is to end.
    pub deadline: Deadline,
}

impl ScenarioRun<'_> {
    /// Audits the region and its scenarios, and returns the worst exit status of the scenarios.
    pub fn run(mut self, source: Source, session: Session) -> Result<u8> {
        self.request.rebase = self.args.rebase;
        let read = |file: &PathBuf| Scenario::read(file);
        let scenarios: Vec<Scenario> = self.args.scenario.iter().map(read).collect::<Result<_, _>>()?;
        let folders = self.folders(&scenarios)?;
        let purpose = self.purpose.clone().reading(self.args.scenario.iter().chain(&self.args.base));
        let table_out = self.table_out(&purpose)?;
        let mut outs: Vec<OutFolder> =
            folders.iter().map(|folder| OutFolder::open(folder, &purpose)).collect::<Result<_, _>>()?;
        // The first has made the folder around them, and goes last, so that a run that fails leaves none.
        outs.reverse();
        let progress = StageProgress::new(session, self.deadline);
        let opened = self.deadline.outcome(self.request.open(source, &progress))?;
        let fitting: Vec<CityToAudit> =
            scenarios.iter().map(|scenario| opened.scenario(scenario)).collect::<Result<_, _>>()?;
        let given = self.args.base.as_deref().map(|base| BaseResults::read(base, opened.base())).transpose()?;
        let (base, measured) = if let Some(given) = given {
            (given, None)
        } else {
            let measured = self.deadline.outcome(opened.base().base_audit(&progress))?;
            (BaseResults::of(measured.audit(), session.file_lang)?, Some(measured))
        };
        let mut written: Vec<Written> = Vec::new();
        for ((city, scenario), out) in fitting.iter().zip(&scenarios).zip(outs.iter().rev()) {
            let audit = self.deadline.outcome(city.audit(measured.as_ref(), &progress))?;
            let tried = self.tried.of(&audit, &progress)?;
            progress.stage("write");
            let report = Report::new(&audit).beside(&base.results.report);
            let diff = write_compared(&audit, &report, &base, &scenario.file, &tried, session.file_lang, out)
                .with_context(|| format!("writing {}", out.path().display()))?;
            let table = verdicts::verdicts(&audit, &report, screen(session.lang), session.verbose);
            let diff = terminal::diff(&diff, screen(session.lang));
            written.push(Written { report, table, diff });
        }
        if let Some(out) = &table_out {
            let names: Vec<_> =
                folders.iter().map(|folder| folder.file_name().unwrap_or_default().to_string_lossy()).collect();
            let reports = written.iter().map(|one| &one.report);
            let rows: Vec<(&Report, &str)> = reports.zip(names.iter().map(AsRef::as_ref)).collect();
            out.write(&[(TABLE[1].to_owned(), table(&rows)?)])
                .with_context(|| format!("writing {}", out.path().display()))?;
        }
        progress.finish();
        for city in &fitting {
            tell_changes(city.city(), session.lang);
        }
        if self.json || !session.quiet {
            print(&self.text(&base, &written, &folders, session.lang)?)?;
        }
        Ok(worst(written.iter().map(|one| one.report.summary.exit_status)))
    }

    /// The folder of each scenario: the folder itself for one, by their names for several.
    fn folders(&self, scenarios: &[Scenario]) -> Result<Vec<PathBuf>, InputError> {
        if let [_] = scenarios {
            return Ok(vec![self.folder.clone()]);
        }
        let mut names: BTreeSet<String> = [TABLE[0].to_owned()].into();
        let mut folders = Vec::new();
        for scenario in scenarios {
            // A file system that ignores case would make one folder of two.
            let name = folder_name(&scenario.name);
            if !names.insert(name.to_lowercase()) {
                let found = message!("scenario.same_folder", name = &scenario.name);
                let place = Place::file(&scenario.file).field("name");
                return Err(InputError::wrong(place, found, message!("scenario.own_name")));
            }
            folders.push(self.folder.join(name));
        }
        Ok(folders)
    }

    /// The folder of the table over several scenarios; `None` for one.
    fn table_out(&self, purpose: &Purpose) -> Result<Option<OutFolder>, WriteError> {
        let purpose = Purpose { command: Command::Scenarios, ..purpose.clone() };
        let several = self.args.scenario.len() > 1;
        several.then(|| OutFolder::open(&self.folder.join(TABLE[0]), &purpose)).transpose()
    }

    fn text(&self, base: &BaseResults, written: &[Written], folders: &[PathBuf], lang: Lang) -> Result<String> {
        let mut text = String::new();
        if self.json {
            let all: Vec<String> =
                written.iter().map(|one| Ok(String::from_utf8(json(&one.report)?)?)).collect::<Result<_>>()?;
            return Ok(match all.as_slice() {
                [one] => one.clone(),
                _ => format!("[\n{}\n]\n", all.iter().map(|one| one.trim_end()).collect::<Vec<_>>().join(",\n")),
            });
        }
        let reports: Vec<&Report> = written.iter().map(|one| &one.report).collect();
        if written.len() > 1 {
            text += &terminal::table(&base.results.report, &reports, screen(lang));
            text.push_str("\n\n");
        }
        for (one, folder) in written.iter().zip(folders) {
            if let Some(line) = one.report.scenario.as_ref().map(|of| text::scenario(of, lang)) {
                text += &line;
                text.push('\n');
            }
            if let [_] = written {
                text += &one.table;
                text.push_str("\n\n");
            }
            text += &one.diff;
            text.push('\n');
            text += &written_to(folder, lang);
            text.push('\n');
        }
        Ok(text)
    }
}

/// A scenario whose results are in place.
struct Written {
    report: Report,
    /// The table of its verdicts.
    table: String,
    /// The comparison with the base.
    diff: String,
}

fn written_to(folder: &Path, lang: Lang) -> String {
    t!("summary.written", locale = lang.locale(), folder = folder.display().to_string()).into_owned()
}
