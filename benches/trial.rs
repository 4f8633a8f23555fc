//! Edits tried on a loaded city: the 95th percentile of each kind, and what stands when each station, pair and road fails; then
//! the second audit of the city after each kind of edit, zones included, beside the first. Where
//! the system tells, an edit, which is the work of one thread, is timed by its processor time: other work does not count.
//!
//! A generated metropolis, and the regions that `LIFERING_BENCH_REGION` names (paths with `:` between them). Run with
//! `cargo bench --bench trial`.

#[path = "synthetic_city/mod.rs"]
mod synthetic_city;

use lifering_base::frame::LonLat;
use lifering_core::audit::{AuditRequest, OpenedRegion};
use lifering_core::plan::failures::Failures;
use lifering_core::plan::trial::{Effect, SiteEdit, Trial};
use lifering_core::run::{Progress, Silent};
use lifering_readers::scenario::Scenario;
use lifering_readers::source::Source;
use std::error::Error;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Streets a side and stations of the metropolis, and its seed: those of the bench `metropolis`.
const METROPOLIS: (usize, usize, u64) = (670, 150, 7);
/// The rule that is tried.
const RULE: &str = "JJ-EMS-02";
/// Edits of each kind.
const TIMES: usize = 200;

fn main() -> Outcome<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(()); // Built by the tests, run by `cargo bench` alone.
    }
    for region in std::env::var("LIFERING_BENCH_REGION").unwrap_or_default().split(':').filter(|r| !r.is_empty()) {
        tried(Path::new(region))?;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trial-metropolis");
    let (side, stations, seed) = METROPOLIS;
    synthetic_city::write(&folder, side, stations, seed)?;
    tried(&folder)
}

/// Tries every kind of edit on one region.
fn tried(folder: &Path) -> Outcome<()> {
    let request = AuditRequest { standard: Some("jinjiang-14fyp".to_owned()), ..AuditRequest::default() };
    let opened = request.open(Source::at(folder), &Silent)?;
    let (city, standard) = (opened.base().city(), opened.base().standard());
    let (trial, load_s) = timed(|| Trial::new(city, standard, RULE));
    let trial = trial?;
    let name = city.records().settings.name.clone();
    println!("{name}: {} places, {} sites, loaded in {load_s:.2} s", city.people().samples.len(), trial.sites().len());
    let samples = &city.people().samples;
    let place = |n: usize| -> LonLat { samples[n * samples.len() / TIMES].place };
    let site = |n: usize| trial.sites()[n % trial.sites().len()];
    let kinds: [(&str, &dyn Fn(usize) -> SiteEdit); 4] = [
        ("add", &|n| SiteEdit::Add { place: place(n), turnout_s: None }),
        ("move", &|n| SiteEdit::Move { site: site(n), to: place(n) }),
        ("remove", &|n| SiteEdit::Remove { site: site(n) }),
        ("turnout", &|n| SiteEdit::Turnout { site: site(n), turnout_s: Some(120.0) }),
    ];
    for (kind, edit) in kinds {
        let effects = (0..TIMES).map(|n| worked(|| trial.effect(&[edit(n)])));
        let mut times = Vec::new();
        let mut people = 0.0;
        for (effect, seconds) in effects {
            let effect: Effect = effect?;
            people += effect.people_new - effect.people_lost;
            times.push(seconds);
        }
        report(kind, times, people);
    }
    let roads = city.records().roads.len();
    let closed = (0..TIMES).map(|n| worked(|| trial.without_roads(&[(n * roads / TIMES) as u32])));
    let (effects, times): (Vec<Effect>, Vec<f64>) = closed.unzip();
    report("close a road", times, effects.iter().map(|effect| -effect.people_lost).sum());
    let base = trial.effect(&[SiteEdit::Remove { site: site(0) }])?;
    let (_, outcome_s) = timed(|| trial.outcome(&base));
    println!("  the rule judged: {:.1} ms", outcome_s * 1000.0);
    let (verdicts, verdicts_s) = timed(|| trial.verdicts(&[SiteEdit::Remove { site: site(0) }]));
    println!("  {} rules on times and distances judged: {verdicts_s:.2} s", verdicts?.len());
    let (period, period_s) = timed(|| trial.in_period("peak"));
    println!("  another period: {period_s:.2} s, {:.0} people lost", period?.people_lost);
    let (failures, failures_s) = timed(|| Failures::new(&trial));
    let Failures { stations, pairs, roads, roads_tried } = failures;
    println!(
        "  failures: {failures_s:.2} s: {} stations, {} pairs, {} of {roads_tried} roads",
        stations.len(),
        pairs.len(),
        roads.len()
    );
    second_audits(&opened)
}

/// Audits of a loaded city after one edit, beside the audit of the city as it is. Networks that no edit has asked for yet are
/// there: the edits were tried before.
fn second_audits(opened: &OpenedRegion) -> Outcome<()> {
    let city = opened.base().city();
    let (base, base_s) = timed(|| opened.base().base_audit(&Silent));
    let base = base?;
    println!("  audit: {base_s:.2} s; the second, of an edited city:");
    let samples = &city.people().samples;
    let place = samples[samples.len() / 2].place;
    let station = city.records().stations.first().map(|site| site.id.clone());
    let station = station.ok_or("the region has no station")?;
    let at = format!("[{}, {}]", place.lon, place.lat);
    let edits = [
        format!("add_station = {{ id = \"bench\", at = {at}, kind = \"station\", ambulances = 1 }}"),
        format!("move_station = {{ station = {station:?}, to = {at} }}"),
        format!("close_station = {{ station = {station:?} }}"),
        format!("set_station = {{ station = {station:?}, turnout_s = 120 }}"),
        "close_road = { feature = 0 }".to_owned(),
        "set_road_speed = { road = { feature = 0 }, kmh = 20 }".to_owned(),
        "set_speeds = { residential = 20 }".to_owned(),
        "set_period = { period = \"bench\", factor = 1.3 }".to_owned(),
        "set_response = { turnout_s = 120 }".to_owned(),
        "set_access = { speed_kmh = 3 }".to_owned(),
        "scale_people = { factor = 1.1 }".to_owned(),
        format!("add_housing = {{ people = 1000, at = {at} }}"),
    ];
    for edit in edits {
        let text = format!("name = \"bench\"\n[[edit]]\n{edit}\n");
        let scenario = Scenario::from_bytes("bench.toml", text.as_bytes())?;
        let stages = Stages::default();
        let (audit, audit_s) = timed(|| opened.scenario(&scenario).and_then(|city| city.audit(Some(&base), &stages)));
        let rules = audit?.findings.outcomes.len();
        println!("    {}: {audit_s:.2} s, {rules} rules; {}", scenario.edits[0].word(), stages.longest());
    }
    Ok(())
}

/// The stages of an audit, as they begin.
#[derive(Debug, Default)]
struct Stages {
    begun: Mutex<Vec<(&'static str, Instant)>>,
}

impl Progress for Stages {
    fn stage(&self, name: &'static str) {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).push((name, Instant::now()));
    }
}

impl Stages {
    /// The longest three, the last of all until now.
    fn longest(&self) -> String {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = begun.iter().skip(1).map(|(_, at)| *at).chain([Instant::now()]);
        let mut stages: Vec<(f64, &str)> =
            begun.iter().zip(ends).map(|((name, at), end)| ((end - *at).as_secs_f64(), *name)).collect();
        stages.sort_by(|a, b| b.0.total_cmp(&a.0));
        let told: Vec<String> = stages.iter().take(3).map(|(seconds, name)| format!("{name} {seconds:.2}")).collect();
        told.join(", ")
    }
}

/// What some work returns, and how long it took, seconds.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let began = Instant::now();
    let done = work();
    (done, began.elapsed().as_secs_f64())
}

/// What the work of one thread returns, and its processor time, seconds; where the system does not tell, how long it took.
fn worked<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let began = processor_s("/proc/thread-self/schedstat");
    let (done, seconds) = timed(work);
    let ended = processor_s("/proc/thread-self/schedstat");
    (done, began.zip(ended).map_or(seconds, |(began, ended)| ended - began))
}

/// Processor time of a thread so far, seconds.
#[expect(clippy::disallowed_methods, reason = "no input: what the system tells of this process")]
fn processor_s(statistics: &str) -> Option<f64> {
    let text = std::fs::read_to_string(statistics).ok()?;
    Some(text.split_whitespace().next()?.parse::<f64>().ok()? / 1e9)
}

fn report(kind: &str, mut times: Vec<f64>, people: f64) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize] * 1000.0;
    println!(
        "  {kind}: median {:.2} ms, 95th percentile {:.2} ms, worst {:.2} ms, people {people:+.0}",
        at(0.5),
        at(0.95),
        at(1.0)
    );
}
