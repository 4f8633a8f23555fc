//! Tasks side by side while they fit the memory; a large one alone.
//!
//! In: the memory that each task needs, and the work. Out: how each ended, in the order of the needs. Every task is
//! driven by a thread of its own and computes on the one rayon pool that all share: cores that one leaves idle another
//! uses. The drivers are no tasks of the pool: a worker that waits inside one audit could otherwise begin another on
//! top of it and hold both in memory.

use super::stop::{StopCause, StopSignal};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Interval between two looks at time and memory.
const POLL: Duration = Duration::from_millis(50);

/// How long after its time was up a task may take to hear of it.
const GRACE: Duration = Duration::from_secs(1);

/// Resources of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Tasks that run at once, at most.
    pub side_by_side: usize,
    /// Bytes for all tasks that run at once.
    pub memory: u64,
    /// Time for each task; `None`: no limit.
    pub timeout: Option<Duration>,
    /// Begin no more tasks once one has failed.
    pub fail_fast: bool,
}

/// How a task ended.
#[derive(Debug)]
pub enum Ended<T, E> {
    /// It was done.
    Done(T),
    /// It failed by itself.
    Failed(E),
    /// It was stopped from outside.
    Stopped(StopCause, E),
    /// It was not begun, because another one had failed.
    NotRun,
}

/// A task that runs.
struct RunningTask {
    /// Position among the needs.
    at: usize,
    /// Bytes.
    need: u64,
    began: Instant,
    stop: Arc<StopSignal>,
    /// Told that it is overdue.
    overdue: bool,
}

/// The queue and what became of its tasks.
struct Queue<T, E> {
    /// Positions among the needs, in the order in which they are tried.
    waiting: VecDeque<usize>,
    /// Bytes, by task; the whole memory for one that is tried again alone.
    needs: Vec<u64>,
    running: Vec<RunningTask>,
    /// By task; `None` if it has not ended.
    ended: Vec<Option<Ended<T, E>>>,
    /// No more tasks are begun.
    closed: bool,
}

/// Runs the tasks, those with the greatest need first. `resident` returns the bytes that the program holds now, or
/// `None` if the system does not report them. `overdue` hears of a task that goes on long after its time was up.
pub fn run<T: Send, E: Send>(
    needs: &[u64],
    limits: Limits,
    resident: &(dyn Fn() -> Option<u64> + Sync),
    overdue: &(dyn Fn(usize) + Sync),
    work: &(dyn Fn(usize, &StopSignal) -> Result<T, E> + Sync),
) -> Vec<Ended<T, E>> {
    let mut order: Vec<usize> = (0..needs.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(needs[*at]));
    let queue = Mutex::new(Queue {
        waiting: order.into(),
        needs: needs.to_vec(),
        running: Vec::new(),
        ended: needs.iter().map(|_| None).collect(),
        closed: false,
    });
    let changed = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 0..limits.side_by_side.clamp(1, needs.len().max(1)) {
            scope.spawn(|| drive(&queue, &changed, limits, work));
        }
        enforce(&queue, &changed, limits, resident, overdue);
    });
    let queue = queue.into_inner().unwrap_or_else(PoisonError::into_inner);
    queue.ended.into_iter().map(|ended| ended.unwrap_or(Ended::NotRun)).collect()
}

fn lock<S>(queue: &Mutex<S>) -> MutexGuard<'_, S> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T, E> Queue<T, E> {
    /// The next task that fits beside those that run; any task fits if none runs.
    fn next(&mut self, limits: Limits) -> Option<usize> {
        let used: u64 = self.running.iter().map(|running| running.need).sum();
        let fits = |at: &usize| self.running.is_empty() || used.saturating_add(self.needs[*at]) <= limits.memory;
        let place = self.waiting.iter().position(fits)?;
        self.waiting.remove(place)
    }

    /// Whether every task has ended or never will begin.
    fn over(&self) -> bool {
        self.running.is_empty() && (self.closed || self.waiting.is_empty())
    }
}

/// The loop of one driver thread: takes tasks until none is left.
fn drive<T, E>(
    queue: &Mutex<Queue<T, E>>,
    changed: &Condvar,
    limits: Limits,
    work: &(dyn Fn(usize, &StopSignal) -> Result<T, E> + Sync),
) {
    loop {
        let mut now = lock(queue);
        let at = loop {
            if now.closed || (now.waiting.is_empty() && now.running.is_empty()) {
                return;
            }
            match now.next(limits) {
                Some(at) => break at,
                None => now = changed.wait(now).unwrap_or_else(PoisonError::into_inner),
            }
        };
        let stop = Arc::new(StopSignal::default());
        let need = now.needs[at];
        now.running.push(RunningTask { at, need, began: Instant::now(), stop: Arc::clone(&stop), overdue: false });
        drop(now);

        let outcome = work(at, &stop);

        let mut now = lock(queue);
        let alone = now.running.len() == 1;
        now.running.retain(|running| running.at != at);
        match (outcome, stop.cause()) {
            (Ok(done), _) => now.ended[at] = Some(Ended::Done(done)),
            // A task beside it may have held the memory: it is tried again alone.
            (Err(_), Some(StopCause::Memory)) if need < limits.memory && !alone => {
                now.needs[at] = limits.memory;
                now.waiting.push_back(at);
            }
            (Err(error), cause) => {
                now.closed |= limits.fail_fast;
                now.ended[at] = Some(match cause {
                    Some(cause) => Ended::Stopped(cause, error),
                    None => Ended::Failed(error),
                });
            }
        }
        drop(now);
        changed.notify_all();
    }
}

/// Stops tasks that exceed the time limit, and the largest one while the program exceeds the memory; returns when all
/// is over.
fn enforce<T, E>(
    queue: &Mutex<Queue<T, E>>,
    changed: &Condvar,
    limits: Limits,
    resident: &(dyn Fn() -> Option<u64> + Sync),
    overdue: &(dyn Fn(usize) + Sync),
) {
    let mut now = lock(queue);
    while !now.over() {
        now = changed.wait_timeout(now, POLL).unwrap_or_else(PoisonError::into_inner).0;
        if let Some(limit) = limits.timeout {
            for running in now.running.iter().filter(|running| running.began.elapsed() > limit) {
                running.stop.stop(StopCause::Time);
            }
            let late = limit.saturating_add(GRACE);
            for running in now.running.iter_mut().filter(|r| !r.overdue && r.began.elapsed() > late) {
                running.overdue = true;
                overdue(running.at);
            }
        }
        let going = now.running.iter().filter(|running| running.stop.cause().is_none());
        let largest = going.max_by_key(|running| (running.need, running.at));
        if let Some(largest) = largest
            && !now.running.iter().any(|running| running.stop.cause() == Some(StopCause::Memory))
            && resident().is_some_and(|bytes| bytes > limits.memory)
        {
            largest.stop.stop(StopCause::Memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    const LIMITS: Limits = Limits { side_by_side: 3, memory: 10, timeout: None, fail_fast: false };

    fn unknown() -> Option<u64> {
        None
    }

    fn nobody(_: usize) {}

    #[test]
    fn what_does_not_hear_that_its_time_is_up_is_told() {
        let limits = Limits { timeout: Some(Duration::from_millis(20)), ..LIMITS };
        let (told, began) = (Mutex::new(Vec::new()), Instant::now());
        let overdue = |at| lock(&told).push((at, began.elapsed()));
        // Task 1 goes on until somebody is told of it.
        let ended = run(&[1; 3], limits, &unknown, &overdue, &|at, _| {
            while at == 1 && lock(&told).is_empty() {
                std::thread::sleep(Duration::from_millis(1));
            }
            Ok::<_, ()>(())
        });
        assert_eq!(ended.len(), 3);
        let told = lock(&told);
        assert!(matches!(told[..], [(1, when)] if when > GRACE && when < GRACE * 2), "{told:?}");
    }

    #[test]
    fn what_runs_side_by_side_fits_the_memory_and_a_large_one_runs_alone() {
        let needs = [1, 10, 6, 4, 5, 5, 2];
        let (used, most) = (AtomicU64::new(0), AtomicU64::new(0));
        let ended = run(&needs, LIMITS, &unknown, &nobody, &|at, _| {
            let now = used.fetch_add(needs[at], Ordering::SeqCst) + needs[at];
            most.fetch_max(now, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(5));
            used.fetch_sub(needs[at], Ordering::SeqCst);
            Ok::<_, ()>(at * 2)
        });
        assert_eq!(most.load(Ordering::SeqCst), 10);
        for (at, ended) in ended.iter().enumerate() {
            assert!(matches!(ended, Ended::Done(twice) if *twice == at * 2), "{at}: {ended:?}");
        }
    }

    /// Runs until it is stopped.
    fn until_stopped(stop: &StopSignal) -> Result<(), &'static str> {
        while stop.cause().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Err("stopped")
    }

    #[test]
    fn what_takes_too_long_is_stopped_and_the_rest_goes_on() {
        let limits = Limits { timeout: Some(Duration::from_millis(30)), ..LIMITS };
        let ended =
            run(&[1; 4], limits, &unknown, &nobody, &|at, stop| if at == 1 { until_stopped(stop) } else { Ok(()) });
        assert!(matches!(ended[1], Ended::Stopped(StopCause::Time, "stopped")), "{ended:?}");
        assert!([0, 2, 3].iter().all(|at| matches!(ended[*at], Ended::Done(()))), "{ended:?}");
    }

    #[test]
    fn memory_that_runs_out_stops_the_largest_which_is_tried_again_alone() {
        // Task 1 takes 11 of 10 while anything runs beside it, and 9 alone; task 2 takes 11 even alone.
        let taken = Mutex::new([0_u64; 3]);
        let resident = || Some(lock(&taken).iter().sum());
        let tries = Mutex::new([0; 3]);
        let ended = run(&[1, 5, 4], LIMITS, &resident, &nobody, &|at, stop| {
            lock(&tries)[at] += 1;
            lock(&taken)[at] = [2, 9, 11][at];
            let outcome = if at == 2 {
                until_stopped(stop)
            } else {
                let end = Instant::now() + Duration::from_millis(250);
                while Instant::now() < end && stop.cause().is_none() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                if stop.cause().is_none() { Ok(()) } else { Err("stopped") }
            };
            lock(&taken)[at] = 0;
            outcome
        });
        assert!(matches!(ended[1], Ended::Done(())), "{ended:?}");
        assert!(matches!(ended[2], Ended::Stopped(StopCause::Memory, _)), "{ended:?}");
        assert!(matches!(ended[0], Ended::Done(())), "{ended:?}");
        assert!(lock(&tries)[1] >= 2, "the largest was not stopped at all");
    }

    #[test]
    fn with_fail_fast_nothing_more_is_begun() {
        let limits = Limits { side_by_side: 1, fail_fast: true, ..LIMITS };
        let ended = run(&[3, 2, 1], limits, &unknown, &nobody, &|at, _| if at == 1 { Err("broken") } else { Ok(()) });
        assert!(matches!(ended[..], [Ended::Done(()), Ended::Failed("broken"), Ended::NotRun]), "{ended:?}");
    }

    #[test]
    fn nothing_to_do_is_done() {
        assert!(run(&[], LIMITS, &unknown, &nobody, &|_, _| Ok::<(), ()>(())).is_empty());
    }
}
