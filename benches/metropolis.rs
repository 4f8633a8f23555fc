//! A city of Beijing's size, step by step: medians, beside what each step is meant to take, what it takes on cities of a
//! quarter and a sixteenth of the size, and what other tools take for the same on the same data. `make bench` runs it on the
//! release build.
//!
//! What every step finds is held against [`KNOWN`] before it is timed. The city is made here (`synthetic_city`). Other tools
//! run where a Python with numpy, scipy, pyogrio and networkx is at hand (`LIFERING_PYTHON`, else `python3`): see `peers.py`.

#[path = "synthetic_city/mod.rs"]
mod synthetic_city;

use criterion::{BatchSize, Criterion, SamplingMode};
use lifering_base::units::{Arrival, Milliseconds, SourceId};
use lifering_core::audit::standard_for;
use lifering_core::city::{City, OpenOptions, Profile};
use lifering_core::measure::profiles;
use lifering_core::network::NodeId;
use lifering_core::plan::trial::Trial;
use lifering_core::run::Silent;
use lifering_core::travel::demand::reach;
use lifering_core::travel::search::first_arrivals;
use lifering_core::travel::{Start, TravelField};
use lifering_core::zones::{RefinementCriteria, uncovered_of_field};
use lifering_readers::Region;
use lifering_readers::source::Source;
use lifering_standards::catalogue::{Rule, Standard};
use lifering_standards::{AccessQuery, access_queries};
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Streets a side, ascending; the last is the metropolis.
const SIDES: [usize; 3] = [168, 335, 670];
/// Stations of the metropolis; smaller cities have as many for their size.
const STATIONS: usize = 150;
const SEED: u64 = 7;
/// Call to arrival, and what of it passes before the wheels turn.
const LIMIT: Milliseconds = Milliseconds(840_000);
const DELAY: Milliseconds = Milliseconds(240_000);

/// A step, and what it is meant to take on the metropolis, milliseconds.
const STEPS: [(&str, f64); 6] =
    [("read", 200.0), ("network", 300.0), ("search", 20.0), ("sweep", f64::NAN), ("people", 250.0), ("zones", 400.0)];

/// By side and step: what is found. A change of any of them is a change of results, not of speed. `LIFERING_UPDATE=1`
/// prints what is found instead of comparing it.
const KNOWN: [(usize, [u64; 6]); 3] = [
    (168, [89_430, 21_212, 8_529_816_300, 1_018_060_962, 9_405_736_831, 20_587_912_035]),
    (335, [355_399, 84_708, 34_988_010_909, 4_244_503_855, 37_117_924_586, 70_195_891_176]),
    (670, [1_426_097, 339_534, 127_008_426_777, 15_728_475_142, 156_884_185_269, 320_720_070_772]),
];

/// Everything the steps of one city work on.
struct Bench {
    folder: PathBuf,
    side: usize,
    city: City,
    standard: Standard,
    /// Every profile that the standard asks for.
    profiles: Vec<Profile>,
    starts: Vec<Start>,
    profile: Profile,
}

impl Bench {
    fn make(side: usize) -> Outcome<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("metropolis-{side}"));
        synthetic_city::write(&folder, side, STATIONS * side * side / (SIDES[2] * SIDES[2]), SEED)?;
        write(&folder.join("roads.toml"), ROADS_ALONE)?;
        let city = City::open(Source::at(&folder), &OpenOptions::default(), &Silent)?;
        let standard = standard_for(city.records(), Some("jinjiang-14fyp"))?;
        let profile = city.drive_profile();
        let starts = city.records().stations.iter();
        let starts = starts.map(|s| Start { xy: city.frame().to_local(s.place), delay: DELAY }).collect();
        let criteria = standard.rules.iter().flat_map(Rule::criteria);
        let queries = criteria.filter_map(|criterion| access_queries(criterion, city.evidence())?.ok());
        let queries: Vec<AccessQuery> =
            queries.flat_map(|queries| std::iter::once(queries.certain).chain(queries.optimistic)).collect();
        let profiles = profiles(&queries, city.records());
        Ok(Self { folder, side, city, standard, profiles, starts, profile })
    }

    fn field(&self) -> TravelField {
        self.city.travel_field(&self.profile, &self.starts)
    }

    /// Roads read and typed, and no other layer.
    fn read(&self) -> Outcome<u64> {
        let region = Region::read(Source::at(&self.folder.join("roads.toml")))?;
        Ok(region.roads.iter().flat_map(|road| &road.parts).map(|part| part.len() as u64).sum())
    }

    /// The same city without any network.
    fn without_network(&self) -> Outcome<City> {
        Ok(City::from_records(self.city.records().clone())?)
    }

    /// Every network and every cost that the standard asks for, in a city that has none.
    fn network(&self, city: &City) -> u64 {
        city.prepare(&self.profiles);
        city.drive_network().junction_count as u64
    }

    /// When everybody is reached.
    fn people(&self, field: &TravelField) -> u64 {
        let places: Vec<_> = self.city.people().samples.iter().map(|sample| sample.xy).collect();
        reach(field, None, &places).iter().filter_map(|r| r.at()).map(|at| u64::from(at.0)).sum()
    }

    /// The zones of the limit, in square decimetres.
    fn zones(&self, field: &TravelField) -> u64 {
        let settings = &self.city.records().settings.zones;
        let fineness = RefinementCriteria { error_share: settings.error_share, floor_m: settings.floor_m };
        let limits = [f64::from(LIMIT.0)];
        let boundary = self.city.boundary();
        let shapes = uncovered_of_field(field, None, boundary, &limits, fineness, settings.min_zone_m2, &|| true);
        shapes.iter().map(|shape| (shape.area_m2 * 100.0).round() as u64).sum()
    }
}

/// Travel times from every station to everything within the limit: the search alone.
fn search(field: &TravelField, seeds: &[(NodeId, Arrival)]) -> u64 {
    let labels = first_arrivals(&field.costs.graph, field.costs.longest_ms, seeds, Some(LIMIT));
    labels.iter().flatten().map(|arrival| u64::from(arrival.at.0)).sum()
}

/// The floor of the search: each junction that it reaches once, breadth first, over the same arrays.
fn sweep(field: &TravelField, seeds: &[(NodeId, Arrival)], reached: &[bool]) -> u64 {
    let graph = &field.costs.graph;
    let mut seen = vec![0_u64; graph.node_count()];
    let mut queue: Vec<NodeId> = Vec::with_capacity(graph.node_count());
    let mut sum = 0_u64;
    for (node, _) in seeds {
        if std::mem::replace(&mut seen[*node as usize], 1) == 0 {
            queue.push(*node);
        }
    }
    let mut head = 0;
    while head < queue.len() {
        let node = queue[head];
        head += 1;
        for (&next, &ms) in graph.neighbors_slice(node).iter().zip(graph.edges_slice(node)) {
            sum += u64::from(ms);
            if reached[next as usize] && std::mem::replace(&mut seen[next as usize], 1) == 0 {
                queue.push(next);
            }
        }
    }
    sum
}

/// The region's roads without anything else.
const ROADS_ALONE: &str =
    "name = \"roads\"\nwithout = [\"stations\", \"population\"]\n\n[layers]\nroads = \"roads.geojson\"\n";

#[expect(clippy::disallowed_methods, reason = "a bench writes its own input")]
fn write(path: &Path, text: &str) -> Outcome<()> {
    Ok(std::fs::write(path, text)?)
}

#[expect(clippy::disallowed_methods, reason = "a bench reads what its library wrote, and asks the system")]
fn text(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

/// Median milliseconds of every step, by the library's own reckoning.
fn steps(bench: &Bench, results: &Path) -> Outcome<Vec<f64>> {
    let field = bench.field();
    let seeds: Vec<(NodeId, Arrival)> = field
        .entries
        .iter()
        .filter_map(|entries| entries.nearest())
        .enumerate()
        .map(|(index, join)| {
            let link = &field.network.links[field.network.link_of[join.segment as usize] as usize];
            (link.from, Arrival { at: DELAY, by: SourceId::new(index) })
        })
        .collect();
    let labels = first_arrivals(&field.costs.graph, field.costs.longest_ms, &seeds, Some(LIMIT));
    let reached: Vec<bool> = labels.iter().map(Option::is_some).collect();
    let found = [
        bench.read()?,
        bench.network(&bench.without_network()?),
        search(&field, &seeds),
        sweep(&field, &seeds, &reached),
        bench.people(&field),
        bench.zones(&field),
    ];
    let known = KNOWN.iter().find(|(side, _)| *side == bench.side).map(|(_, known)| known);
    if std::env::var_os("LIFERING_UPDATE").is_some() {
        println!("    ({}, {found:?}),", bench.side);
    } else if known != Some(&found) {
        return Err(format!("side {}: {found:?} found, {known:?} known", bench.side).into());
    }
    let mut criterion = Criterion::default()
        .output_directory(results)
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    let name = bench.side.to_string();
    let mut group = criterion.benchmark_group(&name);
    group.sampling_mode(SamplingMode::Flat);
    group.bench_function("read", |b| b.iter(|| bench.read().expect("the city was read before")));
    group.bench_function("network", |b| {
        // A city of its own each time: clones share their networks.
        let bare = || bench.without_network().ok();
        let made = |city: &mut Option<City>| city.as_ref().map_or(0, |city| bench.network(city));
        b.iter_batched_ref(bare, made, BatchSize::PerIteration);
    });
    group.bench_function("search", |b| b.iter(|| search(&field, &seeds)));
    group.bench_function("sweep", |b| b.iter(|| sweep(&field, &seeds, &reached)));
    group.bench_function("people", |b| b.iter(|| bench.people(&field)));
    group.bench_function("zones", |b| b.iter(|| bench.zones(&field)));
    group.finish();
    STEPS.iter().map(|(step, _)| median_ms(&results.join(&name).join(step).join("new/estimates.json"))).collect()
}

fn median_ms(estimates: &Path) -> Outcome<f64> {
    let text = text(estimates).ok_or_else(|| format!("{} is missing", estimates.display()))?;
    let all: Value = serde_json::from_str(&text)?;
    Ok(all["median"]["point_estimate"].as_f64().ok_or("no median")? / 1e6)
}

/// The 95th percentile of 200 stations tried one by one, milliseconds.
fn what_if(bench: &Bench) -> Outcome<f64> {
    let loaded = Trial::new(&bench.city, &bench.standard, "JJ-EMS-02")?;
    let samples = &bench.city.people().samples;
    let mut times = Vec::with_capacity(200);
    for at in 0..200 {
        let place = samples[at * samples.len() / 200].place;
        let began = Instant::now();
        std::hint::black_box(loaded.site(place, None));
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[189])
}

/// The whole program, every file: the median of five runs in milliseconds, and the most memory it held, MiB.
fn audit(bench: &Bench) -> Outcome<(f64, u64)> {
    let out = bench.folder.with_extension("out");
    let (mut times, mut most) = (Vec::new(), 0);
    for _ in 0..5 {
        let began = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_lifering"))
            .args(["audit", "-q"])
            .arg(&bench.folder)
            .arg("--out")
            .arg(&out)
            .stdout(Stdio::null())
            .spawn()?;
        let status = PathBuf::from(format!("/proc/{}/status", child.id()));
        let ended = loop {
            most = most.max(high_water_mib(&status));
            match child.try_wait()? {
                Some(ended) => break ended,
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        // A gap is a finding, not a failure.
        if ended.code() != Some(1) {
            return Err(format!("the audit ended with {ended}").into());
        }
    }
    times.sort_by(f64::total_cmp);
    Ok((times[2], most))
}

/// The most memory a process ever held, MiB; 0 where the system does not tell.
fn high_water_mib(status: &Path) -> u64 {
    let text = text(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// What other tools take for a step on the same files, milliseconds; empty where they are not at hand.
fn peers(bench: &Bench) -> BTreeMap<String, Vec<(String, f64)>> {
    let python = std::env::var("LIFERING_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers.py");
    let output = Command::new(python).arg(script).arg(&bench.folder).stderr(Stdio::inherit()).output();
    let all = output.ok().filter(|o| o.status.success()).and_then(|o| serde_json::from_slice::<Value>(&o.stdout).ok());
    let mut by_step: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
    for one in all.as_ref().and_then(Value::as_array).into_iter().flatten() {
        let (Some(step), Some(tool), Some(ms)) = (one["step"].as_str(), one["tool"].as_str(), one["ms"].as_f64())
        else {
            continue;
        };
        by_step.entry(step.to_owned()).or_default().push((tool.to_owned(), ms));
    }
    by_step
}

fn main() -> Outcome<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(()); // Built by the tests, run by `cargo bench` alone.
    }
    let results = Path::new(env!("CARGO_TARGET_TMPDIR")).join("criterion");
    let mut by_side = Vec::new();
    let mut metropolis = None;
    for side in SIDES {
        let bench = Bench::make(side)?;
        by_side.push(steps(&bench, &results)?);
        metropolis = Some(bench);
    }
    let bench = metropolis.ok_or("no city")?;
    let others = peers(&bench);
    println!("\nstep         side 168  side 335  side 670    target  growth   other tools");
    for (at, (step, target)) in STEPS.iter().enumerate() {
        let ms: Vec<f64> = by_side.iter().map(|steps| steps[at]).collect();
        // Junctions grow fourfold from side to side: 1 is linear.
        let growth = ms[2] / ms[1] / 4.0;
        let target = if target.is_nan() { String::new() } else { format!("{target:.0}") };
        let tools = others.get(*step).map(Vec::as_slice).unwrap_or_default();
        let tools: Vec<String> =
            tools.iter().map(|(tool, theirs)| format!("{tool} {theirs:.0} ms ({:.0} x)", theirs / ms[2])).collect();
        println!(
            "{step:12} {:8.1}  {:8.1}  {:8.1}  {target:>8}  {growth:6.2}   {}",
            ms[0],
            ms[1],
            ms[2],
            tools.join(", ")
        );
    }
    println!("the search takes {:.2} times the sweep", by_side[2][2] / by_side[2][3]);
    println!("what if: 95th percentile {:.2} ms (target 20)", what_if(&bench)?);
    let (audit_ms, most) = audit(&bench)?;
    println!(
        "audit, every file: {audit_ms:.0} ms (target 2000 without HTML and XLSX), at most {most} MiB (target 1536)"
    );
    Ok(())
}
