//! Completion markers, by which a batch resumes: a region counts as done if its marker is valid.
//!
//! In: a [`Job`], hashes of the files read and written. Out: a [`Marker`] as bytes, or whether a written one is still
//! valid. A marker that was edited or truncated does not count.

use super::folder::BatchFolder;
use super::regions::Job;
use super::shared::SharedByAll;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use lifering_base::hash::sha256_hex;
use lifering_base::message;
use lifering_readers::source::{names_a_file, read_file};
use lifering_report::batch::shape::{Asked, Audited};
use lifering_report::text::Lang;
use lifering_standards::catalogue::embedded;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Everything that the results of a region depend on besides its own files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// Versions of the program and of the schemas of audit.json and batch.json, separated by blanks.
    pub version: String,
    /// The region as it was named on the command line; audit.json repeats it.
    pub path: String,
    /// Options of its audit.
    pub asked: Asked,
    /// Language of the files: `zh` or `en`.
    pub lang: String,
    /// SHA-256 of the embedded standards, followed by the standard's own file if it is one.
    pub standards_sha256: String,
    /// SHA-256 of the scenario's file; `None` without one.
    #[serde(default)]
    pub scenario_sha256: Option<String>,
    /// SHA-256 of the layers shared with other regions; `None` if nothing is shared.
    #[serde(default)]
    pub shared_sha256: Option<String>,
}

impl Conditions {
    /// The conditions of a job now.
    pub fn of(job: &Job, lang: Lang, shared: Option<&SharedByAll>) -> Self {
        let own = job.asked.standard.as_deref().filter(|standard| names_a_file(standard));
        let own =
            own.and_then(|file| read_file(Path::new(file), &message!("message.a_standard")).ok()).unwrap_or_default();
        let texts = embedded().iter().flat_map(|(_, text)| text.bytes());
        let standards: Vec<u8> = texts.chain(own).collect();
        Self {
            version: [
                env!("CARGO_PKG_VERSION"),
                lifering_report::report::SCHEMA,
                lifering_report::batch::shape::SCHEMA,
            ]
            .join(" "),
            path: job.source().label(),
            asked: job.asked.clone(),
            lang: lang.locale().to_owned(),
            standards_sha256: sha256_hex(&standards),
            scenario_sha256: job.asked.scenario.as_deref().map(|file| {
                let bytes = read_file(Path::new(file), &message!("scenario.file_is"));
                bytes.map_or_else(|_| String::new(), |bytes| sha256_hex(&bytes))
            }),
            shared_sha256: shared.map(|shared| shared.sha256(job)),
        }
    }
}

/// Polygons as rings (exterior first) of longitude and latitude in degrees.
type Rings = Vec<Vec<Vec<[f64; 2]>>>;

/// The record of a region that is done. Field names are those of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Marker {
    /// Conditions under which the results hold.
    pub key: Conditions,
    /// SHA-256 of the files that were read, by name; `None` for one that was missing.
    pub reads: BTreeMap<String, Option<String>>,
    /// SHA-256 of the files that were written, by path relative to the batch's folder.
    pub writes: BTreeMap<String, String>,
    /// The region's part of the files over all regions.
    pub audited: Audited,
    /// Its boundary.
    boundary: Rings,
}

impl Marker {
    /// The marker of a region whose files are all in place.
    pub fn new(
        key: Conditions,
        reads: BTreeMap<String, Option<String>>,
        writes: BTreeMap<String, String>,
        audited: Audited,
        boundary: &MultiPolygon<f64>,
    ) -> Self {
        let ring = |ring: &LineString<f64>| ring.0.iter().map(|c| [c.x, c.y]).collect();
        let rings =
            |polygon: &Polygon<f64>| std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect();
        let boundary = boundary.0.iter().map(rings).collect();
        Self { key, reads, writes, audited, boundary }
    }

    /// The boundary in degrees.
    pub fn boundary(&self) -> MultiPolygon<f64> {
        let ring = |ring: &Vec<[f64; 2]>| LineString::new(ring.iter().map(|[x, y]| Coord { x: *x, y: *y }).collect());
        let polygon = |rings: &Vec<Vec<[f64; 2]>>| {
            let mut rings = rings.iter().map(ring);
            Polygon::new(rings.next().unwrap_or_else(|| LineString::new(Vec::new())), rings.collect())
        };
        MultiPolygon::new(self.boundary.iter().map(polygon).collect())
    }

    /// The bytes of the file: the SHA-256 of the JSON text in hexadecimal, then the JSON text.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        let json = serde_json::to_vec(self)?;
        Ok([sha256_hex(&json).as_bytes(), b"\n", &json, b"\n"].concat())
    }

    /// The marker in a file's bytes; `None` if they are damaged or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (hash, json) = bytes.split_at_checked(64)?;
        let json = json.strip_prefix(b"\n")?.strip_suffix(b"\n")?;
        if sha256_hex(json).as_bytes() != hash {
            return None;
        }
        serde_json::from_slice(json).ok()
    }

    /// Whether the region is still done: conditions and input files are unchanged, and so is every written file.
    pub fn is_valid(&self, job: &Job, conditions: &Conditions, folder: &BatchFolder) -> bool {
        let source = job.source();
        let now = |file: &str| source.read(file, &message!("message.region_is")).ok().map(|bytes| sha256_hex(&bytes));
        self.key == *conditions
            && self.reads.iter().all(|(file, before)| now(file) == *before)
            && self.writes.iter().all(|(file, hash)| folder.hash(file).is_some_and(|now| now == *hash))
    }
}
