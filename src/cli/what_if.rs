//! `lifering what-if REGION`: sites of a file tried one by one under a rule.
//!
//! In: a region, a rule, a file of sites. Out: a table or what-if.json on stdout, with `--out` the files. Exit status
//! `exit::MET`.

use super::args::Session;
use super::trial::{TrialArgs, TrialRun};
use anyhow::Result;
use clap::Args;
use lifering_core::plan::trial::{Effect, SiteEdit, Trial};
use lifering_export::files::Command;
use lifering_export::terminal::trials as terminal;
use lifering_export::trials::{json, what_if};
use lifering_readers::read_trial_sites;
use lifering_report::trials::sites::WhatIfReport;
use rayon::prelude::*;
use std::path::PathBuf;

/// Arguments of `lifering what-if`.
#[derive(Debug, Args)]
pub struct WhatIfArgs {
    #[command(flatten)]
    on: TrialArgs,
    /// The rule on times or distances that tells who is in time
    #[arg(long, value_name = "ID")]
    rule: String,
    /// The sites, one a row: CSV with id, lon, lat, or any point file that layers may be
    #[arg(long, value_name = "FILE")]
    sites: PathBuf,
    /// Where to write what-if.json, what-if.csv and sites.geojson; otherwise nowhere
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print what-if.json instead of the table
    #[arg(long)]
    json: bool,
}

/// Tries the sites and returns the exit status.
pub fn run(args: &WhatIfArgs, session: Session) -> Result<u8> {
    let run = TrialRun::start(&args.on, Command::WhatIf, Some(&args.sites), args.out.as_deref(), session)?;
    let asked = run.city()?;
    let (city, standard) = (asked.city(), asked.standard());
    let sites = read_trial_sites(&args.sites, |place| city.holds(place))?;
    let trial = Trial::new(city, standard, &args.rule)?;
    let effects: Vec<Effect> = sites
        .par_iter()
        .map(|site| trial.effect(&[SiteEdit::Add { place: site.place, turnout_s: site.number("turnout_s") }]))
        .collect::<Result<_, _>>()?;
    let report = WhatIfReport::new(&trial, &standard.id, &sites, &effects);
    let printed = args.json.then(|| json("what-if.json", &report)).transpose()?;
    run.finish(
        |lang| what_if(city, &report, lang),
        report.scenario.as_ref(),
        printed,
        |screen| terminal::what_if(&report, screen),
    )
}
