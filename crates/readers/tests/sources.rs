//! A region is the same from a folder, from memory and from typed layers.

#![expect(clippy::unwrap_used, reason = "a test that panics fails")]

use lifering_base::error::InputError;
use lifering_base::frame::LonLat;
use lifering_base::issue::{Issue, IssueCode};
use lifering_base::parameters::Drive;
use lifering_base::records::attributes::Scalar;
use lifering_base::records::road_class::RoadClass;
use lifering_base::records::{Layer, People, Residence, Road, Site};
use lifering_readers::settings::Settings;
use lifering_readers::source::{Source, read_file};
use lifering_readers::{InputRecord, ReadOptions, Region, RegionLayers, with_issues};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}

/// The files of a folder by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of = |path: PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), read_file(&path, &"a fixture".into()).unwrap())
    };
    entries.filter(|path| path.is_file()).map(of).collect()
}

fn layers(region: &Region) -> RegionLayers {
    let given = |layer: Layer| region.settings.layers.contains_key(&layer);
    RegionLayers {
        boundary: region.boundary.clone(),
        units: region.units.clone(),
        population: region.population.clone(),
        roads: given(Layer::Roads).then(|| region.roads.clone()),
        stations: given(Layer::Stations).then(|| region.stations.clone()),
        neighbours: region.neighbours.clone(),
        facilities: region.facilities.clone(),
        aeds: region.aeds.clone(),
        candidates: region.candidates.clone(),
        barriers: region.barriers.clone(),
        closures: region.closures.clone(),
        road_barriers: None,
        turns: None,
        extra: region.extra.clone(),
    }
}

/// Whole regions.
const REGIONS: &[&str] = &[
    "grid_town",
    "units",
    "barrier",
    "closure",
    "empty_layer",
    "extra_layers",
    "chinese_names",
    "polygons",
    "sub_centers_given",
];

/// Files that replace those of a whole region, each with one defect.
const DEFECTS: &[&str] = &["duplicate_ids", "bow_tie", "repeated_vertices", "far_away"];

/// The region of all malformed layers with the files of one defect.
fn defect(name: &str) -> Source {
    let mut all = files(&fixture("malformed/base"));
    all.extend(files(&fixture(&format!("malformed/{name}"))));
    Source::memory(name, name, all)
}

#[test]
fn files_in_memory_are_read_as_those_of_a_folder() {
    for name in REGIONS {
        let folder = Region::read(Source::at(&fixture(name))).unwrap();
        let memory = Region::read(Source::memory("town", "a town", files(&fixture(name)))).unwrap();
        assert_eq!((memory.source.name(), memory.source.label()), ("town".to_owned(), "a town".to_owned()));
        assert_eq!(folder.settings_sha256, memory.settings_sha256, "{name}");
        assert_eq!(folder.inputs, memory.inputs, "{name}");
        assert_eq!(layers(&folder), layers(&memory), "{name}");
    }
    let mut all = files(&fixture("grid_town"));
    all.retain(|name, _| name == "region.toml");
    let error = Region::read(Source::memory("town", "a town", all)).unwrap_err();
    assert!(matches!(error, InputError::Unreadable { .. }), "{error}");
}

/// Whether an issue concerns a record as it is typed: not its file, and not what reading changed.
fn concerns_records(code: IssueCode) -> bool {
    matches!(code, IssueCode::DuplicateId | IssueCode::EmptyLayer | IssueCode::FarFromRoads | IssueCode::FarAway)
}

#[test]
fn typed_layers_are_checked_as_those_of_files() {
    let mut compared = 0;
    let folders = REGIONS.iter().map(|name| (name, Source::at(&fixture(name))));
    for (name, source) in folders.chain(DEFECTS.iter().map(|name| (name, defect(name)))) {
        let folder = Region::read(source).unwrap();
        let given = layers(&folder);
        let typed = Region::from_layers("town", folder.settings.clone(), given, &ReadOptions::default()).unwrap();
        assert_eq!(layers(&typed), layers(&folder), "{name}");
        let issues = |input: &InputRecord| -> Vec<Issue> {
            input.issues.list().into_iter().filter(|issue| concerns_records(issue.code)).collect()
        };
        for (ours, theirs) in typed.inputs.iter().zip(&folder.inputs) {
            assert_eq!((&ours.key, &ours.file, ours.used), (&theirs.key, &theirs.file, theirs.used), "{name}");
            assert_eq!(issues(ours), issues(theirs), "{name} {}", ours.key);
            compared += issues(ours).len();
        }
        assert_eq!(typed.inputs.len(), folder.inputs.len(), "{name}");
    }
    assert!(compared >= 2, "no fixture has an issue that concerns records");
}

fn road(parts: Vec<Vec<LonLat>>) -> Road {
    Road::plain(RoadClass::Primary, parts)
}

fn station(feature: usize, id: &str, place: LonLat) -> Site {
    Site { feature, id: id.to_owned(), name: id.to_owned(), place, attributes: BTreeMap::new() }
}

/// A street with one station and people at its ends.
fn street() -> RegionLayers {
    let (west, east) = (LonLat::new(118.5, 24.7), LonLat::new(118.52, 24.7));
    let people = |place| People { people: 100.0, residence: Residence::Point(place), urban: None };
    RegionLayers {
        population: Some(vec![people(west), people(east)]),
        roads: Some(vec![road(vec![vec![west, east]])]),
        stations: Some(vec![station(0, "one", west)]),
        ..RegionLayers::default()
    }
}

fn build(layers: RegionLayers, options: &ReadOptions) -> Result<Region, InputError> {
    Region::from_layers("street", Settings::named("Street"), layers, options)
}

fn codes(region: &Region, key: &str) -> Vec<IssueCode> {
    region.input(key).unwrap().issues.list().iter().map(|issue| issue.code).collect()
}

#[test]
fn what_is_wrong_in_typed_layers_is_noted_or_refused() {
    let options = ReadOptions::default();
    let whole = build(street(), &options).unwrap();
    assert!(whole.inputs.iter().all(|input| input.issues.is_empty()));
    assert_eq!(build(street(), &options).unwrap().inputs, whole.inputs);
    let refused = |change: &dyn Fn(&mut RegionLayers)| {
        let mut layers = street();
        change(&mut layers);
        build(layers, &options).unwrap_err().to_string()
    };
    assert!(refused(&|l| l.roads = None).contains("layers.roads"));
    assert!(refused(&|l| l.population = None).contains("layers.population"));
    assert!(refused(&|l| l.population.as_mut().unwrap()[1].people = -1.0).contains("population"));
    assert!(refused(&|l| l.population.as_mut().unwrap()[1].people = f64::NAN).contains("population"));
    assert!(refused(&|l| l.stations.as_mut().unwrap()[0].place = LonLat::new(24.7, 118.5)).contains("swapped"));
    let mut settings = Settings::named("Street");
    settings.drive = Drive { default_kmh: 0.0, ..Drive::default() };
    let error = Region::from_layers("street", settings, street(), &options).unwrap_err();
    assert!(error.to_string().contains("drive.default_kmh"), "{error}");

    let mut layers = street();
    let mut again = station(1, "one", LonLat::new(118.6, 24.7));
    again.attributes.insert("ambulances".to_owned(), Scalar::Number(1.5));
    layers.stations.as_mut().unwrap().push(again);
    layers.roads.as_mut().unwrap().push(road(vec![vec![LonLat::new(118.5, 24.7)]]));
    let noted = build(layers.clone(), &options).unwrap();
    assert_eq!(codes(&noted, "stations"), [IssueCode::NotUnderstood, IssueCode::DuplicateId]);
    assert_eq!(noted.stations[1].number("ambulances"), None);
    assert_eq!(codes(&noted, "roads"), [IssueCode::EmptyGeometry]);
    assert_eq!((noted.roads.len(), noted.input("roads").unwrap().features), (1, 2));
    let strict = ReadOptions { strict: true, ..ReadOptions::default() };
    assert!(matches!(build(layers, &strict), Err(InputError::Strict { count: 3, .. })));
}

#[test]
fn issues_of_later_stages_are_merged_and_records_of_inputs_survive_json() {
    let mut region = Region::read(defect("duplicate_ids")).unwrap();
    let mut later = region.layer_issues();
    let input = region.inputs.iter().find(|input| !input.issues.is_empty()).unwrap().clone();
    let place = lifering_base::error::Place::file(&input.file);
    for n in 0..5_usize {
        later.note(&input.key, IssueCode::DuplicateId, &place.clone().field("id"), n, "wanted");
        later.note(&input.key, IssueCode::LongDriveway, &place, n, "wanted");
    }
    let merged = with_issues(&region.inputs, &later);
    for n in 0..5_usize {
        let issues = &mut region.inputs.iter_mut().find(|i| i.key == input.key).unwrap().issues;
        issues.note(IssueCode::DuplicateId, &place.clone().field("id"), n, "wanted");
        issues.note(IssueCode::LongDriveway, &place, n, "wanted");
    }
    assert_eq!(merged, region.inputs);
    let json = serde_json::to_string(&merged).unwrap();
    assert_eq!(serde_json::from_str::<Vec<InputRecord>>(&json).unwrap(), merged);
}
