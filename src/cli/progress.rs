//! Progress of a single run on stderr: a spinner with the stage, the state of a search, durations with `--verbose`.
//!
//! In: stages of an audit, bounds of a search. Out: lines on stderr, none if it is no terminal or `--quiet` is given.

use super::args::Session;
use super::deadline::Deadline;
use indicatif::{ProgressBar, ProgressStyle};
use lifering_base::t;
use lifering_core::run::Progress;
use lifering_report::text::Lang;
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(100);

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
        let Session { lang, verbose, quiet, .. } = session;
        Self { bar: spinner(quiet), lang, verbose, running: Mutex::default(), deadline }
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
