//! The end of a run that takes too long: `--timeout`.
//!
//! In: a limit. Out: whether it has passed, which stages and readers ask all along. Whatever does not ask in time, inside a
//! library for example, is ended with the program a second later: files appear whole or not at all, and the next run sweeps what
//! this one leaves.

use super::args::Session;
use super::error_text::error_text;
use super::exit;
use super::print::tell;
use clap::Args;
use lifering_base::{Message, message};
use lifering_report::text::plain;
use std::fmt;
use std::time::{Duration, Instant};

/// How much later than the limit the program ends whatever it does.
const GRACE: Duration = Duration::from_secs(1);

/// The limit of a run.
#[derive(Clone, Copy, Debug, Args)]
pub struct TimeArgs {
    /// Give up after so long, reading included: 90s, 30m, 2h
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    timeout: Option<Duration>,
}

/// When a run is to end.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    /// `None` for no limit.
    end: Option<(Instant, Duration)>,
}

impl Deadline {
    /// Starts the clock.
    pub fn start(args: TimeArgs, session: Session) -> Self {
        let end = args.timeout.and_then(|limit| Some((Instant::now().checked_add(limit)?, limit)));
        if let Some((end, limit)) = end {
            std::thread::spawn(move || {
                while let Some(left) =
                    (end + GRACE).checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
                {
                    std::thread::sleep(left);
                }
                tell(&format!("lifering: {}", error_text(&TimeIsUp(limit).into(), session.lang)));
                std::process::exit(exit::FAILED.into());
            });
        }
        Self { end }
    }

    /// No limit.
    #[cfg(feature = "serve")]
    pub fn none() -> Self {
        Self { end: None }
    }

    /// Whether the time is up.
    pub fn is_over(&self) -> bool {
        self.end.is_some_and(|(end, _)| Instant::now() >= end)
    }

    /// An outcome; an error that comes once the time is up is one for that reason.
    pub fn outcome<T, E: Into<anyhow::Error>>(&self, outcome: Result<T, E>) -> anyhow::Result<T> {
        match self.end {
            Some((_, limit)) if outcome.is_err() && self.is_over() => Err(TimeIsUp(limit).into()),
            _ => outcome.map_err(Into::into),
        }
    }
}

/// The run took longer than this.
#[derive(Clone, Copy, Debug)]
pub struct TimeIsUp(Duration);

impl TimeIsUp {
    /// The error as a message of the catalogue.
    pub fn message(&self) -> Message {
        message!("refusal.time_is_up", seconds = plain(self.0.as_secs_f64(), 3))
    }
}

impl fmt::Display for TimeIsUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

impl std::error::Error for TimeIsUp {}
