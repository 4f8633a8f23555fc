//! A city asked more than once: by several threads, by several standards, with other people, with other sites; and a run
//! that is stopped.

use crate::support::{fixtures, json, lifering, regions_in, tree, write, write_bytes};
use lifering_base::t;
use lifering_core::audit::{Audit, AuditError, AuditRequest, Run, audit, standard_for};
use lifering_core::city::{City, CityError, OpenOptions};
use lifering_core::findings::Findings;
use lifering_core::plan::region::candidates::CandidateOrigin;
use lifering_core::plan::region::options::RegionOptions;
use lifering_core::plan::request::{GoalName, SitingRequest};
use lifering_core::plan::trial::Trial;
use lifering_core::plan::{Proposal, ProposalError};
use lifering_core::run::{Progress, Silent};
use lifering_export::render;
use lifering_readers::source::Source;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use lifering_siting::Options;
use lifering_standards::catalogue::Standard;
use serde_json::{Value, json as object};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};

type Files = BTreeMap<String, Vec<u8>>;

/// Zones as coarse as a test of anything else needs them.
const COARSE: f64 = 0.05;

fn opened(folder: &Path) -> City {
    City::open(Source::at(folder), &OpenOptions::default(), &Silent).expect("the city is opened")
}

fn embedded(id: &str) -> Standard {
    Standard::embedded(id).expect("an embedded standard")
}

fn audited(city: &City, standard: &Standard) -> Audit {
    let run = Run { zone_error: Some(COARSE), ..Run::default() };
    let findings = audit(city, standard, &run).expect("the city is audited");
    Audit { city: city.clone(), findings }
}

fn files(audit: &Audit, lang: Lang) -> Files {
    render(audit, &Report::new(audit), lang).expect("the files are made").into_iter().collect()
}

fn assert_same(found: &Files, wanted: &Files, what: &str) {
    assert!(found.len() > 5 && found.keys().eq(wanted.keys()), "{what}: {:?}, {:?}", found.keys(), wanted.keys());
    for (name, bytes) in found {
        assert!(*bytes == wanted[name], "{what}: {name} differs");
    }
}

fn report(audit: &Audit) -> Value {
    serde_json::to_value(Report::new(audit)).expect("a report is JSON")
}

/// The demo in a folder of its own, with `more` at the end of its region.toml.
fn demo_with(more: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = folder.path().join("demo");
    std::fs::create_dir(&region).expect("a folder for the demo");
    for (path, bytes) in tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/regions/jinjiang-demo")) {
        write_bytes(&region.join(path), &bytes);
    }
    append(&region, more);
    (folder, region)
}

fn append(region: &Path, more: &str) {
    let file = region.join("region.toml");
    let text = crate::support::text(&file);
    write(&file, &format!("{text}{more}"));
}

#[test]
fn what_a_server_keeps_can_be_shared_between_threads() {
    fn shareable<T: Send + Sync + 'static>() {}
    shareable::<City>();
    shareable::<Findings>();
    shareable::<Audit>();
    shareable::<Trial>();
}

#[test]
fn two_threads_audit_one_city_by_two_standards_in_two_languages() {
    let standards = ["jinjiang-14fyp", "xiamen-14fyp"].map(embedded);
    let langs = [Lang::Zh, Lang::En];
    let shared = City::demo().expect("the demo");
    let start = Barrier::new(standards.len());
    // The second thread takes the languages the other way round.
    let together: Vec<[Files; 2]> = std::thread::scope(|scope| {
        let threads: Vec<_> = standards
            .iter()
            .enumerate()
            .map(|(at, standard)| {
                let (shared, start) = (&shared, &start);
                scope.spawn(move || {
                    start.wait();
                    let audit = audited(shared, standard);
                    let first = files(&audit, langs[at]);
                    let second = files(&audit, langs[1 - at]);
                    if at == 0 { [first, second] } else { [second, first] }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread ends")).collect()
    });
    for (standard, together) in standards.iter().zip(&together) {
        let alone = audited(&City::demo().expect("the demo"), standard);
        for (lang, together) in langs.into_iter().zip(together) {
            assert_same(together, &files(&alone, lang), &format!("{} {lang:?}", standard.id));
        }
    }
    assert!(together[0][0]["audit.json"] != together[1][0]["audit.json"], "two standards gave one report");
    assert!(together[0][0]["report.html"] != together[0][1]["report.html"], "two languages gave one report");
}

#[test]
fn the_same_city_audited_twice_gives_the_same_bytes() {
    let city = City::demo().expect("the demo");
    let standard = embedded("jinjiang-14fyp");
    let [first, second] = [(); 2].map(|()| files(&audited(&city, &standard), Lang::Zh));
    assert!(first["audit.json"] == second["audit.json"], "audit.json differs");
    assert_same(&second, &first, "the second audit");
}

#[test]
fn people_scaled_on_a_loaded_city_are_those_of_region_toml() {
    let (_folder, region) = demo_with("");
    let standard = embedded("jinjiang-14fyp");
    let total = 2_345_678.0;
    let plain = opened(&region);
    // Networks and evidence are there before the people change.
    let before = report(&audited(&plain, &standard));
    let mut scaled = report(&audited(&plain.with_population(total, None), &standard));
    append(&region, "\n[population]\nscale_to = 2345678\n");
    let mut wanted = report(&audited(&opened(&region), &standard));
    let taken = [&mut scaled, &mut wanted].map(|report| report["region"]["settings_sha256"].take());
    assert!(taken[0] != taken[1], "the settings are the same");
    assert_eq!(scaled, wanted);
    let inside = scaled["population"]["inside"].as_f64().expect("people");
    assert!((inside - total).abs() < 1e-3 && scaled["population"] != before["population"], "{inside} people");
    // The city itself is as it was.
    assert_eq!(report(&audited(&plain, &standard)), before);
}

fn propose(city: &City, progress: &dyn Progress) -> Result<Proposal, ProposalError> {
    let options = RegionOptions { rule: Some("JJ-EMS-02".to_owned()), ambulances: 2.0, ..RegionOptions::default() };
    let solver = Options { tie_limit: 0, curve: false, ..Options::default() };
    let request = SitingRequest::new(GoalName::Cover, 2);
    lifering_core::plan::region::propose(city, &embedded("jinjiang-14fyp"), &request, &options, &solver, progress)
}

#[test]
fn the_audit_after_a_proposal_is_that_of_a_city_with_the_sites() {
    let (_folder, region) = demo_with("\n[zones]\nerror_share = 0.05\n");
    let proposal = propose(&opened(&region), &Silent).expect("a proposal");
    let ground = proposal.ground.expect("a proposal on the ground");
    assert_eq!(ground.sites.len(), 2);
    // The candidates' own features, as stations.
    let candidates = json(&region.join("candidates.geojson"));
    let mut stations = json(&region.join("stations.geojson"));
    for site in &ground.sites {
        assert_eq!(site.origin, CandidateOrigin::Layer);
        let features = candidates["features"].as_array().expect("candidates");
        let candidate = features.iter().find(|f| f["properties"]["id"] == site.site.id).expect("the candidate");
        let mut station = candidate.clone();
        for (name, value) in [
            ("kind", object!("station")),
            ("ambulances", object!(2)),
            ("negative_pressure", object!(0)),
            ("decontamination", object!(false)),
        ] {
            station["properties"][name] = value;
        }
        stations["features"].as_array_mut().expect("stations").push(station);
    }
    write(&region.join("stations.geojson"), &stations.to_string());
    let standard = embedded("jinjiang-14fyp");
    let findings = audit(&opened(&region), &standard, &Run::default()).expect("the city is audited");
    let built = Audit { city: opened(&region), findings };
    let (before, after, built) = (report(&ground.before), report(&ground.after), report(&built));
    assert!(before["rules"].as_array().is_some_and(|rules| rules.len() > 5), "no rules");
    assert!(before["rules"] != after["rules"], "the sites change nothing");
    assert_eq!(after["rules"], built["rules"]);
}

/// Notes the stages.
#[derive(Default)]
struct Noted(Mutex<Vec<&'static str>>);

impl Noted {
    fn names(self) -> Vec<&'static str> {
        self.0.into_inner().expect("a list")
    }
}

impl Progress for Noted {
    fn stage(&self, name: &'static str) {
        self.0.lock().expect("a list").push(name);
    }
}

/// Stops a run when so many stages have begun.
struct StopAfter {
    stages: usize,
    begun: AtomicUsize,
    stopped: AtomicBool,
}

impl StopAfter {
    fn new(stages: usize) -> Self {
        Self { stages, begun: AtomicUsize::new(0), stopped: AtomicBool::new(stages == 0) }
    }
}

impl Progress for StopAfter {
    fn stage(&self, _: &'static str) {
        assert!(!self.stopped.load(Ordering::SeqCst), "a stage begins after the stop");
        let begun = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        self.stopped.store(begun >= self.stages, Ordering::SeqCst);
    }

    fn stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

/// Stops a run at each of its stages, the stop being seen as the stage would begin; the names of the stages.
fn stopped_at_each<E: std::fmt::Debug>(
    run: impl Fn(&dyn Progress) -> Result<(), E>,
    is_stopped: impl Fn(&E) -> bool,
) -> Vec<&'static str> {
    let noted = Noted::default();
    run(&noted).expect("a run that nobody stops");
    let names = noted.names();
    for (at, name) in names.iter().enumerate() {
        let stop = StopAfter::new(at);
        let error = run(&stop).expect_err("a run that is stopped");
        assert!(is_stopped(&error), "stopped before {name}: {error:?}");
        assert_eq!(stop.begun.into_inner(), at, "before {name}");
    }
    names
}

#[test]
fn a_run_stops_at_each_stage_and_every_stage_has_a_text() {
    let town = fixtures().join("grid_town");
    let request = AuditRequest { zone_error: Some(COARSE), ..AuditRequest::default() };
    let audit_stopped = |error: &AuditError| matches!(error, AuditError::City(CityError::Stopped));
    let whole = |progress: &dyn Progress| request.run(Source::at(&town), progress).map(drop);
    let mut names: BTreeSet<&str> = BTreeSet::from_iter(stopped_at_each(whole, audit_stopped));
    for name in ["read", "people", "roads", "times", "rules", "second_arrivals", "survey", "zones", "road_times"] {
        assert!(names.contains(name), "no stage {name}");
    }
    // Opening alone: its error is the city's own.
    let open = |progress: &dyn Progress| City::open(Source::at(&town), &OpenOptions::default(), progress).map(drop);
    names.extend(stopped_at_each(open, |error| matches!(error, CityError::Stopped)));
    // A proposal of a loaded city, with both its audits.
    let city = opened(&town);
    let plan = |progress: &dyn Progress| propose(&city, progress).map(drop);
    let plan_stopped =
        |error: &ProposalError| matches!(error, ProposalError::Audit(AuditError::City(CityError::Stopped)));
    names.extend(stopped_at_each(plan, plan_stopped));
    assert!(names.contains("candidates") && names.contains("solve"), "{names:?}");
    // The stage of the program itself.
    names.insert("write");
    for name in names {
        let [zh, en] = ["zh", "en"].map(|locale| t!(format!("stage.{name}"), locale = locale).into_owned());
        assert!(!zh.contains("stage.") && !en.contains("stage."), "{name}: {zh}, {en}");
        assert!(!zh.is_empty() && zh != en, "{name}: {zh}, {en}");
    }
}

#[test]
fn the_demo_of_the_library_is_that_of_the_program() {
    let city = City::demo().expect("the demo");
    let standard = standard_for(city.records(), None).expect("the demo's standard");
    let findings = audit(&city, &standard, &Run::default()).expect("the demo is audited");
    let status = findings.exit_status();
    let library = files(&Audit { city, findings }, Lang::Zh);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let run = lifering(["audit", "--demo", "--lang", "zh", "--out", &out.display().to_string()]);
    assert_eq!(run.code, Some(i32::from(status.code())), "{}", run.story());
    let mut program: Files = tree(&out).into_iter().map(|(path, bytes)| (path.display().to_string(), bytes)).collect();
    // The mark of a folder of results is no file of the audit.
    assert!(program.remove(".lifering").is_some(), "the folder is not marked");
    assert_same(&library, &program, "the demo");
}

/// Every fixture that can be audited.
fn every_fixture() -> impl Iterator<Item = (PathBuf, City, Audit)> {
    regions_in(&fixtures()).into_iter().filter_map(|folder| {
        let city = City::open(Source::at(&folder), &OpenOptions::default(), &Silent).ok()?;
        let standard = standard_for(city.records(), None).ok()?;
        let audit = audited(&city, &standard);
        Some((folder, city, audit))
    })
}

#[test]
fn findings_of_every_fixture_survive_a_round_trip_through_json() {
    let mut count = 0;
    for (folder, _, audit) in every_fixture() {
        let json = serde_json::to_string(&audit.findings).expect("findings are JSON");
        let back: Findings = serde_json::from_str(&json).expect("findings are read back");
        assert!(back == audit.findings, "{}: not what was written", folder.display());
        count += 1;
    }
    assert!(count > 30, "only {count} fixtures");
}

#[test]
fn an_audit_from_memory_is_that_of_the_folder() {
    let mut count = 0;
    for (folder, city, audit) in every_fixture() {
        let source = city.records().source.clone();
        let (name, label) = (source.name(), source.label());
        let held = tree(&folder).into_iter().map(|(path, bytes)| (path.display().to_string(), bytes)).collect();
        let memory = Source::memory(&name, &label, held);
        let loaded = City::open(memory, &OpenOptions::default(), &Silent).expect("the city is opened from memory");
        let again = audited(&loaded, &audit.findings.standard);
        assert_same(&files(&again, Lang::Zh), &files(&audit, Lang::Zh), &folder.display().to_string());
        count += 1;
    }
    assert!(count > 30, "only {count} fixtures");
}

/// The examples are built with the tests; each runs, says what it should, and is short.
#[test]
fn the_examples_of_the_library_run() {
    let folder = Path::new(env!("CARGO_BIN_EXE_lifering")).parent().expect("a folder").join("examples");
    for (example, expected) in
        [("audit", "JJ-EMS-02"), ("what_if", "people more in time"), ("propose", "people newly in time")]
    {
        let run = std::process::Command::new(folder.join(example)).output().expect("the example is built and runs");
        let text = String::from_utf8(run.stdout).expect("text");
        assert!(run.status.success() && text.contains(expected), "{example}: {text}");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(format!("{example}.rs"));
        assert!(crate::support::text(&source).lines().count() < 30, "{example} is long");
    }
}
