//! Many regions against the same standard, unattended.
//!
//! In: [`Regions`](regions::Regions) and what holds for all. Out: a folder: what `audit` writes for each region, byte for
//! byte, and the files over all of them. What goes wrong in one region is recorded and costs no other one. A region is done
//! when its marker says so; a run that takes up a stopped one leaves the same bytes as one that never stopped.

pub mod budget;
mod machine;
mod marker;
pub mod pool;
pub mod regions;
pub mod shared;
mod tree;
pub mod watch;

pub use machine::Machine;

use lifering_base::error::InputError;
use lifering_base::hash::{sha256_hex, sha256_of};
use lifering_core::audit::{Audit, AuditError, AuditRequest};
use lifering_core::city::CityError;
use lifering_core::run::Progress;
use lifering_export::batch::{render, rules_part};
use lifering_export::files::{Staging, WriteError};
use lifering_export::{OutputError, write_into};
use lifering_readers::source::{Reads, Source};
use lifering_report::batch::failure;
use lifering_report::batch::layers::Boundaries;
use lifering_report::batch::shape::{Asked, Audited, BatchReport, Fault, RegionEntry};
use lifering_report::layers::boundary_in_degrees;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use marker::{Key, Marker};
use pool::{Ended, Limits};
use rayon::prelude::*;
use regions::Job;
use shared::SharedByAll;
use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;
use tree::Tree;
use watch::{Cause, Watch};

/// A batch could not be run at all, or what is over all regions could not be written.
#[derive(Debug, Error)]
pub enum BatchError {
    /// What names the regions.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The folder, or the files over all regions.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file over all regions could not be made.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// Another batch writes into the folder.
    #[error("{}: another batch is writing here", .0.display())]
    Busy(PathBuf),
}

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The regions.
    pub jobs: Vec<Job>,
    /// Where the results go.
    pub out: PathBuf,
    /// The language of the reports.
    pub lang: Lang,
    /// Bytes for all that run at once.
    pub memory: u64,
    /// For each region.
    pub timeout: Option<Duration>,
    /// What the regions share.
    pub shared: Option<SharedByAll>,
    /// Regions that are done stay as they are.
    pub resume: bool,
    /// Begin no more regions once one could not be run.
    pub fail_fast: bool,
}

/// Told how the batch goes on; from several threads at once.
pub trait Listener: Sync {
    /// A region begins.
    fn begins(&self, job: &Job);
    /// A region's audit comes to a stage.
    fn stage(&self, job: &Job, stage: &'static str);
    /// A region ended: audited now, found done, or not audited.
    fn ended(&self, entry: &RegionEntry, found_done: bool);
}

/// How one region is audited and written. The product has one way; a test may put another in its place, to see what a batch
/// makes of a region that fails.
pub trait Work: Sync {
    /// Audits a region.
    fn audit(&self, source: Source, request: &AuditRequest, progress: &dyn Progress) -> Result<Audit, AuditError> {
        request.run(source, progress)
    }

    /// Writes an audit; `seen` is told the parts of each file.
    fn write(
        &self,
        audit: &Audit,
        report: &Report,
        lang: Lang,
        staging: &Staging,
        seen: &(dyn Fn(&str, &[&[u8]]) + Sync),
    ) -> Result<(), OutputError> {
        write_into(audit, report, lang, staging, seen)
    }

    /// Bytes of memory that the program holds now; `None` where the system does not say.
    fn resident(&self) -> Option<u64> {
        None
    }
}

/// Why a region came to nothing, and what had been read of it.
#[derive(Clone, Debug)]
struct Failure {
    fault: Fault,
    reads: BTreeMap<String, Option<String>>,
}

/// Runs a batch.
pub fn run(batch: &Batch, work: &dyn Work, listener: &dyn Listener) -> Result<BatchReport, BatchError> {
    let names: Vec<&str> = batch.jobs.iter().map(|job| job.name.as_str()).collect();
    let tree = Tree::open(&batch.out, &names)?;
    let keys: Vec<Key> = batch.jobs.par_iter().map(|job| Key::of(job, batch.lang, batch.shared.as_ref())).collect();
    let run = Run { batch, work, listener, tree: &tree, keys: &keys };

    let mut markers: Vec<Option<Marker>> = (0..batch.jobs.len()).into_par_iter().map(|at| run.done(at)).collect();
    let todo: Vec<usize> = (0..batch.jobs.len()).filter(|at| markers[*at].is_none()).collect();
    for (job, marker) in batch.jobs.iter().zip(&markers) {
        if let Some(marker) = marker {
            listener.ended(&done_entry(job, marker), true);
        }
    }
    let mut failures: BTreeMap<usize, Failure> = BTreeMap::new();
    for (at, ended) in todo.iter().zip(run.all(&todo)) {
        match ended {
            Ok(marker) => markers[*at] = Some(marker),
            Err(failure) => {
                failures.insert(*at, failure);
            }
        }
    }

    let mut boundaries = Boundaries::new();
    let mut entries = Vec::with_capacity(batch.jobs.len());
    for (at, (job, marker)) in batch.jobs.iter().zip(&markers).enumerate() {
        if let Some(marker) = marker {
            boundaries.insert(job.name.clone(), marker.boundary());
            entries.push(done_entry(job, marker));
        } else if let Some(failure) = failures.remove(&at) {
            entries.push(failed_entry(job, failure));
        }
    }
    let report = BatchReport::new(entries);
    for (file, bytes) in render(&report, &boundaries, batch.lang)? {
        tree.put(file, &bytes)?;
    }
    tree.close()?;
    Ok(report)
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

fn failed_entry(job: &Job, failure: Failure) -> RegionEntry {
    RegionEntry {
        name: job.name.clone(),
        path: job.source().label(),
        options: job.asked.clone(),
        exit_status: 2,
        inputs: failure.reads,
        fault: Some(failure.fault),
        audit: None,
    }
}

/// A running batch.
struct Run<'a> {
    batch: &'a Batch,
    work: &'a dyn Work,
    listener: &'a dyn Listener,
    tree: &'a Tree,
    keys: &'a [Key],
}

/// What an audit tells and asks while it runs.
struct Ear<'a> {
    job: &'a Job,
    listener: &'a dyn Listener,
    watch: &'a Watch,
}

impl Progress for Ear<'_> {
    fn stage(&self, name: &'static str) {
        self.listener.stage(self.job, name);
    }

    fn stopped(&self) -> bool {
        self.watch.cause().is_some()
    }
}

impl Run<'_> {
    /// A region that an earlier run has done, where that still holds.
    fn done(&self, at: usize) -> Option<Marker> {
        if !self.batch.resume {
            return None;
        }
        let job = &self.batch.jobs[at];
        let marker = Marker::from_bytes(&self.tree.read_marker(&job.name)?)?;
        marker.holds(job, &self.keys[at], self.tree).then_some(marker)
    }

    /// Audits regions, as many at once as fit.
    fn all(&self, todo: &[usize]) -> Vec<Result<Marker, Failure>> {
        let jobs: Vec<&Job> = todo.iter().map(|at| &self.batch.jobs[*at]).collect();
        let needs: Vec<u64> = jobs.par_iter().map(|job| budget::need(&job.source())).collect();
        let limits = Limits {
            side_by_side: rayon::current_num_threads(),
            memory: self.batch.memory,
            timeout: self.batch.timeout,
            fail_fast: self.batch.fail_fast,
        };
        let resident = || self.work.resident();
        let ended = pool::run(&needs, limits, &resident, &|n, watch| {
            let job = jobs[n];
            self.listener.begins(job);
            let outcome = self.one(todo[n], needs[n], watch);
            match &outcome {
                Ok(marker) => self.listener.ended(&done_entry(job, marker), false),
                // One that is told to stop may be tried again: what came of it is told at the end.
                Err(failure) if watch.cause().is_none() => {
                    self.listener.ended(&failed_entry(job, failure.clone()), false);
                }
                Err(_) => {}
            }
            outcome
        });
        let told = |n: usize, ended: Ended<Marker, Failure>| match ended {
            Ended::Done(marker) => Ok(marker),
            Ended::Failed(failure) => Err(failure),
            Ended::Stopped(cause, failure) => {
                let fault = match cause {
                    Cause::Time => failure::too_long(self.batch.timeout.unwrap_or_default()),
                    Cause::Memory => failure::too_large(needs[n], self.batch.memory),
                };
                let failure = Failure { fault, ..failure };
                self.listener.ended(&failed_entry(jobs[n], failure.clone()), false);
                Err(failure)
            }
            Ended::NotRun => {
                // Results of an earlier run that nobody looked at are no part of this one.
                let _ = self.tree.forget(&jobs[n].name);
                Err(Failure { fault: failure::not_run(), reads: BTreeMap::new() })
            }
        };
        ended.into_iter().enumerate().map(|(n, ended)| told(n, ended)).collect()
    }

    /// Audits one region. Whatever goes wrong in it, a mistake of lifering included, is its own affair.
    fn one(&self, at: usize, need: u64, watch: &Watch) -> Result<Marker, Failure> {
        let job = &self.batch.jobs[at];
        let reads = Reads::default();
        let attempt = || {
            self.tree.unmark(&job.name).map_err(unwritten)?;
            if need > self.batch.memory {
                return Err(failure::too_large(need, self.batch.memory));
            }
            self.attempt(at, &reads, watch)
        };
        let outcome = match catch_unwind(AssertUnwindSafe(attempt)) {
            Ok(outcome) => outcome,
            Err(panic) => Err(failure::defect(&said_by(panic.as_ref()))),
        };
        outcome.map_err(|fault| {
            // Old results of a region that cannot be audited now would be taken for new ones. If even that fails, the
            // disk is the fault, which the region's own fault most likely says already.
            let _ = self.tree.discard(&job.name);
            Failure { fault, reads: reads.list() }
        })
    }

    fn attempt(&self, at: usize, reads: &Reads, watch: &Watch) -> Result<Marker, Fault> {
        let job = &self.batch.jobs[at];
        let ear = Ear { job, listener: self.listener, watch };
        let Asked { standard, year, zone_error, strict, accept_datum } = job.asked.clone();
        let request = AuditRequest {
            standard,
            year,
            zone_error,
            strict,
            accept_datum,
            shared: self.batch.shared.as_ref().map(|s| s.of(job)),
        };
        let audit = self.work.audit(job.source().noted(reads.clone()), &request, &ear);
        let audit = audit.map_err(|e| failure::refused(&e))?;
        ear.stage("write");
        let report = Report::new(&audit);
        let staged = self.tree.stage(&job.name).map_err(unwritten)?;
        let writes = Mutex::new(BTreeMap::new());
        let zones = Mutex::new(Vec::new());
        let seen = |file: &str, parts: &[&[u8]]| {
            let hash = sha256_of(parts);
            writes.lock().unwrap_or_else(PoisonError::into_inner).insert(format!("{}/{file}", job.name), hash);
            if file == "uncovered.parquet" {
                *zones.lock().unwrap_or_else(PoisonError::into_inner) = parts.concat();
            }
        };
        self.work.write(&audit, &report, self.batch.lang, &staged, &seen).map_err(|e| failure::unwritten(&e))?;
        if ear.stopped() {
            return Err(failure::refused(&CityError::Stopped.into()));
        }
        let audited = Audited::new(&audit, &report);
        let boundary = boundary_in_degrees(&audit);
        drop(audit);
        self.tree.place(&job.name, staged).map_err(unwritten)?;
        let mut writes = writes.into_inner().unwrap_or_else(PoisonError::into_inner);
        let zones = zones.into_inner().unwrap_or_else(PoisonError::into_inner);
        let rules = rules_part(&audited).map_err(|e| failure::unwritten(&e))?;
        for (table, bytes) in tree::TABLES.into_iter().zip([zones, rules]) {
            let part = Tree::part(table, &job.name);
            self.tree.put(&part, &bytes).map_err(unwritten)?;
            writes.insert(part, sha256_hex(&bytes));
        }
        let marker = Marker::new(self.keys[at].clone(), reads.list(), writes, audited, &boundary);
        self.tree.put_marker(&job.name, &marker.bytes()).map_err(unwritten)?;
        Ok(marker)
    }
}

fn unwritten(error: WriteError) -> Fault {
    failure::unwritten(&error)
}

/// What a panic said.
fn said_by(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
