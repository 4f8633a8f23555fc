//! People and zones by themselves: medians of five in milliseconds, on the region that `LIFERING_REGION` names (the demo
//! where it names none). `make bench` runs it on the release build. What is found is checked to be the same in every run.

use lifering::audit::{Options, Silent, prepare};
use lifering::inputs::Region;
use lifering::inputs::source::Source;
use lifering::measure::{Fields, Ground};
use lifering::rules::catalogue::Criterion;
use lifering::rules::question;
use lifering::travel::demand::reach;
use lifering::zones::{Fineness, of_field};
use std::path::Path;
use std::time::Instant;

/// Runs of each question.
const RUNS: usize = 5;

/// The median of some runs, milliseconds, and what all of them found.
fn timed<T: PartialEq + std::fmt::Debug>(runs: usize, mut run: impl FnMut() -> T) -> Result<(f64, T), String> {
    let mut times = Vec::with_capacity(runs);
    let mut found: Option<T> = None;
    for _ in 0..runs {
        let start = Instant::now();
        let now = run();
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        if found.as_ref().is_some_and(|before| *before != now) {
            return Err(format!("two runs differ: {found:?} and {now:?}"));
        }
        found = Some(now);
    }
    times.sort_by(f64::total_cmp);
    Ok((times[times.len() / 2], found.ok_or("no run")?))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(()); // Built by the tests, run by `cargo bench` alone.
    }
    let source = std::env::var("LIFERING_REGION").map_or(Source::Demo, |path| Source::at(Path::new(&path)));
    let runs = std::env::var("LIFERING_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(RUNS);
    let options = Options { standard: Some("jinjiang-14fyp".to_owned()), ..Options::default() };
    let prepared = prepare(Region::read(source)?, &options, &Silent)?;
    let places: Vec<_> = prepared.demand.samples.iter().map(|sample| sample.xy).collect();
    let ground = Ground { region: &prepared.region, demand: &prepared.demand, sites: &prepared.gathered.sites };
    let fields = Fields::measure(&prepared.world, ground, &prepared.questions);
    let barriers = prepared.world.barriers.as_ref();
    for answered in &fields.fields {
        let (ms, sum) = timed(runs, || {
            let reached = reach(&answered.field, barriers, &places);
            reached.iter().filter_map(|r| r.at()).map(|at| u64::from(at.0)).sum::<u64>()
        })?;
        println!("people from {} sites: {ms:.0} ms, sum {sum} ms", answered.sites.len());
    }
    let settings = &prepared.region.settings.zones;
    let fineness = Fineness { error_share: settings.error_share, floor_m: settings.floor_m };
    for rule in &prepared.standard.rules {
        let Criterion::TravelTime(time) = &rule.criterion else { continue };
        let Some(Ok(question)) = question(&rule.criterion, &prepared.gathered.evidence) else { continue };
        let Some(Ok(answerer)) = fields.answerer(&question) else { continue };
        let limit_ms = f64::from(time.limit_s) * 1000.0 - f64::from(answerer.shift.0);
        let field = &fields.fields[answerer.field].field;
        let (ms, found) = timed(runs, || {
            let shapes = of_field(
                field,
                barriers,
                &prepared.world.boundary,
                &[limit_ms],
                fineness,
                settings.min_zone_m2,
                &|| true,
            );
            shapes.iter().map(|s| (s.area_m2, s.low_m2, s.high_m2, s.parts.len(), s.probes.len())).collect::<Vec<_>>()
        })?;
        println!("zones of {}: {ms:.0} ms, {found:?}", rule.id);
    }
    Ok(())
}
