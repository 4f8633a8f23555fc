//! What a batch makes of a region whose audit panics, whose results cannot be written, or which never ends: the library
//! with other work in place of an audit. The product itself has no way to be told to fail.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use lifering_batch::regions::{Job, regions};
use lifering_batch::{Batch, Listener, RegionWorker, run};
use lifering_core::audit::{Audit, AuditError, AuditRequest};
use lifering_core::city::CityError;
use lifering_core::run::Progress;
use lifering_export::files::{Staging, WriteError};
use lifering_export::{OutputError, write_into};
use lifering_readers::source::Source;
use lifering_report::batch::shape::{Asked, BatchReport, FaultKind, RegionEntry};
use lifering_report::report::Report;
use lifering_report::text::Lang;

use crate::generated;
use crate::support::tree;

/// What happens to the region of this name.
#[derive(Clone, Copy)]
enum Misfortune {
    None,
    Panics,
    NeverEnds,
    TakesAllMemory,
    DiskFull,
}

struct Unlucky {
    name: &'static str,
    fate: Misfortune,
    memory: Mutex<u64>,
}

impl RegionWorker for Unlucky {
    fn audit(&self, source: Source, request: &AuditRequest, progress: &dyn Progress) -> Result<Audit, AuditError> {
        if source.name() != self.name {
            return request.run(source, progress);
        }
        let found = request.run(source, progress)?;
        match self.fate {
            Misfortune::None | Misfortune::DiskFull => {}
            // As an index out of bounds in the middle of the pool's work.
            Misfortune::Panics => {
                rayon::join(|| (), || -> () { panic!("index out of bounds: as a test wants it") });
            }
            Misfortune::TakesAllMemory | Misfortune::NeverEnds => {
                if matches!(self.fate, Misfortune::TakesAllMemory) {
                    *self.memory.lock().expect("a number") = 1 << 40;
                }
                while !progress.stopped() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                *self.memory.lock().expect("a number") = 0;
                return Err(CityError::Stopped.into());
            }
        }
        Ok(found)
    }

    fn write(
        &self,
        audit: &Audit,
        report: &Report,
        lang: Lang,
        staging: &Staging,
        seen: &(dyn Fn(&str, &[&[u8]]) + Sync),
    ) -> Result<(), OutputError> {
        write_into(audit, report, lang, staging, seen)?;
        let full = matches!(self.fate, Misfortune::DiskFull) && audit.city.records().source.name() == self.name;
        let system = || WriteError::System { path: "report.html".into(), why: "No space left on device".into() };
        if full { Err(system().into()) } else { Ok(()) }
    }

    fn resident(&self) -> Option<u64> {
        Some(*self.memory.lock().expect("a number"))
    }
}

/// Remembers what was said of each region.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Listener for Heard {
    fn begins(&self, _: &Job) {}
    fn stage(&self, _: &Job, _: &str) {}
    fn ended(&self, entry: &RegionEntry, _: bool) {
        self.0.lock().expect("a list").push(entry.name.clone());
    }
}

fn attempt(folder: &Path, out: &str, fate: Misfortune) -> BatchReport {
    let jobs = regions(&[folder.join("towns")], &Asked::default(), &folder.join(out)).expect("regions").jobs;
    let batch = Batch {
        shared: None,
        inputs: Vec::new(),
        process: std::process::id(),
        jobs,
        out: folder.join(out),
        lang: Lang::Zh,
        memory: 1 << 32,
        timeout: matches!(fate, Misfortune::NeverEnds).then_some(Duration::from_secs(5)),
        resume: true,
        fail_fast: false,
    };
    let heard = Heard::default();
    let work = Unlucky { name: "b", fate, memory: Mutex::new(0) };
    let report = run(&batch, &work, &heard).expect("a batch");
    let mut names = heard.0.into_inner().expect("a list");
    names.sort();
    assert_eq!(names, ["a", "b", "c"], "each region is told once");
    report
}

#[test]
fn what_befalls_one_region_is_told_and_the_others_are_as_ever() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (seed, name) in (0..).zip(["a", "b", "c"]) {
        generated::write(&folder.path().join("towns").join(name), 8, 2, seed).expect("a town");
    }
    let sound = attempt(folder.path(), "sound", Misfortune::None);
    assert_eq!(sound.summary.audited, 3);
    let wanted = tree(&folder.path().join("sound"));
    for (fate, kind, word) in [
        (Misfortune::Panics, FaultKind::Defect, "index out of bounds"),
        (Misfortune::NeverEnds, FaultKind::Time, "5 s"),
        (Misfortune::TakesAllMemory, FaultKind::Memory, "4.0 GiB"),
        (Misfortune::DiskFull, FaultKind::Write, "No space left"),
    ] {
        let report = attempt(folder.path(), "out", fate);
        let entry = &report.regions[1];
        let fault = entry.fault.as_ref().expect("a fault");
        assert!(fault.kind == kind && fault.message.en.contains(word), "{fault:?}");
        assert!(fault.message.zh != fault.message.en, "{fault:?}");
        // The hashes of its files are told, so that the fault can be found again.
        assert!(entry.inputs.len() == 8 && entry.inputs.values().all(Option::is_some), "{:?}", entry.inputs);
        assert_eq!((report.summary.exit_status, report.summary.audited), (2, 2));
        let left = tree(&folder.path().join("out"));
        assert!(left.keys().all(|path| !path.starts_with("b") && !path.starts_with(".batch/workshop")));
        for (path, bytes) in wanted.iter().filter(|(path, _)| path.starts_with("a") || path.starts_with("c")) {
            assert!(left.get(path) == Some(bytes), "{} differs", path.display());
        }
    }
    // Once nothing befalls it any more, it is as if nothing ever had.
    let report = attempt(folder.path(), "out", Misfortune::None);
    assert_eq!(report.summary.audited, 3);
    assert!(tree(&folder.path().join("out")) == wanted, "the results differ");
}
