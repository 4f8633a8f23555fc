//! Many regions at once: side by side while they fit the memory, a large one alone.
//!
//! In: what each piece of work needs, and the work. Out: what came of each, in their order. Every piece is driven by a thread
//! of its own and computes on the one pool that all share: what one leaves idle another uses, and none waits inside
//! another's work.

use super::watch::{Cause, Watch};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often the time and the memory are looked at.
const LOOK: Duration = Duration::from_millis(50);

/// What a batch may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Pieces of work at once.
    pub side_by_side: usize,
    /// Bytes for all that run.
    pub memory: u64,
    /// For each piece.
    pub timeout: Option<Duration>,
    /// Begin nothing more once a piece has failed.
    pub fail_fast: bool,
}

/// How a piece of work ended that was not left undone.
#[derive(Debug)]
pub enum Ended<T, E> {
    /// It was done.
    Done(T),
    /// It failed by itself.
    Failed(E),
    /// It was told to stop, and did.
    Stopped(Cause, E),
    /// It was not begun: another one had failed.
    NotRun,
}

struct Running {
    at: usize,
    need: u64,
    began: Instant,
    watch: Arc<Watch>,
}

struct State<T, E> {
    waiting: VecDeque<usize>,
    /// What each needs; all of the budget for one that is to be tried again alone.
    needs: Vec<u64>,
    running: Vec<Running>,
    ended: Vec<Option<Ended<T, E>>>,
    closed: bool,
}

/// Does pieces of work, the ones with the greatest need first. `resident` tells the bytes in use now, where known.
pub fn run<T: Send, E: Send>(
    needs: &[u64],
    limits: Limits,
    resident: &(dyn Fn() -> Option<u64> + Sync),
    work: &(dyn Fn(usize, &Watch) -> Result<T, E> + Sync),
) -> Vec<Ended<T, E>> {
    let mut order: Vec<usize> = (0..needs.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(needs[*at]));
    let state = Mutex::new(State {
        waiting: order.into(),
        needs: needs.to_vec(),
        running: Vec::new(),
        ended: needs.iter().map(|_| None).collect(),
        closed: false,
    });
    let changed = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 0..limits.side_by_side.clamp(1, needs.len().max(1)) {
            scope.spawn(|| drive(&state, &changed, limits, work));
        }
        watch_over(&state, &changed, limits, resident);
    });
    let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    state.ended.into_iter().map(|ended| ended.unwrap_or(Ended::NotRun)).collect()
}

fn lock<S>(state: &Mutex<S>) -> MutexGuard<'_, S> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T, E> State<T, E> {
    /// The next piece that fits beside those that run.
    fn next(&mut self, limits: Limits) -> Option<usize> {
        let used: u64 = self.running.iter().map(|running| running.need).sum();
        let fits = |at: &usize| self.running.is_empty() || used.saturating_add(self.needs[*at]) <= limits.memory;
        let place = self.waiting.iter().position(fits)?;
        self.waiting.remove(place)
    }

    fn over(&self) -> bool {
        self.running.is_empty() && (self.closed || self.waiting.is_empty())
    }
}

/// What a driver does until nothing is left.
fn drive<T, E>(
    state: &Mutex<State<T, E>>,
    changed: &Condvar,
    limits: Limits,
    work: &(dyn Fn(usize, &Watch) -> Result<T, E> + Sync),
) {
    loop {
        let mut now = lock(state);
        let at = loop {
            if now.closed || (now.waiting.is_empty() && now.running.is_empty()) {
                return;
            }
            match now.next(limits) {
                Some(at) => break at,
                None => now = changed.wait(now).unwrap_or_else(PoisonError::into_inner),
            }
        };
        let watch = Arc::new(Watch::default());
        let need = now.needs[at];
        now.running.push(Running { at, need, began: Instant::now(), watch: Arc::clone(&watch) });
        drop(now);

        let outcome = work(at, &watch);

        let mut now = lock(state);
        let alone = now.running.len() == 1;
        now.running.retain(|running| running.at != at);
        match (outcome, watch.cause()) {
            (Ok(done), _) => now.ended[at] = Some(Ended::Done(done)),
            // What ran beside it may have been what took the memory: it is tried again when nothing else runs.
            (Err(_), Some(Cause::Memory)) if need < limits.memory && !alone => {
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

/// Tells what takes too long, or too much, to stop; until all is over.
fn watch_over<T, E>(
    state: &Mutex<State<T, E>>,
    changed: &Condvar,
    limits: Limits,
    resident: &(dyn Fn() -> Option<u64> + Sync),
) {
    let mut now = lock(state);
    while !now.over() {
        now = changed.wait_timeout(now, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        if let Some(limit) = limits.timeout {
            for running in now.running.iter().filter(|running| running.began.elapsed() > limit) {
                running.watch.stop(Cause::Time);
            }
        }
        let going = now.running.iter().filter(|running| running.watch.cause().is_none());
        let largest = going.max_by_key(|running| (running.need, running.at));
        if let Some(largest) = largest
            && !now.running.iter().any(|running| running.watch.cause() == Some(Cause::Memory))
            && resident().is_some_and(|bytes| bytes > limits.memory)
        {
            largest.watch.stop(Cause::Memory);
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

    #[test]
    fn what_runs_side_by_side_fits_the_memory_and_a_large_one_runs_alone() {
        let needs = [1, 10, 6, 4, 5, 5, 2];
        let (used, most) = (AtomicU64::new(0), AtomicU64::new(0));
        let ended = run(&needs, LIMITS, &unknown, &|at, _| {
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

    /// Works until it is told to stop.
    fn until_stopped(watch: &Watch) -> Result<(), &'static str> {
        while watch.cause().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Err("stopped")
    }

    #[test]
    fn what_takes_too_long_is_stopped_and_the_rest_goes_on() {
        let limits = Limits { timeout: Some(Duration::from_millis(30)), ..LIMITS };
        let ended = run(&[1; 4], limits, &unknown, &|at, watch| if at == 1 { until_stopped(watch) } else { Ok(()) });
        assert!(matches!(ended[1], Ended::Stopped(Cause::Time, "stopped")), "{ended:?}");
        assert!([0, 2, 3].iter().all(|at| matches!(ended[*at], Ended::Done(()))), "{ended:?}");
    }

    #[test]
    fn memory_that_runs_out_stops_the_largest_which_is_tried_again_alone() {
        // Piece 1 takes 11 of 10 while anything runs beside it, and 9 alone; piece 2 takes 11 even alone.
        let taken = Mutex::new([0_u64; 3]);
        let resident = || Some(lock(&taken).iter().sum());
        let tries = Mutex::new([0; 3]);
        let ended = run(&[1, 5, 4], LIMITS, &resident, &|at, watch| {
            lock(&tries)[at] += 1;
            lock(&taken)[at] = [2, 9, 11][at];
            let outcome = if at == 2 {
                until_stopped(watch)
            } else {
                let end = Instant::now() + Duration::from_millis(250);
                while Instant::now() < end && watch.cause().is_none() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                if watch.cause().is_none() { Ok(()) } else { Err("stopped") }
            };
            lock(&taken)[at] = 0;
            outcome
        });
        assert!(matches!(ended[1], Ended::Done(())), "{ended:?}");
        assert!(matches!(ended[2], Ended::Stopped(Cause::Memory, _)), "{ended:?}");
        assert!(matches!(ended[0], Ended::Done(())), "{ended:?}");
        assert!(lock(&tries)[1] >= 2, "the largest was not stopped at all");
    }

    #[test]
    fn with_fail_fast_nothing_more_is_begun() {
        let limits = Limits { side_by_side: 1, fail_fast: true, ..LIMITS };
        let ended = run(&[3, 2, 1], limits, &unknown, &|at, _| if at == 1 { Err("broken") } else { Ok(()) });
        assert!(matches!(ended[..], [Ended::Done(()), Ended::Failed("broken"), Ended::NotRun]), "{ended:?}");
    }

    #[test]
    fn nothing_to_do_is_done() {
        assert!(run(&[], LIMITS, &unknown, &|_, _| Ok::<(), ()>(())).is_empty());
    }
}
