//! `lifering batch`: many regions, unattended.
//!
//! In: arguments. Out: a folder with a folder a region and the files over all; a line a region as it is done. Exit status
//! 2 where any region could not be run, else the worst of the audits.

use super::cli::share;
use super::shared::SharedArgs;
use anyhow::{Context, Result};
use bytesize::ByteSize;
use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use lifering_base::error::{InputError, Place};
use lifering_base::message;
use lifering_base::t;
use lifering_batch::regions::{Job, regions};
use lifering_batch::shared::SharedByAll;
use lifering_batch::{Batch, Listener, Machine, run};
use lifering_report::batch::shape::{Asked, RegionEntry};
use lifering_report::text::pick;
use lifering_report::text::{Lang, verdict};
use lifering_standards::outcome::Verdict;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  lifering batch counties/ --standard national-2020 --out out/province       every region in a folder
  lifering batch 'counties/35*' --standard jinjiang-14fyp --out out/south    a pattern
  lifering batch counties.csv --out out/province --memory 8GiB --timeout 30m a list with a standard a row
  lifering batch counties/ --standard national-2020 --out out/province --resume

Exit status: 2 where any region could not be run, else 1 a gap, 3 something not judged, 0 all met.";

/// What to audit.
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
    /// Objective for the area left undecided, as a share of the boundary's area
    #[arg(long, value_name = "SHARE", value_parser = share)]
    zone_error: Option<f64>,
}

/// Runs the command; `file_lang` is the language of what is written.
pub fn run_batch(args: &BatchArgs, lang: Lang, file_lang: Lang, quiet: bool, verbose: bool) -> Result<ExitCode> {
    let asked = Asked {
        standard: args.standard.clone(),
        year: args.year,
        zone_error: args.zone_error,
        strict: args.strict,
        accept_datum: args.accept_datum,
    };
    let named = regions(&args.regions, &asked)?;
    if named.jobs.is_empty() {
        let place = Place::file(&args.regions.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "));
        return Err(InputError::wrong(place, message!("batches.said.none"), message!("message.manifest_rows")).into());
    }
    let machine = Machine::new();
    let batch = Batch {
        out: args.out.clone(),
        lang: file_lang,
        memory: args.memory.map_or_else(|| machine.memory(), |size| size.as_u64()),
        timeout: args.timeout,
        shared: share_all(args, &named.jobs)?,
        resume: args.resume,
        fail_fast: args.fail_fast,
        jobs: named.jobs,
    };
    let screen = Screen::new(batch.jobs.len(), lang, quiet, verbose);
    for path in named.repeated {
        screen.say(&t!("batches.said.repeated", locale = lang.locale(), path = path.display().to_string()));
    }
    let report = run(&batch, &machine, &screen).with_context(|| format!("writing {}", batch.out.display()))?;
    screen.all.finish_and_clear();
    if !quiet {
        let written = t!("summary.written", locale = lang.locale(), folder = batch.out.display().to_string());
        // A closed pipe is no reason to fail: the files are written.
        let _ = writeln!(std::io::stdout(), "{written}");
    }
    Ok(ExitCode::from(report.summary.exit_status))
}

/// What the regions share: the roads read once, and each other's stations.
fn share_all(args: &BatchArgs, jobs: &[Job]) -> Result<Option<SharedByAll>> {
    let roads = args.shared.roads()?;
    let aid = args.mutual_aid || roads.is_some();
    Ok(aid.then(|| SharedByAll::new(roads, args.shared.margin, jobs)))
}

/// A line a region as it is done; on a terminal also a bar over all and the regions that run.
struct Screen {
    bars: MultiProgress,
    all: ProgressBar,
    running: Mutex<BTreeMap<String, Running>>,
    lang: Lang,
    quiet: bool,
    verbose: bool,
}

struct Running {
    bar: ProgressBar,
    began: Instant,
    stages: Vec<(&'static str, Instant)>,
}

impl Screen {
    fn new(regions: usize, lang: Lang, quiet: bool, verbose: bool) -> Self {
        let show = !quiet && std::io::stderr().is_terminal();
        let target = if show { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        let all = bars.add(ProgressBar::new(regions as u64));
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} ({eta})") {
            all.set_style(style);
        }
        all.enable_steady_tick(Duration::from_millis(200));
        Self { bars, all, running: Mutex::default(), lang, quiet, verbose }
    }

    /// A line that stays, above the bars.
    fn say(&self, line: &str) {
        if !self.quiet {
            self.bars.suspend(|| {
                // Nobody listens: that is no reason to stop.
                let _ = writeln!(std::io::stderr(), "{line}");
            });
        }
    }

    /// How a region came out, as a line.
    fn line(&self, entry: &RegionEntry) -> String {
        let locale = self.lang.locale();
        if let Some(fault) = &entry.fault {
            let why = pick(&fault.message, self.lang);
            return t!("batches.said.fault", locale = locale, region = entry.name, why = why).into_owned();
        }
        let Some(audited) = &entry.audit else { return entry.name.clone() };
        let count = |of: Verdict| audited.rules.iter().filter(|rule| rule.binding && rule.verdict == of).count();
        t!(
            "batches.said.region",
            locale = locale,
            region = entry.name,
            verdict = verdict(audited.verdict, self.lang),
            gap = count(Verdict::Gap),
            open = count(Verdict::Depends) + count(Verdict::CannotJudge),
            met = count(Verdict::Met)
        )
        .into_owned()
    }
}

impl Listener for Screen {
    fn begins(&self, job: &Job) {
        let bar = self.bars.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(job.name.clone());
        let now = Instant::now();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(job.name.clone(), Running { bar, began: now, stages: Vec::new() });
    }

    fn stage(&self, job: &Job, stage: &'static str) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = running.get_mut(&job.name) else { return };
        running.stages.push((stage, Instant::now()));
        let locale = self.lang.locale();
        let stage = t!(format!("stage.{stage}"), locale = locale);
        running
            .bar
            .set_message(t!("batches.said.running", locale = locale, region = job.name, stage = stage).into_owned());
    }

    fn ended(&self, entry: &RegionEntry, found_done: bool) {
        let ended = self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&entry.name);
        let mut line = self.line(entry);
        if found_done {
            line = t!("batches.said.was_done", locale = self.lang.locale(), line = line).into_owned();
        }
        self.all.inc(1);
        self.say(&line);
        let Some(ended) = ended else { return };
        ended.bar.finish_and_clear();
        self.bars.remove(&ended.bar);
        if self.verbose {
            let now = Instant::now();
            let ends = ended.stages.iter().skip(1).map(|(_, at)| *at).chain([now]);
            let stages = ended.stages.iter().zip(ends).map(|((stage, began), end)| (*stage, end - *began));
            let stages: Vec<String> =
                stages.map(|(stage, took)| format!("{stage} {:.3}", took.as_secs_f64())).collect();
            let all = (now - ended.began).as_secs_f64();
            self.bars.suspend(|| tracing::info!("{}: {all:.3} s ({})", entry.name, stages.join(", ")));
        }
    }
}
