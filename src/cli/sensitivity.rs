//! `lifering sensitivity REGION`: verdicts under other speeds, turnout, people and access legs.
//!
//! In: a region, a standard. Out: a table or sensitivity.json on stdout, with `--out` the file. Exit status `exit::MET`.

use super::args::Session;
use super::deadline::{Deadline, TimeArgs};
use super::exit;
use super::print::{print, screen};
use super::progress::StageProgress;
use super::run_inputs::standard_file;
use anyhow::{Context, Result};
use clap::Args;
use lifering_base::t;
use lifering_core::audit::AuditRequest;
use lifering_core::plan::sensitivity::sensitivity;
use lifering_export::files::{Command, OutFolder, Purpose};
use lifering_export::terminal::trials as terminal;
use lifering_export::trials;
use lifering_readers::source::Source;
use lifering_report::trials::sensitivity::SensitivityReport;
use std::path::PathBuf;

/// Arguments of `lifering sensitivity`.
#[derive(Debug, Args)]
pub struct SensitivityArgs {
    /// A folder with region.toml, or the file itself
    #[arg(required_unless_present = "demo", conflicts_with = "demo")]
    region: Option<PathBuf>,
    /// The embedded, illustrative region
    #[arg(long)]
    demo: bool,
    /// An embedded standard's id or a path to a .toml; otherwise region.toml's
    #[arg(long, value_name = "ID")]
    standard: Option<String>,
    #[command(flatten)]
    time: TimeArgs,
    /// Where to write sensitivity.json, its page and workbook; otherwise nowhere
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print sensitivity.json instead of the table
    #[arg(long)]
    json: bool,
}

/// Judges the region under every assumption and returns the exit status.
pub fn run(args: &SensitivityArgs, session: Session) -> Result<u8> {
    let Session { lang, file_lang, quiet, .. } = session;
    let deadline = Deadline::start(args.time, session);
    let source = args.region.as_ref().map_or(Source::Demo, |path| Source::at(path));
    let purpose =
        Purpose::of_region(Command::Sensitivity, &source).reading(standard_file(args.standard.as_deref()).as_ref());
    let out = args.out.as_ref().map(|folder| OutFolder::open(folder, &purpose)).transpose()?;
    let progress = StageProgress::new(session, deadline);
    let request = AuditRequest { standard: args.standard.clone(), ..AuditRequest::default() };
    let opened = deadline.outcome(request.open(source, &progress))?;
    let (city, standard) = (opened.base().city(), opened.base().standard());
    let found = sensitivity(city, standard)?;
    let report = SensitivityReport::new(city, standard, &found);
    if let Some(out) = &out {
        let files = trials::sensitivity(&report, file_lang)?;
        out.write(&files).with_context(|| format!("writing {}", out.path().display()))?;
    }
    progress.finish();
    if args.json {
        print(&String::from_utf8(trials::json("sensitivity.json", &report)?)?)?;
    } else if !quiet {
        let mut text = terminal::sensitivity(&report, screen(lang)) + "\n";
        if let Some(out) = &out {
            text += &t!("summary.written", locale = lang.locale(), folder = out.path().display());
            text.push('\n');
        }
        print(&text)?;
    }
    Ok(exit::MET)
}
