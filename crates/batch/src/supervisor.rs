//! A batch that outlives its processes: one region may bring its process down, and costs itself alone.
//!
//! In: an [`Order`] and how a process is started. Out: the exit status, events to a [`Listener`]. All regions are audited in
//! one process, which shares its threads and the roads among them. If it dies, the regions that were running are tried again,
//! each in a process of its own; one that dies again is at fault. Then the others go on.

use super::apart::{Event, Order, died};
use super::error::BatchError;
use super::run::{Failure, Listener, Part, failed_entry};
use lifering_base::{Message, message};
use lifering_report::batch::failure;
use lifering_report::batch::shape::RegionEntry;
use std::collections::{BTreeSet, VecDeque};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, ExitStatus, Stdio};

/// How a batch ended.
#[derive(Clone, Copy, Debug)]
pub struct Supervised {
    /// Its exit status.
    pub exit_status: u8,
    /// The most memory that one of its processes held, bytes; `None` if the system does not report it.
    pub peak_bytes: Option<u64>,
}

/// How one process ended.
enum End {
    /// It did what was ordered.
    Finished { exit_status: Option<u8>, peak_bytes: Option<u64> },
    /// It ended itself, because a region took too long and could not be stopped.
    GaveUp,
    /// It died while these regions ran.
    Died { running: BTreeSet<String>, how: Message },
}

/// Runs a batch in processes that `start` makes, one after another.
pub fn supervise(
    mut order: Order,
    start: &dyn Fn() -> std::io::Result<Command>,
    listener: &dyn Listener,
) -> Result<Supervised, BatchError> {
    let mut suspects: VecDeque<String> = VecDeque::new();
    let mut peak = None;
    loop {
        order.part = suspects.front().map_or(Part::All, |name| Part::Only(name.clone()));
        match process(&mut order, start, listener)? {
            End::Finished { exit_status, peak_bytes } => {
                peak = peak.max(peak_bytes);
                match exit_status {
                    Some(exit_status) => return Ok(Supervised { exit_status, peak_bytes: peak }),
                    // Alone it went through.
                    None if suspects.pop_front().is_some() => {}
                    None => return Err(BatchError::Process(message!("batches.died", how = ""))),
                }
            }
            // Those that ran beside it are begun anew.
            End::GaveUp => drop(suspects.pop_front()),
            End::Died { running, how } => {
                // One that ran last is tried again, too: what the others left behind may have been at fault.
                match suspects.pop_front() {
                    Some(name) => at_fault(&mut order, &name, &how, listener),
                    None if running.is_empty() => return Err(BatchError::Process(how)),
                    None => suspects.extend(running),
                }
            }
        }
    }
}

/// Notes that a region brought its process down.
fn at_fault(order: &mut Order, name: &str, how: &Message, listener: &dyn Listener) {
    let failure = died(failure::died(how));
    if let Some(job) = order.jobs.iter().find(|job| job.name == name) {
        listener.ended(&failed_entry(job, failure.clone()), false);
    }
    order.known.failed.insert(name.to_owned(), failure);
}

/// Runs one process to its end. What it tells of regions is passed on and kept in the order.
fn process(
    order: &mut Order,
    start: &dyn Fn() -> std::io::Result<Command>,
    listener: &dyn Listener,
) -> Result<End, BatchError> {
    let system = |e: std::io::Error| BatchError::Process(lifering_readers::library_errors::system(&e));
    let text = serde_json::to_string(&*order).map_err(|e| BatchError::Process(e.to_string().into()))?;
    let mut child = start().map_err(system)?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(system)?;
    let (mut stdin, stdout) = (child.stdin.take(), child.stdout.take());
    if let Some(stdin) = &mut stdin {
        // A process that dies before it has read says so by its end.
        let _ = stdin.write_all((text + "\n").as_bytes()).and_then(|()| stdin.flush());
    }
    let mut running = BTreeSet::new();
    let mut finished = None;
    let lines = stdout.into_iter().flat_map(|stdout| BufReader::new(stdout).split(b'\n'));
    for line in lines.map_while(Result::ok) {
        // Other lines are no events.
        let Ok(event) = serde_json::from_slice::<Event>(&line) else { continue };
        match event {
            Event::Begins { name } => {
                if let Some(job) = order.jobs.iter().find(|job| job.name == name) {
                    listener.begins(job);
                }
                running.insert(name);
            }
            Event::Stage { name, stage } => {
                if let Some(job) = order.jobs.iter().find(|job| job.name == name) {
                    listener.stage(job, &stage);
                }
            }
            Event::Ended { entry, found_done } => {
                running.remove(&entry.name);
                match &entry.fault {
                    None => {
                        // Told once, however many processes find it done.
                        if order.known.done.insert(entry.name.clone()) {
                            listener.ended(&entry, found_done);
                        }
                    }
                    Some(fault) => {
                        listener.ended(&entry, found_done);
                        let failure = Failure { fault: fault.clone(), reads: entry.inputs.clone() };
                        order.known.failed.insert(entry.name.clone(), failure);
                    }
                }
            }
            Event::Overdue { entry } => {
                listener.ended(&entry, false);
                let RegionEntry { name, inputs: reads, fault, .. } = *entry;
                order.known.failed.extend(fault.map(|fault| (name, Failure { fault, reads })));
                finished = Some(End::GaveUp);
            }
            Event::Finished { exit_status, peak_bytes } => finished = Some(End::Finished { exit_status, peak_bytes }),
            Event::Failed { why } => {
                drop(stdin);
                let _ = child.wait();
                return Err(BatchError::Process(why));
            }
        }
    }
    let status = child.wait().map_err(system)?;
    drop(stdin);
    Ok(finished.unwrap_or_else(|| End::Died { running, how: ending(status) }))
}

/// How a process ended that should not have.
#[cfg(unix)]
fn ending(status: ExitStatus) -> Message {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.signal(), status.code()) {
        (Some(signal), _) => message!("batches.signal", n = signal.unsigned_abs()),
        (None, code) => message!("batches.status", n = code.unwrap_or_default().unsigned_abs()),
    }
}

/// How a process ended that should not have.
#[cfg(not(unix))]
fn ending(status: ExitStatus) -> Message {
    message!("batches.status", n = status.code().unwrap_or_default().unsigned_abs())
}
