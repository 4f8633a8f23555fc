//! Two real cities, when their data is beside the repository: the figures an independent, slow computation of the same
//! definitions gave.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::support;

/// What the independent computation says of a city under jinjiang-14fyp.
struct City {
    name: &'static str,
    people: f64,
    /// JJ-EMS-02, 14 minutes from call to arrival.
    covered: f64,
    uncovered_km2: f64,
    /// JJ-PHC-02, 15 minutes on foot.
    on_foot: Option<f64>,
}

const CITIES: [City; 2] = [
    City {
        name: "edmonton",
        people: 961_107.0,
        covered: 913_692.098,
        uncovered_km2: 153.40,
        on_foot: Some(30_283.007),
    },
    City { name: "auckland", people: 1_261_760.0, covered: 947_285.992, uncovered_km2: 429.469, on_foot: None },
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("shared").join("data").join("real")
}

#[test]
fn real_cities_agree_with_an_independent_computation() {
    let missing: Vec<&str> =
        CITIES.iter().map(|c| c.name).filter(|name| !folder().join(name).join("region.toml").is_file()).collect();
    if !missing.is_empty() {
        // Straight to stderr: what tests print is hidden when they pass.
        let line = format!("skipped: real cities ({} not in ../shared/data/real)\n", missing.join(", "));
        std::io::stderr().write_all(line.as_bytes()).expect("stderr takes a line");
    }
    let faults: Vec<String> = CITIES.iter().filter(|city| !missing.contains(&city.name)).flat_map(check).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn check(city: &City) -> Vec<String> {
    let folder_out = tempfile::tempdir().expect("a temporary folder");
    let out = folder_out.path().join("out");
    let mut command = support::command();
    command.arg("audit").arg(folder().join(city.name)).args(["--standard", "jinjiang-14fyp", "--out"]).arg(&out);
    let run = support::run(&mut command);
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{}: {}", city.name, run.story());
    let audit = support::json(&out.join("audit.json"));
    let mut faults = Vec::new();
    let mut hold = |holds: bool, what: String| {
        if !holds {
            faults.push(format!("{}: {what}", city.name));
        }
    };
    let inside = audit["population"]["inside"].as_f64().unwrap_or_default();
    hold((inside - city.people).abs() < 1.0, format!("{inside} people, not {}", city.people));
    let figure =
        |id: &str, field: &str| support::rule(&audit, id).and_then(|rule| rule[field].as_f64()).unwrap_or(f64::NAN);
    // To the digit that the other computation prints.
    let close = |found: f64, wanted: f64| (found - wanted).abs() < 0.001;
    let covered = figure("JJ-EMS-02", "population_covered");
    hold(close(covered, city.covered), format!("JJ-EMS-02 covers {covered} people, not {}", city.covered));
    if let Some(wanted) = city.on_foot {
        let on_foot = figure("JJ-PHC-02", "population_covered");
        hold(close(on_foot, wanted), format!("JJ-PHC-02 covers {on_foot} people, not {wanted}"));
    }
    let [km2, low, high] = ["", "_low", "_high"].map(|end| figure("JJ-EMS-02", &format!("uncovered_km2{end}")));
    let wanted = city.uncovered_km2;
    hold((km2 - wanted).abs() <= 0.0005 * wanted, format!("{km2} km2 uncovered, not {wanted}"));
    hold(low <= wanted && wanted <= high, format!("{wanted} km2 are not within {low} .. {high}"));
    let boundary = audit["region"]["boundary_km2"].as_f64().unwrap_or(f64::NAN);
    hold(high - low <= 0.001 * boundary, format!("the bounds {low} .. {high} are wide for {boundary} km2"));
    faults
}
