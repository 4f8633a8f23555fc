//! A batch in a process of its own: what the two processes tell each other.
//!
//! In: an [`Order`], a line of JSON on stdin. Out: [`Event`]s, a line of JSON each on stdout. Whatever else is printed there is
//! no event. The process ends when stdin does: it never outlives the program that started it.

use super::error::BatchError;
use super::regions::Job;
use super::run::{Batch, Failure, Known, Listener, Part, run_part};
use super::shared::SharedByAll;
use super::worker::RegionWorker;
use lifering_base::{Message, message};
use lifering_readers::shared::SharedRoads;
use lifering_report::batch::shape::RegionEntry;
use lifering_report::text::Lang;
use serde::{Deserialize, Serialize};
use std::io::{BufRead as _, Read as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Layers that the regions share, still to be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SharedOrder {
    /// File of the roads; `None`: each region has its own.
    pub roads_from: Option<PathBuf>,
    /// How far beyond each boundary shared layers count, metres.
    pub margin_m: f64,
}

/// A batch to run, as one process tells another. The fields are those of [`Batch`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// The regions.
    pub jobs: Vec<Job>,
    /// The folder of the results.
    pub out: PathBuf,
    /// Language of the reports, `zh` or `en`.
    pub lang: String,
    /// Bytes of memory for all regions that run at once.
    pub memory: u64,
    /// Time limit for each region.
    pub timeout: Option<Duration>,
    /// Layers that the regions share.
    pub shared: Option<SharedOrder>,
    /// Files that are read besides the regions' own.
    pub inputs: Vec<PathBuf>,
    /// Keep the results of regions that an earlier run has done.
    pub resume: bool,
    /// Begin no more regions once one has failed.
    pub fail_fast: bool,
    /// Process id by which other runs are told who writes.
    pub process: u32,
    /// What earlier processes of this run have found.
    pub known: Known,
    /// The regions that this process audits.
    pub part: Part,
}

impl Order {
    /// The batch, with the shared layers read.
    fn batch(&self) -> Result<Batch, BatchError> {
        let read = |shared: &SharedOrder| {
            let roads = shared.roads_from.as_deref().map(SharedRoads::read).transpose()?.map(Arc::new);
            Ok::<_, BatchError>(SharedByAll::new(roads, shared.margin_m, &self.jobs))
        };
        Ok(Batch {
            jobs: self.jobs.clone(),
            out: self.out.clone(),
            lang: if self.lang == Lang::Zh.locale() { Lang::Zh } else { Lang::En },
            memory: self.memory,
            timeout: self.timeout,
            inputs: self.inputs.clone(),
            shared: self.shared.as_ref().map(read).transpose()?,
            resume: self.resume,
            fail_fast: self.fail_fast,
            process: self.process,
        })
    }
}

/// What happens in the process.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A region begins.
    Begins {
        /// Its name.
        name: String,
    },
    /// A region's audit enters a stage.
    Stage {
        /// Its name.
        name: String,
        /// The stage.
        stage: String,
    },
    /// A region ended.
    Ended {
        /// What it ended with.
        entry: Box<RegionEntry>,
        /// Whether an earlier run had done it.
        found_done: bool,
    },
    /// A region does not hear that its time is up: the process ends with it.
    Overdue {
        /// What it ended with.
        entry: Box<RegionEntry>,
    },
    /// The part of the batch that was ordered is audited.
    Finished {
        /// The exit status; `None` if regions are left, so that the files over all regions are not written yet.
        exit_status: Option<u8>,
        /// The most memory that the process held, bytes; `None` if the system does not report it.
        peak_bytes: Option<u64>,
    },
    /// The batch could not be run.
    Failed {
        /// Why.
        why: Message,
    },
}

/// Prints events on stdout.
struct Teller;

impl Teller {
    fn tell(event: &Event) {
        // If nobody listens any more, the end of stdin ends the process.
        if let Ok(line) = serde_json::to_string(event) {
            let mut stdout = std::io::stdout().lock();
            let _ = stdout.write_all((line + "\n").as_bytes()).and_then(|()| stdout.flush());
        }
    }
}

impl Listener for Teller {
    fn begins(&self, job: &Job) {
        Self::tell(&Event::Begins { name: job.name.clone() });
    }

    fn stage(&self, job: &Job, stage: &str) {
        Self::tell(&Event::Stage { name: job.name.clone(), stage: stage.to_owned() });
    }

    fn ended(&self, entry: &RegionEntry, found_done: bool) {
        Self::tell(&Event::Ended { entry: Box::new(entry.clone()), found_done });
    }

    fn overdue(&self, entry: &RegionEntry) {
        Self::tell(&Event::Overdue { entry: Box::new(entry.clone()) });
        std::process::exit(i32::from(super::run::FAILED));
    }
}

/// Runs the batch that stdin orders. `prepare` gets the bytes of memory that the batch may hold, before anything is read;
/// `peak` returns the most memory held so far.
pub fn serve(worker: &dyn RegionWorker, prepare: &dyn Fn(u64), peak: &dyn Fn() -> Option<u64>) {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    let order = read.ok().and_then(|_| serde_json::from_str::<Order>(&line).ok());
    let Some(order) = order else { return Teller::tell(&Event::Failed { why: message!("batches.no_order") }) };
    std::thread::spawn(|| {
        // Ends with the program that started this one, however that ends.
        let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
        std::process::exit(i32::from(super::run::FAILED));
    });
    prepare(order.memory);
    let outcome = order.batch().and_then(|batch| run_part(&batch, &order.known, &order.part, worker, &Teller));
    Teller::tell(&match outcome {
        Ok(report) => {
            Event::Finished { exit_status: report.map(|report| report.summary.exit_status), peak_bytes: peak() }
        }
        Err(error) => Event::Failed { why: error.message() },
    });
}

/// What is known of a region whose process died.
pub(super) fn died(fault: lifering_report::batch::shape::Fault) -> Failure {
    Failure { fault, reads: std::collections::BTreeMap::new() }
}
