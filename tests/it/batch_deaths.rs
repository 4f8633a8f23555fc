//! What a batch makes of a region that brings its process down: an allocation that fails, a stack that overflows, a kill. The
//! processes are real and really die; the product itself has no way to be told to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use lifering_batch::apart::{Order, serve};
use lifering_batch::regions::{Job, regions};
use lifering_batch::run::{Known, Part};
use lifering_batch::supervisor::supervise;
use lifering_batch::{Listener, RegionWorker};
use lifering_core::audit::{Audit, AuditError, AuditRequest};
use lifering_core::run::Progress;
use lifering_readers::source::Source;
use lifering_report::batch::shape::{Asked, RegionEntry};
use serde_json::json;

use crate::generated;
use crate::support::{self, command, json, tree};

/// Variable by which a test tells the process that it starts what befalls the region `b`.
const FATE: &str = "LIFERING_TEST_FATE";

/// An audit that dies over the region `b`.
struct Doomed {
    fate: String,
}

/// Needs far more of the stack than there is.
fn deep(n: usize) -> usize {
    let page = std::hint::black_box([n; 512]);
    if n == usize::MAX { 0 } else { deep(n + 1) + page[n % 512] }
}

impl RegionWorker for Doomed {
    fn audit(&self, source: Source, request: &AuditRequest, progress: &dyn Progress) -> Result<Audit, AuditError> {
        if source.name() == "b" {
            match self.fate.split_once(' ').unwrap_or((&self.fate, "")) {
                ("allocation", _) => drop(std::hint::black_box(Vec::<u8>::with_capacity(1 << 60))),
                ("stack", _) => assert_ne!(deep(0), 1),
                ("killed", _) => kill(std::process::id()),
                // Only the first time: as if the region beside it had been at fault.
                ("once", mark) if !Path::new(mark).exists() => {
                    support::write(Path::new(mark), "");
                    kill(std::process::id());
                }
                _ => {}
            }
        }
        request.run(source, progress)
    }
}

fn kill(process: u32) {
    let killed = Command::new("kill").args(["-9", &process.to_string()]).status().expect("a program that kills");
    assert!(killed.success(), "{process} cannot be killed");
    // The signal is on its way.
    std::thread::sleep(Duration::from_secs(5));
}

/// No test: the process that the tests below start, which is this binary as well.
#[test]
fn a_process_of_a_batch() {
    let Ok(fate) = std::env::var(FATE) else { return };
    serve(&Doomed { fate }, &|_| (), &|| None);
    std::process::exit(0);
}

#[derive(Default)]
struct Heard(Mutex<Vec<(String, bool)>>);

impl Listener for Heard {
    fn begins(&self, _: &Job) {}
    fn stage(&self, _: &Job, _: &str) {}
    fn ended(&self, entry: &RegionEntry, _: bool) {
        self.0.lock().expect("a list").push((entry.name.clone(), entry.fault.is_none()));
    }
}

/// Runs a batch over the towns of a folder in processes of this binary.
fn attempt(folder: &Path, out: &Path, fate: &str) -> u8 {
    let order = Order {
        jobs: regions(&[folder.join("towns")], &Asked::default(), out).expect("regions").jobs,
        out: out.to_path_buf(),
        lang: "zh".to_owned(),
        memory: 1 << 32,
        timeout: None,
        shared: None,
        inputs: Vec::new(),
        resume: false,
        fail_fast: false,
        process: std::process::id(),
        known: Known::default(),
        part: Part::All,
    };
    let start = || {
        let mut process = Command::new(std::env::current_exe()?);
        process.args(["batch_deaths::a_process_of_a_batch", "--exact", "--nocapture"]).env(FATE, fate);
        process.stderr(Stdio::null());
        Ok(process)
    };
    let heard = Heard::default();
    let ended = supervise(order, &start, &heard).expect("a batch");
    let mut told = heard.0.into_inner().expect("a list");
    told.sort();
    let sound = fate == "none" || fate.starts_with("once");
    let wanted = [("a", true), ("b", sound), ("c", true)].map(|(name, done)| (name.to_owned(), done));
    assert_eq!(told, wanted, "{fate}: each region is told once");
    ended.exit_status
}

fn part(whole: &BTreeMap<PathBuf, Vec<u8>>, name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    whole.iter().filter(|(path, _)| path.starts_with(name)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
}

#[test]
fn a_region_that_kills_its_process_costs_itself_alone() {
    if !cfg!(unix) {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (seed, name) in (0..).zip(["a", "b", "c"]) {
        generated::write(&folder.path().join("towns").join(name), 8, 2, seed).expect("a town");
    }
    let path = |name: &str| folder.path().join(name);
    let sound = attempt(folder.path(), &path("sound"), "none");
    assert_ne!(sound, 2);
    let wanted = tree(&path("sound"));
    for (fate, word) in [("allocation", "signal 6"), ("stack", "signal 6"), ("killed", "signal 9")] {
        let out = path(fate);
        assert_eq!(attempt(folder.path(), &out, fate), 2, "{fate}");
        let report = json(&out.join("batch.json"));
        assert_eq!(report["summary"]["faults"], json!({ "died": 1 }), "{fate}");
        let b = &report["regions"][1];
        let said = b["fault"]["message"]["en"].as_str().unwrap_or_default();
        assert!(b["name"] == "b" && said.contains(word), "{fate}: {b}");
        let found = tree(&out);
        for name in ["a", "c"] {
            assert!(part(&found, name) == part(&wanted, name), "{fate}: {name} is not what it is without b");
        }
        assert!(part(&found, "b").is_empty(), "{fate}: there are results of b");
    }
    // A death that the region is not at fault for: everything is as if it had not been.
    let mark = path("mark");
    assert_eq!(attempt(folder.path(), &path("once"), &format!("once {}", mark.display())), sound);
    assert!(mark.exists() && tree(&path("once")) == wanted, "a death leaves its traces");
}

/// The processes that a process has started.
fn children(of: u32) -> Vec<u32> {
    let numbers = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parent = |id: &u32| {
        let about = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // The name in brackets may hold anything.
        let rest = about.rsplit_once(')').map(|(_, rest)| rest.trim().to_owned()).unwrap_or_default();
        rest.split(' ').nth(1).and_then(|parent| parent.parse().ok()) == Some(of)
    };
    numbers.filter(parent).collect()
}

#[test]
fn the_process_of_the_program_may_be_killed_and_ends_with_the_program() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let regions = folder.path().join("regions");
    for (name, side) in [("large", 60), ("small", 8)] {
        generated::write(&regions.join(name), side, 2, 7).expect("a town");
    }
    let batch = |out: &str| {
        let mut command = command();
        command.arg("batch").arg(&regions).arg("--out").arg(folder.path().join(out)).stdout(Stdio::null());
        command
    };
    let undisturbed = batch("undisturbed").stderr(Stdio::null()).status().expect("the binary starts");
    let begun = |out: &str| {
        let parent = batch(out).stderr(Stdio::piped()).spawn().expect("the binary starts");
        let began = Instant::now();
        let child = loop {
            if let [child, ..] = children(parent.id())[..] {
                break child;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "no process is started");
            std::thread::sleep(Duration::from_millis(2));
        };
        // By now it audits.
        while !folder.path().join(out).join(".lifering-run/holder").is_file() {
            assert!(began.elapsed() < Duration::from_secs(60), "the process does not begin");
            std::thread::sleep(Duration::from_millis(2));
        }
        (parent, child)
    };
    let (parent, child) = begun("killed");
    std::thread::sleep(Duration::from_millis(100));
    kill(child);
    let ended = parent.wait_with_output().expect("an end");
    assert_eq!(ended.status.code(), undisturbed.code(), "{}", String::from_utf8_lossy(&ended.stderr));
    let (wanted, found) = (tree(&folder.path().join("undisturbed")), tree(&folder.path().join("killed")));
    assert!(wanted == found, "{}", String::from_utf8_lossy(&ended.stderr));
    // The program is killed: its process ends by itself.
    let (mut parent, child) = begun("orphaned");
    parent.kill().expect("a process to kill");
    parent.wait().expect("an end");
    let began = Instant::now();
    while Path::new(&format!("/proc/{child}/stat")).exists() {
        assert!(began.elapsed() < Duration::from_secs(20), "the process outlives the program");
        std::thread::sleep(Duration::from_millis(5));
    }
}
