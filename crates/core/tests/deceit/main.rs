//! The round of deceit: a sound town is distorted as users distort their files, written, read and audited. Either every
//! figure is that of the sound town, or lifering tells: a refusal, or a grade below A for the layer.
//!
//! A few hundred cases in `make test`; `make deceit` runs 10,000 and prints the share of silent misreadings by kind.

mod advice;
mod distortions;
mod town;
mod write;

use lifering_base::records::attributes::Scalar;
use lifering_core::audit::{Run, audit, standard_for};
use lifering_core::city::{City, OpenOptions};
use lifering_core::quality::grade::{Grade, grade};
use lifering_core::run::Silent;
use lifering_readers::InputRecord;
use lifering_readers::source::Source;
use lifering_standards::outcome::Outcome;
use oorandom::Rand32;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use town::{Form, Raster, Town};

/// Cases without a word from outside: a few hundred, as many of each kind.
const CASES: usize = 300;
/// Towns that are distorted.
const TOWNS: u64 = 4;
/// Relative difference of figures that counts as none: places that were brought back from another plane.
const TOLERANCE: f64 = 1e-5;

/// One figure of an audit.
#[derive(Clone, Debug, PartialEq)]
enum Figure {
    Number(f64),
    Word(String),
}

impl Figure {
    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0),
            (a, b) => a == b,
        }
    }
}

/// What came of a region: its figures and what was said of each layer, or the refusal.
struct Told {
    figures: BTreeMap<String, Figure>,
    inputs: Vec<InputRecord>,
}

fn audited(town: &Town) -> Result<Told, String> {
    let source = Source::memory("town", "region.toml", write::files(town));
    let city = City::open(source, &OpenOptions::default(), &Silent).map_err(|e| e.message().text("en"))?;
    let standard = standard_for(city.records(), None).expect("the rules of the test");
    let run = Run { zone_error: Some(0.2), ..Run::default() };
    let findings = audit(&city, &standard, &run).map_err(|e| e.message().text("en"))?;
    let mut figures = BTreeMap::new();
    let mut number = |name: String, value: Option<f64>| drop(value.map(|n| figures.insert(name, Figure::Number(n))));
    number("people".to_owned(), Some(findings.population.inside));
    number("area".to_owned(), Some(findings.region.boundary_m2));
    for unit in &findings.units {
        number(format!("people of {} {}", unit.level, unit.name), Some(unit.people));
    }
    let of_outcome = |outcome: &Outcome| [outcome.value, outcome.have, outcome.need.map(|n| n as f64), outcome.covered];
    for outcome in &findings.outcomes {
        for (what, value) in ["value", "have", "need", "covered"].iter().zip(of_outcome(&outcome.default)) {
            number(format!("{what} of {}", outcome.rule.id), value);
        }
        for area in &outcome.default.areas {
            number(format!("value of {} in {}", outcome.rule.id, area.name), area.value);
        }
    }
    let records = city.records();
    let facilities = records.facilities.iter().flatten();
    for site in records.stations.iter().chain(facilities).chain(records.aeds.iter().flatten()) {
        for field in ["ambulances", "negative_pressure", "turnout_s", "beds", "level", "opened", "count"] {
            if let Some(Scalar::Number(n)) = site.attributes.get(field) {
                number(format!("{field} of {}", site.name), Some(*n));
            }
        }
    }
    for outcome in &findings.outcomes {
        let word = |verdict| Figure::Word(format!("{verdict:?}"));
        figures.insert(format!("verdict of {}", outcome.rule.id), word(outcome.verdict));
    }
    Ok(Told { figures, inputs: findings.inputs })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Same,
    Told,
    Refused,
    Silent,
    /// Advice that leads astray.
    Misled,
}

struct Case {
    number: usize,
    kind: &'static str,
    end: End,
    story: String,
}

/// One town in the forms of its files, with its figures.
struct Sound {
    town: Town,
    figures: BTreeMap<String, Figure>,
}

fn sound(seed: u64) -> Sound {
    let mut town = Town::new(seed / 2);
    if seed % 2 == 1 {
        town.table("population").form = Form::Raster(Raster::default());
    }
    let told = audited(&town).expect("a sound town");
    for input in &told.inputs {
        assert_eq!(grade(input).grade, Grade::A, "{}: {:?}", input.key, input.issues.list());
    }
    Sound { town, figures: told.figures }
}

fn case(number: usize, sounds: &[Sound]) -> Option<Case> {
    let (kind, distort) = distortions::ALL[number % distortions::ALL.len()];
    let mut random = Rand32::new(number as u64);
    let rasters = kind.starts_with("raster");
    let sound = &sounds[random.rand_range(0..TOWNS as u32) as usize * 2 + usize::from(rasters)];
    let town = sound.town.clone();
    let mut town = if rasters { town } else { town.in_forms(&mut random) };
    let key = distort(&mut town, &mut random)?;
    let mut said: Vec<(&'static str, String)> = Vec::new();
    let (end, story) = match audited(&town) {
        Err(refusal) => {
            said.extend(advice::layer_of(&town, &refusal).map(|key| (key, refusal.clone())));
            (End::Refused, refusal)
        }
        Ok(told) => {
            let differing: Vec<String> = sound
                .figures
                .iter()
                .filter(|(name, figure)| !told.figures.get(*name).is_some_and(|other| other.equals(figure)))
                .map(|(name, figure)| format!("{name}: {:?}, not {figure:?}", told.figures.get(name)))
                .collect();
            let input = told.inputs.iter().find(|input| input.key == key).expect("the distorted layer");
            let end = match (differing.is_empty(), grade(input).grade) {
                (true, Grade::A) => End::Same,
                (_, Grade::A) => End::Silent,
                _ => End::Told,
            };
            let issues: Vec<String> = told
                .inputs
                .iter()
                .flat_map(|input| input.issues.list().into_iter().map(|i| format!("{}: {:?}", input.key, i.code)))
                .collect();
            for table in &town.tables {
                let issues = told.inputs.iter().find(|input| input.key == table.key).map(|input| input.issues.list());
                let examples = issues.into_iter().flatten().filter_map(|issue| issue.examples.into_iter().next());
                said.extend(examples.map(|example| (table.key, example.wanted.text("en"))));
            }
            let more = differing.len().saturating_sub(4);
            (end, format!("{} (and {more} more); issues: {issues:?}", differing[..differing.len() - more].join("; ")))
        }
    };
    let (end, story) = match led_astray(&town, &said) {
        Some(where_to) => (End::Misled, where_to),
        None => (end, story),
    };
    let form = |form: &Form| match form {
        Form::GeoJson { .. } => "GeoJSON",
        Form::Csv(_) => "CSV",
        Form::Xlsx(_) => "XLSX",
        Form::Raster(_) => "GeoTIFF",
    };
    let story = format!("case {number}, {kind} in {key} ({}): {end:?}: {story}", form(&town.table(key).form));
    Some(Case { number, kind, end, story })
}

/// Where the first advice that was given leads, if it is not the town.
fn led_astray(town: &Town, said: &[(&'static str, String)]) -> Option<String> {
    said.iter().find_map(|(key, text)| advice::follow(town, key, text).err())
}

/// What came of every case. Ordinary threads: a task of the audits' pool could begin another case on top of one.
fn on_threads(cases: usize, one: &(dyn Fn(usize) -> Option<Case> + Sync)) -> Vec<Case> {
    let next = AtomicUsize::new(0);
    let numbers = || std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed)).take_while(|n| *n < cases);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let started: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| numbers().filter_map(one).collect::<Vec<Case>>())).collect();
        started.into_iter().flat_map(|thread| thread.join().expect("a case ends")).collect()
    })
}

#[test]
fn no_distortion_is_misread_in_silence() {
    let setting = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<usize>().ok());
    let cases = setting("LIFERING_DECEIT_CASES").unwrap_or(CASES);
    let sounds: Vec<Sound> = (0..2 * TOWNS).map(sound).collect();
    // Single cases of an earlier run, by their numbers.
    let only = std::env::var("LIFERING_DECEIT_ONLY").ok();
    let only: Option<Vec<usize>> = only.map(|all| all.split(',').filter_map(|n| n.trim().parse().ok()).collect());
    let chosen = |number: usize| only.as_ref().is_none_or(|only| only.contains(&number));
    let mut ended = on_threads(cases, &|number| if chosen(number) { case(number, &sounds) } else { None });
    ended.sort_by_key(|case| case.number);
    let mut by_kind: BTreeMap<&str, BTreeMap<End, usize>> = BTreeMap::new();
    for case in &ended {
        *by_kind.entry(case.kind).or_default().entry(case.end).or_default() += 1;
        if setting("LIFERING_DECEIT_STORIES").is_some() {
            println!("{}", case.story);
        }
    }
    println!("{:>34}  {:>6} {:>6} {:>7} {:>6} {:>6}", "", "same", "told", "refused", "misled", "silent");
    for (kind, ends) in &by_kind {
        let of = |end: End| ends.get(&end).copied().unwrap_or(0);
        let [same, told, refused, misled, silent] =
            [End::Same, End::Told, End::Refused, End::Misled, End::Silent].map(of);
        println!("{kind:>34}  {same:>6} {told:>6} {refused:>7} {misled:>6} {silent:>6}");
    }
    let misled: Vec<&str> = ended.iter().filter(|c| c.end == End::Misled).map(|c| c.story.as_str()).collect();
    let silent: Vec<&str> = ended.iter().filter(|c| c.end == End::Silent).map(|c| c.story.as_str()).collect();
    let share = 100.0 * silent.len() as f64 / ended.len() as f64;
    println!("silent misreadings: {} of {} cases, {share:.2} %", silent.len(), ended.len());
    for story in &misled {
        println!("{story}");
    }
    let few: Vec<&str> = silent.iter().take(200).copied().collect();
    assert!(silent.is_empty(), "{} silent misreadings:\n{}", silent.len(), few.join("\n"));
    assert!(misled.is_empty(), "{} times advice leads astray:\n{}", misled.len(), misled.join("\n"));
    assert!(only.is_some() || ended.len() > cases * 9 / 10, "only {} of {cases} distortions apply", ended.len());
}
