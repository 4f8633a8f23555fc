//! The JSON Schema that ships for editors.

use crate::catalogue::{embedded, schema};

#[test]
fn the_schema_accepts_the_embedded_files_and_refuses_a_threshold_of_another_kind() {
    let validator = jsonschema::validator_for(&schema()).expect("a valid schema");
    let json = |text: &str| -> serde_json::Value {
        let value: toml::Value = toml::from_str(text).expect("TOML");
        serde_json::to_value(value).expect("JSON")
    };
    for (id, text) in embedded() {
        let errors: Vec<String> = validator.iter_errors(&json(text)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{id}: {errors:#?}");
    }
    for (id, text) in embedded() {
        for (good, bad) in [
            ("[[rules]]", "[[rulez]]"),
            ("threshold = {", "treshold = {"),
            ("force = \"standard\"", "force = \"standart\""),
            ("kind = \"travel_time\"", "kind = \"traveltime\""),
            ("max_min =", "max_mins ="),
            ("confidence = \"high\"", "confidence = \"certain\""),
            ("title = { zh", "title = { cn"),
            ("cite = {", "cites = {"),
        ] {
            let broken = text.replacen(good, bad, 1);
            if broken != *text {
                assert!(!validator.is_valid(&json(&broken)), "{id}: {bad}");
            }
        }
    }
    let (_, text) = embedded().iter().find(|(id, _)| *id == "jinjiang-14fyp").expect("the plan");
    for (good, bad) in [
        ("max_m = 5000", "max_min = 5"),
        ("kind = \"radius\"", "kind = \"share\""),
        ("force = \"target\"", "force = \"wish\""),
        ("set = { metric = \"network\" }", "set = { metrics = \"network\" }"),
        ("base_year = 2020", "base_yaer = 2020"),
    ] {
        let broken = text.replacen(good, bad, 1);
        assert_ne!(broken, *text, "{good}");
        assert!(!validator.is_valid(&json(&broken)), "{bad}");
    }
}
