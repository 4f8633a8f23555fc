//! The machine that the batch runs on: how much memory there is, how much the program holds.
//!
//! In: what the system says. Out: bytes. This is how the product does its [`Work`].

use super::Work;
use std::sync::{Mutex, PoisonError};
use sysinfo::{MemoryRefreshKind, Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// The machine.
#[derive(Debug)]
pub struct Machine {
    system: Mutex<System>,
    own: Option<Pid>,
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}

impl Machine {
    /// The machine the program runs on.
    pub fn new() -> Self {
        Self { system: Mutex::new(System::new()), own: sysinfo::get_current_pid().ok() }
    }

    /// Bytes that a batch takes where nothing is said: three quarters of the memory, or of what the program is allowed.
    pub fn memory(&self) -> u64 {
        let mut system = self.system.lock().unwrap_or_else(PoisonError::into_inner);
        system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        let allowed = system.cgroup_limits().map(|limits| limits.total_memory).filter(|bytes| *bytes > 0);
        let all = allowed.map_or(system.total_memory(), |allowed| allowed.min(system.total_memory()));
        if all == 0 { u64::MAX } else { all / 4 * 3 }
    }
}

impl Work for Machine {
    fn resident(&self) -> Option<u64> {
        let own = self.own?;
        let mut system = self.system.lock().unwrap_or_else(PoisonError::into_inner);
        let what = ProcessRefreshKind::nothing().with_memory().without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, what);
        system.process(own).map(sysinfo::Process::memory)
    }
}
