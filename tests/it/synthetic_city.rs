//! The generator of cities that benches and tests share.

use crate::generated;
use crate::support::{lifering, tree};

#[test]
fn the_same_numbers_give_the_same_bytes_and_another_seed_another_city() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [first, second, other] = ["first", "second", "other"].map(|name| folder.path().join(name));
    let written = generated::write(&first, 12, 3, 5).expect("a city");
    assert_eq!(generated::write(&second, 12, 3, 5).expect("a city"), written);
    generated::write(&other, 12, 3, 6).expect("a city");
    assert!(tree(&first) == tree(&second), "the same numbers gave other bytes");
    assert!(
        tree(&first)["roads.geojson".as_ref() as &std::path::Path]
            != tree(&other)["roads.geojson".as_ref() as &std::path::Path]
    );
    // Twelve streets of 130 m: 1430 m, seven steps of 200 m.
    assert_eq!((written.nodes, written.places), (144, 49));
}

#[test]
fn a_city_is_a_region_without_a_fault() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = folder.path().join("city");
    generated::write(&region, 20, 4, 1).expect("a city");
    let run = lifering(["check".as_ref(), "--strict".as_ref(), region.as_os_str()]);
    assert_eq!(run.code, Some(0), "{}", run.story());
}
