//! Progress of a batch on stderr.
//!
//! In: events of the batch, from several threads. Out: a line a region, bars if stderr is a terminal, durations with
//! `--verbose`.

use super::args::Session;
use super::print::tell;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use lifering_base::t;
use lifering_batch::Listener;
use lifering_batch::regions::Job;
use lifering_report::batch::shape::RegionEntry;
use lifering_report::text::pick;
use lifering_report::text::{Lang, verdict};
use lifering_standards::outcome::Verdict;
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Prints a line as each region ends; on a terminal also a bar over all regions and a spinner for each that runs.
pub struct BatchProgress {
    bars: MultiProgress,
    all: ProgressBar,
    /// Regions that run, by name.
    running: Mutex<BTreeMap<String, RunningRegion>>,
    lang: Lang,
    quiet: bool,
    verbose: bool,
}

struct RunningRegion {
    bar: ProgressBar,
    began: Instant,
    /// Stages so far with the moment each began.
    stages: Vec<(String, Instant)>,
}

impl BatchProgress {
    /// Progress over so many regions.
    pub fn new(regions: usize, session: Session) -> Self {
        let Session { lang, quiet, verbose, .. } = session;
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

    /// Removes the bars.
    pub fn finish(&self) {
        self.all.finish_and_clear();
    }

    /// Prints a line above the bars.
    pub fn print(&self, line: &str) {
        if !self.quiet {
            self.bars.suspend(|| tell(line));
        }
    }

    /// The outcome of a region as a line.
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

impl Listener for BatchProgress {
    fn begins(&self, job: &Job) {
        let bar = self.bars.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(job.name.clone());
        let now = Instant::now();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(job.name.clone(), RunningRegion { bar, began: now, stages: Vec::new() });
    }

    fn stage(&self, job: &Job, stage: &str) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = running.get_mut(&job.name) else { return };
        running.stages.push((stage.to_owned(), Instant::now()));
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
        self.print(&line);
        let Some(ended) = ended else { return };
        ended.bar.finish_and_clear();
        self.bars.remove(&ended.bar);
        if self.verbose {
            let now = Instant::now();
            let ends = ended.stages.iter().skip(1).map(|(_, at)| *at).chain([now]);
            let stages = ended.stages.iter().zip(ends).map(|((stage, began), end)| (stage, end - *began));
            let stages: Vec<String> =
                stages.map(|(stage, took)| format!("{stage} {:.3}", took.as_secs_f64())).collect();
            let all = (now - ended.began).as_secs_f64();
            self.bars.suspend(|| tracing::info!("{}: {all:.3} s ({})", entry.name, stages.join(", ")));
        }
    }
}
