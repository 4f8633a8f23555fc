//! How much memory a region will need, told from the size of its files before any is read.
//!
//! In: a region's files. Out: bytes. The ratios are measured (docs/batch.md says how) and lean to the safe side: a region
//! that is thought larger than it is waits a little; one that is thought smaller may take the machine with it.

use lifering_readers::formats::Format;
use lifering_readers::layer_sizes;
use lifering_readers::source::Source;

/// What any audit needs.
const BASE: u64 = 32 << 20;

/// Bytes in memory for each byte of text on disk, at the peak of an audit.
const A_BYTE: u64 = 20;

/// Bytes of text that a byte of a packed format stands for.
fn unpacked(format: Format) -> u64 {
    match format {
        Format::OsmPbf => 12,
        Format::Workbook | Format::GeoTiff => 8,
        Format::Shapefile | Format::GeoPackage => 2,
        Format::GeoJson | Format::GeoJsonSeq | Format::Csv | Format::Records => 1,
    }
}

/// Bytes that an audit of a region needs. One that cannot even be looked at needs what any does: it will say what is wrong.
pub fn need(source: &Source) -> u64 {
    let mut files = layer_sizes(source).unwrap_or_default();
    // A file with several layers is read for each, one after the other, but most of it stays in one of them.
    files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    files.dedup_by(|a, b| a.0 == b.0);
    files.iter().fold(BASE, |sum, (_, format, bytes)| {
        sum.saturating_add(bytes.saturating_mul(unpacked(*format)).saturating_mul(A_BYTE))
    })
}
