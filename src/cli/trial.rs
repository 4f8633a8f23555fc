//! What `what-if`, `failures` and `sensitivity` have in common: a region, perhaps under a scenario, a standard, and a folder.
//!
//! In: arguments. Out: [`TrialRun`]: the city to try on, then what was found on stdout and in the folder.

use super::args::{RegionArgs, Session};
use super::deadline::{Deadline, TimeArgs};
use super::exit;
use super::print::{print, screen};
use super::progress::StageProgress;
use super::scenario::{ScenarioArg, tell_changes};
use anyhow::{Context, Result};
use clap::Args;
use lifering_base::t;
use lifering_core::audit::{Audit, AuditRequest, CityToAudit};
use lifering_core::plan::failures::Failures;
use lifering_core::plan::sensitivity::sensitivity;
use lifering_core::plan::trial::Trial;
use lifering_core::run::Progress as _;
use lifering_export::files::{Command, OutFolder};
use lifering_export::terminal::{Screen, wrapped};
use lifering_export::trials::Tried;
use lifering_readers::source::Source;
use lifering_report::report::ScenarioReport;
use lifering_report::text::{self, Lang};
use lifering_report::trials::failures::FailuresReport;
use lifering_report::trials::sensitivity::SensitivityReport;
use std::path::{Path, PathBuf};

/// The region that is tried on, and the standard.
#[derive(Debug, Args)]
pub struct TrialArgs {
    #[command(flatten)]
    region: RegionArgs,
    #[command(flatten)]
    scenario: ScenarioArg,
    #[command(flatten)]
    time: TimeArgs,
}

/// Files that `audit --failures` adds.
const FAILURES_FILES: [&str; 7] = [
    "failed_pairs.geojson",
    "failed_pairs.qml",
    "failed_roads.geojson",
    "failed_roads.qml",
    "failed_stations.geojson",
    "failed_stations.qml",
    "failures.json",
];

/// What `audit` tries on its city for the report.
#[derive(Clone, Debug, Default)]
pub struct TriedInAudit {
    /// Id of the rule under which stations and roads fail; `None`: nothing fails.
    pub failures: Option<String>,
    /// Whether verdicts are judged under other assumptions.
    pub sensitivity: bool,
}

impl TriedInAudit {
    /// Names of the files that it adds.
    pub fn file_names(&self) -> Vec<String> {
        let failures = self.failures.iter().flat_map(|_| FAILURES_FILES);
        failures.chain(self.sensitivity.then_some("sensitivity.json")).map(str::to_owned).collect()
    }

    /// Tries it.
    pub fn of(&self, audit: &Audit, progress: &StageProgress) -> Result<Tried> {
        let (city, standard) = (&audit.city, &audit.findings.standard);
        let failures = self.failures.as_ref().map(|rule| {
            progress.stage("failures");
            let trial = Trial::new(city, standard, rule)?;
            let found = Failures::new(&trial);
            let report = FailuresReport::new(&trial, &standard.id, &found);
            anyhow::Ok((found, report))
        });
        let sensitivity = self.sensitivity.then(|| {
            progress.stage("sensitivity");
            anyhow::Ok(SensitivityReport::new(city, standard, &sensitivity(city, standard)?))
        });
        Ok(Tried { failures: failures.transpose()?, sensitivity: sensitivity.transpose()? })
    }
}

/// A trial under way.
pub struct TrialRun {
    session: Session,
    deadline: Deadline,
    source: Source,
    scenario: ScenarioArg,
    request: AuditRequest,
    out: Option<OutFolder>,
    progress: StageProgress,
}

/// Files by name.
pub type Files = Vec<(String, Vec<u8>)>;

impl TrialRun {
    /// Starts the clock and takes the folder. `reads` are files that the run reads besides its region.
    pub fn start(
        args: &TrialArgs,
        command: Command,
        reads: Option<&PathBuf>,
        out: Option<&Path>,
        session: Session,
    ) -> Result<Self> {
        let deadline = Deadline::start(args.time, session);
        let source = args.region.source();
        let purpose = args.region.purpose(command).reading(reads.into_iter().chain(&args.scenario.scenario));
        let out = out.map(|folder| OutFolder::open(folder, &purpose)).transpose()?;
        let progress = StageProgress::new(session, deadline);
        let request = AuditRequest {
            standard: args.region.standard.clone(),
            rebase: args.scenario.rebase,
            ..AuditRequest::default()
        };
        Ok(Self { session, deadline, source, scenario: args.scenario.clone(), request, out, progress })
    }

    /// Opens the region, and applies the scenario.
    pub fn city(&self) -> Result<CityToAudit> {
        let opened = self.deadline.outcome(self.request.open(self.source.clone(), &self.progress))?;
        let city = match self.scenario.read()? {
            Some(scenario) => opened.scenario(&scenario)?,
            None => opened.base().clone(),
        };
        tell_changes(city.city(), self.session.lang);
        Ok(city)
    }

    /// Writes the files, prints the JSON file or the table, and returns the exit status.
    pub fn finish<E: std::error::Error + Send + Sync + 'static>(
        &self,
        files: impl FnOnce(Lang) -> Result<Files, E>,
        scenario: Option<&ScenarioReport>,
        json: Option<Vec<u8>>,
        table: impl FnOnce(Screen) -> String,
    ) -> Result<u8> {
        let Session { lang, file_lang, quiet, .. } = self.session;
        if let Some(out) = &self.out {
            out.write(&files(file_lang)?).with_context(|| format!("writing {}", out.path().display()))?;
        }
        self.progress.finish();
        if let Some(json) = json {
            print(&String::from_utf8(json)?)?;
        } else if !quiet {
            let screen = screen(lang);
            let headline = scenario.map(|of| wrapped(&text::scenario(of, lang), screen.columns) + "\n");
            let mut text = headline.unwrap_or_default() + &table(screen) + "\n";
            if let Some(out) = &self.out {
                text += &t!("summary.written", locale = lang.locale(), folder = out.path().display());
                text.push('\n');
            }
            print(&text)?;
        }
        Ok(exit::MET)
    }
}
