//! Proposals on a real city: times from every candidate, and the search with proof. `make bench` runs it on the release
//! build and prints medians.
//!
//! Every answer is checked before it is timed: the objective must verify, and times are compared with a field's. Edmonton
//! is taken from `../shared/data/real` where present.

use lifering_base::units::Milliseconds;
use lifering_core::audit::standard_for;
use lifering_core::city::{City, OpenOptions};
use lifering_core::plan::Study;
use lifering_core::plan::region::candidates::{Candidate, Policy, candidates};
use lifering_core::plan::region::objective::{ASKED_RULE, asked_rule, objective};
use lifering_core::plan::region::problem::{Movable, SitingProblem, TimeSource, potential_sites, problem};
use lifering_core::plan::request::{GoalName, SitingRequest};
use lifering_core::plan::trial::Trial;
use lifering_core::run::Silent;
use lifering_core::travel::Start;
use lifering_readers::source::Source;
use lifering_siting::{Goal, Options, Question, Status, solve, verify};
use lifering_standards::catalogue::Standard;
use std::path::Path;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Median milliseconds of some runs, and the last result.
fn timed<T>(runs: usize, mut run: impl FnMut() -> Outcome<T>) -> Outcome<(f64, T)> {
    let mut times = Vec::with_capacity(runs);
    let mut last = None;
    for _ in 0..runs {
        let start = Instant::now();
        let result = run()?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        last = Some(result);
    }
    times.sort_by(f64::total_cmp);
    Ok((times[times.len() / 2], last.ok_or("no run")?))
}

/// So many candidates, evenly taken.
fn some(all: &[Candidate], count: usize) -> Vec<Candidate> {
    (0..count.min(all.len())).map(|i| all[i * all.len() / count.min(all.len())].clone()).collect()
}

/// A greenfield question: no station stands, so every place is open.
fn open_land(study: Study<'_>, candidates: &[Candidate], ask: &SitingRequest) -> Outcome<SitingProblem> {
    let mut ask = ask.clone();
    let mut aim = objective(study, ASKED_RULE, &mut ask)?;
    aim.sites.clear();
    let posts = potential_sites(study, &aim, candidates, &Movable::default(), None)?;
    Ok(problem(study, &aim, &ask, posts, TimeSource::Table, &|| false)?)
}

/// The city's own standard with the limit of 8 minutes as a rule.
fn asked_standard(city: &City) -> Outcome<Standard> {
    let mut standard = standard_for(city.records(), None)?;
    standard.rules.push(asked_rule(480.0)?);
    Ok(standard)
}

fn ask(goal: GoalName, limit_s: Option<f64>) -> SitingRequest {
    SitingRequest {
        goal,
        limit_s,
        limit_m: None,
        new_sites: Some(5),
        budget: None,
        busy: None,
        per_site: None,
        capacity: None,
    }
}

fn main() -> Outcome<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(()); // Built by the tests, run by `cargo bench` alone.
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/real/edmonton");
    if !folder.exists() {
        println!("edmonton: skipped, not there");
        return Ok(());
    }
    let city = City::open(Source::at(&folder), &OpenOptions::default(), &Silent)?;
    let standard = asked_standard(&city)?;
    let study = Study { city: &city, standard: &standard };
    let all = junctions(study, 150.0)?;
    println!("edmonton: {} people's places, {} junctions to choose from", city.people().samples.len(), all.len());
    matrix(study, &some(&all, 1000))?;
    for count in [300, 2000] {
        cover(study, &some(&all, count))?;
    }
    mean(study, &some(&all, 300))?;
    what_if(study, &some(&all, 400))?;
    // A larger region of one's own, a generated metropolis for example.
    let Some(folder) = std::env::var_os("LIFERING_BENCH_REGION") else { return Ok(()) };
    let city = City::open(Source::at(Path::new(&folder)), &OpenOptions::default(), &Silent)?;
    let standard = asked_standard(&city)?;
    let study = Study { city: &city, standard: &standard };
    let all = junctions(study, 500.0)?;
    matrix(study, &some(&all, 100))?;
    what_if(study, &some(&all, 400))
}

/// Facilities and junctions to choose from.
fn junctions(study: Study<'_>, spacing_m: f64) -> Outcome<Vec<Candidate>> {
    let mut ask = ask(GoalName::Mean, None);
    let aim = objective(study, ASKED_RULE, &mut ask)?;
    Ok(candidates(study, &aim, &Policy { spacing_m, ..Policy::default() }, 1.0)?)
}

/// One more station tried on a loaded region.
fn what_if(study: Study<'_>, places: &[Candidate]) -> Outcome<()> {
    let start = Instant::now();
    let loaded = Trial::new(study.city, study.standard, ASKED_RULE)?;
    let load_ms = start.elapsed().as_secs_f64() * 1000.0;
    let mut times: Vec<f64> = Vec::with_capacity(places.len());
    let mut new = 0.0;
    for place in places {
        let start = Instant::now();
        new += loaded.site(place.place, None).people_new;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "what if, {} places tried: median {:.2} ms, 95th percentile {:.2} ms, worst {:.2} ms (loading {load_ms:.0} ms; {new:.0} people in sum)",
        times.len(),
        at(0.5),
        at(0.95),
        at(1.0),
    );
    Ok(())
}

/// The times from 1,000 candidates within 14 minutes.
fn matrix(study: Study<'_>, candidates: &[Candidate]) -> Outcome<()> {
    let places: Vec<_> = study.city.people().samples.iter().map(|s| s.xy).collect();
    let profile = study.city.drive_profile();
    let starts: Vec<Start> = candidates.iter().map(|c| Start { xy: c.xy, delay: Milliseconds(240_000) }).collect();
    let table = || Ok(study.city.access_table(&profile, &places));
    let (prepare_ms, table) = timed(5, table)?;
    let limit = Milliseconds(840_000);
    let (search_ms, times) = timed(5, || Ok(table.from_each(&starts, limit, |_, place, at| Some((place, at)))))?;
    let pairs: usize = times.iter().map(Vec::len).sum();
    println!(
        "matrix {} x {}, 14 min: {:.0} ms ({prepare_ms:.0} places, {search_ms:.0} searches; {pairs} pairs, {} junctions kept)",
        starts.len(),
        places.len(),
        prepare_ms + search_ms,
        table.entry_count(),
    );
    Ok(())
}

fn cover(study: Study<'_>, candidates: &[Candidate]) -> Outcome<()> {
    let ask = ask(GoalName::Cover, Some(480.0));
    let (land_ms, land) = timed(3, || open_land(study, candidates, &ask))?;
    let question = Question::new(Goal::Cover { limit_s: 480.001 }, 5);
    let quick = Options { tie_limit: 0, curve: false, ..Options::default() };
    let (solve_ms, answer) = timed(3, || Ok(solve(&land.instance, &question, &quick)?))?;
    check(&land, &question, &answer)?;
    let (whole_ms, _) = timed(1, || Ok(solve(&land.instance, &question, &Options::default())?))?;
    println!(
        "cover {} x {}, 5 sites, 8 min: proven in {solve_ms:.0} ms ({} nodes; with ties and curve {whole_ms:.0} ms; times {land_ms:.0} ms)",
        candidates.len(),
        land.samples.len(),
        answer.nodes,
    );
    Ok(())
}

/// The p-median on 2,000 places of people.
fn mean(study: Study<'_>, candidates: &[Candidate]) -> Outcome<()> {
    let mut few = study.city.evidence().clone();
    let step = few.demand_points.len() / 2000;
    for (at, person) in few.demand_points.iter_mut().enumerate() {
        if at % step != 0 || at / step >= 2000 {
            person.people = 0.0;
        }
    }
    let ask = ask(GoalName::Mean, None);
    let mut asked = ask.clone();
    let mut aim = objective(study, ASKED_RULE, &mut asked)?;
    aim.sites.clear();
    aim.demand_points.retain(|at| few.demand_points[*at as usize].people > 0.0);
    let posts = potential_sites(study, &aim, candidates, &Movable::default(), None)?;
    let land = problem(study, &aim, &ask, posts, TimeSource::Table, &|| false)?;
    let question = Question::new(Goal::Mean, 5);
    let quick = Options { tie_limit: 0, curve: false, ..Options::default() };
    let (solve_ms, answer) = timed(3, || Ok(solve(&land.instance, &question, &quick)?))?;
    check(&land, &question, &answer)?;
    println!(
        "mean {} x {}, 5 sites: proven in {solve_ms:.0} ms ({} nodes)",
        candidates.len(),
        land.samples.len(),
        answer.nodes,
    );
    Ok(())
}

/// The answer is proven and its objective is what the sites give.
fn check(land: &SitingProblem, question: &Question, answer: &lifering_siting::Certificate) -> Outcome<()> {
    if answer.status != Status::Optimal {
        return Err("not proven".into());
    }
    let again = verify(&land.instance, &question.goal, &answer.open_sites())?.ok_or("somebody is left out")?;
    if (again - answer.objective).abs() > 1e-6 * again.abs().max(1.0) {
        return Err(format!("{} said, {again} found", answer.objective).into());
    }
    Ok(())
}
