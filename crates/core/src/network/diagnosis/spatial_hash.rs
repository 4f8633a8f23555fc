//! A spatial hash of segments: a uniform grid on a torus.
//!
//! In: a network. Out: a [`SpatialHash`]. Ground beyond the table's edge wraps around, so that one road far away
//! neither coarsens the cells of a city nor needs a table of the whole earth. Segments that share a bucket only by
//! wrapping are told apart by their coordinates.

use super::super::{PointId, RoadNetwork};
use geo::Coord;
use rayon::prelude::*;

/// Side of a cell, in mean lengths of a segment.
const MEAN_LENGTHS: f64 = 1.5;
/// Least and greatest side of a cell, metres.
const SIDE_M: (f64, f64) = (10.0, 5000.0);
/// Least and greatest side of the table, as powers of two.
const SIDE_LOG_2: (u32, u32) = (4, 11);
/// Tolerance of the cell test, metres: rounding must not lose a segment.
const SLACK_M: f64 = 0.01;

/// The segments of a network by cell.
pub(super) struct SpatialHash {
    side_m: f64,
    /// Cells along each side of the table, less one; a power of two less one.
    mask: i64,
    log_2: u32,
    /// Indexed by bucket: its first entry in `segments`; one entry more than buckets.
    start: Vec<u32>,
    segments: Vec<PointId>,
}

impl SpatialHash {
    /// Hashes all segments, with and without roadside access.
    pub(super) fn new(network: &RoadNetwork) -> Self {
        let count = network.xy.len().saturating_sub(network.links.len());
        let mean_m = network.connectivity.length_km * 1000.0 / count.max(1) as f64;
        let log_2 = (count.max(1).ilog2() / 2 + 1).clamp(SIDE_LOG_2.0, SIDE_LOG_2.1);
        let mut hash = Self {
            side_m: (MEAN_LENGTHS * mean_m).clamp(SIDE_M.0, SIDE_M.1),
            mask: (1 << log_2) - 1,
            log_2,
            start: Vec::new(),
            segments: Vec::new(),
        };
        // Chunks of links are hashed in parallel, then merged bucket by bucket.
        let chunk = network.links.len().div_ceil(rayon::current_num_threads() * 4).max(1024);
        let entries: Vec<Vec<(u32, PointId)>> = network
            .links
            .par_chunks(chunk)
            .map(|links| {
                let mut entries = Vec::new();
                for segment in links.iter().flat_map(|l| l.first..l.last) {
                    let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
                    hash.each_square(a, b, |bucket| entries.push((bucket as u32, segment)));
                }
                entries
            })
            .collect();
        let mut start = vec![0_u32; (1 << (2 * log_2)) + 1];
        for (bucket, _) in entries.iter().flatten() {
            start[*bucket as usize + 1] += 1;
        }
        for i in 1..start.len() {
            start[i] += start[i - 1];
        }
        let mut segments = vec![0; entries.iter().map(Vec::len).sum()];
        // `start` holds the next free entry of each bucket, and is one bucket ahead afterwards.
        for (bucket, segment) in entries.iter().flatten() {
            let next = &mut start[*bucket as usize];
            segments[*next as usize] = *segment;
            *next += 1;
        }
        start.rotate_right(1);
        start[0] = 0;
        hash.start = start;
        hash.segments = segments;
        hash
    }

    /// Column or row of a coordinate.
    fn line(&self, v: f64) -> i64 {
        (v / self.side_m).floor() as i64
    }

    fn bucket(&self, column: i64, row: i64) -> usize {
        (((row & self.mask) << self.log_2) | (column & self.mask)) as usize
    }

    /// The bucket of a place.
    pub(super) fn bucket_of(&self, place: Coord<f64>) -> usize {
        self.bucket(self.line(place.x), self.line(place.y))
    }

    /// The buckets of the cells that a segment touches.
    fn each_square(&self, a: Coord<f64>, b: Coord<f64>, mut visit: impl FnMut(usize)) {
        if !(a.x.is_finite() && a.y.is_finite() && b.x.is_finite() && b.y.is_finite()) {
            return;
        }
        let columns = (self.line(a.x.min(b.x) - SLACK_M), self.line(a.x.max(b.x) + SLACK_M));
        let rows = (self.line(a.y.min(b.y) - SLACK_M), self.line(a.y.max(b.y) + SLACK_M));
        let few = columns.0 == columns.1 || rows.0 == rows.1;
        let rise = b.y - a.y;
        for row in rows.0..=rows.1 {
            let across = if few {
                columns
            } else {
                // The part of the line within the row.
                let at = |y: f64| a.x + (b.x - a.x) * ((y - a.y) / rise).clamp(0.0, 1.0);
                let low_y = row as f64 * self.side_m;
                let (p, q) = (at(low_y - SLACK_M), at(low_y + self.side_m + SLACK_M));
                (self.line(p.min(q) - SLACK_M).max(columns.0), self.line(p.max(q) + SLACK_M).min(columns.1))
            };
            for column in across.0..=across.1 {
                visit(self.bucket(column, row));
            }
        }
    }

    /// Every bucket with its segments, in parallel.
    pub(super) fn buckets(&self) -> impl IndexedParallelIterator<Item = (usize, &[PointId])> {
        self.start
            .par_windows(2)
            .enumerate()
            .map(|(bucket, ends)| (bucket, &self.segments[ends[0] as usize..ends[1] as usize]))
    }

    /// Calls `found` for every segment in the cells within `reach_m` of a place, perhaps more than once.
    pub(super) fn near(&self, place: Coord<f64>, reach_m: f64, mut found: impl FnMut(PointId)) {
        for row in self.line(place.y - reach_m)..=self.line(place.y + reach_m) {
            for column in self.line(place.x - reach_m)..=self.line(place.x + reach_m) {
                let bucket = self.bucket(column, row);
                let (start, end) = (self.start[bucket], self.start[bucket + 1]);
                self.segments[start as usize..end as usize].iter().for_each(|s| found(*s));
            }
        }
    }
}
