//! Whole audits, stage by stage: medians of five in milliseconds. `make bench` runs it on the release build.
//!
//! The result of each city is checked before it is timed. Real cities are taken from `../shared/data/real` where present.

use lifering_core::audit::AuditRequest;
use lifering_core::run::Progress;
use lifering_export::render;
use lifering_readers::source::Source;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

/// Runs of each city.
const RUNS: usize = 5;

/// Milliseconds of each stage, in order.
type Stages = Vec<(&'static str, f64)>;

/// Notes when each stage begins.
struct Clock(Mutex<Vec<(&'static str, Instant)>>);

impl Progress for Clock {
    fn stage(&self, name: &'static str) {
        if let Ok(mut marks) = self.0.lock() {
            marks.push((name, Instant::now()));
        }
    }
}

/// Milliseconds of each stage of one run, in order, with the people covered in 14 minutes.
fn run(source: &Source) -> Result<(Stages, f64), Box<dyn std::error::Error>> {
    let clock = Clock(Mutex::new(Vec::new()));
    let request = AuditRequest { standard: Some("jinjiang-14fyp".to_owned()), ..AuditRequest::default() };
    let audit = request.run(source.clone(), &clock)?;
    clock.stage("write");
    let report = Report::new(&audit);
    render(&audit, &report, Lang::Zh)?;
    clock.stage("end");
    let covered = report.rules.iter().find(|r| r.id == "JJ-EMS-02").and_then(|r| r.population_covered);
    let marks = clock.0.into_inner().unwrap_or_default();
    let stages = marks.windows(2).map(|w| (w[0].0, (w[1].1 - w[0].1).as_secs_f64() * 1000.0)).collect();
    Ok((stages, covered.unwrap_or_default()))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(()); // Built by the tests, run by `cargo bench` alone.
    }
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/real");
    let cities = [
        ("demo", Source::Demo, None),
        ("edmonton", Source::at(&real.join("edmonton")), Some(914_581.374)),
        ("auckland", Source::at(&real.join("auckland")), Some(1_014_317.422)),
    ];
    for (name, source, covered) in cities {
        if covered.is_some() && !real.join(name).exists() {
            println!("{name}: skipped, not there");
            continue;
        }
        let mut runs = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let (stages, found) = run(&source)?;
            if let Some(covered) = covered
                && (found - covered).abs() > 1.0
            {
                return Err(format!("{name}: {found} people covered, {covered} expected").into());
            }
            runs.push(stages);
        }
        let total = median(runs.iter().map(|stages| stages.iter().map(|s| s.1).sum()).collect());
        let stages: Vec<String> = runs[0]
            .iter()
            .enumerate()
            .map(|(i, (stage, _))| format!("{stage} {:.0}", median(runs.iter().map(|r| r[i].1).collect())))
            .collect();
        println!("{name}: {total:.0} ms ({})", stages.join(", "));
    }
    Ok(())
}
