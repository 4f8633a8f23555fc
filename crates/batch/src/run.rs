//! The order of a batch: regions that are done already, audits of the others, the files over all regions.
//!
//! In: a [`Batch`] and a [`RegionWorker`]. Out: the folder, a [`BatchReport`], events to a [`Listener`].

use super::error::BatchError;
use super::folder::{BatchFolder, TABLES};
use super::marker::{Conditions, Marker};
use super::memory;
use super::regions::Job;
use super::scheduler::{self, Ended, Limits};
use super::shared::SharedByAll;
use super::stop::{StopCause, StopSignal};
use super::worker::RegionWorker;
use lifering_base::hash::{sha256_hex, sha256_of};
use lifering_core::audit::AuditRequest;
use lifering_core::city::CityError;
use lifering_core::run::Progress;
use lifering_export::batch::{render, rules_part};
use lifering_readers::corrections::Corrections;
use lifering_readers::scenario::Scenario;
use lifering_readers::source::Reads;
use lifering_report::batch::failure;
use lifering_report::batch::layers::Boundaries;
use lifering_report::batch::shape::{Asked, Audited, BatchReport, Fault, RegionEntry};
use lifering_report::layers::boundary_in_degrees;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Exit status of a region that could not be audited.
pub(super) const FAILED: u8 = 2;

/// A batch to run.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The regions.
    pub jobs: Vec<Job>,
    /// The folder of the results.
    pub out: PathBuf,
    /// Language of the reports.
    pub lang: Lang,
    /// Bytes of memory for all regions that run at once.
    pub memory: u64,
    /// Time limit for each region; `None`: no limit.
    pub timeout: Option<Duration>,
    /// Files that are read besides the regions' own: the list of regions, shared roads.
    pub inputs: Vec<PathBuf>,
    /// Layers that the regions share; `None`: each has its own only.
    pub shared: Option<SharedByAll>,
    /// Keep the results of regions that an earlier run has done.
    pub resume: bool,
    /// Begin no more regions once one has failed.
    pub fail_fast: bool,
    /// Process id by which other runs are told who writes into the folder.
    pub process: u32,
}

/// What earlier processes of a run have found, by the names of the regions.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Known {
    /// Regions whose results are in place.
    pub done: BTreeSet<String>,
    /// Regions that could not be audited.
    pub failed: BTreeMap<String, Failure>,
}

/// The regions that one process of a run audits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// All of them; the files over all are written at the end.
    All,
    /// One of them, by its name.
    Only(String),
}

/// Receives the events of a batch, from several threads at once.
pub trait Listener: Sync {
    /// A region begins.
    fn begins(&self, job: &Job);
    /// A region's audit enters a stage.
    fn stage(&self, job: &Job, stage: &str);
    /// A region ended: audited in this run, done by an earlier one (`found_done`), or failed.
    fn ended(&self, entry: &RegionEntry, found_done: bool);
    /// A region goes on long after its time was up: it does not hear that it is to stop. A process of its own may end here.
    fn overdue(&self, _: &RegionEntry) {}
}

/// Why a region has no results.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Failure {
    /// What went wrong.
    pub fault: Fault,
    /// SHA-256 of the files that had been read, by name; `None` for one that was missing.
    pub reads: BTreeMap<String, Option<String>>,
}

/// Runs a batch in this process.
pub fn run(batch: &Batch, worker: &dyn RegionWorker, listener: &dyn Listener) -> Result<BatchReport, BatchError> {
    let known = Known::default();
    let audited = audited(batch, &known, &Part::All, worker, listener)?;
    audited.conclude(batch)
}

/// Runs a part of a batch, of which something is known; the report is there if all of it is audited.
pub fn run_part(
    batch: &Batch,
    known: &Known,
    part: &Part,
    worker: &dyn RegionWorker,
    listener: &dyn Listener,
) -> Result<Option<BatchReport>, BatchError> {
    let audited = audited(batch, known, part, worker, listener)?;
    (*part == Part::All).then(|| audited.conclude(batch)).transpose()
}

/// The regions of a batch, each with its results or its failure.
struct AuditedBatch {
    folder: BatchFolder,
    /// By job.
    markers: Vec<Option<Marker>>,
    /// By position of the job.
    failures: BTreeMap<usize, Failure>,
}

fn audited(
    batch: &Batch,
    known: &Known,
    part: &Part,
    worker: &dyn RegionWorker,
    listener: &dyn Listener,
) -> Result<AuditedBatch, BatchError> {
    let folder = BatchFolder::open(&batch.out, &batch.jobs, &batch.inputs, batch.process)?;
    let conditions: Vec<Conditions> =
        batch.jobs.par_iter().map(|job| Conditions::of(job, batch.lang, batch.shared.as_ref())).collect();
    let run = Run { batch, worker, listener, known, folder: &folder, conditions: &conditions };

    let of_part = |job: &Job| matches!(part, Part::All) || *part == Part::Only(job.name.clone());
    let mut markers: Vec<Option<Marker>> =
        (0..batch.jobs.len()).into_par_iter().map(|at| run.valid_marker(at)).collect();
    let mut failures: BTreeMap<usize, Failure> = BTreeMap::new();
    for (at, job) in batch.jobs.iter().enumerate() {
        failures.extend(known.failed.get(&job.name).map(|failure| (at, failure.clone())));
    }
    let open = |at: &usize| markers[*at].is_none() && !failures.contains_key(at) && of_part(&batch.jobs[*at]);
    let todo: Vec<usize> = (0..batch.jobs.len()).filter(open).collect();
    for (job, marker) in batch.jobs.iter().zip(&markers) {
        if let Some(marker) = marker {
            listener.ended(&done_entry(job, marker), true);
        }
    }
    for (at, ended) in todo.iter().zip(run.audit_all(&todo)) {
        match ended {
            Ok(marker) => markers[*at] = Some(marker),
            Err(failure) => {
                failures.insert(*at, failure);
            }
        }
    }
    Ok(AuditedBatch { folder, markers, failures })
}

impl AuditedBatch {
    /// Writes the files over all regions.
    fn conclude(mut self, batch: &Batch) -> Result<BatchReport, BatchError> {
        let mut boundaries = Boundaries::new();
        let mut entries = Vec::with_capacity(batch.jobs.len());
        for (at, (job, marker)) in batch.jobs.iter().zip(&self.markers).enumerate() {
            if let Some(marker) = marker {
                boundaries.insert(job.name.clone(), marker.boundary());
                entries.push(done_entry(job, marker));
            } else if let Some(failure) = self.failures.remove(&at) {
                entries.push(failed_entry(job, failure));
            }
        }
        let report = BatchReport::new(entries);
        for (file, bytes) in render(&report, &boundaries, batch.lang)? {
            self.folder.put(file, &bytes)?;
        }
        Ok(report)
    }
}

fn done_entry(job: &Job, marker: &Marker) -> RegionEntry {
    RegionEntry {
        name: job.name.clone(),
        path: job.source().label(),
        options: job.asked.clone(),
        exit_status: marker.audited.exit_status,
        inputs: marker.reads.clone(),
        fault: None,
        audit: Some(marker.audited.clone()),
    }
}

/// The entry of a region that could not be audited.
pub fn failed_entry(job: &Job, failure: Failure) -> RegionEntry {
    RegionEntry {
        name: job.name.clone(),
        path: job.source().label(),
        options: job.asked.clone(),
        exit_status: FAILED,
        inputs: failure.reads,
        fault: Some(failure.fault),
        audit: None,
    }
}

/// A batch that runs.
struct Run<'a> {
    batch: &'a Batch,
    worker: &'a dyn RegionWorker,
    listener: &'a dyn Listener,
    known: &'a Known,
    folder: &'a BatchFolder,
    /// By job.
    conditions: &'a [Conditions],
}

/// Passes an audit's stages to the listener, and the stop signal to the audit.
struct RegionProgress<'a> {
    job: &'a Job,
    listener: &'a dyn Listener,
    stop: &'a StopSignal,
}

impl Progress for RegionProgress<'_> {
    fn stage(&self, name: &'static str) {
        self.listener.stage(self.job, name);
    }

    fn stopped(&self) -> bool {
        self.stop.cause().is_some()
    }
}

impl Run<'_> {
    /// The marker of a region that is done, if it is still valid: by an earlier process of this run, or by an earlier run
    /// if the batch resumes.
    fn valid_marker(&self, at: usize) -> Option<Marker> {
        let job = &self.batch.jobs[at];
        if !self.batch.resume && !self.known.done.contains(&job.name) {
            return None;
        }
        let marker = Marker::from_bytes(&self.folder.read_marker(&job.name)?)?;
        marker.is_valid(job, &self.conditions[at], self.folder).then_some(marker)
    }

    /// Audits the jobs at these positions, as many at once as fit the memory. The outcomes are in the order of `todo`.
    fn audit_all(&self, todo: &[usize]) -> Vec<Result<Marker, Failure>> {
        let jobs: Vec<&Job> = todo.iter().map(|at| &self.batch.jobs[*at]).collect();
        let needs: Vec<u64> = jobs.par_iter().map(|job| memory::estimate(&job.source())).collect();
        let limits = Limits {
            side_by_side: rayon::current_num_threads(),
            memory: self.batch.memory,
            timeout: self.batch.timeout,
            fail_fast: self.batch.fail_fast,
        };
        if self.batch.fail_fast && !self.known.failed.is_empty() {
            return jobs.iter().zip(&needs).map(|(job, need)| self.conclude(job, *need, Ended::NotRun)).collect();
        }
        let resident = || self.worker.resident();
        let overdue = |n: usize| {
            let fault = failure::too_long(self.batch.timeout.unwrap_or_default());
            self.listener.overdue(&failed_entry(jobs[n], Failure { fault, reads: BTreeMap::new() }));
        };
        let ended = scheduler::run(&needs, limits, &resident, &overdue, &|n, stop| {
            let job = jobs[n];
            self.listener.begins(job);
            let outcome = self.audit_one(todo[n], needs[n], stop);
            match &outcome {
                Ok(marker) => self.listener.ended(&done_entry(job, marker), false),
                // A region that was stopped may be tried again: its end is announced below.
                Err(failure) if stop.cause().is_none() => {
                    self.listener.ended(&failed_entry(job, failure.clone()), false);
                }
                Err(_) => {}
            }
            outcome
        });
        ended.into_iter().enumerate().map(|(n, ended)| self.conclude(jobs[n], needs[n], ended)).collect()
    }

    /// Turns the end of a task into the outcome of its region, and announces one that was stopped.
    fn conclude(&self, job: &Job, need: u64, ended: Ended<Marker, Failure>) -> Result<Marker, Failure> {
        match ended {
            Ended::Done(marker) => Ok(marker),
            Ended::Failed(failure) => Err(failure),
            Ended::Stopped(cause, failure) => {
                let fault = match cause {
                    // A stop for time implies a limit: the default is never used.
                    StopCause::Time => failure::too_long(self.batch.timeout.unwrap_or_default()),
                    StopCause::Memory => failure::too_large(need, self.batch.memory),
                };
                let failure = Failure { fault, ..failure };
                self.listener.ended(&failed_entry(job, failure.clone()), false);
                Err(failure)
            }
            Ended::NotRun => {
                // Results of an earlier run that this one did not verify are no part of it. If they cannot be removed,
                // they stay beside a batch.json that lists the region as not run.
                let _ = self.folder.forget(&job.name);
                Err(Failure { fault: failure::not_run(), reads: BTreeMap::new() })
            }
        }
    }

    /// Audits one region. Any failure, a panic included, becomes the region's own fault.
    fn audit_one(&self, at: usize, need: u64, stop: &StopSignal) -> Result<Marker, Failure> {
        let job = &self.batch.jobs[at];
        let reads = Reads::default();
        let attempt = || {
            self.folder.unmark(&job.name).map_err(unwritten)?;
            if need > self.batch.memory {
                return Err(failure::too_large(need, self.batch.memory));
            }
            self.attempt(at, &reads, stop)
        };
        let outcome = match catch_unwind(AssertUnwindSafe(attempt)) {
            Ok(outcome) => outcome,
            Err(panic) => Err(failure::defect(&panic_message(panic.as_ref()))),
        };
        outcome.map_err(|fault| {
            // Old results of a region that failed now would be taken for new ones. If they cannot be removed, the disk
            // is at fault, which the region's own fault most likely reports already.
            let _ = self.folder.discard(&job.name);
            Failure { fault, reads: reads.list() }
        })
    }

    /// Audits one region and puts its results and its marker in place.
    fn attempt(&self, at: usize, reads: &Reads, stop: &StopSignal) -> Result<Marker, Fault> {
        let job = &self.batch.jobs[at];
        let progress = RegionProgress { job, listener: self.listener, stop };
        let Asked { standard, year, zone_error, strict, accept_datum, scenario, rebase } = job.asked.clone();
        let scenario = scenario.map(|file| Scenario::read(Path::new(&file))).transpose();
        let scenario = scenario.map_err(|error| failure::refused(&error.into()))?;
        let request = AuditRequest {
            standard,
            year,
            zone_error,
            strict,
            accept_datum,
            corrections: Corrections::default(),
            shared: self.batch.shared.as_ref().map(|s| s.of(job)),
            scenario,
            rebase,
        };
        let audit = self.worker.audit(job.source().noted(reads.clone()), &request, &progress);
        let audit = audit.map_err(|e| failure::refused(&e))?;
        progress.stage("write");
        let report = Report::new(&audit);
        let staged = self.folder.stage(job).map_err(unwritten)?;
        let hashes = Mutex::new(BTreeMap::new());
        let zones = Mutex::new(Vec::new());
        let observe = |file: &str, parts: &[&[u8]]| {
            let hash = sha256_of(parts);
            hashes.lock().unwrap_or_else(PoisonError::into_inner).insert(format!("{}/{file}", job.name), hash);
            if file == "uncovered.parquet" {
                *zones.lock().unwrap_or_else(PoisonError::into_inner) = parts.concat();
            }
        };
        self.worker.write(&audit, &report, self.batch.lang, &staged, &observe).map_err(unwritten)?;
        if progress.stopped() {
            return Err(failure::refused(&CityError::Stopped.into()));
        }
        let audited = Audited::new(&audit, &report);
        let boundary = boundary_in_degrees(&audit);
        drop(audit);
        self.folder.place(&job.name, staged).map_err(unwritten)?;
        let mut writes = hashes.into_inner().unwrap_or_else(PoisonError::into_inner);
        let zones = zones.into_inner().unwrap_or_else(PoisonError::into_inner);
        let rules = rules_part(&audited).map_err(unwritten)?;
        for (table, bytes) in TABLES.into_iter().zip([zones, rules]) {
            let part = BatchFolder::part(table, &job.name);
            self.folder.put(&part, &bytes).map_err(unwritten)?;
            writes.insert(part, sha256_hex(&bytes));
        }
        let marker = Marker::new(self.conditions[at].clone(), reads.list(), writes, audited, &boundary);
        let bytes = marker.to_bytes().map_err(unwritten)?;
        self.folder.put_marker(&job.name, &bytes).map_err(unwritten)?;
        Ok(marker)
    }
}

/// The fault of a region whose results could not be written.
fn unwritten(error: impl Display) -> Fault {
    failure::unwritten(&error)
}

/// The message of a panic; empty if its payload is no text.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
