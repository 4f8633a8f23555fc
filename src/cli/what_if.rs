//! `lifering what-if REGION`: sites of a file tried one by one under a rule.
//!
//! In: a region, a rule, a file of sites. Out: a table or what-if.json on stdout, with `--out` the files. Exit status
//! `exit::MET`.

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
use lifering_core::plan::trial::{Effect, SiteEdit, Trial};
use lifering_export::files::{Command, OutFolder, Purpose};
use lifering_export::terminal::trials as terminal;
use lifering_export::trials::{json, what_if};
use lifering_readers::read_trial_sites;
use lifering_readers::source::Source;
use lifering_report::trials::sites::WhatIfReport;
use rayon::prelude::*;
use std::path::PathBuf;

/// Arguments of `lifering what-if`.
#[derive(Debug, Args)]
pub struct WhatIfArgs {
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
    /// The sites, one a row: CSV with id, lon, lat, or any point file that layers may be
    #[arg(long, value_name = "FILE")]
    sites: PathBuf,
    #[command(flatten)]
    time: TimeArgs,
    /// Where to write what-if.json, what-if.csv and sites.geojson; otherwise nowhere
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print what-if.json instead of the table
    #[arg(long)]
    json: bool,
}

/// Tries the sites and returns the exit status.
pub fn run(args: &WhatIfArgs, session: Session) -> Result<u8> {
    let Session { lang, file_lang, quiet, .. } = session;
    let deadline = Deadline::start(args.time, session);
    let source = args.region.as_ref().map_or(Source::Demo, |path| Source::at(path));
    let purpose = Purpose::of_region(Command::WhatIf, &source)
        .reading([&args.sites])
        .reading(standard_file(args.standard.as_deref()).as_ref());
    let out = args.out.as_ref().map(|folder| OutFolder::open(folder, &purpose)).transpose()?;
    let progress = StageProgress::new(session, deadline);
    let request = AuditRequest { standard: args.standard.clone(), ..AuditRequest::default() };
    let opened = deadline.outcome(request.open(source, &progress))?;
    let (city, standard) = (opened.base().city(), opened.base().standard());
    let sites = read_trial_sites(&args.sites, |place| city.holds(place))?;
    let trial = Trial::new(city, standard, &args.rule)?;
    let effects: Vec<Effect> = sites
        .par_iter()
        .map(|site| trial.effect(&[SiteEdit::Add { place: site.place, turnout_s: site.number("turnout_s") }]))
        .collect::<Result<_, _>>()?;
    let report = WhatIfReport::new(&trial, &standard.id, &sites, &effects);
    if let Some(out) = &out {
        let files = what_if(city, &report, file_lang)?;
        out.write(&files).with_context(|| format!("writing {}", out.path().display()))?;
    }
    progress.finish();
    if args.json {
        print(&String::from_utf8(json("what-if.json", &report)?)?)?;
    } else if !quiet {
        let mut text = terminal::what_if(&report, screen(lang)) + "\n";
        if let Some(out) = &out {
            text += &t!("summary.written", locale = lang.locale(), folder = out.path().display());
            text.push('\n');
        }
        print(&text)?;
    }
    Ok(exit::MET)
}
