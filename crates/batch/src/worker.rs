//! One region's work: [`RegionWorker`] audits it and writes its results; [`Machine`] is the worker of the program.
//!
//! In: a source and a request. Out: an audit, its files; bytes of memory from the operating system.

use lifering_core::audit::{Audit, AuditError, AuditRequest};
use lifering_core::run::Progress;
use lifering_export::files::Staging;
use lifering_export::{OutputError, write_into};
use lifering_readers::source::Source;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use std::sync::{Mutex, PoisonError};
use sysinfo::{MemoryRefreshKind, Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// How one region is audited and written. The program has one implementation, [`Machine`]; a test may use another one,
/// to see how a batch handles a region that fails.
pub trait RegionWorker: Sync {
    /// Audits a region.
    fn audit(&self, source: Source, request: &AuditRequest, progress: &dyn Progress) -> Result<Audit, AuditError> {
        request.run(source, progress)
    }

    /// Writes an audit into a staging folder; `observe` gets the name and the parts of each file.
    fn write(
        &self,
        audit: &Audit,
        report: &Report,
        lang: Lang,
        staging: &Staging,
        observe: &(dyn Fn(&str, &[&[u8]]) + Sync),
    ) -> Result<(), OutputError> {
        write_into(audit, report, lang, staging, observe)
    }

    /// Bytes of memory that the program holds now; `None` if the system does not report them.
    fn resident(&self) -> Option<u64> {
        None
    }
}

/// The machine that the program runs on, as the operating system describes it.
#[derive(Debug)]
pub struct Machine {
    system: Mutex<System>,
    /// The program's own process; `None` if the system does not report it.
    own: Option<Pid>,
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}

impl Machine {
    /// A handle on the machine.
    pub fn new() -> Self {
        Self { system: Mutex::new(System::new()), own: sysinfo::get_current_pid().ok() }
    }

    /// Default memory of a batch, bytes: three quarters of the machine's memory, or of the control group's limit if
    /// that is lower. Unlimited if the system does not report it.
    pub fn memory(&self) -> u64 {
        let mut system = self.system.lock().unwrap_or_else(PoisonError::into_inner);
        system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        let allowed = system.cgroup_limits().map(|limits| limits.total_memory).filter(|bytes| *bytes > 0);
        let all = allowed.map_or(system.total_memory(), |allowed| allowed.min(system.total_memory()));
        if all == 0 { u64::MAX } else { all / 4 * 3 }
    }
}

impl RegionWorker for Machine {
    fn resident(&self) -> Option<u64> {
        let own = self.own?;
        let mut system = self.system.lock().unwrap_or_else(PoisonError::into_inner);
        let what = ProcessRefreshKind::nothing().with_memory().without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, what);
        system.process(own).map(sysinfo::Process::memory)
    }
}
