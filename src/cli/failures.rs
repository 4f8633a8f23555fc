//! `lifering failures REGION`: what is lost under a rule when a station, two of them, or a road fails.
//!
//! In: a region, a rule. Out: tables or failures.json on stdout, with `--out` the files. Exit status `exit::MET`.

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
use lifering_core::plan::failures::Failures;
use lifering_core::plan::trial::Trial;
use lifering_export::files::{Command, OutFolder, Purpose};
use lifering_export::terminal::trials as terminal;
use lifering_export::trials::{failures, json};
use lifering_readers::source::Source;
use lifering_report::trials::failures::FailuresReport;
use std::path::PathBuf;

/// Arguments of `lifering failures`.
#[derive(Debug, Args)]
pub struct FailuresArgs {
    /// A folder with region.toml, or the file itself
    #[arg(required_unless_present = "demo", conflicts_with = "demo")]
    region: Option<PathBuf>,
    /// The embedded, illustrative region
    #[arg(long)]
    demo: bool,
    /// An embedded standard's id or a path to a .toml; otherwise region.toml's
    #[arg(long, value_name = "ID")]
    standard: Option<String>,
    /// The rule on times or distances that tells who is in time
    #[arg(long, value_name = "ID")]
    rule: String,
    #[command(flatten)]
    time: TimeArgs,
    /// Where to write failures.json, its page and workbook, and stations, pairs and roads as GeoJSON; otherwise nowhere
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print failures.json instead of the tables
    #[arg(long)]
    json: bool,
}

/// Takes stations and roads away in turn and returns the exit status.
pub fn run(args: &FailuresArgs, session: Session) -> Result<u8> {
    let Session { lang, file_lang, quiet, .. } = session;
    let deadline = Deadline::start(args.time, session);
    let source = args.region.as_ref().map_or(Source::Demo, |path| Source::at(path));
    let purpose =
        Purpose::of_region(Command::Failures, &source).reading(standard_file(args.standard.as_deref()).as_ref());
    let out = args.out.as_ref().map(|folder| OutFolder::open(folder, &purpose)).transpose()?;
    let progress = StageProgress::new(session, deadline);
    let request = AuditRequest { standard: args.standard.clone(), ..AuditRequest::default() };
    let opened = deadline.outcome(request.open(source, &progress))?;
    let (city, standard) = (opened.base().city(), opened.base().standard());
    let trial = Trial::new(city, standard, &args.rule)?;
    let found = Failures::new(&trial);
    let report = FailuresReport::new(&trial, &standard.id, &found);
    if let Some(out) = &out {
        let files = failures(city, &found, &report, file_lang)?;
        out.write(&files).with_context(|| format!("writing {}", out.path().display()))?;
    }
    progress.finish();
    if args.json {
        print(&String::from_utf8(json("failures.json", &report)?)?)?;
    } else if !quiet {
        let mut text = terminal::failures(&report, screen(lang)) + "\n";
        if let Some(out) = &out {
            text += &t!("summary.written", locale = lang.locale(), folder = out.path().display());
            text.push('\n');
        }
        print(&text)?;
    }
    Ok(exit::MET)
}
