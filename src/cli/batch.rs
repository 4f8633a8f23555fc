//! `lifering batch REGION...`: many regions, unattended.
//!
//! In: regions, patterns, lists. Out: a folder with a folder a region and the files over all; a line on stderr as each
//! region ends. Exit status `exit::FAILED` if a region could not be run, else the worst of the audits.

use super::args::{Session, SharedArgs, share};
use super::batch_progress::BatchProgress;
use super::dry_run;
use super::exit;
use super::memory;
use super::print::print;
use super::run_inputs::standard_file;
use super::scenario::ScenarioArg;
use anyhow::{Context, Result};
use bytesize::ByteSize;
use clap::Args;
use lifering_base::error::{InputError, Place};
use lifering_base::message;
use lifering_base::t;
use lifering_batch::Machine;
use lifering_batch::apart::{Order, SharedOrder, serve};
use lifering_batch::regions::regions;
use lifering_batch::run::{Known, Part};
use lifering_batch::supervisor::supervise;
use lifering_report::batch::shape::Asked;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

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
    scenario: ScenarioArg,
    #[command(flatten)]
    shared: SharedArgs,
    /// Tell beside each verdict what the other regions' stations within the margin would add (always with --roads-from)
    #[arg(long)]
    mutual_aid: bool,
    /// Say what would be read and written, and write nothing
    #[arg(long)]
    dry_run: bool,
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
        scenario: args.scenario.scenario.as_ref().map(|file| file.display().to_string()),
        rebase: args.scenario.rebase,
    };
    // Refused before anything is written: a file that is wrong is wrong for every region.
    args.scenario.read()?;
    let named = regions(&args.regions, &asked, &args.out)?;
    if named.jobs.is_empty() {
        let place = Place::file(&args.regions.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "));
        return Err(InputError::wrong(place, message!("batches.said.none"), message!("message.manifest_rows")).into());
    }
    if args.dry_run {
        let reads: Vec<String> = named.jobs.iter().map(|job| job.source().name()).collect();
        let writes: Vec<String> = named.jobs.iter().map(|job| format!("{}/", job.name)).collect();
        dry_run::tell(session, &reads, &args.out, &writes)?;
        return Ok(exit::MET);
    }
    let machine = Machine::new();
    let order = Order {
        out: args.out.clone(),
        lang: session.file_lang.locale().to_owned(),
        memory: args.memory.map_or_else(|| machine.memory(), |size| size.as_u64()),
        timeout: args.timeout,
        shared: shared(args),
        resume: args.resume,
        fail_fast: args.fail_fast,
        inputs: args
            .shared
            .roads_from
            .iter()
            .chain(&args.scenario.scenario)
            .cloned()
            .chain(standard_file(args.standard.as_deref()))
            .collect(),
        jobs: named.jobs.clone(),
        process: std::process::id(),
        known: Known::default(),
        part: Part::All,
    };
    let progress = BatchProgress::new(order.jobs.len(), session);
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
            folder = args.out.join(&job.name).display()
        ));
    }
    let start = || -> std::io::Result<Command> {
        let mut process = super::this_program()?;
        process.arg(PROCESS);
        if !session.verbose {
            // What a process says that dies is said again in the words of the batch.
            process.stderr(Stdio::null());
        }
        Ok(process)
    };
    let ended = supervise(order, &start, &progress).with_context(|| format!("writing {}", args.out.display()))?;
    progress.finish();
    memory::note(ended.peak_bytes);
    if !session.quiet {
        let written = t!("summary.written", locale = locale, folder = args.out.display().to_string());
        print(&format!("{written}\n"))?;
    }
    Ok(ended.exit_status)
}

/// The layers that the regions share: the roads, read once, and each other's stations.
fn shared(args: &BatchArgs) -> Option<SharedOrder> {
    let roads_from = args.shared.roads_from.clone();
    let margin_m = args.shared.margin;
    (args.mutual_aid || roads_from.is_some()).then_some(SharedOrder { roads_from, margin_m })
}

/// Name of the command that runs a batch for the one that a user called: no command for users.
pub const PROCESS: &str = "batch-process";

/// Runs the batch that stdin orders, within its memory.
pub fn run_process() {
    serve(&Machine::new(), &memory::limit, &memory::peak_bytes);
}
