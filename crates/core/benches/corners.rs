//! Inputs on which the work of a step once grew with the square of their size: radius zones of very many sites, a very wide
//! table, a boundary whose vertices have lost their order, a p-median under a time limit. `make bench` runs it on the
//! release build. Every answer is checked before its time is printed.

use geo::{Area, Coord, LineString, MultiPolygon, Polygon};
use lifering_base::frame::{Frame, LonLat};
use lifering_core::zones::discs::{BeyondDiscs, beyond_discs};
use lifering_core::zones::uncovered_of_discs;
use lifering_readers::Region;
use lifering_readers::source::Source;
use lifering_siting::{Demand, Goal, Instance, Options, Question, Site, Status, TravelTime, solve};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Median seconds of three runs, and the last result.
fn timed<T>(mut run: impl FnMut() -> Outcome<T>) -> Outcome<(f64, T)> {
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..3 {
        let start = Instant::now();
        last = Some(run()?);
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok((times[1], last.ok_or("no run")?))
}

/// Most memory held so far, MiB; `None` where the system does not say.
#[expect(clippy::disallowed_methods, reason = "a bench asks the system")]
fn held_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

fn say(what: &str, seconds: f64, wanted: f64) {
    let held = held_mib().map_or_else(String::new, |mib| format!(", {mib} MiB held at most so far"));
    println!("{what:<64} {seconds:>7.2} s (wanted {wanted} s){held}");
}

/// Places in a square, or in the circle in it, metres from its middle.
fn places(number: usize, half_m: f64, round: bool) -> Vec<Coord<f64>> {
    let mut random = oorandom::Rand64::new(18);
    let mut any = || (random.rand_float() * 2.0 - 1.0) * half_m;
    let mut all = Vec::with_capacity(number);
    while all.len() < number {
        let at = Coord { x: any(), y: any() };
        if !round || libm::hypot(at.x, at.y) <= half_m {
            all.push(at);
        }
    }
    all
}

/// The zones of a radius rule over a square; checked by places of a lattice.
fn radius(what: &str, at: &[Coord<f64>], radius_m: f64, half_m: f64, wanted: f64) -> Outcome<()> {
    let frame = Frame::new(LonLat::new(116.4, 39.9))?;
    let sites: Vec<LonLat> = at.iter().map(|at| frame.to_lon_lat(*at)).collect();
    let corners = [(-half_m, -half_m), (half_m, -half_m), (half_m, half_m), (-half_m, half_m)];
    let boundary = MultiPolygon::new(vec![Polygon::new(LineString::from(corners.to_vec()), Vec::new())]);
    let run = || -> Outcome<(BeyondDiscs, usize)> {
        let beyond = beyond_discs(&sites, radius_m, &boundary, &frame, &|| true).ok_or("stopped")?;
        let zones = uncovered_of_discs(&beyond, 100.0).parts.len();
        Ok((beyond, zones))
    };
    let (seconds, (beyond, zones)) = timed(run)?;
    let best = beyond.area.unsigned_area();
    assert!(beyond.low_m2 <= best && best <= beyond.high_m2, "{what}: the best lies within the bounds");
    // 200 by 200 places: the share that is beyond all discs is known to within four standard deviations.
    let lattice = |n: usize| (n as f64 + 0.5) / 100.0 * half_m - half_m;
    let beyond_all =
        |x: f64, y: f64| at.iter().all(|c| (c.x - x) * (c.x - x) + (c.y - y) * (c.y - y) > radius_m * radius_m);
    let count = (0..200).flat_map(|x| (0..200).map(move |y| (x, y)));
    let share = count.filter(|(x, y)| beyond_all(lattice(*x), lattice(*y))).count() as f64 / 40_000.0;
    let found = best / (4.0 * half_m * half_m);
    assert!((share - found).abs() < 4.0 * (found * (1.0 - found) / 40_000.0).sqrt() + 1e-4, "{what}: {share}, {found}");
    say(what, seconds, wanted);
    let width = (beyond.high_m2 - beyond.low_m2) / 1e6;
    println!("    {zones} zones, {:.3} km2, proved to {width:.4} km2", best / 1e6);
    Ok(())
}

const ROADS: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"highway":"primary"},
    "geometry":{"type":"LineString","coordinates":[[118.4,24.7],[118.6,24.7]]}}]}"#;

fn region(boundary: &str, stations: &str) -> Source {
    let settings = "name = \"corner\"\n[layers]\nboundary = \"b.geojson\"\nroads = \"r.geojson\"\npopulation = \"p.csv\"\nstations = \"s.csv\"\n";
    let people = "lon,lat,population\n118.5,24.7,100\n";
    let files = [
        ("b.geojson", boundary),
        ("r.geojson", ROADS),
        ("p.csv", people),
        ("s.csv", stations),
        ("region.toml", settings),
    ];
    let files: BTreeMap<String, Vec<u8>> =
        files.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
    Source::memory("corner", "region.toml", files)
}

fn outline(ring: &[String]) -> String {
    let ring = ring.join(",");
    format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}]}}"#
    )
}

fn wide_table(columns: usize) -> Outcome<()> {
    let square = ["[118.4,24.6]", "[118.6,24.6]", "[118.6,24.8]", "[118.4,24.8]", "[118.4,24.6]"].map(str::to_owned);
    let heading: Vec<String> = (0..columns).map(|n| format!("col{n}")).collect();
    let row = format!("甲站,118.5,24.7{}\n", ",3".repeat(columns));
    let table = format!("名称,经度,纬度,{}\n{row}", heading.join(","));
    let (seconds, read) = timed(|| Ok(Region::read(region(&outline(&square), &table))?))?;
    assert_eq!(read.input("stations").map(|input| input.columns.len()), Some(columns + 3));
    say(&format!("a table of {columns} columns read"), seconds, 1.0);
    Ok(())
}

fn scribble(vertices: usize) -> Outcome<()> {
    let place = |n: usize| {
        let angle = (n * 9_999 % vertices) as f64 / vertices as f64 * std::f64::consts::TAU;
        format!("[{:.7},{:.7}]", 118.5 + 0.1 * libm::cos(angle), 24.7 + 0.1 * libm::sin(angle))
    };
    let ring: Vec<String> = (0..=vertices).map(place).collect();
    let stations = "名称,经度,纬度\n甲站,118.5,24.7\n";
    let (seconds, refused) = timed(|| Ok(Region::read(region(&outline(&ring), stations)).err()))?;
    assert!(refused.is_some(), "a scribble is refused");
    say(&format!("a boundary of {vertices} vertices in a lost order refused"), seconds, 2.0);
    Ok(())
}

fn p_median(demands: usize, sites: usize, limit: Duration) -> Outcome<()> {
    let (at, stand) = (places(demands, 10_000.0, false), places(sites, 9_000.0, false));
    let demand = (0..demands).map(|n| Demand { id: format!("d{n}"), people: 1.0 + (n % 7) as f64 }).collect();
    let candidates = (0..sites).map(|n| Site::candidate(format!("s{n}"))).collect();
    let seconds = |a: Coord<f64>, b: Coord<f64>| libm::hypot(a.x - b.x, a.y - b.y) / 10.0;
    let pairs = (0..demands * sites).map(|pair| {
        let (demand, site) = (pair / sites, pair % sites);
        TravelTime { demand, site, seconds: seconds(at[demand], stand[site]) }
    });
    let town = Instance::new(demand, candidates, pairs)?;
    let options = Options { time_limit: Some(limit), ..Options::default() };
    let (seconds, answer) = timed(|| Ok(solve(&town, &Question::new(Goal::Mean, 50), &options)?))?;
    assert!(answer.status == Status::Feasible && answer.bound > 0.0 && answer.bound <= answer.objective);
    let what = format!("p-median of {demands} places, {sites} candidates, time limit {} s", limit.as_secs());
    say(&what, seconds, limit.as_secs_f64() + 2.0);
    Ok(())
}

fn main() -> Outcome<()> {
    // Half the side of a metropolis of 7,500 km2, metres.
    let metropolis_m = 43_301.3;
    wide_table(100_000)?;
    scribble(20_000)?;
    radius("2,000 stations of 5 km within 10 km of each other", &places(2_000, 5_000.0, true), 5_000.0, 20_000.0, 5.0)?;
    radius(
        "10,000 stations of 5 km within 10 km of each other",
        &places(10_000, 5_000.0, true),
        5_000.0,
        20_000.0,
        5.0,
    )?;
    radius("10,000 AEDs of 500 m over 7,500 km2", &places(10_000, metropolis_m, false), 500.0, metropolis_m, 2.0)?;
    radius("40,000 AEDs of 500 m over 7,500 km2", &places(40_000, metropolis_m, false), 500.0, metropolis_m, 2.0)?;
    p_median(20_000, 1_000, Duration::from_secs(3))?;
    Ok(())
}
