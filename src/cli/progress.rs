//! Progress of a single run on stderr: a spinner with the stage, the state of a search, durations with `--verbose`.
//!
//! In: stages of an audit, bounds of a search. Out: lines on stderr, none if it is no terminal or `--quiet` is given.

use super::args::Session;
use super::deadline::Deadline;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use lifering_base::t;
use lifering_core::run::Progress;
use lifering_report::text::Lang;
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(100);

/// Time from which the share done and the time left are shown.
const SHOWN_FROM: Duration = Duration::from_secs(2);
/// The whole of a run, in the parts of [`begins_at`].
const WHOLE: u64 = 100;

/// How much of an audit is done when a stage begins, in hundredths of its time: measured on the demonstration region.
fn begins_at(stage: &str) -> u64 {
    match stage {
        "people" | "roads" => 2,
        "times" => 4,
        "rules" | "second_arrivals" => 12,
        "survey" => 14,
        "zones" => 18,
        "road_times" => 77,
        "findings" | "write" => 78,
        _ => 0,
    }
}

/// The share done and about how long the rest takes, if that is known; empty in the first seconds.
fn outlook(done: u64, elapsed: Duration, lang: Lang) -> String {
    if elapsed < SHOWN_FROM || done == 0 || done >= WHOLE {
        return String::new();
    }
    let left = elapsed.as_secs_f64() * (WHOLE - done) as f64 / done as f64;
    t!("progress.outlook", locale = lang.locale(), share = done, seconds = format!("{:.0}", left.ceil())).into_owned()
}

/// A spinner on stderr; hidden if `--quiet` is given or stderr is no terminal.
fn spinner(quiet: bool) -> ProgressBar {
    let show = !quiet && std::io::stderr().is_terminal();
    let bar = if show { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    // The template is a constant: an error here could only be a typing mistake, and the default style serves as well.
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}

/// The stage of an audit; with `--verbose` how long each took.
pub struct StageProgress {
    bar: ProgressBar,
    lang: Lang,
    verbose: bool,
    /// The stage that runs and when it began.
    running: Mutex<Option<(&'static str, Instant)>>,
    deadline: Deadline,
}

impl StageProgress {
    /// A spinner that shows no stage yet.
    pub fn new(session: Session, deadline: Deadline) -> Self {
        let (bar, lang) = (spinner(session.quiet), session.lang);
        bar.set_length(WHOLE);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed} {outlook}") {
            let outlook = move |state: &ProgressState, line: &mut dyn std::fmt::Write| {
                // A line that cannot be written is not shown.
                let _ = line.write_str(&outlook(state.pos(), state.elapsed(), lang));
            };
            bar.set_style(style.with_key("outlook", outlook));
        }
        Self { bar, lang, verbose: session.verbose, running: Mutex::default(), deadline }
    }

    /// Ends the last stage and removes the spinner.
    pub fn finish(&self) {
        self.begin(None);
        self.bar.finish_and_clear();
    }

    fn begin(&self, next: Option<&'static str>) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = std::mem::replace(&mut *running, next.map(|name| (name, Instant::now())));
        if let Some((name, began)) = ended.filter(|_| self.verbose) {
            tracing::info!("{name}: {:.3} s", began.elapsed().as_secs_f64());
        }
    }
}

impl Progress for StageProgress {
    fn stage(&self, name: &'static str) {
        self.begin(Some(name));
        self.bar.set_position(begins_at(name));
        self.bar.set_message(t!(format!("stage.{name}"), locale = self.lang.locale()).into_owned());
    }

    fn stopped(&self) -> bool {
        self.deadline.is_over()
    }
}

/// The stage of a proposal, then incumbent, bound and gap of its search.
pub struct SearchProgress {
    bar: ProgressBar,
    lang: Lang,
    deadline: Deadline,
}

impl SearchProgress {
    /// A spinner that shows no stage yet.
    pub fn new(session: Session, deadline: Deadline) -> Self {
        Self { bar: spinner(session.quiet), lang: session.lang, deadline }
    }

    /// Shows the state of the search.
    pub fn show(&self, progress: lifering_siting::Progress) {
        let best = progress.incumbent.map_or_else(|| "-".to_owned(), |v| format!("{v:.1}"));
        let gap = progress.gap.map_or_else(|| "-".to_owned(), |v| format!("{v:.1}"));
        let bound = format!("{:.1}", progress.bound);
        let text = t!("propose.progress", locale = self.lang.locale(), best = best, bound = bound, gap = gap);
        self.bar.set_message(text.into_owned());
    }

    /// Removes the spinner.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for SearchProgress {
    fn stage(&self, name: &'static str) {
        self.bar.set_message(t!(format!("stage.{name}"), locale = self.lang.locale()).into_owned());
    }

    fn stopped(&self) -> bool {
        self.deadline.is_over()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outlook_is_the_rest_at_the_pace_so_far() {
        assert_eq!(outlook(50, Duration::from_secs(1), Lang::En), "");
        assert_eq!(outlook(0, Duration::from_secs(9), Lang::En), "");
        assert_eq!(outlook(25, Duration::from_secs(10), Lang::En), "25 %, about 30 s left");
    }

    #[test]
    fn stages_follow_each_other() {
        let all =
            ["read", "people", "roads", "times", "rules", "second_arrivals", "survey", "zones", "road_times", "write"];
        assert!(all.windows(2).all(|pair| begins_at(pair[0]) <= begins_at(pair[1])));
    }
}
