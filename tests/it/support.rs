//! Running the real binary and reading what it left behind.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// How one run of the binary ended.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// What was printed with its lines joined: sentences are broken at eighty columns. No space stands beside a
    /// Chinese character that had none.
    pub fn flat(&self) -> String {
        let wide = |c: Option<char>| c.is_some_and(|c| c >= '\u{2e80}');
        let mut flat = String::new();
        for line in self.stdout.lines().map(str::trim) {
            if !wide(flat.chars().last()) && !wide(line.chars().next()) {
                flat.push(' ');
            }
            flat.push_str(line);
        }
        flat
    }

    /// The exit status and what was said, for a failure message.
    pub fn story(&self) -> String {
        format!("exit {:?}\nstdout: {}\nstderr: {}", self.code, self.stdout.trim(), self.stderr.trim())
    }
}

/// Runs the binary with these arguments, in English.
pub fn lifering<I, S>(args: I) -> Run
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    run(command().args(args))
}

/// The binary, ready for arguments and variables.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lifering"));
    command.env("LANG", "C.UTF-8").env("LC_ALL", "C.UTF-8").env("NO_COLOR", "1").env_remove("RUST_LOG");
    command
}

pub fn run(command: &mut Command) -> Run {
    let output = command.output().expect("the binary starts");
    Run {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// `lifering audit REGION --out OUT`.
pub fn audit(region: &Path, out: &Path) -> Run {
    lifering([OsStr::new("audit"), region.as_os_str(), OsStr::new("--out"), out.as_os_str()])
}

/// The folder of invented towns.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The folders inside a folder that hold a region, by name.
pub fn regions_in(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.join("region.toml").is_file() || path.join("expected.toml").is_file())
        .collect();
    found.sort();
    found
}

/// The last part of a path.
pub fn name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "a test reads what the product wrote")]
pub fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub fn text(path: &Path) -> String {
    String::from_utf8(bytes(path)).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub fn json(path: &Path) -> Value {
    serde_json::from_slice(&bytes(path)).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[expect(clippy::disallowed_methods, reason = "a test writes its own inputs")]
pub fn write_bytes(path: &Path, content: &[u8]) {
    std::fs::write(path, content).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}

#[expect(clippy::disallowed_methods, reason = "a test writes its own inputs")]
pub fn write(path: &Path, content: &str) {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    }
    std::fs::write(path, content).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}

/// Every file below a folder, by its path there.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
            let path = entry.expect("a folder entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let key = path.strip_prefix(folder).expect("below the folder").to_path_buf();
                files.insert(key, bytes(&path));
            }
        }
    }
    files
}

/// The rule of this id in an audit.
pub fn rule<'a>(audit: &'a Value, id: &str) -> Option<&'a Value> {
    audit["rules"].as_array()?.iter().find(|r| r["id"] == id)
}

/// The zones of a rule in uncovered.geojson.
pub fn zones_of<'a>(zones: &'a Value, rule_id: &'a str) -> impl Iterator<Item = &'a Value> {
    let features = zones["features"].as_array().into_iter().flatten();
    features.filter(move |zone| zone["properties"]["rule_id"] == rule_id)
}

/// The reasons of this rule's zones that contain this place.
pub fn reasons_at(zones: &Value, rule_id: &str, at: [f64; 2]) -> Vec<String> {
    let reason = |zone: &Value| zone["properties"]["reason"].as_str().unwrap_or("(no reason)").to_owned();
    zones_of(zones, rule_id).filter(|zone| contains(&zone["geometry"], at)).map(reason).collect()
}

/// Even-odd over all rings: right for polygons with holes and for their collections.
fn contains(geometry: &Value, at: [f64; 2]) -> bool {
    let mut inside = false;
    let coordinates = &geometry["coordinates"];
    let polygons: Vec<&Value> = match geometry["type"].as_str() {
        Some("Polygon") => vec![coordinates],
        Some("MultiPolygon") => coordinates.as_array().into_iter().flatten().collect(),
        other => panic!("a zone is a polygon, not {other:?}"),
    };
    for ring in polygons.into_iter().flat_map(|p| p.as_array().into_iter().flatten()) {
        let points: Vec<(f64, f64)> = ring
            .as_array()
            .into_iter()
            .flatten()
            .map(|p| (p[0].as_f64().expect("longitude"), p[1].as_f64().expect("latitude")))
            .collect();
        for pair in points.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            if (y0 > at[1]) != (y1 > at[1]) && at[0] < x0 + (at[1] - y0) / (y1 - y0) * (x1 - x0) {
                inside = !inside;
            }
        }
    }
    inside
}

/// True where files that are derived are to be written anew, not only compared.
pub fn update() -> bool {
    std::env::var_os("LIFERING_UPDATE").is_some()
}
