//! `lifering sensitivity REGION`: verdicts under other speeds, turnout, people and access legs.
//!
//! In: a region, a standard. Out: a table or sensitivity.json on stdout, with `--out` the files. Exit status `exit::MET`.

use super::args::Session;
use super::trial::{TrialArgs, TrialRun};
use anyhow::Result;
use clap::Args;
use lifering_core::plan::sensitivity::sensitivity;
use lifering_export::files::Command;
use lifering_export::terminal::trials as terminal;
use lifering_export::trials;
use lifering_report::trials::sensitivity::SensitivityReport;
use std::path::PathBuf;

/// Arguments of `lifering sensitivity`.
#[derive(Debug, Args)]
pub struct SensitivityArgs {
    #[command(flatten)]
    on: TrialArgs,
    /// Where to write sensitivity.json, its page and workbook; otherwise nowhere
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print sensitivity.json instead of the table
    #[arg(long)]
    json: bool,
}

/// Judges the region under every assumption and returns the exit status.
pub fn run(args: &SensitivityArgs, session: Session) -> Result<u8> {
    let run = TrialRun::start(&args.on, Command::Sensitivity, None, args.out.as_deref(), session)?;
    let asked = run.city()?;
    let found = sensitivity(asked.city(), asked.standard())?;
    let report = SensitivityReport::new(asked.city(), asked.standard(), &found);
    let printed = args.json.then(|| trials::json("sensitivity.json", &report)).transpose()?;
    run.finish(
        |lang| trials::sensitivity(&report, lang),
        report.scenario.as_ref(),
        printed,
        |screen| terminal::sensitivity(&report, screen),
    )
}
