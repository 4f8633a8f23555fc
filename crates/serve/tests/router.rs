//! The routes of the workbench without a browser: who is refused, and that a try is the audit of the saved scenario.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use lifering_core::audit::AuditRequest;
use lifering_core::run::Silent;
use lifering_readers::scenario::Scenario;
use lifering_readers::source::Source;
use lifering_report::text::Lang;
use lifering_serve::{Guard, Workbench, router};
use lifering_standards::catalogue::Criterion;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower::ServiceExt as _;

const HOST: &str = "127.0.0.1:8120";

fn town(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}

fn request() -> AuditRequest {
    AuditRequest { zone_error: Some(0.05), ..AuditRequest::default() }
}

fn workbench(name: &str) -> Arc<Workbench> {
    let opened = request().open(Source::at(&town(name)), &Silent).expect("the town is opened");
    Arc::new(Workbench::new(opened, None, Lang::Zh))
}

fn guard(token: Option<&str>) -> Guard {
    let address: SocketAddr = HOST.parse().expect("an address");
    Guard::new(address, token.map(str::to_owned))
}

/// An answer: status, headers, bytes.
type Answer = (StatusCode, HeaderMap, Vec<u8>);

fn asked(routes: &Router, request: Request<Body>) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let response = routes.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body");
        (parts.status, parts.headers, bytes.to_vec())
    })
}

fn get(routes: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    asked(routes, request.body(Body::empty()).expect("a request"))
}

fn post(routes: &Router, path: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(path).header("host", HOST).header("content-type", "application/json");
    asked(routes, request.body(body.into()).expect("a request"))
}

fn ask(routes: &Router, path: &str, question: &Value) -> Answer {
    post(routes, path, question.to_string())
}

fn as_json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(bytes)))
}

/// The head of a try, and what follows it.
fn tried(routes: &Router, question: &Value) -> (Value, Vec<u8>) {
    let (status, _, bytes) = ask(routes, "/api/try", question);
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&bytes));
    let length = u32::from_le_bytes(bytes[..4].try_into().expect("four bytes")) as usize;
    (as_json(&bytes[4..4 + length]), bytes[4 + length..].to_vec())
}

#[test]
fn who_was_not_sent_here_is_refused() {
    let routes = router(workbench("straight_road"), guard(None));
    let own = ("host", HOST);
    assert_eq!(get(&routes, "/api/alive", &[own]).0, StatusCode::OK);
    assert_eq!(get(&routes, "/api/alive", &[("host", "localhost:8120")]).0, StatusCode::OK);
    for host in ["evil.example:8120", "127.0.0.1:9000", "127.0.0.1", ""] {
        assert_eq!(get(&routes, "/api/alive", &[("host", host)]).0, StatusCode::FORBIDDEN, "{host}");
    }
    assert_eq!(get(&routes, "/api/alive", &[]).0, StatusCode::FORBIDDEN);
    for origin in ["https://evil.example", "null", "http://127.0.0.1:9000", "http://127.0.0.1:8120.evil.example"] {
        assert_eq!(get(&routes, "/api/alive", &[own, ("origin", origin)]).0, StatusCode::FORBIDDEN, "{origin}");
    }
    assert_eq!(get(&routes, "/api/alive", &[own, ("origin", "http://127.0.0.1:8120")]).0, StatusCode::OK);
    let (_, _, body) = get(&routes, "/api/alive", &[("host", "evil.example")]);
    let message = &as_json(&body)["message"];
    assert!(message["zh"].as_str().is_some_and(|zh| zh.contains("网址")), "{message}");
}

#[test]
fn a_token_is_asked_of_every_question() {
    let token = "a-word-of-your-own-42";
    let routes = router(workbench("straight_road"), guard(Some(token)));
    let own = ("host", HOST);
    assert_eq!(get(&routes, "/api/region", &[own]).0, StatusCode::UNAUTHORIZED);
    assert_eq!(
        get(&routes, "/api/region", &[own, ("x-lifering-token", "a-word-of-your-own-43")]).0,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(get(&routes, "/api/region", &[own, ("x-lifering-token", token)]).0, StatusCode::OK);
    assert_eq!(get(&routes, "/", &[own]).0, StatusCode::OK, "the page itself tells nothing");
}

#[test]
fn every_answer_keeps_the_page_to_itself() {
    let routes = router(workbench("straight_road"), guard(None));
    for path in ["/", "/workbench.js", "/api/region", "/nothing"] {
        let (_, headers, _) = get(&routes, path, &[("host", HOST)]);
        let policy = headers["content-security-policy"].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(!headers.contains_key("access-control-allow-origin") && !headers.contains_key("set-cookie"), "{path}");
    }
    for path in ["/../Cargo.toml", "/api/../../etc/passwd", "/%2e%2e/Cargo.toml", "/dist/index.html"] {
        assert_eq!(get(&routes, path, &[("host", HOST)]).0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn questions_that_are_none_are_refused() {
    let routes = router(workbench("straight_road"), guard(None));
    let too_large = format!("{{\"edits\": [{}]}}", " ".repeat(1_000_001));
    assert_eq!(post(&routes, "/api/try", too_large).0, StatusCode::PAYLOAD_TOO_LARGE);
    let shapes = [
        "",
        "{",
        "{\"edits\": [{\"nonsense\": 1}]}",
        "{\"limit_s\": NaN}",
        "{\"limit_s\": -1}",
        "{\"limit_s\": 1e999}",
        "{\"edits\": [], \"more\": 1}",
        "{\"edits\": [{\"move_station\": {\"station\": \"S1\", \"to\": [NaN, 1]}}]}",
    ];
    for shape in shapes {
        let (status, _, body) = post(&routes, "/api/try", shape);
        assert_eq!(status, StatusCode::BAD_REQUEST, "{shape}: {}", String::from_utf8_lossy(&body));
    }
    let edit = json!({"scale_people": {"factor": 1.0}});
    for path in ["/api/try", "/api/audit", "/api/zones", "/api/export"] {
        let (status, _, body) = ask(&routes, path, &json!({"name": "x", "edits": vec![&edit; 1001]}));
        // Of the questions that take no name, it is the shape.
        assert!(matches!(status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST), "{path}");
        if status == StatusCode::UNPROCESSABLE_ENTITY {
            assert!(String::from_utf8_lossy(&body).contains("1001"), "{path}");
        }
        let (status, _, body) = ask(&routes, "/api/try", &json!({"edits": vec![&edit; 1001]}));
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && String::from_utf8_lossy(&body).contains("1001"));
    }
    let plain = Request::post("/api/try").header("host", HOST).header("content-type", "text/plain");
    let plain = plain.body(Body::from("{}")).expect("a request");
    assert_eq!(asked(&routes, plain).0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(ask(&routes, "/api/zones", &json!({"limit_s": 777.0})).0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ask(&routes, "/api/propose", &json!({"sites": 0})).0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn pieces_keep_their_numbers_and_a_closed_road_is_reached_by_nobody() {
    let routes = router(workbench("grid_town"), guard(None));
    let (_, _, pieces) = get(&routes, "/api/pieces", &[("host", HOST)]);
    let count = u32::from_le_bytes(pieces[..4].try_into().expect("four bytes")) as usize;
    assert_eq!(pieces.len(), 4 + count * 20);
    let roads: Vec<u32> = pieces[4 + count * 16..]
        .chunks_exact(4)
        .map(|road| u32::from_le_bytes(road.try_into().expect("four")))
        .collect();
    let (head, all) = tried(&routes, &json!({"edits": []}));
    assert_eq!((&head["changed"], all.len()), (&Value::Null, count * 4));
    let closed = json!([{"close_road": {"feature": 0}}]);
    let (head, full) = tried(&routes, &json!({"edits": closed, "full": true}));
    assert_eq!((&head["changed"], full.len()), (&Value::Null, count * 4));
    let seconds = |bytes: &[u8]| -> Vec<u16> {
        bytes[..count * 2].chunks_exact(2).map(|s| u16::from_le_bytes(s.try_into().expect("two"))).collect()
    };
    let (before, after) = (seconds(&all), seconds(&full));
    for (piece, road) in roads.iter().enumerate() {
        assert!(*road != 0 || after[piece] == u16::MAX, "piece {piece} of the closed road");
        assert!(after[piece] >= before[piece], "piece {piece} is sooner without a road");
    }
    // The changed pieces alone say the same.
    let (head, changed) = tried(&routes, &json!({"edits": closed}));
    let n = head["changed"].as_u64().expect("a number") as usize;
    assert!(n > 0 && changed.len() == n * 8);
    let mut patched = before.clone();
    for at in 0..n {
        let piece = u32::from_le_bytes(changed[at * 4..at * 4 + 4].try_into().expect("four")) as usize;
        let told = &changed[n * 4 + at * 2..n * 4 + at * 2 + 2];
        patched[piece] = u16::from_le_bytes(told.try_into().expect("two"));
    }
    assert_eq!(patched, after);
}

#[test]
fn without_people_the_roads_have_their_times() {
    let folder = tempfile::tempdir().expect("a folder");
    for file in std::fs::read_dir(town("grid_town")).expect("a folder").flatten() {
        std::fs::copy(file.path(), folder.path().join(file.file_name())).expect("a file");
    }
    let settings = folder.path().join("region.toml");
    let text = std::fs::read_to_string(&settings).expect("settings");
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("population =")).collect();
    std::fs::write(&settings, format!("without = [\"population\"]\n{}\n", kept.join("\n"))).expect("settings");
    let opened = request().open(Source::at(folder.path()), &Silent).expect("the town is opened");
    let routes = router(Arc::new(Workbench::new(opened, None, Lang::Zh)), guard(None));
    let region = as_json(&get(&routes, "/api/region", &[("host", HOST)]).2);
    assert_eq!(region["people"], Value::Null);
    let with_people = router(workbench("grid_town"), guard(None));
    let (_, wanted) = tried(&with_people, &json!({"edits": []}));
    let (head, times) = tried(&routes, &json!({"edits": []}));
    assert_eq!((&head["people"], &head["within"], &head["curve"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(times, wanted, "the same roads are as soon whoever lives there");
    // A station that goes away is missed on the roads as well.
    let closed = json!([{"close_station": {"station": region["stations"][0]["id"]}}]);
    let (_, wanted) = tried(&with_people, &json!({"edits": closed, "full": true}));
    let (_, without) = tried(&routes, &json!({"edits": closed, "full": true}));
    assert!(without == wanted && without != times);
}

#[test]
fn a_scenario_goes_out_and_comes_back_and_its_files_are_those_of_the_audit() {
    let routes = router(workbench("grid_town"), guard(None));
    let region = as_json(&get(&routes, "/api/region", &[("host", HOST)]).2);
    let station = region["stations"][0]["id"].clone();
    let file = json!({"name": "少一站", "note": "试算", "edits": [{"close_station": {"station": station}}]});
    let (status, _, text) = ask(&routes, "/api/scenario/write", &file);
    assert_eq!(status, StatusCode::OK);
    let text = String::from_utf8(text).expect("text");
    assert!(text.contains("[made_on]") && text.contains("close_station"), "{text}");
    let back = as_json(&ask(&routes, "/api/scenario/read", &json!({"text": text})).2);
    assert_eq!(back, file);
    assert_eq!(ask(&routes, "/api/scenario/read", &json!({"text": "name = 1"})).0, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, _, packed) = ask(&routes, "/api/export", &file);
    assert_eq!(status, StatusCode::OK);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(packed)).expect("an archive");
    for name in ["audit.json", "report.html", "region.qgz", "scenario.toml"] {
        assert!(archive.by_name(name).is_ok(), "{name}");
    }
    let audit: Value = serde_json::from_reader(archive.by_name("audit.json").expect("audit.json")).expect("JSON");
    assert_eq!(audit["scenario"]["name"], "少一站");
    let zones = as_json(&ask(&routes, "/api/zones", &json!({"edits": file["edits"]})).2);
    let [low, best, high] = ["low", "best", "high"].map(|key| zones["area_km2"][key].as_f64().expect("a number"));
    assert!(low <= best && best <= high && high > 0.0, "{zones}");
}

/// Edits of every kind that a hand on the map makes, some of which do not fit.
fn edits(region: &Value) -> impl Strategy<Value = Vec<Value>> + use<> {
    let stations: Vec<Value> =
        region["stations"].as_array().expect("stations").iter().map(|s| s["id"].clone()).collect();
    let bbox: Vec<f64> = region["bbox"].as_array().expect("a box").iter().filter_map(Value::as_f64).collect();
    let one = (0..9_u8, 0.0..1.0_f64, 0.0..1.0_f64, any::<prop::sample::Index>(), 0..4_u32).prop_map(
        move |(kind, x, y, which, n)| {
            let place = |x: f64, y: f64| json!([bbox[0] + x * (bbox[2] - bbox[0]), bbox[1] + y * (bbox[3] - bbox[1])]);
            let station = which.get(&stations);
            match kind {
                0 => json!({"add_station": {"id": format!("N{n}"), "at": place(x, y), "kind": "station", "ambulances": n}}),
                1 | 2 => json!({"move_station": {"station": station, "to": place(x * 1.1, y)}}),
                3 => json!({"close_station": {"station": station}}),
                4 => json!({"set_station": {"station": station, "turnout_s": 60 + n * 60}}),
                5 => json!({"close_road": {"feature": n}}),
                6 => json!({"set_road_speed": {"road": {"feature": n}, "kmh": 20 + n * 10}}),
                7 => json!({"scale_people": {"factor": 0.5 + x}}),
                _ => json!({"add_housing": {"people": 100 + n, "at": place(x, y)}}),
            }
        },
    );
    proptest::collection::vec(one, 1..5)
}

#[test]
fn a_try_is_the_audit_of_the_saved_scenario() {
    let workbench = workbench("grid_town");
    let routes = router(Arc::clone(&workbench), guard(None));
    let region = as_json(&get(&routes, "/api/region", &[("host", HOST)]).2);
    let opened = request().open(Source::at(&town("grid_town")), &Silent).expect("the town is opened");
    let (agreed, refused) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let outcome = runner.run(&edits(&region), |edits| {
        let (head, _) = tried(&routes, &json!({"edits": edits}));
        let file = json!({"name": "law", "edits": edits});
        let (status, _, text) = ask(&routes, "/api/scenario/write", &file);
        let under = String::from_utf8(text).ok().filter(|_| status == StatusCode::OK).and_then(|text| {
            let scenario = Scenario::from_bytes("law.toml", text.as_bytes()).ok()?;
            opened.scenario(&scenario).ok()
        });
        let Some(under) = under else {
            // What the audit refuses, an edit outside or one that contradicts another, has nothing to agree with.
            refused.set(refused.get() + 1);
            return Ok(());
        };
        prop_assert_eq!(&head["refused"], &json!([]), "{}", json!(edits));
        let audit = under.audit(None, &Silent).expect("the audit");
        let outcome = audit.findings.outcomes.iter().find(|o| matches!(o.rule.criterion, Criterion::TravelTime(_)));
        let outcome = outcome.expect("a rule on times");
        prop_assert_eq!(&head["rules"][0]["id"], outcome.rule.id.as_str());
        let near = |found: &Value, wanted: f64| {
            found.as_f64().is_some_and(|found| (found - wanted).abs() <= 1e-6 * wanted.max(1.0))
        };
        let covered = outcome.default.covered.expect("people");
        prop_assert!(near(&head["within"], covered), "{} and {covered}: {}", head["within"], json!(edits));
        let all = covered + outcome.default.uncovered.expect("people");
        prop_assert!(near(&head["people"], all), "{} and {all}: {}", head["people"], json!(edits));
        // Every rule, as it is judged on drop.
        let judged = as_json(&ask(&routes, "/api/audit", &json!({"edits": edits})).2);
        for (told, outcome) in judged["rules"].as_array().expect("rules").iter().zip(&audit.findings.outcomes) {
            let verdict = serde_json::to_value(outcome.verdict).expect("a word");
            let word = match verdict.as_str() {
                Some("depends") => "depends_on_reading",
                Some("cannot_judge") => "cannot_be_judged",
                Some(word) => word,
                None => "",
            };
            prop_assert_eq!((&told["id"], &told["verdict"]), (&json!(outcome.rule.id.as_str()), &json!(word)));
        }
        agreed.set(agreed.get() + 1);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    let (agreed, refused) = (agreed.get(), refused.get());
    assert!(agreed >= 20 && refused >= 1, "{agreed} agreed, {refused} were refused");
}
