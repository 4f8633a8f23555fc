//! `lifering failures REGION`: what is lost under a rule when a station, two of them, or a road fails.
//!
//! In: a region, a rule. Out: tables or failures.json on stdout, with `--out` the files. Exit status `exit::MET`.

use super::args::Session;
use super::trial::{TrialArgs, TrialRun};
use anyhow::Result;
use clap::Args;
use lifering_core::plan::failures::Failures;
use lifering_core::plan::trial::Trial;
use lifering_export::files::Command;
use lifering_export::terminal::trials as terminal;
use lifering_export::trials::{failures, json};
use lifering_report::trials::failures::FailuresReport;
use std::path::PathBuf;

/// Arguments of `lifering failures`.
#[derive(Debug, Args)]
pub struct FailuresArgs {
    #[command(flatten)]
    on: TrialArgs,
    /// The rule on times or distances that tells who is in time
    #[arg(long, value_name = "ID")]
    rule: String,
    /// Where to write failures.json, its page and workbook, and stations, pairs and roads as GeoJSON; otherwise nowhere
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print failures.json instead of the tables
    #[arg(long)]
    json: bool,
}

/// Takes stations and roads away in turn and returns the exit status.
pub fn run(args: &FailuresArgs, session: Session) -> Result<u8> {
    let run = TrialRun::start(&args.on, Command::Failures, None, args.out.as_deref(), session)?;
    let asked = run.city()?;
    let (city, standard) = (asked.city(), asked.standard());
    let trial = Trial::new(city, standard, &args.rule)?;
    let found = Failures::new(&trial);
    let report = FailuresReport::new(&trial, &standard.id, &found);
    let printed = args.json.then(|| json("failures.json", &report)).transpose()?;
    run.finish(
        |lang| failures(city, &found, &report, lang),
        report.scenario.as_ref(),
        printed,
        |screen| terminal::failures(&report, screen),
    )
}
