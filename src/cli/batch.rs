//! `lifering batch REGION...`: many regions, unattended.
//!
//! In: regions, patterns, lists. Out: a folder with a folder a region and the files over all; a line on stderr as each
//! region ends. Exit status `exit::FAILED` if a region could not be run, else the worst of the audits.

use super::args::{Session, SharedArgs, share};
use super::batch_progress::BatchProgress;
use super::print::print;
use super::run_inputs::standard_file;
use anyhow::{Context, Result};
use bytesize::ByteSize;
use clap::Args;
use lifering_base::error::{InputError, Place};
use lifering_base::message;
use lifering_base::t;
use lifering_batch::regions::{Job, regions};
use lifering_batch::shared::SharedByAll;
use lifering_batch::{Batch, Machine};
use lifering_report::batch::shape::Asked;
use std::path::PathBuf;
use std::time::Duration;

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  lifering batch counties/ --standard national-2020 --out out/province       every region in a folder
  lifering batch 'counties/35*' --standard jinjiang-14fyp --out out/south    a pattern
  lifering batch counties.csv --out out/province --memory 8GiB --timeout 30m a list with a standard a row
  lifering batch counties/ --standard national-2020 --out out/province --resume

Exit status: 2 where any region could not be run, else 1 a gap, 3 something not judged, 0 all met.";

/// Arguments of `lifering batch`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct BatchArgs {
    /// Regions, folders with regions, patterns, or lists (CSV or TOML: region, standard, year, ...)
    #[arg(required = true, value_name = "REGION")]
    regions: Vec<PathBuf>,
    /// An embedded standard's id or a path to a .toml; otherwise each region.toml's
    #[arg(long, value_name = "ID")]
    standard: Option<String>,
    /// Where to write
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Memory for all that run at once, 8GiB for example; otherwise three quarters of the machine's
    #[arg(long, value_name = "SIZE")]
    memory: Option<ByteSize>,
    /// Give a region up after so long: 90s, 30m, 2h
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    timeout: Option<Duration>,
    /// Go on where a stopped run ended: what is done and unchanged stays
    #[arg(long)]
    resume: bool,
    /// Begin no more regions once one could not be run
    #[arg(long)]
    fail_fast: bool,
    /// Refuse input with warnings
    #[arg(long)]
    strict: bool,
    /// Scale the people to the standard's own population of this year, 2025 for example
    #[arg(long, value_name = "YEAR")]
    year: Option<u16>,
    /// Where points fit the roads better as GCJ-02 or BD-09, take them as such
    #[arg(long)]
    accept_datum: bool,
    #[command(flatten)]
    shared: SharedArgs,
    /// Tell beside each verdict what the other regions' stations within the margin would add (always with --roads-from)
    #[arg(long)]
    mutual_aid: bool,
    /// Aim for the area left undecided, as a share of the boundary's area
    #[arg(long, value_name = "SHARE", value_parser = share)]
    zone_error: Option<f64>,
}

/// Audits the regions and returns the exit status.
pub fn run(args: &BatchArgs, session: Session) -> Result<u8> {
    let locale = session.lang.locale();
    let asked = Asked {
        standard: args.standard.clone(),
        year: args.year,
        zone_error: args.zone_error,
        strict: args.strict,
        accept_datum: args.accept_datum,
    };
    let named = regions(&args.regions, &asked, &args.out)?;
    if named.jobs.is_empty() {
        let place = Place::file(&args.regions.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "));
        return Err(InputError::wrong(place, message!("batches.said.none"), message!("message.manifest_rows")).into());
    }
    let machine = Machine::new();
    let batch = Batch {
        out: args.out.clone(),
        lang: session.file_lang,
        memory: args.memory.map_or_else(|| machine.memory(), |size| size.as_u64()),
        timeout: args.timeout,
        shared: shared(args, &named.jobs)?,
        resume: args.resume,
        fail_fast: args.fail_fast,
        inputs: args.shared.roads_from.iter().cloned().chain(standard_file(args.standard.as_deref())).collect(),
        jobs: named.jobs.clone(),
    };
    let progress = BatchProgress::new(batch.jobs.len(), session);
    for path in &named.repeated {
        progress.print(&t!("batches.said.repeated", locale = locale, path = path.display()));
    }
    for path in &named.own {
        progress.print(&t!("batches.said.own", locale = locale, path = path.display()));
    }
    for job in named.renamed() {
        let name = job.source().name();
        progress.print(&t!(
            "folder.renamed",
            locale = locale,
            name = name,
            folder = batch.out.join(&job.name).display()
        ));
    }
    let report =
        lifering_batch::run(&batch, &machine, &progress).with_context(|| format!("writing {}", batch.out.display()))?;
    progress.finish();
    if !session.quiet {
        let written = t!("summary.written", locale = locale, folder = batch.out.display().to_string());
        print(&format!("{written}\n"))?;
    }
    Ok(report.summary.exit_status)
}

/// The layers that the regions share: the roads, read once, and each other's stations.
fn shared(args: &BatchArgs, jobs: &[Job]) -> Result<Option<SharedByAll>> {
    let roads = args.shared.roads()?;
    let mutual_aid = args.mutual_aid || roads.is_some();
    Ok(mutual_aid.then(|| SharedByAll::new(roads, args.shared.margin, jobs)))
}
