//! An estimate of the memory that an audit of a region needs, from the sizes of its files, before any is read.
//!
//! In: a region's files. Out: bytes. The ratios are measured (method: docs/batch.md) and err on the high side: an
//! overestimated region waits a little, an underestimated one may exhaust the machine.

use lifering_readers::formats::Format;
use lifering_readers::layer_sizes;
use lifering_readers::source::Source;

/// Memory that every audit needs, however small the region.
const BASE: u64 = 32 << 20;

/// Peak memory of an audit for each byte of text on disk.
const PER_TEXT_BYTE: u64 = 20;

/// Bytes of GeoJSON that a byte of a format unpacks to.
fn expansion(format: Format) -> u64 {
    match format {
        Format::OsmPbf => 12,
        Format::Workbook | Format::GeoTiff | Format::GeoParquet => 8,
        Format::Shapefile | Format::GeoPackage | Format::FlatGeobuf => 2,
        // Placemarks, which may be packed.
        Format::Kml => 4,
        Format::GeoJson | Format::GeoJsonSeq | Format::EsriJson | Format::Csv | Format::Records | Format::Arrow => 1,
    }
}

/// Bytes that an audit of a region needs at its peak.
pub fn estimate(source: &Source) -> u64 {
    // A region whose settings cannot be read counts as empty here: its own audit reports the error.
    let mut files = layer_sizes(source).unwrap_or_default();
    // A file that holds several layers is read once for each, one after another: it counts once.
    files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    files.dedup_by(|a, b| a.0 == b.0);
    files.iter().fold(BASE, |sum, (_, format, bytes)| {
        sum.saturating_add(bytes.saturating_mul(expansion(*format)).saturating_mul(PER_TEXT_BYTE))
    })
}
