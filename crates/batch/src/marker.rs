//! What says that a region is done: all that its results depend on, the hashes of the results, and what is kept of them.
//!
//! In: a [`Job`], the hashes of what was read and written. Out: a [`Marker`] in a file, or whether the one in a file still
//! holds. A marker that was changed or cut off is none.

use super::regions::Job;
use super::shared::SharedByAll;
use super::tree::Tree;
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

/// All that the results of a region depend on beside its files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// The program's version, and those of the shapes it writes.
    pub version: String,
    /// The region as it was named: its audit says so.
    pub path: String,
    /// What was asked.
    pub asked: Asked,
    /// The language of the files.
    pub lang: String,
    /// Hash of the embedded standards, and of the file where the standard is one.
    pub standards_sha256: String,
    /// Hash of what is shared with other regions.
    #[serde(default)]
    pub shared_sha256: Option<String>,
}

impl Key {
    /// What the results of a job depend on now.
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
            shared_sha256: shared.map(|shared| shared.sha256(job)),
        }
    }
}

/// Rings of polygons in degrees.
type Rings = Vec<Vec<Vec<[f64; 2]>>>;

/// A region that is done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Marker {
    /// What it depends on beside its files.
    pub key: Key,
    /// Hashes of the files that were read, `None` for one that was not there.
    pub reads: BTreeMap<String, Option<String>>,
    /// Hashes of the files that were written, by their path in the batch's folder.
    pub writes: BTreeMap<String, String>,
    /// What the files over all regions are written from.
    pub audited: Audited,
    /// Its boundary in degrees.
    boundary: Rings,
}

impl Marker {
    /// The marker of a region whose files are all in place.
    pub fn new(
        key: Key,
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

    /// As a file: the hash of what follows, then what follows.
    pub fn bytes(&self) -> Vec<u8> {
        let json = serde_json::to_vec(self).unwrap_or_default();
        [sha256_hex(&json).as_bytes(), b"\n", &json, b"\n"].concat()
    }

    /// The marker in a file's bytes, where they are whole.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (hash, json) = bytes.split_at_checked(64)?;
        let json = json.strip_prefix(b"\n")?.strip_suffix(b"\n")?;
        if sha256_hex(json).as_bytes() != hash {
            return None;
        }
        serde_json::from_slice(json).ok()
    }

    /// Whether the region is done: nothing that it depends on has changed, and every file of it is as it was written.
    pub fn holds(&self, job: &Job, key: &Key, tree: &Tree) -> bool {
        let source = job.source();
        let now = |file: &str| source.read(file, &message!("message.region_is")).ok().map(|bytes| sha256_hex(&bytes));
        self.key == *key
            && self.reads.iter().all(|(file, before)| now(file) == *before)
            && self.writes.iter().all(|(file, hash)| tree.hash(file).is_some_and(|now| now == *hash))
    }
}
